"""Names that have several forms: a question's "Burma" becomes the documents' "Myanmar", its "II" their "2".

Place names come from the list ``place_names`` of `assistant.nlp.lexicon`; spellings that differ by a letter are left to
`assistant.query.spelling`. Pure functions.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.tokens import STOP_WORDS, fold, tokenize

_MAX_NAME_WORDS = 6  # of a place
_ROMAN_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_NUMBERED_NAME = re.compile(r"(?<!\w)([^\W\d_]{3,})\s+(\d{1,2}|[IVX]{1,5}|[ivx]{1,5})(?![\w%]|[.,:]\d)")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


class _PlaceName(NamedTuple):
    all_names: tuple[str, ...]  # of the place
    is_acronym: bool  # this name means the place in capitals only: "us" is no country


def rename_places(text: str, contains_phrase: Callable[[str], bool]) -> str:
    """The text with each place name that the documents don't use replaced by one that they do.

    Args:
        text: a question.
        contains_phrase: says whether the documents use a name.
    """
    pieces, copied = [], 0
    for start, end, all_names in _find_places(text):
        if not contains_phrase(text[start:end]):
            used_name = next((name for name in all_names if contains_phrase(name)), text[start:end])
            pieces += [text[copied:start], used_name]
            copied = end
    return "".join([*pieces, text[copied:]])


def convert_series_numbers(text: str, contains_phrase: Callable[[str], bool]) -> str:
    """The text with the number after a name as the documents write it: "Kestrel 3" as "Kestrel III", or the reverse.

    Args:
        text: a question.
        contains_phrase: says whether the documents use a name.
    """

    def convert(match: re.Match[str]) -> str:
        name, number = match.groups()
        value = _series_number(number)
        if not 0 < value <= len(_ROMAN_NUMERALS) or fold(name) in STOP_WORDS or contains_phrase(match[0]):
            return match[0]
        converted = _ROMAN_NUMERALS[value - 1] if number.isdigit() else str(value)
        return f"{match[0].removesuffix(number)}{converted}" if contains_phrase(f"{name} {converted}") else match[0]

    return _NUMBERED_NAME.sub(convert, text)


def _series_number(number: str) -> int:
    """The value of a Roman numeral up to XV or of digits; 0 for anything else."""
    if number.upper() in _ROMAN_NUMERALS:
        return _ROMAN_NUMERALS.index(number.upper()) + 1
    return int(number) if number.isdigit() else 0


def _find_places(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The place names in a text, the longest at each word: (start, end, all names of the place)."""
    tokens, i = tokenize(text), 0
    while i < len(tokens):
        for count in range(min(_MAX_NAME_WORDS, len(tokens) - i), 0, -1):
            start, end = tokens[i].start, tokens[i + count - 1].end
            place = _place_names().get(tuple(token.text for token in tokens[i : i + count]))
            end -= 2 * bool(_POSSESSIVE.search(text, start, end))
            end += text[end : end + 1] == "." and "." in text[start:end]  # of "the U.S."
            if place and (not place.is_acronym or text[start:end].isupper()):
                yield start, end, place.all_names
                i += count - 1
                break
        i += 1


@cache
def _place_names() -> dict[tuple[str, ...], _PlaceName]:
    """The list of place names, by the folded words of each name."""
    return {
        tuple(token.text for token in tokenize(name)): _PlaceName(all_names, is_acronym=name.isupper())
        for all_names in lexicon.rows("place_names")
        for name in all_names
    }
