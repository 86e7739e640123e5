"""The paragraphs and tables of Word files become elements, each with the notes and drawings that belong to it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.docx.drawings import drawing_elements
from assistant.readers.docx.fields import Fields
from assistant.readers.docx.inlines import figures_apart
from assistant.readers.docx.numbering import ShownMark
from assistant.readers.docx.runs import ParagraphContent, read_paragraph
from assistant.readers.docx.story import NoteReference, Story
from assistant.readers.docx.styles import ParagraphStyle
from assistant.readers.docx.tables import element_inlines, table_elements
from assistant.readers.docx.xml import alternative, children, has_switch, value
from assistant.readers.elements import Element, Inline
from assistant.readers.metadata import parse_date
from assistant.readers.office.package import attribute, child, local_name, whole_number
from assistant.structure import Role

_WRAPPERS = frozenset(("sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_UNSEEN = frozenset(("pPr", "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd"))
_DELETED = frozenset(("del", "moveFrom"))
_GALLERIES: dict[str, Role] = {"table of contents": "contents", "bibliographies": "bibliography"}
_BULLET = ShownMark()
_TYPED_BULLET = re.compile(r"\s*[•▪‣◦●○■➢](?:\s+|$)")
_SENTENCE_ENDS = (".", "!", "?", "…", "”", "»")
_MIN_PROSE_WORDS = 8
_MIN_CLAUSE_WORDS = 15
_NO_OUTLINE = 9
_MAX_HEADING_CHARS = 250
_DATE_CONTROLS = frozenset(("Publish Date", "Publication Date"))
_VALUE_CONTROLS = frozenset(("text", "date", "dropDownList", "comboBox"))


class BlockReader:
    """Reads the paragraphs and tables of a story.

    Args:
        story: the text that they belong to.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self._held: tuple[Inline, ...] = ()  # of a large initial, or where the end is deleted: the next one goes on

    def read_all(self, containers: Iterable[Any]) -> Iterator[Element]:
        """The elements of several containers, one behind the other."""
        for container in containers:
            yield from self.read(container)

    def read(self, container: Any) -> Iterator[Element]:
        """The elements of a container: a body, a cell, a text box. Notes stand behind what refers to them."""
        for element in self.read_without_notes(container):
            yield element
            while reference := self._story.notes.next_waiting():
                yield from self._note(reference)

    def read_without_notes(self, container: Any) -> Iterator[Element]:
        """The elements of a container; the notes that they refer to wait."""
        yield from self._elements(container, "body", "")
        yield from self._rest()

    def _note(self, reference: NoteReference) -> Iterator[Element]:
        """The paragraphs of a note, the first with its mark, and its tables."""
        notes = self._story.notes
        note, part = notes.element(reference.kind, reference.note_id), notes.part(reference.kind)
        if note is None or part is None:
            return
        mark, head = reference.mark, _note_head(note)
        for element in BlockReader(replace(self._story, part=part, fields=Fields())).read_without_notes(note):
            if element.kind == "table":
                yield element
            else:
                content = (*([Inline(head)] if head else []), *element_inlines(element))
                yield Element("note", content, mark=mark, label=reference.kind, key=reference.key)
                mark = head = ""

    def _elements(self, container: Any, role: Role, label: str) -> Iterator[Element]:
        for element in container:
            name = local_name(element)
            if name == "p":
                yield from self._paragraph(element, role, label)
            elif name == "tbl":
                yield from self._table(element)
            elif name == "sdt":
                yield from self._control(element, role)
            elif name in _WRAPPERS:
                yield from self._elements(element, role, label)
            elif name == "AlternateContent" and (form := alternative(element)) is not None:
                yield from self._elements(form, role, label)
            elif name in {"altChunk", "subDoc"}:
                self._story.findings.left_out["embedded document"] += 1

    def _table(self, table: Any) -> Iterator[Element]:
        yield from self._rest()
        yield from table_elements(table, self._story, lambda cell: list(self.read(cell)))

    def _control(self, control: Any, role: Role) -> Iterator[Element]:
        """A content control around paragraphs; one that still shows what to fill in says nothing."""
        properties = child(control, "sdtPr")
        if has_switch(properties, "showingPlcHdr"):
            return
        gallery = value(properties, "docPartObj", "docPartGallery").lower()
        own_role = _GALLERIES.get(gallery, role)
        if child(properties, "bibliography") is not None:
            own_role = "bibliography"
        if value(properties, "alias") in _DATE_CONTROLS and self._story.findings.date is None:
            self._story.findings.date = parse_date(attribute(child(properties, "date"), "fullDate"))
        label = _value_label(properties)
        for content in control:
            if local_name(content) == "sdtContent":
                yield from self._elements(content, own_role, label)

    def _paragraph(self, paragraph: Any, role: Role, label: str) -> Iterator[Element]:
        properties = child(paragraph, "pPr")
        style = self._story.styles.paragraph(value(properties, "pStyle"))
        content = self._content(paragraph, style)
        for reference in content.notes:
            self._story.notes.wait(reference)
        if child(properties, "sectPr") is not None:
            self._story.notes.begin_section()
        mark_properties = child(properties, "rPr")
        is_deleted = any(local_name(element) in _DELETED for element in children(mark_properties))
        is_joined = is_deleted or (attribute(child(properties, "framePr"), "dropCap") or "none") != "none"
        if is_joined and any(inline.text.strip() and inline.style != "struck" for inline in content.inlines):
            self._held = content.inlines
            yield from self._drawings(content)
            return
        is_uncounted = is_deleted or has_switch(mark_properties, "vanish")
        number = None if is_uncounted else self._number(properties, style)
        if style.is_date and self._story.findings.date is None:
            self._story.findings.date = parse_date("".join(inline.text for inline in content.inlines))
        own_role = style.role if style.role != "body" else content.role if content.role != "body" else role
        element = _element(content, properties, style, number, own_role)
        own_label = label or _only_value_label(paragraph)
        yield replace(element, kind="field", label=own_label) if own_label and element.kind == "paragraph" else element
        yield from self._drawings(content)

    def _content(self, paragraph: Any, style: ParagraphStyle) -> ParagraphContent:
        if style.heading_level and style.role == "body":
            self._story.fields.end_lists()
        content = read_paragraph(paragraph, self._story, style.look)
        inlines = content.inlines if style.is_code else figures_apart(content.inlines)
        return replace(content, inlines=self._take_held() + inlines)

    def _take_held(self) -> tuple[Inline, ...]:
        held, self._held = self._held, ()
        return held

    def _rest(self) -> Iterator[Element]:
        """What was held for a next paragraph, where none comes."""
        if self._held:
            yield Element("paragraph", self._take_held())

    def _drawings(self, content: ParagraphContent) -> Iterator[Element]:
        for drawing in content.drawings:
            yield from drawing_elements([drawing], self._story, self._box)

    def _box(self, box: Any) -> Iterator[Element]:
        return BlockReader(replace(self._story, fields=Fields())).read(box)

    def _number(self, properties: Any, style: ParagraphStyle) -> tuple[ShownMark, int] | None:
        """What is shown before a paragraph of a list, and its level; None outside any list.

        A list that isn't defined, and a style of lists without a number of its own, have bullets.
        """
        own = child(properties, "numPr")
        number = value(own, "numId") or style.number
        if not number:
            return None if style.list_level is None else (_BULLET, style.list_level)
        numbering = self._story.numbering
        level = whole_number(value(own, "ilvl"), -1)
        if level < 0:
            of_style = numbering.level_of(number, style.ids) if not value(own, "numId") else None
            level = next((one for one in (of_style, style.number_level) if one is not None), 0)
        shown = numbering.count(number, level)
        return None if shown is None else (shown, level)


