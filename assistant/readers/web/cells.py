"""What stands in the cell of a table, on one line."""

from collections.abc import Iterable, Iterator

from assistant.readers.elements import Content, Element, Inline, box_text, inlines_of

_SENTENCE_ENDS = (".", ":", ";", ",", "!", "?", "…")


def cell_inlines(elements: Iterable[Element]) -> list[Inline]:
    """The paragraphs, items and tables in a cell on one line; a semicolon parts items and rows."""
    joined: list[Inline] = []
    last, was_listed = "", False
    for part, is_listed in _parts(elements):
        if joined:
            is_parted = not (is_listed or was_listed) or last.endswith(_SENTENCE_ENDS)
            joined.append(Inline(" " if is_parted else "; "))
        joined += part
        last = next((inline.text.rstrip() for inline in reversed(part) if inline.text.strip()), last)
        was_listed = is_listed
    return joined


def _parts(elements: Iterable[Element]) -> Iterator[tuple[list[Inline], bool]]:
    """The words of each element, and whether they are an item, a field or a row."""
    for element in elements:
        if element.table is not None:
            if element.table.title:
                yield list(inlines_of(element.table.title)), False
            for row in element.table.rows:
                yield _row_inlines([cell.content for cell in row]), True
            continue
        box = box_text(element.is_ticked)
        label = f"{element.label}: " if element.kind == "field" and element.label else ""
        mark = f"{element.mark} " if any(map(str.isalnum, element.mark)) else ""
        before = [Inline(label + mark + box)] if label or mark or box else []
        yield [*before, *inlines_of(element.content)], element.kind in {"item", "field"}


def _row_inlines(contents: Iterable[Content]) -> list[Inline]:
    joined: list[Inline] = []
    for content in contents:
        inlines = inlines_of(content)
        if any(inline.text.strip() for inline in inlines):
            joined += [Inline(", "), *inlines] if joined else inlines
    return joined
