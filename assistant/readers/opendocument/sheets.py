"""The sheets of an OpenDocument spreadsheet: cells, merged ranges, comments, what is hidden and what is drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, Inline
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.objects import chart_title
from assistant.readers.opendocument.package import attribute, child, children, descendants, node_name
from assistant.readers.opendocument.styles import TextLook
from assistant.readers.opendocument.tables import OdfCell, row_cells, table_columns, table_rows
from assistant.readers.opendocument.text import TextReader
from assistant.readers.sheets.sheet import CellComment, CellKind, CellRange, Sheet, SheetCell
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_LAST_ROW = 1_048_576  # of a sheet
_MAX_CELLS = 2_000_000  # with text, of a file
_MAX_HIDDEN = 1_000_000  # rows of a file
_KINDS: dict[str, CellKind] = {
    "float": "number", "percentage": "number", "currency": "number", "date": "date", "time": "date",
    "boolean": "boolean", "error": "error",
}  # fmt: skip
_PLAIN = TextLook()
_VALUES = ("office:string-value", "office:date-value", "office:time-value", "office:boolean-value", "office:value")


@dataclass(slots=True)
class _SheetParts:
    """What was found on a sheet so far."""

    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    merged: list[CellRange] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    comments: list[CellComment] = field(default_factory=list)
    extra: list[Element] = field(default_factory=list)
    header_rows: int = 0  # that are repeated on each page


class _CellStyle(NamedTuple):
    """What a style makes of cells."""

    look: TextLook
    is_bold: bool


class SheetReader:
    """Reads the sheets of a file one after the other; together they may have so many rows and no more.

    Attributes:
        has_more_rows: whether rows were left out.
        charts_of_cells: how many charts there are whose values stand in cells.
    """

    def __init__(self, context: OdfContext) -> None:
        self.has_more_rows = False
        self.charts_of_cells = 0
        self._context = context
        self._text = TextReader(context)
        self._cell_styles: dict[str, _CellStyle] = {}
        self._rows_left = MAX_ROWS
        self._cells_left = _MAX_CELLS
        self._hidden_left = _MAX_HIDDEN

    @property
    def rows_read(self) -> int:
        """How many rows with text are read so far."""
        return MAX_ROWS - self._rows_left

    def read(self, table: Any) -> tuple[Sheet, list[Element]]:
        """A sheet, and what is drawn on it."""
        parts = _SheetParts()
        hidden_columns, default_styles = _columns(table)
        number = 1
        for row in table_rows(table):
            if number > _LAST_ROW:
                break
            repeated = min(row.repeated, _LAST_ROW - number + 1)
            if row.is_hidden:
                parts.hidden_rows.append(range(number, number + repeated))
            if row.is_header and parts.header_rows == number - 1:
                parts.header_rows += repeated
            self._read_row(row.element, range(number, number + repeated), parts, default_styles)
            number += repeated
        parts.extra += self._drawn(table)
        return self._sheet(table, parts, hidden_columns), parts.extra

    def _sheet(self, table: Any, parts: _SheetParts, hidden_columns: frozenset[int]) -> Sheet:
        last_row = max(parts.rows, default=0)
        hidden_rows = frozenset(
            islice((row for rows in parts.hidden_rows for row in rows if row <= last_row), self._hidden_left)
        )
        self._hidden_left -= len(hidden_rows)
        return Sheet(
            attribute(table, "table:name"),
            parts.rows,
            parts.merged,
            hidden_rows,
            hidden_columns,
            frozen_rows=parts.header_rows,
            comments=parts.comments,
        )

    def _read_row(self, row: Any, numbers: range, parts: _SheetParts, default_styles: Sequence[str]) -> None:
        """Reads a row, and gives it to each of the rows that it stands for."""
        cells: dict[int, SheetCell] = {}
        column = 1
        for cell in row_cells(row):
            if column > MAX_COLUMNS:
                break
            style = default_styles[column - 1] if column <= len(default_styles) else ""
            shown = None if cell.is_covered else self._read_cell(cell, numbers.start, column, parts, style)
            if shown:
                repeated = self._affordable(cell.repeated, len(shown.text))
                cells |= dict.fromkeys(range(column, min(column + repeated, MAX_COLUMNS + 1)), shown)
            if cell.rows > 1 or cell.columns > 1:
                last_row, last_column = numbers.start + cell.rows - 1, column + cell.columns - 1
                parts.merged.append(CellRange(numbers.start, column, last_row, last_column))
            column += cell.repeated
        if not cells:
            return
        affordable = self._affordable(len(numbers), sum(len(cell.text) for cell in cells.values()))
        affordable = min(affordable, self._rows_left, self._cells_left // len(cells))
        self.has_more_rows |= affordable < len(numbers)
        self._rows_left -= affordable
        self._cells_left -= affordable * len(cells)
        parts.rows |= dict.fromkeys(numbers[:affordable], cells)

    def _affordable(self, count: int, size: int) -> int:
        """How often something of this size may be in the text, of as often as the file counts it."""
        more = min(count - 1, self._context.repeatable // (size or 1))
        self._context.repeatable -= more * size
        return more + 1

    def _read_cell(
        self, cell: OdfCell, row: int, column: int, parts: _SheetParts, default_style: str
    ) -> SheetCell | None:
        """What a cell shows; its comment and what is drawn in it are collected."""
        if not len(cell.element):
            value = _stored_value(cell.element)
            return SheetCell(value, _kind(cell.element)) if value else None
        style = self._cell_style(attribute(cell.element, "table:style-name") or default_style)
        if text := _plain_text(cell.element, style):
            return SheetCell(text, _kind(cell.element), is_bold=style.is_bold)
        content: list[Inline] = []
        for element in children(cell.element):
            if node_name(element) == "text:p":
                pieces = self._text.inlines.paragraph(element, style.look)
                content += [Inline(" "), *(piece for piece in pieces if isinstance(piece, Inline))]
                parts.extra += [piece for piece in pieces if isinstance(piece, Element)]
            elif node_name(element) == "office:annotation":
                notes = [piece for piece in self._text.inlines.comment(element) if isinstance(piece, Element)]
                parts.comments += [CellComment(row, column, inline_text(note.content)) for note in notes]
            else:
                parts.extra += self._text.block(element)
        shown = content if any(inline.text.strip() for inline in content) else _stored_value(cell.element)
        if not shown:
            return None
        is_plain = all(isinstance(inline, Inline) and inline.style == "plain" for inline in shown)
        text = "".join(inline.text for inline in content).strip() if is_plain else ""
        return SheetCell(text or shown, _kind(cell.element), is_bold=style.is_bold)

    def _cell_style(self, name: str) -> _CellStyle:
        """What a style makes of cells; each is looked up once."""
        if name not in self._cell_styles:
            styles = self._context.styles
            weight = styles.property("table-cell", name, "style:text-properties", "fo:font-weight")
            self._cell_styles[name] = _CellStyle(styles.look("table-cell", name), weight == "bold")
        return self._cell_styles[name]

    def _drawn(self, table: Any) -> Iterator[Element]:
        """Text boxes and charts on a sheet. The values of a chart are in cells; its title is not."""
        shapes = child(table, "table:shapes")
        for shape in children(shapes) if shapes is not None else ():
            for frame_object in descendants(shape, "draw:object"):
                root = self._context.embedded(frame_object)
                chart = next(descendants(root, "chart:chart"), None) if root is not None else None
                if chart is None:
                    self._context.left_out["embedded object"] += 1
                    continue
                self.charts_of_cells += 1
                if title := chart_title(chart):
                    yield Element("caption", title)
            if next(descendants(shape, "draw:object"), None) is None:
                yield from self._text.block(shape)


def _columns(table: Any) -> tuple[frozenset[int], list[str]]:
    """The hidden columns, and the style of cells in each column that have none of their own."""
    hidden: set[int] = set()
    styles: list[str] = []
    for column in table_columns(table):
        repeated = min(column.repeated, MAX_COLUMNS - len(styles))
        if column.is_hidden:
            hidden |= set(range(len(styles) + 1, len(styles) + repeated + 1))
        styles += [attribute(column.element, "table:default-cell-style-name")] * repeated
    return frozenset(hidden), styles


def _plain_text(cell: Any, style: _CellStyle) -> str:
    """The text of a cell that has nothing but one paragraph without styles, as most have; "" for any other."""
    paragraph = cell[0]
    is_plain = len(cell) == 1 and not len(paragraph) and not paragraph.keys() and style.look == _PLAIN
    return " ".join((paragraph.text or "").split()) if is_plain and node_name(paragraph) == "text:p" else ""


def _stored_value(cell: Any) -> str:
    """The value of a cell that has no text to show."""
    value = next(filter(None, (attribute(cell, name) for name in _VALUES)), "")
    try:
        return f"{float(value):.15g}" if attribute(cell, "office:value") == value and value else value
    except ValueError:
        return value


def _kind(cell: Any) -> CellKind:
    value_type = attribute(cell, "calcext:value-type") or attribute(cell, "office:value-type")
    return _KINDS.get(value_type, "text")
