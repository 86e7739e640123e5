"""Articles and books in XML, by the names that DocBook, JATS, TEI, FictionBook and HTML share for their parts."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from assistant.readers.elements import Element, Inline
from assistant.readers.extract import collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.xml_inlines import (
    CAPTIONS,
    CODE,
    INLINE_NAMES,
    ITEMS,
    NO_TEXT,
    NOTES,
    PARAGRAPHS,
    PICTURES,
    REFERENCES,
    SECTIONS,
    TITLES,
    has_blocks,
    identity,
    inlines_of,
    leave_out_original_forms,
    local_name,
    mark_blocks,
    person,
    table_content,
    text_of,
)
from assistant.readers.metadata import parse_date
from assistant.structure import Role

if TYPE_CHECKING:
    import datetime as dt

_MAX_DEPTH = 200
_MAX_BEFORE_ROWS = 500  # elements of a table before its first row
_TABLES = {"table", "informaltable"}
_ROLES: dict[str, Role] = {"bibliography": "bibliography", "ref-list": "bibliography", "listbibl": "bibliography",
                          "toc": "contents", "lot": "contents", "index": "index"}  # fmt: skip


def is_document(root: Any) -> bool:
    """Whether an element holds running text: most of its paragraphs' names are those of documents."""
    paragraphs = sum(local_name(element) in {"p", "para", "simpara", "ab"} for element in root.iter())
    leaves = sum(len(element) == 0 for element in root.iter())
    return paragraphs > 0 and 20 * paragraphs >= leaves


class DocumentWalk:
    """Collects the elements of a document, and what it says about itself."""

    def __init__(self) -> None:
        self.title = ""
        self.authors: list[str] = []
        self.date: dt.date | None = None
        self.language = ""
        self._pictures = self._note_count = 0
        self._item_number = 0  # of the list item that is read next
        self._too_deep = self._has_original_forms = False

    def elements(self, root: Any) -> list[Element]:
        """The elements under an element of lxml, in order."""
        self.language = next((str(root.get(name)) for name in root.attrib if name.endswith("lang")), "")
        self._has_original_forms = leave_out_original_forms(root)
        self._read_metadata(root)
        mark_blocks(root)
        return list(self._walk(root, 0, 0, "body"))

    def notes(self) -> tuple[str, ...]:
        """What could not be read."""
        notes = left_out_notes({"picture": self._pictures})
        if self._has_original_forms:
            notes += ("of words that it gives in two forms, the original one is left out",)
        return (*notes, "what is nested too deeply in it is left out") if self._too_deep else notes

    def _read_metadata(self, root: Any) -> None:
        for element in root.iter():
            name = local_name(element)
            if name in {"contrib", "author"} and len(self.authors) < 20:
                author = person(element)
                if author and author not in self.authors:
                    self.authors.append(author)
            elif name in {"pub-date", "pubdate"} and not self.date:
                parts = {local_name(part): collapse_whitespace(part.text or "") for part in element}
                numbers = [parts.get(part, "") for part in ("year", "month", "day")]
                self.date = parse_date("-".join(part.zfill(2) for part in numbers)) or parse_date(text_of(element))
            elif name == "body":
                break

    def _walk(self, element: Any, level: int, depth: int, role: Role) -> Iterator[Element]:
        name = local_name(element)
        if depth > _MAX_DEPTH:
            self._too_deep = True
            return
        if not name or name in NO_TEXT:
            return
        if name in PICTURES:
            self._pictures += 1
        elif name in TITLES:
            yield from self._heading(element, level, role)
        elif name in _TABLES and _has_rows(element):
            yield Element("table", role=role, table=table_content(element))
        elif (name in NOTES and not _is_admonition(element)) or _is_end_note(element, name):
            yield self._note(element, role)
        elif (leaf := _leaf(element, name, role)) is not None:
            yield leaf
        else:
            yield from self._children(element, name, level, depth, _ROLES.get(name, role))

    def _note(self, element: Any, role: Role) -> Element:
        self._note_count += 1
        label = next((part for part in element if local_name(part) in {"label", "title"}), None)
        mark = element.get("label") or element.get("n") or text_of(label) or str(self._note_count)
        key = identity(element) or f"note {self._note_count}"
        return Element(
            "note",
            text_of(element, skip=local_name(label) if label is not None else ""),
            role,
            mark=mark,
            label="footnote",
            key=key,
        )

    def _children(self, element: Any, name: str, level: int, depth: int, role: Role) -> Iterator[Element]:
        """An element's own text as paragraphs or an item, and what its block children hold, in order."""
        opening = _ItemOpening(element, self._item_number) if name in ITEMS else None
        inner_level = level + (name in SECTIONS)
        is_data = _is_data(element, name)
        inlines = [Inline(element.text or "")]
        notes: list[Element] = []  # of the open paragraph
        number = 0
        for child in element:
            child_name = local_name(child)
            number += child_name in ITEMS
            if child_name in NOTES and name in PARAGRAPHS and not _is_admonition(child):
                notes.append(self._note(child, role))
                inlines.append(Inline(notes[-1].mark, "note_mark", notes[-1].key))
            elif has_blocks(child):
                yield from _paragraph(inlines, opening, role)
                inlines = []
                self._item_number = number
                for inner in self._walk(child, inner_level, depth + 1, role):
                    yield opening.adopt(inner) if opening else inner
            elif is_data and child_name and child_name not in INLINE_NAMES:
                yield from self._data(child, child_name, inner_level, depth, role)
            elif opening and child_name == "label":
                opening.mark = text_of(child)
            else:
                self._pictures += child_name in PICTURES
                inlines += inlines_of(child)
            inlines.append(Inline(child.tail or ""))
        yield from _paragraph(inlines, opening, role)
        yield from notes

    def _data(self, element: Any, name: str, level: int, depth: int, role: Role) -> Iterator[Element]:
        """What an element beside others says, none of which is running text: a field, or several."""
        if any(local_name(child) not in INLINE_NAMES for child in element):
            yield from self._walk(element, level, depth + 1, role)
        elif name in PICTURES:
            self._pictures += 1
        elif name not in NO_TEXT:
            yield Element("field", tuple(inlines_of(element)), role, label=name)

    def _heading(self, element: Any, level: int, role: Role) -> Iterator[Element]:
        text = text_of(element)
        parent = local_name(element.getparent()) if element.getparent() is not None else ""
        if parent in {"table", "informaltable", "figure", "fig", "table-wrap", "caption", "example"}:
            yield Element("caption", tuple(inlines_of(element)), role)
            return
        is_title = not self.title
        self.title = self.title or text
        digit = local_name(element)[1:]
        own_level = int(digit) if digit.isdigit() else 1 if is_title else max(level, 1) + 1
        yield Element("heading", tuple(inlines_of(element)), role, level=own_level)


