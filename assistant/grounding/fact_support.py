"""Objections to the facts of a statement: figures, dates and names that its evidence hasn't, or has elsewhere.

A fact is supported when it stands in the evidence, normalised, and belongs there to what it belongs to in the
statement. Names may also stand in the context, which says what the sentences are about.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.grounding.evidence import Evidence
from assistant.grounding.facts import (
    Fact,
    FactKind,
    TextFacts,
    context_similarity,
    displaced_facts,
    extract_facts,
    may_run_alike,
)
from assistant.nlp.figures import Date, Figure, Name, contradicts, includes, satisfies_rounded
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.tokens import stem, tokenize

_MISPLACED_MARGIN = 0.15  # by which another fact's place must fit better before a fact counts as misplaced
_ALIGNED_MARGIN = 0.1  # the same where the order of the words points to it as well
# Each figure and date is compared with each one of the evidence, and a sentence that runs alike word by word. Beyond
# these numbers of pairs, which take a second, nothing is compared: what isn't compared isn't supported.
_MAX_FACT_PAIRS = 20_000
_MAX_ALIGNED_PAIRS = 400_000
_TOO_MUCH = "it has too many figures and dates to be compared with the cited sentences: check it in parts"
_MAX_WEEKDAY_DAYS = 7  # how far from its document's date a bare weekday may lie
_RELATIVE_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_INSIDE_WORD = re.compile(r"[\w.,-]")  # right before a figure: it is only part of what stands there
_GOES_ON = re.compile(r"[\w-]|[.,]\d")  # right behind it
_BOUND_PHRASES = {
    "over": "more than ", "under": "less than ", "least": "at least ", "most": "at most ", "about": "about "
}  # fmt: skip


def fact_objections(
    statement: TextFacts, sentences: Sequence[TextFacts], evidence: Sequence[Evidence], context: str
) -> Iterator[str]:
    """What speaks against the facts of a statement, in words.

    Args:
        statement: with its facts.
        sentences: the facts of each sentence of the evidence.
        evidence: the sentences themselves, in the same order.
        context: the contexts of all sentences.
    """
    cited = _CitedFacts(tuple(sentences), tuple(evidence), context)
    stated = [fact for fact in statement.facts if fact.kind != "name"]
    to_compare = len(stated) + len(cited.by_kind("figure")) + len(cited.by_kind("date")) + len(evidence)
    if len(stated) * to_compare > _MAX_FACT_PAIRS:
        yield _TOO_MUCH
        return
    for fact in statement.facts:
        if isinstance(fact.value, Name):
            if not name_occurs(fact.value, cited.text_with_context):
                yield f"“{fact.value.text}” is not in the cited sentence"
            continue
        same_kind = cited.by_kind(fact.kind)
        supporting = [candidate for candidate in same_kind if _supports(candidate, fact)]
        if not supporting:
            if not _stands_otherwise(fact.value, cited):
                yield _describe_missing(fact, same_kind)
        elif rival := _rival_at_its_place(fact, supporting, same_kind, stated):
            yield _describe_difference(rival, fact)
    yield from _displacement_objections(statement, cited)


@dataclass(frozen=True)
class _CitedFacts:
    """The evidence with its facts, and what is needed of it again and again."""

    sentences: tuple[TextFacts, ...]
    evidence: tuple[Evidence, ...]
    context: str

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts of all sentences, dates with the years that their documents give them."""
        return [
            replace(fact, value=_with_year(fact.value, sentence.date))
            for text_facts, sentence in zip(self.sentences, self.evidence, strict=True)
            for fact in text_facts.facts
        ]

    @cached_property
    def _facts_by_kind(self) -> dict[FactKind, list[Fact]]:
        kinds: dict[FactKind, list[Fact]] = {"figure": [], "date": [], "name": []}
        for fact in self.facts:
            kinds[fact.kind].append(fact)
        return kinds

    def by_kind(self, kind: FactKind) -> list[Fact]:
        """The facts of one kind."""
        return self._facts_by_kind[kind]

    @cached_property
    def counts(self) -> Counter[Figure | Date | Name]:
        """How many facts have each value."""
        return Counter(fact.value for fact in self.facts)

    @cached_property
    def text(self) -> str:
        """The sentences, a line each."""
        return "\n".join(sentence.text for sentence in self.evidence)

    @cached_property
    def text_with_context(self) -> str:
        """The sentences and what their documents say of them."""
        return f"{self.text}\n{self.context}"

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the sentences and the context."""
        return frozenset(stem(word.text) for word in tokenize(self.text_with_context))

    @cached_property
    def figures(self) -> list[Figure]:
        """The figures of the sentences read as one text."""
        return [fact.value for fact in extract_facts(self.text).facts if isinstance(fact.value, Figure)]

    @cached_property
    def days(self) -> list[tuple[dt.date, frozenset[str], frozenset[int | None]]]:
        """Of each sentence whose document has a date: that date, and the sentence's words and weekdays."""
        return [
            (
                sentence.date,
                frozenset(word.text for word in tokenize(sentence.text)),
                frozenset(fact.value.weekday for fact in text_facts.facts if isinstance(fact.value, Date)),
            )
            for text_facts, sentence in zip(self.sentences, self.evidence, strict=True)
            if sentence.date is not None
        ]