def _element(
    content: ParagraphContent, properties: Any, style: ParagraphStyle, number: tuple[ShownMark, int] | None, role: Role
) -> Element:
    """The element that a paragraph is, by its style, its outline level and its number."""
    mark = number[0].number if number else ""
    if level := _heading_level(content, properties, style):
        return Element("heading", content.inlines, role, level, mark)
    if style.is_caption:
        marked = (Inline(f"{mark} "), *content.inlines) if mark else content.inlines
        return Element("caption", marked, role)
    if style.is_code and not _is_prose(content):
        return Element("code", content.inlines, role)
    if number is not None or content.is_ticked is not None:
        shown, nesting = number or (_BULLET, 0)
        is_ticked = content.is_ticked if shown.is_ticked is None else shown.is_ticked
        return Element("item", content.inlines, role, nesting, mark, is_ticked)
    if content.inlines and (bullet := _TYPED_BULLET.match(content.inlines[0].text)):
        first = replace(content.inlines[0], text=content.inlines[0].text[bullet.end() :])
        return Element("item", (first, *content.inlines[1:]), role)
    return Element("paragraph", content.inlines, role)


def _value_label(properties: Any) -> str:
    """What is filled in, in a content control with one value; "" where nobody has said."""
    is_value = any(local_name(element) in _VALUE_CONTROLS for element in children(properties))
    is_property = child(properties, "dataBinding") is not None  # named by Word, as the title on a cover
    return value(properties, "alias").strip(" :") if is_value and not is_property else ""


def _only_value_label(paragraph: Any) -> str:
    """The label of the value that is all of a paragraph; "" for any other, and in a cell, which has one beside it."""
    if local_name(paragraph.getparent()) == "tc":
        return ""
    shown = [element for element in paragraph if local_name(element) not in _UNSEEN]
    return _value_label(child(shown[0], "sdtPr")) if len(shown) == 1 and local_name(shown[0]) == "sdt" else ""


def _is_prose(content: ParagraphContent) -> bool:
    """Whether a paragraph in a style for code says a sentence: people paste mails and news in such styles."""
    text = "".join(inline.text for inline in content.inlines).strip()
    return "\n" not in text and text.endswith(_SENTENCE_ENDS) and len(text.split()) >= _MIN_PROSE_WORDS


def _heading_level(content: ParagraphContent, properties: Any, style: ParagraphStyle) -> int:
    """The level of a heading, by its style or its own outline level; 0 for any other paragraph."""
    level = style.heading_level
    if style.role == "body":
        outline = whole_number(value(properties, "outlineLvl"), _NO_OUTLINE)
        level = level or (outline + 1 if 0 <= outline < _NO_OUTLINE else 0)
        return 0 if level and _is_clause(content) else level
    return level


def _is_clause(content: ParagraphContent) -> bool:
    """Whether a paragraph says whole sentences: contracts number their clauses with the styles of headings."""
    text = "".join(inline.text for inline in content.inlines).strip()
    return len(text) > _MAX_HEADING_CHARS or (text.endswith(".") and len(text.split()) >= _MIN_CLAUSE_WORDS)


def _note_head(note: Any) -> str:
    """Who wrote a comment, and on which day; "" for other notes."""
    author, date = (attribute(note, "author") or "").strip(), parse_date(attribute(note, "date"))
    said = ", ".join(filter(None, (author, date.isoformat() if date else "")))
    return f"{said}: " if said else ""
