"""Where tables without rulings may be: runs of lines whose parts stand in columns."""

import statistics
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.tables.columns import Zone, union, zones_of
from assistant.readers.pdf.tables.lines import SplitLine
from assistant.readers.pdf.wording.figures import is_figure, is_year

_MAX_SPACE = 2.5  # type sizes between two lines of a table
_GROUP_SPACE = 2.5  # type sizes from the baseline of a line that groups rows to those above and below it
_MIN_PARTS = 3  # of the rows that a line across them may group
_PARTING_SPACE = 1.4  # of the usual distance of lines: where other columns may begin


def blocks_of(lines: Sequence[SplitLine]) -> Iterator[range]:
    """Runs of lines that may be tables, as ranges of indices: they begin and end with a line of several parts."""
    for run in _runs(lines):
        for part in _by_header(lines, run):
            yield from _by_columns(lines, part)


def _by_header(lines: Sequence[SplitLine], run: range) -> Iterator[range]:
    """A run, split where a bold header begins: below another one, or with more names than rows above have cells."""
    start = run.start
    body = next((index for index in run if not lines[index].is_bold), run.stop)
    widest = 0 if body > run.start else len(lines[start].parts)  # of the rows above, where these have no such header
    for index in range(body + 1, run.stop):
        if _count_names(lines, index) > max(widest, 2) and index - start > 1:
            yield from _trimmed(lines, start, index)
            start, widest = index, 0
        widest = widest and max(widest, len(lines[index].parts))
    yield from _trimmed(lines, start, run.stop)


def _count_names(lines: Sequence[SplitLine], index: int) -> int:
    """The most names of columns on one of the bold lines that begin below others; 0 if none begin here."""
    if not lines[index].is_bold or lines[index - 1].is_bold:
        return 0
    bold = takewhile(lambda line: line.is_bold, (lines[below] for below in range(index, len(lines))))
    return max((len(line.parts) for line in bold if not any(map(is_figure, line.parts))), default=0)


def _by_columns(lines: Sequence[SplitLine], run: range) -> Iterator[range]:
    """A run, split at the spaces where other columns begin."""
    usual = statistics.median_low(
        [below.baseline - above.baseline for above, below in pairwise(lines[run.start : run.stop])]
    )
    start, zones = run.start, list[Zone]()
    begin = run.start
    for index in range(run.start + 1, run.stop + 1):
        if index < run.stop and lines[index].baseline - lines[index - 1].baseline <= _PARTING_SPACE * usual:
            continue
        own = zones_of(lines[begin:index]) if _count_figure_lines(lines[begin:index]) > 1 else []
        both = union(zones, own)
        if zones and own and len(both) < max(len(zones), len(own)):
            yield from _trimmed(lines, start, begin)
            start, both = begin, own
        zones, begin = both, index
    yield from _trimmed(lines, start, run.stop)


def _count_figure_lines(lines: Sequence[SplitLine]) -> int:
    """How many lines have figures that are no years: these stand in names of columns, too."""
    return sum(any(is_figure(part) and not is_year(part) for part in line.parts[1:]) for line in lines)


def _runs(lines: Sequence[SplitLine]) -> Iterator[range]:
    """Runs of lines without a line across their columns, or a wide space."""
    next_several = _next_with_several(lines)
    start = 0
    above: SplitLine | None = None
    for index, (line, below) in enumerate(zip(lines, next_several, strict=True)):
        is_single = len(line.parts) == 1
        is_far = index > start and line.y0 - lines[index - 1].y1 > _MAX_SPACE * line.size
        crosses = is_single and any(other is not None and _crosses(line.parts[0], other) for other in (above, below))
        if crosses and not is_far and _heads_rows(line, above, below):
            continue
        if is_far or crosses:
            yield from _trimmed(lines, start, index)
            start, above = index + crosses, None
        if not is_single:
            above = line
    yield from _trimmed(lines, start, len(lines))


def _heads_rows(line: SplitLine, above: SplitLine | None, below: SplitLine | None) -> bool:
    """Whether a line across columns stands between two rows with the same columns, near both: it groups those below."""
    if above is None or below is None or len(above.parts) != len(below.parts) or len(below.parts) < _MIN_PARTS:
        return False
    if max(line.baseline - above.baseline, below.baseline - line.baseline) > _GROUP_SPACE * line.size:
        return False
    return all(
        upper.x0 < lower.x1 and lower.x0 < upper.x1 for upper, lower in zip(above.parts, below.parts, strict=True)
    )


def _next_with_several(lines: Sequence[SplitLine]) -> list[SplitLine | None]:
    """For each line the next line of several parts."""
    following: list[SplitLine | None] = []
    below: SplitLine | None = None
    for line in reversed(lines):
        following.append(below)
        below = line if len(line.parts) > 1 else below
    return following[::-1]


def _crosses(part: Phrase, line: SplitLine) -> bool:
    """Whether a part reaches over a gap of a line."""
    first = bisect_right(line.parts, part.x0, key=lambda other: other.x1)
    return first + 1 < len(line.parts) and part.x1 > line.parts[first + 1].x0 + 0.3 * part.size


def _trimmed(lines: Sequence[SplitLine], start: int, end: int) -> Iterator[range]:
    """A run without the lines of one part at its beginning and end, if two lines of several parts are in it."""
    several = [index for index in range(start, end) if len(lines[index].parts) > 1]
    if len(several) > 1:
        yield range(several[0], several[-1] + 1)
