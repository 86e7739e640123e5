"""Which words are raised or lowered: smaller than the word that they stand at, and off its baseline."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.readers.pdf.words.word_rows import Fragment, Placing, Rows

if TYPE_CHECKING:
    from assistant.readers.pdf.page import Rise

_MAX_SIZE, _MIN_SIZE = 0.9, 0.4  # of the size of the word at which they stand
_MIN_OFFSET = 0.08  # of that size, between the baselines
_MAX_RAISED, _MAX_LOWERED = 0.75, 0.55  # of that size
_NEAR, _NEAR_AFTER = 0.2, 0.5  # of that size: the widest gap where that word stands before them, and after
_INITIAL = 1.7  # times the size of the text: how large an initial over several lines is at least
_OVERLAP = 0.5  # of the size of what is raised: how far it may reach over the word beside it
_NEAREST_ROWS = 12  # above and below, that are looked at
_NEAR_EACH_OTHER = 0.6  # of their own size: the gap between two raised words


class _Fit(NamedTuple):
    """How well a fragment is raised or lowered beside one of another row; the least distance fits best."""

    distance: float  # from that row's baseline, and into its words: in sizes of the word beside it
    placing: Placing


class _Row(NamedTuple):
    """The fragments on a baseline, from left to right."""

    numbers: list[int]
    lefts: list[float]  # their left edges
    baseline: float
    largest: float  # of their sizes
    smallest: float


def raised_fragments(page: Rows) -> dict[int, Placing]:
    """Those of the fragments of a page that are raised or lowered, by their numbers."""
    fragments = page.fragments
    rows = [_row(numbers, fragments) for numbers in page.rows]
    baselines, body = [row.baseline for row in rows], _body_size(fragments)
    reach = _MAX_RAISED * max((row.largest for row in rows), default=0.0)
    raised: dict[int, Placing] = {}
    for index, row in enumerate(rows):
        first = max(bisect_left(baselines, row.baseline - reach), index - _NEAREST_ROWS)
        last = min(bisect_right(baselines, row.baseline + reach), index + _NEAREST_ROWS)
        hosts = [host for host in rows[first:last] if host is not row and host.largest * _MAX_SIZE > row.smallest]
        if hosts:
            raised |= _raised_of(row, hosts, fragments, body)
    return raised


def _body_size(fragments: Sequence[Fragment]) -> float:
    """The size of most characters."""
    characters: Counter[float] = Counter()
    for fragment in fragments:
        characters[fragment.size] += len(fragment.text)
    return characters.most_common(1)[0][0] if characters else 0.0


def _row(numbers: list[int], fragments: Sequence[Fragment]) -> _Row:
    sizes = [fragments[number].size for number in numbers]
    return _Row(
        numbers, [fragments[number].x0 for number in numbers], fragments[numbers[0]].baseline, max(sizes), min(sizes)
    )


def _raised_of(row: _Row, hosts: Sequence[_Row], fragments: Sequence[Fragment], body: float) -> dict[int, Placing]:
    """The fragments of a row that are raised or lowered beside fragments of other rows."""
    placings: dict[int, Placing] = {}
    last = -1
    for number in row.numbers:
        fragment = fragments[number]
        if last in placings and _goes_on(fragments[last], fragment):
            placings[number] = placings[last]
        elif fits := [fit for host in hosts for fit in _fits(fragment, host, fragments, body)]:
            # A lowered one is above the words of the next line, too: it stands in a hole of one line alone.
            placings[number] = min(fits).placing
        last = number
    return placings


def _goes_on(raised: Fragment, fragment: Fragment) -> bool:
    """Whether a fragment on the baseline of a raised or lowered one is raised or lowered with it."""
    gap = fragment.x0 - raised.x1
    return gap < _NEAR_EACH_OTHER * fragment.size and abs(raised.size - fragment.size) < 0.1 * fragment.size


def _fits(fragment: Fragment, host_row: _Row, fragments: Sequence[Fragment], body: float) -> Iterator[_Fit]:
    """How a fragment may be raised or lowered beside the fragments of a row."""
    offset = host_row.baseline - fragment.baseline
    rise: Rise = 1 if offset > 0 else -1
    after = bisect_right(host_row.lefts, fragment.x0 + 0.1 * fragment.size)
    gaps = _gaps(fragment, host_row, fragments, after)
    covered = sum(max(-gap, 0.0) for gap in gaps.values())
    for index, gap in gaps.items():
        host = fragments[host_row.numbers[index]]
        is_mark = _MIN_SIZE * host.size < fragment.size < _MAX_SIZE * host.size and (index < after or rise > 0)
        reached_over = -gap if rise > 0 else covered  # what is lowered stands in a hole of its line
        is_beside = (
            gap < (_NEAR if index < after else _NEAR_AFTER) * host.size and reached_over < _OVERLAP * fragment.size
        )
        reach = _MAX_RAISED if rise > 0 else _MAX_LOWERED
        is_off = _MIN_OFFSET * host.size <= abs(offset) <= reach * host.size
        is_beside_initial = len(host.text) == 1 and fragment.size > 0.95 * body and host.size > _INITIAL * fragment.size
        if is_mark and is_beside and is_off and not is_beside_initial:
            yield _Fit((abs(offset) + max(gap, 0.0) + covered) / host.size, Placing(rise, host_row.baseline))


def _gaps(fragment: Fragment, host_row: _Row, fragments: Sequence[Fragment], after: int) -> dict[int, float]:
    """The gaps between a fragment and its neighbours in a row, by their indices; below 0 where it covers them.

    Args:
        fragment: that is raised or lowered, perhaps.
        host_row: the row.
        fragments: all of the page.
        after: the index of the row's first fragment behind it.
    """
    gaps = {}
    if after > 0:
        gaps[after - 1] = fragment.x0 - fragments[host_row.numbers[after - 1]].x1
    if after < len(host_row.numbers):
        gaps[after] = fragments[host_row.numbers[after]].x0 - fragment.x1
    return gaps
