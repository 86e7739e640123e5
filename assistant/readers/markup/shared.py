"""What the readers of lightweight markup share: characters with their styles, and indented lines."""

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.readers.elements import Element, Inline, plain_table
from assistant.segmentation.list_nesting import indent_of

InlineMaker = Callable[[re.Match[str]], Inline]


def split_inlines(text: str, pattern: re.Pattern[str], makers: Mapping[str, InlineMaker]) -> tuple[Inline, ...]:
    """The characters of a text, with the styles of its marks.

    Args:
        text: the text.
        pattern: what is marked; each way to mark is a named group around all of it, and no other group has the name.
        makers: by the name of the group, what becomes of it.
    """
    inlines: list[Inline] = []
    position = 0
    for match in pattern.finditer(text):
        inlines.append(Inline(text[position : match.start()]))
        inlines.append(makers[next(name for name in makers if match[name] is not None)](match))
        position = match.end()
    return (*inlines, Inline(text[position:]))


def dedent(lines: Sequence[str]) -> list[str]:
    """Lines without the indentation that they share."""
    shared = min((indent_of(line) for line in lines if line.strip()), default=0)
    return [line.expandtabs(8)[shared:] if line.strip() else "" for line in lines]


def table_of(rows: Sequence[Sequence[str]], header_rows: int | None, title: str = "") -> list[Element]:
    """A table; nothing where it has no cells."""
    return [plain_table(rows, header_rows=header_rows, title=title)] if any(map(any, rows)) else []
