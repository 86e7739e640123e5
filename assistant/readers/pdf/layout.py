"""The lines of a PDF's pages, with their places and type sizes, as paragraphs, headings and list items."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.readers.extract import fill_page_starts

_BULLET = re.compile(r"[•‣▪◦●○■\u2013\u2014*\uf0b7\uf0a7-]\s+(?=\S)")
_SURE_BULLET = re.compile(r"[•‣▪◦●○■\uf0b7\uf0a7]\s+(?=\S)")
_LIST_ENTRY = re.compile(rf"{_BULLET.pattern}|\(?(?:\d{{1,2}}|[a-z])[.)]\s")
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014|\s]*(?:(?:page|p\.|seite|página)\s*)?(?:\d{1,3}|[ivx]{1,5})"
    r"(?:\s*(?:/|of|de|von)\s*\d{1,4})?[-\u2013\u2014|\s]*",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;][\"'\u201d\u2019\u00bb)\]]*$")
_KEEPS_HYPHEN = re.compile(
    r"anti|cross|ex|high|long|low|mid|multi|non|post|pre|pro|self|semi|short|so|well|vice", re.IGNORECASE
)
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_MAX_HEADING_CHARS = 150
_MAX_BOLD_HEADING_CHARS = 80  # of a heading that is bold but no larger than the text
_EDGE_LINES = 3  # at the top and at the bottom of a page, among which running heads are looked for


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text on a page."""

    text: str
    page: int  # its number, from 0
    x: float  # points from the left
    y: float  # points from the bottom
    size: float  # of the type, in points
    is_bold: bool


@dataclass(frozen=True, slots=True)
class _BodyStyle:
    """What is usual in a document."""

    size: float  # of the type, in points
    leading: float  # the distance from line to line, in points
    line_chars: float  # of a full line
    is_bold: bool


@dataclass(frozen=True, slots=True)
class _EdgeLine:
    """A line near the top or the bottom of its page."""

    line: PageLine
    is_at_top: bool

    @property
    def key(self) -> tuple[str, bool, int]:
        """Equal for lines of one wording at one height, whatever numbers are in them."""
        return re.sub(r"\d+", "#", self.line.text.casefold()), self.is_at_top, round(self.line.y / 4)

    @property
    def counting_key(self) -> tuple[tuple[str, bool, int], int]:
        """Equal for lines of one key whose outer number counts the pages; a line without a number equals no other."""
        number = re.search(r"^\d{1,4}\b|\b\d{1,4}$", self.line.text)
        return self.key, int(number[0]) - self.line.page if number else -1 - self.line.page


def compose_text(pages: list[list[PageLine]]) -> tuple[str, tuple[int, ...]]:
    """Joins lines to light Markdown.

    Args:
        pages: the lines of each page, in reading order; at least one page has a line.

    Returns:
        The text, and the offset in it at which each page starts.
    """
    style = _body_style(pages)
    kept_lines = [line for page in _drop_running_heads(pages, style) for line in page]
    word_counts = Counter(_WORD.findall(" ".join(line.text for line in kept_lines).lower()))
    pieces: list[str] = []
    starts: list[int | None] = [None] * len(pages)
    length = 0
    follows_item = False
    for block in _split_blocks(kept_lines, style):
        prefix = _markdown_prefix(block[0], style)
        is_item = prefix == "- "
        separator = "" if not pieces else "\n" if is_item and follows_item else "\n\n"
        follows_item = is_item
        for number, line in enumerate(block):
            if number:
                joint, text = _joint(block[number - 1].text, line.text, word_counts), line.text
                if joint < 0:
                    pieces[-1], length = pieces[-1][:-1], length - 1
                separator = " " if joint > 0 else ""
            else:
                text = prefix + (_BULLET.sub("", line.text, count=1) if is_item else line.text)
            starts[line.page] = length + len(separator) if starts[line.page] is None else starts[line.page]
            pieces += [separator, text]
            length += len(separator) + len(text)
    return "".join(pieces), fill_page_starts(starts, length)


def _body_style(pages: list[list[PageLine]]) -> _BodyStyle:
    """The style in which most characters are set."""
    lines = [line for page in pages for line in page]
    chars_by_size: Counter[float] = Counter()
    for line in lines:
        chars_by_size[round(line.size, 1)] += len(line.text)
    size = chars_by_size.most_common(1)[0][0] or 1.0
    body = [line for line in lines if round(line.size, 1) == size]
    distances = [
        above.y - below.y
        for page in pages
        for above, below in pairwise(page)
        if round(above.size, 1) == round(below.size, 1) == size and 0.5 * size < above.y - below.y < 3 * size
    ]
    # The small distances are those inside paragraphs: a page of short paragraphs has many large ones.
    leading = statistics.quantiles(distances, n=4)[0] if len(distances) > 1 else 1.2 * size
    line_chars = statistics.quantiles([len(line.text) for line in body], n=10)[-1] if len(body) > 1 else 80.0
    is_bold = 2 * sum(len(line.text) for line in body if line.is_bold) > chars_by_size[size]
    return _BodyStyle(size, leading, line_chars, is_bold)


