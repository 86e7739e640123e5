"""The shapes of a slide as elements, in the order in which people read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.readers.elements import Element
from assistant.readers.office.chart_tables import chart_elements
from assistant.readers.office.diagrams import diagram_items
from assistant.readers.office.package import child, descendants, local_name
from assistant.readers.office.reading_order import Box, reading_order
from assistant.readers.pptx.placeholders import Slide, placeholder_kind, shape_name
from assistant.readers.pptx.tables import table_element
from assistant.readers.pptx.text import Paragraph, joined_paragraphs, paragraph_element, read_paragraphs
from assistant.structure import Role

_TRUE = ("1", "true", "on")
_ROLES: dict[str, Role] = {"dt": "footer", "ftr": "footer", "hdr": "header", "sldNum": "page_number"}
_FRAME_KINDS = ("tbl", "chart", "relIds", "oleObj")
_MEDIA = ("videoFile", "audioFile", "wavAudioFile", "quickTimeFile", "audioCd")


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a slide that isn't read.

    Attributes:
        what: "picture", "chart"…, as a note counts it.
    """

    what: str


Found = Iterator[Element | Unread]


def slide_elements(slide: Slide, *, is_first: bool) -> Found:
    """The title of a slide, its other shapes in reading order, then its header, footer and number.

    Args:
        slide: the slide.
        is_first: whether the centred title on it is that of the whole deck.
    """
    titles: list[Any] = []
    others: list[Any] = []
    furniture: list[Any] = []
    for shape in _shapes(slide.shape_tree):
        kind = placeholder_kind(shape)
        (titles if kind in {"title", "ctrTitle"} else furniture if kind in _ROLES else others).append(shape)
    for shape in titles:
        if words := joined_paragraphs(_paragraphs(slide, shape)):
            is_decks = is_first and placeholder_kind(shape) == "ctrTitle"
            yield Element("heading", words, role="title" if is_decks else "body", level=1 if is_decks else 2)
    yield from _ordered_elements(slide, others)
    for shape in furniture:
        role = _ROLES[placeholder_kind(shape) or ""]
        yield Element("paragraph", joined_paragraphs(_paragraphs(slide, shape)), role=role)


def note_paragraphs(notes: Slide) -> Iterator[Paragraph]:
    """The paragraphs that a page of speaker's notes holds beside the picture of its slide."""
    for shape in _shapes(notes.shape_tree):
        if placeholder_kind(shape) not in _ROLES:
            yield from _paragraphs(notes, shape)


def _shapes(container: Any) -> Iterator[Any]:
    """The shapes of a slide or group that are not hidden; of alternatives the first, which holds most."""
    for shape in container if container is not None else ():
        if local_name(shape) == "AlternateContent":
            yield from _shapes(next(iter(shape), None))
        elif local_name(shape) in {"sp", "pic", "graphicFrame", "grpSp", "cxnSp", "contentPart"}:
            name = shape_name(shape)
            if name is None or name.get("hidden") not in _TRUE:
                yield shape


def _ordered_elements(slide: Slide, shapes: Sequence[Any]) -> Found:
    boxes: list[Box] = []
    for shape in shapes:
        # One that stands nowhere stands by the one before.
        boxes.append(slide.box(shape) or (boxes[-1] if boxes else Box(0, 0, 0, 0)))
    for number in reading_order(boxes):
        yield from _shape_elements(slide, shapes[number])


def _shape_elements(slide: Slide, shape: Any) -> Found:
    kind = local_name(shape)
    if kind == "grpSp":
        yield from _ordered_elements(slide, list(_shapes(shape)))
    elif kind == "pic":
        is_media = next(descendants(child(shape, "nvPicPr"), *_MEDIA), None) is not None
        yield Unread("recording" if is_media else "picture")
    elif kind == "graphicFrame":
        yield from _frame_elements(slide, shape)
    elif kind == "contentPart":
        yield Unread("drawing")
    else:
        yield from map(paragraph_element, _paragraphs(slide, shape))


def _paragraphs(slide: Slide, shape: Any) -> list[Paragraph]:
    body = child(shape, "txBody")
    return [] if body is None else list(read_paragraphs(body, slide.list_styles(shape), slide.part.relations))


def _frame_elements(slide: Slide, frame: Any) -> Found:
    """What stands in a frame: a table, a chart, a diagram or an object of another program."""
    content = next(descendants(child(frame, "graphic", "graphicData"), *_FRAME_KINDS), None)
    kind = local_name(content) if content is not None else ""
    if kind == "tbl":
        yield table_element(content, slide.part.relations)
    elif kind == "chart":
        yield from _chart_elements(slide, content)
    elif kind == "relIds":
        data = slide.part.related(_relation_id(content, "dm"))
        items = [Element("item", text, level=level) for level, text in diagram_items(data.root)] if data else []
        yield from items
        if data is None:
            yield Unread("diagram")
    elif kind == "oleObj":
        yield Unread("embedded object")


def _chart_elements(slide: Slide, reference: Any) -> Found:
    part = slide.part.related(_relation_id(reference, "id"))
    elements = chart_elements(part.root) if part else []
    yield from elements
    if not any(element.kind == "table" for element in elements):
        yield Unread("chart")


def _relation_id(element: Any, name: str) -> str | None:
    """The id of a relation, which an attribute in the namespace of relations holds."""
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), None)
