"""reStructuredText: its sections, lists, tables, notes and directives as elements, by rules of its own.

What another program would put in (included files, generated lists of contents) isn't there to be read; a note says so.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.readers.composition import compose
from assistant.readers.elements import Content, Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.rst_inlines import RstInlines
from assistant.readers.markup.rst_tables import csv_rows, grid_table, list_table, simple_table
from assistant.readers.markup.shared import dedent
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.segmentation.list_nesting import ListNesting, indent_of

_MAX_DEPTH = 20
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1+\s*\Z")
_ITEM = re.compile(r"(?P<mark>[-*+•‣]|\(?(?:\d{1,4}|#|[A-Za-z]|[ivxlcIVXLC]{1,6})[.)])(?P<gap>\s+)(?=\S)|[-*+]\Z")
_FIELD = re.compile(r":(?P<name>[^:\s][^:]{0,80}):(?:\s+(?P<value>.*))?\Z")
_EXPLICIT = re.compile(r"\.\.(?:\s+|\Z)")
_DIRECTIVE = re.compile(r"(?:\|[^|]{1,80}\|\s+)?(?P<name>[A-Za-z][\w:.+-]{0,60})::(?:\s+(?P<argument>.*))?\Z")
_FOOTNOTE = re.compile(r"\[(?P<mark>#?[\w.-]{0,60}|\*)\](?:\s+(?P<text>.*))?\Z")
_TARGET = re.compile(r"_(?:`[^`]{1,200}`|[^:]{0,200}):(?:\s|\Z)|__\s")
_OPTION = re.compile(r"\s*:[\w-]{1,40}:(?:\s|\Z)")
_GRID_BORDER = re.compile(r"\+(?:[-=]+\+)+\s*\Z")
_SIMPLE_BORDER = re.compile(r"=+(?:\s+=+)+\s*\Z")
_CODE_DIRECTIVES = {"code", "code-block", "sourcecode", "parsed-literal", "highlight", "math", "prompt",
                    "productionlist", "testcode", "doctest", "graphviz", "ipython"}  # fmt: skip
_PICTURES = {"image", "figure", "plot"}
_LEFT_OUT = {"raw", "meta", "index", "contents", "sectnum", "include", "literalinclude", "role",
             "default-role", "target-notes", "header", "footer", "automodule", "autoclass", "autofunction",
             "autosummary", "unicode", "replace", "tabularcolumns", "highlightlang"}  # fmt: skip
# What these print before their words.
_PRINTED = {"note": "Note:", "warning": "Warning:", "tip": "Tip:", "caution": "Caution:", "danger": "Danger:",
            "important": "Important:", "hint": "Hint:", "attention": "Attention:", "error": "Error:",
            "seealso": "See also:", "versionadded": "New in version", "versionchanged": "Changed in version",
            "deprecated": "Deprecated since version"}  # fmt: skip
_INCLUDES = {"include", "literalinclude"}


def read_rst(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.rst`` file.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    lines = text.split("\n")
    parser = _RstParser(RstInlines(lines))
    elements = list(parser.parse(lines, 0))
    composition = compose(elements)
    fields = {element.label.casefold(): str(element.content) for element in elements[:20] if element.kind == "field"}
    return ExtractedDocument(
        composition.text,
        clean_title(next((_words(element.content) for element in elements if element.kind == "heading"), "")),
        parse_date(fields.get("date")),
        blocks=composition.blocks,
        notes=notes + composition.notes + parser.notes(),
        author=fields.get("author", fields.get("authors", "")),
    )


class _RstParser:
    """Parses lines to elements; it remembers which underlines stand for which level."""

    def __init__(self, inlines: RstInlines) -> None:
        self._inlines = inlines
        self._styles: list[str] = []  # of sections, the outermost first
        self._pictures = self._includes = 0
        self._literal_length = 0  # of the literal block behind the paragraph that was read last

    def notes(self) -> tuple[str, ...]:
        """What isn't in the file."""
        return left_out_notes({"picture": self._pictures, "included file": self._includes})

    def parse(self, lines: Sequence[str], depth: int) -> Iterator[Element]:
        """The elements of lines that share their indentation."""
        nesting = ListNesting()
        position = 0
        while position < len(lines):
            line = lines[position].rstrip()
            if not line:
                position += 1
                continue
            count = self._title_lines(lines, position)
            if count:
                yield self._heading(lines, position, count)
            elif _GRID_BORDER.match(line) or _SIMPLE_BORDER.match(line):
                count = _table_length(lines, position, is_grid=line.startswith("+"))
                rows = lines[position : position + count]
                yield from (
                    grid_table(rows, self._inlines.read)
                    if line.startswith("+")
                    else simple_table(rows, self._inlines.read)
                )
            elif _EXPLICIT.match(line):
                # What is indented behind dots alone and a blank line is a block quote of its own, no comment.
                is_bare = line == ".." and not "".join(lines[position + 1 : position + 2]).strip()
                count = 1 if is_bare else 1 + _indented_length(lines, position + 1)
                yield from self._explicit(lines[position : position + count], depth)
            elif field := _FIELD.match(line):
                count = 1 + _indented_length(lines, position + 1)
                value = " ".join([field["value"] or "", *lines[position + 1 : position + count]])
                yield Element("field", collapse_whitespace(value), label=field["name"])
            elif indent_of(line) and depth < _MAX_DEPTH:
                count = _indented_length(lines, position)
                yield from self.parse(dedent(lines[position : position + count]), depth + 1)
            elif (item := _ITEM.match(line)) and depth < _MAX_DEPTH:
                count = 1 + _indented_length(lines, position + 1)
                yield from self._item(item, lines[position : position + count], nesting, depth)
            elif _UNDERLINE.match(line) and len(line) > 3:
                count = 1  # a transition
            else:
                count = _paragraph_length(lines, position)
                yield from self._paragraph(lines, position, count)
                count += self._literal_length
                nesting.clear()
            position += count

    def _title_lines(self, lines: Sequence[str], position: int) -> int:
        """How many lines the title of a section takes that begins here; 0 where none does."""
        line, below, third = (lines[n].rstrip() if n < len(lines) else "" for n in range(position, position + 3))
        if _UNDERLINE.match(line) and below and third == line and len(line) >= len(below.strip()):
            return 3
        is_underlined = _UNDERLINE.match(below) and not _UNDERLINE.match(line) and not indent_of(line)
        return 2 if is_underlined and (len(below) >= len(line) or len(below) > 3) else 0

    def _heading(self, lines: Sequence[str], position: int, count: int) -> Element:
        style = lines[position][0] * 2 if count == 3 else lines[position + 1][0]
        if style not in self._styles:
            self._styles.append(style)
        title = lines[position + (count == 3)].strip()
        return Element("heading", self._inlines.read(title), level=self._styles.index(style) + 1)

    def _paragraph(self, lines: Sequence[str], position: int, count: int) -> Iterator[Element]:
        """A paragraph, with the literal block that it announces by "::", or the definition below a term."""
        text = "\n".join(line.strip() for line in lines[position : position + count])
        self._literal_length = 0
        if text.startswith(">>> "):
            yield Element("code", text)
            return
        if text.startswith("| "):  # lines of a verse or address
            yield from (
                Element("paragraph", self._inlines.read(line[1:])) for line in text.split("\n") if line[1:].strip()
            )
            return
        if text.endswith("::"):
            self._literal_length = _indented_length(lines, position + count)
            literal = dedent(lines[position + count : position + count + self._literal_length])
            words = text.removesuffix("::").rstrip()
            if words:
                yield Element("paragraph", self._inlines.read(f"{words}:" if words == text[:-2] else words))
            yield Element("code", "\n".join(literal))
            return
        yield Element("paragraph", self._inlines.read(text))

    def _item(self, item: re.Match[str], lines: Sequence[str], nesting: ListNesting, depth: int) -> Iterator[Element]:
        body = dedent([" " * item.end() + lines[0][item.end() :], *lines[1:]]) if item["mark"] else list(lines[1:])
        mark = item["mark"] or ""
        first = _paragraph_length(body, 0) if body and body[0].strip() else 0
        text = "\n".join(line.strip() for line in body[:first])
        content = self._inlines.read(re.sub(r"::\Z", ":", text))
        shown = mark if any(map(str.isalnum, mark)) else ""
        yield Element("item", content, level=min(nesting.level(0) + depth, 9), mark=shown)
        yield from self.parse([*(["::"] if text.endswith("::") else []), *body[first:]], depth + 1)

    def _explicit(self, lines: Sequence[str], depth: int) -> Iterator[Element]:
        """A directive, a footnote, a link's target, or a comment, which is left out."""
        first = _EXPLICIT.sub("", lines[0].rstrip(), count=1)
        body = dedent(lines[1:])
        if note := _FOOTNOTE.match(first):
            text = " ".join([note["text"] or "", *body])
            if note["mark"].isdigit() or note["mark"].startswith(("#", "*")):
                mark, key = self._inlines.note(note["mark"])
                yield Element("note", self._inlines.read(text), mark=mark, label="footnote", key=key)
            else:
                yield Element("item", self._inlines.read(text), "bibliography", mark=f"[{note['mark']}]")
        elif (directive := _DIRECTIVE.match(first)) and not _TARGET.match(first):
            yield from self._directive(directive["name"].lower(), directive["argument"] or "", body, depth)

    def _directive(self, name: str, argument: str, body: list[str], depth: int) -> Iterator[Element]:
        options = next((n for n, line in enumerate(body) if not _OPTION.match(line)), len(body))
        content = body[options:]
        self._includes += name in _INCLUDES
        if name in _PICTURES:
            self._pictures += 1
            caption = [line for line in content if line.strip()]
            yield Element("caption", self._inlines.read(" ".join(caption)))
        elif name in _CODE_DIRECTIVES:
            yield Element("code", "\n".join([argument] * (name == "math") + content).strip("\n"))
        elif name == "toctree":
            yield from (Element("item", line.strip(), "contents") for line in content if line.strip())
        elif name == "csv-table":
            yield from csv_rows(argument, body, content, self._inlines.read)
        elif name == "list-table":
            yield from list_table(argument, body, content, self._inlines.read)
        elif name not in _LEFT_OUT and depth < _MAX_DEPTH:
            if name == "table":
                yield Element("caption", self._inlines.read(argument))
            words = f"{_PRINTED[name]} {argument}".rstrip() if name in _PRINTED else argument
            yield from self.parse(content if name == "table" else [words, *content], depth + 1)


