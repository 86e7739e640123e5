"""Where a paragraph ends and the next begins, between two lines of a column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.readers.pdf.body_style import WIDE_LEADING, BodyStyle
from assistant.readers.pdf.paragraphs.fields import field_of, is_in_value
from assistant.readers.pdf.paragraphs.item_marks import Mark
from assistant.readers.pdf.paragraphs.lines import Line, has_room_for
from assistant.readers.pdf.wording.sentences import ends_sentence, reads_on

_STOPS = (".", "!", "?")
OTHER_SIZE = 0.12  # the share by which lines of one paragraph may differ in size
_MAX_GAP = 2.2  # times the usual distance between lines: formulas need room, and a letter may be double-spaced
_NARROW_GAP = 1.12  # times that distance: with another sign, it shows a new paragraph
_CODE_GAP = 2.6  # times that distance, inside code: an empty line is part of it
_INDENT = 0.7  # type sizes
_SAME_SIZE = 0.5  # points
_NEIGHBOURS = 12  # lines above and below that tell how paragraphs are indented
_LIST_NEIGHBOURS = 40  # lines above and below among which other items of a list are looked for
_MAX_INDENT = 8.0  # type sizes, of a paragraph's first line
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
    """

    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    style: BodyStyle


@dataclass(frozen=True, slots=True)
class _Pair:
    """A line and the one above it.

    Attributes:
        text: the column that they stand in.
        index: of the lower line.
        start: the index of the first line of the paragraph that the upper one belongs to.
        gap: the distance of their baselines, in times the usual one.
        ends_sentence: whether a sentence ends with the upper line.
        has_room: whether there was room for the first word of the lower line on the upper one.
        reads_on: whether their words are of one sentence, as far as hyphens, commas and lower case show.
        shift: how much further right the lower one begins, in type sizes.
    """

    text: ColumnText
    index: int
    start: int
    gap: float
    ends_sentence: bool
    has_room: bool
    reads_on: bool
    shift: float

    @property
    def above(self) -> Line:
        """The upper line."""
        return self.text.lines[self.index - 1]

    @property
    def line(self) -> Line:
        """The lower line."""
        return self.text.lines[self.index]

    @property
    def ends_early(self) -> bool:
        """Whether the upper line ends where it was meant to: there was room for the next word on it."""
        return self.has_room and not self.reads_on


def begins_passage(text: ColumnText, start: int, index: int) -> bool:
    """Whether a line begins a paragraph, heading or item of its own rather than going on with the lines from a start.

    Args:
        text: the column.
        start: the index of the first line of the paragraph that the line above belongs to.
        index: of the line.
    """
    pair = _pair(text, start, index)
    return next((verdict for rule in _RULES if (verdict := rule(pair)) is not None), False)


def _has_leader(line: Line) -> bool:
    """Whether dots lead from words to a figure at the line's end, as in a table of contents."""
    return _LEADER.search(line.text[-_LEADER_WITHIN:]) is not None


def _pair(text: ColumnText, start: int, index: int) -> _Pair:
    above, line = text.lines[index - 1], text.lines[index]
    if index - start > 1:
        leading = (above.phrase.baseline - text.lines[start].phrase.baseline) / (index - 1 - start)
    else:
        leading = max(text.style.leading(line.phrase.size), _leading_below(text, index))
    return _Pair(
        text, index, start,
        gap=(line.phrase.baseline - above.phrase.baseline) / max(leading, 0.5 * line.em),
        ends_sentence=ends_sentence(above.text),
        has_room=has_room_for(above, line),
        reads_on=reads_on(above.text, line.text),
        shift=(line.phrase.x0 - above.phrase.x0) / line.em,
    )  # fmt: skip


def _leading_below(text: ColumnText, index: int) -> float:
    """The distance of a line to the next, if that goes on with its sentence in the same type; else 0."""
    line, below = text.lines[index], text.lines[index + 1] if index + 1 < len(text.lines) else None
    if below is None or ends_sentence(line.text) or has_room_for(line, below) or text.marks[index + 1]:
        return 0.0
    distance = below.phrase.baseline - line.phrase.baseline
    is_alike = abs(below.em - line.em) <= OTHER_SIZE * line.em and below.is_bold == line.is_bold
    return distance if is_alike and distance <= WIDE_LEADING * text.style.leading(line.phrase.size) else 0.0


def _indents(text: ColumnText, index: int) -> int:
    """How surely the first lines of paragraphs around a line are indented (above 0), or hang (below 0).

    After the end of a paragraph the next line begins further right where first lines are indented, and further left
    where they hang, as in a bibliography. Items of lists and lines in type of another size don't count.
    """
    lines, size = text.lines, text.lines[index].phrase.size
    first, end = index, index
    while first > max(index - _NEIGHBOURS, 0) and abs(lines[first - 1].phrase.size - size) < _SAME_SIZE:
        first -= 1
    while end < min(index + _NEIGHBOURS, len(lines)) and abs(lines[end].phrase.size - size) < _SAME_SIZE:
        end += 1
    score = 0
    for lower in range(first + 1, end):
        above, below = lines[lower - 1], lines[lower]
        shift = (below.phrase.x0 - above.phrase.x0) / below.em
        if _INDENT < abs(shift) < _MAX_INDENT and not text.marks[lower - 1] and not text.marks[lower]:
            is_end = has_room_for(above, below) or ends_sentence(above.text)
            score += 1 if is_end == (shift > 0) else -1
    return score


