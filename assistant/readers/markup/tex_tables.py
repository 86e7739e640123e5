"""The tables of LaTeX."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from assistant.readers.elements import Content, Element, TableCell, TableContent, inlines_of
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_MAX_GROUP = 2000  # characters
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


_CAPTION = re.compile(r"\\caption\*?(?:\[[^\]]{0,500}\])?(?=\{)")
_BOX = re.compile(
    r"\\begin\{minipage\}(?:\[[^\]]{0,20}\]){0,3}\{[^{}]{0,100}\}(?P<words>.*?)\\end\{minipage\}", re.DOTALL
)
_HEAD_END = re.compile(r"\\end(?:first)?head\b")
_FOOT_END = re.compile(r"\\end(?:last)?foot\b")


def tex_table(name: str, source: str, read_inlines: Callable[[str], Content]) -> Element:
    """A table.

    Args:
        name: of its environment.
        source: what stands between its begin and its end.
        read_inlines: reads the source of a cell.
    """
    body = _without_specification(source, 2 if name in {"tabularx", "tabulary"} else 1)
    title, body = _cut_caption(body)
    body = _in_order(_BOX.sub(lambda box: f"{{{_ROW_END.sub(' ', box['words'])}}}", body))
    rows: list[list[TableCell]] = []
    for row in islice(_ROW_END.split(body), MAX_ROWS):
        cells = _RULES.sub("", row)
        if cells.strip():
            rows.append([_cell(cell, read_inlines) for cell in _CELL_END.split(cells)[:MAX_COLUMNS]])
    rows = _without_covered(rows)
    words = read_inlines(title)
    title_text = words if isinstance(words, str) else "".join(inline.text for inline in words)
    return Element("table", table=TableContent(rows, title=" ".join(title_text.split())))


def _without_covered(rows: list[list[TableCell]]) -> list[list[TableCell]]:
    """Rows without the blank cells that lie under a cell from above; such a cell ends above one with words."""
    kept: list[list[TableCell]] = []
    above: dict[int, tuple[int, int]] = {}  # by column: the row and the place in it of the cell that covers it
    for number, row in enumerate(rows):
        kept.append([])
        column = 0
        for cell in row:
            covering = above.get(column)
            if covering and number < covering[0] + kept[covering[0]][covering[1]].rows:
                if not _has_words(cell):
                    column += cell.columns
                    continue
                cut = kept[covering[0]][covering[1]]
                kept[covering[0]][covering[1]] = replace(cut, rows=number - covering[0])
            for covered in range(column, min(column + cell.columns, MAX_COLUMNS)):
                above[covered] = (number, len(kept[-1]))
            kept[-1].append(cell)
            column += cell.columns
    return kept


def _has_words(cell: TableCell) -> bool:
    return any(inline.text.strip() for inline in inlines_of(cell.content))


def _cut_caption(source: str) -> tuple[str, str]:
    """A table's own caption, and its source without that."""
    caption = _CAPTION.search(source)
    if not caption:
        return "", source
    end = _group_end(source, caption.end())
    rest = re.sub(r"\s*(?:\\label\{[^{}]{0,200}\})?\s*(?:\\tabularnewline|\\\\)", "", source[end:], count=1)
    return source[caption.end() + 1 : end - 1], source[: caption.start()] + rest


def _in_order(source: str) -> str:
    """A long table with its first head alone, and its last foot at its end, where they are printed."""
    *heads, rest = _HEAD_END.split(source)
    *feet, body = _FOOT_END.split(rest)
    return "".join([*heads[:1], body, *feet[-1:]])


def _cell(source: str, read_inlines: Callable[[str], Content]) -> TableCell:
    columns = rows = 1
    for _ in range(2):  # one may stand in the other
        span = _SPAN.match(source)
        if not span:
            break
        count = max(1, int(span["count"]))
        columns, rows = (count, rows) if span["kind"] == "column" else (columns, count)
        source = span["text"]
    return TableCell(read_inlines(source.strip()), rows, columns)


def _without_specification(source: str, groups: int) -> str:
    """A table's source behind the arguments that say how wide its columns are."""
    position = 0
    option = re.match(r"\s*\[[^\]]{0,50}\]", source)
    position = option.end() if option else 0
    for _ in range(groups):
        position = _group_end(source, position)
    return source[position:]


def _group_end(source: str, position: int) -> int:
    """Where the group in braces ends that begins here; the position itself where none does."""
    depth = 0
    for match in islice(re.finditer(r"[{}]|\S", source[position : position + _MAX_GROUP]), _MAX_GROUP):
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth:
            return position + match.end() if match[0] == "}" else position
    return position
