"""What the pronouns of a follow-up refer to: the person, thing or place that a question or its answer named.

Pure functions over a question and the answer that it got.
"""

import re

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_names
from assistant.nlp.number_words import ORDINALS
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import STOP_WORDS, fold
from assistant.query.question import parse_series_member

RANKS = {word: value for word, value in ORDINALS.items() if value <= 10}  # "first" to "tenth"
RANK_BEFORE_NAME = re.compile(rf"\b(?:the\s+)?(?:{lexicon.alternation(RANKS)})\s+(?:operation\s+)?$", re.IGNORECASE)

_LOCATION_BEFORE_NAME = re.compile(
    r"\b(?:in|at|near|from|across|(?:town|city|village|port|province)\s+of)\s+(?:the\s+)?$", re.IGNORECASE
)
_OF_BEFORE_NAME = re.compile(r"\b(?:of|from|by)\s+(?:the\s+)?$", re.IGNORECASE)
_NATIONAL_ADJECTIVE = re.compile(r"(?:ese|ian|ean|ish|ch|can|ani|ai|qi|eli|ek)$")
_NOT_A_PERSON = lexicon.words_by_class("not_a_person")["follow-up"]
_WHO_IS = re.compile(r"\W*[Ww]ho(?:\s+(?:is|was)|['’]s)\s+(?:the\s+\w+\s+)?[A-Z]")
_MAX_CHARS_BEFORE_NAME = 40  # in which a preposition or rank before a name stands
_NUMBER_AFTER_NAME = re.compile(r"\s+\d{1,4}\b")
_WORD_AFTER_NAME = re.compile(r"\s+([a-z]+)\b")
_MAX_NAME_OFFSET = 20  # characters before the name in a question like "Who is Anna Berg?"


def resolve_person(question: str, answer: str) -> str | None:
    """Whom "he" or "she" refers to: the person that the answer to "who" named, or else the one asked about."""
    in_question = [name for name in independent_names(question) if may_be_person(name, question)]
    question_words = {part for name in find_names(question) for part in name.key.split()}
    in_answer = [
        name
        for name in independent_names(answer)
        if may_be_person(name, answer) and question_words.isdisjoint(name.key.split())
    ]
    is_about_person = _WHO_IS.match(question) and in_question and in_question[0].start < _MAX_NAME_OFFSET
    asks_for_person = classify_question(question).kind == "person" and not is_about_person
    people = (in_answer or in_question) if asks_for_person else (in_question or in_answer)
    return max(people, key=lambda name: " " in name.text).text if people else None


def resolve_thing(question: str, answer: str) -> str | None:
    """What "it" refers to: the event asked about, or the one thing named; the answer counts if the question names none.

    None where several are possible.
    """
    for text in (question, answer):
        names = independent_names(text)
        things = [name for name in names if not (" " in name.text and may_be_person(name, text))] or names
        events = [name for name in things if is_event_name(name, text)]
        not_locations = [name for name in things if not stands_before(_LOCATION_BEFORE_NAME, name, text)]
        for group in (events, not_locations, things):
            if len({name.key for name in group}) == 1:
                return group[0].text
        if things:
            break
    return None


def resolve_place(question: str, answer: str) -> str | None:
    """Where "there" is: the place that the last answer gave, or that the question named."""
    for text in (answer, question):
        already_named = fold(question) if text == answer else ""
        for name in independent_names(text):
            is_place = stands_before(_LOCATION_BEFORE_NAME, name, text) and not is_event_name(name, text)
            if is_place and name.key not in already_named:
                return name.text
    return None


def independent_names(text: str) -> list[Name]:
    """The names in a text that refer to something by themselves: not the "Spanish" of "the Spanish network"."""
    return [name for name in find_names(text) if not _is_adjective(name, text)]


def is_event_name(name: Name, text: str) -> bool:
    """Whether a name is an operation's, or has a number or rank, as names of people and places have not."""
    has_number = (
        parse_series_member(name.key)
        or stands_before(RANK_BEFORE_NAME, name, text)
        or _NUMBER_AFTER_NAME.match(text, name.end)
    )
    return name.key.startswith("operation ") or bool(has_number)


def may_be_person(name: Name, text: str) -> bool:
    """Whether a name may be a person's: no event, organisation or place; after "of" only if it has several words."""
    parts = name.key.split()
    if is_event_name(name, text) or stands_before(_LOCATION_BEFORE_NAME, name, text):
        return False
    if not _NOT_A_PERSON.isdisjoint(parts) or name.text.isupper():
        return False
    return len(parts) > 1 or not stands_before(_OF_BEFORE_NAME, name, text)


def stands_before(pattern: re.Pattern[str], name: Name, text: str) -> re.Match[str] | None:
    """The match of a pattern that ends in ``$`` right before a name."""
    return pattern.search(text, max(0, name.start - _MAX_CHARS_BEFORE_NAME), name.start)


def _is_adjective(name: Name, text: str) -> bool:
    next_word = _WORD_AFTER_NAME.match(text, name.end)
    return (
        " " not in name.text
        and bool(_NATIONAL_ADJECTIVE.search(name.key))
        and next_word is not None
        and next_word[1] not in STOP_WORDS
    )
