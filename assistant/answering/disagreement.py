"""Sentences that speak of the same thing: which is more exact, and whether two documents disagree about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from assistant.nlp.figures import Figure, Name, contradicts, find_names, includes, satisfies_rounded
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.tokens import content_stems, fold
from assistant.query.question import Question, parse_series_member
from assistant.retrieval.answer_types import (
    PERSON_TYPES,
    counting_figures,
    eligible_dates,
    is_about_other_member,
    pad_words,
)
from assistant.retrieval.retriever import Candidate

MAX_RELEVANCE_GAP = 0.12  # how far below the best a candidate's relevance may lie for it to be about the same thing

_NAME_KINDS = PERSON_TYPES | {"place"}  # kinds of question that a name answers
_MAX_RATIO = 2  # figures that differ by more than this factor do not count the same thing
_ROUNDING = Decimal("0.1")  # an exact figure within this share of a rounded one is what was rounded

_Series = tuple[str, str]  # a numbered series and the number of its member: ("kestrel", "ii")


def nearby(best: Candidate, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """The candidates that are about the same thing as the best one, as far as their relevance says."""
    return (candidate for candidate in candidates if best.relevance - candidate.relevance <= MAX_RELEVANCE_GAP)


def is_more_exact(question: Question, best: Candidate, other: Candidate) -> bool:
    """Whether a sentence gives exactly the figure that the best one rounds, or the day where that one gives a year.

    For a question that asks when, a day is also more exact than no date at all.
    """
    if question.answer_type == "date":
        loose = eligible_dates(question, best.sentence.text)
        precise = eligible_dates(question, other.sentence.text)
        better = any(includes(a, b) and a != b for a in loose for b in precise) if loose else bool(precise)
        return better and _is_same_subject(question, best, other)
    rounded = [figure for figure in _counted_figures(question, best) if figure.bound != "exact"]
    exact = [figure for figure in _counted_figures(question, other) if figure.bound == "exact"]
    pairs = [(a, b) for a in exact for b in rounded if satisfies_rounded(a, b)]
    # So close to what was rounded, it is that number, whatever else the sentence names.
    is_close = any(abs(a.value - b.value) <= abs(b.value) * _ROUNDING for a, b in pairs)
    return bool(pairs) and _is_same_subject(question, best, other, may_name=is_close)


def find_disagreement(question: Question, best: Candidate, others: Iterable[Candidate]) -> Candidate | None:
    """The first sentence of another document that gives another figure, date or name for the same thing, if any."""
    for other in nearby(best, others):
        if (
            other.document.id != best.document.id
            and _is_same_subject(question, best, other, may_name=question.answer_type in _NAME_KINDS)
            and _disagree(question, best, other)
        ):
            return other
    return None


def is_about_other_series_member(subjects: Sequence[_Series], candidate: Candidate) -> bool:
    """Whether a sentence is about another member of a numbered series than the subjects: II where III is asked for."""
    return is_about_other_member(subjects, _subject_texts(candidate))


def _subject_texts(candidate: Candidate) -> tuple[str, ...]:
    """Where to look for what a sentence is about, the nearest first."""
    return (
        candidate.sentence.text,
        *reversed(re.split(r"(?<=[.!?])\s+", candidate.before)),
        candidate.sentence.context,
        candidate.document.title,
    )


def _disagree(question: Question, best: Candidate, other: Candidate) -> bool:
    if question.answer_type in ("date", "year"):
        ours, theirs = (eligible_dates(question, candidate.sentence.text) for candidate in (best, other))
        one_each = len(ours) == len(theirs) == 1 and _are_alike(best.sentence.text, other.sentence.text)
        return one_each and not (includes(ours[0], theirs[0]) or includes(theirs[0], ours[0]))
    if question.answer_type in _NAME_KINDS:
        our_names, their_names = (_new_names(question, candidate.sentence.text) for candidate in (best, other))
        one_each = len(our_names) == len(their_names) == 1 and _are_alike(best.sentence.text, other.sentence.text)
        return one_each and not (
            name_occurs(our_names[0], other.sentence.text) or name_occurs(their_names[0], best.sentence.text)
        )
    our_figures, their_figures = _counted_figures(question, best)[:1], _counted_figures(question, other)[:1]
    return any(_clash(a, b) for a in our_figures for b in their_figures)


def _new_names(question: Question, text: str) -> list[Name]:
    """The names of a sentence that the question doesn't bring."""
    return [name for name in find_names(text) if not name_occurs(name, question.text)]


def _are_alike(a: str, b: str) -> bool:
    """Whether two sentences say much the same: at least half of the words of either are in the other."""
    ours, theirs = set(content_stems(a)), set(content_stems(b))
    return len(ours & theirs) * 2 >= max(len(ours), len(theirs))


def _counted_figures(question: Question, candidate: Candidate) -> list[Figure]:
    """The figures of a sentence that may be the answer: those that count what is asked for."""
    return list(counting_figures(question, candidate.sentence.text)) if question.answer_type == "count" else []


def _clash(a: Figure, b: Figure) -> bool:
    low, high = sorted((abs(a.value), abs(b.value)))
    return (
        contradicts(a, b) and high <= low * _MAX_RATIO and not satisfies_rounded(a, b) and not satisfies_rounded(b, a)
    )


def _is_same_subject(question: Question, best: Candidate, other: Candidate, *, may_name: bool = False) -> bool:
    """Whether two sentences speak of the same thing.

    The other one must name nothing that isn't around the best one (unless it may), be about no other member of the
    same series, and name as much of what the question names.
    """
    stated = (parse_series_member(name.key) for name in find_names(f"{best.sentence.text}\n{best.heading}"))
    subjects = question.series_members or list(filter(None, stated))
    known_words = pad_words(fold(f"{best.surroundings}\n{best.sentence.text}"))
    keys = (name.key.removeprefix("operation ") for name in find_names(other.sentence.text))
    new_keys = [key for key in keys if f" {key} " not in known_words]
    return (
        (may_name or not new_keys)
        and not is_about_other_series_member(subjects, other)
        and other.features["names"] >= best.features["names"]
    )
