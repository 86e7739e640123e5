"""How well a sentence answers a question, as plain numbers: the features that ranking and refusing weigh.

Lexical evidence beside the vectors' similarity follows what answer-sentence selection has found to carry:
coverage weighted by inverse document frequency, and agreement of answer types (Yang, Yih, Meek 2015, WikiQA;
Li and Roth 2002 for the types). Every figure here is a share between 0 and 1, so that it means the same in an
index of twenty sentences and of a million.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assistant.text.figures import Date, Figure, Name, counted, dates, figures, names
from assistant.text.questions import Question, negated
from assistant.text.words import content, fold, stem

# What a candidate is ranked by, and by what the best one is believed; the weights stand in fitted.py.
RANKING = (
    "similarity",
    "coverage",
    "context",
    "pairs",
    "number",
    "date",
    "person",
    "place",
    "counts",
    "question",
)
BELIEF = (
    "similarity", "context", "missing", "names_context", "numbers", "negation", "fits", "asked", "gap",
)  # fmt: skip

_NUMBERS = frozenset({"count", "amount", "percent"})
_DATES = frozenset({"date", "year"})
_PEOPLE = frozenset({"person", "organisation"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence to be weighed, with what stands around it."""

    text: str
    surroundings: str  # title, headings and the other sentences of its passage
    similarity: float  # cosine of its vector and the question's


def features(question: Question, candidate: Candidate, rarity: Mapping[str, float]) -> dict[str, float]:
    """Weighs one candidate, every feature by its name.

    Args:
        question: what is asked.
        candidate: the sentence.
        rarity: for each of the question's terms its inverse document frequency as a share of the highest
            possible, 0 (in every sentence) to 1 (in none).
    """
    stems = content(candidate.text)
    own = frozenset(stems)
    around = own.union(content(candidate.surroundings))
    folded, folded_around = fold(candidate.text), fold(f"{candidate.surroundings}\n{candidate.text}")
    fitting = fits(question, candidate.text)
    pairs = set(pairwise(question.terms))
    return {
        "similarity": candidate.similarity,
        "coverage": _coverage(question.terms, own, rarity),
        "context": _coverage(question.terms, around, rarity),
        "pairs": len(pairs.intersection(pairwise(stems))) / max(1, len(pairs)),
        "missing": _rarest_missing(question.terms, own, rarity),
        "names_context": _share(_names_found(question.names, folded_around)),
        "numbers": _share(number in folded for number in question.numbers),
        "negation": float(question.negated and not negated(candidate.text)),
        "fits": fitting,
        "number": fitting * (question.kind in _NUMBERS),
        "date": fitting * (question.kind in _DATES),
        "person": fitting * (question.kind in _PEOPLE),
        "place": fitting * (question.kind == "place"),
        "asked": names_what_is_asked(question, candidate.text),
        "counts": float(question.kind == "count" and bool(counting(question, candidate.text))),
        "question": float(is_question(candidate.text)),
    }


def fits(question: Question, text: str) -> float:
    """How far a sentence holds the kind of thing asked for, 0 to 1.

    A number for "how many"; a date for "when", but that of an announcement only where one is asked for; for
    "who" a name that the question doesn't bring, half as good where it doesn't look like a person's.
    """
    if question.kind in _NUMBERS:
        return float(bool(figures(text)))
    if question.kind in _DATES:
        return float(any(not question.of_event or _is_event(text, date) for date in dates(text)))
    if question.kind in _PEOPLE or question.kind == "place":
        asked = fold(question.text)
        new = [name for name in names(text) if not set(name.key.split()) <= set(_spaced(asked).split())]
        if question.kind == "person" and new and not any(map(_is_personal, new)):
            return 0.5
        return float(bool(new))
    return 1.0


def names_what_is_asked(question: Question, text: str) -> float:
    """Whether a sentence says anything of what "how many …" counts; people may be counted by any word."""
    if question.kind != "count" or not question.asked or question.asked & _ANYBODY:
        return 1.0
    return float(not question.asked.isdisjoint(content(text)))


