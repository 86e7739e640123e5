"""Excel files, by their own XML: every cell that is shown, as its format shows it where that is a plain one."""

import re
from xml.etree import ElementTree as ET

from research.fidelity import extraction as apart
from research.fidelity.extraction import Pieces
from research.fidelity.number_formats import shown_number
from research.fidelity.package import Package, attribute, child, linked_texts, local_name

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
_MAX_REPEATS = 200


def extract_xlsx(data: bytes) -> Pieces:
    """What the sheets of a workbook show.

    Raises:
        ExtractorError: it is none.
    """
    package = Package(data)
    main, tree = package.main_part("Excel")
    pieces = Pieces()
    pieces.add(package.metadata(), apart.METADATA)
    relations = package.relations(main)
    strings = [_string(item) for item in _children(package.tree("xl/sharedStrings.xml"), "si")]
    formats = _formats(package.tree("xl/styles.xml"))
    starts_1904 = any(attribute(part, "date1904") in {"1", "true"} for part in tree if local_name(part) == "workbookPr")
    for sheet in (part for part in tree.iter() if local_name(part) == "sheet"):
        relation = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        _, name = relations.get(relation, ("", ""))
        content = package.tree(name)
        if content is None:
            continue
        is_hidden = sheet.get("state", "visible") != "visible"
        pieces.add_apart(apart.HIDDEN if is_hidden else apart.METADATA, [sheet.get("name", "")])
        _add_cells(content, strings, formats, pieces, is_hidden=is_hidden, starts_1904=starts_1904)
        if not is_hidden:
            _add_linked(package, name, pieces)
    return pieces


def _add_linked(package: Package, name: str, pieces: Pieces) -> None:
    """Comments, text boxes and charts of a sheet."""
    linked_texts(package, name, pieces)
    for kind, target in package.relations(name).values():
        part = package.tree(target) if kind in {"comments", "threadedComment", "drawing"} else None
        if part is None:
            continue
        if kind == "drawing":
            linked_texts(package, target, pieces)
        for paragraph in part.iter():
            if local_name(paragraph) in {"p", "comment", "threadedComment"}:
                texts = [run.text or "" for run in paragraph.iter() if local_name(run) in {"t", "text"}]
                pieces.add("\n" + "".join(texts) + "\n")
                pieces.add_apart(apart.METADATA, [paragraph.get("ref", "")], 2)
            elif local_name(paragraph) == "author":
                pieces.add_apart(apart.METADATA, [paragraph.text or ""], _MAX_REPEATS)


def _add_cells(  # noqa: PLR0913 — what a cell's words depend on
    sheet: ET.Element,
    strings: list[str],
    formats: list[str],
    pieces: Pieces,
    *,
    is_hidden: bool,
    starts_1904: bool,
) -> None:
    hidden_columns = _hidden_columns(sheet)
    text_by_address: dict[str, str] = {}
    for row in (part for data in _children(sheet, "sheetData") for part in data):
        hides_row = row.get("hidden") in {"1", "true"}
        for cell in row:
            text, reason = _cell_text(cell, strings, formats, starts_1904=starts_1904)
            address = cell.get("r", "")
            text_by_address[address] = text
            letters = _ADDRESS.match(address)
            if is_hidden or hides_row or (letters and _column_number(letters[1]) in hidden_columns):
                reason = apart.HIDDEN
            pieces.add(f"\n{text}\n", reason)
        _add_labels(row, text_by_address, pieces)
    for merged in (part for group in _children(sheet, "mergeCells") for part in group):
        first, _, last = merged.get("ref", "").partition(":")
        corners = [_ADDRESS.match(corner) for corner in (first, last)]
        if corners[0] and corners[1] and first in text_by_address:
            columns = _column_number(corners[1][1]) - _column_number(corners[0][1]) + 1
            times = min(columns * (int(corners[1][2]) - int(corners[0][2]) + 1), _MAX_REPEATS) - 1
            pieces.add_apart(apart.REPEATED, [text_by_address[first]], times)


def _add_labels(row: ET.Element, text_by_address: dict[str, str], pieces: Pieces) -> None:
    """The words of a cell before empty ones may stand for these columns too, where the row has others."""
    filled = [cell for cell in row if text_by_address.get(cell.get("r", "")) and _ADDRESS.match(cell.get("r", ""))]
    if len(filled) < 2:
        return
    columns = [_column_number(cell.get("r", "").rstrip("0123456789")) for cell in filled]
    ends = [*columns[1:], columns[-1] + 2]  # how many columns the last one stands for isn't known: two
    for cell, column, end in zip(filled, columns, ends, strict=True):
        if cell.get("t") in {"s", "inlineStr"}:
            times = min(end - column - 1, _MAX_REPEATS)
            pieces.add_apart(apart.REPEATED, [text_by_address[cell.get("r", "")]], times)


def _cell_text(cell: ET.Element, strings: list[str], formats: list[str], *, starts_1904: bool) -> tuple[str, str]:
    """The text of a cell, and why it is counted apart: its number is in a format that isn't checked here."""
    kind = cell.get("t", "n")
    value_element = child(cell, "v")
    value = (value_element.text or "") if value_element is not None else ""
    if kind == "s":
        return (strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""), ""
    if kind == "inlineStr":
        return "".join(_string(part) for part in cell if local_name(part) == "is"), ""
    if kind == "b":
        return ("TRUE" if value == "1" else "FALSE"), ""
    if kind == "n" and value:
        style = int(cell.get("s", "0"))
        shown = shown_number(value, formats[style] if style < len(formats) else "General", starts_1904=starts_1904)
        if shown is not None and formats[style : style + 1] in (["#14"], ["#22"]):  # as the reader's own country has it
            iso = shown_number(value, "yyyy-mm-dd hh:mm:ss", starts_1904=starts_1904)
            return f"{shown} {iso}", apart.COMPUTED
        return (value, apart.COMPUTED) if shown is None else (shown, "")
    return value, ""


def _formats(styles: ET.Element | None) -> list[str]:
    """The number format of each style of cells."""
    own = {
        item.get("numFmtId", ""): item.get("formatCode", "") for group in _children(styles, "numFmts") for item in group
    }
    numbers = [item.get("numFmtId", "0") for group in _children(styles, "cellXfs") for item in group]
    return [own.get(number, f"#{number}") for number in numbers]


def _string(item: ET.Element) -> str:
    """A string without the readings that are printed above some of it."""
    texts = []
    for part in item:
        name = local_name(part)
        texts += [part.text or ""] if name == "t" else []
        texts += [run.text or "" for run in part if local_name(run) == "t"] if name == "r" else []
    return "".join(texts)


def _hidden_columns(sheet: ET.Element) -> set[int]:
    hidden: set[int] = set()
    for column in (part for group in _children(sheet, "cols") for part in group):
        if column.get("hidden") in {"1", "true"}:
            hidden |= set(range(int(column.get("min", "1")), min(int(column.get("max", "1")), 20_000) + 1))
    return hidden


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _children(element: ET.Element | None, name: str) -> list[ET.Element]:
    return [part for part in element if local_name(part) == name] if element is not None else []
