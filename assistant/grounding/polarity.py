"""Whether one text denies what another says, or says its opposite. English, by closed classes of words.

A negation is taken to govern the nearest content words behind it, up to the end of its clause.
"""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.spans import overlap_test
from assistant.nlp.tokens import STOP_WORDS, iterate_tokens, lower_same_length, stem, tokenize

_NEGATION = re.compile(
    rf"\b(?:{lexicon.phrase_alternation(lexicon.words_by_class('negations')['statement'])})\b|n['’]t\b"
)
# Where a word of negation denies nothing: bounds of figures, "not only", "no longer than".
_IDLE_NEGATION = re.compile(
    r"(?:no|not)\s+(?:more|less|fewer|later|earlier|longer|greater|higher|lower|older|younger)\s+than\b|"
    r"not\s+(?:only|just|merely|least|to\s+mention)\b|no\s+doubt\b|no\.\s?\d"
)
_NOT_ONLY = re.compile(r"\bnot\s+only\b")
_CLAUSE_END = re.compile(r"[,;:.!?()|–—\n]|\bbut\b|\balthough\b|\bwhile\b|\bwhich\b")
_MAX_GOVERNED = 4  # content words that a negation governs


class Denial(NamedTuple):
    """A negation in a text."""

    cue: str  # as written, in lower case
    governed: tuple[str, ...]  # the stems of the content words that it governs, the nearest first


def _opposites_by_stem(pairs: Iterable[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    opposites: dict[str, set[str]] = {}
    for pair in pairs:
        a, b = map(stem, pair)
        opposites.setdefault(a, set()).add(b)
        opposites.setdefault(b, set()).add(a)
    return {word: frozenset(others) for word, others in opposites.items()}


_OPPOSITES = _opposites_by_stem(lexicon.rows("opposites"))


def find_denials(text: str) -> Iterator[Denial]:
    """The negations of a text, in order."""
    lowered = lower_same_length(text)
    is_idle = overlap_test(match.span() for match in _IDLE_NEGATION.finditer(lowered))
    clause_ends = [match.start() for match in _CLAUSE_END.finditer(lowered)]
    for cue in _NEGATION.finditer(lowered):
        if is_idle(cue.start(), cue.start() + 1):
            continue
        position = bisect_left(clause_ends, cue.end())
        scope_end = clause_ends[position] if position < len(clause_ends) else len(lowered)
        words = (word.text for word in iterate_tokens(lowered, cue.end(), scope_end) if word.text not in STOP_WORDS)
        yield Denial(cue[0], tuple(map(stem, islice(words, _MAX_GOVERNED))))


def find_denial_mismatch(statement: str, sentences: Sequence[str]) -> str | None:
    """What a statement denies although its evidence says it, or the other way round; None where neither does.

    Each negation of the one side is matched with one of the other side that governs a common word.

    Returns:
        The objection in words.
    """
    evidence_text = "\n".join(sentences)
    evidence_stems = _stems(evidence_text)
    our_denials = list(find_denials(statement))
    denials_by_sentence = [list(find_denials(sentence)) for sentence in sentences]
    unmatched = _Unmatched(denial for denials in denials_by_sentence for denial in denials)
    if _only_one_says_not_only(statement, evidence_text):
        return "one says “only” and the other “not only”"
    for denial in our_denials:
        if unmatched.take_like(denial):
            continue
        if not unmatched or any(word_stem in evidence_stems for word_stem in denial.governed):
            return f"it denies (“{denial.cue}”) what the cited sentence doesn't deny"
    affirmed = _stems(statement) - {word_stem for denial in our_denials for word_stem in denial.governed}
    sentences_without_denial = [
        sentence for sentence, denials in zip(sentences, denials_by_sentence, strict=True) if not denials
    ]
    affirmed_in_evidence = _stems("\n".join(sentences_without_denial))
    for cue, governed in unmatched:
        if governed and governed[0] in affirmed and governed[0] not in affirmed_in_evidence:
            return f"the cited sentence denies it (“{cue}”)"
    return None


class _Unmatched:
    """Denials that are still to be matched, found by the words that they govern."""

    def __init__(self, denials: Iterable[Denial]) -> None:
        self._denials = dict(enumerate(denials))
        self._numbers: dict[str, deque[int]] = {}  # of the denials that govern each stem, those taken perhaps too
        for number, denial in self._denials.items():
            for word_stem in denial.governed:
                self._numbers.setdefault(word_stem, deque()).append(number)

    def __len__(self) -> int:
        return len(self._denials)

    def __iter__(self) -> Iterator[Denial]:
        return iter(self._denials.values())

    def take_like(self, denial: Denial) -> bool:
        """Takes out the first denial that governs a word of this one; False where none does."""
        firsts = [number for word_stem in denial.governed if (number := self._first(word_stem)) is not None]
        if firsts:
            del self._denials[min(firsts)]
        return bool(firsts)

    def _first(self, word_stem: str) -> int | None:
        """The first denial that governs a stem."""
        numbers = self._numbers.get(word_stem, deque())
        while numbers and numbers[0] not in self._denials:
            numbers.popleft()
        return numbers[0] if numbers else None


def _only_one_says_not_only(a: str, b: str) -> bool:
    """Whether one text says "not only" where the other says just "only"."""
    return any(
        _NOT_ONLY.search(lower_same_length(text))
        and not _NOT_ONLY.search(lower_same_length(counterpart))
        and "only" in lower_same_length(counterpart)
        for text, counterpart in ((a, b), (b, a))
    )


def find_opposites(statement: str, evidence_text: str) -> tuple[str, str] | None:
    """A word of the statement and its opposite in the evidence, each missing in the other; None without such a pair."""
    statement_stems, evidence_stems = _stems(statement), _stems(evidence_text)
    for word in tokenize(statement):
        word_stem = stem(word.text)
        for opposite in _OPPOSITES.get(word_stem, ()):
            if word_stem not in evidence_stems and opposite in evidence_stems and opposite not in statement_stems:
                written = next(token.text for token in tokenize(evidence_text) if stem(token.text) == opposite)
                return word.text, written
    return None


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.text) for word in tokenize(text))
