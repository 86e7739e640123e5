"""How much of a statement's words stands in sentences, in all and clause by clause. Pure functions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.facts import TextFacts
from assistant.nlp.figures import Name
from assistant.nlp.synonyms import synonym_stems
from assistant.nlp.tokens import Token, stem, tokenize, word_set

_KIN = 0.7  # of a word that says much the same
_ROOT = 5  # letters that derived words share: "operate" and "operation", "Brazil" and "Brazilian"
_LIGHT = word_set(
    "accord report state say said includ total number also document sourc sentenc person peopl individu figur amount "
    "result approxim about around roughli specif mention describ known call name year led lead made make "
    "took take place"
)
_LIGHTLY = 0.25  # what such a word weighs: it only says that something is said
_CLAUSE = re.compile(r"[,;:()–—]|\b(?:and|but|while|whereas|although|because|which|who|whose|that)\b")
_SAYING = 2.0  # weight of the words with which a clause says something of its own
_EDGES = " ,;:()–—"  # that are cut off a clause


@dataclass(frozen=True, slots=True)
class Covered:
    """A content word, what it weighs, and how far it stands in the evidence."""

    word: Token
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that says something of its own, and the share of its words that stands in the evidence, 0 to 1."""

    text: str
    share: float


def covered(said: TextFacts, everything: str, context: str) -> list[Covered]:
    """The content words of a statement but for those of its names, which are facts."""
    own = frozenset(stem(word.text) for word in tokenize(everything))
    around = own.union(stem(word.text) for word in tokenize(context))
    named = [(fact.value.start, fact.value.end) for fact in said.facts if isinstance(fact.value, Name)]
    return [
        Covered(word, _LIGHTLY if stemmed in _LIGHT else 1.0, _stands(stemmed, own, around))
        for word, stemmed in zip(said.words, said.stems, strict=True)
        if not any(start <= word.start < end for start, end in named)
    ]


def share(found: Sequence[Covered]) -> float:
    """How much of some words stands in the evidence, by their weights; all of none."""
    total = sum(each.weight for each in found)
    return sum(each.weight * each.share for each in found) / total if total else 1.0


def clauses(text: str, found: Sequence[Covered]) -> Iterator[Clause]:
    """The clauses of a text that have enough words to say something of their own.

    Args:
        text: a statement.
        found: what ``covered`` found of it.
    """
    ends = [match.end() for match in _CLAUSE.finditer(text)] + [len(text)]
    begin = 0
    for end in ends:
        inside = [each for each in found if begin <= each.word.start < end]
        if sum(each.weight for each in inside) >= _SAYING:
            yield Clause(text[begin:end].strip(_EDGES), share(inside))
        begin = end


def _stands(stemmed: str, own: frozenset[str], around: frozenset[str]) -> float:
    if stemmed in own:
        return 1.0
    if stemmed in around or not synonym_stems(stemmed).isdisjoint(own):
        return _KIN
    return (
        _KIN if len(stemmed) >= _ROOT and stemmed.isalpha() and any(_derived(stemmed, other) for other in own) else 0.0
    )


def _derived(a: str, b: str) -> bool:
    length = min(len(a), len(b))
    return length >= _ROOT and a[: max(_ROOT, length - 1)] == b[: max(_ROOT, length - 1)]