def _words(content: Content) -> str:
    return content if isinstance(content, str) else collapse_whitespace("".join(inline.text for inline in content))


def _paragraph_length(lines: Sequence[str], position: int) -> int:
    """How many lines a paragraph has that begins here; a definition's term is a paragraph of one line."""
    end = position + 1
    while end < len(lines) and lines[end].strip() and not _EXPLICIT.match(lines[end]):
        if end == position + 1 and indent_of(lines[end]) > indent_of(lines[position]):
            break
        end += 1
    return end - position


def _indented_length(lines: Sequence[str], position: int) -> int:
    """How many lines from here on are indented, blank ones between them too."""
    end = last = position
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
        end += 1
        if lines[end - 1].strip():
            last = end
    return last - position


def _table_length(lines: Sequence[str], position: int, *, is_grid: bool) -> int:
    """How many lines a table has: a grid up to a line without bars, a simple one up to its last border."""
    end = position + 1
    if is_grid:
        while end < len(lines) and lines[end].lstrip().startswith(("+", "|")):
            end += 1
        return end - position
    borders = 1
    while end < len(lines):
        if _SIMPLE_BORDER.match(lines[end]):
            borders += 1
            if end + 1 >= len(lines) or not lines[end + 1].strip():
                return end + 1 - position
        elif not lines[end].strip() and borders > 2:
            return end - position
        end += 1
    return end - position
