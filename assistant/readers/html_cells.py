"""What stands in the cell of a table, on one line."""

from collections.abc import Iterable, Iterator

from assistant.readers.elements import Content, Element, Inline
from assistant.readers.html_tables import join_cell


def cell_inlines(elements: Iterable[Element]) -> list[Inline]:
    """The paragraphs, items and tables in a cell on one line."""
    return join_cell(_parts(elements))


def _parts(elements: Iterable[Element]) -> Iterator[list[Inline]]:
    for element in elements:
        if element.table is not None:
            if element.table.title:
                yield [Inline(element.table.title)]
            for row in element.table.rows:
                yield _row_inlines([cell.content for cell in row])
            continue
        box = "" if element.is_ticked is None else "[x] " if element.is_ticked else "[ ] "
        label = f"{element.label}: " if element.kind == "field" and element.label else ""
        is_marked = any(map(str.isalnum, element.mark))
        before = f"{element.mark} " if is_marked else ""
        yield [*([Inline(label + before + box)] if label or before or box else []), *_inlines(element.content)]


def _row_inlines(contents: Iterable[Content]) -> list[Inline]:
    joined: list[Inline] = []
    for content in contents:
        inlines = _inlines(content)
        if any(inline.text.strip() for inline in inlines):
            joined += [Inline(", "), *inlines] if joined else inlines
    return joined


def _inlines(content: Content) -> list[Inline]:
    return [Inline(content)] if isinstance(content, str) else list(content)
