"""What the user should know about the reading of a PDF."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_MOST_RANGES = 12  # of pages that a note names


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What there is to know about the reading of a page.

    Attributes:
        number: counted from 1.
        has_text: whether there is any text on it.
        is_recognised: whether its text is that of character recognition.
        hidden: how many characters are left out since nobody sees them.
        is_damaged: whether it can't be read at all.
    """

    number: int
    has_text: bool
    is_recognised: bool = False
    hidden: int = 0
    is_damaged: bool = False


def reading_notes(pages: Sequence[PageFacts], attachment_count: int, *, has_xfa: bool) -> Iterator[str]:
    """The notes about the reading of a file, a sentence each.

    Args:
        pages: what there is to know about each of its pages.
        attachment_count: how many files are attached to it.
        has_xfa: whether it holds a form in XFA.
    """
    damaged = [page.number for page in pages if page.is_damaged]
    if damaged:
        yield f"{name_pages(damaged)} {'are' if len(damaged) > 1 else 'is'} damaged and left out"
    empty = [page.number for page in pages if not page.has_text and not page.is_damaged]
    if empty:
        what = "has no text: a picture or scan" if len(empty) == 1 else "have no text: pictures or scans"
        yield f"{name_pages(empty)} {what}"
    recognised = sum(page.is_recognised for page in pages)
    if recognised:
        which = "is a scan" if recognised == 1 else "are scans"
        yield f"{recognised} of {len(pages)} pages {which} with a text layer of somebody's character recognition"
    hidden = [page for page in pages if page.hidden]
    if hidden:
        count = sum(page.hidden for page in hidden)
        where = name_pages([page.number for page in hidden])
        yield f"text that nobody sees is left out: {count:,} character{'s' if count > 1 else ''} on {where}"
    if attachment_count:
        yield f"{attachment_count} attached file{'s are' if attachment_count > 1 else ' is'} not read"
    if has_xfa:
        yield "it holds a form in XFA, of which only what its pages print is read"


def name_pages(numbers: Iterable[int]) -> str:
    """Pages in words.

    >>> name_pages([3]), name_pages([3, 7, 8, 9])
    ('page 3', 'pages 3, 7-9')
    """
    ordered = sorted(numbers)
    runs = [[number for _, number in run] for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])]
    named = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    more = [f"… ({len(ordered)} in all)"] if len(named) > _MOST_RANGES else []
    return f"page{'s' if len(ordered) > 1 else ''} {', '.join([*named[:_MOST_RANGES], *more])}"
