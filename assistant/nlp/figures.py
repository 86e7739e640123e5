"""The facade for other rooms: the figures, dates and names in a text, normalised and with their spans.

Pure functions of English text; whatever the text, they raise nothing, take time linear in its length and
give spans for which ``text[start:end]`` is what was read. A year in a date is no figure, nor is a number in
a name ("Resolution 2331", "COVID-19", "Liberterra II"). How they are recognised stands in numbers.py, dates.py and
names.py; how they are compared in comparison.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.nlp import lexicon
from assistant.nlp.bounds import Bound
from assistant.nlp.caching import cached_by_text
from assistant.nlp.comparison import contradicts, includes, satisfies_rounded
from assistant.nlp.dates import Date, parse_dates
from assistant.nlp.names import Name, parse_names
from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.numbers import Figure, FigureKind, parse_figures
from assistant.nlp.spans import overlap_test
from assistant.nlp.tokens import AUXILIARIES, PREPOSITIONS, STOP_WORDS, plain_typography, tokenize

__all__ = [
    "Bound", "Date", "Figure", "FigureKind", "Name",
    "contradicts", "counted_words", "find_dates", "find_figures", "find_names", "includes", "satisfies_rounded",
]  # fmt: skip

_Item = TypeVar("_Item", Figure, Date, Name)


@dataclass(frozen=True, slots=True)
class _TextItems:
    figures: tuple[Figure, ...]
    dates: tuple[Date, ...]
    names: tuple[Name, ...]


@cached_by_text(1024, 2_000)
def _parse_text(text: str) -> _TextItems:
    plain = plain_typography(text)
    items = _parse_plain(plain)
    if plain == text:
        return items
    return _TextItems(_as_written(text, items.figures), _as_written(text, items.dates), _as_written(text, items.names))


def _parse_plain(text: str) -> _TextItems:
    dates = parse_dates(text)
    date_spans = [(date.start, date.end) for date in dates]
    names = parse_names(text, date_spans)
    figures = parse_figures(text, date_spans + [(name.start, name.end) for name in names])
    overlaps = overlap_test((figure.start, figure.end) for figure in figures)
    # "USD" and "GB" look like names until a number stands beside them.
    return _TextItems(figures, dates, tuple(name for name in names if not overlaps(name.start, name.end)))


def _as_written(text: str, items: Sequence[_Item]) -> tuple[_Item, ...]:
    """The items that were read in plain typography, each with its text as it is written."""
    return tuple(replace(item, text=text[item.start : item.end]) for item in items)


def find_figures(text: str) -> tuple[Figure, ...]:
    """The quantities of a text in reading order: numbers, percentages, money, measures, ranks, parts."""
    return _parse_text(text).figures


def find_dates(text: str) -> tuple[Date, ...]:
    """The dates of a text in reading order; both ends of a range are dates."""
    return _parse_text(text).dates


def find_names(text: str) -> tuple[Name, ...]:
    """The proper names of a text in reading order."""
    return _parse_text(text).names


_NOUN_GROUPS = lexicon.words_by_class("noun_groups")
_PUNCTUATION = re.compile(r"[^\w\s'’“”\"-]|\n")
_CLAUSE_END = re.compile(r"[.;!?|\n]")
_GROUP_ENDS = AUXILIARIES | (PREPOSITIONS - {"of"}) | _NOUN_GROUPS["group end"]
_SKIPPED = _NOUN_GROUPS["skipped"]
_UNCOUNTED = STOP_WORDS | NUMBER_WORDS
_MAX_WORDS = 4  # of a noun group
_MAX_GROUP_CHARS = 120  # between a figure and the end of its noun group


def counted_words(text: str, figure: Figure) -> tuple[str, ...]:
    """What a figure counts: up to four folded words of the noun group behind it, or else before it.

    "3,222 potential victims of human trafficking" gives ("potential", "victims", "human", "trafficking"),
    "arrests: 2,517" and "arrests rose to 2,517" what stands before. A measure's or a currency's own word
    counts too: "5 days".
    """
    own = [token.text for token in tokenize(figure.text)] if figure.kind in ("measure", "money") else []
    words = [word for word in own if not word[0].isdigit() and word not in NUMBER_WORDS]
    behind = text[figure.end : figure.end + _MAX_GROUP_CHARS]
    position = 0
    for token in tokenize(behind):
        if (
            _PUNCTUATION.search(behind, position, token.start)
            or token.text in _GROUP_ENDS
            or token.text[0].isdigit()
            or len(words) >= _MAX_WORDS
            or (token.text == "and" and words)
        ):
            break
        if token.text not in _SKIPPED:
            words.append(token.text)
        position = token.end
    return tuple(words) or _words_before(text, figure)


def _words_before(text: str, figure: Figure) -> tuple[str, ...]:
    """The last content words before a figure, in its clause."""
    before = text[max(0, figure.start - _MAX_GROUP_CHARS) : figure.start]
    clause = _CLAUSE_END.split(before)[-1]
    words = [token.text for token in tokenize(clause) if token.text not in _UNCOUNTED and not token.text[0].isdigit()]
    return tuple(words[-_MAX_WORDS:])
