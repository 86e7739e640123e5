"""The facts of a text that can be checked one by one: its figures, dates and names, each with the words around it.

The words around a fact say what it belongs to: in "2,517 arrests, 850 of them for smuggling" the 850 goes with
"smuggling". Two facts that change places keep their values and lose their surroundings.
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

_MAX_NEIGHBOURS = 5  # content words on either side that say what a fact belongs to
_VERBATIM_SHARE = 0.8  # of a text's words in the other's order, from which the two say one thing in one way
_OF_THEM = re.compile(r"\s+of\s+(?:them|these|those|which|whom)\b")
_BOUND_WORDS = word_set(
    "no not more less fewer greater higher lower than over under above below nearly almost about around approximately "
    "roughly least most some up close exceeding exactly estimated total"
)
_BOUND_CHARS = 24  # before a figure, within which the words of its bound stand
_CLAUSE_BREAK = re.compile(r"[,:()–—|]| and ")
_SUBJECT_END = re.compile(r"[;\n]|[.!?]\s+(?=[A-Z])")  # behind it something else is spoken of


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, date or name of a text, and the stems around it with their weights: 1 beside it, less further off."""

    value: Figure | Date | Name
    neighbours: Mapping[str, float] = field(compare=False)

    @property
    def kind(self) -> FactKind:
        """Whether it is a figure, a date or a name."""
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
    """Reads the facts and content words of a text. Pure; any text will do."""
    unordered: list[Figure | Date | Name] = [*find_figures(text), *find_dates(text), *find_names(text)]
    values = sorted(unordered, key=lambda value: value.start)
    occupied = [(value.start, value.end) for value in values if not isinstance(value, Name)]
    bounded_starts = [value.start for value in values if isinstance(value, Figure) and value.bound != "exact"]
    words = tuple(
        word for word in tokenize(text) if _is_content(word, occupied) and not _belongs_to_bound(word, bounded_starts)
    )
    stems = tuple(stem(word.text) for word in words)
    facts: list[Fact] = []
    for value in values:
        neighbours = _neighbours(text, value.start, value.end, words, stems)
        figures = [fact for fact in facts if fact.kind == "figure"]
        if figures and _OF_THEM.match(text, value.end):
            # "2,517 arrests, 850 of them": these are arrests as well
            inherited = figures[-1].neighbours
            neighbours = {
                name: max(neighbours.get(name, 0), inherited.get(name, 0)) for name in (*neighbours, *inherited)
            }
        facts.append(Fact(value, neighbours))
    return TextFacts(text, tuple(facts), words, stems)


def context_similarity(a: Fact, b: Fact) -> float:
    """How far two facts stand among the same words: 0 to 1, the weighted Jaccard index of their neighbours."""
    names = a.neighbours.keys() | b.neighbours.keys()
    # Summed exactly: a set has another order in each process, and the check compares these sums closely.
    shared = fsum(min(a.neighbours.get(name, 0.0), b.neighbours.get(name, 0.0)) for name in names)
    total = fsum(max(a.neighbours.get(name, 0.0), b.neighbours.get(name, 0.0)) for name in names)
    return shared / total if total else 0.0


def _is_content(word: Token, occupied: list[tuple[int, int]]) -> bool:
    """Whether a word lies outside of the figures and dates and is neither a stop word nor a number."""
    is_inside = any(start <= word.start < end for start, end in occupied)
    return not is_inside and word.text not in STOP_WORDS and word.text not in NUMBER_WORDS


def _belongs_to_bound(word: Token, bounded_starts: list[int]) -> bool:
    """Whether a word belongs to the bound of a figure: in "no fewer than 200" all three do."""
    return word.text in _BOUND_WORDS and any(0 < start - word.start <= _BOUND_CHARS for start in bounded_starts)


def _neighbours(text: str, start: int, end: int, words: tuple[Token, ...], stems: tuple[str, ...]) -> dict[str, float]:
    """The stems around the span of a fact, with their weights."""
    count = range(len(words))
    before = [(words[i].end, start, stems[i]) for i in count if words[i].end <= start][: -_MAX_NEIGHBOURS - 1 : -1]
    behind = [(end, words[i].start, stems[i]) for i in count if words[i].start >= end][:_MAX_NEIGHBOURS]
    weights: dict[str, float] = {}
    for side in (before, behind):
        for weight, word_stem in _weighted(text, side):
            weights[word_stem] = max(weights.get(word_stem, 0.0), weight)
    return weights


def _weighted(text: str, side: list[tuple[int, int, str]]) -> Iterator[tuple[float, str]]:
    """The stems on one side of a fact with their weights.

    Each word and each clause break in between makes a weight less; behind the end of the subject nothing counts.

    Args:
        text: that the fact stands in.
        side: the gap between fact and word, (start, end), and the word's stem; the nearest first.
    """
    for distance, (gap_start, gap_end, word_stem) in enumerate(side):
        if _SUBJECT_END.search(text, gap_start, gap_end):
            return
        yield 1 / (1 + distance + len(_CLAUSE_BREAK.findall(text, gap_start, gap_end))), word_stem


def displaced_facts(statement: TextFacts, sentence: TextFacts) -> Iterator[tuple[Fact, Fact]]:
    """Pairs of different facts that hold the same place in two texts with the same words in the same order.

    Nothing where the words run differently: then only `context_similarity` says what a fact belongs to.

    Returns:
        The fact of the statement, and the one of the sentence.
    """
    ours, theirs = _sequence(statement), _sequence(sentence)
    by_kind = _aligned([_kind_or_stem(item) for item in ours], [_kind_or_stem(item) for item in theirs])
    by_value = _aligned([_value_or_stem(item) for item in ours], [_value_or_stem(item) for item in theirs])
    shared_words = sum(isinstance(ours[i], str) for i, _ in by_kind)
    words = sum(isinstance(item, str) for item in ours)
    if shared_words < max(2, _VERBATIM_SHARE * words) or len(by_kind) <= len(by_value):
        return
    for i, j in by_kind:
        our_item, their_item = ours[i], theirs[j]
        if isinstance(our_item, Fact) and isinstance(their_item, Fact) and our_item.value != their_item.value:
            yield our_item, their_item


def _sequence(text_facts: TextFacts) -> list[Fact | str]:
    """The stems and facts of a text in order; the words of a name only as the name."""
    spans = [(fact.value.start, fact.value.end) for fact in text_facts.facts]
    stems = [
        (word.start, word_stem)
        for word, word_stem in zip(text_facts.words, text_facts.stems, strict=True)
        if not any(start <= word.start < end for start, end in spans)
    ]
    placed: list[tuple[int, Fact | str]] = [*stems, *((fact.value.start, fact) for fact in text_facts.facts)]
    return [item for _, item in sorted(placed, key=lambda pair: pair[0])]


def _kind_or_stem(item: Fact | str) -> str:
    return item if isinstance(item, str) else f"<{item.kind}>"


def _value_or_stem(item: Fact | str) -> Hashable:
    return item.value if isinstance(item, Fact) else item


def _aligned(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of the items that two sequences share in order (Ratcliff and Obershelp, by `difflib`)."""
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
