"""Whether one text denies what another says, or says its opposite. English, by closed classes of words.

A negation is taken to govern the nearest content words behind it, up to the end of its clause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.tokens import STOP_WORDS, lower_same_length, stem, tokenize

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
    idle_spans = [match.span() for match in _IDLE_NEGATION.finditer(lowered)]
    for cue in _NEGATION.finditer(lowered):
        if any(start <= cue.start() < end for start, end in idle_spans):
            continue
        clause_end = _CLAUSE_END.search(lowered, cue.end())
        scope = lowered[cue.end() : clause_end.start() if clause_end else len(lowered)]
        governed = [stem(word.text) for word in tokenize(scope) if word.text not in STOP_WORDS]
        yield Denial(cue[0], tuple(governed[:_MAX_GOVERNED]))


def find_denial_mismatch(statement: str, sentences: Sequence[str]) -> str | None:
    """What a statement denies although its evidence says it, or the other way round; None where neither does.

    Each negation of the one side is matched with one of the other side that governs a common word.

    Returns:
        The objection in words.
    """
    evidence_stems = _stems("\n".join(sentences))
    our_denials = list(find_denials(statement))
    unmatched = [denial for sentence in sentences for denial in find_denials(sentence)]
    if _only_one_says_not_only(statement, "\n".join(sentences)):
        return "one says “only” and the other “not only”"
    for denial in our_denials:
        match = next((theirs for theirs in unmatched if set(theirs.governed) & set(denial.governed)), None)
        if match is not None:
            unmatched.remove(match)
        elif not unmatched or any(word_stem in evidence_stems for word_stem in denial.governed):
            return f"it denies (“{denial.cue}”) what the cited sentence doesn't deny"
    affirmed = _stems(statement) - {word_stem for denial in our_denials for word_stem in denial.governed}
    sentences_without_denial = [sentence for sentence in sentences if not any(True for _ in find_denials(sentence))]
    for cue, governed in unmatched:
        if (
            governed
            and governed[0] in affirmed
            and not any(governed[0] in _stems(sentence) for sentence in sentences_without_denial)
        ):
            return f"the cited sentence denies it (“{cue}”)"
    return None


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
