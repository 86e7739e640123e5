"""Tables of contents, lists of figures and tables: entries one below the other whose page numbers rise."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from assistant.nlp import lexicon
from assistant.readers.pdf.page import PagePhrases, Phrase, Piece
from assistant.readers.pdf.roles.contents_entries import Entry, PageNumber, entries_of, may_end_entry, split_at_entries
from assistant.readers.pdf.wording.figures import is_figure

_MIN_LED, _MIN_LED_BELOW_HEADING, _MIN_BELOW_HEADING, _MIN_BARE = 4, 3, 4, 10  # entries
_FIRST_PAGES = 25  # on which entries without leaders or heading are looked for
_MIN_DISTINCT = 6  # numbers among those entries
_MAX_OTHER_LINES = 4  # in a row between two entries, as the second lines of titles and the names of parts
_MAX_LINES_BELOW_HEADING = 8  # before the first entry
_SPARE_PAGES = 60  # by how many the numbers below a heading may exceed those of the document, as in an excerpt
_MANY = 8  # entries: where there are so many, any numbers will do
_SAME_EDGE = 0.6  # type sizes
_WRAPPED = 1.5  # type sizes: the most between the baselines of two lines of one title
_HANGING = 5.0  # type sizes: the most by which two lines of one title are indented differently
_MAX_HEADINGS = 20  # of a page
_MAX_HEADING_CHARS = 60


@dataclass(frozen=True, slots=True)
class _Listing:
    """Entries below each other, with the heading above them and the lines between them."""

    entries: tuple[Entry, ...]
    lines: tuple[Phrase, ...] = ()
    heading: Phrase | None = None


def extract_contents(pages: Sequence[PagePhrases]) -> tuple[list[PagePhrases], list[Piece]]:
    """Takes the tables of contents out of the text of the pages, with their headings.

    They are known by their form: titles, often with leaders, and page numbers that stand below each other and rise.

    Args:
        pages: of the document, without running heads.

    Returns:
        The pages without them; and a piece for each entry, heading or other line of them, in order.
    """
    kept: list[PagePhrases] = []
    pieces: list[Piece] = []
    is_continued = False
    for whole_page in pages:
        page, listings = whole_page, []
        if sum(map(may_end_entry, page.phrases)) >= _MIN_LED_BELOW_HEADING:
            page = replace(page, phrases=split_at_entries(page.phrases))
            listings = _listings(page, len(pages), is_continued=is_continued)
        is_continued = bool(listings)
        pieces += (piece for listing in listings for piece in _pieces(listing))
        extracted = {id(phrase) for listing in listings for phrase in _phrases(listing)}
        rest = tuple(phrase for phrase in page.phrases if id(phrase) not in extracted)
        kept.append(replace(page, phrases=rest) if listings else whole_page)
    return kept, pieces


def _is_contents_heading(text: str) -> bool:
    """Whether a text heads a table of contents, in one of the languages of the list."""
    if len(text) > _MAX_HEADING_CHARS:
        return False
    return lexicon.mapping("section_headings").get(text.strip(" :.").casefold()) == "contents"


def _listings(page: PagePhrases, page_count: int, *, is_continued: bool) -> list[_Listing]:
    """The tables of contents on a page, from left to right.

    Args:
        page: with its phrases.
        page_count: of the document.
        is_continued: whether the page before has one.
    """
    entries = entries_of(page.phrases)
    if len(entries) < _MIN_LED_BELOW_HEADING:
        return []
    in_entries = {id(phrase) for entry in entries for phrase in entry.phrases}
    others = sorted((phrase for phrase in page.phrases if id(phrase) not in in_entries), key=attrgetter("baseline"))
    headings = [phrase for phrase in others if _is_contents_heading(phrase.text)][:_MAX_HEADINGS]
    listings: list[_Listing] = []
    for column in _columns(entries):
        for part in _rising(column, others):
            listing = _with_lines(part, others, headings)
            if _is_contents(listing, page, page_count, is_continued=is_continued or bool(listings)):
                listings.append(listing)
                headings = [heading for heading in headings if heading is not listing.heading]
                others = [phrase for phrase in others if phrase is not listing.heading]
    return listings


def _columns(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries whose numbers end below each other, from left to right; those behind typed leaders end where they may."""
    columns: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: entry.number.x1):
        if columns and entry.number.x1 - columns[-1][-1].number.x1 <= _SAME_EDGE * entry.number.size:
            columns[-1].append(entry)
        else:
            columns.append([entry])
    led_columns = [column for column in columns if any(entry.has_leaders for entry in column)]
    led = [entry for column in led_columns for entry in column]
    if len(led_columns) > 1 and len({entry.baseline for entry in led}) == len(led):
        columns = [led, *(column for column in columns if not any(entry.has_leaders for entry in column))]
    return [sorted(column, key=attrgetter("baseline")) for column in columns]


