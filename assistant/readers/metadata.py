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
    r"""
    microsoft[ ](word|powerpoint|excel)[ ]-[ ].*
    | (un|not[ ])titled.* | unbenannt.* | ohne[ ]titel.* | sans[ ](titre|nom)[ ]?\d* | sin[ ]t[ií]tulo.*
    | senza[ ](titolo|nome)[ ]?\d* | sem[ ]t[ií]tulo.* | naamloos.* | bez[ ](tytu[łl]u|n[áa]zvu).*
    | без[ ](имени|названия).*
    | 無題.* | 无标题.* | title | \(anonymous\) | unspecified | unknown
    | (documento?|dokument|документ|pr[eé]sentation|präsentation|presentaci[oó]n|presentazione|layout)[ ]?\d*
    | powerpoint[- ](presentation|präsentation) | pr[eé]sentation[ ]powerpoint | word[ ]document
    | (slide|folie|diapositiv[ae])[ ]\d+
    | .*\.(docx?|pptx?|xlsx?|indd|qxd|tex|dvi|odt|rtf|pdf|html?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Where a file lies, which browsers put for the title of a page that has none.
_ADDRESS = re.compile(
    r"(https?|ftp|about|blob|data):\S+|file:/.*|www\.\S+|[\w.-]+(\.\w{2,}|:\d+)/\S*|[a-z]:[\\/].*", re.IGNORECASE
)
_FILE_NAME = re.compile(r"(?=[^A-Z]*$|.*[\d_-])[A-Za-z\d_.+~()-]+")
_HEADING_MARK = re.compile(r" {0,3}#{1,6}[ \t]++")
_INLINE_MARKUP = re.compile(r"[*_`]|\[(?=[^]]*\]\()|\]\([^)]*\)")
_MAX_TITLE_CHARS = 300
_MAX_HEADING_CHARS = 2_000  # with the addresses of its links
_HEADING_SEARCH_CHARS = 100_000  # at the beginning of a text, where its first heading is looked for


def clean_title(value: object) -> str:
    """A title from a file's metadata; "" where there is none or a program put it there by itself."""
    title = collapse_whitespace(value) if isinstance(value, str) else ""
    is_none = len(title) < 2 or _PROGRAM_TITLE.fullmatch(title) or _ADDRESS.fullmatch(title)
    return "" if is_none else title[:_MAX_TITLE_CHARS]


def is_like_file_name(title: str) -> bool:
    """Whether a title looks like the name of a file: one word without a capital, or with digits or dashes.

    >>> is_like_file_name("paper"), is_like_file_name("AR_2025_final"), is_like_file_name("Middlemarch")
    (True, True, False)
    """
    return _FILE_NAME.fullmatch(title) is not None


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
