"""How deep the items of lists are nested, by their indents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.paragraphs.flow import Passage
from assistant.readers.pdf.paragraphs.item_marks import mark_of

_SAME_INDENT = 0.5  # type sizes


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of the list at hand."""

    left: float  # where its marks stand, from the left edge of their column, in points
    pattern: str  # of its marks


def with_item_levels(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each item with how deep it is nested in its list, from 0."""
    levels: tuple[_Level, ...] = ()
    leveled: list[Passage] = []
    for passage in passages:
        if passage.piece.kind == "item":
            if not (levels and leveled and _stands_beside(passage, leveled[-1])):
                levels = _levels_at(passage, levels)
            leveled.append(replace(passage, piece=replace(passage.piece, level=len(levels) - 1)))
            continue
        if levels and not _is_within(passage, levels[0]):
            levels = ()
        leveled.append(passage)
    return leveled


def _levels_at(passage: Passage, levels: tuple[_Level, ...]) -> tuple[_Level, ...]:
    """The levels from the outermost down to that of an item."""
    line = passage.lines[0]
    mark = mark_of(line.phrase)
    level = _Level(line.phrase.x0 - line.left, mark.pattern if mark else "")
    own_depth = next((depth for depth, other in enumerate(levels) if other.pattern == level.pattern), None)
    if passage.is_first and own_depth is not None:  # the list goes on in another column, whose edge may be another
        return (*levels[:own_depth], level)
    outer = tuple(other for other in levels if other.left < level.left - _SAME_INDENT * line.em)
    return (*outer, level)


def _stands_beside(passage: Passage, above: Passage) -> bool:
    """Whether an item stands on the line of the one before it: they are of one list in two columns."""
    if above.piece.kind != "item":
        return False
    line, last = passage.lines[0], above.lines[-1]
    is_on_baseline = abs(line.phrase.baseline - last.phrase.baseline) < SAME_BASELINE * line.em
    return is_on_baseline and line.phrase.page == last.phrase.page


def _is_within(passage: Passage, outermost: _Level) -> bool:
    """Whether a passage between items belongs to one of them: it is indented further than their marks."""
    if passage.piece.kind not in {"paragraph", "code"} or not passage.lines:
        return False
    line = passage.lines[0]
    return line.phrase.x0 - line.left > outermost.left + _SAME_INDENT * line.em
