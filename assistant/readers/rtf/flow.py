"""A stream of paragraphs in Rich Text: the body, a note, a header, a box. Each has paragraphs and tables of its own."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.readers.elements import Element, Inline
from assistant.readers.rtf.tables import OpenTable, RtfRowDefinition
from assistant.structure import BlockKind, Role

_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|заголовок|nadpis)"
    r"\s?([1-9])",
    re.IGNORECASE,
)
_ROLE_NAMES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r"toc( heading|\s?\d)|contents (heading|\d)|table of figures", re.IGNORECASE), "contents"),
    (re.compile(r"index (heading|\d)", re.IGNORECASE), "index"),
    (re.compile(r"bibliography( \d| heading)?", re.IGNORECASE), "bibliography"),
)
_TICKS = {"[x]": True, "[ ]": False, "☒": True, "☑": True, "☐": False}
_WRITTEN_MARK = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]|\d{1,2}(?:\.\d{1,2}){1,4}\.?|[•◦▪–·-]")
_LETTER_AS_BULLET = "o"  # which Word takes for a circle
_MAX_LEVEL = 8  # of a list


class RtfStyle(NamedTuple):
    """A paragraph style."""

    name: str = ""
    outline: int | None = None  # the level of a heading, from 0


class ParagraphFormat(NamedTuple):
    """What holds for a paragraph.

    Attributes:
        style: its style.
        outline: its own level as a heading, from 0.
        list_level: how deep it is nested in lists, from 0.
        nesting: in how many tables it stands.
        is_hanging: whether its first line begins further left than the others.
    """

    style: RtfStyle = RtfStyle()
    outline: int | None = None
    list_level: int = 0
    nesting: int = 0
    is_hanging: bool = False


class RtfFlow:
    """Collects the paragraphs and tables of a stream.

    Attributes:
        label: what kind of note, header, footer or box it is; "" for the body.
        elements: what has ended.
        mark: the number of the paragraph that hasn't ended.
        note_place: where among its inlines the mark of a note has to be put; None where none has.
        role: whose words its paragraphs hold.
        has_page_number: whether it shows the number of a page.
        inlines: of the paragraph that hasn't ended.
    """

    def __init__(self, label: str = "") -> None:
        self.label = label
        self.elements: list[Element] = []
        self.mark = ""
        self.note_place: int | None = None
        self.role: Role = "body"
        self.has_page_number = False
        self.inlines: list[Inline] = []
        self._behind: list[Element] = []
        self._tables: list[OpenTable] = []
        self._definitions: dict[int, RtfRowDefinition] = {}

    def add_behind(self, elements: Sequence[Element]) -> None:
        """Adds what is anchored in the paragraph and stands behind it."""
        self._behind += elements

    def mark_place(self, name: str) -> bool:
        """Marks where the mark of a note or the number of a page stands; returns whether a control word says so."""
        if name == "chftn" and self.label not in {"footnote", "endnote"}:
            self.note_place = len(self.inlines)
            self.inlines.append(Inline("", "note_mark"))
        elif name == "ftnalt" and self.label == "footnote":
            self.label = "endnote"
        elif name == "chpgn":
            self.has_page_number = True
        else:
            return False
        return True

    def end_paragraph(self, form: ParagraphFormat) -> None:
        """Ends a paragraph: it goes into the table that it is in, or ends the tables before it."""
        elements = self._take(form)
        nesting = form.nesting or (1 if self._tables and self._tables[0].contents else 0)
        self._set_nesting(nesting if elements or form.nesting else max(nesting, len(self._tables)))
        target = self._tables[-1].current if self._tables else self.elements
        target += elements

    def end_cell(self, form: ParagraphFormat, nesting: int) -> None:
        """Ends a cell of the table at this depth."""
        elements = self._take(form)
        if len(self._tables) > nesting or elements:
            self._set_nesting(max(nesting, 1))
        while len(self._tables) < nesting:
            self._tables.append(OpenTable())
        self._tables[nesting - 1].current += elements
        self._tables[nesting - 1].end_cell()

    def end_row(self, nesting: int) -> None:
        """Ends a row of the table at this depth."""
        if len(self._tables) >= nesting:
            self._set_nesting(nesting)
            self._tables[nesting - 1].end_row(self.definition(nesting))

    def begin_definition(self, nesting: int) -> None:
        """Begins to define rows of the table at this depth."""
        self._definitions[nesting] = RtfRowDefinition()

    def definition(self, nesting: int) -> RtfRowDefinition:
        """How rows of the table at this depth are."""
        return self._definitions.setdefault(nesting, RtfRowDefinition())

    def finish(self) -> list[Element]:
        """All that the stream holds."""
        self.end_paragraph(ParagraphFormat())
        self._set_nesting(0)
        return self.elements

    def _set_nesting(self, nesting: int) -> None:
        """Ends the tables that are deeper, and begins those that are missing."""
        while len(self._tables) > nesting:
            table = self._tables.pop()
            outer = self._tables[-1].current if self._tables else self.elements
            outer += table.finish(self.definition(len(self._tables) + 1))
        while len(self._tables) < nesting:
            self._tables.append(OpenTable())

    def _take(self, form: ParagraphFormat) -> list[Element]:
        """The paragraph that ends, and what stands behind it."""
        inlines, behind, role = self.inlines, self._behind, self.role
        mark = self.mark
        self.inlines, self._behind, self.mark, self.note_place, self.role = [], [], "", None, "body"
        if not any(inline.text.strip() for inline in inlines):
            return behind
        if form.is_hanging and not mark:
            mark, inlines = _written_mark(inlines)
        kind, level, own_role = _paragraph_kind(form, mark)
        inlines, is_ticked = _tick(inlines, mark)
        shown_mark = mark if any(map(str.isalnum, mark)) and mark != _LETTER_AS_BULLET else ""
        role = own_role if role == "body" else role
        return [Element(kind, inlines, role, level, shown_mark, is_ticked), *behind]


def _written_mark(inlines: list[Inline]) -> tuple[str, list[Inline]]:
    """The number or bullet that an author wrote before a tab, and the words behind it."""
    for place, inline in enumerate(inlines[:4]):
        if "\t" in inline.text:
            before, _, behind = inline.text.partition("\t")
            mark = "".join([*(earlier.text for earlier in inlines[:place]), before]).strip()
            if _WRITTEN_MARK.fullmatch(mark):
                return mark, [Inline(behind, inline.style, inline.target), *inlines[place + 1 :]]
            break
    return "", inlines


def _tick(inlines: list[Inline], mark: str) -> tuple[list[Inline], bool | None]:
    """The words of a task without its box, and whether it is ticked; None for other paragraphs."""
    first = next(place for place, inline in enumerate(inlines) if inline.text.strip())
    is_ticked = _TICKS.get(inlines[first].text.strip())
    return (inlines, _TICKS.get(mark)) if is_ticked is None else (inlines[first + 1 :], is_ticked)


def _paragraph_kind(form: ParagraphFormat, mark: str) -> tuple[BlockKind, int, Role]:
    """What a paragraph is, its level, and whose words it holds."""
    name = form.style.name.strip()
    for pattern, role in _ROLE_NAMES:
        if pattern.fullmatch(name):
            return "paragraph", 0, role
    if name.lower() == "title":
        return "heading", 1, "title"
    heading = _HEADING_NAME.fullmatch(name)
    outline = form.outline if form.outline is not None else form.style.outline
    if heading or (outline is not None and 0 <= outline < 9):
        return "heading", int(heading[1]) if heading else (outline or 0) + 1, "body"
    if name.lower() == "caption":
        return "caption", 0, "body"
    return ("item", min(max(form.list_level, 0), _MAX_LEVEL), "body") if mark else ("paragraph", 0, "body")
