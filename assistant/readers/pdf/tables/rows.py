"""The lines of a table's body become rows: a label or a cell over several lines is one."""

import statistics
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.readers.pdf.page import Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, Zone
from assistant.readers.pdf.tables.lines import is_bold
from assistant.readers.pdf.wording.figures import is_figure

_RULED_SHARE = 0.7  # of the rows that figures tell apart: if rulings separate so many, they separate all rows
_TIGHT = 0.87  # of the distance of rows: lines that are nearer than that are in one row
_MIN_DISTANCES = 4  # between lines: fewer don't show which is usual
_BREAK = 1.15  # of the usual distance inside a cell: lines that are further apart are in two rows
_WRAPPED_SHARE = 0.8  # of the lines inside rows: so many go on with a cell that had no more room
_MIN_COLUMNS = 3  # that lines fill which begin a row
_PAIRED_SHARE = 0.67  # of the labels without values: so many have one row each behind them
_BULLETS = frozenset("\u2022\u25aa\u25e6\u25cf\u25a0\u2023")
_SPACE = 0.25  # of the type size: between two words
_SAME_INDENT = 0.3  # of the type size: by how much the left edges of labels differ that are indented alike
_ROOM = 0.3  # of the type size, before the next column: words end there
_ABOVE_BASELINE, _BELOW_TOP = 0.1, 0.4  # of the type size: how far rulings may reach into the lines that they separate
_FAR, _FAR_BEYOND_PITCH = 2.0, 1.15  # type sizes, and times the distance of rows: lines further apart are in two rows
_NAMED_SHARE, _MAX_BOLD_SHARE = 0.8, 0.1  # of the labels of fields that look like names, and of values in bold


@dataclass(frozen=True, slots=True)
class _Spacing:
    """How the rows of a table are set apart.

    Attributes:
        is_ruled: whether a ruling stands between any two rows.
        pitch: the distance between the baselines of two rows, in points; 0 where that isn't known.
        tight_limit: what is nearer, in points, is surely in one row; 0 where that isn't known.
        hard_limit: where labels surely end: at the next column.
        soft_limit: where the longest label ends.
        break_at: lines that are further apart, in points, are in two rows, and all others in one; 0 if that isn't so.
        has_pairs: whether most labels without values have one row behind them: then they are its first lines.
    """

    is_ruled: bool
    pitch: float
    tight_limit: float
    hard_limit: float
    soft_limit: float
    has_pairs: bool
    break_at: float = 0.0


