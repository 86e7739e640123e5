"""The facts of a text that can be checked one by one: its figures, dates and names, each with the words around it.

The words around a fact say what it belongs to: in "2,517 arrests, 850 of them for smuggling" the 850 goes with
"smuggling". Two facts that change places keep their values and lose their surroundings.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import accumulate, islice
from math import fsum
from typing import Literal

from assistant.nlp.caching import cached_by_text
from assistant.nlp.figures import Date, Figure, Name, find_dates, find_figures, find_names
from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.spans import overlap_test
from assistant.nlp.tokens import STOP_WORDS, Token, stem, tokenize, word_set

FactKind = Literal["figure", "date", "name"]

_MAX_NEIGHBOURS = 5  # content words on either side that say what a fact belongs to
_MAX_INHERITED = 50  # of the neighbours that "of them" takes over from fact to fact
_VERBATIM_SHARE = 0.8  # of a text's words in the other's order, from which the two say one thing in one way
_OF_THEM = re.compile(r"\s+of\s+(?:them|these|those|which|whom)\b")
_BOUND_WORDS = word_set(
    "no not more less fewer greater higher lower than over under above below nearly almost about around approximately "
    "roughly least most some up close exceeding exactly estimated total"
)
_BOUND_CHARS = 24  # before a figure, within which the words of its bound stand
_CLAUSE_BREAK = re.compile(r"[,:()–—|]| and(?=( ))")
_SUBJECT_END = re.compile(r"[;\n]|[.!?](?=\s+([A-Z]))")  # behind it something else is spoken of


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
    sequence: tuple[Fact | str, ...] = field(compare=False)  # stems and facts in order; of a name only the name


@cached_by_text(1024, 2_000)
def extract_facts(text: str) -> TextFacts:
    """Reads the facts and content words of a text. Pure; any text will do."""
    unordered: list[Figure | Date | Name] = [*find_figures(text), *find_dates(text), *find_names(text)]
    values = sorted(unordered, key=lambda value: value.start)
    is_occupied = overlap_test((value.start, value.end) for value in values if not isinstance(value, Name))
    bounded_starts = [value.start for value in values if isinstance(value, Figure) and value.bound != "exact"]
    words = tuple(
        word
        for word in tokenize(text)
        if not is_occupied(word.start, word.start + 1)
        and word.text not in STOP_WORDS
        and word.text not in NUMBER_WORDS
        and not _belongs_to_bound(word, bounded_starts)
    )
    stems = tuple(stem(word.text) for word in words)
    surroundings = _Surroundings(text, words, stems)
    facts: list[Fact] = []
    last_figure: Fact | None = None
    for value in values:
        neighbours = surroundings.neighbours(value.start, value.end)
        if last_figure and _OF_THEM.match(text, value.end):
            # "2,517 arrests, 850 of them": these are arrests as well
            inherited = last_figure.neighbours
            names = islice(dict.fromkeys((*neighbours, *inherited)), _MAX_INHERITED)
            neighbours = {name: max(neighbours.get(name, 0), inherited.get(name, 0)) for name in names}
        facts.append(Fact(value, neighbours))
        if isinstance(value, Figure):
            last_figure = facts[-1]
    return TextFacts(text, tuple(facts), words, stems, tuple(_sequence(facts, words, stems)))


def context_similarity(a: Fact, b: Fact) -> float:
    """How far two facts stand among the same words: 0 to 1, the weighted Jaccard index of their neighbours."""
    shared_names = a.neighbours.keys() & b.neighbours.keys()
    if not shared_names:
        return 0.0
    # Summed exactly: a set has another order in each process, and the check compares these sums closely.
    shared = fsum(min(a.neighbours[name], b.neighbours[name]) for name in shared_names)
    names = a.neighbours.keys() | b.neighbours.keys()
    total = fsum(max(a.neighbours.get(name, 0.0), b.neighbours.get(name, 0.0)) for name in names)
    return shared / total


def _belongs_to_bound(word: Token, bounded_starts: list[int]) -> bool:
    """Whether a word belongs to the bound of a figure: in "no fewer than 200" all three do."""
    if word.text not in _BOUND_WORDS:
        return False
    following = bisect_right(bounded_starts, word.start)
    return following < len(bounded_starts) and bounded_starts[following] - word.start <= _BOUND_CHARS


class _Surroundings:
    """The content words of a text by their places, and the breaks between them."""

    def __init__(self, text: str, words: Sequence[Token], stems: Sequence[str]) -> None:
        self._starts, self._ends = [word.start for word in words], [word.end for word in words]
        self._stems = stems
        self._breaks = _Breaks(_CLAUSE_BREAK, text)
        self._subject_ends = _Breaks(_SUBJECT_END, text)

    def neighbours(self, start: int, end: int) -> dict[str, float]:
        """The stems around the span of a fact, with their weights."""
        behind = bisect_left(self._starts, end)
        before = bisect_right(self._ends, start)
        nearest_before = [
            (i, self._ends[i], start) for i in range(before - 1, max(before - _MAX_NEIGHBOURS, 0) - 1, -1)
        ]
        nearest_behind = [
            (i, end, self._starts[i]) for i in range(behind, min(behind + _MAX_NEIGHBOURS, len(self._starts)))
        ]
        weights: dict[str, float] = {}
        for side in (nearest_before, nearest_behind):
            for weight, word_stem in self._weighted(side):
                weights[word_stem] = max(weights.get(word_stem, 0.0), weight)
        return weights

    def _weighted(self, side: list[tuple[int, int, int]]) -> Iterator[tuple[float, str]]:
        """The stems on one side of a fact with their weights.

        Each word and each clause break in between makes a weight less; behind the end of the subject nothing counts.

        Args:
            side: the index of a word, and the gap between it and the fact, (start, end); the nearest first.
        """
        for distance, (i, gap_start, gap_end) in enumerate(side):
            if self._subject_ends.any_within(gap_start, gap_end):
                return
            yield 1 / (1 + distance + self._breaks.count_within(gap_start, gap_end)), self._stems[i]


class _Breaks:
    """The matches of a pattern in a text: how many lie in a part of it takes a moment, however long the part is.

    A match reaches as far as the group of its lookahead, if it has one.
    """

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        matches = [(match.start(), max(match.end(), match.end(1))) for match in pattern.finditer(text)]
        self._starts, self._reaches = [start for start, _ in matches], [reach for _, reach in matches]
        self._least_reaches = list(accumulate(reversed(self._reaches), min))[::-1]  # of a match and all behind it

    def any_within(self, start: int, end: int) -> bool:
        """Whether any match lies within a span."""
        first = bisect_left(self._starts, start)
        return first < len(self._starts) and self._least_reaches[first] <= end

    def count_within(self, start: int, end: int) -> int:
        """How many matches lie within a span."""
        return max(0, bisect_right(self._least_reaches, end) - bisect_left(self._starts, start))


def may_run_alike(statement: TextFacts, sentences: Sequence[TextFacts]) -> list[bool]:
    """Whether each of some sentences may have a statement's words in the same order: most of them are there."""
    our_words = Counter(item for item in statement.sequence if isinstance(item, str))
    least = _least_shared(our_words.total())
    return [
        bool(statement.facts and sentence.facts)
        and (Counter(item for item in sentence.sequence if isinstance(item, str)) & our_words).total() >= least
        for sentence in sentences
    ]


