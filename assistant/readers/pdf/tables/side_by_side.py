"""Tables beside each other, with their rows at the same heights: each has labels and names of its own."""

from collections.abc import Sequence

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.page import Phrase, TableArea
from assistant.readers.pdf.tables.lines import SplitLine
from assistant.readers.pdf.wording.figures import is_figure

_MIN_COLUMNS = 2  # of each table
_TITLE_SPACE = 3.5  # type sizes below a line of a title
_SAME_EDGE = 0.3  # type sizes between the left edges of a title and its table
_SAME_MIDDLE = 1.0  # type sizes between their middles
_WORDS_SHARE = 0.6  # of the cells of a column of labels


def parts_beside(table: TableArea, phrases: Sequence[Phrase]) -> list[list[Phrase]]:
    """The phrases of two tables that were read as one; nothing if it is one.

    They are two if the names of columns come again from a column on, or if there are two titles above the names, each
    over one of them, its labels included.

    Args:
        table: as it was found.
        phrases: all that stand in it.
    """
    width = sum(cell.columns for cell in table.rows[0])
    if not table.header_rows or width < 2 * _MIN_COLUMNS:
        return []
    body = _columns(table, width, range(table.header_rows, len(table.rows)))
    names = [[line.text for line in column] for column in _columns(table, width, range(table.header_rows))]
    titles = _two_titles(table)
    for index in range(_MIN_COLUMNS, width - _MIN_COLUMNS + 1):
        sides = [[phrase for column in part for phrase in column] for part in (body[:index], body[index:])]
        if not all(sides) or not _are_labels(body[index]):
            continue
        if _come_again(names, index) or (titles and all(map(_is_over, titles, sides))):
            start = min(phrase.x0 - _SAME_EDGE * phrase.size for phrase in sides[1])
            parts = [[phrase for phrase in phrases if (phrase.x0 >= start) == is_right] for is_right in (False, True)]
            return parts if max(phrase.x1 for phrase in parts[0]) < start else []
    return []


def with_titles(parts: Sequence[Sequence[Phrase]], above: Sequence[SplitLine]) -> list[list[Phrase]]:
    """The phrases of tables beside each other, and above them those of the lines that have a phrase over each table.

    Args:
        parts: the phrases of each table, from left to right.
        above: the lines above them, from top to bottom.
    """
    edges = [(min(phrase.x0 for phrase in part), max(phrase.x1 for phrase in part)) for part in parts]
    top = min((phrase.y0 for part in parts for phrase in part), default=0.0)
    names: list[list[Phrase]] = []  # of each line, from left to right
    for line in reversed(above):
        over = sorted(line.phrases, key=lambda phrase: phrase.x0)
        if len(over) != len(parts) or top - line.y1 > _TITLE_SPACE * line.size:
            break
        if not all(
            x0 - _SAME_EDGE * line.size < name.x0 < name.x1 < x1 for name, (x0, x1) in zip(over, edges, strict=True)
        ):
            break
        names.append(over)
        top = line.y0
    return [[*(over[index] for over in reversed(names)), *part] for index, part in enumerate(parts)]


def _columns(table: TableArea, width: int, rows: range) -> list[list[Phrase]]:
    """What stands in each column of some rows, but for cells that go over several."""
    columns: list[list[Phrase]] = [[] for _ in range(width)]
    for number in rows:
        index = 0
        for cell in table.rows[number]:
            if cell.columns == 1 and index < width:
                columns[index] += cell.lines
            index += cell.columns
    return columns


def _come_again(names: Sequence[Sequence[str]], index: int) -> bool:
    """Whether names of columns come again from a column on: a line of that of the labels, or the last ones of all.

    Args:
        names: of each column the lines of its name, from top to bottom.
        index: of the column.
    """
    if names[0]:
        return not set(names[0]).isdisjoint(names[index])
    lowest = [lines[-1:] for lines in names]
    return any(lowest) and lowest[index:] == lowest[: len(names) - index]


def _are_labels(column: Sequence[Phrase]) -> bool:
    return bool(column) and sum(not is_figure(phrase) for phrase in column) >= _WORDS_SHARE * len(column)


def _two_titles(table: TableArea) -> list[Phrase]:
    """The two phrases on the first line of the header, from left to right; nothing if there are more or fewer."""
    header = [phrase for row in table.rows[: table.header_rows] for cell in row for phrase in cell.lines]
    top = min((phrase.baseline for phrase in header), default=0.0)
    first = sorted(
        (line for line in header if line.baseline - top < SAME_BASELINE * line.size), key=lambda line: line.x0
    )
    return first if len(first) == 2 and len(header) > len(first) else []


def _is_over(title: Phrase, table: Sequence[Phrase]) -> bool:
    """Whether a title stands at the left edge of a table, or over its middle."""
    x0, x1 = min(phrase.x0 for phrase in table), max(phrase.x1 for phrase in table)
    is_at_edge = abs(title.x0 - x0) < _SAME_EDGE * title.size
    return is_at_edge or abs(title.x0 + title.x1 - x0 - x1) < 2 * _SAME_MIDDLE * title.size
