"""PDF: pypdf gives the lines and where they stand; paragraphs, headings and pages are made out of that."""

import io
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument, collapse_whitespace, filled, own_title, parse_date

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BULLET = re.compile(r"[•‣▪◦●○■\u2013\u2014*\uf0b7\uf0a7-]\s+(?=\S)")
_SURE_BULLET = re.compile(r"[•‣▪◦●○■\uf0b7\uf0a7]\s+(?=\S)")
_ENTRY = re.compile(rf"{_BULLET.pattern}|\(?(?:\d{{1,2}}|[a-z])[.)]\s")
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014|\s]*(?:(?:page|p\.|seite|página)\s*)?(?:\d{1,3}|[ivx]{1,5})"
    r"(?:\s*(?:/|of|de|von)\s*\d{1,4})?[-\u2013\u2014|\s]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\.\s*){5,}[\divxlc]+$")  # a line of a table of contents: "Scope . . . . . 3"
_CLOSED = re.compile(r"[.!?…:;][\"'\u201d\u2019\u00bb)\]]*$")
_KEEPS_HYPHEN = re.compile(
    r"anti|cross|ex|high|long|low|mid|multi|non|post|pre|pro|self|semi|short|so|well|vice", re.IGNORECASE
)
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int
    x: float  # points from the left
    y: float  # points from the bottom
    size: float  # of the type, in points
    bold: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """What is usual in a document: body size and the distance from line to line, in points."""

    size: float
    leading: float
    length: float  # of a full line, in characters
    bold: bool


def read_pdf(data: bytes, limit: int) -> ExtractedDocument:
    """Reads a ``.pdf`` file with pypdf.

    Wrapped lines become paragraphs, hyphens at line ends are joined, running heads and page numbers are left
    out, larger or bold lines become headings. ``pages`` holds each page's start in the text.

    Raises:
        ReadingError: encrypted with a password, scanned without a text layer, damaged, in a circle, or more text
            than ``limit`` characters.
    """
    from pypdf.errors import LimitReachedError

    try:
        return _read(data, limit)
    except LimitReachedError as error:
        raise ReadingError("refers to itself without end, or unpacks to far more than a file may have") from error


def _read(data: bytes, limit: int) -> ExtractedDocument:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        try:
            opened = bool(reader.decrypt(""))
        except (DependencyError, NotImplementedError, FileNotDecryptedError):
            opened = False
        if not opened:
            raise ReadingError("encrypted: it needs a password. Save a copy without one")
    pages: list[list[_Line]] = []
    size = 0
    for number, page in enumerate(reader.pages):
        pages.append(_lines(page, number))
        size += sum(len(line.text) for line in pages[-1])
        if size > limit:
            raise ReadingError("holds more text than a file may. Split it into smaller files")
    empty = sum(not lines for lines in pages)
    if empty == len(pages):
        raise ReadingError("scanned, no text. Run it through text recognition (OCR) first")
    text, starts = _compose(pages)
    notes = (f"{empty} of {len(pages)} pages have no text: pictures or scans",) if empty else ()
    title, written = _metadata(reader)
    return ExtractedDocument(text, title, written, pages=starts, notes=notes)


def _metadata(reader: Any) -> tuple[str, date | None]:
    """Title and creation date; what is malformed counts as missing."""
    found: list[Any] = []
    for name in ("title", "creation_date"):
        try:
            found.append(getattr(reader.metadata, name, None))
        except Exception:  # noqa: BLE001 — malformed metadata raises anything
            found.append(None)
    return own_title(found[0]), parse_date(found[1])


def _lines(page: Any, number: int) -> list[_Line]:
    """A page's lines in reading order, each with the place and type of its first words."""
    from pypdf import mult

    lines: list[_Line] = []
    pieces: list[str] = []
    first: tuple[float, float, float, bool] | None = None

    def finish() -> None:
        nonlocal first
        text = collapse_whitespace(re.sub("\u00ad\\s*$", "-", "".join(pieces)).translate(_LIGATURES))
        if text and first and not _LEADER.search(text[-80:]):
            lines.append(_Line(text, number, *first))
        pieces.clear()
        first = None

    def visit(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        nonlocal first
        for part in re.split(r"(\n)", text):
            if part == "\n":
                finish()
            elif part:
                pieces.append(part)
                if first is None and part.strip():
                    place = mult(tm, cm)
                    bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                    first = (place[4], place[5], abs(size) * math.hypot(place[2], place[3]), bold)

    page.extract_text(visitor_text=visit)
    finish()
    return lines


def _compose(pages: list[list[_Line]]) -> tuple[str, tuple[int, ...]]:
    style = _usual(pages)
    kept = _without_furniture(pages, style)
    words = Counter(
        re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(line.text for page in kept for line in page).lower())
    )
    pieces: list[str] = []
    starts: list[int | None] = [None] * len(pages)
    length = 0
    previous_item = False
    for block in _blocks((line for page in kept for line in page), style):
        mark = _mark(block, style)
        item = mark == "- "
        parting = "" if not pieces else "\n" if item and previous_item else "\n\n"
        previous_item = item
        for place, line in enumerate(block):
            if place:
                joint, text = _joint(block[place - 1].text, line.text, words), line.text
                if joint < 0:
                    pieces[-1], length = pieces[-1][:-1], length - 1
                parting = " " if joint > 0 else ""
            else:
                text = mark + (_BULLET.sub("", line.text, count=1) if item else line.text)
            starts[line.page] = length + len(parting) if starts[line.page] is None else starts[line.page]
            pieces += [parting, text]
            length += len(parting) + len(text)
    return "".join(pieces), filled(starts, length)


