"""Org mode: its headings, lists, tables, blocks and notes as elements, by rules of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.composition import compose
from assistant.readers.elements import Content, Element, Inline, TableCell, TableContent
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.shared import dedent, split_inlines
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.raised import raise_mark
from assistant.readers.sheets.table_limits import MAX_COLUMNS
from assistant.segmentation.list_nesting import ListNesting, indent_of

_MAX_DRAWER_LINES = 50
_HEADING = re.compile(r"(\*{1,20})\s+(?:\[#[A-Z0-9]\]\s+)?(?P<title>.*?)(?:\s+:[\w@#%:]{1,100}:)?\s*\Z")
_COMMENTED = re.compile(r"(?:[A-Z]{2,20}\s+)?COMMENT(?:\s|\Z)")  # a heading whose tree isn't exported
_KEYWORD = re.compile(r"\s*#\+(?P<name>\w{1,40})(?:\[[^\]]{0,200}\])?:\s*(?P<value>.*?)\s*\Z")
_BEGIN = re.compile(r"\s*#\+begin_(?P<name>\w{1,40})", re.IGNORECASE)
_ITEM = re.compile(
    r"(?P<indent>\s*)(?P<mark>[-+]|(?<=\s)\*|\d{1,4}[.)]|[A-Za-z][.)])\s+(?:\[@\d+\]\s*)?(?P<box>\[[ xX-]\]\s+)?(?=\S)"
)
_DRAWER = re.compile(r"\s*:[\w-]{1,40}:\s*\Z")
_DRAWER_END = re.compile(r"\s*:end:\s*\Z", re.IGNORECASE)
_CLOCK = re.compile(r"\s*CLOCK:")
_PLANNING = re.compile(
    r"\s*(?:(?:SCHEDULED|DEADLINE|CLOSED):\s*[<\[][^>\]\n]{1,100}[>\]](?:--[<\[][^>\]\n]{1,100}[>\]])?\s*)+\Z"
)
_PLANNED = re.compile(r"(?P<name>SCHEDULED|DEADLINE|CLOSED):\s*(?P<date>.*?)\s*(?=(?:SCHEDULED|DEADLINE|CLOSED):|\Z)")
_PROPERTIES = re.compile(r"\s*:properties:\s*\Z", re.IGNORECASE)
_PROPERTY = re.compile(r"\s*:(?P<name>[^\s:]{1,60}):\s+(?P<value>\S.*?)\s*\Z")
_OWN_PROPERTIES = {"custom_id", "id", "created", "visibility", "header-args"}  # that Org itself uses
_NOTE = re.compile(r"\[fn:(?P<mark>[\w-]{1,60})\]\s*(?P<text>.*)\Z")
_RULER = re.compile(r"\s*-{5,}\s*\Z")
_TABLE_RULE = re.compile(r"\s*\|[-+]+\|?\s*\Z")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)\Z", re.IGNORECASE)
_CODE_BLOCKS = {"src", "example", "export", "verbatim"}
_INLINE = re.compile(
    r"(?P<link>\[\[(?P<target>[^\[\]]{1,2000})\](?:\[(?P<link_text>[^\[\]]{1,1000})\])?\])"
    r"|(?P<note>\[fn:(?P<note_mark>[\w-]{1,60})\])"
    r"|(?P<inline_note>\[fn:[\w-]{0,60}:(?P<note_text>[^\[\]]{1,1000})\])"
    r"|(?P<struck>(?<![^\s({'\"-])\+(?=\S)(?P<struck_text>[^+\n]{1,500}?)(?<=\S)\+(?![^\s)}'\".,;:!?-]))"
    r"|(?P<marked>(?<![^\s({'\"/-])(?P<sign>[*/_=~])(?=\S)(?P<marked_text>[^\n]{1,200}?)(?<=\S)(?P=sign)(?![^\s)}'\".,;:!?/-]))"
    r"|(?P<raised>(?<=\S)\^\{(?P<raised_text>[^{}]{1,200})\})"
    r"|(?P<power>(?<=\w)\^(?P<power_text>[-+]?\d{1,6})(?![\w^]))"
    r"|(?P<lowered>(?<=\S)_\{(?P<lowered_text>[^{}]{1,200})\})"
)
_MAKERS = {
    "link": lambda match: Inline(match["link_text"] or match["target"].removeprefix("file:"), "link", match["target"]),
    "note": lambda match: Inline(match["note_mark"], "note_mark", match["note_mark"]),
    "inline_note": lambda match: Inline(f" ({match['note_text']})"),
    "struck": lambda match: Inline(match["struck_text"], "struck"),
    "marked": lambda match: Inline(match["marked_text"]),
    "power": lambda match: Inline(raise_mark(match["power_text"])),
    "raised": lambda match: Inline(match["raised_text"], "raised"),
    "lowered": lambda match: Inline(match["lowered_text"], "lowered"),
}


def read_org(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads an ``.org`` file.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    parser = _OrgParser(text.split("\n"))
    composition = compose(parser.elements())
    keywords = parser.keywords
    return ExtractedDocument(
        composition.text,
        clean_title(keywords.get("title")),
        parse_date(keywords.get("date", "").strip("<>[]")),
        blocks=composition.blocks,
        notes=notes + composition.notes + parser.notes(),
        author=keywords.get("author", ""),
        language=keywords.get("language", ""),
    )


class _OrgParser:
    """Parses lines to elements; its state is the open paragraph or item."""

    def __init__(self, lines: list[str]) -> None:
        self.keywords: dict[str, str] = {}
        self._lines = lines
        self._position = 0
        self._nesting = ListNesting()
        self._open: Element | None = None  # what the lines of the open paragraph make
        self._open_lines: list[str] = []
        self._pictures = self._includes = self._hidden_parts = 0

    def notes(self) -> tuple[str, ...]:
        """What isn't in the file."""
        return left_out_notes({
            "picture": self._pictures, "included file": self._includes, "hidden part": self._hidden_parts,
        })  # fmt: skip

    def elements(self) -> Iterator[Element]:
        while self._position < len(self._lines):
            line = self._lines[self._position]
            self._position += 1
            if heading := _HEADING.match(line):
                yield from self._close()
                self._nesting.clear()
                if _COMMENTED.match(heading["title"]):
                    self._skip_tree(len(heading[1]))
                else:
                    yield Element("heading", org_inlines(heading["title"]), level=len(heading[1]))
            elif begin := _BEGIN.match(line):
                yield from self._close()
                yield from self._block(begin["name"].lower())
            elif keyword := _KEYWORD.match(line):
                yield from self._close()
                yield from self._keyword(keyword["name"].lower(), keyword["value"])
            elif line.lstrip().startswith("|"):
                yield from self._close()
                yield self._table(line)
            elif _DRAWER.match(line):
                yield from self._close()
                yield from self._drawer(is_of_properties=_PROPERTIES.match(line) is not None)
            else:
                yield from self._line(line)
        yield from self._close()

    def _line(self, line: str) -> Iterator[Element]:
        stripped = line.strip()
        if _PLANNING.match(line):
            yield from self._close()
            yield from _planned(line)
        elif not stripped or _RULER.match(line) or _CLOCK.match(line) or stripped == "#" or stripped.startswith("# "):
            yield from self._close()
        elif note := _NOTE.match(line):
            yield from self._close()
            self._open = Element("note", mark=note["mark"], label="footnote", key=note["mark"])
            self._open_lines = [note["text"]]
        elif stripped.startswith(": ") or stripped == ":":
            if self._open is None or self._open.kind != "code":
                yield from self._close()
                self._open = Element("code")
            self._open_lines.append(stripped[2:])
        elif item := _ITEM.match(line):
            yield from self._close()
            mark, box = item["mark"], item["box"]
            is_ticked = box[1] in "xX" if box else None
            level = self._nesting.level(indent_of(line))
            self._open = Element("item", level=level, mark=mark if mark[:1].isalnum() else "", is_ticked=is_ticked)
            self._open_lines = [line[item.end() :].replace(" :: ", ": ", 1)]
        else:
            if self._open and self._open.kind == "code":
                yield from self._close()
            if self._open is None:
                if not indent_of(line):
                    self._nesting.clear()
                self._open = Element("paragraph")
            self._open_lines.append(stripped)

    def _close(self) -> Iterator[Element]:
        if self._open:
            text = "\n".join(self._open_lines)
            content: Content = text if self._open.kind == "code" else self._inlines(text)
            yield replace(self._open, content=content)
        self._open, self._open_lines = None, []

    def _inlines(self, text: str) -> tuple[Inline, ...]:
        """The characters of a paragraph; a link to a picture alone is a picture."""
        kept = []
        for inline in org_inlines(text):
            is_picture = inline.style == "link" and _PICTURE.search(inline.target) and _PICTURE.search(inline.text)
            self._pictures += bool(is_picture)
            kept += [] if is_picture else [inline]
        return tuple(kept)

    def _keyword(self, name: str, value: str) -> Iterator[Element]:
        if name in {"title", "author", "date", "language", "subtitle"}:
            joined = f"{self.keywords[name]} {value}" if name in self.keywords else value
            self.keywords[name] = joined
            if name in {"title", "subtitle"}:
                yield Element("heading", org_inlines(value), level=1)
            elif name != "language":
                yield Element("field", value, label=name.capitalize())
        elif name == "caption":
            yield Element("caption", org_inlines(value))
        self._includes += name == "include"

    def _block(self, name: str) -> Iterator[Element]:
        """The lines up to the end of a block: code, or text of its own."""
        end = re.compile(rf"\s*#\+end_{re.escape(name)}\s*\Z", re.IGNORECASE)
        first = self._position
        while self._position < len(self._lines) and not end.match(self._lines[self._position]):
            self._position += 1
        lines = dedent(self._lines[first : self._position])
        self._position += 1
        if name in _CODE_BLOCKS:
            yield Element("code", "\n".join(lines))
        elif name != "comment":
            paragraphs = "\n".join(lines).split("\n\n")
            yield from (Element("paragraph", self._inlines(paragraph)) for paragraph in paragraphs)

    def _table(self, line: str) -> Element:
        rows: list[list[TableCell]] = []
        header_rows = None
        while line.lstrip().startswith("|"):
            if _TABLE_RULE.match(line):
                header_rows = len(rows) if rows and header_rows is None else header_rows
            else:
                cells = line.strip().strip("|").split("|")[:MAX_COLUMNS]
                rows.append([TableCell(org_inlines(cell.strip())) for cell in cells])
            if self._position >= len(self._lines):
                break
            line = self._lines[self._position]
            self._position += line.lstrip().startswith("|")
        return Element("table", table=TableContent(rows, header_rows if header_rows != len(rows) else None))

    def _skip_tree(self, level: int) -> None:
        """Leaves out what stands under a heading, up to one of its level or above."""
        self._hidden_parts += 1
        while self._position < len(self._lines):
            heading = _HEADING.match(self._lines[self._position])
            if heading and len(heading[1]) <= level:
                break
            self._position += 1

    def _drawer(self, *, is_of_properties: bool) -> Iterator[Element]:
        """The properties in a drawer; any other is left out. One without an end is only its line."""
        first = self._position
        for end in range(first, min(len(self._lines), first + _MAX_DRAWER_LINES)):
            if _HEADING.match(self._lines[end]):
                return
            if _DRAWER_END.match(self._lines[end]):
                self._position = end + 1
                if is_of_properties:
                    yield from _properties(self._lines[first:end])
                return


def _planned(line: str) -> Iterator[Element]:
    """The dates that a heading is planned for, without the brackets around them."""
    for planned in _PLANNED.finditer(line):
        date = re.sub(r"[<>\[\]]", "", planned["date"].replace("--", "–"))
        yield Element("field", date, label=planned["name"].capitalize())


def _properties(lines: Sequence[str]) -> Iterator[Element]:
    for line in lines:
        if (field := _PROPERTY.match(line)) and field["name"].lower() not in _OWN_PROPERTIES:
            yield Element("field", org_inlines(field["value"]), label=field["name"])


def org_inlines(text: str) -> tuple[Inline, ...]:
    """The characters of a paragraph, marks left out."""
    return split_inlines(text, _INLINE, _MAKERS)
