r"""The conditions of LaTeX: what stands between ``\iffalse`` and ``\fi`` is not printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.readers.markup.tex_commands import VERBATIM

_TOKEN = re.compile(
    r"\\\\|\\%|%[^\n]*|\\newif\s*\\if(?P<declared>[A-Za-z@]{1,40})"
    r"|\\(?!if(?:true|false))(?P<set>[A-Za-z@]{1,40}?)(?P<value>true|false)(?![A-Za-z@])"
    r"|\\(?P<word>else|fi|if(?!f\b|thenelse\b)[A-Za-z@]{0,40})(?P<zero>0?)(?![A-Za-z@])(?!\s*\{)|" + VERBATIM.pattern
)
_COMMAND = re.compile(r"\\[A-Za-z@]+")


@dataclass(slots=True)
class _Condition:
    """A condition, and where its parts stand: the start and end of each of its words."""

    value: bool | None  # None where the file doesn't say
    begin: tuple[int, int]
    otherwise: tuple[int, int] | None = None
    end: tuple[int, int] | None = None

    def hidden(self) -> tuple[int, int] | None:
        """The part that isn't printed."""
        if self.value is None or not self.end:
            return None
        middle = self.otherwise or self.end
        return (middle[0], self.end[1]) if self.value else (self.begin[0], middle[1])


def without_hidden(text: str) -> tuple[str, int]:
    r"""A text without the parts that its conditions leave out, and how many there are.

    >>> without_hidden(r"It costs 5. \iffalse It costs 4. \fi Ten were sold.")
    ('It costs 5.  Ten were sold.', 1)
    """
    kept: list[str] = []
    position = count = 0
    for start, end in sorted(filter(None, (condition.hidden() for condition in _conditions(text)))):
        if start >= position:
            kept.append(text[position:start])
            count += bool(_COMMAND.sub("", text[start:end]).strip())
        position = max(position, end)
    return "".join([*kept, text[position:]]), count


def _conditions(text: str) -> Iterator[_Condition]:
    """The conditions of a text; code is passed over."""
    values: dict[str, bool] = {"false": False, "true": True}
    pending: list[_Condition] = []
    unclosed: set[str] = set()
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token["declared"]:
            values[token["declared"]] = False
        elif token["set"]:
            if token["set"] in values:
                values[token["set"]] = token["value"] == "true"
        elif token["name"] and token["name"] not in unclosed:
            end = text.find(f"\\end{{{token['name']}}}", position)
            unclosed |= {token["name"]} if end < 0 else set()
            position = max(position, end)
        elif token["word"] == "else" and pending:
            pending[-1].otherwise = token.span()
        elif token["word"] == "fi" and pending:
            pending[-1].end = token.span()
            yield pending.pop()
        elif token["word"] and token["word"] not in {"else", "fi"}:
            is_never = token["word"] == "if" and token["zero"]
            pending.append(_Condition(False if is_never else values.get(token["word"][2:]), token.span()))
