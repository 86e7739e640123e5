"""Which lines of a column begin an item of a list."""

from collections.abc import Iterator, Sequence

from assistant.readers.pdf.paragraphs.item_marks import Mark, follows, mark_of
from assistant.readers.pdf.paragraphs.lines import Line, has_room_for

_SAME_INDENT = 0.4  # type sizes
_PARAGRAPH_GAP = 1.5  # type sizes between baselines: lines further apart are of two paragraphs
_SIBLINGS_WITHIN = 30  # lines above and below among which the numbers before and after one are looked for
_PART_ENDS = (".", ";", ":", ",", "!", "?")


def accepted_marks(lines: Sequence[Line]) -> list[Mark | None]:
    """For each line of a column the mark of the item that it begins, if it begins one.

    A number or a dash may also begin a line inside a sentence ("5. May", "- which"): it is a mark where it is set
    apart, where the line below is indented up to its words, or where its list goes on at the same indent;
    never where a sentence runs on into it.
    """
    marks = [mark_of(line.phrase) for line in lines]
    return [mark if mark and _is_accepted(lines, marks, index) else None for index, mark in enumerate(marks)]


def _is_accepted(lines: Sequence[Line], marks: Sequence[Mark | None], index: int) -> bool:
    mark = marks[index]
    if mark is None or (mark.is_sure and mark.symbol):
        return mark is not None
    neighbours = _has_neighbour(lines, marks, index, -1) + _has_neighbour(lines, marks, index, 1)
    if _is_in_sentence(lines, marks, index):
        return neighbours == 2 and not mark.symbol
    return neighbours > 0 or mark.is_sure or _hangs_below(lines, index)


def _is_in_sentence(lines: Sequence[Line], marks: Sequence[Mark | None], index: int) -> bool:
    """Whether a sentence runs on into a line from the full one above it, which begins no item of the same list."""
    mark, mark_above = marks[index], marks[index - 1] if index else None
    if not index or (mark and mark_above and follows(mark, mark_above)):
        return False
    above, line = lines[index - 1], lines[index]
    is_aligned = line.phrase.x0 - above.phrase.x0 < _SAME_INDENT * line.em
    return (
        not _is_far_below(line, above)
        and is_aligned
        and not above.text.endswith(_PART_ENDS)
        and not has_room_for(above, line)
    )


def _hangs_below(lines: Sequence[Line], index: int) -> bool:
    """Whether the line below a mark stands under the words behind it."""
    if index + 1 == len(lines):
        return False
    words, below = lines[index].phrase.words, lines[index + 1].phrase
    return abs(below.x0 - words[1].x0) < _SAME_INDENT / 2 * lines[index].em and below.x0 > words[0].x1


def _has_neighbour(lines: Sequence[Line], marks: Sequence[Mark | None], index: int, step: int) -> bool:
    """Whether the list of a mark has the one before it (step -1) or after it (1), at the same indent."""
    mark, line = marks[index], lines[index]
    return mark is not None and any(
        abs(lines[sibling].phrase.x0 - line.phrase.x0) < _SAME_INDENT * line.em and follows(mark, other)
        for sibling in _list_around(lines, marks, index, step)
        if (other := marks[sibling])
    )


def _list_around(lines: Sequence[Line], marks: Sequence[Mark | None], index: int, step: int) -> Iterator[int]:
    """The indices of the lines above (step -1) or below (1) a line, as far as its list may go.

    Between numbered items there may be anything; dashes are in one list if no other paragraph stands between them.
    """
    mark, line = marks[index], lines[index]
    for other in range(index + step, index + step * _SIBLINGS_WITHIN, step):
        if not 0 <= other < len(lines):
            return
        begins_paragraph = marks[other] is None and other > 0 and _is_far_below(lines[other], lines[other - 1])
        if begins_paragraph and mark and mark.symbol and lines[other].phrase.x0 < line.phrase.x0 + line.em:
            return
        yield other


def _is_far_below(line: Line, above: Line) -> bool:
    return not 0 < line.phrase.baseline - above.phrase.baseline < _PARAGRAPH_GAP * line.em
