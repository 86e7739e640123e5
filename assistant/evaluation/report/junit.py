"""The scorecard as JUnit XML, which CI systems show: a test case for each question, and one for the gate."""

from xml.etree import ElementTree as ET

from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorecard import Scorecard
from assistant.rendering.terminal import sanitize


def junit(card: Scorecard) -> str:
    """The XML text."""
    suite = ET.Element(
        "testsuite",
        name="assistant eval",
        tests=str(len(card.marked) + 1),
        failures=str(len(card.failures) + (not card.passed)),
        time=f"{sum(each.seconds for each in card.marked):.3f}",
    )
    for each in card.marked:
        _case(suite, each)
    gate = ET.SubElement(suite, "testcase", classname="gate", name=_plain(card.title))
    if not card.passed:
        told = "\n".join(filter(None, (*card.gate.missed, *card.gate.lost, card.unfinished)))
        ET.SubElement(gate, "failure", message="a threshold is missed").text = _text(told)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, each: ScoredAnswer) -> None:
    name = f"{each.id}: {each.question}" + (f" (round {each.round})" if each.round > 1 else "")
    group = each.tags[0] if each.tags else "questions"
    case = ET.SubElement(suite, "testcase", classname=_text(group), name=_plain(name), time=f"{each.seconds:.3f}")
    if each.failed:
        reasons = [f"{name}: {score.why}" for name, score in each.scores.items() if score.why]
        failure = ET.SubElement(case, "failure", message=_plain(reasons[0] if reasons else "failed"))
        quotes = [f"[{citation.number}] {citation.quote}" for citation in each.answer.citations]
        failure.text = "\n".join(map(_text, (f"answer: {each.answer.text}", *quotes, *reasons)))


def _text(text: str) -> str:
    """Lines that XML can hold."""
    return "\n".join(_plain(line) for line in text.split("\n"))


def _plain(text: str) -> str:
    """One line that XML can hold: no noncharacters either."""
    return sanitize(text).translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})
