"""Where a page's text flows in columns beside each other, which no table goes across.

Tables are looked for in each flow by itself. What is left when they are found is put into reading order by the room
`order`, which has to decide about short texts, boxes and side heads, too; here only text that surely flows counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, inf
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.page import Phrase, Ruling
from assistant.readers.pdf.tables.leaders import end_before_leaders

_MAX_DEPTH = 8  # of columns within columns
_MAX_STRIPS = 24  # that are looked at in one area
_MAX_RULINGS = 1_000  # of a page that are looked at
_MIN_ROWS = 3  # of a column
_HALF_GUTTER = 0.2  # of the type size: half the width of the narrowest gutter
_LOOSE_END = 1.5  # type sizes: how far a ruling may reach into a gutter
_PROSE_FILL = 0.5  # of their column: how much lines of prose fill at least
_MIN_PROSE_WIDTH = 8.0  # type sizes
_MIN_WORDS = 4  # of a line of prose
_MIN_LINES_OF_PROSE, _MIN_LINES_BESIDE = 3, 5  # of a text, and of one that stands beside rows of any kind
_MIN_OFFSET = 5  # rows beside others, but not at their height: so many show that text flows by itself
_HEIGHT = 0.9  # of the type size: that of a line of letters
_BREAK = 1.25  # of the usual distance of lines: what is further down begins after a space
_SHARED_STARTS = 0.8  # of what begins after a space on either side: so much begins at one height in a table
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list stand in no wider a column


class _Item(NamedTuple):
    """A phrase or a ruling."""

    height: float  # its baseline
    x0: float
    x1: float
    size: float  # of its type; of a ruling 0
    phrase: Phrase | None


class _Gutter(NamedTuple):
    """A strip without print, over some rows, which may be a gutter."""

    row_count: int
    first_row: int
    x: float


_Row = Sequence[_Item]


def flows_of(phrases: Sequence[Phrase], rulings: Sequence[Ruling]) -> Iterator[list[Phrase]]:
    """The phrases of a page by the columns in which they flow; on most pages that is one.

    A ruling goes across no gutter: it ends one, as a line of text across the page does.

    Args:
        phrases: of one page.
        rulings: the horizontal ones.
    """
    items = [_Item(phrase.baseline, phrase.x0, end_before_leaders(phrase), phrase.size, phrase) for phrase in phrases]
    margin = _LOOSE_END * min(phrase.size for phrase in phrases)
    obstacles = [
        _Item(ruling.y0, ruling.x0 + margin, ruling.x1 - margin, 0.0, None)
        for ruling in rulings[:_MAX_RULINGS]
        if ruling.x1 - ruling.x0 > 4 * margin
    ]
    yield from _flows([*items, *obstacles], 0)


def _flows(items: Sequence[_Item], depth: int) -> Iterator[list[Phrase]]:
    rows = _rows(items)
    strips = sorted(set(_strips(rows)), reverse=True)[:_MAX_STRIPS] if depth < _MAX_DEPTH else []
    gutter = next((strip for strip in strips if _parts_flows(strip, rows)), None)
    if gutter is None:
        phrases = [item.phrase for item in items if item.phrase]
        if phrases:
            yield phrases
        return
    end = gutter.first_row + gutter.row_count
    for part in (_items(rows[: gutter.first_row]), *_sides(gutter, rows), _items(rows[end:])):
        yield from _flows(part, depth + 1)


def _rows(items: Sequence[_Item]) -> list[_Row]:
    """Items by rows, from top to bottom. A ruling is a row of its own."""
    rows: list[list[_Item]] = []
    for item in sorted(items, key=lambda item: item.height):
        if (
            rows
            and item.phrase
            and rows[-1][0].phrase
            and item.height - rows[-1][0].height <= SAME_BASELINE * item.size
        ):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.x0) for row in rows]


def _items(rows: Sequence[_Row]) -> list[_Item]:
    return [item for row in rows for item in row]


def _strips(rows: Sequence[_Row]) -> Iterator[_Gutter]:
    """The strips: for each place on the x-axis the successive rows that leave it free."""
    starts, first_rows = [-inf], [0]  # of stretches of the x-axis, and the rows since which these are free
    for number, row in enumerate(rows):
        for item in row:
            margin = _HALF_GUTTER * item.size
            x0, x1 = floor(item.x0 - margin), ceil(item.x1 + margin)  # in whole points, by which many strips become one
            if x1 <= x0:
                continue
            first, end = bisect_right(starts, x0) - 1, bisect_left(starts, x1)
            lefts, rights = [float(x0), *starts[first + 1 : end]], [*starts[first + 1 : end], x1]
            for left, right, first_row in zip(lefts, rights, first_rows[first:end], strict=True):
                if number - first_row >= _MIN_ROWS:
                    yield _Gutter(number - first_row, first_row, (left + right) / 2)
            kept = [starts[first]] if starts[first] < x0 else []
            starts[first:end] = [*kept, x0, x1]
            first_rows[first:end] = [*first_rows[first : first + len(kept)], number + 1, first_rows[end - 1]]
            if starts[first + len(kept) + 2 : first + len(kept) + 3] == [x1]:
                del starts[first + len(kept) + 1], first_rows[first + len(kept) + 1]
    for left, right, first_row in zip(starts[1:-1], starts[2:], first_rows[1:-1], strict=True):
        if len(rows) - first_row >= _MIN_ROWS:
            yield _Gutter(len(rows) - first_row, first_row, (left + right) / 2)


def _sides(strip: _Gutter, rows: Sequence[_Row]) -> tuple[list[_Item], list[_Item]]:
    items = _items(rows[strip.first_row : strip.first_row + strip.row_count])
    return [item for item in items if item.x0 < strip.x], [item for item in items if item.x0 >= strip.x]


def _parts_flows(strip: _Gutter, rows: Sequence[_Row]) -> bool:
    """Whether text flows on both sides of a strip, each by itself."""
    cut = [
        ([item for item in row if item.x0 < strip.x], [item for item in row if item.x0 >= strip.x])
        for row in rows[strip.first_row : strip.first_row + strip.row_count]
        if row[0].phrase
    ]
    left, right = [row for row, _ in cut if row], [row for _, row in cut if row]
    if min(len(left), len(right)) < _MIN_ROWS or _width(left) < _MARK_WIDTH * left[0][0].size:
        return False
    common = sum(bool(row and other) for row, other in cut)
    if common < 0.5 * min(len(left), len(right)) and _count_offset(left, right) >= max(_MIN_OFFSET, common):
        return True
    if _begin_together(left, right):
        return False
    left_runs, right_runs = _runs_of_prose(left), _runs_of_prose(right)
    return bool(left_runs and right_runs) or _runs_beside(left_runs, right) or _runs_beside(right_runs, left)


def _count_offset(left: Sequence[_Row], right: Sequence[_Row]) -> int:
    """How many rows stand beside one on the other side, but higher or lower."""
    heights = [row[0].height for row in right]
    offset = 0
    for row in left:
        near, same = _HEIGHT * row[0].size, SAME_BASELINE * row[0].size
        index = bisect_left(heights, row[0].height - near)
        beside = heights[index : bisect_left(heights, row[0].height + near)]
        offset += bool(beside) and all(abs(height - row[0].height) > same for height in beside)
    return offset


def _begin_together(left: Sequence[_Row], right: Sequence[_Row]) -> bool:
    """Whether what begins after a space begins at one height on both sides, as the rows of a table do."""
    slack = 0.4 * left[0][0].size
    end = min(left[-1][0].height, right[-1][0].height) + slack
    starts, others = (_starts([row[0].height for row in side if row[0].height < end]) for side in (left, right))
    indices = (bisect_left(others, start - slack) for start in starts)
    shared = sum(
        index < len(others) and others[index] < start + slack for index, start in zip(indices, starts, strict=True)
    )
    return shared > 2 and shared >= _SHARED_STARTS * max(len(starts), len(others))


def _starts(heights: Sequence[float]) -> list[float]:
    """The heights at which something begins after a space."""
    distances = [below - above for above, below in pairwise(heights)]
    if not distances:
        return list(heights)
    usual = sorted(distances)[len(distances) // 4]
    spaced = (below for distance, below in zip(distances, heights[1:], strict=True) if distance > _BREAK * usual)
    return [heights[0], *spaced]


def _runs_of_prose(rows: Sequence[_Row]) -> list[_Row]:
    """The lines of text that fill their column: for the first word of the next one there was no room."""
    width = _width(rows)
    if width < _MIN_PROSE_WIDTH * rows[0][0].size:
        return []
    edge = max(max(item.x1 for item in row) for row in rows)
    runs: list[list[_Item]] = []
    run: list[_Item] = []
    for row in rows:
        if run and (len(row) > 1 or not _goes_on(run[-1], row[0], edge)):
            runs.append(run)
            run = []
        if len(row) == 1 and row[0].x1 - row[0].x0 > _PROSE_FILL * width and _is_text(row[0]):
            run.append(row[0])
    return [run for run in [*runs, run] if len(run) >= _MIN_LINES_OF_PROSE]


def _is_text(item: _Item) -> bool:
    """Whether a line has several words, most of them with letters: figures beside each other are no text."""
    words = item.phrase.words if item.phrase else ()
    return len(words) >= _MIN_WORDS and 2 * sum(any(map(str.isalpha, word.text)) for word in words) > len(words)


def _goes_on(upper: _Item, lower: _Item, edge: float) -> bool:
    """Whether the text of a line goes on in the next: its first word found no room above."""
    if upper.phrase is None or lower.phrase is None or lower.height - upper.height > 2 * lower.size:
        return False
    first = lower.phrase.words[0]
    return upper.x1 + 0.2 * lower.size + (first.x1 - first.x0) > edge


def _runs_beside(runs: Sequence[_Row], others: Sequence[_Row]) -> bool:
    """Whether a long text stands beside rows that aren't at the height of its lines, as cells would be."""
    heights = [row[0].height for row in others]
    beside = 0
    for run in runs:
        if len(run) >= _MIN_LINES_BESIDE:
            lines, slack = [line.height for line in run], SAME_BASELINE * run[0].size
            inside = heights[bisect_right(heights, lines[0] + slack) : bisect_left(heights, lines[-1])]
            nearest = (bisect_left(lines, height - slack) for height in inside)
            beside += sum(lines[index] > height + slack for index, height in zip(nearest, inside, strict=True))
    return beside >= _MIN_ROWS


def _width(rows: Sequence[_Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows)