def _drop_running_heads(pages: list[list[PageLine]], style: _BodyStyle) -> list[list[PageLine]]:
    """Drops page numbers, and running heads: lines that come back at one height of one edge.

    Twice is enough where a number in them counts the pages, else on three pages, or on both of two.
    """
    edges = [_edge_lines(page) for page in pages]
    pages_by_key = Counter(key for edge in edges for key in {edge_line.key for edge_line in edge})
    pages_by_counting_key = Counter(key for edge in edges for key in {edge_line.counting_key for edge_line in edge})
    enough_pages = max(2, min(3, len(pages)))

    def is_running_head(edge_line: _EdgeLine, is_outermost: bool) -> bool:
        line = edge_line.line
        if _PAGE_NUMBER.fullmatch(line.text):
            return is_outermost
        comes_back = pages_by_key[edge_line.key] >= enough_pages or pages_by_counting_key[edge_line.counting_key] > 1
        return comes_back and line.size <= 1.1 * style.size and bool(_LETTER.search(line.text))

    kept_pages = []
    for page, edge in zip(pages, edges, strict=True):
        outermost = {edge[0].line, edge[-1].line} if edge else set()
        dropped = {edge_line.line for edge_line in edge if is_running_head(edge_line, edge_line.line in outermost)}
        kept_pages.append([line for line in page if line not in dropped])
    return kept_pages


def _edge_lines(page: list[PageLine]) -> list[_EdgeLine]:
    """The highest and the lowest lines of a page, from top to bottom."""
    ordered = sorted(page, key=lambda line: -line.y)
    top, bottom = ordered[:_EDGE_LINES], ordered[_EDGE_LINES:][-_EDGE_LINES:]
    return [_EdgeLine(line, is_at_top=True) for line in top] + [_EdgeLine(line, is_at_top=False) for line in bottom]


def _split_blocks(lines: Iterable[PageLine], style: _BodyStyle) -> Iterator[list[PageLine]]:
    """The lines of one paragraph, heading or list item at a time."""
    block: list[PageLine] = []
    for line in lines:
        if block and _starts_block(line, block, style):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _starts_block(line: PageLine, block: list[PageLine], style: _BodyStyle) -> bool:
    """Whether a line starts a block of its own rather than going on with the one above it."""
    last = block[-1]
    ends_sentence = bool(_SENTENCE_END.search(last.text))
    level = _heading_level(line, style)
    # A dash or a number may also begin a line inside a sentence: "- which", "5. May".
    starts_item = _SURE_BULLET.match(line.text) or (
        _LIST_ENTRY.match(line.text) and (ends_sentence or _LIST_ENTRY.match(block[0].text))
    )
    if _heading_level(last, style) != level or starts_item:
        return True
    if line.page != last.page or line.y > last.y:  # the next page or column
        goes_on = line.text[0].islower() or (len(last.text) > 0.6 * style.line_chars and not level)
        return ends_sentence or not (goes_on or last.text.endswith("-"))
    if last.y - line.y > 1.3 * max(style.leading, 1.05 * last.size):
        return True
    is_indented = line.x - last.x > 0.8 * line.size and not _BULLET.match(last.text)
    return ends_sentence and not level and (is_indented or len(last.text) < 0.7 * style.line_chars)


def _heading_level(line: PageLine, style: _BodyStyle) -> int:
    """The level of a heading, 1 to 3; 0 for body text."""
    if len(line.text) > _MAX_HEADING_CHARS or not _LETTER.search(line.text) or line.text.endswith((".", ",", ";")):
        return 0
    if line.size >= 1.15 * style.size:
        return 1 if line.size >= 1.4 * style.size else 2
    stands_out = line.is_bold and not style.is_bold and len(line.text) <= _MAX_BOLD_HEADING_CHARS
    return 3 if stands_out and not _BULLET.match(line.text) else 0


def _markdown_prefix(first_line: PageLine, style: _BodyStyle) -> str:
    """What a block begins with in Markdown: "## " for a heading, "- " for an item, nothing for a paragraph."""
    level = _heading_level(first_line, style)
    return f"{'#' * level} " if level else "- " if _BULLET.match(first_line.text) else ""


def _joint(above: str, below: str, word_counts: Counter[str]) -> int:
    """How two lines of a paragraph join: 1 with a space, 0 without, -1 without the first one's hyphen.

    A word that occurs whole elsewhere in the document decides, else whether its first half is a prefix that
    is written with a hyphen.
    """
    end, start = re.search(r"([^\W\d_]+)[-\u2010]$", above), re.match(r"[^\W\d_]+", below)
    if end and start and end[1][-1].islower() and below[0].islower():
        left, right = end[1].lower(), start[0].lower()
        hyphenated_count, whole_count = word_counts[f"{left}-{right}"], word_counts[left + right]
        keeps_hyphen = hyphenated_count > whole_count or (not whole_count and _KEEPS_HYPHEN.fullmatch(left) is not None)
        return 0 if keeps_hyphen else -1
    return 0 if re.search(r"\w[-\u2010]$", above) or (_CJK.match(above[-1]) and _CJK.match(below[0])) else 1
