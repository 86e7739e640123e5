"""How deep the items of a list are nested, as their indentation shows it."""

_MAX_LEVEL = 9
_TAB_WIDTH = 4


class ListNesting:
    """The indentations of the open items, the outermost first."""

    def __init__(self) -> None:
        self._indents: list[int] = []

    def level(self, indent: int) -> int:
        """The level of the next item, from 0, which has this indentation in columns."""
        while self._indents and self._indents[-1] > indent:
            self._indents.pop()
        if not self._indents or self._indents[-1] < indent:
            self._indents.append(indent)
        return min(len(self._indents) - 1, _MAX_LEVEL)

    def clear(self) -> None:
        """Ends the list."""
        self._indents.clear()


def indent_of(line: str) -> int:
    r"""How many columns a line is indented.

    >>> indent_of("  a"), indent_of("\ta")
    (2, 4)
    """
    return len(line[: len(line) - len(line.lstrip())].expandtabs(_TAB_WIDTH))
