"""Articles and books in XML, of DocBook, JATS, TEI, FictionBook and the like: their titles, paragraphs, lists, tables,
notes and references, by the names that these vocabularies share.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.elements import Element, Inline
from assistant.readers.extract import collapse_whitespace
from assistant.readers.markup import left_out_notes
from assistant.readers.metadata import parse_date
from assistant.readers.xml_inlines import (
    CAPTIONS,
    CODE,
    ITEMS,
    NO_TEXT,
    NOTES,
    PICTURES,
    REFERENCES,
    SECTIONS,
    TITLES,
    has_blocks,
    identity,
    inlines_of,
    local_name,
    person,
    table_content,
    text_of,
)
from assistant.structure import Role

_MAX_DEPTH = 200


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
        self._pictures = 0
        self._too_deep = False

    def elements(self, root: Any) -> list[Element]:
        """The elements under an element of lxml, in order."""
        self.language = next((str(root.get(name)) for name in root.attrib if name.endswith("lang")), "")
        self._read_metadata(root)
        return list(self._walk(root, 0, 0, "body"))

    def notes(self) -> tuple[str, ...]:
        """What could not be read."""
        notes = left_out_notes(picture=self._pictures)
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
        elif name in {"table", "informaltable"} and any(local_name(row) in {"tr", "row"} for row in element.iter()):
            yield Element("table", role=role, table=table_content(element))
        elif name in CODE:
            yield Element("code", "".join(element.itertext()), role)
        elif name in NOTES and not _is_admonition(element):
            mark = (
                element.get("label")
                or element.get("n")
                or text_of(next((part for part in element if local_name(part) == "label"), None))
            )
            yield Element("note", text_of(element, skip="label"), role, mark=mark, label="footnote",
                          key=identity(element))  # fmt: skip
        elif name in REFERENCES:
            yield Element("item", text_of(element), "bibliography")
        elif name in CAPTIONS and not any(local_name(child) in ITEMS for child in element):
            yield Element("caption", tuple(inlines_of(element)), role)
        else:
            if name in {"bibliography", "ref-list", "listbibl"}:
                role = "bibliography"
            elif name in {"toc", "lot"}:
                role = "contents"
            elif name == "index":
                role = "index"
            yield from self._children(element, name, level, depth, role)

    def _children(self, element: Any, name: str, level: int, depth: int, role: Role) -> Iterator[Element]:
        """An element's own text as paragraphs or an item, and what its block children hold, in order."""
        inlines: list[Inline] = []
        state = _ItemState(element) if name in ITEMS else None
        inner_level = level + (name in SECTIONS or name in {"article", "book", "body"})
        inlines.append(Inline(element.text or ""))
        for child in element:
            if has_blocks(child):
                yield from self._flush(inlines, state, role)
                for inner in self._walk(child, inner_level, depth + 1, role):
                    yield state.adopt(inner) if state else inner
            elif local_name(child) == "label" and name in ITEMS:
                state.mark = text_of(child) if state else ""
            else:
                if local_name(child) in PICTURES:
                    self._pictures += 1
                inlines += inlines_of(child)
            inlines.append(Inline(child.tail or ""))
        yield from self._flush(inlines, state, role)

    def _flush(self, inlines: list[Inline], state: "_ItemState | None", role: Role) -> Iterator[Element]:
        if any(inline.text.strip() for inline in inlines):
            element = Element("paragraph", tuple(inlines), role)
            yield state.adopt(element) if state else element
        inlines.clear()

    def _heading(self, element: Any, level: int, role: Role) -> Iterator[Element]:
        text = text_of(element)
        parent = local_name(element.getparent()) if element.getparent() is not None else ""
        if parent in {"table", "informaltable", "figure", "fig", "table-wrap", "caption", "example"}:
            yield Element("caption", tuple(inlines_of(element)), role)
            return
        is_title = not self.title
        self.title = self.title or text
        digit = local_name(element)[1:]
        yield Element(
            "heading",
            tuple(inlines_of(element)),
            role,
            level=int(digit) if digit.isdigit() else 1 if is_title else level + 1,
        )


class _ItemState:
    """What a list item shows before its first paragraph."""

    def __init__(self, item: Any) -> None:
        self.level = sum(local_name(above) in ITEMS for above in item.iterancestors())
        self.mark = self._number(item)
        self._is_begun = False

    def adopt(self, element: Element) -> Element:
        """The item itself for its first paragraph; what else is in it stays as it is."""
        if self._is_begun or element.kind != "paragraph":
            return element
        self._is_begun = True
        return replace(element, kind="item", level=min(self.level, 9), mark=self.mark)

    @staticmethod
    def _number(item: Any) -> str:
        parent = item.getparent()
        is_ordered = parent is not None and (
            local_name(parent) in {"orderedlist", "ol"}
            or parent.get("list-type", parent.get("rend")) in {"order", "ordered"}
        )
        return (
            f"{1 + sum(local_name(other) in ITEMS for other in item.itersiblings(preceding=True))}."
            if is_ordered
            else ""
        )


def _is_admonition(note: Any) -> bool:
    """Whether a ``note`` is a warning or hint in the text, as in DocBook, and no footnote."""
    return local_name(note) == "note" and not (note.get("place") or note.get("n") or note.get("type"))
