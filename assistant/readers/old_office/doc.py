"""Word before 2007: headings, paragraphs, lists, tables and notes in the order of the document."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from assistant.readers.archives.zip_guard import check_not_zip
from assistant.readers.composition import STRUCK_NOTE, compose, inline_text
from assistant.readers.elements import Element, Inline, TableCell
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import HIDDEN, left_out_notes
from assistant.readers.office.properties import shown_author, shown_date
from assistant.readers.old_office.doc_notes import DocNote, seen_inlines
from assistant.readers.old_office.doc_paragraphs import ParagraphFormat, ParagraphFormats, read_formats, with_note_marks
from assistant.readers.old_office.macintosh import element_from_macintosh
from assistant.readers.old_office.office_ir import IrNode, node_elements, node_inlines, parse_office
from assistant.readers.old_office.ole_guard import check_ole, count_embedded, count_pictures
from assistant.readers.old_office.ole_properties import ole_properties
from assistant.structure import Role

_NOTES = ("footnote", "endnote")
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
    elements = list(_elements(representation, formats))
    composition = compose(map(element_from_macintosh, elements) if formats.findings.is_from_macintosh else elements)
    deleted = (STRUCK_NOTE,) if formats.findings.has_deleted and STRUCK_NOTE not in composition.notes else ()
    properties = ole_properties(data)
    counts = {
        HIDDEN: int(formats.findings.has_hidden),
        "picture": count_pictures(data),
        "embedded object": count_embedded(data, "doc"),
    }
    return ExtractedDocument(
        composition.text,
        properties.title,
        shown_date(properties.date),
        notes=(*composition.notes, *deleted, *left_out_notes(counts), *_unplaced_notes(elements)),
        blocks=composition.blocks,
        author=shown_author(properties.author),
    )


def _elements(representation: IrNode, formats: ParagraphFormats) -> Iterator[Element]:
    sections = representation.get("sections") or ()
    parts = [part for section in sections for part in section.get("elements") or ()]
    notes = {key: one for kind in _NOTES for key, one in _notes_by_key(kind, parts, formats.findings.notes)}
    known = {note.key: note for note in formats.findings.notes}
    reader = _TextReader(formats)
    for part in parts:
        for element in node_elements(part, reader.read_paragraph) if _note_kind(part) not in _NOTES else ():
            yield reader.completed(element)
            for key in reader.take_referred():
                yield from _note_elements(notes.pop(key, []), key, known.get(key))
    for key, paragraphs in notes.items():
        yield from _note_elements(paragraphs, key, known.get(key))
    yield from _furniture(sections, formats)


class _TextReader:
    """Gives the paragraphs and cells of the text, in order, what the file says of them.

    Args:
        formats: what it says.
    """

    def __init__(self, formats: ParagraphFormats) -> None:
        self._formats = formats
        self._referred: list[str] = []

    def take_referred(self) -> list[str]:
        """The keys of the notes that were referred to since the last call."""
        referred, self._referred = self._referred, []
        return referred

    def read_paragraph(self, node: IrNode, level: int) -> Iterator[Element]:
        """The element that a paragraph is."""
        content = node_inlines(node)
        form = self._formats.take("".join(inline.text for inline in content))
        if form is None:
            yield _guessed_element(node, level, is_guess=not self._formats.is_known)
            return
        content = self._with_marks(content, form)
        if form.heading_level:
            yield Element("heading", content, role=form.role, level=form.heading_level, mark=form.mark or "")
        elif form.mark is None:
            yield Element("paragraph", content, role=form.role)
        else:
            yield Element("item", content, role=form.role, level=form.list_level, mark=form.mark)

    def completed(self, element: Element) -> Element:
        """A table with the marks of notes in its cells, a comment without what is hidden; others as they are."""
        if element.kind == "note" and not isinstance(element.content, str):
            return replace(element, content=self._formats.seen(element.content))
        if element.table is None:
            return element
        rows = [[self._with_cell_marks(cell) for cell in row] for row in element.table.rows]
        return replace(element, table=replace(element.table, rows=rows))

    def _with_cell_marks(self, cell: TableCell) -> TableCell:
        form = self._formats.take(inline_text(cell.content), "cell")
        if form is None or isinstance(cell.content, str):
            return cell
        return replace(cell, content=self._with_marks(cell.content, form))

    def _with_marks(self, content: Sequence[Inline], form: ParagraphFormat) -> tuple[Inline, ...]:
        self._referred += [place.note.key for place in form.notes]
        return with_note_marks(content, form.notes)


def _furniture(sections: Iterable[IrNode], formats: ParagraphFormats) -> Iterator[Element]:
    """What stands above and below the pages, once each."""
    furniture: dict[str, Role] = {}
    for section in sections:
        for name, role in _FURNITURE:
            for part in (section.get(name) or {}).get("content") or ():
                furniture.setdefault(inline_text(formats.seen(node_inlines(part))), role)
    for text, role in furniture.items():
        yield Element("paragraph", text, role=role)


def _note_kind(node: IrNode) -> str:
    """What kind of note a node is: a comment is called one by its marker alone."""
    marker = str(node.get("marker"))
    return marker if marker in {*_NOTES, "comment"} else str(node.get("type"))


def _notes_by_key(
    kind: str, parts: Iterable[IrNode], known: Iterable[DocNote]
) -> Iterator[tuple[str, list[tuple[Inline, ...]]]]:
    """The key of each note of a kind with its paragraphs.

    office-oxide takes a note with a typed mark for paragraphs of the one before: what the file says counts.
    """
    notes_of_kind = [part for part in parts if _note_kind(part) == kind]
    by_note = [[node_inlines(paragraph) for paragraph in part.get("content") or ()] for part in notes_of_kind]
    in_order = sorted((note for note in known if note.kind == kind), key=lambda note: note.number)
    counts = [sum(any(char > " " for char in line) for line in note.whole.split("\r")) for note in in_order]
    paragraphs = [paragraph for note in by_note for paragraph in note if inline_text(paragraph).strip()]
    if sum(counts) == len(paragraphs):
        following = iter(paragraphs)
        yield from ((note.key, list(islice(following, count))) for note, count in zip(in_order, counts, strict=True))
    else:
        yield from ((f"{kind} {number}", note) for number, note in enumerate(by_note))


def _note_elements(paragraphs: list[tuple[Inline, ...]], key: str, note: DocNote | None) -> Iterator[Element]:
    """The paragraphs of a note, the first with its mark; none where what refers to it is deleted or hidden."""
    if note and not note.is_seen:
        return
    content = [inline for paragraph in paragraphs for inline in paragraph]
    inlines = iter(seen_inlines(content, note.whole, note.shown) if note else content)
    mark, label = note.mark if note else "", key.partition(" ")[0]
    for paragraph in paragraphs:
        shown = tuple(islice(inlines, len(paragraph)))
        if inline_text(shown).strip():
            yield Element("note", shown, mark=mark, label=label, key=key if note else "")
            mark = key = ""


def _unplaced_notes(elements: Sequence[Element]) -> Iterator[str]:
    """A sentence where it is not known what refers to some of the notes."""
    keys = {element.key for element in elements if element.key}
    for element in elements:
        cells = [cell.content for row in element.table.rows for cell in row] if element.table else []
        for content in (element.content, *cells):
            if not isinstance(content, str):
                keys -= {inline.target for inline in content if inline.style == "note_mark"}
    if keys:
        yield f"the place in the text of {len(keys):,} note{'s' if len(keys) > 1 else ''} in it is not known"


def _guessed_element(node: IrNode, level: int, *, is_guess: bool) -> Element:
    """A paragraph as office-oxide takes it; as a heading only where nothing in the file says which ones are."""
    content = node_inlines(node)
    if is_guess and node.get("type") == "heading":
        return Element("heading", content, level=int(node.get("level") or 1))
    return Element("item", content, level=level) if level >= 0 else Element("paragraph", content)
