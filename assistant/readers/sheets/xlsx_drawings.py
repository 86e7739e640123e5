"""What lies over the cells of an Excel sheet: comments, text boxes, charts, check boxes, named tables."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from assistant.readers.elements import Element
from assistant.readers.extract import collapse_whitespace
from assistant.readers.office.chart_tables import chart_elements
from assistant.readers.office.diagrams import diagram_items
from assistant.readers.office.package import Part, attribute, child, descendants, local_name, named, whole_number
from assistant.readers.sheets.sheet import CellComment, NamedRange
from assistant.readers.sheets.xlsx_cells import read_address, read_range

_MAX_COMMENTS = 20_000  # of a sheet
_REFERRED_SHEET = re.compile(r"^\(?(?:'((?:[^']|'')+)'|([^'!(]+))!")


@dataclass(slots=True)
class Drawings:
    """The elements of a sheet's drawings, and what of them is not read. It grows while they are read."""

    elements: list[Element] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    charts_of_cells: int = 0  # whose values stand in cells


def read_named_ranges(sheet: Part) -> list[NamedRange]:
    """What the file itself calls tables of a sheet."""
    ranges = []
    for part in sheet.related_by_kind("table"):
        if cells := read_range(part.root.get("ref")):
            header_rows = min(whole_number(part.root.get("headerRowCount"), 1), 1)
            ranges.append(NamedRange(cells, header_rows, whole_number(part.root.get("totalsRowCount"))))
    return ranges


def read_comments(sheet: Part, people: dict[str, str]) -> list[CellComment]:
    """The comments on the cells of a sheet, with their answers.

    Args:
        sheet: its part, or a stand-in with its relations.
        people: the names of those who comment, by their ids.
    """
    comments: list[CellComment] = []
    threads: set[tuple[int, int]] = set()
    for part in sheet.related_by_kind("threadedComment"):
        for element in named(part.root, "threadedComment"):
            text = collapse_whitespace("".join(child(element, "text").itertext())) if len(element) else ""
            address = read_address(element.get("ref") or "")
            if address and text:
                threads.add(address)
                name = people.get(element.get("personId", ""), "")
                comments.append(CellComment(*address, f"{name}: {text}" if name else text))
    for part in sheet.related_by_kind("comments"):
        for element in descendants(part.root, "comment"):
            address = read_address(element.get("ref") or "")
            pieces = (piece.text or "" for piece in descendants(child(element, "text"), "t"))
            text = collapse_whitespace("".join(pieces))
            if address and text and address not in threads:  # a thread is repeated here for older programs
                comments.append(CellComment(*address, text))
    return sorted(comments, key=lambda comment: comment[:2])[:_MAX_COMMENTS]


def read_people(workbook: Part) -> dict[str, str]:
    """The names of those who comment, by their ids."""
    return {
        person.get("id", ""): collapse_whitespace(person.get("displayName", ""))
        for part in workbook.related_by_kind("person")
        for person in named(part.root, "person")
    }


def read_drawings(sheet: Part, visible_sheets: AbstractSet[str]) -> Drawings:
    """What lies over the cells of a sheet.

    Args:
        sheet: its part.
        visible_sheets: the names of the sheets whose cells are read.
    """
    drawings = Drawings()
    for part in sheet.related_by_kind("drawing"):
        for element in _shapes(part.root):
            _add_shape(drawings, part, element, visible_sheets)
    for part in sheet.related_by_kind("vmlDrawing"):
        drawings.elements += _check_boxes(part.root)
    return drawings


def _shapes(root: Any) -> Iterator[Any]:
    """The shapes of a drawing that are shown, those in groups too, without stand-ins for older programs."""
    waiting = list(reversed(root))
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        if name in {"sp", "pic", "graphicFrame"}:
            if not any(shape.get("hidden") in {"1", "true"} for shape in descendants(element, "cNvPr")):
                yield element
        elif name and name != "Fallback":
            waiting += reversed(element)


def _add_shape(drawings: Drawings, part: Part, shape: Any, visible_sheets: AbstractSet[str]) -> None:
    kind = local_name(shape)
    if kind == "pic":
        drawings.left_out["picture"] += 1
    elif kind == "sp":
        drawings.elements += _text_box(shape)
    elif (reference := next(descendants(shape, "chart"), None)) is not None:
        chart = part.related(attribute(reference, "id"))
        elements = chart_elements(chart.root) if chart else []
        if chart and _stands_in_cells(chart.root, visible_sheets):
            drawings.charts_of_cells += 1
            drawings.elements += [element for element in elements if element.kind == "caption"][:1]
        elif any(element.kind == "table" for element in elements):
            drawings.elements += elements
        else:
            drawings.left_out["chart"] += 1
    elif (relations := next(descendants(shape, "relIds"), None)) is not None:
        diagram = part.related(attribute(relations, "dm"))
        items = list(diagram_items(diagram.root)) if diagram else []
        drawings.elements += [Element("item", text, level=level) for level, text in items]
        drawings.left_out["diagram"] += not items
    else:
        drawings.left_out["drawing"] += 1


def _text_box(shape: Any) -> list[Element]:
    paragraphs = descendants(child(shape, "txBody"), "p")
    texts = (
        collapse_whitespace("".join(_piece(run) for run in descendants(paragraph, "t", "br")))
        for paragraph in paragraphs
    )
    return [Element("paragraph", text) for text in texts if text]


def _piece(run: Any) -> str:
    return " " if local_name(run) == "br" else run.text or ""


def _stands_in_cells(chart: Any, visible_sheets: AbstractSet[str]) -> bool:
    """Whether all values of a chart stand in cells that are read."""
    values = [part for series in descendants(chart, "ser") for part in series if local_name(part) in {"val", "yVal"}]
    references = [(child(value, "numRef", "f"), value) for value in values]
    return bool(references) and all(
        reference is not None and _sheet_name(reference.text or "") in visible_sheets for reference, _ in references
    )


def _sheet_name(reference: str) -> str:
    match = _REFERRED_SHEET.match(reference.strip())
    return (match[1] or match[2] or "").replace("''", "'") if match else ""


def _check_boxes(root: Any) -> list[Element]:
    """The check boxes and option buttons of a form, with their labels."""
    boxes = []
    for shape in descendants(root, "shape"):
        data = next(descendants(shape, "ClientData"), None)
        if data is None or data.get("ObjectType") not in {"Checkbox", "Radio"}:
            continue
        label = collapse_whitespace(" ".join("".join(box.itertext()) for box in descendants(shape, "textbox")))
        is_ticked = (getattr(child(data, "Checked"), "text", "") or "").strip() == "1"
        if label:
            boxes.append(Element("item", label, is_ticked=is_ticked))
    return boxes


def left_out_of(all_drawings: Sequence[Drawings]) -> Counter[str]:
    """What is not read of several sheets' drawings, by kind."""
    return sum((drawings.left_out for drawings in all_drawings), Counter[str]())
