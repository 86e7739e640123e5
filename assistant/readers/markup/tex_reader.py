"""Runs over LaTeX and collects elements.

A command that nobody defines prints the words in its braces.
"""

import re

from assistant.readers.elements import Element, Inline, InlineStyle
from assistant.readers.extract import collapse_whitespace
from assistant.readers.markup.tex_braces import closing_braces, without_options
from assistant.readers.markup.tex_characters import ACCENTS, LETTERS, SIGNS, accented
from assistant.readers.markup.tex_commands import (
    ADDRESSES,
    CITATIONS,
    DROPPED,
    INCLUDES,
    LISTS,
    MATH,
    METADATA,
    NOTES,
    REFERENCES,
    SECTIONS,
    STYLES,
    TABLES,
    VERBATIM,
)
from assistant.readers.markup.tex_conditions import without_hidden
from assistant.readers.markup.tex_flow import TexFlow
from assistant.readers.markup.tex_macros import TexMacros
from assistant.readers.markup.tex_numbers import QUANTITIES, quantity
from assistant.readers.markup.tex_tables import tex_table

_MAX_DEPTH = 40
_MAX_OPTION_CHARS = 500
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")
_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+\*?|.)|(?P<brace>[{}])|(?P<math>\$\$?)|(?P<paragraph>\n[ \t]*\n\s*)"
    r"|(?P<sign>~|``|''|---?|!`|\?`)",
    re.DOTALL,
)
_DEFINED = re.compile(r"\s*\\[A-Za-z@]{1,60}[^{}\n]{0,40}(?=\{)")  # what a command is defined for
_GAP = re.compile(r"[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?")
_LETTER = re.compile(r"[ \t]*(?:\\([ij])(?![A-Za-z])[ \t]*|([^\W\d_]))")
_EQUATION_NAMES = re.compile(r"\\(?:label|tag)\{[^{}]{0,200}\}|\\nonumber|\\notag")


