"""How much of a statement's wording stands in its evidence, in all and clause by clause. Pure functions."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.facts import TextFacts
from assistant.nlp.figures import Name
from assistant.nlp.spans import overlap_test
from assistant.nlp.synonyms import synonym_stems
from assistant.nlp.tokens import Token, stem, tokenize, word_set

_RELATED_WORD = 0.7  # coverage of a word of which only a synonym, a relative or the context's mention stands there
_MIN_ROOT_LETTERS = 5  # that derived words share: "operate" and "operation", "Brazil" and "Brazilian"
_MAX_ROOT_LETTERS = 50  # of a stem that is compared so: a longer one is no word
_LIGHT_STEMS = word_set(
    "accord report state say said includ total number also document sourc sentenc person peopl individu figur amount "
    "result approxim about around roughli specif mention describ known call name year led lead made make "
    "took take place"
)
_LIGHT_WEIGHT = 0.25  # of such a word: it only says that something is said
_CLAUSE_END = re.compile(r"[,;:()–—]|\b(?:and|but|while|whereas|although|because|which|who|whose|that)\b")
_MIN_CLAUSE_WEIGHT = 2.0  # of its words, from which a clause says something of its own
_CLAUSE_EDGES = " ,;:()–—"  # characters that are stripped off a clause


@dataclass(frozen=True, slots=True)
class WordCoverage:
    """A content word, what it weighs, and how far it stands in the evidence."""

    word: Token
    weight: float  # 0 to 1
    coverage: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that says something of its own, and the share of its words that stands in the evidence, 0 to 1."""

    text: str
    coverage: float


def measure_coverage(statement: TextFacts, evidence_text: str, context: str) -> list[WordCoverage]:
    """How far each content word of a statement stands in its evidence, in order.

    Names are left out: they are facts, which must be there whole.
    """
    evidence_stems = frozenset(stem(word.text) for word in tokenize(evidence_text))
    all_stems = evidence_stems.union(stem(word.text) for word in tokenize(context))
    roots = _Roots(evidence_stems)
    is_name = overlap_test(
        (fact.value.start, fact.value.end) for fact in statement.facts if isinstance(fact.value, Name)
    )
    return [
        WordCoverage(
            word,
            _LIGHT_WEIGHT if word_stem in _LIGHT_STEMS else 1.0,
            _coverage(word_stem, evidence_stems, all_stems, roots),
        )
        for word, word_stem in zip(statement.words, statement.stems, strict=True)
        if not is_name(word.start, word.start + 1)
    ]


def total_coverage(words: Sequence[WordCoverage]) -> float:
    """The weighted share of some words that stands in the evidence, 0 to 1; 1 where there are no words."""
    total = sum(word.weight for word in words)
    return sum(word.weight * word.coverage for word in words) / total if total else 1.0


def telling_clauses(text: str, words: Sequence[WordCoverage]) -> Iterator[Clause]:
    """The clauses of a statement that have enough words to say something of their own.

    Args:
        text: the statement.
        words: its words, as `measure_coverage` gives them.
    """
    ends = [match.end() for match in _CLAUSE_END.finditer(text)] + [len(text)]
    starts = [word.word.start for word in words]
    start = 0
    for end in ends:
        inside = words[bisect_left(starts, start) : bisect_left(starts, end)]
        if sum(word.weight for word in inside) >= _MIN_CLAUSE_WEIGHT:
            yield Clause(text[start:end].strip(_CLAUSE_EDGES), total_coverage(inside))
        start = end


def _coverage(word_stem: str, evidence_stems: frozenset[str], all_stems: frozenset[str], roots: "_Roots") -> float:
    if word_stem in evidence_stems:
        return 1.0
    if word_stem in all_stems or not synonym_stems(word_stem).isdisjoint(evidence_stems):
        return _RELATED_WORD
    return _RELATED_WORD if word_stem.isalpha() and roots.has_relative(word_stem) else 0.0


class _Roots:
    """Some stems by their beginnings, to find those that begin like another one.

    Two stems begin alike when they do for as long as the shorter one, its last letter aside, and for five letters.
    """

    def __init__(self, stems: Iterable[str]) -> None:
        relevant = [word_stem for word_stem in stems if _MIN_ROOT_LETTERS <= len(word_stem) <= _MAX_ROOT_LETTERS]
        self._roots = frozenset(map(_root, relevant))
        self._beginnings = frozenset(
            word_stem[:length] for word_stem in relevant for length in range(_MIN_ROOT_LETTERS, len(word_stem) + 1)
        )

    def has_relative(self, word_stem: str) -> bool:
        """Whether any of the stems begins like this one."""
        if not _MIN_ROOT_LETTERS <= len(word_stem) <= _MAX_ROOT_LETTERS:
            return False
        return _root(word_stem) in self._beginnings or any(
            word_stem[:length] in self._roots for length in range(_MIN_ROOT_LETTERS, len(word_stem))
        )


def _root(word_stem: str) -> str:
    """What of a stem its relatives that are as long or longer begin with."""
    return word_stem[: max(_MIN_ROOT_LETTERS, len(word_stem) - 1)]
