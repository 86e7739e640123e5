"""The elements of a LaTeX text in the making: the open paragraph or item, its notes, and the open lists."""

from typing import TYPE_CHECKING

from assistant.readers.elements import Element, Inline, InlineStyle
from assistant.readers.markup.tex_numbers import simple_formula

if TYPE_CHECKING:
    from assistant.structure import Role

_MAX_ITEM_LEVEL = 9


class TexFlow:
    """Collects the elements of a text."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.inlines: list[Inline] = []  # of the open paragraph or item
        self.role: Role = "body"
        self._notes: list[Element] = []  # of the open paragraph
        self._note_count = 0
        self._lists: list[tuple[str, int]] = []  # the open ones, and how many items each has
        self._item: tuple[int, str] | None = None  # nesting and mark of the open item

    def add(self, text: str, style: InlineStyle) -> None:
        """Adds characters to the open paragraph."""
        if text:
            self.inlines.append(Inline(text, style))

    def add_formula(self, opening: str, source: str, closing: str, style: InlineStyle) -> None:
        """Adds a formula between its marks: what it shows where that is simple, else its source."""
        simple = simple_formula(source) if style == "plain" else None
        if simple is None:
            self.add(f"{opening}{source if opening.strip() else source.strip()}{closing}", style)
        else:
            self.inlines += simple

    def add_element(self, element: Element) -> None:
        """Adds an element of its own behind the open paragraph."""
        self.flush()
        self.elements.append(element)

    def add_note(self, content: tuple[Inline, ...]) -> None:
        """Adds a footnote and its mark."""
        self._note_count += 1
        key = str(self._note_count)
        self.inlines.append(Inline(key, "note_mark", key))
        self._notes.append(Element("note", content, self.role, mark=key, label="footnote", key=key))

    def begin_list(self, name: str) -> None:
        """Begins a list, inside the open one."""
        self.flush()
        self._lists.append((name, 0))
        self._item = None

    def end_list(self) -> None:
        """Ends the innermost list."""
        self.flush()
        if self._lists:
            self._lists.pop()
        self._item = None

    def begin_item(self, label: list[Inline]) -> None:
        """Begins an item of the innermost list.

        Args:
            label: what the text gives it in place of a bullet or number.
        """
        self.flush()
        name, count = self._lists.pop() if self._lists else ("itemize", 0)
        self._lists.append((name, count + 1))
        mark = f"{count + 1}." if name in {"enumerate", "thebibliography"} else ""
        self._item = (len(self._lists) - 1, mark)
        if label:
            self.inlines += [*label, Inline(": " if name == "description" else " ")]

    def flush(self) -> None:
        """Ends the open paragraph or item."""
        if any(inline.text.strip() for inline in self.inlines):
            content = tuple(self.inlines)
            if self._item:
                level, mark = self._item
                self.elements.append(Element("item", content, self.role, min(level, _MAX_ITEM_LEVEL), mark))
                self._item = None
            else:
                self.elements.append(Element("paragraph", content, self.role))
        self.elements += self._notes
        self.inlines, self._notes = [], []
