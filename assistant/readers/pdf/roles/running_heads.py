"""Running headers and footers, and page numbers: what comes back at one height near the edge of a page."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile, zip_longest

from assistant.readers.pdf.page import PagePhrases, Phrase, Piece
from assistant.readers.pdf.roles.edges import EdgePhrase, EdgeRow, Side, edge_rows, usual_size
from assistant.readers.pdf.roles.line_numbers import extract_line_numbers
from assistant.readers.pdf.roles.page_counts import counting_indices, steady_numbers
from assistant.readers.pdf.roles.page_numbers import counting_lines
from assistant.readers.pdf.roles.spreads import SAME_HEIGHT, Spreads
from assistant.structure import Role

_NEAR_PAGES = 4  # within so many pages the next running head of its kind stands
_ENOUGH_PAGES = 3  # on which the same words stand
_APART = 1.6  # type sizes from the baseline of a running head to that of the text
_FAR_APART = 2.5  # the same for a number that no other page confirms
_DENSE = 0.4  # the share of the pages that have it, from the first of these to the last
_FREQUENT = 0.1  # the share of all pages on which something behind a gap stands
_STEADY_PAGES, _STEADY_SHARE = 4, 0.75  # of a line below a running head, to belong to it: its pages, and its density
_MAX_STEADY = 2  # such lines: where more come back, the pages are forms
_LARGER = 1.1  # times the usual size: rather a heading
_MANY_ROWS = 5  # at an edge: where so many all come back, the whole page does
_MAX_CHARS = 150  # of a row that goes with a page number
_LARGE = 1.25  # times the usual size: a heading rather than a running head, unless it is common
_COMMON = 0.4  # the share of all pages on which it stands then
_MARGIN = 0.1  # the share of the page's height in which a number stands alone
_SIDE_MARGIN = 0.1  # the share of the page's width on each side, in which turned text is no text of the page
_MAX_NUMBER_WORDS, _MAX_NUMBER_LETTERS = 2, 12  # beside a page's number, as in "Page 3 of 17"
_WORD = re.compile(r"[^\W\d_]+")
_BARE_NUMBER = re.compile(r"[-–—|·\s]*#(?:\s?[/|]\s?#)?[-–—|·\s]*")
_PRINTED_ADDRESS = re.compile(r"(?:https?|file)://\S+")
_PRINTED_COUNT = re.compile(r"(?:.*\s)?#\s?/\s?#")
_PRINTED_DATE = re.compile(r"#[-/.]\s?#[-/.]\s?#(?:,?\s#:#.*)?")


@dataclass(frozen=True, slots=True)
class _Head:
    """A phrase that is a running head or the number of a page."""

    edge: EdgePhrase
    is_counted: bool = False  # whether a number in it counts the pages
    steady_numbers: tuple[int, ...] = ()  # those in it that don't, where that is known

    @property
    def role(self) -> Role:
        words = _WORD.findall(self.edge.wording)
        is_number = len(words) <= _MAX_NUMBER_WORDS and sum(map(len, words)) <= _MAX_NUMBER_LETTERS
        if self.is_counted and is_number:
            return "page_number"
        return "header" if self.edge.side == "top" else "footer"

    @property
    def kind(self) -> tuple[Side, str, tuple[int, ...]]:
        """Equal for those that are one running head, whatever page they count."""
        return self.edge.side, self.edge.wording if self.is_counted else self.edge.phrase.text, self.steady_numbers


def extract_running_heads(pages: Sequence[PagePhrases]) -> tuple[list[PagePhrases], list[Piece]]:
    """Takes running headers, footers and page numbers out of the text of the pages.

    They stand near an edge of the page, and come back there: in the same words, or with a number that counts the
    pages. What stands beside such a number, apart from the text, goes with it. Line numbers are taken out, too.

    Args:
        pages: of the document, in order.

    Returns:
        The pages without them; and each of them once, from the first page that has it, in order.
    """
    pages, line_numbers = extract_line_numbers(pages)
    size = usual_size(pages)
    sequences = counting_lines(pages, size)
    in_margins = [phrase for page in pages for phrase in _in_margins(page)]
    pages = _without(pages, (phrase for phrases in (*sequences, in_margins) for phrase in phrases))
    heads = _edge_heads(pages, size)
    numbers = [*line_numbers, *(sequence[0] for sequence in sequences)]
    pieces = [Piece("paragraph", (number,), "page_number") for number in numbers]
    first_of_text = {phrase.text: phrase for phrase in reversed(in_margins)}
    pieces += [Piece("paragraph", (phrase,), "header") for phrase in reversed(first_of_text.values())]
    pieces += _pieces(heads)
    pieces.sort(key=lambda piece: piece.lines[0].page)
    return _without(pages, (head.edge.phrase for head in heads)), pieces


def _in_margins(page: PagePhrases) -> list[Phrase]:
    """Turned text in the left and right margins of a page whose text is mostly upright, as a stamp or a mark."""
    turned = [phrase for phrase in page.phrases if phrase.words[0].angle]
    if 2 * len(turned) > len(page.phrases):
        return []
    left, right = _SIDE_MARGIN * page.width, (1 - _SIDE_MARGIN) * page.width
    return [phrase for phrase in turned if phrase.x1 < left or phrase.x0 > right]


def _without(pages: Sequence[PagePhrases], extracted: Iterable[Phrase]) -> list[PagePhrases]:
    ids = set(map(id, extracted))
    return [replace(page, phrases=tuple(phrase for phrase in page.phrases if id(phrase) not in ids)) for page in pages]


def _edge_heads(pages: Sequence[PagePhrases], size: float) -> list[_Head]:
    """The running heads at the edges of pages, in order."""
    edges = [edge_rows(page, index, side) for index, page in enumerate(pages) for side in ("top", "bottom")]
    search = _Search(edges, pages, size)
    heads = [search.heads(rows) for rows in edges]
    by_style = _pages_by_style(heads)
    return [head for own, rows in zip(heads, edges, strict=True) for head in own or _heads_by_style(rows, by_style)]


class _Search:
    """Finds running heads by what stands on the other pages."""

    def __init__(self, edges: Sequence[Sequence[EdgeRow]], pages: Sequence[PagePhrases], size: float) -> None:
        self._pages = pages
        self._usual_size = size
        self._by_wording: dict[tuple[Side, str, int], list[EdgePhrase]] = {}
        phrases = [edge for rows in edges for row in rows for edge in row.phrases]
        for edge in phrases:
            self._by_wording.setdefault((edge.side, edge.wording, edge.page), []).append(edge)
        self._same_text = Spreads(phrases, lambda edge: (edge.side, edge.wording, edge.numbers))
        self._same_wording = Spreads(phrases, lambda edge: (edge.side, edge.wording))

    def heads(self, rows: Sequence[EdgeRow]) -> list[_Head]:
        """The running heads among the rows at an edge: from the edge inwards, up to the first row of the text."""
        heads = self._heads_to_gap(rows)
        in_heads = {id(head.edge.phrase) for head in heads}
        below = list(dropwhile(lambda row: all(id(edge.phrase) in in_heads for edge in row.phrases), rows))
        if not heads or any(id(edge.phrase) in in_heads for row in below[:1] for edge in row.phrases):
            return heads
        steady = list(takewhile(self._is_steady, below))
        if len(steady) <= _MAX_STEADY:
            heads += (_Head(edge) for row in steady for edge in row.phrases)
        return heads

    def _heads_to_gap(self, rows: Sequence[EdgeRow]) -> list[_Head]:
        """Those that no wide gap separates from each other."""
        heads: list[_Head] = []
        is_behind_gap = False
        for number, (row, inner) in enumerate(zip_longest(rows, rows[1:])):
            is_apart = row.gap >= _APART * max(row.size, self._usual_size)
            row_heads = [head for edge in row.phrases if (head := self._head(edge, row, is_outermost=number == 0))]
            if is_behind_gap or _heads_columns(row, inner):
                row_heads = [head for head in row_heads if self._is_frequent(head)]
            if len(row_heads) < len(row.phrases) and row_heads and is_apart and row.characters <= _MAX_CHARS:
                row_heads = [
                    next((head for head in row_heads if head.edge is edge), _Head(edge)) for edge in row.phrases
                ]
            is_in_table = not is_apart and _heads_columns(row, inner)
            if is_in_table and not any(head.is_counted for head in row_heads):
                return heads
            heads += row_heads
            if len(row_heads) < len(row.phrases):
                return heads
            if inner and row.gap >= _FAR_APART * row.size:
                return heads
            is_behind_gap |= is_apart
        # Where nothing ends the running heads, the whole edge is the same as that of another page.
        return heads if len(rows) < _MANY_ROWS else [head for head in heads if head.is_counted]

    def _is_steady(self, row: EdgeRow) -> bool:
        """Whether a row that stands apart comes back on nearly all of several pages, as the second line of a head."""
        if row.gap < _APART * row.size or row.size > _LARGER * self._usual_size:
            return False
        spreads = [self._same_text.of(edge) for edge in row.phrases if _WORD.search(edge.wording)]
        return len(spreads) == len(row.phrases) and all(
            spread.pages >= _STEADY_PAGES and spread.density >= _STEADY_SHARE for spread in spreads
        )

    def _head(self, edge: EdgePhrase, row: EdgeRow, *, is_outermost: bool) -> _Head | None:
        counts = [indices for page in _near_pages(edge.page) if (indices := self._counting_indices(edge, page))]
        is_apart = row.gap >= _APART * max(row.size, self._usual_size)
        enough = max(2, min(_ENOUGH_PAGES, len(self._pages)))
        wording = self._same_wording.of(edge)
        is_sure = wording.pages >= enough and wording.density >= _DENSE
        is_counted_once = bool(counts) and is_sure and (is_apart or len(self._pages) < _ENOUGH_PAGES)
        is_in_half = is_outermost and _are_of_halves(row, self._pages[edge.page])
        if len(counts) > 1 or is_in_half or (is_outermost and is_counted_once):
            return _Head(edge, is_counted=True, steady_numbers=steady_numbers(edge.numbers, counts))
        spread = self._same_text.of(edge)
        if edge.phrase.size > _LARGE * self._usual_size:
            enough = max(enough, int(_COMMON * len(self._pages)) + 1)
        if spread.pages >= enough and spread.density >= _DENSE and _WORD.search(edge.wording):
            return _Head(edge)
        return _Head(edge, is_counted=True) if is_outermost and self._is_head_by_form(edge, row) else None

    def _is_frequent(self, head: _Head) -> bool:
        same = self._same_wording if head.is_counted else self._same_text
        return same.of(head.edge).pages >= _FREQUENT * len(self._pages)

    def _counting_indices(self, edge: EdgePhrase, page: int) -> frozenset[int]:
        """Which numbers of a phrase count the pages up to another one that has the same words at the same height."""
        own_page = self._pages[edge.page]
        steps = (1, 2) if own_page.width > own_page.height else (1,)  # two pages may stand beside each other
        others = (
            other
            for other in self._by_wording.get((edge.side, edge.wording, page), ())
            if abs(other.distance - edge.distance) <= SAME_HEIGHT * edge.phrase.size
        )
        distances = [step * (page - edge.page) for step in steps]
        indices = (
            counting_indices(edge.numbers, other.numbers, distance) for other in others for distance in distances
        )
        return next(filter(None, indices), frozenset())

    def _is_head_by_form(self, edge: EdgePhrase, row: EdgeRow) -> bool:
        """Whether a phrase by itself shows that it is a page number, or what a browser prints at a page's edges."""
        page = self._pages[edge.page]
        if row.gap < _FAR_APART * row.size:
            return False
        if _BARE_NUMBER.fullmatch(edge.wording) and edge.numbers[0] == page.number:
            return True
        if edge.distance > _MARGIN * page.height:
            return False
        if _BARE_NUMBER.fullmatch(edge.wording):
            return len(row.phrases) == 1
        if edge.side == "bottom":
            text = edge.phrase.text
            return bool(_PRINTED_ADDRESS.match(text)) and bool(_PRINTED_COUNT.fullmatch(row.phrases[-1].wording))
        return edge is row.phrases[0] and bool(_PRINTED_DATE.fullmatch(edge.wording))