def displaced_facts(statement: TextFacts, sentence: TextFacts) -> Iterator[tuple[Fact, Fact]]:
    """Pairs of different facts that hold the same place in two texts with the same words in the same order.

    Nothing where the words run differently: then only `context_similarity` says what a fact belongs to. Takes time by
    the product of the numbers of words, and more.

    Returns:
        The fact of the statement, and the one of the sentence.
    """
    ours, theirs = statement.sequence, sentence.sequence
    by_kind = _aligned([_kind_or_stem(item) for item in ours], [_kind_or_stem(item) for item in theirs])
    by_value = _aligned([_value_or_stem(item) for item in ours], [_value_or_stem(item) for item in theirs])
    shared_words = sum(isinstance(ours[i], str) for i, _ in by_kind)
    words = sum(isinstance(item, str) for item in ours)
    if shared_words < _least_shared(words) or len(by_kind) <= len(by_value):
        return
    for i, j in by_kind:
        our_item, their_item = ours[i], theirs[j]
        if isinstance(our_item, Fact) and isinstance(their_item, Fact) and our_item.value != their_item.value:
            yield our_item, their_item


def _least_shared(words: int) -> float:
    """How many of so many words another text must have in the same order to run alike."""
    return max(2, _VERBATIM_SHARE * words)


def _sequence(facts: Sequence[Fact], words: Sequence[Token], stems: Sequence[str]) -> Iterator[Fact | str]:
    """The stems and facts of a text in order, without the words of its names."""
    is_fact = overlap_test((fact.value.start, fact.value.end) for fact in facts)
    placed: list[tuple[int, Fact | str]] = [(fact.value.start, fact) for fact in facts]
    placed += [
        (word.start, word_stem)
        for word, word_stem in zip(words, stems, strict=True)
        if not is_fact(word.start, word.start + 1)
    ]
    yield from (item for _, item in sorted(placed, key=lambda pair: pair[0]))


def _kind_or_stem(item: Fact | str) -> str:
    return item if isinstance(item, str) else f"<{item.kind}>"


def _value_or_stem(item: Fact | str) -> Hashable:
    return item.value if isinstance(item, Fact) else item


def _aligned(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of the items that two sequences share in order (Ratcliff and Obershelp, by `difflib`)."""
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
