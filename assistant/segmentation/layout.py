"""The layout of plain text and Markdown as blocks: paragraphs, list items, tables, headings, code.

A line-by-line parser, with offsets, for the part of CommonMark (and of GitHub's tables) that documents use. It also
parses plain text, where headings are unmarked and a line end may or may not end a paragraph. Time is linear in the
length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, cast

from assistant.segmentation.front_matter import front_matter_end
from assistant.segmentation.list_nesting import ListNesting, indent_of
from assistant.structure import Block, BlockKind, Column, Table, TableRow, split_cells

_UnitKind = Literal["paragraph", "item", "note", "header_row", "row", "heading", "code"]

_MAX_TITLE_CHARS = 400  # of a line that is underlined as a heading
_MAX_UNMARKED_HEADING_CHARS = 80  # a longer line without a mark is no heading
_MAX_CONSECUTIVE_HEADINGS = 4  # more unmarked "headings" than these, one after the other, are a list
_WRAP_WIDTHS = range(40, 161)  # the widths, in characters, that people wrap their lines to
_WRAP_SAMPLE_CHARS = 200_000  # of the text, examined to determine that width
_ITEM_BULLETS = "-*+•◦▪‣●"

_COMMENT_START = re.compile(r"\s*+<!--")
_QUOTE_MARK = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_ATX_HEADING = re.compile(r"(#{1,6})(?:\s+|$)")
_ITEM_MARK = re.compile(
    r"(?:(?P<bullet>[-*+•◦▪‣●–])|(?P<mark>(?P<number>\d{1,3})[.)]|\(?[A-Za-z0-9]{1,2}\))|\[\^(?P<note>[^\]\s]{1,50})\]:)"
    r"\s+(?P<box>\[[ xX]\]\s+)?(?=\S)"
)
_RULE_OR_EMPTY_ITEM = re.compile(r"([-*_=~#])(?:[ \t]*+\1){2,}+|[-*+•◦▪‣●]")
_HEADING_UNDERLINE = re.compile(r"=+|-{2,}")
_CODE_FENCE = re.compile(r"(`{3,}|~{3,})[^`]{0,40}")
_TABLE_DELIMITER = re.compile(r"\|?(?:\s*+:?-++:?\s*+\|)++(?:\s*+:?-++:?)?")
_HTML_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]{0,500}>\s*+)++")
_LINK_DEFINITION = re.compile(
    r"\[[^\]^][^\]]{0,100}\]:\s{1,5}(?:<|https?:|mailto:|[./#])\S{0,500}(?:\s{1,5}[\"'(].{0,200})?"
)
_LABELLED_LINE = re.compile(r"(?:\*\*|__)?[^\W\d_][\w /-]{0,30}:(?:\*\*|__)?\s+\S")
_NUMBERING = re.compile(
    r"^(?:(?:part|chapter|section|article|annex|appendix|step|volume|book|unit|day) )?"
    r"\d{1,2}(?:\.\d{1,2})*[.:)]?(?=\s|$)|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"""[.!?…:;。！？]["'”’»)\]*_]{0,5}$""")


@dataclass(frozen=True, slots=True)
class _Line:
    line_start: int
    start: int  # of the content: start and end leave out white space and quote marks
    end: int
    is_quoted: bool
    has_hard_break: bool  # it ends in a hard line break of Markdown


@dataclass(frozen=True, slots=True)
class _LayoutUnit:
    """A block, or a row of a table, or a line of code."""

    start: int
    end: int
    kind: _UnitKind
    level: int = 0  # of a heading; of an item its nesting
    mark: str = ""  # of an item or a note
    is_ticked: bool | None = None
    fence: int = 0  # which fence of the text a line of code stands in


def parse_layout(text: str, *, markdown: bool) -> Iterator[Block]:
    """Parses the layout of a text.

    Every character other than white space is in a block, except the marks of bulleted lists, quotes, headings and
    fences, rules, and in Markdown front matter, HTML comments, lines of tags, and link addresses. What a fence holds is
    one block. A full sentence with a dashed line below it is one above a rule, though in CommonMark it is a heading.

    Args:
        text: the canonical text of a document.
        markdown: False parses headings, front matter, fences and HTML as in plain text: a short line by itself,
            without an end mark, above a paragraph is a heading.

    Yields:
        Blocks in order; they never overlap.
    """
    units = _LayoutParser(text, markdown).parse()
    rows: list[_LayoutUnit] = []  # of the open table, its header first; or the open code's lines
    for unit in units if markdown else _mark_plain_headings(text, units):
        if rows and not (unit.kind == "row" or (unit.kind == "code" and unit.fence == rows[-1].fence)):
            yield _join_rows(text, rows)
            rows = []
        if unit.kind in {"header_row", "row", "code"}:
            rows.append(unit)
        else:
            yield Block(
                cast("BlockKind", unit.kind), unit.start, unit.end, level=unit.level, mark=unit.mark,
                is_ticked=unit.is_ticked, label="footnote" if unit.kind == "note" else "",
            )  # fmt: skip
    if rows:
        yield _join_rows(text, rows)


