"""Where a paragraph ends and the next begins, between two lines of a column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.readers.pdf.fields import field_of, is_in_value
from assistant.readers.pdf.item_marks import Mark
from assistant.readers.pdf.lines import Line, has_room_for
from assistant.readers.pdf.style import BodyStyle

_SENTENCE_ENDS = frozenset(".!?…:;。！？：；؟।")  # noqa: RUF001 — wide and Greek-like marks are meant
_CLOSING = "\"'”’»«)]}›“"  # noqa: RUF001
_GOES_ON = ("\u00ad", "-", "\u2010", ",", "\u2013")  # what no paragraph ends with
OTHER_SIZE = 0.12  # the share by which lines of one paragraph may differ in size
_WIDE_GAP = 1.3  # times the usual distance between lines
_WIDEST_GAP = 1.9  # times that distance: formulas and raised characters make room for themselves
_NARROW_GAP = 1.12  # times that distance: tells a new paragraph where something else does, too
_CODE_GAP = 2.6  # times that distance, inside code: an empty line is part of it
_INDENT = 0.7  # sizes of the type
_MAX_INDENT = 8.0  # sizes of the type, of a paragraph's first line
_TITLE_SIZE = 1.15  # times the size of the body: a heading so large goes on in the next line wherever it ends


_LEADER = re.compile(r"(?:[.\u2026\u00b7_] ?){4,}\s*\S{0,20}$")
_LEADER_WITHIN = 60  # characters at the end of a line


@dataclass(frozen=True, slots=True)
class ColumnText:
    """The lines of a column, with what they tell together.

    Attributes:
        lines: from top to bottom.
        marks: of the items that they begin.
        style: what is usual in the document.
        indents: above 0 where the first lines of paragraphs stand further right than the others; below 0 where they
            stand further left, as in a bibliography.
    """

    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    style: BodyStyle
    indents: int = 0


@dataclass(frozen=True, slots=True)
class _Pair:
    """A line and the one above it.

    Attributes:
        start: the first line of the paragraph that the upper one belongs to.
        start_mark: of the item that it begins.
        is_second: whether the lower line would be that paragraph's second.
        gap: the distance of their baselines, in times the usual one.
        ends_sentence: whether a sentence ends with the upper line.
        has_room: whether the first word of the lower line would have stood on the upper one.
        reads_on: whether their words are of one sentence, as far as hyphens, commas and small letters tell.
        shift: how much further right the lower one begins, in sizes of the type.
    """

    start: Line
    start_mark: Mark | None
    is_second: bool
    above: Line
    line: Line
    gap: float
    ends_sentence: bool
    has_room: bool
    reads_on: bool
    shift: float


def begins_passage(text: ColumnText, start: int, place: int) -> bool:
    """Whether a line begins a paragraph, heading or item of its own rather than going on with the lines from a start.

    Args:
        text: the column.
        start: the place of the first line of the paragraph that the line above belongs to.
        place: of the line.
    """
    line, first = text.lines[place], text.lines[start]
    if text.marks[place] or field_of(line) or has_leader(text.lines[place - 1]):
        return True
    if field := None if text.marks[start] else field_of(first):
        return not is_in_value(line, field)
    pair = _pair(text, start, place)
    if _is_other_type(pair, text.style):
        return True
    if pair.above.is_monospaced and not text.style.is_monospaced:
        return not 0 < pair.gap <= _CODE_GAP
    if _is_title(pair, text.style):
        return not 0 < pair.gap <= _WIDE_GAP
    return _is_apart(pair) or _ends_early(pair) or _is_indented(pair, text)


def indent_score(lines: Sequence[Line]) -> int:
    """By how many lines more tell that first lines are indented than tell that they hang.

    Behind the end of a paragraph the next line begins further right where first lines are indented, and further left
    where they hang.
    """
    score = 0
    for above, below in pairwise(lines):
        shift = (below.phrase.x0 - above.phrase.x0) / below.em
        if _INDENT < abs(shift) < _MAX_INDENT and abs(above.em - below.em) <= OTHER_SIZE * below.em:
            is_end = has_room_for(above, below) or ends_sentence(above.text)
            score += 1 if is_end == (shift > 0) else -1
    return score


def has_leader(line: Line) -> bool:
    """Whether dots lead from words to a figure at the line's end, as in a table of contents."""
    return _LEADER.search(line.text[-_LEADER_WITHIN:]) is not None


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with a text."""
    return text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS


def reads_on(above: str, below: str) -> bool:
    """Whether two lines are of one sentence, as far as hyphens, commas and small letters tell."""
    return not ends_sentence(above) and (below[:1].islower() or above.endswith(_GOES_ON))


def _pair(text: ColumnText, start: int, place: int) -> _Pair:
    above, line = text.lines[place - 1], text.lines[place]
    if place - start > 1:
        leading = (above.phrase.baseline - text.lines[start].phrase.baseline) / (place - 1 - start)
    else:
        leading = text.style.leading(line.phrase.size)
    return _Pair(
        text.lines[start], text.marks[start], place == start + 1, above, line,
        gap=(line.phrase.baseline - above.phrase.baseline) / max(leading, 0.5 * line.em),
        ends_sentence=ends_sentence(above.text),
        has_room=has_room_for(above, line),
        reads_on=reads_on(above.text, line.text),
        shift=(line.phrase.x0 - above.phrase.x0) / line.em,
    )  # fmt: skip


def _is_other_type(pair: _Pair, style: BodyStyle) -> bool:
    """Whether the lines differ in size or weight, or one of them is code."""
    above, line = pair.above, pair.line
    if above.is_monospaced != line.is_monospaced and not style.is_monospaced:
        return True
    if abs(line.em - above.em) > OTHER_SIZE * max(above.em, line.em):
        return True
    return above.is_bold != line.is_bold and (pair.has_room or pair.ends_sentence or pair.gap > _NARROW_GAP)


def _is_title(pair: _Pair, style: BodyStyle) -> bool:
    """Whether both lines are of a large heading."""
    return min(pair.above.em, pair.line.em) >= _TITLE_SIZE * style.size and not pair.ends_sentence


def _is_apart(pair: _Pair) -> bool:
    """Whether more than the usual space parts the lines."""
    if not 0 < pair.gap <= _WIDE_GAP:
        goes_on = pair.reads_on and not pair.has_room and abs(pair.shift) < _INDENT
        return not (goes_on and 0 < pair.gap <= _WIDEST_GAP)
    return pair.gap > _NARROW_GAP and (pair.ends_sentence or (pair.has_room and not pair.reads_on))


def _ends_early(pair: _Pair) -> bool:
    """Whether the upper line ends where it was meant to: the next word would have stood on it."""
    return pair.has_room and not pair.reads_on


def _is_indented(pair: _Pair, text: ColumnText) -> bool:
    """Whether the lower line begins further right or left than a line of the same paragraph does."""
    if pair.start_mark:
        return _leaves_item(pair, text)
    if text.indents < 0:
        return pair.shift < -_INDENT
    if _INDENT < pair.shift < _MAX_INDENT and not pair.line.is_centred:
        return text.indents > 0 or pair.ends_sentence
    # The line below a quotation or list that is indented as a whole.
    return not pair.is_second and pair.ends_sentence and pair.shift < -_INDENT


def _leaves_item(pair: _Pair, text: ColumnText) -> bool:
    """Whether the lower line stands left of the words of an item, where the others of its list hang."""
    words = pair.start.phrase.words
    if pair.line.phrase.x0 < words[0].x0 - _INDENT * pair.line.em:
        return True
    if not pair.is_second:
        return pair.shift < -_INDENT or (pair.shift > _INDENT and pair.ends_sentence)
    is_left = pair.line.phrase.x0 < words[1].x0 - _INDENT * pair.line.em
    return is_left and pair.ends_sentence and _hangs_at(words[0].x0, words[1].x0, text)


def _hangs_at(mark_left: float, words_left: float, text: ColumnText) -> bool:
    """Whether other items of a list that stands at some indent go on below their words."""
    return any(
        mark is not None
        and abs(line.phrase.words[0].x0 - mark_left) < _INDENT * line.em
        and abs(below.phrase.x0 - words_left) < _INDENT * line.em
        for (line, below), mark in zip(pairwise(text.lines), text.marks, strict=False)
    )
