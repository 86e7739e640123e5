"""The date of publication that a document prints, as in "Published 27 February 2023"."""

import datetime as dt
import re
from collections.abc import Sequence

from assistant.nlp.dates import parse_dates
from assistant.structure import Block

_SAID = re.compile(
    r"\W*(?:first\s+|originally\s+|date\s+of\s+|original\s+)?"
    r"(?:published|publication(?:\s+date)?|posted|issued?|released?|date\s+published|date\s+of\s+issue|release\s+date)"
    r"(?:\s+(?:date|online|on|at|in))*\s*[:—–-]?\s*(?=[\dA-Z])",
    re.IGNORECASE,
)
_FIRST_BLOCKS, _LAST_BLOCKS = 20, 10  # between which no date of publication is looked for
_MAX_BLOCK_CHARS = 200  # of a line that says when a document was published
_MAX_DATE_CHARS = 40


def printed_date(text: str, blocks: Sequence[Block]) -> dt.date | None:
    """The day on which a document says, at its beginning or end, that it was published; None where it says none.

    Args:
        text: the canonical text.
        blocks: over it, in order.
    """
    own = [block for block in blocks if block.role in {"body", "title"} and block.table is None]
    for block in own[:_FIRST_BLOCKS] + own[_FIRST_BLOCKS:][-_LAST_BLOCKS:]:
        if block.end - block.start > _MAX_BLOCK_CHARS:
            continue
        words = text[block.start : block.end]
        said = _SAID.match(words)
        day = _first_day(words[said.end() : said.end() + _MAX_DATE_CHARS]) if said else None
        if day is not None:
            return day
    return None


def _first_day(words: str) -> dt.date | None:
    """The day that stands first in some words."""
    for date in parse_dates(words):
        if date.grain == "day" and date.start <= len("Wednesday, ") and date.year and date.month and date.day:
            try:
                return dt.date(date.year, date.month, date.day)
            except ValueError:
                return None
    return None
