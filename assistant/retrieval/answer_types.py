"""Whether a sentence can be the answer to a question: of the kind asked for, about the thing asked about.

Answer types follow Li and Roth (2002). What fails here is never quoted, however similar it is.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from assistant.nlp import lexicon
from assistant.nlp.figures import Date, Figure, Name, counted_words, find_dates, find_figures, find_names
from assistant.nlp.tokens import content_stems, fold, stem, word_set
from assistant.query.question import SERIES_NUMBER_PATTERN, Question, parse_series_member

NUMBER_TYPES = word_set("count amount percent money age duration")
DATE_TYPES = word_set("date year")
PERSON_TYPES = word_set("person organisation")

_NOUN_GROUPS = lexicon.words_by_class("noun_groups")
_TIME_UNITS = _NOUN_GROUPS["time unit"]
_ANYBODY = _NOUN_GROUPS["people stem"]  # any word may count people
_BODIES = lexicon.words_by_class("not_a_person")["answer"]
_REPORTING = re.compile(
    r"\b(?:announc|sa(?:id|ys)|stat(?:ed|ing)|report|publish|releas|told|declar|reveal)\w*\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b\d{1,3}[- ]years?[- ]old\b|\baged?\b|\bborn\b", re.IGNORECASE)
_WHERE = re.compile(
    r"\b(?:in|at|near|across|throughout|within|inside|outside|into)\s+(?:the\s+)?$|\bto\s+the\s+$", re.IGNORECASE
)
_ADJECTIVES = ("ese", "ian", "ean", "ish", "can", "ani", "man")  # how the adjectives of places end
_ALPHANUMERIC = re.compile(r"[^\W_]+")
_CLAUSE = 60  # characters behind a figure that may say what it counts
_ROOT = 4  # letters that an adjective shares with its place: Togolese and Togo, Chinese and China
# What web pages leave between the paragraphs of an article.
_LEFTOVER = re.compile(
    r"\W*(?:(?:read|see|watch|listen|discover|know)\s+(?:also|more|later|next|on)\b|also\s+read\b|related\b.{0,20}:|"
    rf"(?:{lexicon.phrase_alternation(lexicon.entries('web_leftovers'))})\b)",
    re.IGNORECASE,
)


def can_answer(text: str) -> bool:
    """Whether a sentence may answer anything: no question, no leftover of a web page ("Read also …"), no stub."""
    return not is_question(text) and not _LEFTOVER.match(text) and len(content_stems(text)) > 1


def is_question(text: str) -> bool:
    """Whether a sentence asks rather than tells."""
    return text.rstrip("\"'”’)*_ ").endswith("?")


def answer_type_fit(question: Question, text: str) -> float:
    """How far a sentence holds the kind of thing asked for, 0 to 1.

    A number for "how many"; a date for "when", but that of an announcement only where one is asked for; for
    "who" a name that the question doesn't bring, half as good where it doesn't look like a person's.
    """
    if question.answer_type in NUMBER_TYPES:
        return float(_measures(question.answer_type, text))
    if question.answer_type in DATE_TYPES:
        return float(bool(eligible_dates(question, text)))
    if question.answer_type in PERSON_TYPES or question.answer_type == "place":
        known = set(pad_words(fold(question.text)).split())
        new = [name for name in find_names(text) if not set(name.key.split()) <= known]
        if question.answer_type == "person" and new and not any(_is_personal(text, name) for name in new):
            return 0.0 if question.asks_for_name else 0.5
        return float(bool(new))
    return 1.0


def may_hold_count(question: Question, text: str, surroundings: str) -> bool:
    """Whether a sentence can hold the number that a "how many" asks for; that of something else is the worst answer.

    It says what is counted; where that is people, whom any word may count, it says what was done to them. Its figures
    don't all count something else: the 24,000 of "officers watched 24,000 flights" counts no officers. And no name that
    the question brings is missing altogether in the sentence and around it; of several compared, not all.
    """
    if question.answer_type != "count":
        return True
    stems = content_stems(text)
    head = question.focus_stems[-1:]
    people = _ANYBODY.issuperset(head)
    counted_here = all(verb in stems for verb in question.action_stems) if people else head[0] in stems
    if counts_something_else(question, text):
        return False
    place = pad_words(fold(f"{surroundings}\n{text}"))
    bare = [(parse_series_member(key) or (key,))[0].split() for key in question.name_keys]
    named = (any(_stands(part, place) for part in parts) for parts in bare)
    return counted_here and (any(named) if question.is_comparison else all(named))


def counts_something_else(question: Question, text: str) -> bool:
    """Whether all the figures of a text count something else than a "how many" asks for; of people any may."""
    head = question.focus_stems[-1:]
    if question.answer_type != "count" or _ANYBODY.issuperset(head) or counting_figures(question, text):
        return False
    return all(told and _is_silent(head[0], text, figure) for figure, told in _counts(text))


def _is_silent(head: str, text: str, figure: Figure) -> bool:
    """Whether nothing behind a figure says what is asked for, as "seven were arrested" does."""
    return head not in content_stems(re.split(r"[.,;]", text[figure.end : figure.end + _CLAUSE])[0])


def _stands(part: str, place: str) -> bool:
    """Whether a word of a name stands in a spaced text: "Togolese" does where "Togo" does."""
    root = part[:_ROOT] if part.endswith(_ADJECTIVES) else f"{part} "
    return f" {root}" in place


def counting_figures(question: Question, text: str) -> tuple[Figure, ...]:
    """The figures of a sentence that count what is asked for: the 2,517 of "2,517 arrests" for "how many arrests"."""
    wanted = {*question.focus_stems, *question.stems}
    return tuple(figure for figure, told in _counts(text) if not wanted.isdisjoint(told))


@lru_cache(maxsize=1024)
def _counts(text: str) -> tuple[tuple[Figure, frozenset[str]], ...]:
    """The figures of a text, each with the stems of what it counts, if anything."""
    return tuple((figure, frozenset(map(stem, counted_words(text, figure)))) for figure in find_figures(text))


def eligible_dates(question: Question, text: str) -> tuple[Date, ...]:
    """The dates of a sentence that may be the one asked for: no announcement's, where an event is asked about."""
    return tuple(each for each in find_dates(text) if not question.about_event or _is_event(text, each))