class _ItemOpening:
    """What a list item shows before its first paragraph."""

    def __init__(self, item: Any, number: int) -> None:
        self.level = sum(local_name(above) in ITEMS for above in item.iterancestors())
        self.mark = f"{number}." if _is_ordered(item.getparent()) else ""
        self._is_open = True

    def adopt(self, element: Element) -> Element:
        """The item itself for its first paragraph; what else is in it stays as it is."""
        if not self._is_open or element.kind != "paragraph":
            return element
        self._is_open = False
        return replace(element, kind="item", level=min(self.level, 9), mark=self.mark)


def _is_ordered(items: Any) -> bool:
    """Whether a list is numbered."""
    if items is None:
        return False
    kind = items.get("list-type") or items.get("rend") or ""
    return local_name(items) in {"orderedlist", "ol"} or kind in {"order", "ordered"}


def _paragraph(inlines: list[Inline], opening: _ItemOpening | None, role: Role) -> Iterator[Element]:
    if any(inline.text.strip() for inline in inlines):
        element = Element("paragraph", tuple(inlines), role)
        yield opening.adopt(element) if opening else element


def _has_rows(table: Any) -> bool:
    """Whether a table has rows, near its beginning."""
    return any(local_name(element) in {"tr", "row"} for element in islice(table.iter(), _MAX_BEFORE_ROWS))


def _is_data(element: Any, name: str) -> bool:
    """Whether an element only holds others, as where an article names its authors."""
    if name in PARAGRAPHS | ITEMS or len(element) == 0:
        return False
    return not (element.text or "").strip() and not any((child.tail or "").strip() for child in element)


def _leaf(element: Any, name: str, role: Role) -> Element | None:
    """The element of code, a reference or a caption; None for all else."""
    if name in CODE:
        return Element("code", "".join(element.itertext()), role)
    if name in REFERENCES:
        return Element("item", text_of(element), "bibliography")
    if name in CAPTIONS and not any(local_name(child) in ITEMS for child in element):
        return Element("caption", tuple(inlines_of(element)), role)
    return None


def _is_end_note(element: Any, name: str) -> bool:
    """Whether a section is a note, as in the last body of FictionBook."""
    parent = element.getparent()
    return name == "section" and parent is not None and parent.get("name") in {"notes", "footnotes", "comments"}


def _is_admonition(note: Any) -> bool:
    """Whether a ``note`` is a warning or hint in the text, as in DocBook, and no footnote."""
    return local_name(note) == "note" and not (note.get("place") or note.get("n") or note.get("type"))
