"""Tables of web pages: those that hold data, and those that only lay out a page."""

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Content, Element, TableCell, TableContent
from assistant.readers.sheets.elements import find_unit
from assistant.readers.table_grid import MAX_SPAN
from assistant.readers.web.columns import shown_columns
from assistant.readers.web.listings import is_item_mark
from assistant.readers.web.survey import Measure, Survey
from assistant.readers.web.tree import CELL_TAGS, tag_name, types_of

_GROUP_TAGS = ("thead", "tbody", "tfoot")
_LONG_CELL_CHARS = 400  # a cell with more text is a column of a page, where a table has few of them
_LONG_COLUMN_CHARS = 80  # in a table of one row: it has columns of text
_MAX_MARK_CHARS = 6
_FEW_CELLS = 8
_MAX_PARAGRAPHS = 2  # to a cell of a data table, on average

Row = tuple[Any, str]
"""A row, and the part of the table that it stands in: "thead", "tbody", "tfoot"."""


def is_data_table(table: Any, survey: Survey, *, is_in_table: bool) -> bool:
    """Whether a table holds data.

    One that lays out a page says so, or has one row or column, or headings, tables or long text in its cells.

    Args:
        table: its element.
        survey: of the page.
        is_in_table: whether it stands in the cell of a data table.
    """
    types = types_of(table)
    if types & {"presentation", "none"}:
        return False
    rows = [own_cells(row) for row, _ in own_rows(table)]
    cells = [cell for row in rows for cell in row]
    if len(cells) < 2:
        return False
    has_headers = any(tag_name(cell) == "th" for cell in cells) or bool(types & {"table", "grid"})
    if is_listing(rows, survey):
        return True
    has_headings = any(survey.measure(cell).headings for cell in cells)
    if has_headers:
        return len(rows) > 2 or not has_headings  # a page has a row, perhaps with a row above for its title
    return not has_headings and not _lays_out(rows, cells, survey.measure(table), survey, is_in_table=is_in_table)


def is_listing(rows: Sequence[Sequence[Any]], survey: Survey) -> bool:
    """Whether each row is a mark, such as a bullet or "(a)", and a text beside it."""
    for row in rows:
        filled = [cell for cell in row if survey.measure(cell).chars]
        if not filled:
            continue
        if len(filled) != 2 or survey.measure(filled[0]).chars > _MAX_MARK_CHARS:
            return False
        text = survey.measure(filled[1])
        if text.headings or text.tables or text.paragraphs > 1 or not is_item_mark("".join(filled[0].itertext())):
            return False
    return True


def _lays_out(rows: list[list[Any]], cells: list[Any], measure: Measure, survey: Survey, *, is_in_table: bool) -> bool:
    """Whether a table without headers lays out a page by its form."""
    is_menu = len(rows) == 1 and measure.links >= len(cells)
    longest = max(survey.measure(cell).chars for cell in cells)
    is_page = len(cells) <= _FEW_CELLS and longest > (_LONG_CELL_CHARS if len(rows) > 1 else _LONG_COLUMN_CHARS)
    is_one_column = all(len(row) <= 1 for row in rows)
    has_many_paragraphs = measure.paragraphs > _MAX_PARAGRAPHS * len(cells)
    return is_menu or is_page or is_one_column or has_many_paragraphs or (measure.tables > 0 and not is_in_table)


def own_rows(table: Any) -> list[Row]:
    """The rows of a table without those of tables in its cells; the head first and the foot last, as they are shown."""
    rows: dict[str, list[Row]] = {group: [] for group in _GROUP_TAGS}
    for node, group in _table_parts(table, "tbody"):
        if tag_name(node) == "tr":
            rows[group].append((node, group))
    return [row for group in _GROUP_TAGS for row in rows[group]]


def own_cells(row: Any) -> list[Any]:
    """The cells of a row."""
    return [cell for cell in row if tag_name(cell) in CELL_TAGS]


def own_captions(table: Any) -> list[Any]:
    """The captions of a table."""
    return [node for node, _ in _table_parts(table, "tbody") if tag_name(node) == "caption"]


