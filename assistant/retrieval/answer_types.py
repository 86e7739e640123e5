"""Whether a sentence can be the answer to a question: it has the type of answer asked for, about the right subject.

Answer types follow Li and Roth (2002). A sentence that fails here is never quoted, however similar it is.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from assistant.nlp import lexicon
from assistant.nlp.figures import Date, Figure, Name, counted_words, find_dates, find_figures, find_names
from assistant.nlp.languages import ENGLISH, Languages, are_different, holds_number_word
from assistant.nlp.tokens import content_stems, fold, stem, word_set
from assistant.query.question import SERIES_NUMBER_PATTERN, Question, is_question, parse_series_member

NUMBER_TYPES = word_set("count amount percent money age duration")
DATE_TYPES = word_set("date year")
PERSON_TYPES = word_set("person organisation")

_NOUN_GROUPS = lexicon.words_by_class("noun_groups")
_TIME_UNITS = _NOUN_GROUPS["time unit"]
_PEOPLE_STEMS = _NOUN_GROUPS["people stem"]  # any word may count people
_NOT_A_PERSON = lexicon.words_by_class("not_a_person")["answer"]

_REPORTING_BEFORE_DATE = re.compile(
    r"\b(?:announc|sa(?:id|ys)|stat(?:ed|ing)|report|publish|releas|told|declar|reveal)\w*\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b\d{1,3}[- ]years?[- ]old\b|\baged?\b|\bborn\b", re.IGNORECASE)
_LOCATION_BEFORE_NAME = re.compile(
    r"\b(?:in|at|near|across|throughout|within|inside|outside|into)\s+(?:the\s+)?$|\bto\s+the\s+$", re.IGNORECASE
)
_NATIONAL_SUFFIXES = ("ese", "ian", "ean", "ish", "can", "ani", "man")  # how the adjectives of places end
_ROOT_LETTERS = 4  # that an adjective shares with its place: Togolese and Togo, Chinese and China
_ALPHANUMERIC = re.compile(r"[^\W_]+")
_MAX_CLAUSE_CHARS = 60  # after a figure, in which it may be said what it counts
_MAX_REPORTING_CHARS = 60  # before a date, in which an announcement may be mentioned
# What web pages leave between the paragraphs of an article.
_WEB_LEFTOVER = re.compile(
    r"\W*(?:(?:read|see|watch|listen|discover|know)\s+(?:also|more|later|next|on)\b|also\s+read\b|related\b.{0,20}:|"
    rf"(?:{lexicon.phrase_alternation(lexicon.entries('web_leftovers'))})\b)",
    re.IGNORECASE,
)


def can_answer(text: str) -> bool:
    """Whether a sentence may answer anything: no question, no leftover of a web page ("Read also …"), no stub."""
    return not is_question(text) and not _WEB_LEFTOVER.match(text) and len(content_stems(text)) > 1


# The type of answer


def answer_type_fit(question: Question, text: str) -> float:
    """How well a sentence contains the type of answer asked for, from 0 to 1.

    A number for "how many"; a date for "when", but an announcement's only where one is asked for; for "who" a name that
    is not in the question, half as good where it doesn't look like a person's.
    """
    if question.answer_type in NUMBER_TYPES:
        return float(_contains_quantity(question.answer_type, text))
    if question.answer_type in DATE_TYPES:
        return float(bool(eligible_dates(question, text)))
    if question.answer_type in PERSON_TYPES or question.answer_type == "place":
        question_words = set(pad_words(fold(question.text)).split())
        new_names = [name for name in find_names(text) if not set(name.key.split()) <= question_words]
        asks_for_person = question.answer_type == "person"
        if asks_for_person and new_names and not any(_looks_like_person(text, name) for name in new_names):
            return 0.0 if question.asks_for_name else 0.5
        return float(bool(new_names))
    return 1.0


def cells_fit(question: Question, cells: str) -> float:
    """How well the cells behind a row's label contain the type of answer asked for: 1 with a bare figure for money.

    The currency may stand elsewhere: statements give it with the first figure of a column, in the header or the title.
    """
    return float(question.answer_type == "money" and any(figure.kind == "number" for figure in find_figures(cells)))


def number_fit(question: Question, text: str, languages: Languages) -> float:
    """Whether a text in another language than English contains a number, 1 or 0, for a question that asks for one.

    Any number will do: what units, currencies and durations are called there isn't known.
    """
    if question.answer_type not in NUMBER_TYPES or not are_different(languages, ENGLISH):
        return 0.0
    return float(bool(find_figures(text)) or holds_number_word(text, languages))


def eligible_dates(question: Question, text: str) -> tuple[Date, ...]:
    """The dates of a sentence that may be the one asked for: for a question about an event, none of announcements."""
    return tuple(date for date in find_dates(text) if not question.about_event or _is_event_date(text, date))


def _contains_quantity(answer_type: str, text: str) -> bool:
    """Whether a text contains a quantity of an answer type out of `NUMBER_TYPES`."""
    figures = find_figures(text)
    if answer_type == "money":
        return any(figure.kind == "money" for figure in figures)
    if answer_type == "duration":
        is_duration = any(figure.unit in _TIME_UNITS or figure.kind == "time" for figure in figures)
        return is_duration or len(find_dates(text)) > 1
    if answer_type == "age":
        return bool(_AGE.search(text))
    return bool(figures)


def _is_event_date(text: str, date: Date) -> bool:
    return not _REPORTING_BEFORE_DATE.search(text[max(0, date.start - _MAX_REPORTING_CHARS) : date.start])


def _looks_like_person(text: str, name: Name) -> bool:
    """Whether a name looks like a person's: several words, no organisation's, no number after it, no place."""
    parts = name.key.split()
    is_full_name = len(parts) > 1 and not name.text.isupper() and _NOT_A_PERSON.isdisjoint(parts)
    is_place = _LOCATION_BEFORE_NAME.search(text[: name.start])
    return is_full_name and not parse_series_member(name.key) and not is_place


# What a figure counts


def may_hold_count(question: Question, text: str, surroundings: str) -> bool:
    """Whether a sentence can contain the number that a "how many" asks for; another thing's would be the worst answer.

    It must say what is counted; for people, whom any word may count, it must say what was done to them. Not all of its
    figures may count something else: the 24,000 of "officers watched 24,000 flights" counts no officers. And no name
    of the question may be missing altogether in the sentence and around it; in a comparison of several, not all.

    Args:
        question: any question; one that asks for no count is always satisfied.
        text: the sentence.
        surroundings: title, headings and the sentences around it.
    """
    if question.answer_type != "count":
        return True
    stems = content_stems(text)
    head = question.focus_stems[-1:]
    counts_people = _PEOPLE_STEMS.issuperset(head)
    is_counted = all(verb in stems for verb in question.action_stems) if counts_people else head[0] in stems
    if counts_something_else(question, text):
        return False
    padded = pad_words(fold(f"{surroundings}\n{text}"))
    names = [(parse_series_member(name_key) or (name_key,))[0].split() for name_key in question.name_keys]
    are_named = (any(_contains_name_word(word, padded) for word in words) for words in names)
    return is_counted and (any(are_named) if question.is_comparison else all(are_named))


def counts_something_else(question: Question, text: str) -> bool:
    """Whether every figure of a text counts something else than a "how many" asks for; of people any figure may."""
    head = question.focus_stems[-1:]
    if question.answer_type != "count" or _PEOPLE_STEMS.issuperset(head) or counting_figures(question, text):
        return False
    return all(
        counted_stems and not _is_mentioned_after(head[0], text, figure)
        for figure, counted_stems in _figures_with_counted_stems(text)
    )


def counting_figures(question: Question, text: str) -> tuple[Figure, ...]:
    """The figures of a sentence that count what is asked for: the 2,517 of "2,517 arrests" for "how many arrests"."""
    asked_for = {*question.focus_stems, *question.stems}
    return tuple(
        figure for figure, counted_stems in _figures_with_counted_stems(text) if not asked_for.isdisjoint(counted_stems)
    )


@lru_cache(maxsize=1024)
def _figures_with_counted_stems(text: str) -> tuple[tuple[Figure, frozenset[str]], ...]:
    """The figures of a text, each with the stems of what it counts, if anything."""
    return tuple((figure, frozenset(map(stem, counted_words(text, figure)))) for figure in find_figures(text))


def _is_mentioned_after(head: str, text: str, figure: Figure) -> bool:
    """Whether a stem is in the clause after a figure, which may count it without a noun: "seven were arrested"."""
    clause = re.split(r"[.,;]", text[figure.end : figure.end + _MAX_CLAUSE_CHARS])[0]
    return head in content_stems(clause)


def _contains_name_word(word: str, padded: str) -> bool:
    """Whether a padded text contains a word of a name: "Togolese" is found where "Togo" is."""
    root = word[:_ROOT_LETTERS] if word.endswith(_NATIONAL_SUFFIXES) else f"{word} "
    return f" {root}" in padded


# Members of a numbered series


def is_about_other_member(series_members: Iterable[tuple[str, str]], places: Iterable[str]) -> bool:
    """Whether a sentence is about another member of a numbered series than the one asked about.

    For a question about "Liberterra III", a sentence about Liberterra II is as similar as can be, and wrong; so is one
    about "Liberterra" alone, which is the first. The first place that names any member decides; a sentence that names
    only members of other series is about those.

    Args:
        series_members: those asked about, as `assistant.query.question.parse_series_member` returns them.
        places: where the subject may be named: the sentence, then what stands before it, nearest first, then its
            headings and title.
    """
    members, texts = list(series_members), list(places)
    if not members:
        return False
    padded_texts = [pad_words(fold(text)) for text in texts]
    if any(not _is_about_member(series, number, padded_texts) for series, number in members):
        return True
    return bool(texts) and _names_other_series_only({series for series, _ in members}, texts[0])


def pad_words(folded: str) -> str:
    """A folded text as its whole words, each with a space on both sides, so that a name can be searched in it."""
    return f" {' '.join(_ALPHANUMERIC.findall(folded))} "


def _is_about_member(series: str, number: str, padded_texts: Sequence[str]) -> bool:
    """Whether the first text that names any member of a series names this one; True where none does."""
    numbers = next(filter(None, (_series_numbers(series, text) for text in padded_texts)), {number})
    return number in numbers or (number == "i" and "" in numbers)


def _names_other_series_only(asked_series: Collection[str], sentence: str) -> bool:
    """Whether a sentence names members of other series only: "Storm Makers II", asked about "Liberterra II"."""
    name_keys = (name.key.removeprefix("operation ") for name in find_names(sentence))
    named_series = {member[0] for member in map(parse_series_member, name_keys) if member is not None}
    if not named_series or not named_series.isdisjoint(asked_series):
        return False
    return not any(_series_numbers(series, pad_words(fold(sentence))) for series in asked_series)


def _series_numbers(series: str, padded: str) -> set[str]:
    """The numbers of a series' members in a padded text; "" for its name without one."""
    pattern = rf"( first)?(?: operation)? {re.escape(series)}(?: ({SERIES_NUMBER_PATTERN}))?(?= )"
    return {match[2] or ("i" if match[1] else "") for match in re.finditer(pattern, padded)}
