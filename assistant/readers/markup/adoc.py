"""AsciiDoc: its sections, lists, tables, blocks and notes as elements, by rules of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.readers.composition import compose
from assistant.readers.elements import Content, Element, Inline, TableCell, TableContent
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.adoc_conditions import ATTRIBUTE, without_hidden
from assistant.readers.markup.adoc_tables import adoc_rows, column_count
from assistant.readers.markup.shared import split_inlines
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.sheets.table_limits import MAX_ROWS

if TYPE_CHECKING:
    from assistant.structure import Role

_MAX_LEVEL = 9
_MAX_ATTRIBUTES = 1_000
_HEADING = re.compile(r"(?P<marks>={1,6}|#{1,6})\s+(?P<title>\S.*?)\s*\Z")
_AUTHOR = re.compile(r"(?P<name>[^\W\d_][\w.'’ -]{1,80}?)(?:\s+<(?P<mail>[^<>]{1,200})>)?\s*(?:;.*)?\Z")
_REVISION = re.compile(r"(?:v?[\w.]{1,20},\s*)?(?P<date>\d{4}-\d{2}-\d{2})")
_ITEM = re.compile(
    r"\s*(?P<mark>\*{1,6}|-|\.{1,6}|\d{1,4}\.|[A-Za-z]\.|<(?:\d{1,3}|\.)>)\s+(?P<box>\[[ xX*]\]\s+)?(?=\S)"
)
_TERM = re.compile(r"(?P<term>\S[^\n]{0,200}?)(?:::+|;;)(?:\s+(?P<text>\S.*))?\Z")
_BLOCK_ATTRIBUTES = re.compile(r"\[(?P<list>[^\]]{0,300}|\[[^\]]{1,200}\])\]\s*\Z")
_QUOTED = re.compile(r"(?:quote|verse),\s*(?P<author>.+)")
_TITLE = re.compile(r"\.(?P<title>[^\s.].*)\Z")
_DELIMITER = re.compile(r"(?:-{4,}|\.{4,}|={4,}|_{4,}|\*{4,}|/{4,}|\+{4,}|--|```\w{0,30})\s*\Z")
_TABLE = re.compile(r"(?P<sign>[|,:!])===+\s*\Z")
_MACRO = re.compile(r"(?P<name>image|video|audio|include|toc)::(?P<target>[^\[]{0,500})\[(?P<text>[^\]]{0,500})\]\s*\Z")
_ATTRIBUTE_REFERENCE = re.compile(r"\{([\w-]{1,60})\}")
_BREAK = re.compile(r"(?:'{3,}|<{3,}|-{3}|\*{3})\s*\Z")
_INLINE = re.compile(
    r"(?P<note>footnote:[\w-]{0,60}\[(?P<note_text>[^\]]{1,1000})\])"
    r"|(?P<link>(?:link:|(?=https?://|mailto:))(?P<target>[^\s\[\]]{1,1000})\[(?P<link_text>[^\]]{0,500})\])"
    r"|(?P<reference><<[^<>,]{1,200}(?:,\s*(?P<reference_text>[^<>]{1,300}))?>>|xref:[^\s\[\]]{1,300}\[(?P<xref_text>[^\]]{0,300})\])"
    r"|(?P<picture>image:(?!:)[^\s\[\]]{1,500}\[[^\]]{0,300}\])"
    r"|(?P<struck>\[\.?(?:line-through|strike|del)\]#{1,2}(?P<struck_text>[^#\n]{1,500})#{1,2})"
    r"|(?P<anchor>\[{2,3}[^\[\]]{1,200}\]{2,3}|\(\(\([^()]{1,200}\)\)\)|pass:\w{0,5}\[(?P<passed_text>[^\]]{0,500})\])"
    r"|(?P<raised>\^(?P<raised_text>[^\s^]{1,100})\^)"
    r"|(?P<lowered>~(?P<lowered_text>[^\s~]{1,100})~)"
    r"|(?P<double>(?P<signs>\*\*|__|``|##|\+\+)(?=\S)(?P<double_text>[^\n]{1,200}?)(?P=signs))"
    r"|(?P<marked>(?<![\w;:}])(?:\[[.\w #-]{1,60}\])?"
    r"(?P<sign>[*_`#+])(?=\S)(?P<marked_text>[^\n]{1,200}?)(?<=\S)(?P=sign)(?!\w))"
)
_MAKERS = {
    "note": lambda match: Inline(f" ({match['note_text']})"),
    "link": lambda match: Inline(match["link_text"].strip("^") or match["target"], "link", match["target"]),
    "reference": lambda match: Inline(match["reference_text"] or match["xref_text"] or ""),
    "picture": lambda _: Inline(""),
    "struck": lambda match: Inline(match["struck_text"], "struck"),
    "anchor": lambda match: Inline(match["passed_text"] or ""),
    "raised": lambda match: Inline(match["raised_text"], "raised"),
    "lowered": lambda match: Inline(match["lowered_text"], "lowered"),
    "double": lambda match: Inline(match["double_text"]),
    "marked": lambda match: Inline(match["marked_text"].strip("`")),
}


def read_adoc(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads an ``.adoc`` file.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    parser = _AdocParser(text.split("\n"))
    composition = compose(parser.elements())
    return ExtractedDocument(
        composition.text,
        clean_title(parser.title),
        parse_date(parser.attributes.get("revdate")),
        blocks=composition.blocks,
        notes=notes + composition.notes + parser.notes(),
        author=parser.attributes.get("author", ""),
        language=parser.attributes.get("lang", ""),
    )


class _AdocParser:
    """Parses lines to elements; its state is the open paragraph or item, and what was said of the next block."""

    def __init__(self, lines: list[str]) -> None:
        self.title = ""
        self.attributes: dict[str, str] = {"empty": "", "nbsp": " ", "sp": " "}
        self._lines, self._hidden_parts = without_hidden(lines)
        self._position = 0
        self._open: Element | None = None
        self._open_lines: list[str] = []
        self._is_definition = False  # whether the open paragraph explains a term
        self._style = ""  # of the next block, as in [source,ruby]
        self._role: Role = "body"  # of the section
        self._role_level = 0
        self._numbers: list[int] = []  # of the open numbered lists
        self._pictures = self._includes = 0

    def notes(self) -> tuple[str, ...]:
        """What isn't in the file."""
        return left_out_notes({
            "picture": self._pictures, "included file": self._includes, "hidden part": self._hidden_parts,
        })  # fmt: skip

    def elements(self) -> Iterator[Element]:
        while self._position < len(self._lines):
            line = self._lines[self._position].rstrip()
            self._position += 1
            if _DELIMITER.match(line):
                yield from self._close()
                yield from self._block(line)
            elif table := _TABLE.match(line):
                yield from self._close()
                yield self._table(line, table["sign"])
            elif line.startswith("//"):
                continue  # a comment
            elif (heading := _HEADING.match(line)) and not self._open:
                yield from self._heading(heading)
            else:
                yield from self._line(line)
        yield from self._close()

    def _line(self, line: str) -> Iterator[Element]:
        if not line or line == "+" or _BREAK.match(line):
            yield from self._close()
        elif not self._open and (attribute := ATTRIBUTE.match(line)):
            if len(self.attributes) < _MAX_ATTRIBUTES:
                self.attributes[attribute["name"].lower()] = (attribute["value"] or "")[:1000]
        elif macro := _MACRO.match(line):
            yield from self._close()
            self._pictures += macro["name"] == "image"
            self._includes += macro["name"] == "include"
        elif styles := _BLOCK_ATTRIBUTES.match(line):
            yield from self._close()
            yield from self._block_attributes(styles["list"])
        elif not self._open and (title := _TITLE.match(line)):
            yield Element("caption", self._inlines(title["title"]), self._role)
        elif item := _ITEM.match(line):
            yield from self._close()
            self._open, self._open_lines = self._item(item), [line[item.end() :]]
        elif (
            (term := _TERM.match(line))
            and "://" not in term["term"]
            and (self._is_definition or not self._is_in_paragraph())
        ):
            yield from self._close()
            yield Element("paragraph", self._inlines(term["term"]), self._role)
            if term["text"]:
                self._open, self._open_lines = Element("paragraph", role=self._role), [term["text"]]
                self._is_definition = True
        else:
            self._text_line(line)

    def _block_attributes(self, attributes: str) -> Iterator[Element]:
        """Remembers the style of the next block; whom a quote is by stands before it."""
        self._style = attributes.lower()
        if quoted := _QUOTED.match(attributes):
            yield Element("caption", quoted["author"].replace(",", ", "), self._role)

    def _text_line(self, line: str) -> None:
        """Adds a line to the open paragraph or item; begins one where none is open."""
        if self._open is None:
            is_literal = line[0] in " \t" or self._style.startswith(("source", "listing", "literal"))
            self._open = Element("code" if is_literal else "paragraph", role=self._role)
        self._open_lines.append(line.removesuffix(" +"))

    def _is_in_paragraph(self) -> bool:
        return self._open is not None and self._open.kind == "paragraph"

    def _close(self) -> Iterator[Element]:
        if self._open:
            text = "\n".join(self._open_lines)
            content: Content = text if self._open.kind == "code" else self._inlines(text)
            if self._open.kind != "item":
                self._numbers.clear()
            yield replace(self._open, content=content)
            self._style = ""
        self._open, self._open_lines = None, []
        self._is_definition = False

    def _item(self, item: re.Match[str]) -> Element:
        mark, box = item["mark"], item["box"]
        level = len(mark) - 1 if mark[0] in "*." else 0
        shown = mark if mark[0].isalnum() else ""
        if mark[0] in ".<":
            self._numbers = [*self._numbers, *[0] * (level + 1)][: level + 1]
            self._numbers[level] += 1
            shown = f"{self._numbers[level]}."
        return Element("item", role=self._role, level=min(level, _MAX_LEVEL), mark=shown,
                       is_ticked=box[1] in "xX*" if box else None)  # fmt: skip

    def _heading(self, heading: re.Match[str]) -> Iterator[Element]:
        yield from self._close()
        level = len(heading["marks"])
        if self._role != "body" and level <= self._role_level:
            self._role = "body"
        if "bibliography" in self._style or self._style == "index":
            self._role, self._role_level = "bibliography" if "bibliography" in self._style else "index", level
        self._style = ""
        self._numbers.clear()
        yield Element("heading", self._inlines(heading["title"]), self._role, level=level)
        if level == 1 and not self.title:
            self.title = heading["title"]
            yield from self._author_lines()

    def _author_lines(self) -> Iterator[Element]:
        """The lines right below the title name the author and the revision."""
        for name, pattern in (("author", _AUTHOR), ("date", _REVISION)):
            line = self._lines[self._position] if self._position < len(self._lines) else ""
            match = pattern.match(line) if line.strip() and not line.startswith((":", "/")) else None
            if not match:
                return
            self._position += 1
            if name == "author":
                self.attributes["author"] = match["name"]
            else:
                self.attributes["revdate"] = match["date"]
            yield Element("field", line, label=name.capitalize())

    def _block(self, delimiter: str) -> Iterator[Element]:
        """A block of code, or a comment; what other delimiters enclose is read as if they were not there."""
        is_code = delimiter.startswith(("----", "....", "```"))
        if not is_code and not delimiter.startswith(("////", "++++")):
            return
        end, first = "```" if delimiter.startswith("```") else delimiter, self._position
        while self._position < len(self._lines) and self._lines[self._position].rstrip() != end:
            self._position += 1
        if is_code:
            yield Element("code", "\n".join(self._lines[first : self._position]), self._role)
        self._position += 1
        self._style = ""

    def _table(self, delimiter: str, sign: str) -> Element:
        first = self._position
        while self._position < len(self._lines) and self._lines[self._position].rstrip() != delimiter:
            self._position += 1
        lines = self._lines[first : self._position]
        self._position += 1
        style, self._style = self._style, ""
        if sign in ",:":
            split_rows = [[TableCell(self._inlines(cell.strip(' "'))) for cell in line.split(sign)] for line in lines]
            return Element("table", role=self._role, table=TableContent(split_rows[:MAX_ROWS]))
        rows = adoc_rows(lines, column_count(style, lines), self._inlines)
        has_header = "header" in style or (len(lines) > 1 and bool(lines[0].strip()) and not lines[1].strip())
        return Element("table", role=self._role, table=TableContent(rows, 1 if has_header else None))

    def _inlines(self, text: str) -> tuple[Inline, ...]:
        known = _ATTRIBUTE_REFERENCE.sub(lambda match: self.attributes.get(match[1].lower(), match[0]), text)
        return split_inlines(known, _INLINE, _MAKERS)