def table_content(
    table: Any, cell_content: Callable[[Any], Content], is_left_out: Callable[[Any], bool], title: str
) -> TableContent:
    """A data table as the page has it.

    Args:
        table: its element.
        cell_content: reads a cell.
        is_left_out: whether a row or cell isn't shown.
        title: the text of its caption.
    """
    shown = [(row, group) for row, group in own_rows(table) if not is_left_out(row)]
    left = _rows_left(shown)
    rows = [
        [_table_cell(cell, below, cell_content) for cell in own_cells(row) if not is_left_out(cell)]
        for (row, _), below in zip(shown, left, strict=True)
    ]
    columns = shown_columns(rows)
    head = sum(group == "thead" for _, group in shown)
    return TableContent(columns, head if 0 < head < len(rows) else _count_header_rows(columns), title)


def table_unit(table: TableContent, above: Element | None) -> str:
    """The unit of a table: in its title, its first cell or the line right above it; "" where none says it."""
    first = table.rows[0][0].content if table.rows and table.rows[0] else ""
    line = above.content if above is not None and above.kind in {"paragraph", "caption"} else ""
    return next(filter(None, (find_unit(inline_text(words)) for words in (table.title, first, line))), "")


def _names_columns(row: Sequence[TableCell]) -> bool:
    """Whether a row holds nothing but header cells, and not only the first."""
    texts = [inline_text(cell.content) for cell in row]
    return any(texts[1:]) and all(cell.is_header or not text for cell, text in zip(row, texts, strict=True))


def _count_header_rows(rows: Sequence[Sequence[TableCell]]) -> int | None:
    """How many of the first rows are titles or name the columns; None where the cells have to tell.

    A table with header cells that has no row of them names its rows only, and so does one of labels with a colon.
    """
    if not any(cell.is_header for row in rows for cell in row):
        labels = [inline_text(row[0].content) for row in rows if len(row) > 1]
        return 0 if len(labels) > 1 and all(label.endswith(":") for label in labels) else None
    titles = sum(1 for _ in takewhile(lambda row: len(row) <= 1, rows))
    names = sum(1 for _ in takewhile(_names_columns, rows[titles:]))
    return titles + names if names and titles + names < len(rows) else 0


def _table_cell(cell: Any, rows_left: int, cell_content: Callable[[Any], Content]) -> TableCell:
    rows = _span(cell.get("rowspan"))
    is_header = tag_name(cell) == "th" or bool(types_of(cell) & {"columnheader", "rowheader"})
    # 0 stands for all rows that are left of its part of the table; none stretches beyond that.
    return TableCell(
        cell_content(cell), min(rows or rows_left, rows_left), max(_span(cell.get("colspan")), 1), is_header
    )


def _span(value: str | None) -> int:
    digits = (value or "1").strip()[:9]
    return min(int(digits), MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def _rows_left(rows: list[Row]) -> list[int]:
    """For each row, how many there are from it to the end of its part of the table."""
    left: list[int] = []
    for place in range(len(rows) - 1, -1, -1):
        goes_on = place + 1 < len(rows) and _same_part(rows[place], rows[place + 1])
        left.append(left[-1] + 1 if goes_on else 1)
    return left[::-1]


def _same_part(first: Row, second: Row) -> bool:
    parents = [row.getparent() for row, _ in (first, second)]
    return first[1] == second[1] and (parents[0] is parents[1] or tag_name(parents[0]) not in _GROUP_TAGS)


def _table_parts(table: Any, group: str) -> Iterator[tuple[Any, str]]:
    """The rows and captions of a table, and the part that each stands in, whatever elements stand around them."""
    waiting: list[tuple[Any, str]] = [(child, group) for child in reversed(table)]
    while waiting:
        node, group = waiting.pop()
        tag = tag_name(node)
        if tag in {"tr", "caption"}:
            yield node, group
        elif tag and tag not in CELL_TAGS and tag != "table":
            inner = tag if tag in _GROUP_TAGS else group
            waiting += [(child, inner) for child in reversed(node)]
