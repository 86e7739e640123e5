"""The rows of a sheet's table that name its columns, told by what the sheet says and by the kinds of its values."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from assistant.readers.sheets.sheet import CellKind, SheetCell, SheetRow

MAX_HEADER_ROWS = 5
_SAMPLE_ROWS = 200  # below the header, by which the kinds of the columns are judged
_MAX_NAME_CHARS, _MAX_NAME_SPACES = 120, 3
_YEAR = re.compile(r"(?:FY ?)?(?:1[5-9]|20|21)\d\d(?:[/–-]\d{2,4})?")
_UNIT_CELL = re.compile(
    r"\(.{1,25}\)|\[.{1,25}\]|[%€$£¥‰°]\S{0,3}|.{1,3}|(?:in )?(?:EUR|USD|GBP|CHF|kg|km|Mio\.?|Tsd\.?).{0,8}"
)


def is_name(cell: SheetCell) -> bool:
    """Whether a cell may name a column, by itself: a short text or a year, no sentence and no figure."""
    text = cell.text.strip()
    if cell.kind == "text":
        is_sentence = text.endswith((".", "!", "?")) and text.count(" ") > _MAX_NAME_SPACES
        return len(text) <= _MAX_NAME_CHARS and not is_sentence
    return cell.kind == "number" and _YEAR.fullmatch(text) is not None


def is_name_row(row: SheetRow) -> bool:
    """Whether a row may name columns or what stands below it: nothing but text, or text before years or days."""
    cells = row.own_cells()
    if all(cell.kind == "text" for cell in cells):
        return True
    return len(cells) > 2 and cells[0].kind == "text" and _is_series(cells[1:])


def count_header_rows(rows: Sequence[SheetRow], filter_row: int, frozen_rows: int) -> int | None:
    """How many of the rows name the columns.

    Args:
        rows: of the table, from the first.
        filter_row: the number of the row with the buttons of a filter; 0 where there is none.
        frozen_rows: the number of the last row that stays in sight.

    Returns:
        None where nothing in the sheet tells: then the words of the first row do.
    """
    top = rows[: MAX_HEADER_ROWS + 1]
    numbers = [row.number for row in top]
    if filter_row in numbers[:-1] and _may_be_header(top[: numbers.index(filter_row) + 1]):
        return numbers.index(filter_row) + 1
    frozen = sum(number <= frozen_rows for number in numbers)
    if 0 < frozen < len(top) and _may_be_header(top[:frozen]):
        return frozen
    bold = _count_bold(top)
    typed = _count_typed(rows)
    if bold and (typed is None or typed <= bold):
        return bold
    return typed


def _may_be_header(rows: Sequence[SheetRow]) -> bool:
    """Whether rows that the sheet marks may name columns: they are not mostly figures."""
    cells = [cell for row in rows for cell in row.own_cells()]
    return sum(is_name(cell) or cell.kind == "date" for cell in cells) * 2 > len(cells)


def _count_bold(top: Sequence[SheetRow]) -> int:
    """How many of the first rows are bold, where the next one isn't."""
    count = 0
    while count < len(top) - 1 and all(cell.is_bold for cell in top[count].own_cells()):
        if count and _is_lone_label(top, count):
            break
        count += 1
    is_marked = count and (_is_lone_label(top, count) or not all(cell.is_bold for cell in top[count].own_cells()))
    return count if is_marked and _may_be_header(top[:count]) else 0


def _count_typed(rows: Sequence[SheetRow]) -> int | None:
    """How many rows stand above the first one with figures, where their cells may name columns.

    None where no column changes from names to figures.
    """
    kinds = _column_kinds(rows[1:_SAMPLE_ROWS])
    count = 0
    while count < min(len(rows) - 1, MAX_HEADER_ROWS) and _names_columns(rows[count], kinds):
        if count and not _goes_on(rows, count):
            break
        count += 1
    if not count:
        return 0 if any(kind != "text" for kind in kinds.values()) else None
    has_change = any(
        kinds.get(column, "text") != "text" for row in rows[:count] for column, cell in row.cells.items() if cell.text
    )
    return count if has_change or count > 1 or _is_series(rows[0].own_cells()[1:]) else None


def _column_kinds(body: Sequence[SheetRow]) -> dict[int, CellKind]:
    """The usual kind of the values in each column."""
    counters: dict[int, Counter[CellKind]] = {}
    for row in body:
        for column, cell in row.cells.items():
            if not cell.is_covered:
                counters.setdefault(column, Counter())[cell.kind] += 1
    return {column: counter.most_common(1)[0][0] for column, counter in counters.items()}


def _names_columns(row: SheetRow, kinds: dict[int, CellKind]) -> bool:
    """Whether all cells of a row may name columns whose values have these kinds."""
    own = row.own_cells()
    if not own:
        return False
    if own[0].kind != "text" and len(own) > 1 and not (min(row.cells) > min(kinds, default=0)) and not _is_series(own):
        return False
    is_series = _is_series([cell for cell in own if cell.kind != "text"])
    for column, cell in row.cells.items():
        if cell.is_covered or (cell.kind == "text" and is_name(cell)):
            continue
        may_be_day = cell.kind == "date" and (kinds.get(column) != "date" or is_series)
        if not (may_be_day or (cell.kind == "number" and is_series)):
            return False
    return True


def _is_series(cells: Sequence[SheetCell]) -> bool:
    """Whether cells are years, days or counted numbers that rise or fall, as the headers of columns do."""
    if len(cells) > 2 and _are_counted(cells):
        return True
    if not cells or not all(cell.kind == "date" or _YEAR.fullmatch(cell.text.strip()) for cell in cells):
        return False
    if any(cell.kind == "date" for cell in cells):
        return len({cell.text for cell in cells}) == len(cells) or len(cells) == 1
    years = [int(re.findall(r"\d{4}", cell.text)[0]) for cell in cells]
    steps = {later > earlier for earlier, later in itertools.pairwise(years)}
    return len(steps) < 2 and len(set(years)) == len(years)


def _are_counted(cells: Sequence[SheetCell]) -> bool:
    """Whether cells hold 1, 2, 3 and so on."""
    return [cell.text.strip() for cell in cells] == [str(number) for number in range(1, len(cells) + 1)]


def _goes_on(rows: Sequence[SheetRow], count: int) -> bool:
    """Whether a row goes on with the header above it, rather than being the first below it."""
    if _is_lone_label(rows, count):
        return False
    above, row = rows[count - 1], rows[count]
    above_cells = above.own_cells()
    if any(cell.columns > 1 for cell in above_cells) or any(cell.is_covered for cell in row.cells.values()):
        return True
    if any(cell.is_bold for cell in above_cells) and all(cell.is_bold for cell in row.own_cells()):
        return True
    new_columns = set(row.cells) - set(above.cells)
    if new_columns and (_label_column(rows, count) not in row.cells or len(above_cells) * 2 <= len(row.own_cells())):
        return True
    has_figures_below = count + 1 < len(rows) and any(cell.kind != "text" for cell in rows[count + 1].own_cells())
    is_units = all(_UNIT_CELL.fullmatch(cell.text.strip()) for cell in row.own_cells())
    return is_units and has_figures_below and any(c.text.strip()[:1] in "([%€$£¥" for c in row.own_cells())


def _is_lone_label(rows: Sequence[SheetRow], place: int) -> bool:
    """Whether a row holds a label and nothing else, as one does that names a group of rows."""
    return set(rows[place].cells) == {_label_column(rows, place)}


def _label_column(rows: Sequence[SheetRow], place: int) -> int:
    return min(column for row in rows[: place + 3] for column in row.cells)