def _hangs_at(mark_left: float, words_left: float, pair: _Pair) -> bool:
    """Whether an item around, at the same indent, goes on below its words.

    Args:
        mark_left: the left edge of the mark of the item, in points.
        words_left: that of its words.
        pair: the lines in question.
    """
    lines, marks = pair.text.lines, pair.text.marks
    return any(
        marks[index] is not None
        and abs(lines[index].phrase.words[0].x0 - mark_left) < _INDENT * lines[index].em
        and abs(lines[index + 1].phrase.x0 - words_left) < _INDENT * lines[index].em
        for index in range(max(pair.index - _LIST_NEIGHBOURS, 0), min(pair.index + _LIST_NEIGHBOURS, len(lines) - 1))
    )


# Each rule says whether the lower line of a pair begins a passage, or None where it doesn't tell.


def _by_beginning(pair: _Pair) -> bool | None:
    """A mark or a label begins a passage; dots that lead to a figure, or the value of a field, end one."""
    text = pair.text
    if text.marks[pair.index] or field_of(pair.line) or _has_leader(pair.above):
        return True
    if (pair.above.is_row or pair.line.is_row) and not text.marks[pair.start] and not _is_justified(pair):
        return True
    field = None if text.marks[pair.start] else field_of(text.lines[pair.start])
    return None if field is None else not is_in_value(pair.line, field)


def _is_justified(pair: _Pair) -> bool:
    """Whether wide gaps are only those of a justified line of few words, inside a sentence."""
    return pair.reads_on and not pair.has_room


def _by_type(pair: _Pair) -> bool | None:
    """Lines of other sizes or weights are of other passages, and so is code."""
    above, line = pair.above, pair.line
    if above.is_monospaced != line.is_monospaced:
        return True
    if abs(line.em - above.em) > OTHER_SIZE * max(above.em, line.em):
        return True
    if above.is_bold != line.is_bold and (pair.has_room or pair.ends_sentence or pair.gap > _NARROW_GAP):
        return True
    if above.is_monospaced:
        return not 0 < pair.gap <= _CODE_GAP
    return None


def _by_title(pair: _Pair) -> bool | None:
    """The lines of a heading that is large, or bold in the middle of its column, end wherever it suits them."""
    above, line = pair.above, pair.line
    is_large = min(above.em, line.em) >= _TITLE_SIZE * pair.text.style.size and not above.text.endswith(_STOPS)
    if is_large or (above.is_bold and line.is_bold and above.is_centred and line.is_centred):
        is_other_case = above.text.isupper() != line.text.isupper() and not pair.reads_on
        return is_other_case or not 0 < pair.gap <= (WIDE_LEADING if is_large else _NARROW_GAP)
    return None


def _by_space(pair: _Pair) -> bool | None:
    """More than the usual space separates paragraphs."""
    if not 0 < pair.gap <= WIDE_LEADING:
        goes_on = pair.reads_on and not pair.has_room and abs(pair.shift) < _INDENT
        return None if goes_on and 0 < pair.gap <= _MAX_GAP else True
    is_apart = pair.gap > _NARROW_GAP and (pair.ends_sentence or pair.ends_early)
    return True if is_apart else None


def _by_item(pair: _Pair) -> bool | None:
    """What stands under the words of an item goes on with it; what stands left of its mark doesn't."""
    if not pair.text.marks[pair.start]:
        return None
    words = pair.text.lines[pair.start].phrase.words
    from_mark = (pair.line.phrase.x0 - words[0].x0) / pair.line.em
    from_words = (pair.line.phrase.x0 - words[1].x0) / pair.line.em
    if from_mark < -_INDENT:  # unless it is a numbered paragraph whose first line is indented
        return pair.has_room or not pair.reads_on
    if from_mark > _INDENT and abs(from_words) < _INDENT / 2:
        return False
    if pair.ends_early:
        return True
    if pair.index - pair.start > 1:
        return pair.shift < -_INDENT or (pair.shift > _INDENT and pair.ends_sentence)
    return from_words < -_INDENT and pair.ends_sentence and _hangs_at(words[0].x0, words[1].x0, pair)


def _by_indent(pair: _Pair) -> bool | None:
    """First lines stand further right or left than the others, as those of the paragraphs around them do."""
    if max(abs(pair.shift), abs(pair.line.indent)) < _INDENT or pair.line.is_centred:
        return None
    indents = _indents(pair.text, pair.index)
    if indents < 0 and pair.shift < -_INDENT and not pair.reads_on:
        return True
    if indents < 0 and pair.line.phrase.x0 - pair.text.lines[pair.start].phrase.x0 > _INDENT * pair.line.em:
        return False
    if _INDENT < pair.shift < _MAX_INDENT:
        return True if indents > 0 or pair.ends_sentence else None
    # The line below a quotation or list that is indented as a whole.
    return True if pair.index - pair.start > 1 and pair.ends_sentence and pair.shift < -_INDENT else None


def _by_end(pair: _Pair) -> bool | None:
    """A line that ends early, though the next word had room on it, ends a paragraph."""
    return pair.ends_early


_RULES: tuple[Callable[[_Pair], bool | None], ...] = (
    _by_beginning,
    _by_type,
    _by_title,
    _by_space,
    _by_item,
    _by_indent,
    _by_end,
)
