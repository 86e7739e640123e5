"""Gives a written statement the citations that support it: those it names or, if need be, others that were retrieved.

The bar stays where it is: a statement that no few of the sentences support is left as the check finds it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import evidence_for
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.types import Citation, Document, Verdict

_MAX_SENTENCES = 3  # that one statement may cite
_MAX_TRIED = 12  # retrieved sentences that a citation may be moved to, the best first
_MAX_PAIRED = 4  # of these, for a statement that needs two and names none


@dataclass(frozen=True, slots=True)
class CitableSentence:
    """A sentence that can be cited, in its document; the number of its citation has no meaning yet."""

    citation: Citation
    document: Document


@dataclass(frozen=True, slots=True)
class RepairedCitations:
    """The sentences for a statement to cite, and the check's verdict on the statement with them."""

    sentences: tuple[CitableSentence, ...]
    verdict: Verdict

    @property
    def is_supported(self) -> bool:
        """Whether the sentences support all of the statement."""
        return self.verdict.verdict == "supported"


_Judge = Callable[[tuple[CitableSentence, ...]], RepairedCitations]  # sentences → these with the verdict on them


def repair_citations(
    text: str,
    named: Sequence[CitableSentence],
    retrieved: Sequence[CitableSentence],
    span_reader_scorer: SpanReaderScorer | None = None,
) -> RepairedCitations:
    """Finds the fewest sentences that support a statement.

    Args:
        text: the statement without its citation markers.
        named: the sentences that these name, in their order; may be empty.
        retrieved: the sentences that may be cited instead, best first.
        span_reader_scorer: as `assistant.grounding.check.verdict_for` takes it.

    Returns:
        Those it names, without those it doesn't need; or the one sentence, or those it names and one more, that
        support it; or, if none do, those it names with the check's verdict on them.
    """
    judge = partial(_judge, text, span_reader_scorer)
    as_named = judge(tuple(named[:_MAX_SENTENCES]))
    if as_named.is_supported:
        return _without_needless(as_named, judge)
    others = [sentence for sentence in retrieved[:_MAX_TRIED] if sentence not in as_named.sentences]
    best = _best(map(judge, _alternatives(as_named.sentences, others)), judge)
    if best is None or best.verdict.verdict == as_named.verdict.verdict:
        return as_named
    return best


def _judge(
    text: str, span_reader_scorer: SpanReaderScorer | None, sentences: tuple[CitableSentence, ...]
) -> RepairedCitations:
    evidence = [evidence_for(sentence.citation, sentence.document) for sentence in sentences]
    return RepairedCitations(sentences, verdict_for(text, evidence, span_reader_scorer))


def _alternatives(
    named: tuple[CitableSentence, ...], others: Sequence[CitableSentence]
) -> Iterable[tuple[CitableSentence, ...]]:
    """What the statement could cite instead: each sentence alone, then the named ones and one more, or two others."""
    yield from ((sentence,) for sentence in (*named, *others))
    if 0 < len(named) < _MAX_SENTENCES:
        yield from ((*named, sentence) for sentence in others)
    elif not named:
        yield from combinations(others[:_MAX_PAIRED], 2)


def _best(alternatives: Iterable[RepairedCitations], judge: _Judge) -> RepairedCitations | None:
    """The first alternative that supports the statement; else the first that does so partly; None if none does."""
    partial_support = None
    for alternative in alternatives:
        if alternative.is_supported:
            return _without_needless(alternative, judge)
        if alternative.verdict.verdict == "partial" and partial_support is None:
            partial_support = alternative
    return partial_support


def _without_needless(citations: RepairedCitations, judge: _Judge) -> RepairedCitations:
    """The citations without the sentences that the statement is supported without."""
    while len(citations.sentences) > 1:
        fewer = (
            tuple(sentence for sentence in citations.sentences if sentence is not left_out)
            for left_out in reversed(citations.sentences)
        )
        supporting = [judged for sentences in fewer if (judged := judge(sentences)).is_supported]
        if not supporting:
            break
        citations = max(supporting, key=lambda judged: judged.verdict.score)
    return citations
