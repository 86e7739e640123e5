"""The lines near the upper and lower edges of pages, from the edge inwards: running heads are among them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.readers.pdf.body_style import round_size
from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.wording.numerals import roman_value

Side = Literal["top", "bottom"]

_MAX_ROWS = 6  # at each edge
_BAND = 0.25  # the share of the page's height in which they stand
_MAX_PHRASES = 12  # in a row: one with more is of a table
_MAX_CHARS = 300  # of a phrase that are looked at
_MAX_DIGITS = 9  # of a number that are looked at
_NUMBER = re.compile(r"\d+")
_OUTER_ROMAN = re.compile(r"^[-–—|·\s]*([ivxlc]+|[IVXLC]+)(?![^\W_])|(?<![^\W_])([ivxlc]+|[IVXLC]+)[-–—|·\s]*$")


@dataclass(frozen=True, slots=True)
class EdgePhrase:
    """A phrase near an edge of its page.

    Attributes:
        phrase: its words.
        page: the index of its page among those of the document, from 0.
        side: of the page.
        distance: from its baseline to that edge, in points.
        wording: its text, with "#" for each number.
        numbers: in it.
    """

    phrase: Phrase
    page: int
    side: Side
    distance: float
    wording: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """The phrases on one baseline near an edge of a page.

    Attributes:
        phrases: from left to right.
        gap: between its baseline and that of the next row inwards, in points; infinite where nothing follows.
    """

    phrases: tuple[EdgePhrase, ...]
    gap: float

    @property
    def size(self) -> float:
        """The largest of its sizes of type."""
        return max(edge.phrase.size for edge in self.phrases)

    @property
    def characters(self) -> int:
        """How many characters it has."""
        return sum(len(edge.wording) for edge in self.phrases)


def edge_rows(page: PagePhrases, index: int, side: Side) -> list[EdgeRow]:
    """The rows near an edge of a page, the outermost first, up to the first that is surely one of a table.

    Args:
        page: with its phrases.
        index: of the page in its document, from 0.
        side: of the page.
    """
    rows = _outer_rows(page, side)
    edge_rows = []
    for row, inner in zip(rows[:_MAX_ROWS], [*rows[1:], None], strict=False):
        if len(row) > _MAX_PHRASES:
            break
        gap = abs(inner[0].baseline - row[0].baseline) if inner else float("inf")
        edge_rows.append(EdgeRow(tuple(_edge_phrases(row, page, index, side)), gap))
    return edge_rows


def usual_size(pages: Iterable[PagePhrases]) -> float:
    """The size of type whose lines are the longest when added up, in points."""
    widths: dict[float, float] = {}
    for page in pages:
        for phrase in page.phrases:
            size = round_size(phrase.size)
            widths[size] = widths.get(size, 0.0) + phrase.x1 - phrase.x0
    return max(widths, key=lambda size: widths[size], default=10.0)


def wording_of(text: str) -> tuple[str, tuple[int, ...]]:
    """A text with "#" for each of its numbers, and the numbers; Roman ones where they begin or end it.

    >>> wording_of("Page 3 of 17"), wording_of("xii"), wording_of("F-12")
    (('page # of #', (3, 17)), ('#', (12,)), ('f-#', (12,)))
    """
    spans = [(match.start(), match.end(), int(match[0][:_MAX_DIGITS])) for match in _NUMBER.finditer(text)]
    for roman in _OUTER_ROMAN.finditer(text):
        group = 1 if roman[1] else 2
        spans.append((roman.start(group), roman.end(group), roman_value(roman[group])))
    pieces, end = [], 0
    spans.sort()
    for start, stop, _ in spans:
        pieces += [text[end:start], "#"]
        end = stop
    return "".join([*pieces, text[end:]]).casefold(), tuple(value for *_, value in spans)


def _outer_rows(page: PagePhrases, side: Side) -> list[list[Phrase]]:
    """The phrases near an edge by baselines, the outermost first; one row more than are looked at."""
    upright = (phrase for phrase in page.phrases if not phrase.words[0].angle)
    limit = _BAND * page.height
    if side == "top":
        near = sorted((phrase for phrase in upright if phrase.y1 < limit), key=lambda phrase: phrase.baseline)
    else:
        limit = page.height - limit
        near = sorted((phrase for phrase in upright if phrase.y0 > limit), key=lambda phrase: -phrase.baseline)
    rows: list[list[Phrase]] = []
    for phrase in near:
        if rows and abs(phrase.baseline - rows[-1][0].baseline) <= SAME_BASELINE * phrase.size:
            rows[-1].append(phrase)
        elif len(rows) > _MAX_ROWS:
            break
        else:
            rows.append([phrase])
    return rows


def _edge_phrases(row: Sequence[Phrase], page: PagePhrases, index: int, side: Side) -> Iterator[EdgePhrase]:
    for phrase in sorted(row, key=lambda phrase: phrase.x0):
        distance = phrase.baseline if side == "top" else page.height - phrase.baseline
        wording, numbers = wording_of(phrase.text[:_MAX_CHARS])
        yield EdgePhrase(phrase, index, side, distance, wording, numbers)
