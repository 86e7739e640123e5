"""Over which columns a name of a header may stand: over one, or over several."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, GridPiece, Zone

_SAME_MIDDLE = 0.6  # of the type size: twice the distance by which the middles of two lines of a name may differ
_CENTRED = 0.7  # of the type size: how far the middle of a name may be from that of its columns
_UNDERLINE = 0.2  # of the type size: by how much an underline is longer or shorter than its words
_SAME_END = 1.0  # of the type size: how far the columns of names may end from the ruling below all of them


class Below(NamedTuple):
    """What stands below a line of the header."""

    rulings: Sequence[Ruling]  # right below it
    next_names: Sequence[GridPiece]  # on the next lines
    named_columns: AbstractSet[int]  # but for that of the labels


class Fit(NamedTuple):
    """How a name may stand over columns: over one, over several, or either."""

    single: GridPiece
    span: GridPiece | None
    is_sure: bool  # that it is one of the two only


def fits_of(line: GridLine, zones: Sequence[Zone], widths: Sequence[Sequence[Zone]], below: Below) -> list[Fit]:
    """How each name on a line may stand over the columns from the end of the name before it to the next one."""
    fits: list[Fit] = []
    taken = 0  # columns, by the names before
    for index, piece in enumerate(line.pieces):
        after = line.pieces[index + 1].first if index + 1 < len(line.pieces) else len(zones)
        columns = range(min(taken, len(zones) - 1), max(after, taken + 1, 1))
        under = _ruling_under(piece, line, below.rulings)
        lower = next(
            (name for name in below.next_names if under is None and _is_upper_line(piece.phrase, name.phrase)), None
        )
        if lower is None:
            fits.append(_fit(piece, zones, widths, columns[: len(zones) - columns.start], under))
        else:
            name = lower._replace(phrase=piece.phrase)
            fits.append(Fit(name, name if name.first < name.last else None, is_sure=True))
        taken = fits[-1].single.last + 1
    return fits


def spans_over_repeats(line: GridLine, lower: GridLine, zones: Sequence[Zone]) -> list[GridPiece]:
    """The names on a line, each over as many columns as it takes until the names of the columns come again.

    Two names above "2026 2025 2026 2025" go over two columns each. There are none where the names of the columns don't
    come again so, or a name doesn't stand above its columns.

    Args:
        line: of the header.
        lower: a line below it.
        zones: the columns of the table.
    """
    names = [piece.phrase.text for piece in lower.values]
    count = len(line.values)
    width = len(names) // count if count else 0
    if count < 2 or width < 2 or len(names) != count * width or len(names) != len(zones) - 1:
        return []
    if names != names[:width] * count or len(set(names[:width])) < width:
        return []
    if len({piece.phrase.text for piece in line.values}) < count:
        return []  # what comes again itself is the upper line of single names: "Gross" above "Carrying Amount"
    spans = [
        GridPiece(1 + number * width, (number + 1) * width, piece.phrase) for number, piece in enumerate(line.values)
    ]
    is_above = all(zones[span.first].x0 < (span.phrase.x0 + span.phrase.x1) / 2 < zones[span.last].x1 for span in spans)
    return spans if is_above else []


def _is_upper_line(upper: Phrase, lower: Phrase) -> bool:
    """Whether a phrase stands in the middle above another, as the line of a name above its next one does."""
    return abs(upper.x0 + upper.x1 - lower.x0 - lower.x1) < _SAME_MIDDLE * upper.size


def _ruling_under(piece: GridPiece, line: GridLine, underlines: Sequence[Ruling]) -> Ruling | None:
    """The ruling under a name; if other names stand over it, the part that the name is in the middle of."""
    for ruling in underlines:
        if len(line.pieces) == 1 and _is_underline(ruling, piece.phrase):
            continue  # it says nothing about the columns
        over = [other for other in line.pieces if min(other.phrase.x1, ruling.x1) > max(other.phrase.x0, ruling.x0)]
        if over == [piece]:
            return ruling
        if piece in over and (parts := _shared(ruling, over)):
            return parts[over.index(piece)]
    return None


def _is_underline(ruling: Ruling, name: Phrase) -> bool:
    """Whether a ruling is no longer than the words above it."""
    return abs(ruling.x0 - name.x0) < _UNDERLINE * name.size and abs(ruling.x1 - name.x1) < _UNDERLINE * name.size


def _shared(ruling: Ruling, names: Sequence[GridPiece]) -> list[Ruling]:
    """The parts of a ruling such that each name is in the middle of its own; none if there are no such parts."""
    parts: list[Ruling] = []
    start = ruling.x0
    for name in names:
        end = name.phrase.x0 + name.phrase.x1 - start
        if end < name.phrase.x1:
            return []
        parts.append(ruling._replace(x0=start, x1=end))
        start = end
    return parts if abs(start - ruling.x1) < _SAME_END * names[-1].phrase.size else []


def _fit(
    piece: GridPiece, zones: Sequence[Zone], widths: Sequence[Sequence[Zone]], columns: range, under: Ruling | None
) -> Fit:
    """Which columns a name may go over: those that it is centred over, or that the ruling under it covers."""
    phrase = piece.phrase
    if under is not None:
        covered = [column for column in columns if under.x0 - 1 < zones[column].middle < under.x1 + 1]
        if covered:
            name = GridPiece(covered[0], covered[-1], phrase)
            return Fit(name, name if len(covered) > 1 else None, is_sure=True)
    middle, slack = (phrase.x0 + phrase.x1) / 2, _CENTRED * phrase.size
    first, last = (min(max(column, columns.start), columns.stop - 1) for column in (piece.first, piece.last))
    misfits = {column: min(misfit(phrase, zone) for zone in widths[column]) for column in range(first, last + 1)}
    best = min(misfits, key=lambda column: misfits[column])
    fits_single = misfits[best] < slack or first == last == 0
    span = None if fits_single else GridPiece(*_reached(phrase, zones, first, last, columns), phrase)
    start, end = first, last
    whole = range(max(columns.start, 1), columns.stop)
    if len(whole) > 1 and min(abs(middle - other) for other in _middles(widths, whole[0], whole[-1])) < slack:
        span = GridPiece(whole[0], whole[-1], phrase)
    while start >= max(columns.start, 1) and end < columns.stop:
        off = min((middle - other for other in _middles(widths, start, end)), key=abs)
        if start < end and abs(off) < slack:
            span = GridPiece(start, end, phrase)
        start, end = start - (off < slack), end + (off > -slack)
    if span is not None and span.first == span.last:
        span = None
    return Fit(GridPiece(best, best, phrase), span, is_sure=span is None or not fits_single)


def _reached(phrase: Phrase, zones: Sequence[Zone], first: int, last: int, columns: range) -> tuple[int, int]:
    """Columns with the neighbours whose figures stand at the far edge, so that a name ends in the space before them."""
    if last + 1 < columns.stop and phrase.x1 - zones[last].x1 > 0.5 * (zones[last + 1].x0 - zones[last].x1):
        last += 1
    if first - 1 >= max(columns.start, 1) and zones[first].x0 - phrase.x0 > 0.5 * (
        zones[first].x0 - zones[first - 1].x1
    ):
        first -= 1
    return first, last


def _middles(widths: Sequence[Sequence[Zone]], first: int, last: int) -> tuple[float, float]:
    """The middle of some columns, by their cells and by their names."""
    by_names = min(zone.x0 for zone in widths[first]) + max(zone.x1 for zone in widths[last])
    return (widths[first][0].x0 + widths[last][0].x1) / 2, by_names / 2


def misfit(phrase: Phrase, zone: Zone) -> float:
    """By how much a phrase is out of line with a column, in points: at its left or right edge, or in the middle."""
    middle = (phrase.x0 + phrase.x1) / 2
    return min(abs(phrase.x0 - zone.x0), abs(phrase.x1 - zone.x1), abs(middle - zone.middle))