class TexReader:
    """Runs over the characters of a file, or of a part of one, and collects elements."""

    def __init__(self, depth: int = 0) -> None:
        self.metadata: dict[str, str] = {}
        self.pictures = self.includes = self.hidden_parts = 0
        self._depth = depth
        self._flow = TexFlow()
        self._macros = TexMacros()
        self._unclosed: set[str] = set()  # environments of which no further end is in the text
        self._text = ""
        self._closing: dict[int, int] = {}  # of the braces

    def read(self, text: str) -> list[Element]:
        """The elements of a text."""
        text, self.hidden_parts = without_hidden(text)
        position = 0
        body_start = text.find("\\begin{document}")
        for verbatim in VERBATIM.finditer(text):
            if verbatim.start() < position:
                continue
            end = text.find(f"\\end{{{verbatim['name']}}}", verbatim.end())
            if end < 0:
                break
            self._read_part(text[position : verbatim.start()], is_preamble=position < body_start)
            if not verbatim["name"].startswith(("comment", "filecontents")):
                self._flow.flush()
                self._flow.add_element(Element("code", without_options(text[verbatim.end() : end])))
            position = end + len(f"\\end{{{verbatim['name']}}}")
        self._read_part(text[position:], is_preamble=position < body_start)
        self._flow.flush()
        return self._flow.elements

    def inlines(self, text: str) -> list[Inline]:
        """The characters of a text without paragraphs, such as a cell's."""
        self._read_part(text, is_preamble=False)
        return self._flow.inlines

    def _read_part(self, text: str, *, is_preamble: bool) -> None:
        self._text = self._macros.expand(_COMMENT.sub(r"\1", text))
        self._closing = closing_braces(self._text)
        start = 0
        if is_preamble:
            body = self._text.find("\\begin{document}")
            end = body if body >= 0 else len(self._text)
            self._read_preamble(end)
            if body < 0:
                return
            start = end
        end = self._text.find("\\end{document}", start)
        self._run(start, end if end >= 0 else len(self._text), "plain", self._depth)

    def _read_preamble(self, end: int) -> None:
        for match in re.finditer(r"\\(title|author|date)\s*(?=[\[{])", self._text[:end]):
            if group := self._group(match.end()):
                self._set_metadata(match[1], group)

    def _set_metadata(self, name: str, group: tuple[int, int]) -> None:
        inner = TexReader(_MAX_DEPTH)
        source = re.sub(r"\\(?:and|\\)(?![A-Za-z])", ", ", self._text[group[0] : group[1]])
        words = collapse_whitespace("".join(i.text for i in inner.inlines(source) if i.style != "note_mark"))
        if words and name not in self.metadata:
            self.metadata[name] = words.replace(" ,", ",")
            is_title = name == "title"
            value = self.metadata[name]
            self._flow.add_element(
                Element("heading", value, level=1) if is_title else Element("field", value, label=name.capitalize())
            )

    def _run(self, start: int, end: int, style: InlineStyle, depth: int) -> None:
        """Reads the characters from start to end."""
        position = start
        while position < end:
            token = _TOKEN.search(self._text, position, end)
            self._flow.add(self._text[position : token.start() if token else end], style)
            if not token:
                return
            position = token.end()
            if token["command"]:
                position = min(max(self._command(token, end, style, depth), position), end)
            elif token["brace"] == "{":
                close = self._closing.get(token.start(), -1)
                if 0 <= close <= end and depth < _MAX_DEPTH:
                    self._run(position, close, style, depth + 1)
                    position = close + 1
            elif token["math"]:
                close = self._text.find(token["math"], position, min(end, position + 5000))
                if close >= 0:
                    self._flow.add_formula(token["math"], self._text[position:close], token["math"], style)
                    position = close + len(token["math"])
                else:
                    self._flow.add(token["math"], style)
            elif token["paragraph"]:
                self._flow.flush()
            elif token["sign"]:
                self._flow.add(SIGNS[token["sign"]], style)

    def _command(self, token: re.Match[str], end: int, style: InlineStyle, depth: int) -> int:
        """Reads a command; returns where the text goes on."""
        name, position = token["command"].rstrip("*"), token.end()
        if not name[0].isalpha():
            return self._sign(name, position, end, style)
        position = after = self._skip_gap(position, end)
        position = self._skip_options(position, end)
        group = self._group(position)
        if name in {"begin", "end"} and group:
            return self._environment(name, self._text[group[0] : group[1]], group[1] + 1, end)
        if name == "item":
            label = self._text[after + 1 : position - 1] if position > after else ""
            self._flow.begin_item(TexReader(depth + 1).inlines(label) if depth < _MAX_DEPTH else [Inline(label)])
            return position
        if name in LETTERS:
            self._flow.add(LETTERS[name], style)
            is_closed = self._text[token.end() : token.end() + 2] == "{}"
            return token.end() + 2 if is_closed else token.end() if name in {"LaTeX", "TeX"} else after
        if not group:
            if name in {"par", "newpage", "clearpage", "maketitle", "bigskip", "medskip"}:
                self._flow.flush()
            defined = _DEFINED.match(self._text, position, end) if name in {"def", "gdef", "edef"} else None
            return self._skip_groups(defined.end(), 1) if defined else position
        is_quantity = name in QUANTITIES
        start = group[0] - 1
        return self._add_quantity(name, start, style) if is_quantity else self._grouped(name, group, style, depth)

    def _grouped(self, name: str, group: tuple[int, int], style: InlineStyle, depth: int) -> int:
        """Reads a command with an argument."""
        start, close = group
        source = self._text[start:close]
        if name in SECTIONS or name == "caption":
            self._add_title(name, source, depth)
        elif name in METADATA and depth < _MAX_DEPTH:
            self._set_metadata(name, group)
        elif name in NOTES and depth < _MAX_DEPTH:
            self._flow.add_note(tuple(TexReader(depth + 1).inlines(source)))
        elif name in ACCENTS:
            self._flow.add(accented(name, source), style)
        elif name in CITATIONS | REFERENCES | ADDRESSES:
            self._flow.add(f"[{source}]" if name in CITATIONS else source, style)
        elif name == "href" and (text := self._group(close + 1)):
            self._flow.inlines.append(Inline(collapse_whitespace(self._text[text[0] : text[1]]), "link", source[:500]))
            return text[1] + 1
        elif name in DROPPED:
            self.pictures += name == "includegraphics"
            self.includes += name in INCLUDES
            return self._skip_groups(close + 1, DROPPED[name] - 1)
        elif name == "bibitem":
            self._flow.begin_item([])
        elif depth < _MAX_DEPTH:
            self._run(start, close, STYLES.get(name, style), depth + 1)
        return close + 1

    def _add_quantity(self, name: str, position: int, style: InlineStyle) -> int:
        """Adds a number with its unit; returns where its last argument ends."""
        arguments: list[str] = []
        while len(arguments) < QUANTITIES[name] and (group := self._group(position)):
            arguments.append(self._text[group[0] : min(group[1], group[0] + _MAX_OPTION_CHARS)])
            position = group[1] + 1
        self._flow.add(quantity(name, arguments), style)
        return position

    def _add_title(self, name: str, source: str, depth: int) -> None:
        """Adds the title of a section, or a caption."""
        self._flow.flush()
        words = tuple(TexReader(depth + 1).inlines(source)) if depth < _MAX_DEPTH else (Inline(source),)
        if name == "caption":
            self._flow.add_element(Element("caption", words, self._flow.role))
        else:
            self._flow.role = "body"
            self._flow.add_element(Element("heading", words, level=SECTIONS[name]))

    def _sign(self, sign: str, position: int, end: int, style: InlineStyle) -> int:
        """Reads a command of one sign: an accent, a line's end, a formula's begin, or the sign itself."""
        if sign in ACCENTS:
            group = self._group(position)
            if group:
                self._flow.add(accented(sign, self._text[group[0] : group[1]]), style)
                return group[1] + 1
            letter = _LETTER.match(self._text, position, end)
            self._flow.add(accented(sign, letter[1] or letter[2]) if letter else "", style)
            return letter.end() if letter else position
        if sign in "([":
            closing = "\\)" if sign == "(" else "\\]"
            close = self._text.find(closing, position, min(end, position + 5000))
            if close >= 0:
                self._flow.add_formula(" ", self._text[position:close], " ", style)
                return close + 2
            return position
        if sign == "\\":
            self._flow.add(" ", style)
            return self._skip_options(position, end)
        self._flow.add(" " if sign in " ,;:!/\n" else "" if sign in "-@)]" else sign, style)
        return position

    def _environment(self, command: str, name: str, position: int, end: int) -> int:
        """Reads the begin or the end of an environment; a formula or a table is read as a whole."""
        is_begin = command == "begin"
        kind = name.rstrip("*")
        if is_begin and kind in MATH | TABLES and name not in self._unclosed and self._depth < _MAX_DEPTH:
            close = self._text.find(f"\\end{{{name}}}", position, end)
            if close >= 0:
                self._add_environment(kind, self._text[position:close])
                return close + len(f"\\end{{{name}}}")
            self._unclosed.add(name)
        self._flow.flush()
        if kind in LISTS and is_begin:
            self._flow.begin_list(kind)
            position = self._skip_options(position, end)
            position = self._skip_groups(position, int(kind == "thebibliography"))
        elif kind in LISTS:
            self._flow.end_list()
        if kind == "thebibliography":
            self._flow.role = "bibliography" if is_begin else "body"
        return self._skip_options(position, end) if is_begin else position

    def _add_environment(self, kind: str, source: str) -> None:
        if kind in TABLES:
            self._flow.add_element(tex_table(kind, source, self._cell_inlines))
        else:
            self._flow.add_element(Element("paragraph", _EQUATION_NAMES.sub("", source), self._flow.role))

    def _cell_inlines(self, source: str) -> tuple[Inline, ...]:
        return tuple(TexReader(self._depth + 1).inlines(source))

    def _group(self, position: int) -> tuple[int, int] | None:
        """Where the argument in braces at a position starts and ends."""
        while position < len(self._text) and self._text[position] in " \t":
            position += 1
        close = self._closing.get(position)
        return (position + 1, close) if close is not None else None

    def _skip_gap(self, position: int, end: int) -> int:
        """Skips white space behind a command, but for an empty line."""
        gap = _GAP.match(self._text, position, end)
        return gap.end() if gap else position

    def _skip_groups(self, position: int, count: int) -> int:
        for _ in range(count):
            position = self._skip_options(position, len(self._text))
            group = self._group(position)
            if not group:
                break
            position = group[1] + 1
        return position

    def _skip_options(self, position: int, end: int) -> int:
        while position < end and self._text[position] == "[":
            close = self._text.find("]", position, min(end, position + _MAX_OPTION_CHARS))
            if close < 0:
                break
            position = close + 1
        return position
