"""What every reader shares: the extract that it returns, and light Markdown built from pieces of text."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS: dict[str, str] = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".csv": "csv", ".tsv": "csv",
    ".xlsx": "xlsx", ".epub": "epub",
}  # fmt: skip
"""Supported suffixes, in lower case, and the kind of document that each gives."""


_DATE_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
# Nothing a reader sees: soft hyphens, zero-width marks, byte-order marks inside a text, controls.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_JUNK_TITLE = re.compile(
    r"^(microsoft (word|powerpoint|excel) - .*|powerpoint[- ]presentation|(un|not )titled.*|untitled.*"
    r"|document\d*|presentation\d*|word document|slide \d+|title|\(anonymous\)|unspecified|unknown"
    r"|.*\.(docx?|pptx?|xlsx?|indd|qxd|tex|dvi|odt|rtf|pdf|html?))$",
    re.IGNORECASE,
)
_NUMBER_LIKE = re.compile(r"^[\s\d.,:/%€$£+()-]+$")


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """What a reader got out of a file; the file's name and identity are added by the caller."""

    text: str
    title: str = ""  # the file's own; empty where it has none worth showing
    date: dt.date | None = None
    url: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """One paragraph, heading, list item or table of the canonical text."""

    text: str
    item: bool = False


def document_id(source: str) -> str:
    """The id of the document with this source: the first 12 hexadecimal digits of the source's SHA-256."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def collapse_whitespace(text: str) -> str:
    """The text without invisible characters and with every run of white space as one space."""
    return " ".join(_INVISIBLE.sub("", text).split())


def markdown_heading(level: int, text: str) -> MarkdownBlock:
    """A Markdown heading of level 1 to 6."""
    return MarkdownBlock(f"{'#' * min(max(level, 1), 6)} {text}")


def markdown_item(text: str) -> MarkdownBlock:
    """A Markdown list item."""
    return MarkdownBlock(f"- {text}", item=True)


def join_blocks(blocks: Iterable[MarkdownBlock]) -> str:
    """The canonical text: blocks parted by a blank line, items of one list by a line end."""
    pieces: list[str] = []
    previous: MarkdownBlock | None = None
    for block in blocks:
        if previous is not None:
            pieces.append("\n" if previous.item and block.item else "\n\n")
        pieces.append(block.text)
        previous = block
    return "".join(pieces)


def join_pages(parts: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Joins the texts of pages by blank lines; returns the text and where each page starts in it.

    A page without text starts where the next one with text does.
    """
    pieces: list[str] = []
    starts: list[int | None] = []
    length = 0
    for part in parts:
        if part and pieces:
            pieces.append("\n\n")
            length += 2
        starts.append(length if part else None)
        pieces += [part] if part else []
        length += len(part)
    return "".join(pieces), filled(starts, length)


def filled(starts: Sequence[int | None], end: int) -> tuple[int, ...]:
    """Page starts with each missing one set to the next page's, or to the text's end."""
    found: list[int] = []
    for start in reversed(starts):
        end = end if start is None else start
        found.append(end)
    return tuple(reversed(found))


def markdown_table(rows: Iterable[Sequence[str]], *, header: bool | None = None) -> list[MarkdownBlock]:
    """A Markdown table; leading rows with one filled cell are its title and become paragraphs.

    Args:
        rows: the cells' texts, each on one line; empty rows and columns are left out.
        header: whether the first row names the columns; None: judge by its cells. Without one the header
            row is written with empty cells, so that no row is taken for it.
    """
    full = [row for row in rows if any(row)]
    columns = sorted({place for row in full for place, cell in enumerate(row) if cell})
    kept = [[row[place] if place < len(row) else "" for place in columns] for row in full]
    most = max((sum(map(bool, row)) for row in kept), default=0)
    titles: list[MarkdownBlock] = []
    while kept and (most == 1 or (len(kept) > 1 and sum(map(bool, kept[0])) == 1)):
        titles.append(MarkdownBlock(next(filter(None, kept.pop(0)))))
    if not kept:
        return titles
    if header is None:
        header = len(kept) > 1 and names_columns(kept[0])
    if not header:
        kept.insert(0, [""] * len(columns))
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in kept]
    return [*titles, MarkdownBlock("\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]]))]


def names_columns(row: Sequence[str]) -> bool:
    """Whether a first row looks like a header: short, distinct labels, no figures, no whole sentences."""
    labels = [cell for cell in row if cell]
    return (
        len(labels) >= max(2, 2 * len(row) / 3)
        and len(set(labels)) == len(labels)
        and all(len(label) <= 80 and not label.endswith((".", "!", "?")) for label in labels)
        and not any(_NUMBER_LIKE.match(label) and not _is_year(label) for label in labels)
    )


def _is_year(label: str) -> bool:
    return label.isdigit() and 1900 <= int(label) <= 2100


def own_title(value: object) -> str:
    """A title from a file's metadata, or "" where it is empty or what a program put there by itself."""
    title = collapse_whitespace(value) if isinstance(value, str) else ""
    return "" if _JUNK_TITLE.match(title) or len(title) < 2 else title[:300]


def first_heading(text: str) -> str:
    """The text of the first Markdown heading that stands outside a code fence, or ""."""
    fenced = False
    for line in text[:100_000].split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (found := re.match(r" {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", line)) and found[1]:
            return collapse_whitespace(re.sub(r"[*_`]|\[(?=[^]]*\]\()|\]\([^)]*\)", "", found[1]))[:300]
    return ""


def readable_name(stem: str) -> str:
    """A file's name as a title: "liberterra-ii" becomes "Liberterra ii"."""
    name = collapse_whitespace(re.sub(r"[-_]+", " ", stem)) or stem
    return name[:1].upper() + name[1:] if name.islower() else name


def parse_date(value: object) -> dt.date | None:
    """A date out of what metadata holds: a date, or text that starts with one; None for anything else."""
    found: dt.date | None = None
    if isinstance(value, dt.datetime):
        found = value.date()
    elif isinstance(value, dt.date):
        found = value
    elif isinstance(value, str):
        found = _parsed(unicodedata.normalize("NFKC", value).strip())
    # Clocks that were never set give 1601, 1904 or 1970-01-01: no date is better than these.
    return found if found and dt.date(1970, 1, 2) <= found <= dt.date(2200, 1, 1) else None


def _parsed(text: str) -> dt.date | None:
    try:
        if iso := _ISO.match(text):
            return dt.date.fromisoformat(iso[0])
    except ValueError:
        return None
    for form in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    return None
