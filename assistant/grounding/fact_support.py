"""Objections to the facts of a statement: figures, dates and names that its evidence hasn't, or has elsewhere.

A fact is supported when it stands in the evidence, normalised, and belongs there to what it belongs to in the
statement. Names may also stand in the context, which says what the sentences are about.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.grounding.evidence import Evidence
from assistant.grounding.facts import Fact, TextFacts, context_similarity, displaced_facts, extract_facts
from assistant.nlp.figures import Date, Figure, Name, contradicts, includes, satisfies_rounded
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.tokens import stem, tokenize

_MISPLACED_MARGIN = 0.15  # by which another fact's place must fit better before a fact counts as misplaced
_ALIGNED_MARGIN = 0.1  # the same where the order of the words points to it as well
_MAX_WEEKDAY_DAYS = 7  # how far from its document's date a bare weekday may lie
_RELATIVE_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
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
    evidence_facts = [
        replace(fact, value=_with_year(fact.value, sentence.date))
        for text_facts, sentence in zip(sentences, evidence, strict=True)
        for fact in text_facts.facts
    ]
    text_with_context = "\n".join((*(sentence.text for sentence in evidence), context))
    for fact in statement.facts:
        same_kind = [candidate for candidate in evidence_facts if candidate.kind == fact.kind]
        if isinstance(fact.value, Name):
            if not name_occurs(fact.value, text_with_context):
                yield f"“{fact.value.text}” is not in the cited sentence"
            continue
        supporting = [candidate for candidate in same_kind if _supports(candidate, fact)]
        if not supporting:
            if not _stands_otherwise(fact.value, evidence, context):
                yield _describe_missing(fact, same_kind)
        elif rival := _rival_at_its_place(fact, supporting, same_kind, statement.facts):
            yield _describe_difference(rival, fact)
    for text_facts, sentence in zip(sentences, evidence, strict=True):
        for ours, undated in displaced_facts(statement, text_facts):
            theirs = replace(undated, value=_with_year(undated.value, sentence.date))
            if not _supports(theirs, ours) and _took_its_place(ours, theirs, statement.facts, evidence_facts):
                yield _describe_difference(theirs, ours)


def _took_its_place(ours: Fact, theirs: Fact, statement_facts: Sequence[Fact], evidence_facts: Sequence[Fact]) -> bool:
    """Whether a fact of the statement took the place of another one, where the two texts run alike word by word.

    A shortened sentence moves what it keeps: "Police made 850 arrests for smuggling" out of "Police made 2,517 arrests,
    850 of them for smuggling". So the two must have changed places, or ours stands twice where the evidence has it
    once, or it fits clearly better with what is around the other one.
    """
    times_in_evidence = sum(fact.value == ours.value for fact in evidence_facts)
    if ours.kind == "name" and not times_in_evidence:
        return False  # a name that isn't there is an objection of its own
    changed_places = any(fact.value == theirs.value for fact in statement_facts)
    doubled = ours.kind != "name" and sum(fact.value == ours.value for fact in statement_facts) > times_in_evidence
    own_fit = max((context_similarity(ours, fact) for fact in evidence_facts if _supports(fact, ours)), default=-1.0)
    return changed_places or doubled or context_similarity(ours, theirs) > own_fit + _ALIGNED_MARGIN


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


def _stands_otherwise(value: Figure | Date | Name, evidence: Sequence[Evidence], context: str) -> bool:
    """Whether a figure or date stands in the evidence in a way that is read there as something else."""
    evidence_text = "\n".join(sentence.text for sentence in evidence)
    if value.text.lower() == "one":
        return True  # "one source says": a pronoun as often as a number
    if isinstance(value, Date):
        return _date_stands_otherwise(value, evidence, evidence_text, context)
    if isinstance(value, Figure) and value.kind == "measure":
        without_unit = replace(value, kind="number", unit="")
        is_there = any(satisfies_rounded(figure, without_unit) for figure in _figures(evidence_text))
        return is_there and any(
            stem(word.text) == stem(value.unit.split()[0]) for word in tokenize(f"{evidence_text}\n{context}")
        )
    if not isinstance(value, Figure) or value.kind != "number" or value.bound not in ("exact", "about"):
        return False  # "17" says nothing of more than 17
    return _stands_as_written(value.text, evidence_text)


def _date_stands_otherwise(date: Date, evidence: Sequence[Evidence], evidence_text: str, context: str) -> bool:
    if date.grain == "year" and any(figure.value == date.year for figure in _figures(evidence_text)):
        return True
    return any(_is_relative_date(date, sentence) for sentence in evidence) or _stands_as_written(
        date.text, f"{evidence_text}\n{context}"
    )


def _figures(text: str) -> Iterator[Figure]:
    return (fact.value for fact in extract_facts(text).facts if isinstance(fact.value, Figure))


def _stands_as_written(text: str, evidence_text: str) -> bool:
    """Whether it stands there to the letter as a whole: the "19" of "COVID-19" does not."""
    pattern = rf"(?<![\w.,-]){re.escape(text)}(?![\w-]|[.,]\d)"
    return bool(re.search(pattern, evidence_text)) and not text.isalpha()


def _with_year(value: Figure | Date | Name, document_date: dt.date | None) -> Figure | Date | Name:
    """A date with the year that its document's date gives it: the one that brings it nearest. Others unchanged."""
    if not isinstance(value, Date) or document_date is None or value.year is not None or value.month is None:
        return value
    months_away = {
        year: abs((year - document_date.year) * 12 + value.month - document_date.month)
        for year in range(document_date.year - 1, document_date.year + 2)
    }
    return replace(value, year=min(months_away, key=lambda year: months_away[year]))


def _is_relative_date(date: Date, evidence: Evidence) -> bool:
    """Whether the evidence gives the day by its weekday or as "yesterday", seen from its document's date."""
    if evidence.date is None or date.year is None or date.month is None or date.day is None:
        return False
    try:
        day = dt.date(date.year, date.month, date.day)
    except ValueError:
        return False
    words = {word.text for word in tokenize(evidence.text)}
    if any(name in words and evidence.date + dt.timedelta(days) == day for name, days in _RELATIVE_DAYS.items()):
        return True
    weekdays = {fact.value.weekday for fact in extract_facts(evidence.text).facts if isinstance(fact.value, Date)}
    return day.weekday() in weekdays and abs((day - evidence.date).days) <= _MAX_WEEKDAY_DAYS


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