def _displacement_objections(statement: TextFacts, cited: _CitedFacts) -> Iterator[str]:
    """What speaks against facts at the places of others, in texts that run alike."""
    runs_alike = may_run_alike(statement, cited.sentences)
    pairs = [
        (text_facts, sentence)
        for text_facts, sentence, is_alike in zip(cited.sentences, cited.evidence, runs_alike, strict=True)
        if is_alike
    ]
    if len(statement.sequence) * sum(len(text_facts.sequence) for text_facts, _ in pairs) > _MAX_ALIGNED_PAIRS:
        yield _TOO_MUCH
        return
    statement_counts = Counter(fact.value for fact in statement.facts)
    for text_facts, sentence in pairs:
        for ours, undated in displaced_facts(statement, text_facts):
            theirs = replace(undated, value=_with_year(undated.value, sentence.date))
            if not _supports(theirs, ours) and _took_its_place(ours, theirs, statement_counts, cited):
                yield _describe_difference(theirs, ours)


def _took_its_place(
    ours: Fact, theirs: Fact, statement_counts: Counter[Figure | Date | Name], cited: _CitedFacts
) -> bool:
    """Whether a fact of the statement took the place of another one, where the two texts run alike word by word.

    A shortened sentence moves what it keeps: "Police made 850 arrests for smuggling" out of "Police made 2,517 arrests,
    850 of them for smuggling". So the two must have changed places, or ours stands twice where the evidence has it
    once, or it fits clearly better with what is around the other one.
    """
    times_in_evidence = cited.counts[ours.value]
    if ours.kind == "name" and not times_in_evidence:
        return False  # a name that isn't there is an objection of its own
    changed_places = theirs.value in statement_counts
    doubled = ours.kind != "name" and statement_counts[ours.value] > times_in_evidence
    if changed_places or doubled:
        return True
    fits = (context_similarity(ours, fact) for fact in cited.by_kind(ours.kind) if _supports(fact, ours))
    return context_similarity(ours, theirs) > max(fits, default=-1.0) + _ALIGNED_MARGIN


def _supports(evidence_fact: Fact, fact: Fact) -> bool:
    """Whether the value of a fact of the evidence is, or implies, the value of one of the statement."""
    evidence_value, stated_value = evidence_fact.value, fact.value
    if isinstance(evidence_value, Figure) and isinstance(stated_value, Figure):
        return _figure_supports(evidence_value, stated_value)
    return (
        isinstance(evidence_value, Date) and isinstance(stated_value, Date) and includes(stated_value, evidence_value)
    )


def _figure_supports(evidence_figure: Figure, stated_figure: Figure) -> bool:
    """Whether a figure supports another; one that is rounded itself supports no other rounding."""
    if evidence_figure.kind == "money" and stated_figure.kind == "number":
        evidence_figure = replace(evidence_figure, kind="number", unit="")
    return satisfies_rounded(evidence_figure, stated_figure) and (
        evidence_figure.bound == "exact"
        or evidence_figure.value == stated_figure.value
        or evidence_figure.kind != stated_figure.kind
    )


def _stands_otherwise(value: Figure | Date | Name, cited: _CitedFacts) -> bool:
    """Whether a figure or date stands in the evidence in a way that is read there as something else."""
    if value.text.lower() == "one":
        return True  # "one source says": a pronoun as often as a number
    if isinstance(value, Date):
        return _date_stands_otherwise(value, cited)
    if isinstance(value, Figure) and value.kind == "measure":
        without_unit = replace(value, kind="number", unit="")
        is_there = any(satisfies_rounded(figure, without_unit) for figure in cited.figures)
        return is_there and stem(value.unit.split()[0]) in cited.stems
    if not isinstance(value, Figure) or value.kind != "number" or value.bound not in ("exact", "about"):
        return False  # "17" says nothing of more than 17
    return _stands_as_written(value.text, cited.text)


