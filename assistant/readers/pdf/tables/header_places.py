"""Where the names of columns above the rows of a table begin."""

from collections.abc import Sequence

from assistant.readers.pdf.tables.columns import Zone
from assistant.readers.pdf.tables.headers import may_name_column
from assistant.readers.pdf.tables.lines import SplitLine
from assistant.readers.pdf.tables.name_fits import misfit
from assistant.readers.pdf.wording.caption_labels import is_caption

MAX_GROUPS_BEFORE = 3  # lines that group rows, between the header and the first row
_MAX_OVERHANG = 8.0  # type sizes: how far a name may begin before the figures that it stands over
_HEADER_SPACE = 1.5  # type sizes between two lines of a header
_GROUP_SPACE = 2.0  # type sizes between such a line and the next one
_MAX_INDENT, _MAX_GROUP_SIZE = 2.0, 1.2  # type sizes between it and the labels; times their type
_ALIGNED = 0.3  # type sizes by which a name is out of line with its column
_BEYOND = 1.5  # type sizes: how far a name may reach over the edges of the columns of figures


def header_start(
    lines: Sequence[SplitLine], start: int, free_from: int, zones: Sequence[Zone], page_width: float
) -> int:
    """The index of the first line that names columns: above the block, or above lines that group its first rows.

    Args:
        lines: of a column of text.
        start: the index of the first line of the rows.
        free_from: the index of the first line that is in no other table.
        zones: the columns of the table.
        page_width: in points.
    """
    first = _names_above(lines, start, free_from, zones, page_width)
    index = start
    while first == index and index > max(free_from, start - MAX_GROUPS_BEFORE):
        index -= 1
        if not may_group(lines[index], lines[index + 1], zones):
            return start
        first = index
        if index > free_from and _names_with_labels(lines[index - 1], lines[index], zones):
            first -= 1
        first = _names_above(lines, first, free_from, zones, page_width)
    return start if first == index else first


def _names_above(
    lines: Sequence[SplitLine], start: int, free_from: int, zones: Sequence[Zone], page_width: float
) -> int:
    """The index of the first of the lines above one that name columns; that of the line itself if none does."""
    while start > free_from and _is_header(lines[start - 1], lines[start], zones, page_width):
        start -= 1
    return start


def _names_with_labels(line: SplitLine, below: SplitLine, zones: Sequence[Zone]) -> bool:
    """Whether a line names several columns, and the labels."""
    label, *names = line.parts
    is_label = label.x0 < zones[0].middle and label.x1 < zones[1].x0
    is_near = below.y0 - line.y1 < _HEADER_SPACE * line.size
    return is_label and is_near and len(names) > 1 and all(map(may_name_column, names))


def may_group(line: SplitLine, below: SplitLine, zones: Sequence[Zone]) -> bool:
    """Whether a line may group the rows below it: it begins where their labels do."""
    is_label = len(line.parts) == 1 and abs(line.x0 - zones[0].x0) < _MAX_INDENT * line.size
    is_text = line.x1 > zones[1].x0 and not line.is_bold
    is_large = line.size > _MAX_GROUP_SIZE * below.size
    return is_label and not is_text and not is_large and below.y0 - line.y1 < _GROUP_SPACE * line.size


def _is_header(line: SplitLine, below: SplitLine, zones: Sequence[Zone], page_width: float) -> bool:
    """Whether a line above another one names columns: it stands over those of the values, or in their middle."""
    left, right, slack = zones[1].x0, zones[-1].x1, _BEYOND * line.size
    may_name = all(map(may_name_column, line.parts)) and not is_caption(line.parts[0].text)
    if below.y0 - line.y1 > _HEADER_SPACE * line.size or not may_name:
        return False
    named = [*zones[1:], *(Zone(part.x0, part.x1) for part in below.parts if part.x0 > zones[0].x1)]
    is_over = line.x0 > zones[0].middle and line.x0 > left - _MAX_OVERHANG * line.size
    if is_over and all(any(misfit(part, zone) < _ALIGNED * part.size for zone in named) for part in line.parts):
        return True
    if not is_over or line.x1 > right + slack:
        return False
    is_beside = line.x0 < left - slack  # it begins before the figures that it stands over
    if (len(line.parts) > 1 and not is_beside) or below.baseline - line.baseline < line.size:
        return True
    middle = (line.x0 + line.x1) / 2
    off_values = abs(middle - (left + right) / 2)
    off_table = min(abs(middle - (zones[0].x0 + right) / 2), abs(middle - page_width / 2))
    if is_beside:
        return off_values < off_table and off_table > 2 * line.size
    return off_values < off_table + 0.5 * line.size or (len(zones) > 3 and off_table > line.size)
