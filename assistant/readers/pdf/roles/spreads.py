"""On how many pages something stands at one height."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from assistant.readers.pdf.roles.edges import EdgePhrase

SAME_HEIGHT = 0.35  # type sizes


class Spread(NamedTuple):
    """On how many pages something stands, and on what share of those from the first to the last."""

    pages: int
    density: float


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
        self._spreads: dict[int, Spread] = {}  # by the id of the phrase

    def of(self, edge: EdgePhrase) -> Spread:
        """How what is like a phrase is spread at its height."""
        if id(edge.phrase) not in self._spreads:
            for level in _levels(self._alike[self._kind_of(edge)]):
                pages = {other.page for other in level}
                spread = Spread(len(pages), len(pages) / (max(pages) - min(pages) + 1))
                self._spreads |= dict.fromkeys((id(other.phrase) for other in level), spread)
        return self._spreads[id(edge.phrase)]


def _levels(edges: Sequence[EdgePhrase]) -> Iterator[list[EdgePhrase]]:
    """Phrases by the heights at which they stand."""
    level: list[EdgePhrase] = []
    for edge in sorted(edges, key=lambda edge: edge.distance):
        if level and edge.distance - level[-1].distance > SAME_HEIGHT * edge.phrase.size:
            yield level
            level = []
        level.append(edge)
    if level:
        yield level
