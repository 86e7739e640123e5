"""Titles and dates: from a file's metadata, its headings or its name."""

import datetime as dt
import re
import unicodedata

from assistant.readers.extract import collapse_whitespace

_DATE_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Clocks that were never set give 1601, 1904 or 1970-01-01: no date is better than one of these.
_EARLIEST, _LATEST = dt.date(1970, 1, 2), dt.date(2200, 1, 1)
_PROGRAM_TITLE = re.compile(
    r"^(microsoft (word|powerpoint|excel) - .*|powerpoint[- ]presentation|(un|not )titled.*|untitled.*"
    r"|document\d*|presentation\d*|word document|slide \d+|title|\(anonymous\)|unspecified|unknown"
    r"|.*\.(docx?|pptx?|xlsx?|indd|qxd|tex|dvi|odt|rtf|pdf|html?))$",
    re.IGNORECASE,
)
_HEADING_MARK = re.compile(r" {0,3}#{1,6}[ \t]++")
_INLINE_MARKUP = re.compile(r"[*_`]|\[(?=[^]]*\]\()|\]\([^)]*\)")
_MAX_TITLE_CHARS = 300
_MAX_HEADING_CHARS = 2_000  # with the addresses of its links
_HEADING_SEARCH_CHARS = 100_000  # at the beginning of a text, where its first heading is looked for


def clean_title(value: object) -> str:
    """A title from a file's metadata; "" where there is none or a program put it there by itself."""
    title = collapse_whitespace(value) if isinstance(value, str) else ""
    return "" if _PROGRAM_TITLE.match(title) or len(title) < 2 else title[:_MAX_TITLE_CHARS]


def first_heading(text: str) -> str:
    """The words of the first Markdown heading that stands outside a code fence; "" where there is none."""
    is_in_fence = False
    for line in text[:_HEADING_SEARCH_CHARS].split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            is_in_fence = not is_in_fence
        elif not is_in_fence and (mark := _HEADING_MARK.match(line)) and (words := line[mark.end() :].rstrip(" \t#")):
            return collapse_whitespace(_INLINE_MARKUP.sub("", words[:_MAX_HEADING_CHARS]))[:_MAX_TITLE_CHARS]
    return ""


def title_from_file_name(stem: str) -> str:
    """A file's name without its ending as a title: "liberterra-ii" becomes "Liberterra ii"."""
    name = collapse_whitespace(re.sub(r"[-_]+", " ", stem)) or stem
    return name[:1].upper() + name[1:] if name.islower() else name


def parse_date(value: object) -> dt.date | None:
    """A date as metadata hold it: a date object, or text that starts with a date; None for anything else."""
    date: dt.date | None = None
    if isinstance(value, dt.datetime):
        date = value.date()
    elif isinstance(value, dt.date):
        date = value
    elif isinstance(value, str):
        date = _parse_date_text(unicodedata.normalize("NFKC", value).strip())
    return date if date and _EARLIEST <= date <= _LATEST else None


def _parse_date_text(text: str) -> dt.date | None:
    try:
        if iso_date := _ISO_DATE.match(text):
            return dt.date.fromisoformat(iso_date[0])
    except ValueError:
        return None
    for date_format in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, date_format).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    return None
