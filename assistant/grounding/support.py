"""Whether sentences carry a statement: each of its facts, its polarity, and how much of the rest of its words.

Pure functions. A fact is carried when it stands in the sentences, normalised, and belongs there to what it
belongs to in the statement. Names may also stand in the context, which says what the sentences are about.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.grounding.coverage import Clause, clauses, covered, share
from assistant.grounding.facts import Fact, TextFacts, alike, displaced, extract_facts
from assistant.grounding.polarity import denied, opposite
from assistant.nlp.figures import Date, Figure, Name, contradicts, includes, satisfies_rounded
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.tokens import fold, stem, tokenize
from assistant.nlp.units import CURRENCIES, UNITS

_MARGIN = 0.15  # how much better another fact's place must fit before a fact counts as misplaced
_IN_ORDER = 0.1  # the same where the order of the words tells too
_NEAR_DAYS = 7  # how far from its document's date a bare weekday may lie
_UNITS = {stem(fold(word)) for spelling in (*UNITS, *CURRENCIES) for word in spelling.split() if len(word) > 2}
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that is cited, with what is known of where it stands."""

    text: str
    context: str = ""  # title and headings: they say what it is about
    date: dt.date | None = None  # of its document: gives "6 November" its year


@dataclass(frozen=True, slots=True)
class Findings:
    """What speaks against a statement, in words, the gravest first, and the share of its words that is carried."""

    against: tuple[str, ...]
    coverage: float  # 0 to 1
    clauses: tuple[Clause, ...]  # those that say something of their own
    missing: tuple[str, ...]  # its words that stand nowhere in the evidence

    @property
    def weakest(self) -> float:
        """The share in the clause of which least is carried."""
        return min((each.share for each in self.clauses), default=1.0)


def examine(statement: str, evidence: Sequence[Evidence]) -> Findings:
    """Holds a statement against the sentences that it cites."""
    said = extract_facts(statement)
    known = [extract_facts(each.text) for each in evidence]
    context = "\n".join(dict.fromkeys(each.context for each in evidence))
    everything = "\n".join(each.text for each in evidence)
    found = covered(said, everything, context)
    missing = tuple(each.word.text for each in found if not each.share and each.weight == 1.0)
    against = (
        *_facts_against(said, known, evidence, context),
        *_polarity_against(statement, [each.text for each in evidence]),
        *_units_against(said, missing),
        *_capitals_against(said, missing),
        *_digits_against(said, everything),
    )
    return Findings(tuple(against), share(found), tuple(clauses(statement, found)), missing)


def _facts_against(
    said: TextFacts, known: Sequence[TextFacts], evidence: Sequence[Evidence], context: str
) -> Iterator[str]:
    facts = [replace(fact, value=value) for reading, each in zip(known, evidence, strict=True)
             for fact in reading.facts for value in [_dated(fact.value, each.date)]]  # fmt: skip
    everything = "\n".join((*(each.text for each in evidence), context))
    for fact in said.facts:
        others = [each for each in facts if each.kind == fact.kind]
        if isinstance(fact.value, Name):
            if not name_occurs(fact.value, everything):
                yield f"“{fact.value.text}” is not in the cited sentence"
            continue
        carrying = [each for each in others if _carries(each, fact)]
        if not carrying:
            if not _stands_otherwise(fact.value, evidence, context):
                yield _missing(fact, others)
        elif rival := _misplaced(fact, carrying, others, said.facts):
            yield f"the cited sentence says {_shown(rival)} where this says {_shown(fact)}"
    for each, cited in zip(known, evidence, strict=True):
        for ours, found in displaced(said, each):
            theirs = replace(found, value=_dated(found.value, cited.date))
            if not _carries(theirs, ours) and _is_out_of_place(ours, theirs, said.facts, facts):
                yield f"the cited sentence says {_shown(theirs)} where this says {_shown(ours)}"


def _is_out_of_place(ours: Fact, theirs: Fact, said: Sequence[Fact], known: Sequence[Fact]) -> bool:
    """Whether a fact took another one's place, where the two texts run alike word by word.

    A shortened sentence moves what it keeps: "Police made 850 arrests for smuggling" out of "Police made 2,517 arrests,
    850 of them for smuggling". So the two must have changed places, or ours stands twice where it was told once, or it
    fits clearly better with what is around the other one.
    """
    told = sum(each.value == ours.value for each in known)
    if ours.kind == "name" and not told:
        return False  # a name that isn't there has been found already
    changed = any(each.value == theirs.value for each in said)
    doubled = ours.kind != "name" and sum(each.value == ours.value for each in said) > told
    own = max((alike(ours, each) for each in known if _carries(each, ours)), default=-1.0)
    return changed or doubled or alike(ours, theirs) > own + _IN_ORDER


def _carries(known: Fact, said: Fact) -> bool:
    if isinstance(known.value, Figure) and isinstance(said.value, Figure):
        return _satisfied(known.value, said.value)
    return isinstance(known.value, Date) and isinstance(said.value, Date) and includes(said.value, known.value)


def _satisfied(known: Figure, said: Figure) -> bool:
    """Whether a figure carries another; one that is rounded itself carries no other rounding."""
    if known.kind == "money" and said.kind == "number":
        known = replace(known, kind="number", unit="")
    return satisfies_rounded(known, said) and (
        known.bound == "exact" or known.value == said.value or known.kind != said.kind
    )


