"""Follow-up questions: which lean on what was said, and how they are made to stand alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.followups import Turn, is_faithful, leans, standalone

ARRESTS = Turn("How many people were arrested in Operation Kestrel?", "Police arrested 2,517 people.")
LEADER = Turn("Who leads Interpol?", "Jürgen Stock leads Interpol.")


@pytest.mark.parametrize(
    ("question", "turn", "expected"),
    [
        ("And how many of them were rescued?", ARRESTS, "How many of them were rescued in Operation Kestrel?"),
        ("And when did it end?", ARRESTS, "When did Operation Kestrel end?"),
        ("Who led it?", ARRESTS, "Who led Operation Kestrel?"),
        ("What about Operation Heron?", ARRESTS, "How many people were arrested in Operation Heron?"),
        ("And in Mali?", ARRESTS, "How many people were arrested in Operation Kestrel in Mali?"),
        ("2021?", ARRESTS, "How many people were arrested in Operation Kestrel 2021?"),
        ("When does he leave?", LEADER, "When does Jürgen Stock leave?"),
        ("Where was he born?", LEADER, "Where was Jürgen Stock born?"),
        ("And what is his age?", LEADER, "What is Jürgen Stock's age?"),
    ],
)
def test_a_question_that_leans(question: str, turn: Turn, expected: str) -> None:
    """The subject of the last question takes the place of the pronoun, or is added."""
    assert leans(question)
    assert expected == standalone(question, [turn])


@pytest.mark.parametrize(
    "question",
    [
        "How many people were arrested in Operation Heron?",
        "When did Operation Kestrel end?",
        "What is human trafficking?",
        "How many victims are there in Operation Heron?",
        "Is there a budget for Operation Kestrel?",
    ],
)
def test_a_question_that_stands_alone(question: str) -> None:
    """It is left as it is, whatever was said before."""
    assert not leans(question)
    assert question == standalone(question, [ARRESTS, LEADER])


def test_without_a_conversation() -> None:
    """There is nothing to carry over."""
    assert "And then?" == standalone("And then?", [])


@pytest.mark.parametrize(
    ("rewritten", "expected"),
    [
        ("How many people were rescued in Operation Kestrel?", True),
        ("How many of the 2,517 people were rescued?", True),
        ("How many people were rescued in Operation Heron?", False),
        ("How many of the 2,571 people were rescued?", False),
        ("How many people were rescued in 2024?", False),
        ("", False),
        ("Two\nlines?", False),
        ("Long? " * 100, False),
    ],
)
def test_a_faithful_rewriting(rewritten: str, expected: bool) -> None:
    """It is one line, and brings no name, figure or date that was not said."""
    assert expected == is_faithful(rewritten, "And how many of them were rescued?", [ARRESTS])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_conversation(question: str, before: str, answer: str) -> None:
    """Whatever was said, the question is a bounded text, and stays as it is where it stands alone."""
    told = standalone(question, [Turn(before, answer)])
    assert len(told) <= 500
    if not leans(question):
        assert question == told
