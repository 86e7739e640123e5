"""The layout of plain text and light Markdown: paragraphs, list items, table rows, headings.

A reading, line by line and with offsets, of the part of CommonMark (and of GitHub's tables) that documents
use. It reads plain text too, where headings have no mark and a line end may or may not end a paragraph. Time
is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

BlockKind = Literal["prose", "item", "row", "heading"]

_CONTEXT = 200  # characters that are kept of one heading, or of a table's header, as context
_HEADING = 80  # an unmarked line that is longer is no heading
_HEADINGS_IN_A_ROW = 4  # more unmarked "headings" than these, one after the other, are a list
_WRAP = range(40, 161)  # the widths, in characters, that people wrap their lines to
_SAMPLE = 200_000  # characters that are looked at to find that width

_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_ATX = re.compile(r"(#{1,6})(?:\s+|$)")
_ITEM = re.compile(
    r"(?:[-*+•◦▪‣●]|–|(\d{1,3})[.)]|\(?[A-Za-z0-9]{1,2}\)|\[\^[^\]\s]{1,50}\]:)\s+(?:\[[ xX]\]\s+)?(?=\S)"
)
_RULE = re.compile(r"([-*_=~#])(?:[ \t]*+\1){2,}+|[-*+•◦▪‣●]")  # and an empty item
_UNDERLINE = re.compile(r"=+|-{2,}")
_FENCE = re.compile(r"(`{3,}|~{3,})[^`]{0,40}")
_DELIMITER = re.compile(r"\|?(?:\s*+:?-++:?\s*+\|)++(?:\s*+:?-++:?)?")
_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]{0,500}>\s*+)++")
_LINK_TARGET = re.compile(
    r"\[[^\]^][^\]]{0,100}\]:\s{1,5}(?:<|https?:|mailto:|[./#])\S{0,500}(?:\s{1,5}[\"'(].{0,200})?"
)
_LABEL = re.compile(r"(?:\*\*|__)?[^\W\d_][\w /-]{0,30}:(?:\*\*|__)?\s+\S")
_YAML = re.compile(r"[\w-]+[ \t]*:.*|[ \t]+.*|- .*|#.*|")
_NUMBERING = re.compile(
    r"^(?:(?:part|chapter|section|article|annex|appendix|step|volume|book|unit|day) )?"
    r"\d{1,2}(?:\.\d{1,2})*[.:)]?(?=\s|$)|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"""[.!?…:;。！？]["'”’»)\]*_]{0,5}$""")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text that no sentence crosses: ``text[start:end]``, without its list or table marks."""

    start: int
    end: int
    kind: BlockKind
    context: str = ""  # the headings above it, joined by " > ", and for a table row the table's header


@dataclass(frozen=True, slots=True)
class _Line:
    begin: int  # where the line begins; start and end are without white space and quote marks
    start: int
    end: int
    quoted: bool
    broken: bool  # it ends in a hard break of Markdown


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    kind: BlockKind
    level: int = 0  # of a heading; a table's header has none
    header: str = ""


def split_blocks(text: str, *, markdown: bool) -> Iterator[Block]:
    """Reads the layout of a text.

    Every character that is no white space is in a block, but for marks of lists, tables, quotes, headings
    and fences, rules, and in Markdown front matter, HTML comments, lines of tags, and link addresses. A
    heading is a block of its own kind, and so is the header of a table. Lines of fenced code are prose, one
    block each. Where the source is CommonMark and this differs, it keeps more text: a full sentence with a
    dashed line below it is a sentence above a rule.

    Args:
        text: the canonical text of a document.
        markdown: False reads headings, front matter, fences and HTML as plain text has them: a short
            line by itself, without an end mark, above a paragraph is a heading.

    Yields:
        Blocks in order; they never overlap. ``context`` is the path of the headings above.
    """
    units = _Reader(text, markdown).read()
    path: list[tuple[int, str]] = []
    for unit in units if markdown else _unmarked_headings(text, units):
        if unit.level:
            path = [above for above in path if above[0] < unit.level]
        context = " > ".join(filter(None, [*(title for _, title in path), unit.header]))
        yield Block(unit.start, unit.end, unit.kind, context)
        if unit.level:
            path.append((unit.level, " ".join(text[unit.start : unit.end][:_CONTEXT].split())))


class _Reader:
    """Reads lines one after the other; what is open (a paragraph, a table, a fence) is its state."""

    def __init__(self, text: str, markdown: bool) -> None:
        self._text = text
        self._markdown = markdown
        self._wrap = _wrap_width(text)
        self._paragraph: list[_Line] = []
        self._kind: BlockKind = "prose"  # of the open paragraph
        self._header: str | None = None  # of the open table
        self._fence = ""  # that opened the code

    def read(self) -> Iterator[_Unit]:
        text = self._text
        for line in _lines(text, _front_matter(text) if self._markdown else 0, self._markdown):
            content = text[line.start : line.end]
            if self._fence:
                if content.startswith(self._fence) and not content.strip(self._fence[0]):
                    self._fence = ""
                elif content:
                    yield _Unit(line.start, line.end, "prose")
            elif not content:
                yield from self._close()
            elif self._header is not None and "|" in content and not line.quoted:
                yield from self._row(line, content)
            else:
                self._header = None
                if self._paragraph and self._paragraph[-1].quoted != line.quoted:
                    yield from self._close()
                yield from self._marked(line, content) if self._markdown else self._plain(line, content)
        yield from self._close()

    def _marked(self, line: _Line, content: str) -> Iterator[_Unit]:
        if atx := _ATX.match(content):
            yield from self._close()
            title = content[atx.end() :]
            unclosed = title.rstrip("#")
            if not unclosed or unclosed[-1].isspace():
                title = unclosed.rstrip()
            if title:
                start = line.start + atx.end()
                yield _Unit(start, start + len(title), "heading", len(atx[1]))
        elif fence := _FENCE.fullmatch(content):
            yield from self._close()
            self._fence = fence[1]
        elif _TAGS.fullmatch(content) or _LINK_TARGET.fullmatch(content):
            yield from self._close()
        else:
            yield from self._plain(line, content)

    def _plain(self, line: _Line, content: str) -> Iterator[_Unit]:
        above = self._paragraph[-1] if self._paragraph else None
        above_text = self._text[above.start : above.end] if above else ""
        if above and _UNDERLINE.fullmatch(content) and self._is_title(content, above_text):
            self._paragraph.clear()
            yield _Unit(above.start, above.end, "heading", 1 if content[0] == "=" else 2)
        elif above and "|" in above_text and "|" in content and _DELIMITER.fullmatch(content):
            self._paragraph.pop()
            yield from self._close()
            yield from self._open_table(above, above_text)
        elif _RULE.fullmatch(content):
            yield from self._close()
        elif (item := _ITEM.match(content)) and self._may_begin(item):
            yield from self._close()
            self._kind = "item"
            self._paragraph.append(replace(line, start=line.start + item.end()))
        else:
            self._paragraph.append(line)

    def _is_title(self, underline: str, above: str) -> bool:
        single = len(self._paragraph) == 1 and self._kind == "prose" and len(above) <= 2 * _CONTEXT
        return single and (underline[0] == "=" or not _ENDED.search(above[-10:]))

    def _may_begin(self, item: re.Match[str]) -> bool:
        """A wrapped line may begin with "12. " by chance; as in CommonMark only 1 begins a list there."""
        if not self._paragraph or self._kind == "item" or not self._wrap:
            return True
        return item[1] == "1" or item[0][0] in "-*+•◦▪‣●"

    def _open_table(self, line: _Line, content: str) -> Iterator[_Unit]:
        self._header = " | ".join(cell.strip() for cell in content.strip("|").split("|"))[:_CONTEXT]
        for row in self._row(line, content):
            yield replace(row, kind="heading", header="")

    def _row(self, line: _Line, content: str) -> Iterator[_Unit]:
        cells = content.strip("| \t")
        if cells:
            start = line.start + content.index(cells)
            yield _Unit(start, start + len(cells), "row", header=self._header or "")

    def _close(self) -> Iterator[_Unit]:
        """Ends the open paragraph and table: one unit for each run of lines that belong together."""
        self._header = None
        lines, kind = self._paragraph, self._kind
        self._paragraph, self._kind = [], "prose"
        start = lines[0].start if lines else 0
        for line, following in pairwise(lines):
            if not self._continues(line, following):
                yield _Unit(start, line.end, kind)
                start, kind = following.start, "prose"
        if lines:
            yield _Unit(start, lines[-1].end, kind)

    def _continues(self, line: _Line, following: _Line) -> bool:
        """Whether a paragraph goes on over this line end: it was wrapped there, or the words say so."""
        begin = self._text[following.start : min(following.end, following.start + 60)]
        if line.broken:
            return False
        if _LABEL.match(begin) and _LABEL.match(self._text[line.start : line.end][:60]):
            return False
        if self._wrap and line.end - line.begin + 1 + len(begin.split()[0]) >= 0.9 * self._wrap:
            return True
        if begin[0].islower() or self._text[line.end - 1] in ",-–—":
            return True
        return self._markdown and line.end - line.begin < _WRAP.stop


def _lines(text: str, position: int, markdown: bool) -> Iterator[_Line]:
    """The lines, HTML comments left out."""
    comments = markdown
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        quote = _QUOTE.match(text, position, stop)
        start = quote.end() if quote else position
        raw = text[start:stop]
        content = raw.strip()
        start += raw.index(content)
        if comments and content.startswith("<!--"):
            close = text.find("-->", start + 4)
            comments = close >= 0
            if comments:
                position = close + 3
                yield _Line(position, position, position, quoted=False, broken=False)
                continue
        broken = markdown and (raw.endswith("  ") or content.endswith("\\"))
        yield _Line(position, start, start + len(content), bool(quote), broken)
        position = stop + 1


def _front_matter(text: str) -> int:
    """Where the text begins after YAML front matter; 0 where it has none."""
    if not text.startswith("---\n"):
        return 0
    position = 4
    while (stop := text.find("\n", position)) >= 0 or (stop := len(text)) > position:
        line = text[position:stop].rstrip()
        if line in ("---", "..."):
            return min(stop + 1, len(text))
        if not _YAML.fullmatch(line) or stop - position > _SAMPLE:
            return 0
        position = stop + 1
    return 0


def _wrap_width(text: str) -> int:
    """The width that the lines of a text are wrapped to; 0 where each line is a paragraph."""
    lines = text[:_SAMPLE].split("\n")
    inner = [line for line, following in pairwise(lines) if line.strip() and following.strip()]
    if not inner:
        return 0
    width = sorted(map(len, inner))[len(inner) * 9 // 10]
    running = sum(not _ENDED.search(line.rstrip()[-10:]) for line in inner)
    return width if width in _WRAP and 2 * running >= len(inner) else 0


def _unmarked_headings(text: str, units: Iterator[_Unit]) -> Iterator[_Unit]:
    """Makes headings of the short lines above a paragraph, as plain text has them."""
    waiting: list[_Unit] = []
    for unit in units:
        if _looks_like_heading(text, unit):
            waiting.append(unit)
            continue
        headings = len(waiting) <= _HEADINGS_IN_A_ROW and unit.kind != "heading"
        yield from (replace(w, kind="heading", level=2) for w in waiting) if headings else waiting
        waiting.clear()
        yield unit
    yield from waiting


def _looks_like_heading(text: str, unit: _Unit) -> bool:
    line = text[unit.start : unit.end] if unit.end - unit.start <= _HEADING else ""
    words = _NUMBERING.sub("", line).strip()
    if unit.kind != "prose" or "\n" in line or _ENDED.search(line) or _LABEL.match(words):
        return False
    begins = line[:1].isupper() or line[:1].isdigit()
    return begins and any(map(str.isalpha, words)) and not any(map(str.isdigit, words))
