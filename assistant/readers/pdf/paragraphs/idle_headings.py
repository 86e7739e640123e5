"""Lines that look like headings and head nothing: what stands on covers, on letterheads and in addresses is text."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.paragraphs.flow import Passage
from assistant.readers.pdf.paragraphs.headings import heading_look
from assistant.readers.pdf.wording.sentences import COLONS

_TITLE = 1.25  # times the size of the body: a title may stand by itself
# "2.1 Gardens", "Chapter 4", "PART II", "Item 1B. Staff"; but not "Date 14 March".
_NUMBERED = re.compile(
    r"(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})*\.?\s|[^\W\d_]+ (?:\d{1,3}[A-Z]?|[IVXL]+)(?:[.:\u2013\u2014]|$)"
)


def without_idle_headings(passages: Sequence[Passage], style: BodyStyle) -> list[Passage]:
    """The passages, with headings that head nothing as paragraphs.

    A heading heads nothing where another one follows that looks the same, or like one of a higher level; unless it is
    numbered, a title, alone on its page, or ends with a colon above one that doesn't, as the name of a list does.

    Args:
        passages: of the document, in reading order.
        style: what is usual in it.
    """
    looks = [heading_look(passage.lines[0]) if passage.piece.kind == "heading" else None for passage in passages]
    largest = max(
        (look.size for passage, look in zip(passages, looks, strict=True) if look and _page(passage) == 1), default=0.0
    )
    title_size = max(largest, _TITLE * style.size)
    idle = {
        index
        for index, (look, below) in enumerate(pairwise([*looks, None]))
        if look and below and below >= look
        and not (_page(passages[index]) == 1 and look.size >= title_size)
        and not _NUMBERED.match(passages[index].lines[0].text)
        and not _names_list(passages[index], passages[index + 1])
        and not _is_alone_on_page(passages, index)
    }  # fmt: skip
    return [
        replace(passage, piece=replace(passage.piece, kind="paragraph")) if index in idle else passage
        for index, passage in enumerate(passages)
    ]


def _names_list(passage: Passage, below: Passage) -> bool:
    """Whether a heading ends with a colon, and the one below it doesn't; labels without values all do."""
    return passage.lines[-1].text.endswith(COLONS) and not below.lines[-1].text.endswith(COLONS)


def _is_alone_on_page(passages: Sequence[Passage], index: int) -> bool:
    """Whether a heading is all that stands on its page, as on a slide with a picture."""
    page = _page(passages[index])
    is_first = index == 0 or _page(passages[index - 1]) != page
    return is_first and _page(passages[index + 1]) != page


def _page(passage: Passage) -> int:
    """The page that a passage begins on."""
    table = passage.piece.table
    return passage.lines[0].phrase.page if passage.lines else table.page if table else 0
