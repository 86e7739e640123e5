"""The tables of LaTeX."""

import re
from collections.abc import Callable
from itertools import islice

from assistant.readers.elements import Content, Element, TableCell, TableContent
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endfirsthead|endhead|endfoot|endlastfoot|addlinespace)(?:\[[^\]]{0,50}\])?"
    r"|\\(?:cline|cmidrule|rowcolor)(?:\([^)]{0,20}\))?\{[^}]{0,50}\}"
)
_ROW_END = re.compile(r"\\\\(?:\*)?(?:\[[^\]]{0,50}\])?|\\tabularnewline")
_CELL_END = re.compile(r"(?<!\\)&")
_SPAN = re.compile(
    r"\s*\\multi(?P<kind>column|row)\*?(?:\[[^\]]{0,20}\])?\{(?P<count>-?\d{1,3})\}(?:\[[^\]]{0,20}\])?"
    r"(?:\{(?:[^{}]{0,200}|\{[^{}]{0,100}\}){0,20}\}|\*)\s*\{(?P<text>.*)\}\s*\Z",
    re.DOTALL,
)


def tex_table(name: str, source: str, inlines_of: Callable[[str], Content]) -> Element:
    """A table.

    Args:
        name: of its environment.
        source: what stands between its begin and its end.
        inlines_of: reads the source of a cell.
    """
    body = _without_specification(source, 2 if name in {"tabularx", "tabulary"} else 1)
    rows: list[list[TableCell]] = []
    for row in islice(_ROW_END.split(body), MAX_ROWS):
        cells = _RULES.sub("", row)
        if cells.strip():
            rows.append([_cell(cell, inlines_of) for cell in _CELL_END.split(cells)[:MAX_COLUMNS]])
    return Element("table", table=TableContent(rows))


def _cell(source: str, inlines_of: Callable[[str], Content]) -> TableCell:
    columns = rows = 1
    for _ in range(2):  # one may stand in the other
        span = _SPAN.match(source)
        if not span:
            break
        count = max(1, int(span["count"]))
        columns, rows = (count, rows) if span["kind"] == "column" else (columns, count)
        source = span["text"]
    return TableCell(inlines_of(source.strip()), rows, columns)


def _without_specification(source: str, groups: int) -> str:
    """A table's source behind the arguments that say how wide its columns are."""
    position = 0
    option = re.match(r"\s*\[[^\]]{0,50}\]", source)
    position = option.end() if option else 0
    for _ in range(groups):
        depth = 0
        for match in islice(re.finditer(r"[{}]|\S", source[position : position + 2000]), 2000):
            depth += (match[0] == "{") - (match[0] == "}")
            if not depth:
                position += match.end() if match[0] == "}" else 0
                break
    return source[position:]
