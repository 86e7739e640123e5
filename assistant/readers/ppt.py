"""PowerPoint before 2007: each slide is a page with its title, its text and its notes."""

from collections.abc import Iterator, Sequence

from assistant.readers.composition import compose_pages, inline_text
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.office_ir import IrNode, node_elements, node_inlines, parse_office
from assistant.readers.office_properties import shown_author, shown_date
from assistant.readers.ole_guard import check_ole, count_embedded, count_pictures
from assistant.readers.ole_properties import ole_properties
from assistant.readers.zip_guard import check_not_zip

_MASTER_TITLE = "Slide Master"  # as office-oxide calls the section that holds the text of masters


def read_ppt(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.ppt`` file with office-oxide.

    Raises:
        ReadingError: encrypted, of another kind, or damaged.
    """
    check_not_zip(data, "ppt", max_bytes)
    check_ole(data, "ppt")
    representation = parse_office(data, "ppt")
    sections: list[IrNode] = list(representation.get("sections") or ())
    masters = [section for section in sections if _is_master(section)]
    slides = [list(_slide_elements(section)) for section in sections if not _is_master(section)]
    if slides:
        slides[0] += _furniture(masters)
    composition = compose_pages(slides)
    properties = ole_properties(data)
    counts = {"picture": count_pictures(data), "embedded object": count_embedded(data, "ppt")}
    return ExtractedDocument(
        composition.text,
        properties.title,
        shown_date(properties.date),
        pages=composition.pages,
        notes=(*composition.notes, *left_out_notes(counts)),
        blocks=composition.blocks,
        author=shown_author(properties.author),
    )


def _is_master(section: IrNode) -> bool:
    return section.get("title") == _MASTER_TITLE and not any(
        part.get("type") == "heading" for part in section.get("elements") or ()
    )


def _slide_elements(section: IrNode) -> Iterator[Element]:
    parts: Sequence[IrNode] = section.get("elements") or ()
    points = sum(_is_point(part) and bool(inline_text(node_inlines(part))) for part in parts)

    def read_paragraph(node: IrNode, level: int) -> Iterator[Element]:
        content = node_inlines(node)
        if node.get("type") == "heading":
            yield Element("heading", content, level=2)
        elif level >= 0 or (points > 1 and _is_point(node)):
            yield Element("item", content, level=max(level, 0))
        else:
            yield Element("paragraph", content)

    for part in parts:
        yield from node_elements(part, read_paragraph)
    for part in section.get("speaker_notes") or ():
        yield Element("note", node_inlines(part), label="speaker's note")


def _is_point(node: IrNode) -> bool:
    """Whether a paragraph stands where a slide lists its points."""
    return node.get("type") == "paragraph" and node.get("placeholder_role") == "body"


def _furniture(masters: Sequence[IrNode]) -> Iterator[Element]:
    """What stands on all slides alike, once."""
    texts = (inline_text(node_inlines(part)) for section in masters for part in section.get("elements") or ())
    for text in dict.fromkeys(texts):
        yield Element("paragraph", text, role="footer")
