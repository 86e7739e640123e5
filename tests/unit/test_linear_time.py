"""Every parser takes time that is linear in the length of its text, however the text tries to prevent it."""

import pytest

from tests.support.parsers import FRAMED, PARSERS, REPEATED, repeating
from tests.support.timing import assert_linear


@pytest.mark.hostile
def test_time_by_the_square_is_noticed() -> None:
    """The measurement tells linear work from work that grows by the square."""
    assert_linear(lambda text: [character.upper() for character in text * 20], repeating("a"))
    with pytest.raises(AssertionError, match="times as long"):
        assert_linear(lambda text: [text[:end].count("b") for end in range(len(text))], repeating("a"))


@pytest.mark.hostile
@pytest.mark.parametrize("name", PARSERS)
def test_time_is_linear(name: str) -> None:
    """A text four times as long takes no more than eight times as long, whatever it repeats."""
    for piece in (*REPEATED, *FRAMED):
        assert_linear(PARSERS[name], repeating(piece))
