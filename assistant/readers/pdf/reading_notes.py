"""What the user should know about how a PDF was read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.readers.pdf.recognition.scans import Outcome

_MIN_HIDDEN, _MIN_UNKNOWN = 3, 3  # characters that are worth a note
_MAX_RANGES = 12  # of pages that a note names
_ADVICE = "To have scans read, install: pip install 'assistant[ocr]' (uv sync --extra ocr)"
_UNREAD: dict[Outcome, str] = {
    "no words": "",
    "not installed": f". {_ADVICE}",
    "too many": ". So many pages of one file aren't recognised: split it",
}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What there is to know about how a page was read.

    Attributes:
        number: counted from 1.
        has_text: whether there is any text on it.
        is_recognised: whether the file itself has its text from character recognition.
        hidden: how many characters are left out because nobody can see them.
        unknown: for how many of its characters the file gives no meaning.
        is_damaged: whether it can't be read at all.
        is_cut: whether more is printed on it than is read of one page.
        scan: what became of it, where the file has no text for it.
    """

    number: int
    has_text: bool
    is_recognised: bool = False
    hidden: int = 0
    unknown: int = 0
    is_damaged: bool = False
    is_cut: bool = False
    scan: Outcome | None = None


def reading_notes(
    pages: Sequence[PageFacts], attachment_count: int, *, has_xfa: bool, is_mended: bool = False
) -> Iterator[str]:
    """The notes about the reading of a file, a sentence each.

    Args:
        pages: what there is to know about each of its pages.
        attachment_count: how many files are attached to it.
        has_xfa: whether it holds a form in XFA.
        is_mended: whether it is damaged, and read as far as it could be mended.
    """
    if is_mended:
        yield "the file is damaged: what could be mended of it is read"
    damaged = [page.number for page in pages if page.is_damaged]
    if damaged:
        yield f"{name_pages(damaged)} {'are' if len(damaged) > 1 else 'is'} damaged and left out"
    cut = [page.number for page in pages if page.is_cut]
    if cut:
        yield f"more is printed on {name_pages(cut)} than is read of one page: the end is left out"
    yield from _notes_on_scans(pages)
    recognised = sum(page.is_recognised for page in pages)
    if recognised:
        which = "is a scan" if recognised == 1 else "are scans"
        yield f"{recognised} of {len(pages)} pages {which} with a text layer of somebody's character recognition"
    hidden = [page for page in pages if page.hidden]
    count = sum(page.hidden for page in hidden)
    if count >= _MIN_HIDDEN:
        where = name_pages([page.number for page in hidden])
        yield f"text that nobody sees is left out: {count:,} characters on {where}"
    unclear = [page for page in pages if page.unknown]
    count = sum(page.unknown for page in unclear)
    if count >= _MIN_UNKNOWN:
        where = name_pages([page.number for page in unclear])
        yield f"the file doesn't tell what {count:,} characters on {where} mean: they stand as \ufffd"
    if attachment_count:
        yield f"{attachment_count} attached file{'s are' if attachment_count > 1 else ' is'} not read"
    if has_xfa:
        yield "it holds a form in XFA, of which only what its pages print is read"


def no_text_reason(pages: Sequence[PageFacts]) -> str:
    """Why a file without text is not read, and what to do.

    Args:
        pages: what there is to know about each of its pages.
    """
    if any(page.is_damaged for page in pages):
        return "damaged: no page can be read"
    if all(page.scan == "blank" for page in pages):
        return "no text: its pages are blank"
    if any(page.scan == "not installed" for page in pages):
        return f"scanned, no text. {_ADVICE}, or run the file through text recognition (OCR) first"
    return "scanned, no text: its pages are pictures, on which none was recognised"


def _notes_on_scans(pages: Sequence[PageFacts]) -> Iterator[str]:
    """The notes on pages for which the file has no text."""
    if read := [page.number for page in pages if page.scan == "recognised"]:
        was = "was" if len(read) == 1 else "were"
        yield f"{name_pages(read)} {was} read by character recognition: compare with the picture"
    if blank := [page.number for page in pages if page.scan == "blank"]:
        yield f"{name_pages(blank)} {'is' if len(blank) == 1 else 'are'} blank"
    for outcome, advice in _UNREAD.items():
        for has_text, how_much in ((False, "no"), (True, "little")):
            unread = [page.number for page in pages if page.scan == outcome and page.has_text == has_text]
            if unread:
                has, what = ("has", "a picture or scan") if len(unread) == 1 else ("have", "pictures or scans")
                yield f"{name_pages(unread)} {has} {how_much} text: {what}{advice}"


def name_pages(numbers: Iterable[int]) -> str:
    """Pages in words.

    >>> name_pages([3]), name_pages([3, 7, 8, 9])
    ('page 3', 'pages 3, 7-9')
    """
    ordered = sorted(numbers)
    runs = [[number for _, number in run] for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])]
    named = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    more = [f"… ({len(ordered)} in all)"] if len(named) > _MAX_RANGES else []
    return f"page{'s' if len(ordered) > 1 else ''} {', '.join([*named[:_MAX_RANGES], *more])}"
