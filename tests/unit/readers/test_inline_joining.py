"""Inlines become text: white space at their ends parts words, whatever their style."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.composition import compose, inline_text
from assistant.readers.elements import Element, Inline

STYLES = st.sampled_from(["plain", "raised", "lowered", "struck", "link"])
INLINES = st.lists(st.builds(Inline, st.text("ab12 .", max_size=6), STYLES), max_size=8)


@pytest.mark.parametrize(
    ("inlines", "text"),
    [
        ([Inline("an area of 3 m"), Inline("2 ", "raised"), Inline("and more")], "an area of 3 m² and more"),
        ([Inline("the"), Inline(" quick ", "raised"), Inline("fox")], "the quick fox"),
        ([Inline("H"), Inline("2 ", "lowered"), Inline("and O")], "H₂ and O"),
        ([Inline("for"), Inline(" 18 ", "struck"), Inline("20 euros")], "for 20 euros"),
        ([Inline("20 euros"), Inline(" or less", "struck"), Inline(".")], "20 euros."),
    ],
)
def test_white_space_at_the_end_of_a_run_parts_words(inlines: list[Inline], text: str) -> None:
    """A space that is raised, lowered or struck out with its word is a space all the same."""
    assert inline_text(inlines) == text


@given(INLINES)
def test_runs_lie_in_their_block_and_spaces_are_single(inlines: list[Inline]) -> None:
    """Whatever is joined, no two spaces stand together, and each run lies over words of its block."""
    composition = compose([Element("paragraph", inlines)])
    assert "  " not in composition.text
    assert composition.text == composition.text.strip()
    for block in composition.blocks:
        assert all(block.start <= run.start < run.end <= block.end for run in block.runs)
