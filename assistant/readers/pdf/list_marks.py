"""Which lines of a column begin an item of a list."""

from collections.abc import Sequence

from assistant.readers.pdf.item_marks import Mark, follows, mark_of
from assistant.readers.pdf.lines import Line, has_room_for

_SAME_INDENT = 0.4  # sizes of the type
_PARAGRAPH_GAP = 1.5  # sizes of the type between baselines: lines further apart are of two paragraphs
_SIBLINGS_WITHIN = 30  # lines up and down among which the numbers before and after one are looked for
_PART_ENDS = (".", ";", ":", ",", "!", "?")


def accepted_marks(lines: Sequence[Line]) -> list[Mark | None]:
    """For each line of a column the mark of the item that it begins, if it begins one.

    A number or a dash may also begin a line inside a sentence ("5. May", "- which"): it is a mark where it is set
    apart, where the line below is indented up to its words, or where its list goes on at the same indent;
    never where a sentence runs into it.
    """
    marks = [mark_of(line.phrase) for line in lines]
    return [mark if mark and _is_accepted(lines, marks, place) else None for place, mark in enumerate(marks)]


def _is_accepted(lines: Sequence[Line], marks: Sequence[Mark | None], place: int) -> bool:
    mark = marks[place]
    if mark is None or (mark.is_sure and mark.symbol):
        return mark is not None
    if _is_in_sentence(lines, place):
        return False
    return mark.is_sure or _hangs_below(lines, place) or _is_in_list(lines, marks, place)


def _is_in_sentence(lines: Sequence[Line], place: int) -> bool:
    """Whether a sentence runs into a line from the full one above it."""
    if not place:
        return False
    above, line = lines[place - 1], lines[place]
    is_below = 0 < line.phrase.baseline - above.phrase.baseline < _PARAGRAPH_GAP * line.em
    is_aligned = line.phrase.x0 - above.phrase.x0 < _SAME_INDENT * line.em
    return is_below and is_aligned and not above.text.endswith(_PART_ENDS) and not has_room_for(above, line)


def _hangs_below(lines: Sequence[Line], place: int) -> bool:
    """Whether the line below a mark stands under the words behind it."""
    if place + 1 == len(lines):
        return False
    words, below = lines[place].phrase.words, lines[place + 1].phrase
    return abs(below.x0 - words[1].x0) < _SAME_INDENT / 2 * lines[place].em and below.x0 > words[0].x1


def _is_in_list(lines: Sequence[Line], marks: Sequence[Mark | None], place: int) -> bool:
    """Whether the mark before or after one stands at the same indent."""
    mark, line = marks[place], lines[place]
    first, end = max(place - _SIBLINGS_WITHIN, 0), place + _SIBLINGS_WITHIN
    return any(
        other is not None
        and mark is not None
        and other_place != place
        and follows(mark, other)
        and abs(lines[other_place].phrase.x0 - line.phrase.x0) < _SAME_INDENT * line.em
        for other_place, other in enumerate(marks[first:end], first)
    )
