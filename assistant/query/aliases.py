"""What goes by several names: a question's "Burma" is read as the "Myanmar" of the documents, its "II" as their "2".

A table of the world's countries and some of their cities, by the names that English uses or used for them and the
commonest of their own; plain spellings that differ by a letter are the affair of `assistant.query.spelling`. Adjectives
are not in it. Pure functions.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.tokens import STOP_WORDS, fold, tokenize

_LONGEST = 6  # words of a name
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_NUMBERED = re.compile(r"(?<!\w)([^\W\d_]{3,})\s+(\d{1,2}|[IVX]{1,5}|[ivx]{1,5})(?![\w%]|[.,:]\d)")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


class _Named(NamedTuple):
    place: tuple[str, ...]  # all its names
    capitals: bool  # whether this one is written in capitals only: "us" is no country


def rename_places(text: str, says: Callable[[str], bool]) -> str:
    """The text with each name of a place that the documents don't use changed for one that they do.

    Args:
        text: a question.
        says: whether the documents say a name.
    """
    for start, end, place in reversed(list(_places_in(text))):
        if not says(text[start:end]):
            other = next((name for name in place if says(name)), text[start:end])
            text = f"{text[:start]}{other}{text[end:]}"
    return text


def convert_series_numbers(text: str, says: Callable[[str], bool]) -> str:
    """The text with the number behind a name as the documents write it: "Kestrel 3" as "Kestrel III", or back."""
    for match in reversed(list(_NUMBERED.finditer(text))):
        name, number = match.groups()
        value = _ROMAN.index(number.upper()) + 1 if number.upper() in _ROMAN else int(number) if number.isdigit() else 0
        if not 0 < value <= len(_ROMAN) or fold(name) in STOP_WORDS or says(match[0]):
            continue
        other = _ROMAN[value - 1] if number.isdigit() else str(value)
        if says(f"{name} {other}"):
            text = f"{text[: match.start(2)]}{other}{text[match.end(2) :]}"
    return text


def _places_in(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The spans of the names of places in a text, the longest at each word, with all names of the place."""
    told, at = tokenize(text), 0
    while at < len(told):
        for count in range(min(_LONGEST, len(told) - at), 0, -1):
            start, end = told[at].start, told[at + count - 1].end
            named = _names().get(tuple(word.text for word in told[at : at + count]))
            end -= 2 * bool(_POSSESSIVE.search(text, start, end))
            end += text[end : end + 1] == "." and "." in text[start:end]  # of "the U.S."
            if named and (not named.capitals or text[start:end].isupper()):
                yield start, end, named.place
                at += count - 1
                break
        at += 1


@cache
def _names() -> dict[tuple[str, ...], _Named]:
    """The table by the words of each name, folded."""
    return {
        tuple(word.text for word in tokenize(name)): _Named(place, capitals=name.isupper())
        for place in lexicon.rows("place_names")
        for name in place
    }