def _rising(column: Sequence[Entry], others: Sequence[Phrase]) -> Iterator[list[Entry]]:
    """The parts of a column of entries in which the numbers rise, and without much between them."""
    part: list[Entry] = []
    for entry in column:
        if part and (
            entry.page < part[-1].page
            or len(_lines_between(part[-1].baseline, entry.baseline, (part[-1], entry), others)) > _MAX_OTHER_LINES
        ):
            yield part
            part = []
        part.append(entry)
    if part:
        yield part


def _lines_between(top: float, bottom: float, entries: Sequence[Entry], others: Sequence[Phrase]) -> list[Phrase]:
    """The lines between two heights that overlap some entries horizontally, from top to bottom."""
    left, right = min(entry.phrases[0].x0 for entry in entries), max(entry.number.x1 for entry in entries)
    first = bisect_right(others, top, key=attrgetter("baseline"))
    end = bisect_left(others, bottom, key=attrgetter("baseline"))
    return [phrase for phrase in others[first:end] if phrase.x0 < right and phrase.x1 > left]


def _with_lines(part: Sequence[Entry], others: Sequence[Phrase], headings: Sequence[Phrase]) -> _Listing:
    """Some entries with the heading just above them, and all lines from there to the last of them."""
    top = part[0].baseline
    for heading in headings:
        below = _lines_between(heading.baseline, top, part, others) if heading.baseline < top else None
        if below is not None and len(below) <= _MAX_LINES_BELOW_HEADING:
            lines = _lines_between(heading.baseline, part[-1].baseline, part, others)
            return _Listing(tuple(part), tuple(lines), heading)
    wrapped = _lines_between(top - _WRAPPED * part[0].number.size, top, part[:1], others)
    return _Listing(tuple(part), (*wrapped, *_lines_between(top, part[-1].baseline, part, others)))


def _is_contents(listing: _Listing, page: PagePhrases, page_count: int, *, is_continued: bool) -> bool:
    numbers = [entry.page for entry in listing.entries]
    count, led = len(numbers), sum(entry.has_leaders for entry in listing.entries)
    has_sign = is_continued or listing.heading is not None
    last = PageNumber(0, page_count + (_SPARE_PAGES if has_sign else 0))
    is_plausible = (count >= _MANY and (has_sign or led)) or max(numbers) <= last or numbers[-1].series > 0
    if numbers[-1] <= numbers[0] or not is_plausible or _has_other_figures(listing):
        return False
    if 2 * led >= count:
        return count >= (_MIN_LED_BELOW_HEADING if has_sign else _MIN_LED)
    if has_sign:
        return count >= _MIN_BELOW_HEADING
    is_early = page.number <= _FIRST_PAGES and max(numbers) <= PageNumber(0, page_count)
    return is_early and count >= _MIN_BARE and len(set(numbers)) >= _MIN_DISTINCT


def _has_other_figures(listing: _Listing) -> bool:
    """Whether figures that aren't page numbers stand among these: sums, shares, the dash that means nothing."""
    left, right = min(entry.number.x0 for entry in listing.entries), max(entry.number.x1 for entry in listing.entries)
    return any(line.x0 < right and line.x1 > left and is_figure(line) for line in listing.lines)


def _phrases(listing: _Listing) -> Iterator[Phrase]:
    """All phrases that a table of contents is made of."""
    if listing.heading:
        yield listing.heading
    yield from listing.lines
    for entry in listing.entries:
        yield from entry.phrases


def _pieces(listing: _Listing) -> Iterator[Piece]:
    """The heading, the entries and the other lines of a table of contents, from top to bottom."""
    if listing.heading:
        yield Piece("paragraph", (listing.heading,), "contents")
    other_lines = set(map(id, listing.lines))
    begun: list[Phrase] = []  # lines of a title that goes on below
    for line in sorted((*listing.lines, *(entry.line for entry in listing.entries)), key=attrgetter("baseline", "x0")):
        if begun and not _goes_on(begun[-1], line):
            yield from (Piece("paragraph", (single,), "contents") for single in begun)
            begun = []
        begun.append(line)
        if id(line) not in other_lines:
            yield Piece("paragraph", tuple(begun), "contents")
            begun = []
    yield from (Piece("paragraph", (single,), "contents") for single in begun)


def _goes_on(above: Phrase, below: Phrase) -> bool:
    """Whether a line goes on with the title above it: close below, in its size, and not far to the left or right."""
    is_near = below.baseline - above.baseline <= _WRAPPED * below.size
    return is_near and below.size == above.size and abs(below.x0 - above.x0) <= _HANGING * below.size
