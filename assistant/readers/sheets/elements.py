"""The elements of a workbook's sheets: a heading for each, its tables with their titles, its lines and comments."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.readers.elements import Element, TableCell, TableContent
from assistant.readers.sheets.header_spans import find_overall_cells, spread_headers
from assistant.readers.sheets.headers import count_header_rows
from assistant.readers.sheets.regions import Line, Region, split_sheet
from assistant.readers.sheets.sheet import Sheet, SheetCell, SheetRow, VisibleSheet, column_letter, lay_out

_DEFAULT_NAME = re.compile(
    r"(sheet|tabelle|feuil|hoja|foglio|blad|ark|planilha|arkusz|лист|シート|table) ?_?\d*", re.IGNORECASE
)
_CURRENCY = (
    r"(?:(?-i:EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|INR|BRL|MXN|ZAR|KRW|TRY|SGD|HKD|ILS|US\$|A\$)|"
    r"[$€£¥]|\b(?:euros?|dollars?|pounds?|francs?|yen|kronor|kroner|crowns|zloty)\b)"
)
_SCALE = (
    r"(?:(?:thousands?|millions?|billions?|tausend|millionen|milliarden|milliers|millones|milliards|hundreds)\b"
    r"|(?:mio|mrd|tsd|mln|bn)\b\.?|'000s?\b|1[,. ]?000s?\b|000s\b)"
)
_MEASURE = (
    r"(?:%|(?:per ?cent|prozent|percentages?|pourcentage|kg|km|tonnes?|hectares?|hours|minutes|days|people|persons"
    r"|inhabitants|units|households|litres|kWh|MWh|GWh|TWh|MW|GW)\b)"
)
_OF = r"(?:\s+of|\s+de|\s+d['’]|\s+von)?\s*"
_UNIT = re.compile(
    r"\b(?:in|en|units?:|einheit:|unité ?:|angaben in|figures in|amounts in|expressed in)\s+"
    rf"(?:{_SCALE}{_OF}(?:{_CURRENCY}|{_MEASURE}|[a-z]+\b)?|{_CURRENCY}\s*{_SCALE}?|{_MEASURE})"
    rf"|^\(?(?:{_CURRENCY}\s?(?:{_SCALE}|m\b|k\b)|{_SCALE}{_OF}{_CURRENCY})\)?$",
    re.IGNORECASE,
)
_MAX_UNIT_LINE, _MAX_TITLE_LINE, _MAX_HEADING = 80, 150, 100
_MAX_TITLE_SPACES = 4  # of a title that ends like a sentence
_TITLE_GAP = 2  # rows from a title to its table at most
_MAX_FIELDS = 30
_NO_CELL = TableCell()


@dataclass(frozen=True, slots=True)
class SheetElements:
    """The elements of a sheet, and what is hidden in it."""

    elements: Sequence[Element]
    hidden_rows: int = 0
    hidden_columns: int = 0


def sheet_elements(sheet: Sheet, extra: Sequence[Element] = (), *, is_only_one: bool) -> SheetElements:
    """The elements of a sheet: nothing where people see nothing on it.

    Args:
        sheet: the sheet.
        extra: what else stands on it, such as text boxes.
        is_only_one: whether the workbook shows no other; then its name is said only where somebody gave it one.
    """
    visible = lay_out(sheet)
    elements = [*visible_elements(sheet, visible), *extra, *_comments(sheet)]
    has_name = not is_only_one or not _DEFAULT_NAME.fullmatch(sheet.name.strip())
    if elements and has_name:
        elements.insert(0, Element("heading", sheet.name, level=2))
    return SheetElements(elements, visible.hidden_row_count, visible.hidden_column_count)


def visible_elements(sheet: Sheet, visible: VisibleSheet) -> Iterator[Element]:
    """The tables and lines of a sheet.

    Args:
        sheet: what its file says of it.
        visible: what people see of it.
    """
    return _item_elements(sheet, visible, split_sheet(visible, sheet.tables))


def find_unit(text: str) -> str:
    """The unit or scale that a line gives for a table; empty where it gives none.

    >>> find_unit("Sales (in thousands of euros)"), find_unit("EUR million"), find_unit("Sales in Mali")
    ('in thousands of euros', 'EUR million', '')
    """
    line = " ".join(text.split())
    unit_match = _UNIT.search(line) if len(line) <= _MAX_UNIT_LINE else None
    return unit_match[0].strip("() ") if unit_match else ""


def _item_elements(sheet: Sheet, visible: VisibleSheet, items: Sequence[Line | Region]) -> Iterator[Element]:
    lines: list[Line] = []
    for place, item in enumerate(items):
        if isinstance(item, Line):
            lines.append(item)
            continue
        titles = _titles(visible, lines, item)
        yield from map(_line_element, lines[: len(lines) - len(titles)])
        lines = []
        below = items[place + 1] if place + 1 < len(items) else None
        yield from _table_elements(sheet, visible, item, titles, below if isinstance(below, Line) else None)
    yield from map(_line_element, lines)


def _titles(visible: VisibleSheet, lines: Sequence[Line], region: Region) -> Sequence[Line]:
    """The lines just above a table that are its title and its unit."""
    titles: list[Line] = []
    next_row, has_title = region.rows[0].number, False
    for line in reversed(lines):
        text = line.cell.text.strip()
        is_near = 0 < visible.row_places[next_row] - visible.row_places[line.row] <= _TITLE_GAP
        is_unit = bool(find_unit(text))
        is_above = region.columns[0] - 1 <= line.column <= region.columns[-1]
        if not (is_near and is_above and _may_be_title(text)) or (has_title and not is_unit):
            break
        titles.insert(0, line)
        next_row = line.row
        if has_title or not is_unit:
            break
    return titles


def _may_be_title(text: str) -> bool:
    """Whether a line may be a title by itself: it is short and no sentence."""
    return len(text) <= _MAX_TITLE_LINE and not (text.endswith((".", "!", "?")) and text.count(" ") > _MAX_TITLE_SPACES)


def _line_element(line: Line) -> Element:
    text = line.cell.text.strip()
    is_heading = line.cell.is_bold and len(text) <= _MAX_HEADING and not text.endswith((".", ":", ";"))
    return Element("heading" if is_heading else "paragraph", line.cell.content, level=3 if is_heading else 0)


def _table_elements(
    sheet: Sheet, visible: VisibleSheet, region: Region, titles: Sequence[Line], below: Line | None
) -> Iterator[Element]:
    title_texts = [line.cell.text for line in titles]
    if fields := _fields(region):
        yield from [Element("caption", _join(title_texts))] if titles else []
        yield from fields
        return
    header_rows = _header_rows(sheet, region)
    overall = find_overall_cells(region.rows, region.columns, header_rows or 0)
    if header_rows and overall:
        region = replace(region, rows=region.rows[1:])
        header_rows -= 1
        title_texts += [cell.text for cell in overall]
    corners = [row.own_cells()[0].text.strip() for row in region.rows[: max(1, header_rows or 0)]]
    around = title_texts[::-1] + ([below.cell.text] if below else [])
    units = [unit for corner in corners if (unit := find_unit(corner)) and corner.strip("()").startswith(unit)]
    rows = spread_headers(region.rows, region.columns, visible.column_places, header_rows or 0)
    is_header = [place < (header_rows or 0) for place in range(len(rows))]
    yield Element(
        "table",
        table=TableContent(
            [
                _table_row(row, region.columns, is_group=not is_header[place] and _names_group(rows, place))
                for place, row in enumerate(rows)
            ],
            header_rows,
            _join(title_texts),
            next(filter(None, [*units, *map(find_unit, around)]), ""),
            sheet=sheet.name,
            letters=[column_letter(column) for column in region.columns],
            numbers=[row.number for row in rows],
        ),
    )


def _join(texts: Sequence[str]) -> str:
    return ", ".join(" ".join(text.split()) for text in texts)


def _header_rows(sheet: Sheet, region: Region) -> int | None:
    if region.named:
        return region.named.header_rows
    return count_header_rows(region.rows, sheet.filter_row, sheet.frozen_rows)


def _table_row(row: SheetRow, columns: Sequence[int], *, is_group: bool) -> list[TableCell]:
    last = max(row.cells)
    cells = []
    for column in columns:
        if column > last:
            break
        cell = row.cells.get(column)
        if cell is None:
            cells.append(_NO_CELL)
        elif not cell.is_covered:
            cells.append(TableCell(cell.content, cell.rows, cell.columns, is_header=is_group))
    return cells


def _names_group(rows: Sequence[SheetRow], place: int) -> bool:
    """Whether a row only names those below it: one cell at the left that stands out."""
    row = rows[place]
    if len(row.cells) > 1 or place + 1 >= len(rows):
        return False
    cell = row.own_cells()[0] if row.own_cells() else None
    below = rows[place + 1].cells.get(min(row.cells)) if cell else None
    if cell is None or cell.kind != "text" or below is None or len(rows[place + 1].own_cells()) < 2:
        return False
    stands_out = (cell.is_bold and not below.is_bold) or below.indent > cell.indent or _is_set_in(below)
    return stands_out or cell.text.strip().endswith(":")


def _is_set_in(cell: SheetCell) -> bool:
    return cell.text.startswith("  ")


def _fields(region: Region) -> list[Element]:
    """The fields of a form: two columns, the first one of names that end with a colon."""
    if region.named or len(region.columns) != 2 or len(region.rows) > _MAX_FIELDS:
        return []
    pairs = [row.own_cells() for row in region.rows]
    if not all(len(pair) == 2 and pair[0].text.strip().endswith(":") for pair in pairs):
        return []
    return [Element("field", value.content, label=name.text.strip().rstrip(": ")) for name, value in pairs]


def _comments(sheet: Sheet) -> Iterator[Element]:
    for comment in sheet.comments:
        if comment.row not in sheet.hidden_rows and comment.column not in sheet.hidden_columns:
            address = f"{column_letter(comment.column)}{comment.row}"
            yield Element("note", f"{address}: {comment.text}", label="comment")