def _usual(pages: list[list[_Line]]) -> _Style:
    lines = [line for page in pages for line in page]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    size = sizes.most_common(1)[0][0] or 1.0
    body = [line for line in lines if round(line.size, 1) == size]
    steps = [
        above.y - below.y
        for page in pages
        for above, below in pairwise(page)
        if round(above.size, 1) == round(below.size, 1) == size and 0.5 * size < above.y - below.y < 3 * size
    ]
    # The small distances are those inside paragraphs: a page of short paragraphs has many large ones.
    leading = statistics.quantiles(steps, n=4)[0] if len(steps) > 1 else 1.2 * size
    length = statistics.quantiles([len(line.text) for line in body], n=10)[-1] if len(body) > 1 else 80.0
    bold = 2 * sum(len(line.text) for line in body if line.bold) > sizes[size]
    return _Style(size, leading, length, bold)


def _without_furniture(pages: list[list[_Line]], style: _Style) -> list[list[_Line]]:
    """Drops page numbers, and running heads: lines that come back at one height of one edge.

    Twice is enough where a number in them counts the pages, else on three pages, or on both of two.
    """
    edges = [_edges(page) for page in pages]
    seen = Counter(key for lines in edges for key in {_key(*line) for line in lines})
    counting = Counter(key for lines in edges for key in {_counted(*line) for line in lines})
    often = max(2, min(3, len(pages)))

    def is_furniture(line: _Line, top: bool, outermost: bool) -> bool:
        if _PAGE_NUMBER.fullmatch(line.text):
            return outermost
        comes_back = seen[_key(line, top)] >= often or counting[_counted(line, top)] > 1
        return comes_back and line.size <= 1.1 * style.size and bool(re.search(r"[^\W\d_]", line.text))

    kept = []
    for page, lines in zip(pages, edges, strict=True):
        ends = {lines[0][0], lines[-1][0]} if lines else set()
        furniture = {line for line, top in lines if is_furniture(line, top, line in ends)}
        kept.append([line for line in page if line not in furniture])
    return kept


def _edges(page: list[_Line]) -> list[tuple[_Line, bool]]:
    """The three highest and three lowest lines of a page, with whether they are the highest."""
    ordered = sorted(page, key=lambda line: -line.y)
    return [(line, True) for line in ordered[:3]] + [(line, False) for line in ordered[3:][-3:]]


def _key(line: _Line, top: bool) -> tuple[str, bool, int]:
    return re.sub(r"\d+", "#", line.text.casefold()), top, round(line.y / 4)


def _counted(line: _Line, top: bool) -> tuple[tuple[str, bool, int], int]:
    """The same with what its outer number is ahead of the page; of no other line where it has none."""
    number = re.search(r"^\d{1,4}\b|\b\d{1,4}$", line.text)
    return _key(line, top), int(number[0]) - line.page if number else -1 - line.page


def _blocks(lines: Iterable[_Line], style: _Style) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for line in lines:
        if block and _parts(block, line, style):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _parts(block: list[_Line], line: _Line, style: _Style) -> bool:
    """Whether a line starts a block of its own rather than going on with the one above it."""
    last = block[-1]
    closed = bool(_CLOSED.search(last.text))
    # A dash or a number may also begin a line inside a sentence: "- which", "5. May".
    begins_item = _SURE_BULLET.match(line.text) or (_ENTRY.match(line.text) and (closed or _ENTRY.match(block[0].text)))
    if _level(last, style) != _level(line, style) or begins_item:
        return True
    if line.page != last.page or line.y > last.y:  # the next page or column
        goes_on = line.text[0].islower() or (len(last.text) > 0.6 * style.length and not _level(line, style))
        return closed or not (goes_on or last.text.endswith("-"))
    if last.y - line.y > 1.3 * max(style.leading, 1.05 * last.size):
        return True
    indented = line.x - last.x > 0.8 * line.size and not _BULLET.match(last.text)
    return closed and not _level(line, style) and (indented or len(last.text) < 0.7 * style.length)


def _level(line: _Line, style: _Style) -> int:
    """The level of a heading, 1 to 3; 0 for body text."""
    if len(line.text) > 150 or not re.search(r"[^\W\d_]", line.text) or line.text.endswith((".", ",", ";")):
        return 0
    if line.size >= 1.15 * style.size:
        return 1 if line.size >= 1.4 * style.size else 2
    stands_out = line.bold and not style.bold and len(line.text) <= 80
    return 3 if stands_out and not _BULLET.match(line.text) else 0


def _mark(block: list[_Line], style: _Style) -> str:
    level = _level(block[0], style)
    return f"{'#' * level} " if level else "- " if _BULLET.match(block[0].text) else ""


def _joint(above: str, below: str, words: Counter[str]) -> int:
    """How two lines of a paragraph join: 1 with a space, 0 without, -1 without the first one's hyphen.

    A word that occurs whole elsewhere in the document decides, else whether its first half is a prefix that
    is written with a hyphen.
    """
    ends, starts = re.search(r"([^\W\d_]+)[-\u2010]$", above), re.match(r"[^\W\d_]+", below)
    if ends and starts and ends[1][-1].islower() and below[0].islower():
        left, right = ends[1].lower(), starts[0].lower()
        hyphened, whole = words[f"{left}-{right}"], words[left + right]
        keep = hyphened > whole or (not whole and _KEEPS_HYPHEN.fullmatch(left) is not None)
        return 0 if keep else -1
    return 0 if re.search(r"\w[-\u2010]$", above) or (_CJK.match(above[-1]) and _CJK.match(below[0])) else 1
