"""The scorecard as JUnit XML, which CI systems show: a test case for each question, and one for the gate."""

from xml.etree import ElementTree as ET

from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorecard import Scorecard
from assistant.rendering.terminal import sanitize


def junit_xml(card: Scorecard) -> str:
    """The text of the XML file."""
    suite = ET.Element(
        "testsuite",
        name="assistant eval",
        tests=str(len(card.results) + 1),
        failures=str(len(card.failures) + (not card.passed)),
        time=f"{sum(result.seconds for result in card.results):.3f}",
    )
    for result in card.results:
        _add_case(suite, result)
    gate = ET.SubElement(suite, "testcase", classname="gate", name=_xml_line(card.title))
    if not card.passed:
        reasons = "\n".join(filter(None, (*card.gate.missed, *card.gate.lost, card.unfinished)))
        ET.SubElement(gate, "failure", message="a threshold is missed").text = _xml_lines(reasons)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ET.Element, result: ScoredAnswer) -> None:
    name = f"{result.id}: {result.question}" + (f" (round {result.round})" if result.round > 1 else "")
    group = result.tags[0] if result.tags else "questions"
    case = ET.SubElement(
        suite, "testcase", classname=_xml_lines(group), name=_xml_line(name), time=f"{result.seconds:.3f}"
    )
    if result.failed:
        reasons = [f"{name}: {score.why}" for name, score in result.scores.items() if score.why]
        failure = ET.SubElement(case, "failure", message=_xml_line(reasons[0] if reasons else "failed"))
        quotes = [f"[{citation.number}] {citation.quote}" for citation in result.answer.citations]
        failure.text = "\n".join(map(_xml_lines, (f"answer: {result.answer.text}", *quotes, *reasons)))


def _xml_lines(text: str) -> str:
    """The text's lines, made such that XML can hold them."""
    return "\n".join(_xml_line(line) for line in text.split("\n"))


def _xml_line(text: str) -> str:
    """The text on one line, made such that XML can hold it: without noncharacters, too."""
    return sanitize(text).translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})
