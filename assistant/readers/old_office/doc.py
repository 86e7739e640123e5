"""Word before 2007: headings, paragraphs, lists, tables and notes in the order of the document."""

from collections.abc import Iterator

from assistant.readers.archives.zip_guard import check_not_zip
from assistant.readers.composition import STRUCK_NOTE, compose, inline_text
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import HIDDEN, left_out_notes
from assistant.readers.office.properties import shown_author, shown_date
from assistant.readers.old_office.doc_paragraphs import ParagraphFormats, read_formats
from assistant.readers.old_office.macintosh import element_from_macintosh
from assistant.readers.old_office.office_ir import IrNode, node_elements, node_inlines, parse_office
from assistant.readers.old_office.ole_guard import check_ole, count_embedded, count_pictures
from assistant.readers.old_office.ole_properties import ole_properties
from assistant.structure import Role

_FURNITURE: tuple[tuple[str, Role], ...] = (
    ("first_page_header", "header"),
    ("header", "header"),
    ("even_page_header", "header"),
    ("first_page_footer", "footer"),
    ("footer", "footer"),
    ("even_page_footer", "footer"),
)


def read_doc(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.doc`` file with office-oxide, and what its paragraphs look like on its own.

    Raises:
        ReadingError: encrypted, of another kind, or damaged.
    """
    check_not_zip(data, "doc", max_bytes)
    check_ole(data, "doc")
    representation = parse_office(data, "doc")
    formats = read_formats(data)
    elements = _elements(representation, formats)
    composition = compose(map(element_from_macintosh, elements) if formats.is_from_macintosh else elements)
    deleted = (STRUCK_NOTE,) if formats.has_deleted and STRUCK_NOTE not in composition.notes else ()
    properties = ole_properties(data)
    counts = {
        HIDDEN: int(formats.has_hidden),
        "picture": count_pictures(data),
        "embedded object": count_embedded(data, "doc"),
    }
    return ExtractedDocument(
        composition.text,
        properties.title,
        shown_date(properties.date),
        notes=(*composition.notes, *deleted, *left_out_notes(counts)),
        blocks=composition.blocks,
        author=shown_author(properties.author),
    )


def _elements(representation: IrNode, formats: ParagraphFormats) -> Iterator[Element]:
    def read_paragraph(node: IrNode, level: int) -> Iterator[Element]:
        content = node_inlines(node)
        form = formats.take("".join(inline.text for inline in content))
        if form is None:
            yield _guessed_element(node, level, is_guess=not formats.is_known)
        elif form.heading_level:
            yield Element("heading", content, role=form.role, level=form.heading_level, mark=form.mark or "")
        elif form.mark is None:
            yield Element("paragraph", content, role=form.role)
        else:
            yield Element("item", content, role=form.role, level=form.list_level, mark=form.mark)

    furniture: dict[str, Role] = {}
    for section in representation.get("sections") or ():
        for part in section.get("elements") or ():
            yield from node_elements(part, read_paragraph)
        for name, role in _FURNITURE:
            for part in (section.get(name) or {}).get("content") or ():
                furniture.setdefault(inline_text(node_inlines(part)), role)
    for text, role in furniture.items():
        yield Element("paragraph", text, role=role)


def _guessed_element(node: IrNode, level: int, *, is_guess: bool) -> Element:
    """A paragraph as office-oxide takes it; as a heading only where nothing in the file says which ones are."""
    content = node_inlines(node)
    if is_guess and node.get("type") == "heading":
        return Element("heading", content, level=int(node.get("level") or 1))
    return Element("item", content, level=level) if level >= 0 else Element("paragraph", content)
