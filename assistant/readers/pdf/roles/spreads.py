"""On how many pages something stands at one height."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from assistant.readers.pdf.roles.edges import EdgePhrase

SAME_HEIGHT = 0.35  # type sizes


class Spread(NamedTuple):
    """On how many pages something stands, and on what share of those from the first to the last."""

    pages: int
    density: float


class _Level(NamedTuple):
    """Phrases that are alike, at one height."""

    end: float  # the greatest of their distances from the edge of the page, in points
    spread: Spread


class Spreads:
    """How phrases at the edges of pages that are alike are spread. Each kind is looked at once.

    Args:
        edges: all of the document.
        kind_of: what those have in common that are alike.
    """

    def __init__(self, edges: Iterable[EdgePhrase], kind_of: Callable[[EdgePhrase], Hashable]) -> None:
        self._kind_of = kind_of
        self._alike: dict[Hashable, list[EdgePhrase]] = {}
        for edge in edges:
            self._alike.setdefault(kind_of(edge), []).append(edge)
        self._levels: dict[Hashable, list[_Level]] = {}

    def of(self, edge: EdgePhrase) -> Spread:
        """How what is like a phrase is spread at its height."""
        kind = self._kind_of(edge)
        if kind not in self._levels:
            self._levels[kind] = list(map(_level, _by_height(self._alike[kind])))
        levels = self._levels[kind]
        return levels[bisect_left(levels, edge.distance, key=lambda level: level.end)].spread


def _level(edges: Sequence[EdgePhrase]) -> _Level:
    pages = {edge.page for edge in edges}
    return _Level(edges[-1].distance, Spread(len(pages), len(pages) / (max(pages) - min(pages) + 1)))


def _by_height(edges: Sequence[EdgePhrase]) -> Iterator[list[EdgePhrase]]:
    """Phrases by the heights at which they stand, those nearest to the edge of the page first."""
    level: list[EdgePhrase] = []
    for edge in sorted(edges, key=lambda edge: edge.distance):
        if level and edge.distance - level[-1].distance > SAME_HEIGHT * edge.phrase.size:
            yield level
            level = []
        level.append(edge)
    if level:
        yield level
