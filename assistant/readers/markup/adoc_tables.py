"""The tables of AsciiDoc."""

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.readers.elements import Content, TableCell
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_InlinesOf = Callable[[str], Content]
# What stands right before a bar says how large its cell is, and of which style, only where a blank stands before it.
_CELL = re.compile(
    r"(?:(?:(?<=\s)|\A)"
    r"(?:(?P<repeat>\d{1,2})\*|(?:(?P<columns>\d{1,2})?(?:\.(?P<rows>\d{1,3}))?\+))?[<^>.]{0,4}(?P<style>[adehlmsv])?)?"
    r"(?<!\\)\|"
)


def adoc_rows(lines: Sequence[str], width: int, inlines_of: _InlinesOf) -> list[list[TableCell]]:
    """The cells of a table, so many to a row; a cell over several rows takes a place in each.

    Args:
        lines: of the table, between its borders.
        width: how many columns it has.
        inlines_of: reads the text of a cell.
    """
    rows: list[list[TableCell]] = [[]]
    hanging: list[int] = [0]  # the places that cells from above take, by row
    for cell in _cells(lines, inlines_of):
        number = len(rows) - 1
        for below in range(number, number + cell.rows):
            if below >= len(hanging):
                hanging.append(0)
            hanging[below] += cell.columns
        rows[-1].append(cell)
        if hanging[number] >= width:
            if len(rows) >= MAX_ROWS:
                break
            rows.append([])
            if len(hanging) < len(rows):
                hanging.append(0)
    return rows


def _cells(lines: Sequence[str], inlines_of: _InlinesOf) -> Iterator[TableCell]:
    texts: list[str] = []
    span: re.Match[str] | None = None
    for line in lines:
        position = 0
        for match in _CELL.finditer(line):
            texts.append(line[position : match.start()])
            if span:
                yield from _repeated(span, inlines_of(_words(texts)))
            texts, span, position = [], match, match.end()
        texts.append(line[position:])
    if span:
        yield from _repeated(span, inlines_of(_words(texts)))


def _words(lines: Sequence[str]) -> str:
    """The words of a cell; a bar in them is written with a backslash."""
    return "\n".join(lines).strip().replace("\\|", "|")


def _repeated(span: re.Match[str], content: Content) -> Iterator[TableCell]:
    cell = TableCell(content, int(span["rows"] or 1), int(span["columns"] or 1), span["style"] == "h")
    yield from [cell] * int(span["repeat"] or 1)


def column_count(style: str, lines: Sequence[str]) -> int:
    """How many columns a table has: as its attributes say, else as many as cells in its first line."""
    if stated := re.search(r'cols\s*=\s*"?([^"\]]{1,200})', style):
        return sum(
            int(repetition[1]) if (repetition := re.match(r"\s*(\d{1,2})\*", part)) else 1
            for part in stated[1].split(",")
        )
    first = next((line for line in lines if line.strip()), "")
    count = sum(int(cell["repeat"] or 1) * int(cell["columns"] or 1) for cell in _CELL.finditer(first))
    return max(1, min(count, MAX_COLUMNS))