def rows_of_body(lines: Sequence[GridLine], zones: Sequence[Zone], rulings: Sequence[Ruling]) -> list[list[GridLine]]:
    """The lines of each row.

    Args:
        lines: of the table's body, from top to bottom.
        zones: its columns.
        rulings: the horizontal ones of the page that go over its labels, by height.
    """
    ruled = [_has_between(above, below, rulings) for above, below in pairwise(lines)]
    pairs = [_is_pair(lines[index : index + 3]) for index in range(len(lines))]
    spacing = _spacing(lines, zones, ruled, pairs)
    rows: list[list[GridLine]] = []
    for index, line in enumerate(lines):
        is_split = index == 0 or (ruled[index - 1] and not _is_unfinished(lines[index - 1], line))
        if not is_split and _is_one_row(rows[-1], line, spacing, is_pair=pairs[index - 1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_unfinished(above: GridLine, below: GridLine) -> bool:
    """Whether a label without values surely goes on: in the middle of a word, or with a small letter."""
    if above.label is None or below.label is None or above.values or _style(above.label) != _style(below.label):
        return False
    last, first = above.label.words[-1].text, below.label.words[0].text
    return last.endswith(("\u00ad", "-", ",")) or (first[:1].islower() and not last.endswith((":", ".")))


def _is_pair(lines: Sequence[GridLine]) -> bool:
    """Whether the first of some lines is a label alone, with a single line of label and values behind it."""
    if len(lines) < 2:
        return False
    upper, lower = lines[0].label, lines[1].label
    if upper is None or lower is None or lines[0].values or not lines[1].values:
        return False
    after = lines[2].label if len(lines) > 2 else None
    return after is None or not lines[2].values or after.x0 < lower.x0 - _SAME_INDENT * lower.size


def _has_between(above: GridLine, below: GridLine, rulings: Sequence[Ruling]) -> bool:
    """Whether a ruling stands between two lines."""
    first = bisect_left(rulings, above.line.baseline - _ABOVE_BASELINE * above.line.size, key=lambda ruling: ruling.y0)
    return first < len(rulings) and rulings[first].y0 < below.line.baseline - _BELOW_TOP * below.line.size


def _spacing(
    lines: Sequence[GridLine], zones: Sequence[Zone], ruled: Sequence[bool], pairs: Sequence[bool]
) -> _Spacing:
    labels = [line.label for line in lines if line.label is not None]
    hard_limit = zones[1].x0
    soft_limit = max((label.x1 for label in labels if label.x1 < hard_limit), default=hard_limit)
    sure = [index for index, (above, below) in enumerate(pairwise(lines)) if _are_surely_two(above, below)]
    is_ruled = _are_ruled(lines, ruled)
    only_ruled = is_ruled and len(sure) < 2  # the lines of their cells may be nearer than rows
    with_figures = [index for index, line in enumerate(lines[:-1]) if line.has_figures and not only_ruled]
    with_figures = sure if len(sure) > 1 else with_figures
    distances = [lines[index + 1].line.baseline - lines[index].line.baseline for index in with_figures]
    alone = sum(line.label is not None and not line.values for line in lines)
    has_pairs = sum(pairs) > 1 and sum(pairs) >= _PAIRED_SHARE * alone
    pitch = statistics.median_low(distances or [0.0])
    nearest = sorted(distances)[len(distances) // 5] if len(sure) > 1 else pitch  # sums are set off from other rows
    return _Spacing(is_ruled, pitch, _TIGHT * nearest, hard_limit, soft_limit, has_pairs, _break_at(lines, zones))


def _are_ruled(lines: Sequence[GridLine], ruled: Sequence[bool]) -> bool:
    """Whether a ruling stands between any two rows that figures tell apart; lines of words may stand there, too."""
    figure_lines = [index for index, line in enumerate(lines) if line.has_figures]
    pairs = [(first, end) for first, end in pairwise(figure_lines) if _are_surely_two(lines[first], lines[end])]
    adjacent = [(first, end) for first, end in pairs if end == first + 1]
    pairs = adjacent if len(adjacent) > 1 else pairs
    return len(pairs) > 1 and sum(any(ruled[first:end]) for first, end in pairs) >= _RULED_SHARE * len(pairs)


def _break_at(lines: Sequence[GridLine], zones: Sequence[Zone]) -> float:
    """The distance of lines that separates rows of several lines each; 0 where distances don't tell."""
    pairs = list(pairwise(lines))
    distances = [below.line.baseline - above.line.baseline for above, below in pairs]
    if len(distances) < _MIN_DISTANCES:
        return 0.0
    limit = _BREAK * sorted(distances)[len(distances) // 5]
    near = [pair for pair, distance in zip(pairs, distances, strict=True) if distance <= limit]
    if not 2 < len(near) < len(pairs) - 1 or any(_are_surely_two(*pair) for pair in near):
        return 0.0
    if are_fields(lines) or _begin_rows(lines, limit):
        return limit
    wrapped = sum(_is_wrapped(above, below, zones) for above, below in near)
    labelled = sum(below.label is not None and not _wraps_at(0, above, below, zones) for above, below in near)
    if labelled > (1 - _WRAPPED_SHARE) * len(near):
        return 0.0
    return limit if wrapped >= _WRAPPED_SHARE * len(near) else 0.0


def _begin_rows(lines: Sequence[GridLine], limit: float) -> bool:
    """Whether all lines after a space, and no others, have something in each column."""
    most = max(len(line.pieces) for line in lines)
    return len(lines[0].pieces) == most > _MIN_COLUMNS - 1 and all(
        (len(below.pieces) == most) == (below.line.baseline - above.line.baseline > limit)
        for above, below in pairwise(lines)
    )


def are_fields(lines: Sequence[GridLine]) -> bool:
    """Whether the lines hold names and values: names are bold or end with a colon, and no value is bold."""
    labels = [line.label for line in lines if line.label is not None and line.values]
    values = [piece.phrase for line in lines for piece in line.values]
    named = sum(label.text.endswith(":") or is_bold(label) for label in labels)
    return (
        bool(labels)
        and named >= _NAMED_SHARE * len(labels)
        and sum(map(is_bold, values)) <= _MAX_BOLD_SHARE * len(values)
    )


def _is_wrapped(above: GridLine, below: GridLine, zones: Sequence[Zone]) -> bool:
    """Whether the words of a cell go on, as there was no room for the next one."""
    return any(_wraps_at(piece.first, above, below, zones) for piece in below.pieces)


def _wraps_at(column: int, above: GridLine, below: GridLine, zones: Sequence[Zone]) -> bool:
    upper = next((piece.phrase for piece in above.pieces if piece.first == column), None)
    lower = next((piece.phrase for piece in below.pieces if piece.first == column), None)
    if upper is None or lower is None:
        return False
    needed = upper.x1 + _SPACE * lower.size + lower.words[0].x1 - lower.words[0].x0
    return needed > zones[column].x1 - _ROOM * lower.size


def _are_surely_two(above: GridLine, below: GridLine) -> bool:
    """Whether two lines surely stand in two rows: both have figures, in one column or beside words in the same ones."""
    figures = {piece.first for piece in above.values if is_figure(piece.phrase)}
    others = {piece.first for piece in below.values if is_figure(piece.phrase)}
    if figures & others:
        return True
    columns = {piece.first for piece in above.pieces}
    return len(columns) > 2 and bool(figures) and bool(others) and columns == {piece.first for piece in below.pieces}


def _is_one_row(row: Sequence[GridLine], below: GridLine, spacing: _Spacing, *, is_pair: bool) -> bool:
    """Whether a line goes on with the row above it."""
    above = row[-1]
    distance = below.line.baseline - above.line.baseline
    is_beyond_pitch = spacing.pitch > 0 and distance > _FAR_BEYOND_PITCH * spacing.pitch
    is_far = distance > _FAR * below.line.size or is_beyond_pitch
    if is_far or _is_item(below) or any(_are_surely_two(line, below) for line in row):
        return False
    if spacing.is_ruled or spacing.break_at:
        return (spacing.is_ruled or distance <= spacing.break_at) and not _is_heading(above, below)
    is_tight = distance < spacing.tight_limit
    if below.label is None or above.label is None:
        return below.label is None and _continues_values(row, below)
    if below.values and above.values:
        return is_tight and not any(is_figure(piece.phrase) for piece in below.values)
    return _continues_label(above, below, spacing, is_tight=is_tight, is_pair=is_pair)


def _is_item(line: GridLine) -> bool:
    """Whether a label begins with a bullet."""
    return line.label is not None and line.label.words[0].text[:1] in _BULLETS


def _is_heading(above: GridLine, below: GridLine) -> bool:
    """Whether a label alone ends with a colon, or is of another style than the label of the row below it."""
    if above.label is None or below.label is None or above.values:
        return False
    return above.label.text.endswith(":") or _style(above.label) != _style(below.label)


def _continues_values(row: Sequence[GridLine], below: GridLine) -> bool:
    """Whether a line without a label goes on with cells of words above."""
    filled = {piece.first: is_figure(piece.phrase) for line in row for piece in line.pieces}
    return all(
        piece.first in filled and (not is_figure(piece.phrase) or not filled[piece.first]) for piece in below.values
    )


def _continues_label(above: GridLine, below: GridLine, spacing: _Spacing, *, is_tight: bool, is_pair: bool) -> bool:
    """Whether a label goes on: the next word had no room in the line above, or the words themselves say so."""
    upper, lower = above.label, below.label
    if upper is None or lower is None or _style(upper) != _style(lower) or _is_set_out(lower, upper):
        return False
    last, first = upper.words[-1].text, lower.words[0]
    if last.endswith(":"):
        return is_tight
    is_unfinished = last.endswith((",", "-", "\u2013", "\u2014", "\u00ad", "&", "/")) or _is_open(upper.text)
    goes_on = is_unfinished or first.text[:1].islower()
    hangs = lower.x0 > upper.x0 + _SAME_INDENT * lower.size
    needed = upper.x1 + _SPACE * lower.size + (first.x1 - first.x0)
    if is_tight:
        return bool(above.values) or goes_on or hangs or needed > spacing.soft_limit
    if needed > spacing.hard_limit - _ROOM * lower.size:
        return goes_on or hangs or not above.values
    if needed > spacing.soft_limit:
        return goes_on or (is_pair and (hangs or spacing.has_pairs))
    return not last.endswith((".", ";")) and not above.values and (goes_on or spacing.has_pairs)


def _is_set_out(label: Phrase, above: Phrase) -> bool:
    """Whether a label begins further left than the one above it."""
    return label.x0 < above.x0 - _SAME_INDENT * label.size


def _is_open(text: str) -> bool:
    """Whether a bracket isn't closed."""
    return text.count("(") > text.count(")")


def _style(label: Phrase) -> tuple[bool, bool]:
    """Whether a label is bold, and whether it is in capitals: its lines are all alike."""
    return label.words[-1].font.is_bold, len(label.text) > 1 and label.text.isupper()
