"""Tables that go on overleaf, with their header again or without one."""

import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.page import Cell, Column, Font, PageLayout, Phrase, TableArea
from assistant.readers.pdf.tables.headers import may_name_column

_FOOT, _HEAD = 0.6, 0.4  # of the height of a page: how far down such a table reaches, and where it goes on overleaf
_OFFSET = 6.0  # points by which the columns of a table may be offset overleaf
_MAX_LINES_ABOVE = 3  # that stand above a table that goes on: its name again
_MAX_MORE_WORDS = 2  # that a title has overleaf, as "(continued)"


def join_continued(layouts: Sequence[PageLayout]) -> list[PageLayout]:
    """Pages with each table that goes on overleaf as a whole, on the page on which it begins.

    Args:
        layouts: all pages of a document, in order.
    """
    layouts = _with_names_overleaf(layouts)
    joined: list[PageLayout] = []
    begun_at = 0  # the index of the page on which the last table begins
    last: TableArea | None = None  # what of it stands on the page before
    for layout in layouts:
        table = _first_table(layout)
        end = layout.items[-1] if layout.items else None
        if last is None or table is None or not _goes_on(last, joined[-1], table, layout):
            begun_at = len(joined)
            joined.append(layout)
        else:
            index = layout.items.index(table)
            begun = joined[begun_at].items[-1]
            if isinstance(begun, TableArea):
                joined[begun_at] = replace(joined[begun_at], items=(*joined[begun_at].items[:-1], _whole(begun, table)))
            joined.append(replace(layout, items=(*layout.items[:index], *layout.items[index + 1 :])))
            begun_at = begun_at if end is table else len(joined) - 1  # another one may end that page
            end = _with_header(last, table) if end is table else end
        last = end if isinstance(end, TableArea) else None
    return joined


def _with_header(begun: TableArea, table: TableArea) -> TableArea:
    """What stands of a table on a page on which it goes on, with the title and the header that it began with."""
    header = replace(begun, rows=begun.rows[: begun.header_rows], groups=())
    return replace(table, rows=_whole(header, table).rows, header_rows=begun.header_rows, title=begun.title, groups=())


def _with_names_overleaf(layouts: Sequence[PageLayout]) -> list[PageLayout]:
    """Pages in which the names of columns at the end of a page stand with the rows overleaf."""
    moved = list(layouts)
    for index, (page, below) in enumerate(pairwise(layouts)):
        table = below.items[0] if below.items else None
        if not isinstance(table, TableArea):
            continue
        column = moved[index].items[-1] if moved[index].items else None
        names = _last_line(column) if isinstance(column, Column) else ()
        if not isinstance(column, Column) or not _name_columns(names, page, table, below):
            continue
        rest = column.lines[: -len(names)]
        moved[index] = replace(moved[index], items=(*moved[index].items[:-1], *([Column(rest)] if rest else [])))
        header = tuple(Cell((name,)) for name in names)
        groups = ("", *table.groups) if table.groups else ()
        whole = replace(table, rows=(header, *table.rows), header_rows=1, groups=groups)
        moved[index + 1] = replace(below, items=(whole, *below.items[1:]))
    return moved


def _last_line(column: Column) -> tuple[Phrase, ...]:
    """What stands on the last baseline of a column, from left to right."""
    last = column.lines[-1]
    start = len(column.lines)
    while start and abs(column.lines[start - 1].baseline - last.baseline) <= SAME_BASELINE * last.size:
        start -= 1
    return tuple(sorted(column.lines[start:], key=lambda phrase: phrase.x0))


def _name_columns(names: Sequence[Phrase], page: PageLayout, table: TableArea, next_page: PageLayout) -> bool:
    """Whether the last line of a page names the columns of the table with which the next one begins.

    Args:
        names: what stands on that line.
        page: the one that it ends.
        table: the one overleaf.
        next_page: where that stands.
    """
    if not 1 < len(names) == _width(table) or table.title or table.header_rows > 1:
        return False
    if names[0].baseline < _FOOT * page.height or table.y0 > _HEAD * next_page.height:
        return False
    has_own = table.header_rows == 1 and _are_bold([line for cell in table.rows[0] for line in cell.lines])
    if has_own or not all(may_name_column(name) and not name.text.endswith((".", ":")) for name in names):
        return False
    edges = _edges(replace(table, x0=0.0, header_rows=0))  # from the left edge of the page, as those of the names
    return all(
        column in edges
        and any(
            abs(edge - other) < _OFFSET
            for edge, other in zip((name.x0, name.x1, (name.x0 + name.x1) / 2), edges[column], strict=True)
        )
        for column, name in enumerate(names)
    )