def _join_rows(text: str, units: list[_LayoutUnit]) -> Block:
    """The block of a table's rows, or of lines of code."""
    start, end = units[0].start, units[-1].end
    if units[0].kind == "code":
        return Block("code", start, end)
    names = split_cells(text[start : units[0].end])
    rows = tuple(TableRow(unit.start, unit.end) for unit in units[1:])
    return Block("table", start, end, table=Table(tuple(map(Column, names)), rows, header_rows=int(any(names))))


class _LayoutParser:
    """Parses line by line; its state is whatever is open: a paragraph, a table, a fence."""

    def __init__(self, text: str, markdown: bool) -> None:
        self._text = text
        self._markdown = markdown
        self._wrap_width = _detect_wrap_width(text)
        self._paragraph: list[_Line] = []
        self._paragraph_item: _LayoutUnit | None = None  # what its first line begins, where that is an item or a note
        self._is_in_table = False
        self._nesting = ListNesting()
        self._fence, self._is_fence_quoted = "", False  # the marks that opened the code; empty outside code
        self._fences = 0  # up to here

    def parse(self) -> Iterator[_LayoutUnit]:
        for line in self._lines():
            content = self._text[line.start : line.end]
            if self._fence:
                if content.startswith(self._fence) and not content.strip(self._fence[0]):
                    self._fence = ""
                elif content:
                    yield _LayoutUnit(line.start, line.end, "code", fence=self._fences)
            elif not content:
                yield from self._close()
            elif self._is_in_table and "|" in content and not line.is_quoted:
                if content.strip("| \t"):
                    yield _LayoutUnit(line.start, line.end, "row")
            else:
                self._is_in_table = False
                if self._paragraph and self._paragraph[-1].is_quoted != line.is_quoted:
                    yield from self._close()
                yield from self._parse_markdown(line, content) if self._markdown else self._parse_line(line, content)
        yield from self._close()

    def _lines(self) -> Iterator[_Line]:
        """The lines; in Markdown without front matter, and outside code without HTML comments."""
        text, markdown = self._text, self._markdown
        position, line_end, skip_comments = front_matter_end(text) if markdown else 0, -1, markdown
        while position < len(text):
            if line_end < position:
                line_end = text.find("\n", position)
                line_end = len(text) if line_end < 0 else line_end
            may_be_quoted = not self._fence or self._is_fence_quoted
            quote_mark = _QUOTE_MARK.match(text, position, line_end) if may_be_quoted else None
            start = quote_mark.end() if quote_mark else position
            if skip_comments and not self._fence and (comment := _COMMENT_START.match(text, start, line_end)):
                skip_comments = (comment_end := text.find("-->", comment.end())) >= 0
                if skip_comments:
                    position = comment_end + 3
                    yield _Line(position, position, position, is_quoted=False, has_hard_break=False)
                    continue
            raw = text[start:line_end]
            content = raw.strip()
            start += raw.index(content)
            has_hard_break = markdown and (raw.endswith("  ") or content.endswith("\\"))
            yield _Line(position, start, start + len(content), bool(quote_mark), has_hard_break)
            position = line_end + 1

    def _parse_markdown(self, line: _Line, content: str) -> Iterator[_LayoutUnit]:
        """Parses a line that may hold constructs of Markdown alone."""
        if atx := _ATX_HEADING.match(content):
            yield from self._close()
            title = content[atx.end() :]
            without_closing = title.rstrip("#")
            if not without_closing or without_closing[-1].isspace():
                title = without_closing.rstrip()
            if title:
                start = line.start + atx.end()
                yield _LayoutUnit(start, start + len(title), "heading", len(atx[1]))
        elif fence := _CODE_FENCE.fullmatch(content):
            yield from self._close()
            self._fence, self._is_fence_quoted = fence[1], line.is_quoted
            self._fences += 1
        elif _HTML_TAGS.fullmatch(content) or _LINK_DEFINITION.fullmatch(content):
            yield from self._close()
        else:
            yield from self._parse_line(line, content)

    def _parse_line(self, line: _Line, content: str) -> Iterator[_LayoutUnit]:
        """Parses a line by what plain text and Markdown have in common."""
        previous = self._paragraph[-1] if self._paragraph else None
        previous_text = self._text[previous.start : previous.end] if previous else ""
        if previous and _HEADING_UNDERLINE.fullmatch(content) and self._is_title(content, previous_text):
            self._paragraph.clear()
            yield _LayoutUnit(previous.start, previous.end, "heading", 1 if content[0] == "=" else 2)
        elif previous and "|" in previous_text and "|" in content and _TABLE_DELIMITER.fullmatch(content):
            self._paragraph.pop()
            yield from self._close()
            self._is_in_table = True
            yield _LayoutUnit(previous.start, previous.end, "header_row")
        elif _RULE_OR_EMPTY_ITEM.fullmatch(content):
            yield from self._close()
        elif (item_mark := _ITEM_MARK.match(content)) and self._may_begin_item(item_mark):
            yield from self._close()
            self._paragraph_item = self._begin_item(line, item_mark)
            self._paragraph.append(replace(line, start=self._paragraph_item.start))
        else:
            if not self._paragraph and line.start == line.line_start:
                self._nesting.clear()
            self._paragraph.append(line)

    def _begin_item(self, line: _Line, item_mark: re.Match[str]) -> _LayoutUnit:
        """What begins at a line with the mark of an item or a footnote; a number and a task's box are part of it."""
        level = self._nesting.level(indent_of(self._text[line.line_start : line.start + 1]))
        if item_mark["note"]:
            return _LayoutUnit(line.start + item_mark.end(), line.end, "note", mark=item_mark["note"])
        is_ticked = item_mark["box"][1] in "xX" if item_mark["box"] else None
        group = "mark" if item_mark["mark"] else "box" if item_mark["box"] else None
        start = line.start + (item_mark.start(group) if group else item_mark.end()) - item_mark.start()
        return _LayoutUnit(start, line.end, "item", level, item_mark["mark"] or item_mark["bullet"], is_ticked)

    def _is_title(self, underline: str, line_text: str) -> bool:
        """Whether an underlined line is a heading rather than the last line of a paragraph above a rule."""
        is_line = len(self._paragraph) == 1 and self._paragraph_item is None and len(line_text) <= _MAX_TITLE_CHARS
        return is_line and (underline[0] == "=" or not _ENDS_SENTENCE.search(line_text[-10:]))

    def _may_begin_item(self, item_mark: re.Match[str]) -> bool:
        """A wrapped line may begin with "12. " by chance; as in CommonMark only 1 begins a list there."""
        if not self._paragraph or self._paragraph_item is not None or not self._wrap_width:
            return True
        return item_mark["number"] == "1" or item_mark[0][0] in _ITEM_BULLETS

    def _close(self) -> Iterator[_LayoutUnit]:
        """Ends the open paragraph and table: one unit for each run of lines that belong together."""
        self._is_in_table = False
        lines, item = self._paragraph, self._paragraph_item
        self._paragraph, self._paragraph_item = [], None
        start = lines[0].start if lines else 0
        unit = item or _LayoutUnit(start, start, "paragraph")
        for line, next_line in pairwise(lines):
            if not self._continues(line, next_line):
                yield replace(unit, end=line.end)
                unit = _LayoutUnit(next_line.start, next_line.start, "paragraph")
        if lines:
            yield replace(unit, end=lines[-1].end)

    def _continues(self, line: _Line, next_line: _Line) -> bool:
        """Whether a paragraph continues on the next line: it was wrapped there, or its words say so."""
        next_text = self._text[next_line.start : min(next_line.end, next_line.start + 60)]
        if line.has_hard_break:
            return False
        if _LABELLED_LINE.match(next_text) and _LABELLED_LINE.match(self._text[line.start : line.end][:60]):
            return False
        length_with_next_word = line.end - line.line_start + 1 + len(next_text.split()[0])
        if self._wrap_width and length_with_next_word >= 0.9 * self._wrap_width:
            return True
        if next_text[0].islower() or self._text[line.end - 1] in ",-–—":
            return True
        return self._markdown and line.end - line.line_start < _WRAP_WIDTHS.stop


