r"""Commands that a LaTeX file defines itself, put in where it uses them: ``\newcommand{\firm}{Acme Ltd}``.

How deep definitions may lie in each other, and how much they may make of a file, is limited.
"""

import re
from dataclasses import dataclass, replace

from assistant.readers.markup.tex_braces import closing_braces
from assistant.readers.markup.tex_characters import ACCENTS, LETTERS
from assistant.readers.markup.tex_commands import KNOWN, MATH

_MAX_MACROS = 1_000
_MAX_BODY_CHARS = 1_000
_MAX_ARGUMENTS = 2
_MAX_DEPTH = 6
_MAX_EXPANDED_CHARS = 300_000  # of one file
_MAX_FORMULA_CHARS = 5_000
_DEFINITION = re.compile(
    r"(?:re)?newcommand\*?|providecommand\*?|DeclareRobustCommand\*?|(?P<primitive>[ge]?def)(?![A-Za-z])"
)
_HEAD = re.compile(
    r"\s*(?:\{\s*\\([A-Za-z]{1,60})\s*\}|\\([A-Za-z]{1,60}))\s*(?:\[(\d)\])?(?:\[([^\[\]{}]{0,200})\])?\s*(?=\{)"
)
_PRIMITIVE_HEAD = re.compile(r"\s*\\(?P<name>[A-Za-z]{1,60})\s*(?P<parameters>(?:#\d){0,9})\s*(?=\{)")
_TOKEN = re.compile(r"\\(?P<command>[A-Za-z]+\*?|.)|(?P<dollars>\$\$?)", re.DOTALL)
_GAP = re.compile(r"[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?")
_OPTION = re.compile(r"\[([^\[\]{}]{0,200})\]")
_PARAMETER = re.compile(r"#([1-9])")
_ENVIRONMENT = re.compile(r"\{([a-z]{1,20}\*?)\}")


@dataclass(frozen=True, slots=True)
class _Macro:
    """A command that a file defines.

    Attributes:
        body: what it stands for, with ``#1`` for its first argument.
        count: of its arguments.
        default: of its first argument, where that is optional.
    """

    body: str
    count: int = 0
    default: str | None = None


class TexMacros:
    """The commands that a file has defined so far."""

    def __init__(self) -> None:
        self._macros: dict[str, _Macro] = {}
        self._budget = _MAX_EXPANDED_CHARS

    def expand(self, text: str, depth: int = 0) -> str:
        """A text with what its commands stand for, and without their definitions; formulas stay as they are."""
        closing = closing_braces(text)
        pieces: list[str] = []
        unclosed: set[str] = set()
        position = kept = 0
        while token := _TOKEN.search(text, position):
            name, start, position = token["command"] or "", token.start(), token.end()
            if token["dollars"]:
                close = text.find(token["dollars"], position, position + _MAX_FORMULA_CHARS)
                position = close + len(token["dollars"]) if close >= 0 else position
                continue
            if name in {"(", "[", "begin"}:
                position = _formula_end(text, token, unclosed)
                continue
            if definition := _DEFINITION.fullmatch(name):
                parsed = _definition(text, position, closing, is_primitive=definition["primitive"] is not None)
                end = self._define(*parsed) if parsed else 0
                replacement = ""
            else:
                replacement, end = self._use(text, name, position, closing, depth)
            if end:
                pieces += [text[kept:start], replacement]
                position = kept = end
        return "".join([*pieces, text[kept:]])

    def _define(self, name: str, macro: _Macro, end: int) -> int:
        """Remembers a command; returns where its definition ends, 0 where that isn't to be used."""
        if name in KNOWN or name in LETTERS or name in ACCENTS or len(self._macros) >= _MAX_MACROS:
            return 0
        if macro.count > _MAX_ARGUMENTS or len(macro.body) > _MAX_BODY_CHARS:
            self._macros.pop(name, None)
            return 0
        body = macro.body.removesuffix("\\xspace")
        # What ends in a command's name must not join the letters behind it.
        self._macros[name] = replace(macro, body=f"{body}{{}}" if re.search(r"\\[A-Za-z]+\Z", body) else body)
        return end

    def _use(self, text: str, name: str, position: int, closing: dict[int, int], depth: int) -> tuple[str, int]:
        """What a command stands for and where its use ends; nothing and 0 where it stays as it is."""
        macro = self._macros.get(name)
        if macro is None or depth >= _MAX_DEPTH:
            return "", 0
        end = position
        arguments: list[str] = []
        if macro.default is not None:
            option = _OPTION.match(text, position)
            arguments.append(option[1] if option else macro.default)
            end = option.end() if option else end
        while len(arguments) < macro.count:
            gap = _GAP.match(text, end)
            start = gap.end() if gap else end
            close = closing.get(start)
            if close is None or close - start > _MAX_BODY_CHARS * 5:
                return "", 0
            arguments.append(text[start + 1 : close])
            end = close + 1
        words = _PARAMETER.sub(lambda number: "".join(arguments[int(number[1]) - 1 : int(number[1])]), macro.body)
        self._budget -= len(words) + 1
        if self._budget < 0:
            return "", 0
        return self.expand(words, depth + 1), end


def _definition(
    text: str, position: int, closing: dict[int, int], *, is_primitive: bool
) -> tuple[str, _Macro, int] | None:
    """The name and the command that are defined behind a position, and where the definition ends."""
    head = (_PRIMITIVE_HEAD if is_primitive else _HEAD).match(text, position)
    close = closing.get(head.end()) if head else None
    if not head or close is None:
        return None
    body = text[head.end() + 1 : close]
    if is_primitive:
        return head["name"], _Macro(body, len(head["parameters"]) // 2), close + 1
    return head[1] or head[2], _Macro(body, int(head[3] or 0), head[4]), close + 1


def _formula_end(text: str, token: re.Match[str], unclosed: set[str]) -> int:
    """Where the formula ends that a token begins; the end of the token where it begins none."""
    position = token.end()
    limit = position + _MAX_FORMULA_CHARS
    if token["command"] != "begin":
        end = text.find("\\)" if token["command"] == "(" else "\\]", position, limit)
        return max(position, end)
    environment = _ENVIRONMENT.match(text, position)
    if not environment or environment[1].rstrip("*") not in MATH or environment[1] in unclosed:
        return position
    end = text.find(f"\\end{{{environment[1]}}}", position)
    unclosed |= {environment[1]} if end < 0 else set()
    return max(position, end)