def _are_bold(lines: Sequence[Phrase]) -> bool:
    return all(word.font.is_bold for line in lines for word in line.words)


def _first_table(layout: PageLayout) -> TableArea | None:
    """The table with which a page begins, but for a few lines."""
    lines = 0
    for item in layout.items:
        if isinstance(item, TableArea):
            return item
        lines += len(item.lines)
        if lines > _MAX_LINES_ABOVE or any(line.text.endswith((".", ":")) for line in item.lines):
            return None  # a sentence leads to another table
    return None


def _goes_on(begun: TableArea, page: PageLayout, table: TableArea, next_page: PageLayout) -> bool:
    """Whether a table overleaf goes on with one that has begun.

    Args:
        begun: what stands of it on the page before.
        page: that page.
        table: the one overleaf.
        next_page: where that stands.
    """
    if _width(begun) != _width(table) or table.y0 > _HEAD * next_page.height or begun.y1 < _FOOT * page.height:
        return False
    if table.title and not _is_same_title(begun, table):
        return False
    if _names(begun) == _names(table) and table.header_rows:
        return True
    has_header = table.header_rows > 1 or (table.header_rows == 1 and not _is_like_rows(begun, table))
    return not has_header and _are_aligned(begun, table)


def _is_like_rows(begun: TableArea, table: TableArea) -> bool:
    """Whether the first row of a table is as the others, in a type that the header of the begun one doesn't have."""
    header, first = (_fonts(rows) for rows in (begun.rows[: begun.header_rows], table.rows[:1]))
    return bool(header) and first == _fonts(table.rows[1:]) and not first & header


def _fonts(rows: Sequence[Sequence[Cell]]) -> set[Font]:
    return {word.font for row in rows for cell in row for line in cell.lines for word in line.words}


def _width(table: TableArea) -> int:
    return max(sum(cell.columns for cell in row) for row in table.rows)


def _names(table: TableArea) -> list[str]:
    return [cell.text for row in table.rows[: table.header_rows] for cell in row]


def _is_same_title(begun: TableArea, table: TableArea) -> bool:
    """Whether a title is that of the table that has begun, with a word or two more at most."""
    words = [[word.text for line in area.title for word in line.words] for area in (begun, table)]
    return bool(words[0]) and words[1][: len(words[0])] == words[0] and len(words[1]) <= len(words[0]) + _MAX_MORE_WORDS


def _are_aligned(begun: TableArea, table: TableArea) -> bool:
    """Whether the columns of two tables stand at the same places, on the left or on the right, or in the middle."""
    edges, others = _edges(begun), _edges(table)
    shared = [column for column in edges if column in others]
    return len(shared) > 1 and all(
        any(abs(edge - other) < _OFFSET for edge, other in zip(edges[column], others[column], strict=True))
        for column in shared
    )


def _edges(table: TableArea) -> dict[int, tuple[float, float, float]]:
    """Where the cells of each column usually begin, end and have their middle, from the left edge of the table."""
    places: dict[int, list[tuple[float, float]]] = {}
    for row in table.rows[table.header_rows :]:
        column = 0
        for cell in row:
            if cell.lines and cell.columns == 1:
                x0, x1 = min(line.x0 for line in cell.lines), max(line.x1 for line in cell.lines)
                places.setdefault(column, []).append((x0 - table.x0, x1 - table.x0))
            column += cell.columns
    return {
        column: (
            statistics.median(x0 for x0, _ in cells),
            statistics.median(x1 for _, x1 in cells),
            statistics.median((x0 + x1) / 2 for x0, x1 in cells),
        )
        for column, cells in places.items()
    }


def _whole(begun: TableArea, table: TableArea) -> TableArea:
    """A table with the rows overleaf."""
    header_rows = table.header_rows if _names(begun) == _names(table) else 0
    rows: tuple[tuple[Cell, ...], ...] = (*begun.rows, *table.rows[header_rows:])
    groups: tuple[str, ...] = ()
    if begun.groups or table.groups:
        first = begun.groups or ("",) * len(begun.rows)
        groups = (*first, *(table.groups or ("",) * len(table.rows))[header_rows:])
    return replace(begun, rows=rows, groups=groups, unit=begun.unit or table.unit)
