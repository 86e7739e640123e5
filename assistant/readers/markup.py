"""What the readers of lightweight markup share: characters with their styles, and the nesting of lists."""

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.readers.elements import Element, Inline, plain_table

InlineMaker = Callable[[re.Match[str]], Inline]
_MAX_NESTING = 9


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


class ListNesting:
    """How deep items are nested, by their indentation."""

    def __init__(self) -> None:
        self._indents: list[int] = []

    def level(self, indent: int) -> int:
        """The level of an item with this indentation, from 0."""
        while self._indents and self._indents[-1] > indent:
            self._indents.pop()
        if not self._indents or self._indents[-1] < indent:
            self._indents.append(indent)
        return min(len(self._indents) - 1, _MAX_NESTING)

    def clear(self) -> None:
        """Ends the list."""
        self._indents.clear()


def indent_of(line: str) -> int:
    """How many columns a line is indented."""
    expanded = line[: len(line) - len(line.lstrip())].expandtabs(8)
    return len(expanded)


def dedent(lines: Sequence[str]) -> list[str]:
    """Lines without the indentation that they share."""
    shared = min((indent_of(line) for line in lines if line.strip()), default=0)
    return [line.expandtabs(8)[shared:] if line.strip() else "" for line in lines]


def table_of(rows: Sequence[Sequence[str]], header_rows: int | None, title: str = "") -> list[Element]:
    """A table; nothing where it has no cells."""
    return [plain_table(rows, header_rows=header_rows, title=title)] if any(map(any, rows)) else []