def _heads_columns(row: EdgeRow, inner: EdgeRow | None) -> bool:
    """Whether each phrase of a row stands above one of the next row, as the names of a table's columns do."""
    if not inner or min(len(row.phrases), len(inner.phrases)) < 2:
        return False
    cells = [edge.phrase for edge in inner.phrases]
    return all(any(cell.x0 < edge.phrase.x1 and edge.phrase.x0 < cell.x1 for cell in cells) for edge in row.phrases)


def _are_of_halves(row: EdgeRow, page: PagePhrases) -> bool:
    """Whether a row holds the numbers of two pages that are printed beside each other, one in each half."""
    if len(row.phrases) != 2 or page.width <= page.height or row.gap < _APART * row.size:
        return False
    left, right = row.phrases
    is_split = left.phrase.x1 < page.width / 2 < right.phrase.x0
    is_alike = left.wording == right.wording and bool(_BARE_NUMBER.fullmatch(left.wording))
    return is_split and is_alike and bool(counting_indices(left.numbers, right.numbers, 1))


def _near_pages(page: int) -> Iterator[int]:
    return (page + step for step in range(-_NEAR_PAGES, _NEAR_PAGES + 1) if step)


_Style = tuple[Side, int, float, str, bool, bool]


def _style(edge: EdgePhrase) -> _Style:
    """What running heads have in common whose words differ: their height to a point, and their type."""
    size, font = edge.phrase.size, edge.phrase.words[0].font
    return edge.side, round(edge.distance), round(size, 1), font.name, font.is_bold, font.is_italic