_ANYBODY = frozenset("peopl person man men woman women individu time".split())
_REPORTING = re.compile(
    r"\b(?:announc|sa(?:id|ys)|stat(?:ed|ing)|report|publish|releas|told|declar|reveal)\w*\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_BODIES = frozenset(
    "organisation organization university college institute ministry police agency office committee council court "
    "commission assembly company union party secretary secretariat general president operation notice convention".split()
)


def _is_event(text: str, date: Date) -> bool:
    return not _REPORTING.search(text[max(0, date.start - 60) : date.start])


def _is_personal(name: Name) -> bool:
    parts = name.key.split()
    return len(parts) > 1 and not name.text.isupper() and _BODIES.isdisjoint(parts)


def counting(question: Question, text: str) -> tuple[Figure, ...]:
    """The figures of a sentence that count what the question asks for: for "how many arrests" the 2,517 of "2,517 arrests"."""
    wanted = question.asked.union(question.terms)
    return tuple(
        figure for figure in figures(text) if not wanted.isdisjoint(map(stem, counted(text, figure)))
    )


def is_question(text: str) -> bool:
    """Whether a sentence asks rather than tells."""
    return text.rstrip("\"'”’)*_ ").endswith("?")


# What web pages leave between the paragraphs of an article; never an answer, whatever it is like.
_LEFTOVER = re.compile(
    r"\W*(?:(?:read|see|watch|listen|discover|know)\s+(?:also|more|later|next|on)\b|also\s+read\b|related\b.{0,20}:|"
    r"(?:subscribe|sign\s+up|log\s+in|follow\s+us|share\s+(?:this|on)|click\s+here|reserved\s+for|advertisement|"
    r"newsletter|all\s+rights\s+reserved|copyright|cookies?|we\s+use\s+cookies|accept\s+all|back\s+to\s+top)\b)",
    re.IGNORECASE,
)


def can_answer(text: str) -> bool:
    """Whether a sentence may be an answer at all: no question, no leftover of a web page ("Read also …"), no stub."""
    return not is_question(text) and not _LEFTOVER.match(text) and len(content(text)) > 1


_SERIAL = re.compile(r"[ivxlc]{1,6}|\d{1,4}")


def is_of_a_rival(question: Question, text: str, heading: str) -> bool:
    """Whether a sentence is about another member of the series that the question names.

    Asked about "Liberterra III", a sentence about Liberterra II is as near as can be, and wrong. The sentence
    itself decides; where it names no member of the series, its title and headings do.
    """
    for key in question.names:
        *series, serial = key.split()
        if series and _SERIAL.fullmatch(serial):
            stem_of_series = series[-1]
            for place in (text, heading):
                members = _members(stem_of_series, _spaced(fold(place)))
                if members:
                    if serial not in members and not question.compares:
                        return True
                    break
    return False


def _members(series: str, spaced: str) -> set[str]:
    return {m[1] for m in re.finditer(rf"(?<= {re.escape(series)} )({_SERIAL.pattern})(?= )", spaced)}


def _coverage(terms: Iterable[str], found: frozenset[str], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.get(term, 1.0) for term in terms)
    return sum(rarity.get(term, 1.0) for term in terms if term in found) / total if total else 0.0


def _rarest_missing(terms: Iterable[str], found: frozenset[str], rarity: Mapping[str, float]) -> float:
    return max((rarity.get(term, 1.0) for term in terms if term not in found), default=0.0)


def _names_found(keys: Iterable[str], folded: str) -> Iterable[float]:
    """For each name the longest run of its words that stands in the text, as a share of its words.

    Whole words only: of "liberterra iii" just half stands in "Operation Liberterra II".
    """
    spaced = _spaced(folded)
    for key in keys:
        parts = _spaced(key).split()
        runs = (n for n in range(len(parts), 0, -1) if _holds_run(parts, n, spaced))
        yield next(runs, 0) / max(1, len(parts))


def _holds_run(parts: list[str], length: int, spaced: str) -> bool:
    return any(f" {' '.join(parts[i : i + length])} " in spaced for i in range(len(parts) - length + 1))


def _spaced(folded: str) -> str:
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in folded).split())} "


def _share(found: Iterable[float]) -> float:
    found = list(found)
    return sum(found) / len(found) if found else 1.0
