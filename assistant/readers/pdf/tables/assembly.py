"""The lines of a table, by columns → its rows of cells, with the names of their groups."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from assistant.readers.pdf.page import Cell, Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, GridPiece, Zone
from assistant.readers.pdf.tables.groups import groups_of, is_group, label_of, with_parted_groups
from assistant.readers.pdf.tables.headers import may_name_column
from assistant.readers.pdf.tables.names import header_rows, rulings_between, spans_of
from assistant.readers.pdf.tables.rows import rows_of_body
from assistant.readers.pdf.tables.titles import states_only_unit, unit_in
from assistant.readers.pdf.wording.figures import is_figure

_NOTE_MARK = re.compile(r"[(\[]?(?:[*†‡§#]{1,3}|\d{1,2}|[a-z])[)\].]?")
_SURE_NOTE_MARK = re.compile(r"[(\[](?:[*†‡§#]{1,3}|\d{1,2}|[a-z])[)\]]|[*†‡§#]{1,3}")
_SAME_EDGE = 2.0  # points between the edges of a label and the ruling below it
_UNDERLINE = 0.5  # type sizes below the label's baseline, within which that ruling stands
_MIN_WIDTH = 0.75  # of the widest rulings
_SAME_HEIGHT = 1.5  # points
_MAX_ROW_OF_UNIT = 3  # of the body: the unit may stand in one of the first rows


@dataclass(frozen=True, slots=True)
class Assembly:
    """The rows of a table.

    Attributes:
        rows: its cells, header rows too.
        header_rows: how many rows name the columns.
        groups: for each row the names of the groups that it stands in.
        unit: the scale or unit that the table states itself.
        unit_lines: the lines below the header that state it.
        line_count: how many of the lines belong to the table.
    """

    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int
    groups: tuple[str, ...]
    unit: str
    unit_lines: tuple[Phrase, ...]
    line_count: int


def assemble(
    lines: Sequence[GridLine], header: int, sure_count: int, zones: Sequence[Zone], rulings: Sequence[Ruling]
) -> Assembly:
    """The rows of a table.

    Args:
        lines: of the table, and some below it, which may go on with its last row.
        header: how many of the lines name the columns.
        sure_count: how many of the lines surely belong to the table or to its notes.
        zones: its columns.
        rulings: the horizontal ones over its height, by height.
    """
    units = [line for line in lines[:header] if len(line.pieces) == 1 and states_only_unit(line.pieces[0].phrase.text)]
    head = [line for line in lines[:header] if line not in units or len(units) == header]
    stated = [line.pieces[0].phrase for line in units if line not in head]
    body = [_as_label(line) for line in lines[header:]]
    rulings_below = rulings_between(head, body[0].line.baseline, rulings)
    names = header_rows(spans_of(head, zones, rulings_below), len(zones), rulings_below)
    rows = rows_of_body(body, zones, list(_rulings_at_labels(rulings, body, zones)))
    rows = with_parted_groups(_without_notes(_above_notes(_first_rows(rows, sure_count - header), zones)))
    line_count = header + sum(map(len, rows))
    unit_rows = [row for row in rows[:_MAX_ROW_OF_UNIT] if is_group(row) and states_only_unit(label_of(row))]
    rows = [row for row in rows if row not in unit_rows]
    stated += [line.label for row in unit_rows for line in row if line.label is not None]
    texts = [*(phrase.text for phrase in stated[-1:]), *(cell.text for row in names for cell in row)]
    return Assembly(
        (*names, *_with_spans([_cells(row, len(zones)) for row in rows])),
        len(names),
        ("",) * len(names) + tuple(groups_of(rows)),
        next((unit for text in texts if (unit := unit_in(text))), ""),
        tuple(stated),
        line_count,
    )


def _rulings_at_labels(rulings: Sequence[Ruling], lines: Sequence[GridLine], zones: Sequence[Zone]) -> Iterator[Ruling]:
    """The rulings that may part rows: over the middle of the labels' column, and right below a label without values.

    Where some go over all columns, a shorter one is an underline, or a place to sign.
    """
    alone = [line.line for line in lines if is_group([line])]
    widths = _widths_at(rulings, zones[0].x0, zones[-1].x1)
    least = _MIN_WIDTH * max(widths, default=0.0)
    for ruling, width in zip(rulings, widths, strict=True):
        above = bisect_right(alone, ruling.y0, key=lambda line: line.baseline) - 1
        is_below = above >= 0 and ruling.y0 - alone[above].baseline < _UNDERLINE * alone[above].size
        is_over = ruling.x0 < zones[0].middle < ruling.x1 and width >= least
        if is_over or (is_below and abs(ruling.x0 - zones[0].x0) < _SAME_EDGE):
            yield ruling


def _widths_at(rulings: Sequence[Ruling], x0: float, x1: float) -> list[float]:
    """For each ruling how wide those at its height are together, between two places, in points."""
    heights = [ruling.y0 for ruling in rulings]
    inside = accumulate((max(0.0, min(ruling.x1, x1) - max(ruling.x0, x0)) for ruling in rulings), initial=0.0)
    sums = list(inside)
    widths = (
        sums[bisect_right(heights, height + _SAME_HEIGHT)] - sums[bisect_left(heights, height - _SAME_HEIGHT)]
        for height in heights
    )
    return [min(width, x1 - x0) for width in widths]  # some are printed twice


def _as_label(line: GridLine) -> GridLine:
    """A line of words across columns and nothing else as a label: it groups the rows below it."""
    first = line.pieces[0]
    if len(line.pieces) > 1 or first.first == first.last or is_figure(first.phrase):
        return line
    return replace(line, pieces=(GridPiece(0, 0, first.phrase),))


def _first_rows(rows: Sequence[list[GridLine]], line_count: int) -> list[list[GridLine]]:
    """The rows that the first lines make up, as many lines as are given."""
    kept: list[list[GridLine]] = []
    for row in rows:
        if line_count <= 0:
            break
        kept.append(row)
        line_count -= len(row)
    return kept


def _above_notes(rows: Sequence[list[GridLine]], zones: Sequence[Zone]) -> list[list[GridLine]]:
    """The rows above the first note that runs over all columns, if figures stand above it and in no row below it."""
    last = max((index for index, row in enumerate(rows) if _has_values(row, zones)), default=len(rows))
    end = next((index for index in range(last + 1, len(rows)) if _runs_over(rows[index][0], zones)), len(rows))
    return list(rows[:end])


def _has_values(row: Sequence[GridLine], zones: Sequence[Zone]) -> bool:
    """Whether figures stand in a row that is no note over all columns."""
    return any(line.has_figures for line in row) and not _runs_over(row[0], zones)


def _runs_over(line: GridLine, zones: Sequence[Zone]) -> bool:
    """Whether a line is the mark of a note and text without gaps, from the column of the labels to the last one."""
    *marks, text = line.line.parts
    if len(marks) > 1 or _SURE_NOTE_MARK.fullmatch((marks or text.words)[0].text) is None:
        return False
    return text.x0 < zones[0].x1 and text.x1 > zones[-1].x0


def _without_notes(rows: Sequence[list[GridLine]]) -> list[list[GridLine]]:
    """Rows without those at their end that are labels without values, or notes."""
    marked = sum(_is_note(row) for row in rows)
    end = len(rows)
    while end > 1 and (is_group(rows[end - 1]) or (_is_note(rows[end - 1]) and marked < 0.5 * len(rows))):
        end -= 1
    return list(rows[:end])


def _is_note(row: Sequence[GridLine]) -> bool:
    """Whether a row is a mark, and words behind it."""
    first = row[0]
    if first.label is None or len(first.pieces) != 2 or _NOTE_MARK.fullmatch(first.label.text) is None:
        return False
    return not is_figure(first.pieces[1].phrase)


def _with_spans(rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Rows in which a label goes over the rows below it that have no label, but words or a year in its place."""
    labelled: list[tuple[Cell, ...]] = []
    for row in [*rows, ()]:
        if (
            labelled
            and len(row) > 1
            and not row[0].lines
            and _tells_rows_apart(row[1])
            and _tells_rows_apart(labelled[0][1])
        ):
            labelled.append(row)
            continue
        if labelled:
            yield (replace(labelled[0][0], rows=len(labelled)), *labelled[0][1:])
            yield from (below[1:] for below in labelled[1:])
        labelled = [row] if len(row) > 1 and row[0].lines else []
        if row and not labelled:
            yield row


def _tells_rows_apart(cell: Cell) -> bool:
    """Whether a cell beside a label tells of which of several rows: it holds words, a year or a date."""
    return bool(cell.lines) and all(map(may_name_column, cell.lines))


def _cells(row: Sequence[GridLine], width: int) -> tuple[Cell, ...]:
    """The cells of a row."""
    if is_group(row):
        return (Cell(tuple(line.label for line in row if line.label is not None), columns=width),)
    by_column: dict[int, tuple[int, list[Phrase]]] = {}
    for line in row:
        for piece in line.pieces:
            last, phrases = by_column.get(piece.first, (piece.first, []))
            by_column[piece.first] = max(last, piece.last), [*phrases, piece.phrase]
    cells: list[Cell] = []
    starts = sorted(by_column)
    for start, following in zip(starts, [*starts[1:], width], strict=True):
        last, phrases = by_column[start]
        cells += [Cell()] * (start - sum(cell.columns for cell in cells))
        columns = min(last + 1, following) - start if start else 1
        cells.append(Cell(tuple(phrases), columns=columns))
    return (*cells, *[Cell()] * (width - sum(cell.columns for cell in cells)))
