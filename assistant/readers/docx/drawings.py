"""Drawings of Word files: their text boxes, charts and diagrams are read, pictures and embedded objects counted."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assistant.readers.docx.story import Story
from assistant.readers.docx.xml import alternative
from assistant.readers.elements import Element
from assistant.readers.office.chart_tables import chart_elements
from assistant.readers.office.package import Part, attribute, child, descendants, local_name

ReadBox = Callable[[Any], Iterator[Element]]
"""Reads the paragraphs and tables of a text box."""

_FORMULA_PROGRAMS = ("Equation", "MathType")


def drawing_elements(drawing: Any, story: Story, read_box: ReadBox) -> Iterator[Element]:
    """What a drawing says.

    Args:
        drawing: the element; each form of its content is in it once.
        story: the text that it is anchored in.
        read_box: reads a text box.
    """
    for element in drawing:
        name = local_name(element)
        if name == "AlternateContent":
            if (form := alternative(element)) is not None:
                yield from drawing_elements(form, story, read_box)
        elif name == "txbxContent":
            yield from read_box(element)
        elif read := _READERS.get(name):
            yield from read(element, story)
        else:
            yield from drawing_elements(_shown_parts(element, name), story, read_box)


def _shown_parts(element: Any, name: str) -> Any:
    """What is in an element; of an embedded object not its picture, since the object is counted."""
    if name != "object" or child(element, "OLEObject") is None:
        return element
    return [part for part in element if local_name(part) != "shape"]


def _chart(element: Any, story: Story) -> Iterator[Element]:
    part = _unread_part(attribute(element, "id"), story)
    elements = chart_elements(part.root) if part else []
    if not any(one.kind == "table" for one in elements):
        story.findings.left_out["chart"] += 1
    yield from elements


def _unread_part(relation_id: str | None, story: Story) -> Part | None:
    """The part that a relation leads to; None where it is missing or was read before, so that no file grows by it."""
    relation = story.part.relations.get(relation_id or "")
    if relation is None or relation.target in story.findings.read_parts:
        return None
    story.findings.read_parts.add(relation.target)
    return story.part.related(relation_id)


def _diagram(element: Any, story: Story) -> Iterator[Element]:
    """The words in the shapes of a diagram, in the order in which they were typed."""
    part = _unread_part(attribute(element, "dm"), story)
    if part is None:
        story.findings.left_out["diagram"] += 1
        return
    for point in descendants(part.root, "pt"):
        if attribute(point, "type") not in {"pres", "parTrans", "sibTrans"}:
            for line in _lines(child(point, "t")):
                yield Element("item", line.content)


def _text(body: Any, _: Story) -> Iterator[Element]:
    return _lines(body)


def _lines(body: Any) -> Iterator[Element]:
    """The paragraphs of a text in a shape."""
    for paragraph in body if body is not None else ():
        if local_name(paragraph) == "p":
            yield Element("paragraph", "".join(text.text or "" for text in descendants(paragraph, "t")))


def _word_art(element: Any, _: Story) -> list[Element]:
    return [Element("paragraph", attribute(element, "string") or "")]


def _picture(element: Any, story: Story) -> list[Element]:
    """Counts a picture; one that is shown again, as a logo, once."""
    relation_id = attribute(element, "embed") or attribute(element, "link") or attribute(element, "id") or ""
    relation = story.part.relations.get(relation_id)
    story.findings.pictures.add(relation.target if relation else f"{story.part.name} {relation_id}")
    return []


def _embedded(element: Any, story: Story) -> list[Element]:
    """Counts an object of another program."""
    program = attribute(element, "ProgID") or ""
    story.findings.left_out["formula" if program.startswith(_FORMULA_PROGRAMS) else "embedded object"] += 1
    return []


def _control(_: Any, story: Story) -> list[Element]:
    """Counts a form control, whose value a program holds."""
    story.findings.left_out["form control"] += 1
    return []


_READERS: dict[str, Callable[[Any, Story], Iterable[Element]]] = {
    "chart": _chart,
    "relIds": _diagram,
    "txBody": _text,
    "textpath": _word_art,
    "blip": _picture,
    "imagedata": _picture,
    "OLEObject": _embedded,
    "control": _control,
}
