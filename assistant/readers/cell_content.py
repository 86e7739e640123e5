"""What stands in a table's cell: its words on one line, and what has to stand behind the table."""

from collections.abc import Iterable

from assistant.readers.elements import Element, Inline, box_text, inlines_of

_BEHIND = ("note", "table")


def cell_content(elements: Iterable[Element]) -> tuple[list[Inline], list[Element]]:
    """The inlines of the paragraphs and items of a cell, one after the other, and its notes and inner tables."""
    inlines: list[Inline] = []
    behind: list[Element] = []
    for element in elements:
        if element.kind in _BEHIND:
            behind.append(element)
            continue
        label = f"{element.label}: " if element.label else ""
        mark = Inline(f" {element.mark} {label}{box_text(element.is_ticked)}")
        inlines += [mark, *inlines_of(element.content)]
    return inlines, behind