def is_about_other_member(series: Iterable[tuple[str, str]], places: Iterable[str]) -> bool:
    """Whether a sentence is about another member of a numbered series than the one that is named.

    Asked about "Liberterra III", a sentence about Liberterra II is as near as can be, and wrong; so is one about
    "Liberterra" alone, which is the first. The first place that names any member decides; a sentence that names
    members of other series alone is about those.

    Args:
        series: those asked about, as `assistant.query.question.parse_series_member` reads them.
        places: the sentence, then what stands before it, nearest first, then its headings and title.
    """
    named, told = list(series), list(places)
    texts = [pad_words(fold(place)) for place in told] if named else []
    return any(not _is_member(name, number, texts) for name, number in named) or (
        bool(texts) and _is_of_another_series({name for name, _ in named}, told[0])
    )


def _is_member(name: str, number: str, texts: Iterable[str]) -> bool:
    found = next(filter(None, (_members(name, text) for text in texts)), {number})
    return number in found or (number == "i" and "" in found)


def _is_of_another_series(asked: Collection[str], sentence: str) -> bool:
    """Whether a sentence names members of other series alone: "Storm Makers II", asked about "Liberterra II"."""
    keys = (name.key.removeprefix("operation ") for name in find_names(sentence))
    told = {member[0] for member in map(parse_series_member, keys) if member is not None}
    return (
        bool(told) and told.isdisjoint(asked) and not any(_members(name, pad_words(fold(sentence))) for name in asked)
    )


def pad_words(folded: str) -> str:
    """A folded text as whole words, each with a space on both sides."""
    return f" {' '.join(_ALPHANUMERIC.findall(folded))} "


def _members(series: str, text: str) -> set[str]:
    """The numbers of a series in a text, "" where it stands without one."""
    found = re.finditer(rf"( first)?(?: operation)? {re.escape(series)}(?: ({SERIES_NUMBER_PATTERN}))?(?= )", text)
    return {match[2] or ("i" if match[1] else "") for match in found}


def _measures(kind: str, text: str) -> bool:
    found = find_figures(text)
    if kind == "money":
        return any(figure.kind == "money" for figure in found)
    if kind == "duration":
        return any(figure.unit in _TIME_UNITS or figure.kind == "time" for figure in found) or len(find_dates(text)) > 1
    if kind == "age":
        return bool(_AGED.search(text))
    return bool(found)


def _is_event(text: str, date: Date) -> bool:
    return not _REPORTING.search(text[max(0, date.start - 60) : date.start])


def _is_personal(text: str, name: Name) -> bool:
    """Whether a name looks like a person's: of several words, none of them a body's, not numbered, not where."""
    parts = name.key.split()
    several = len(parts) > 1 and not name.text.isupper() and _BODIES.isdisjoint(parts)
    return several and not parse_series_member(name.key) and not _WHERE.search(text[: name.start])
