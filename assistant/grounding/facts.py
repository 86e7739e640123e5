"""The facts of a text that can be checked one by one: its figures, dates and names, each with what stands around it.

What stands around a fact says what it belongs to: of "2,517 arrests, 850 of them for smuggling" the 850 goes
with "smuggling". Two facts that change places keep their values and lose their surroundings.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from math import fsum
from typing import Literal

from assistant.nlp.figures import Date, Figure, Name, find_dates, find_figures, find_names
from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.tokens import STOP_WORDS, Token, stem, tokenize, word_set

FactKind = Literal["figure", "date", "name"]

_REACH = 5  # content words on either side that say what a fact belongs to
_VERBATIM = 0.8  # of a text's words in the other's order, with which the two say one thing in one way
_OF_THEM = re.compile(r"\s+of\s+(?:them|these|those|which|whom)\b")
_BOUND = word_set(
    "no not more less fewer greater higher lower than over under above below nearly almost about around approximately "
    "roughly least most some up close exceeding exactly estimated total"
)
_BOUND_REACH = 24  # characters before a figure in which the words of its bound stand
_CLAUSE = re.compile(r"[,:()–—|]| and ")
_END = re.compile(r"[;\n]|[.!?]\s+(?=[A-Z])")  # behind it something else is spoken of


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, date or name of a text, and the stems around it, the nearer the heavier (1 beside it)."""

    value: Figure | Date | Name
    around: Mapping[str, float] = field(compare=False)

    @property
    def kind(self) -> FactKind:
        """What sort of fact it is."""
        return "figure" if isinstance(self.value, Figure) else "date" if isinstance(self.value, Date) else "name"


@dataclass(frozen=True, slots=True)
class TextFacts:
    """A text read for checking: its facts in order, and its content words that belong to no figure or date."""

    text: str
    facts: tuple[Fact, ...]
    words: tuple[Token, ...]  # folded content words, those of names too
    stems: tuple[str, ...]  # of these words, one each


@lru_cache(maxsize=1024)
def extract_facts(text: str) -> TextFacts:
    """Reads a text. Pure; any text will do."""
    found: list[Figure | Date | Name] = [*find_figures(text), *find_dates(text), *find_names(text)]
    values = sorted(found, key=lambda each: each.start)
    taken = [(each.start, each.end) for each in values if not isinstance(each, Name)]
    bounded = [each.start for each in values if isinstance(each, Figure) and each.bound != "exact"]
    kept = tuple(word for word in tokenize(text) if _counts(word, taken) and not _bounds(word, bounded))
    stems = tuple(stem(word.text) for word in kept)
    facts: list[Fact] = []
    for each in values:
        around = _around(text, each.start, each.end, kept, stems)
        if _OF_THEM.match(text, each.end) and (counted := [fact for fact in facts if fact.kind == "figure"]):
            # "2,517 arrests, 850 of them": these are arrests as well
            around = {name: max(around.get(name, 0), counted[-1].around.get(name, 0)) for name in
                      (*around, *counted[-1].around)}  # fmt: skip
        facts.append(Fact(each, around))
    return TextFacts(text, tuple(facts), kept, stems)


def alike(a: Fact, b: Fact) -> float:
    """How far two facts stand among the same words: 0 to 1, the weighted Jaccard index of what is around them."""
    every = a.around.keys() | b.around.keys()
    # Summed exactly: a set has another order in each process, and the check compares these sums closely.
    shared = fsum(min(a.around.get(each, 0.0), b.around.get(each, 0.0)) for each in every)
    whole = fsum(max(a.around.get(each, 0.0), b.around.get(each, 0.0)) for each in every)
    return shared / whole if whole else 0.0


def _counts(word: Token, taken: list[tuple[int, int]]) -> bool:
    inside = any(start <= word.start < end for start, end in taken)
    return not inside and word.text not in STOP_WORDS and word.text not in NUMBER_WORDS


def _bounds(word: Token, figures_at: list[int]) -> bool:
    """Whether a word belongs to the bound of a figure: of "no fewer than 200" all three."""
    return word.text in _BOUND and any(0 < start - word.start <= _BOUND_REACH for start in figures_at)


def _around(text: str, start: int, end: int, kept: tuple[Token, ...], stems: tuple[str, ...]) -> dict[str, float]:
    weights: dict[str, float] = {}
    before = [(kept[i].end, start, stems[i]) for i in range(len(kept)) if kept[i].end <= start][: -_REACH - 1 : -1]
    behind = [(end, kept[i].start, stems[i]) for i in range(len(kept)) if kept[i].start >= end][:_REACH]
    for side in (before, behind):
        for weight, stemmed in _weighed(text, side):
            weights[stemmed] = max(weights.get(stemmed, 0.0), weight)
    return weights


def _weighed(text: str, side: list[tuple[int, int, str]]) -> Iterator[tuple[float, str]]:
    """The stems of one side with their weights: each word and each break of a clause between makes it less."""
    for place, (left, right, stemmed) in enumerate(side):
        if _END.search(text, left, right):
            return
        yield 1 / (1 + place + len(_CLAUSE.findall(text, left, right))), stemmed


def displaced(said: TextFacts, known: TextFacts) -> Iterator[tuple[Fact, Fact]]:
    """Pairs of facts that have one place where two texts say the same words in the same order, but differ there.

    Nothing where the words run differently: then only `alike` tells what a fact belongs to.
    """
    ours, theirs = _sequence(said), _sequence(known)
    masked = _aligned([_mask(each) for each in ours], [_mask(each) for each in theirs])
    exact = _aligned([_key(each) for each in ours], [_key(each) for each in theirs])
    shared = sum(isinstance(ours[a], str) for a, _ in masked)
    if shared < max(2, _VERBATIM * sum(isinstance(each, str) for each in ours)) or len(masked) <= len(exact):
        return
    for a, b in masked:
        mine, other = ours[a], theirs[b]
        if isinstance(mine, Fact) and isinstance(other, Fact) and _key(mine) != _key(other):
            yield mine, other


def _sequence(reading: TextFacts) -> list[Fact | str]:
    """The content words and facts of a text in order; of a name only the name."""
    spans = [(fact.value.start, fact.value.end) for fact in reading.facts]
    free = [
        (word.start, stemmed)
        for word, stemmed in zip(reading.words, reading.stems, strict=True)
        if not any(start <= word.start < end for start, end in spans)
    ]
    placed: list[tuple[int, Fact | str]] = [*free, *((fact.value.start, fact) for fact in reading.facts)]
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]


def _mask(each: Fact | str) -> str:
    return each if isinstance(each, str) else f"<{each.kind}>"


def _key(each: Fact | str) -> Hashable:
    return each.value if isinstance(each, Fact) else each


def _aligned(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
