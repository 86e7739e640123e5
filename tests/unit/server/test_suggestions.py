"""Suggested questions: only reliable patterns make one."""

import pytest

from assistant.server.ui.suggestions import suggested_questions
from tests.support.indexes import document


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("In Operation Kestrel, 2,517 people were arrested.", "How many people were arrested in Operation Kestrel?"),
        ("A total of 850 offices were closed in 2019.", "How many offices were closed in 2019?"),
        ("The harbour of Ostrava handled 48,310 containers in 2023.",
         "How many containers did the harbour of Ostrava handle in 2023?"),
        ("The Silver Notice was launched in January 2025.", "When was the Silver Notice launched?"),
        ("Operation Kestrel ended on 4 October 2024.", "When did Operation Kestrel end?"),
        ("Maria Lund is the president of Norway.", "Who is the president of Norway?"),
        ("Who signed the treaty of Bergen?", "Who signed the treaty of Bergen?"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_a_question(sentence: str, question: str) -> None:
    """Counts, dates, offices and questions that stand alone."""
    assert [question] == suggested_questions([document("d", sentence)])


@pytest.mark.parametrize(
    "sentence",
    [
        "When did it begin?",
        "Which of those three were the largest ones?",
        "Revenue was 4.5 million.",
        "He was born in 1962.",
        "In Montenegro the police arrested 11 members.",
        "850 people were arrested.",
    ],
)
def test_a_sentence_that_needs_its_context_gives_no_question(sentence: str) -> None:
    """Nobody could answer such a question without the page at hand."""
    assert [] == suggested_questions([document("d", sentence)])


def test_documents_take_turns() -> None:
    """The first questions come from different documents, and none comes twice."""
    first = document("a", "Operation Kestrel ended on 4 October 2024. Operation Heron ended on 5 October 2024.")
    second = document("b", "Operation Egret ended on 6 October 2024. Operation Heron ended on 5 October 2024.")
    expected = ["Kestrel", "Egret", "Heron"]
    assert [f"When did Operation {name} end?" for name in expected] == suggested_questions([first, second])
