"""OpenDocument presentations: each slide is a page with its title, its text in reading order and its notes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.composition import compose_pages, inline_text
from assistant.readers.elements import Content, Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.office.reading_order import Box, reading_order
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import (
    attribute,
    child,
    children,
    descendants,
    node_name,
    open_odf,
    read_metadata,
)
from assistant.readers.opendocument.text import TextReader, merge_code
from assistant.structure import Role

_ROLES: dict[str, Role] = {
    "header": "header", "footer": "footer", "date-time": "footer", "page-number": "page_number"
}  # fmt: skip
_LENGTH = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?)(cm|mm|in|pt|pc)")
_POINTS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0}
_MAX_SLIDES = 10_000


def read_odp(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads an OpenDocument presentation, zipped or flat.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    file = open_odf(data, "odp", max_bytes)
    context = OdfContext(file)
    reader = TextReader(context)
    slides = [element for element in children(file.body) if node_name(element) == "draw:page"]
    pages = [list(_slide_elements(slide, reader, context)) for slide in slides[:_MAX_SLIDES]]
    footers = list(_footers(file.body))
    composition = compose_pages([*pages[:-1], [*pages[-1], *footers]] if pages else [footers])
    metadata = read_metadata(file)
    return ExtractedDocument(
        composition.text,
        metadata.title,
        metadata.date,
        pages=composition.pages,
        notes=composition.notes + left_out_notes(context.left_out),
        blocks=composition.blocks,
        author=metadata.author,
        language=metadata.language,
    )


def _slide_elements(slide: Any, reader: TextReader, context: OdfContext) -> Iterator[Element]:
    """What is on a slide; nothing on one that is hidden."""
    style = attribute(slide, "draw:style-name")
    visibility = context.styles.property(
        "drawing-page", style, "style:drawing-page-properties", "presentation:visibility"
    )
    if visibility == "hidden":
        context.left_out["hidden slide"] += 1
        return
    shapes = [shape for shape in children(slide) if node_name(shape).startswith(("draw:", "dr3d:"))]
    titles = [shape for shape in shapes if _shape_class(shape) == "title"]
    others = [shape for shape in shapes if _shape_class(shape) != "title"]
    for title in titles:
        if words := _joined(reader.block(title)):
            yield Element("heading", words, level=2)
    order = reading_order([_box(shape) for shape in others])
    for shape in (others[number] for number in order):
        if attribute(shape, "presentation:placeholder") != "true":
            role = _ROLES.get(_shape_class(shape), "body")
            yield from (replace(element, role=role) if role != "body" else element
                        for element in merge_code(reader.block(shape)))  # fmt: skip
    for comment in children(slide):
        if node_name(comment) == "office:annotation":
            yield from reader.block(comment)
    yield from _notes(slide, reader)


def _notes(slide: Any, reader: TextReader) -> Iterator[Element]:
    """The speaker's notes of a slide, a paragraph each."""
    notes = child(slide, "presentation:notes")
    for shape in children(notes) if notes is not None else ():
        if _shape_class(shape) == "notes" and attribute(shape, "presentation:placeholder") != "true":
            for element in reader.block(shape):
                if element.table is None:
                    content = f"{element.mark} {inline_text(element.content)}" if element.mark else element.content
                    yield Element("note", content, label="speaker's note")


def _footers(body: Any) -> Iterator[Element]:
    """The headers and footers that slides have in common, once each."""
    for name, role in (("presentation:header-decl", "header"), ("presentation:footer-decl", "footer")):
        texts = dict.fromkeys("".join(found.itertext()).strip() for found in descendants(body, name))
        for text in filter(None, texts):
            yield Element("paragraph", text, role="header" if role == "header" else "footer")


def _joined(elements: Iterator[Element]) -> Content:
    return " ".join(filter(None, (inline_text(element.content) for element in elements)))


def _shape_class(shape: Any) -> str:
    return attribute(shape, "presentation:class")


def _box(shape: Any) -> Box:
    """Where a shape stands on its slide; of a group, the first shape in it."""
    shape = next((below for below in shape.iter() if node_name(below) and attribute(below, "svg:x")), shape)
    left, top = _points(attribute(shape, "svg:x")), _points(attribute(shape, "svg:y"))
    width, height = _points(attribute(shape, "svg:width")), _points(attribute(shape, "svg:height"))
    return Box(left, top, left + width, top + height)


def _points(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _POINTS[match[2]] if match else 0.0