def _detect_wrap_width(text: str) -> int:
    """The width in characters that the lines of a text are wrapped to; 0 where each line is a paragraph."""
    lines = text[:_WRAP_SAMPLE_CHARS].split("\n")
    inner_lines = [line for line, next_line in pairwise(lines) if line.strip() and next_line.strip()]
    if not inner_lines:
        return 0
    width = sorted(map(len, inner_lines))[len(inner_lines) * 9 // 10]
    unfinished = sum(not _ENDS_SENTENCE.search(line.rstrip()[-10:]) for line in inner_lines)
    return width if width in _WRAP_WIDTHS and 2 * unfinished >= len(inner_lines) else 0


def _mark_plain_headings(text: str, units: Iterator[_LayoutUnit]) -> Iterator[_LayoutUnit]:
    """Turns short lines above a paragraph into headings, since plain text has no mark for them."""
    possible_headings: list[_LayoutUnit] = []
    for unit in units:
        if _looks_like_heading(text, unit):
            possible_headings.append(unit)
            continue
        if len(possible_headings) <= _MAX_CONSECUTIVE_HEADINGS and unit.kind != "heading":
            yield from (replace(heading, kind="heading", level=2) for heading in possible_headings)
        else:
            yield from possible_headings
        possible_headings.clear()
        yield unit
    yield from possible_headings


def _looks_like_heading(text: str, unit: _LayoutUnit) -> bool:
    line = text[unit.start : unit.end] if unit.end - unit.start <= _MAX_UNMARKED_HEADING_CHARS else ""
    words = _NUMBERING.sub("", line).strip()
    if unit.kind != "paragraph" or "\n" in line or _ENDS_SENTENCE.search(line) or _LABELLED_LINE.match(words):
        return False
    begins_like_title = line[:1].isupper() or line[:1].isdigit()
    return begins_like_title and any(map(str.isalpha, words)) and not any(map(str.isdigit, words))