def _pages_by_style(heads: Iterable[Iterable[_Head]]) -> dict[_Style, set[int]]:
    """The pages that have running heads, not page numbers, of each style."""
    pages: dict[_Style, set[int]] = {}
    for head in (head for edge_heads in heads for head in edge_heads):
        if head.role != "page_number":
            pages.setdefault(_style(head.edge), set()).add(head.edge.page)
    return pages


def _heads_by_style(rows: Sequence[EdgeRow], pages: dict[_Style, set[int]]) -> list[_Head]:
    """The outermost row, where it looks as running heads on the pages around do: a section's name on one page alone."""
    if not rows or rows[0].characters > _MAX_CHARS or rows[0].gap < _APART * rows[0].size:
        return []
    is_alike = all(_stands_between(edge.page, pages.get(_style(edge), ())) for edge in rows[0].phrases)
    return [_Head(edge) for edge in rows[0].phrases] if is_alike else []


def _stands_between(page: int, pages: Collection[int]) -> bool:
    """Whether nearly all pages around one are among some pages."""
    near = [other for other in _near_pages(page) if other in pages]
    return len(near) >= _NEAR_PAGES + 1


def _pieces(heads: Iterable[_Head]) -> Iterator[Piece]:
    """Each running head once."""
    seen: set[tuple[Side, str, tuple[int, ...]]] = set()
    for head in heads:
        if head.kind not in seen:
            seen.add(head.kind)
            yield Piece("paragraph", (head.edge.phrase,), head.role)
