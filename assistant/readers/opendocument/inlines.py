"""What stands in a paragraph of OpenDocument: characters with their styles, notes, comments, frames."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from assistant.readers.elements import Element, Inline
from assistant.readers.left_out import HIDDEN
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import attribute, child, children, descendants, node_name, number_attribute
from assistant.readers.opendocument.styles import TextLook

Piece = Inline | Element
"""A part of a paragraph, or an element that is anchored in it and stands behind it."""

ShapeReader = Callable[[Any], Iterator[Piece]]
"""Reads what is drawn: a frame, a text box, a form's control."""

_SPACE = re.compile(r"[ \t\r\n]+")
_MAX_SPACES = 100  # in a row; a damaged file may name any number
_SKIPPED = frozenset(
    ("text:script", "text:number", "office:annotation-end", "office:binary-data", "svg:title", "svg:desc",
     "text:hidden-paragraph", "text:ruby-text", "text:note-citation", "text:label", "field:param", "form:form",
     "presentation:date-time", "text:tracked-changes")
)  # fmt: skip
_PLAIN = TextLook()
_DRAWN = ("draw:", "dr3d:")
_BOXES = {"☐": False, "☑": True, "☒": True}


class InlineReader:
    """Reads the content of paragraphs."""

    def __init__(self, context: OdfContext, read_shape: ShapeReader) -> None:
        self._context = context
        self._read_shape = read_shape
        self._readers: dict[str, Callable[[Any, TextLook, str], Iterator[Piece]]] = {
            "text:s": self._space,
            "text:tab": self._space,
            "text:line-break": self._space,
            "text:span": self._span,
            "text:a": self._link,
            "text:note": self._note,
            "office:annotation": lambda comment, _, __: self.comment(comment),
            "text:change": self._change,
            "text:ruby": self._ruby,
            "loext:content-control": self._control,
            "field:fieldmark": self._control,
            "field:fieldmark-start": self._control,
        }

    def paragraph(self, paragraph: Any, around: TextLook = _PLAIN) -> list[Piece]:
        """What stands in a paragraph or heading.

        Args:
            paragraph: the paragraph.
            around: what the style of its cell makes of characters.
        """
        if any(
            attribute(field, "text:is-hidden") == "true" for field in descendants(paragraph, "text:hidden-paragraph")
        ):
            self._context.left_out[HIDDEN] += 1
            return []
        look = self._context.styles.look("paragraph", attribute(paragraph, "text:style-name"))
        return list(self._content(paragraph, look.over(around), ""))

    def _content(self, element: Any, look: TextLook, link: str) -> Iterator[Piece]:
        yield from self._words(_SPACE.sub(" ", element.text or ""), look, link)
        for below in element:
            yield from self._below(below, look, link)
            yield from self._words(_SPACE.sub(" ", below.tail or ""), look, link)

    def _words(self, text: str, look: TextLook, link: str) -> Iterator[Inline]:
        if not text:
            return
        if look.is_hidden:
            self._context.left_out[HIDDEN] += bool(text.strip())
        elif look.is_struck:
            yield Inline(text, "struck")
        elif look.position == "raised":
            yield Inline(text, "raised")
        elif look.position == "lowered":
            yield Inline(text, "lowered")
        else:
            yield Inline(text, "link", link) if link else Inline(text)

    def _below(self, element: Any, look: TextLook, link: str) -> Iterator[Piece]:
        """What an element in a paragraph stands for."""
        name = node_name(element)
        if read := self._readers.get(name):
            yield from read(element, look, link)
        elif name.startswith(_DRAWN):
            yield from self._read_shape(element)
        elif _is_hidden_field(element):
            self._context.left_out[HIDDEN] += 1
        elif name and name not in _SKIPPED:
            yield from self._content(element, look, link)

    def _space(self, element: Any, look: TextLook, link: str) -> Iterator[Piece]:
        yield from self._words(_SPACES[node_name(element)](element), look, link)

    def _span(self, span: Any, look: TextLook, link: str) -> Iterator[Piece]:
        own = self._context.styles.look("text", attribute(span, "text:style-name"))
        return self._content(span, own.over(look), link)

    def _link(self, link: Any, look: TextLook, _: str) -> Iterator[Piece]:
        return self._content(link, look, attribute(link, "xlink:href"))

    def _change(self, change: Any, _: TextLook, __: str) -> Iterator[Piece]:
        yield self._context.deletion(attribute(change, "text:change-id"))

    def _note(self, note: Any, _: TextLook, __: str) -> Iterator[Piece]:
        citation = child(note, "text:note-citation")
        mark = "".join(citation.itertext()).strip() if citation is not None else ""
        label = "endnote" if attribute(note, "text:note-class") == "endnote" else "footnote"
        key = self._context.note_key()
        yield Inline(mark, "note_mark", key)
        content, behind = self._flat(child(note, "text:note-body"))
        yield Element("note", content, mark=mark, label=label, key=key)
        yield from behind

    def comment(self, annotation: Any) -> Iterator[Piece]:
        """A comment, with who made it and when."""
        key = self._context.note_key()
        yield Inline("", "note_mark", key)
        content, behind = self._flat(annotation)
        yield Element("note", [*_comment_head(annotation), *content], label="comment", key=key)
        yield from behind

    def _flat(self, container: Any | None) -> tuple[list[Inline], list[Element]]:
        """The paragraphs in a note, one after the other, and what stands behind them."""
        inlines: list[Inline] = []
        behind: list[Element] = []
        for paragraph in _paragraphs(container) if container is not None else ():
            pieces = self.paragraph(paragraph)
            inlines += [Inline(" "), *(piece for piece in pieces if isinstance(piece, Inline))]
            behind += [piece for piece in pieces if isinstance(piece, Element)]
        return inlines, behind

    def _ruby(self, ruby: Any, look: TextLook, link: str) -> Iterator[Piece]:
        """Characters with a reading above them, which stands in brackets behind."""
        yield from self._content(ruby, look, link)
        reading = child(ruby, "text:ruby-text")
        if reading is not None and (words := "".join(reading.itertext()).strip()):
            yield from self._words(f" ({words})", look, link)

    def _control(self, element: Any, look: TextLook, link: str) -> Iterator[Piece]:
        """A control in running text; of a check box, whether it is ticked."""
        parameters = [
            (attribute(parameter, "field:name"), attribute(parameter, "field:value"))
            for parameter in descendants(element, "field:param")
        ]
        if attribute(element, "loext:checkbox") == "true":
            yield Inline("[x] " if attribute(element, "loext:checked") == "true" else "[ ] ")
            words = " ".join("".join(element.itertext()).split())
            yield from self._words("" if words in _BOXES else words, look, link)
        elif attribute(element, "field:type").endswith(("FORMCHECKBOX", "CHECKBOX")):
            is_ticked = "true" in {value for name, value in parameters if name.endswith("Checked")}
            yield Inline("[x] " if is_ticked else "[ ] ")
        elif attribute(element, "field:type").endswith("DROPDOWN"):
            choices = [value for name, value in parameters if name.endswith("ListEntry")]
            selected = next((value for name, value in parameters if name.endswith("Selected")), "0")
            place = int(selected) if selected.isdecimal() and len(selected) < 6 else 0
            yield from self._words(choices[place] if place < len(choices) else "", look, link)
        else:
            yield from self._content(element, look, link)


def _paragraphs(container: Any) -> Iterator[Any]:
    """The paragraphs and headings in a note, in lists too; none of those that are in other paragraphs."""
    for element in children(container):
        if node_name(element) in {"text:p", "text:h"}:
            yield element
        else:
            yield from _paragraphs(element)


def _comment_head(annotation: Any) -> list[Inline]:
    """Who made a comment and when, as in "Anna Berg, 2024-03-12: "."""
    texts = {node_name(element): "".join(element.itertext()).strip() for element in children(annotation)}
    parts = [texts.get("dc:creator", ""), texts.get("dc:date", "")[:10]]
    head = ", ".join(filter(None, parts))
    return [Inline(f"{head}: ")] if head else []


def _is_hidden_field(element: Any) -> bool:
    return attribute(element, "text:is-hidden") == "true" or attribute(element, "text:display") == "none"


_SPACES: dict[str, Callable[[Any], str]] = {
    "text:s": lambda element: " " * min(number_attribute(element, "text:c", 1), _MAX_SPACES),
    "text:tab": lambda _: "\t",
    "text:line-break": lambda _: "\n",
}
