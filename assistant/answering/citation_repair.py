"""Gives a written statement the citations that carry it: those it names, or, once, others that were retrieved.

The bar stays where it is: a statement that no few of the sentences carry is left as the check finds it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from assistant.grounding.check import ReaderScorer, evidence_for, verdict_for
from assistant.types import Citation, Document, Verdict

_MOST = 3  # sentences that one statement may need
_TRIED = 12  # sentences that a citation may be moved to, the best of retrieval first
_PAIRED = 4  # of these, for a statement that needs two and names none


@dataclass(frozen=True, slots=True)
class CitableSentence:
    """A sentence that can be cited, in its document; its citation's number counts for nothing yet."""

    citation: Citation
    document: Document


@dataclass(frozen=True, slots=True)
class Carried:
    """The sentences for a statement, and what the check says of it with them."""

    places: tuple[CitableSentence, ...]
    verdict: Verdict

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the statement is left without support."""
        return self.verdict.verdict == "supported"


Judged = Callable[[tuple[CitableSentence, ...]], Carried]  # a statement's places → what carries it


def repair_citations(
    text: str, named: Sequence[CitableSentence], retrieved: Sequence[CitableSentence], reads: ReaderScorer | None = None
) -> Carried:
    """Finds the fewest sentences that carry a statement.

    Args:
        text: the statement without its marks.
        named: what these name, in their order; may be empty.
        retrieved: what was found, best first.
        reads: the reader, as `assistant.grounding.check.verdict_for` takes it.

    Returns:
        What it names, without what it doesn't need; or the one sentence, or what it names and one more, that
        carry it; or, if none do, what it names with the check's verdict on that.
    """
    judged = partial(_judged, text, reads)
    given = judged(tuple(named[:_MOST]))
    if given.is_whole:
        return _pruned(given, judged)
    others = [each for each in retrieved[:_TRIED] if each not in given.places]
    best = _best(map(judged, _tries(given.places, others)), judged)
    if best is None or best.verdict.verdict == given.verdict.verdict:
        return given
    return best


def _judged(text: str, reads: ReaderScorer | None, places: tuple[CitableSentence, ...]) -> Carried:
    return Carried(places, verdict_for(text, [evidence_for(each.citation, each.document) for each in places], reads))


def _tries(
    named: tuple[CitableSentence, ...], others: Sequence[CitableSentence]
) -> Iterable[tuple[CitableSentence, ...]]:
    yield from ((each,) for each in (*named, *others))
    if 0 < len(named) < _MOST:
        yield from ((*named, each) for each in others)
    elif not named:
        yield from combinations(others[:_PAIRED], 2)


def _best(tries: Iterable[Carried], judged: Judged) -> Carried | None:
    """The first of the tries that carries the statement; else the first that does partly; None if none does."""
    partly = None
    for tried in tries:
        if tried.is_whole:
            return _pruned(tried, judged)
        if tried.verdict.verdict == "partial" and partly is None:
            partly = tried
    return partly


def _pruned(found: Carried, judged: Judged) -> Carried:
    """Without the sentences that the statement doesn't need: with fewer it is still carried."""
    while len(found.places) > 1:
        fewer = (tuple(other for other in found.places if other is not each) for each in reversed(found.places))
        carrying = [tried for places in fewer if (tried := judged(places)).is_whole]
        if not carrying:
            break
        found = max(carrying, key=lambda each: each.verdict.score)
    return found
