"""How a typed question is put on one line, and which questions are too short or too long."""

import pytest

from assistant.errors import QuestionError
from assistant.query.understanding import MAX_QUESTION_CHARS, normalize_question

QUESTION = "How many arrests were made in Operation Kestrel?"


@pytest.mark.parametrize("white_space", ["\n", "\r\n", "\t", "\u2028", "\u00a0", "  \n  "])
def test_white_space_becomes_single_spaces(white_space: str) -> None:
    """White space of any kind becomes one space within a question, and is cut off around it."""
    assert QUESTION == normalize_question(white_space + QUESTION.replace(" ", white_space) + white_space)


def test_only_what_remains_counts_for_the_length() -> None:
    """White space around the longest question is allowed; one character more in the question itself is not."""
    longest = "x" * MAX_QUESTION_CHARS
    assert longest == normalize_question(f"{' ' * 10_000}{longest}\n")
    with pytest.raises(QuestionError, match="4,001 characters; 4,000 are allowed"):
        normalize_question(f"{longest}x")


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\u2028"])
def test_a_question_of_white_space_alone_is_empty(text: str) -> None:
    """Without a single character there is nothing to ask."""
    with pytest.raises(QuestionError, match="empty"):
        normalize_question(text)
