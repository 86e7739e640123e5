"""Values with names, as JSON, YAML and XML hold them, become elements: fields, lists, and tables of like records.

A field's name says where it stands ("pump.flow: 120 litres per minute"). A list of records that share their names is a
table, and so are records under names of their own, whose first column is those names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.errors import ReadingError
from assistant.readers.elements import Element, plain_table
from assistant.readers.sheets.table_limits import MAX_ROWS

Value = str | None | list["Value"] | dict[str, "Value"]
"""A text as written, nothing, a list of values, or values with names."""

MAX_DEPTH = 60
_MAX_VALUES = 1_000_000  # that are visited: a value that stands in several places counts each time
_MAX_NAME_CHARS = 200  # of a field, with the names above it
_MAX_CELL_CHARS = 300  # a record with a longer text is no row of a table
_MAX_COLUMNS = 40
_MIN_FILLED_SHARE = 0.3  # of the cells of a table
_MIN_FILLED_SHARE_OF_NAMED = 0.6  # of a table whose records have names of their own
_MAX_INLINE_CHARS = 60  # of each value of a list that stays on one line
_PARAGRAPH_END = re.compile(r"\n\s*\n")


def value_elements(value: Value, name: str = "") -> Iterator[Element]:
    """The elements of a value.

    Args:
        value: the value.
        name: what it is called.

    Raises:
        ReadingError: it is nested too deeply, or holds too many values.
    """
    return _ValueWalk().elements(value, name, 0)


def check_depth(depth: int) -> None:
    """Raises ReadingError where values are nested deeper than documents are."""
    if depth > MAX_DEPTH:
        raise ReadingError(f"nested more than {MAX_DEPTH} levels deep. Save it in a simpler form")


class _ValueWalk:
    """Walks down a value; it counts what it has seen."""

    def __init__(self) -> None:
        self._visited = 0

    def elements(self, value: Value, name: str, depth: int) -> Iterator[Element]:
        check_depth(depth)
        self._count(1)
        if isinstance(value, dict):
            yield from self._named_values(value, name, depth)
        elif isinstance(value, list):
            yield from self._list(value, name, depth)
        else:
            yield from _text_elements("null" if value is None else value, name)

    def _named_values(self, values: Mapping[str, Value], name: str, depth: int) -> Iterator[Element]:
        records = [value for value in values.values() if isinstance(value, dict)]
        if len(records) == len(values) >= 2 and (rows := self._rows(records, list(values))):
            yield _table(rows, name)
            return
        for key, value in values.items():
            yield from self.elements(value, _join(name, key), depth + 1)

    def _list(self, values: Sequence[Value], name: str, depth: int) -> Iterator[Element]:
        records = [value for value in values if isinstance(value, dict)]
        texts = [value for value in values if isinstance(value, str)]
        if values and len(records) == len(values) and (rows := self._rows(records)):
            yield _table(rows, name)
        elif values and len(texts) == len(values):
            self._count(len(texts))
            yield from _text_list_elements(texts, name)
        else:
            for number, value in enumerate(values):
                yield from self.elements(value, f"{name}[{number}]" if name else "", depth + 1)

    def _rows(self, records: Sequence[Mapping[str, Value]], names: Sequence[str] = ()) -> list[list[str]] | None:
        """The rows of a table of records, the header first; None where the records are too unlike for one."""
        if len(records) < 2 and not names and any(not isinstance(value, str) for value in records[0].values()):
            return None
        columns: dict[str, int] = {}
        cells_of_rows: list[dict[int, str]] = []
        filled = 0
        for record in records:
            cells: dict[int, str] = {}
            if not self._fill_cells(record, "", columns, cells, 0):
                return None
            filled += len(cells)
            cells_of_rows.append(cells)
        min_share = _MIN_FILLED_SHARE_OF_NAMED if names else _MIN_FILLED_SHARE
        if not columns or filled < min_share * len(columns) * len(records):
            return None
        header = ([""] if names else []) + list(columns)
        rows = [[cells.get(column, "") for column in range(len(columns))] for cells in cells_of_rows]
        return [header, *([[name, *row] for name, row in zip(names, rows, strict=True)] if names else rows)]

    def _fill_cells(
        self, record: Mapping[str, Value], name: str, columns: dict[str, int], cells: dict[int, str], depth: int
    ) -> bool:
        """Fills the cells of a record's row; False where it doesn't fit in one."""
        check_depth(depth)
        for key, value in record.items():
            self._count(1)
            column_name = _join(name, key)
            if isinstance(value, dict):
                if not self._fill_cells(value, column_name, columns, cells, depth + 1):
                    return False
                continue
            text = _cell_text(value)
            if text is None or (column_name not in columns and len(columns) >= _MAX_COLUMNS):
                return False
            column = columns.setdefault(column_name, len(columns))
            if text:
                cells[column] = text
        return True

    def _count(self, values: int) -> None:
        self._visited += values
        if self._visited > _MAX_VALUES:
            raise ReadingError(f"holds more than {_MAX_VALUES:,} values. Split it")


def _table(rows: list[list[str]], name: str) -> Element:
    return plain_table(rows[: MAX_ROWS + 1], header_rows=1, title=name)


def _cell_text(value: Value) -> str | None:
    """The text of a value in a table; None where it is too long or not a plain one."""
    if isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        value = ", ".join(texts) if len(texts) == len(value) <= _MAX_COLUMNS else None
    elif value is None:
        return ""
    return value if isinstance(value, str) and len(value) <= _MAX_CELL_CHARS else None


def _text_list_elements(texts: Sequence[str], name: str) -> Iterator[Element]:
    if all(len(text) <= _MAX_INLINE_CHARS and "\n" not in text for text in texts) and name:
        yield Element("field", ", ".join(texts), label=name)
        return
    if name:
        yield Element("paragraph", f"{name}:")
    for text in texts:
        yield Element("item", text)


def _text_elements(text: str, name: str) -> Iterator[Element]:
    """A text under a name; one of several paragraphs begins in the field."""
    paragraphs = [paragraph for paragraph in _PARAGRAPH_END.split(text) if paragraph.strip()]
    for number, paragraph in enumerate(paragraphs):
        is_field = name and not number
        yield Element("field", paragraph, label=name) if is_field else Element("paragraph", paragraph)


def _join(name: str, key: str) -> str:
    joined = f"{name}.{key[:_MAX_NAME_CHARS]}" if name else key[:_MAX_NAME_CHARS]
    return joined if len(joined) <= _MAX_NAME_CHARS else f"…{joined[-_MAX_NAME_CHARS:]}"
