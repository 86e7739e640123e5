"""Raised and lowered characters: marks of notes are set off, all else stays on its base."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.raised import lowered_text, raise_mark, raised_text


@pytest.mark.parametrize(
    ("before", "raised", "text"),
    [
        ("48,210", "3", "48,210 ³"),
        ("the end.", "12", "the end. ¹²"),
        ("books", "*", "books *"),
        ("sold 52", "a", "sold 52 ᵃ"),
        ("tides", "[4]", "tides ⁴"),
        ("(as of 2023)", "1", "(as of 2023) ¹"),
        ("10", "6", "10⁶"),
        ("1,250 m", "2", "1,250 m²"),
        ("mc", "2", "mc²"),
        ("(a+b)", "2", "(a+b)²"),
        ("10", "−3", "10⁻³"),
        ("10⁻", "6", "10⁻⁶"),
        ("Ca", "2+", "Ca²⁺"),
        ("Cl", "–", "Cl⁻"),
        ("20", "°", "20°"),
        ("the 21", "st", "the 21st"),
        ("Acme", "TM", "AcmeTM"),
        ("x", "superscript", "x superscript"),
    ],
)
def test_what_raised_characters_become(before: str, raised: str, text: str) -> None:
    """A note's mark never joins a figure; an exponent, a charge, a degree and an ordinal stay where they are."""
    assert text == before + raised_text(before, raised)[0]


@given(st.text(max_size=60), st.text(min_size=1, max_size=6))
def test_a_note_of_the_file_s_own_is_always_set_off(before: str, raised: str) -> None:
    """Where the file says that it is a note, no letter or digit stands right before it."""
    added, is_note = raised_text(before, raised, is_note=True)
    assert is_note
    assert not (before[-1:].isalnum() and added[:1].isalnum())


def test_marks_and_indexes() -> None:
    """Brackets and white space around a mark go; a lowered figure stays on its letters."""
    assert ("³", "*", "CO₂") == (raise_mark("[ 3 ]"), raise_mark(" * "), "CO" + lowered_text("2"))
