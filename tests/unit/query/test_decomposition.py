"""Questions that ask for several things, split into their parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.query.decomposition import decompose


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How many people live in Norrby, and when was the town founded?",
            ("How many people live in Norrby?", "When was the town founded?"),
        ),
        (
            "How many boats were built in Kestrel II, and how many in Kestrel III?",
            ("How many boats were built in Kestrel II?", "How many boats were built in Kestrel III?"),
        ),
        (
            "How many boats were built in Kestrel II in 2019, and how many in Heron the year after?",
            ("How many boats were built in Kestrel II in 2019?", "How many boats were built in Heron?"),
        ),
        (
            "How many boats came out of the first Kestrel, and how many out of the third?",
            ("How many boats came out of the first Kestrel?", "How many boats came out of the third Kestrel?"),
        ),
        (
            "How much did the Alder Bridge cost and who paid for it?",
            ("How much did the Alder Bridge cost?", "Who paid for Alder Bridge?"),
        ),
        (
            "How many were arrested in Mali, and how many in Chad?",
            ("How many were arrested in Mali?", "How many were arrested in Chad?"),
        ),
    ],
)
def test_a_question_is_split_by_its_clauses(question: str, expected: tuple[str, ...]) -> None:
    """Each clause that asks becomes a question of its own, with what it takes from the one before."""
    assert expected == decompose(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Compare the number of arrests in Kestrel II and Kestrel III.",
            ("How many arrests were there in Kestrel II?", "How many arrests were there in Kestrel III?"),
        ),
        (
            "Did Heron find more stray cats than Kestrel, and what are the two figures?",
            ("How many stray cats were there in Heron?", "How many stray cats were there in Kestrel?"),
        ),
        (
            "How did the number of arrests in Portugal change from Kestrel 2019 to Kestrel 2020?",
            (
                "How many arrests in Portugal were there in Kestrel 2019?",
                "How many arrests in Portugal were there in Kestrel 2020?",
            ),
        ),
        (
            "Which had more ships, the first Kestrel or Kestrel II?",
            ("How many ships were there in the first Kestrel?", "How many ships were there in Kestrel II?"),
        ),
        (
            "How many arrests were made in Operation Kestrel compared with Operation Heron?",
            ("How many arrests were made in Operation Kestrel?", "How many arrests were made in Operation Heron?"),
        ),
    ],
)
def test_a_comparison_is_split_by_what_it_compares(question: str, expected: tuple[str, ...]) -> None:
    """What is counted is asked of each thing that is compared."""
    assert expected == decompose(question)


def test_members_of_a_series_are_split() -> None:
    """Two numbered operations of one name are asked about one by one, even where nothing is compared."""
    expected = ("From where were Kestrel II led?", "From where were Kestrel III led?")
    assert expected == decompose("From where were Kestrel II and Kestrel III led?")


@pytest.mark.parametrize(
    "question",
    [
        "How many arrests were made in Operation Kestrel?",
        "When and where was the bridge opened?",
        "Who wrote the plays Hamlet and Macbeth?",
        "What treaty did Norway and Sweden sign?",
        "What organisation is devoted to peace against Mordor?",
        "The term has been applied to western countries, and which eastern one?",
        "Closing speakers are given between 5 and how many minutes?",
        "More than what did the bridge carry?",
        "?",
        "",
        "x " * 400 + "and what is Kestrel? And what is Heron?",
    ],
)
def test_a_question_that_asks_for_one_thing_is_unchanged(question: str) -> None:
    """It stays the same, to the letter."""
    assert (question,) == decompose(question)


PIECES = ("how many ", "arrests ", "in Kestrel II", " and ", ", or ", "Heron ", "compare ", "what ", "was it", "? ",
          "more ", "the first ", "than ", "2019 ")  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=60))
def test_any_text_has_one_to_four_parts(text: str) -> None:
    """No two of them are the same."""
    parts = decompose(text)
    assert 1 <= len(parts) <= 4
    assert len(parts) == len(set(parts))
