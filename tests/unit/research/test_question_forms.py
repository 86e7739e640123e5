"""The forms of a question that the reader is trained on."""

import random

import pytest

from research.training.question_forms import answer_as_statement, corrupt_question, names_and_numbers


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How many people were arrested?", "2,517", "2,517 people were arrested."),
        ("What is the capital of Peru?", "Lima", "Lima is the capital of Peru."),
        ("In what year was the bridge opened?", "1911", "the bridge opened In 1911."),
        ("When did the ferry stop?", "March 1911", "the ferry stop March 1911."),
        ("Which engineer drew the arches?", "Maria Lund", "Maria Lund drew the arches."),
        ("Name the engineer.", "Maria Lund", ""),
    ],
)
def test_a_question_with_its_answer_is_a_statement(question: str, answer: str, expected: str) -> None:
    """The statement has the question's words with the answer in the place of what asks for it."""
    assert expected == answer_as_statement(question, answer)


TURNED = "What didn't Maria Lund draw in 1909?"


def test_a_corrupted_question_asks_for_something_else() -> None:
    """A name, a number or a word becomes another; where none can, nothing is made."""
    chunk = "Maria Lund drew the arches of the Alder Bridge in 1909."
    rng = random.Random(0)  # noqa: S311 — reproducible on purpose
    corrupted_questions = {
        corrupt_question("What did Maria Lund draw in 1909?", chunk, ["Ole Berg"], ["1850"], rng) for _ in range(40)
    }
    assert {"What did Ole Berg draw in 1909?", "What did Maria Lund draw in 1850?", TURNED} == corrupted_questions
    assert "" == corrupt_question("Why draw it?", chunk, ["Ole Berg"], ["1850"], rng)


def test_names_and_numbers_of_a_question() -> None:
    """A capital at the beginning of a question is no name."""
    assert (["Maria Lund"], ["1,909"]) == names_and_numbers("What did Maria Lund draw 1,909 times?")
