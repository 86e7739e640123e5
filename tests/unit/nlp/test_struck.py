"""Struck out words are masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.struck import mask_struck


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("at ~~18:30~~ 17:45", "at           17:45"),
        ("<del>20</del> 15", "              15"),
        ("<s>a</s> <del>b</s>", "         <del>b</s>"),
        ("a ~~ b ~~ c", "a ~~ b ~~ c"),
        ("The deposit is 9. <!-- Not 8. -->", "The deposit is 9." + " " * 16),
        ("<p hidden>8</p> 9", " " * 15 + " 9"),
        ('<span style="display: none">8</span>9', " " * 36 + "9"),
        ("~5 and ~7", "~5 and ~7"),
        ("a ``x`y`` b ~~gone~~ `~~not gone~~`", "a ``x`y`` b          `~~not gone~~`"),
        ("`a ~~b~~\n\nc` ~~d~~", "`a      \n\nc`      "),
        ("``<s>a</s>`` <s>b</s>", "``<s>a</s>``         "),
        ("~~~python\nx\n~~~", "~~~python\nx\n~~~"),
    ],
)
def test_struck_words_become_spaces(text: str, masked: str) -> None:
    """What is between the marks becomes spaces; marks in code, or that don't belong together, strike nothing."""
    assert masked == mask_struck(text)


@given(st.text(st.sampled_from("~ab <>/s")))
def test_nothing_moves(text: str) -> None:
    """The length stays, and every character is the same or a space."""
    masked = mask_struck(text)
    assert len(text) == len(masked)
    assert all(after in (before, " ") for before, after in zip(text, masked, strict=True))
