from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.gate import GateResult
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.report.junit import junit_xml
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import Score
from assistant.types import Answer, Citation

CITATION = Citation(1, "d", "Brief", "/docs/brief.md", None, 0, 0, 9, "It rained", "")
ANSWER = Answer(
    "?",
    "?",
    "It rained. [1]",
    refused=False,
    reason=None,
    score=0.9,
    mode="quotes",
    model="none",
    citations=(CITATION,),
)
RIGHT = ScoredAnswer(
    "right", "A?", answerable=True, answer=ANSWER, scores={"facts": Score(1.0)}, seconds=0.25, tags=("how-many", "html")
)
WRONG = ScoredAnswer(
    "wrong",
    "B?",
    answerable=True,
    answer=ANSWER,
    scores={"facts": Score(0.0, "doesn't say “5”"), "citation_recall": Score(0.0, "cites none of: x")},
    seconds=1.5,
)
SHUT = GateResult({"facts": 0.9}, ("facts is 0.500, needs 0.900",), ("wrong: facts 1.00 → 0.00",))
CARD = Scorecard("2 cases", "cases.quotes", (RIGHT, WRONG), {})


def suite(card: Scorecard) -> ET.Element:
    root = ET.fromstring(junit_xml(card))  # noqa: S314 — our own text
    assert "testsuites" == root.tag
    (element,) = root
    return element


def counted(suite_element: ET.Element) -> tuple[int, int]:
    """How many test cases there are, and how many failed: by what the suite holds, not by what it says."""
    return len(suite_element.findall("testcase")), len(suite_element.findall("testcase/failure"))


def test_each_question_is_a_test() -> None:
    """A question is a test by its id and text, in the class of its first tag, with its time; the gate is the last."""
    test_cases = [
        (test_case.get("classname"), test_case.get("name"), test_case.get("time")) for test_case in suite(CARD)
    ]
    expected = [("how-many", "right: A?", "0.250"), ("questions", "wrong: B?", "1.500"), ("gate", "2 cases", None)]
    assert expected == test_cases
    assert ("assistant eval", "1.750") == (suite(CARD).get("name"), suite(CARD).get("time"))


def test_rounds_have_names_of_their_own() -> None:
    """A later round of a question is another test."""
    test_cases = suite(replace(CARD, results=(RIGHT, replace(RIGHT, round=2))))
    assert ["right: A?", "right: A? (round 2)", "2 cases"] == [test_case.get("name") for test_case in test_cases]


def test_a_failure_tells_everything() -> None:
    """The failed test's message is the first reason, and its text the answer, what it cites and every reason."""
    right, wrong, gate = suite(CARD)
    assert [None, None] == [right.find("failure"), gate.find("failure")]
    failure = wrong.find("failure")
    assert failure is not None
    assert "facts: doesn't say “5”" == failure.get("message")
    expected = [
        "answer: It rained. [1]",
        "[1] It rained",
        "facts: doesn't say “5”",
        "citation_recall: cites none of: x",
    ]
    assert expected == (failure.text or "").splitlines()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"gate": SHUT}, ["facts is 0.500, needs 0.900", "wrong: facts 1.00 → 0.00"]),
        ({"unfinished": "it was interrupted."}, ["it was interrupted."]),
        ({"gate": GateResult({}, (), ("one that may be worse",))}, []),
    ],
)
def test_the_gate_is_a_test(changes: dict[str, object], expected: list[str]) -> None:
    """A gate that is shut, or a run that is not whole, fails the last test with all that was missed."""
    test_cases = suite(replace(CARD, **changes))  # type: ignore[arg-type]  # the fields that differ
    failure = test_cases[-1].find("failure")
    assert expected == ([] if failure is None else (failure.text or "").splitlines())


@settings(deadline=None)
@given(st.lists(st.sampled_from([RIGHT, WRONG]), max_size=6), st.booleans())
def test_the_counts_are_right(run: list[ScoredAnswer], shut: bool) -> None:
    """What the suite says of its tests and failures is what it holds."""
    suite_element = suite(replace(CARD, results=tuple(run), gate=SHUT if shut else GateResult()))
    assert (len(run) + 1, run.count(WRONG) + shut) == counted(suite_element)
    assert counted(suite_element) == (int(suite_element.get("tests", "")), int(suite_element.get("failures", "")))


HOSTILE = '\x00\x1b[31m]]></failure><evil a="b\'"/>&amp;&lt; \x85\u2028\u202e\ud800\nline'
TEXTS = st.text(st.characters(blacklist_characters="\ufffe\uffff"))  # see the test below


def hostile(text: str) -> Scorecard:
    """A card with this text wherever a document, a sheet or a folder brings one."""
    answer = replace(ANSWER, text=text, citations=(replace(CITATION, quote=text, title=text),))
    wrong = replace(WRONG, id=text, question=text, tags=(text,), answer=answer, scores={"facts": Score(0.0, text)})
    return Scorecard(text, text, (wrong,), {}, GateResult({}, (text,), (text,)), unfinished=text)


@settings(deadline=None)
@given(TEXTS)
def test_any_text_is_only_text(text: str) -> None:
    """Whatever questions, documents and names hold, the file is XML, and holds nothing but what was asked."""
    suite_element = suite(hostile(text))
    assert (2, 2) == counted(suite_element)
    assert {"testsuite", "testcase", "failure"} == {element.tag for element in suite_element.iter()}


@pytest.mark.parametrize("text", ["\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_spelt_out(text: str) -> None:
    """The two characters that are none are harmless as well: a PDF's text may well have them."""
    assert (2, 2) == counted(suite(hostile(text)))


def test_control_characters_are_spelt_out() -> None:
    """What XML can't hold is shown by its code, and a text's own markup stays text."""
    failure = suite(hostile(HOSTILE)).find("testcase/failure")
    assert failure is not None
    assert r"\x00\x1b[31m]]></failure><evil" in (failure.text or "")
    assert r"\ud800" in (failure.text or "")


def test_it_can_be_written_as_utf_8() -> None:
    """The text says that it is UTF-8, and can be."""
    text = junit_xml(hostile(HOSTILE))
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n")
    assert (2, 2) == counted(ET.fromstring(text.encode())[0])  # noqa: S314 — our own text