def _date_stands_otherwise(date: Date, cited: _CitedFacts) -> bool:
    if date.grain == "year" and any(figure.value == date.year for figure in cited.figures):
        return True
    return _is_relative_date(date, cited) or _stands_as_written(date.text, cited.text_with_context)


def _stands_as_written(text: str, evidence_text: str) -> bool:
    """Whether it stands there to the letter as a whole: the "19" of "COVID-19" does not."""
    start = -1 if text.isalpha() else evidence_text.find(text)
    while start >= 0:
        end = start + len(text)
        if not _INSIDE_WORD.match(evidence_text[max(0, start - 1) : start]) and not _GOES_ON.match(evidence_text, end):
            return True
        start = evidence_text.find(text, start + 1)
    return False


def _with_year(value: Figure | Date | Name, document_date: dt.date | None) -> Figure | Date | Name:
    """A date with the year that its document's date gives it: the one that brings it nearest. Others unchanged."""
    if not isinstance(value, Date) or document_date is None or value.year is not None or value.month is None:
        return value
    months_away = {
        year: abs((year - document_date.year) * 12 + value.month - document_date.month)
        for year in range(document_date.year - 1, document_date.year + 2)
    }
    return replace(value, year=min(months_away, key=lambda year: months_away[year]))


def _is_relative_date(date: Date, cited: _CitedFacts) -> bool:
    """Whether the evidence gives the day by its weekday or as "yesterday", seen from its document's date."""
    if date.year is None or date.month is None or date.day is None:
        return False
    try:
        day = dt.date(date.year, date.month, date.day)
    except ValueError:
        return False
    for document_date, words, weekdays in cited.days:
        distance = (day - document_date).days
        if any(name in words and distance == days for name, days in _RELATIVE_DAYS.items()):
            return True
        if day.weekday() in weekdays and abs(distance) <= _MAX_WEEKDAY_DAYS:
            return True
    return False


def _rival_at_its_place(
    fact: Fact, supporting: Sequence[Fact], same_kind: Sequence[Fact], statement_facts: Sequence[Fact]
) -> Fact | None:
    """The fact of the evidence that stands where the statement puts this one; None where there is none.

    None as well where the statement has that other fact at that place too.
    """
    own_fit = max(context_similarity(fact, candidate) for candidate in supporting)
    rivals = [candidate for candidate in same_kind if _conflicts(candidate, fact)]
    best = max(rivals, key=lambda candidate: context_similarity(fact, candidate), default=None)
    if best is None or context_similarity(fact, best) <= own_fit + _MISPLACED_MARGIN:
        return None
    is_there_too = any(
        stated.value == best.value and context_similarity(stated, best) >= context_similarity(fact, best)
        for stated in statement_facts
    )
    return None if is_there_too else best


def _conflicts(evidence_fact: Fact, fact: Fact) -> bool:
    evidence_value, stated_value = evidence_fact.value, fact.value
    if isinstance(evidence_value, Figure) and isinstance(stated_value, Figure):
        return contradicts(evidence_value, stated_value) and not _supports(evidence_fact, fact)
    return (
        isinstance(evidence_value, Date)
        and evidence_value.grain == getattr(stated_value, "grain", "")
        and not _supports(evidence_fact, fact)
    )


def _describe_missing(fact: Fact, same_kind: Sequence[Fact]) -> str:
    figure_kind = getattr(fact.value, "kind", "")
    rivals = [rival for rival in same_kind if getattr(rival.value, "kind", "") == figure_kind] or same_kind
    nearest = max(
        rivals, key=lambda rival: (context_similarity(fact, rival), _common_characters(rival, fact)), default=None
    )
    says = f", which says {_shown(nearest)}" if nearest else ""
    return f"{_shown(fact)} is not in the cited sentence{says}"


def _describe_difference(evidence_fact: Fact, fact: Fact) -> str:
    return f"the cited sentence says {_shown(evidence_fact)} where this says {_shown(fact)}"


def _common_characters(a: Fact, b: Fact) -> int:
    return len(set(a.value.text) & set(b.value.text))


def _shown(fact: Fact) -> str:
    value = fact.value
    return f"{_BOUND_PHRASES.get(value.bound, '')}{value.text}" if isinstance(value, Figure) else value.text