def _stands_otherwise(value: Figure | Date | Name, evidence: Sequence[Evidence], context: str) -> bool:
    """Whether a figure or date stands in the evidence in a way that is read there as something else."""
    everything = "\n".join(each.text for each in evidence)
    if value.text.lower() == "one":
        return True  # "one source says": a pronoun as often as a number
    if isinstance(value, Date):
        if value.grain == "year" and any(
            fact.value.value == value.year for fact in extract_facts(everything).facts if isinstance(fact.value, Figure)
        ):
            return True
        return any(_is_relative(value, each) for each in evidence) or _as_written(
            value.text, f"{everything}\n{context}"
        )
    if isinstance(value, Figure) and value.kind == "measure":
        bare = any(satisfies_rounded(fact.value, replace(value, kind="number", unit=""))
                   for fact in extract_facts(everything).facts if isinstance(fact.value, Figure))  # fmt: skip
        return bare and any(
            stem(word.text) == stem(value.unit.split()[0]) for word in tokenize(f"{everything}\n{context}")
        )
    if not isinstance(value, Figure) or value.kind != "number" or value.bound not in ("exact", "about"):
        return False  # "17" says nothing of more than 17
    return _as_written(value.text, everything)


def _as_written(text: str, everything: str) -> bool:
    """Whether it stands there to the letter as a whole: the "19" of "COVID-19" does not."""
    return bool(re.search(rf"(?<![\w.,-]){re.escape(text)}(?![\w-]|[.,]\d)", everything)) and not text.isalpha()


def _dated(value: Figure | Date | Name, day: dt.date | None) -> Figure | Date | Name:
    """A date with the year that its document's date gives it: the one that brings it nearest."""
    if not isinstance(value, Date) or day is None or value.year is not None or value.month is None:
        return value
    months = {year: abs((year - day.year) * 12 + value.month - day.month) for year in range(day.year - 1, day.year + 2)}
    return replace(value, year=min(months, key=lambda year: months[year]))


def _is_relative(said: Date, evidence: Evidence) -> bool:
    """Whether the evidence gives the day by its name or as "yesterday", seen from its document's date."""
    if evidence.date is None or said.year is None or said.month is None or said.day is None:
        return False
    try:
        day = dt.date(said.year, said.month, said.day)
    except ValueError:
        return False
    told = {word.text for word in tokenize(evidence.text)}
    if any(name in told and evidence.date + dt.timedelta(days) == day for name, days in _RELATIVE.items()):
        return True
    named = {f.value.weekday for f in extract_facts(evidence.text).facts if isinstance(f.value, Date)}
    return day.weekday() in named and abs((day - evidence.date).days) <= _NEAR_DAYS


def _misplaced(fact: Fact, carrying: Sequence[Fact], others: Sequence[Fact], beside: Sequence[Fact]) -> Fact | None:
    """The fact of the evidence that stands where this one is put, unless the statement puts that one there as well."""
    own = max(alike(fact, each) for each in carrying)
    rivals = [each for each in others if _conflict(each, fact)]
    best = max(rivals, key=lambda each: alike(fact, each), default=None)
    if best is None or alike(fact, best) <= own + _MARGIN:
        return None
    seated = any(each.value == best.value and alike(each, best) >= alike(fact, best) for each in beside)
    return None if seated else best


def _conflict(known: Fact, said: Fact) -> bool:
    if isinstance(known.value, Figure) and isinstance(said.value, Figure):
        return contradicts(known.value, said.value) and not _carries(known, said)
    return (
        isinstance(known.value, Date)
        and known.value.grain == getattr(said.value, "grain", "")
        and (not _carries(known, said))
    )


def _missing(fact: Fact, others: Sequence[Fact]) -> str:
    rivals = [each for each in others if getattr(each.value, "kind", "") == getattr(fact.value, "kind", "")] or others
    nearest = max(rivals, key=lambda each: (alike(fact, each), _likeness(each, fact)), default=None)
    says = f", which says {_shown(nearest)}" if nearest else ""
    return f"{_shown(fact)} is not in the cited sentence{says}"


def _likeness(a: Fact, b: Fact) -> int:
    return len(set(a.value.text) & set(b.value.text))


def _shown(fact: Fact) -> str:
    value = fact.value
    bounds = {"over": "more than ", "under": "less than ", "least": "at least ", "most": "at most ", "about": "about "}
    return f"{bounds.get(value.bound, '')}{value.text}" if isinstance(value, Figure) else value.text


def _polarity_against(statement: str, sentences: Sequence[str]) -> Iterator[str]:
    if why := denied(statement, sentences):
        yield why
    if pair := opposite(statement, "\n".join(sentences)):
        yield f"the cited sentence says “{pair[1]}” where this says “{pair[0]}”"


def _units_against(said: TextFacts, missing: Sequence[str]) -> Iterator[str]:
    for word in missing:
        if stem(word) in _UNITS and said.facts:
            yield f"“{word}” is not in the cited sentence"


def _capitals_against(said: TextFacts, missing: Sequence[str]) -> Iterator[str]:
    """Words with a capital inside the statement that stand nowhere in the evidence: names that are read as none."""
    for word in said.words:
        written = said.text[word.start : word.end]
        inside = said.text[: word.start].rstrip()[-1:].isalnum()
        if word.text in missing and written[0].isupper() and inside:
            yield f"“{written}” is not in the cited sentence"


def _digits_against(said: TextFacts, everything: str) -> Iterator[str]:
    """Digits that are read as no figure or date, and that the evidence doesn't have: "COVID-20", "A4"."""
    taken = [(fact.value.start, fact.value.end) for fact in said.facts if not isinstance(fact.value, Name)]
    known = set(_DIGITS.findall(everything))
    for run in _DIGITS.finditer(said.text):
        if run[0] not in known and not any(start <= run.start() < end for start, end in taken):
            yield f"“{run[0]}” is not in the cited sentence"
