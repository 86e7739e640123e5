"""What the pronouns of a follow-up mean: the person, the thing or the place that a question or its answer named.

Pure functions over a question and the answer that it got.
"""

import re

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_names
from assistant.nlp.number_words import ORDINALS
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import STOP_WORDS, fold
from assistant.query.question import parse_series_member

_RANKS = lexicon.alternation(rank for rank, value in ORDINALS.items() if value <= 10)
_WHERE = re.compile(
    r"\b(?:in|at|near|from|across|(?:town|city|village|port|province)\s+of)\s+(?:the\s+)?$", re.IGNORECASE
)
_FROM = re.compile(r"\b(?:of|from|by)\s+(?:the\s+)?$", re.IGNORECASE)
_ADJECTIVE = re.compile(r"(?:ese|ian|ean|ish|ch|can|ani|ai|qi|eli|ek)$")
_BODIES = lexicon.words_by_class("not_a_person")["follow-up"]
_WHO_IS = re.compile(r"\W*[Ww]ho(?:\s+(?:is|was)|['’]s)\s+(?:the\s+\w+\s+)?[A-Z]")
_NEAR = 20  # characters into a question like "Who is Anna Berg?" at most, where her name begins
_RANK = re.compile(rf"\b(?:the\s+)?(?:{_RANKS})\s+(?:operation\s+)?$", re.IGNORECASE)


def resolve_person(question: str, answer: str) -> str | None:
    """Whom "he" or "she" means: the person that the answer to "who" brought, or else the one asked about."""
    asked = [name for name in independent_names(question) if may_be_person(name, question)]
    known = {part for name in find_names(question) for part in name.key.split()}
    told = [
        name for name in independent_names(answer) if may_be_person(name, answer) and known.isdisjoint(name.key.split())
    ]
    is_about = _WHO_IS.match(question) and asked and asked[0].start < _NEAR
    brings = classify_question(question).kind == "person" and not is_about
    found = (told or asked) if brings else (asked or told)
    return max(found, key=lambda name: " " in name.text).text if found else None


def resolve_thing(question: str, answer: str) -> str | None:
    """What "it" means: the event asked about, or the one thing that was named; of an answer only where none was."""
    for text in (question, answer):
        told = [
            name for name in independent_names(text) if not (" " in name.text and may_be_person(name, text))
        ] or independent_names(text)
        events = [name for name in told if is_event_name(name, text)]
        apart = [name for name in told if not _WHERE.search(text[: name.start])]
        for some in (events, apart, told):
            if len({name.key for name in some}) == 1:
                return some[0].text
        if told:
            break
    return None


def resolve_place(question: str, answer: str) -> str | None:
    """Where "there" is: the place that the last answer gave, or that the question named."""
    for text in (answer, question):
        known = fold(question) if text == answer else ""
        found = [
            name.text
            for name in independent_names(text)
            if _WHERE.search(text[: name.start]) and not is_event_name(name, text) and name.key not in known
        ]
        if found:
            return found[0]
    return None


def independent_names(text: str) -> list[Name]:
    """The names in a text that stand for something by themselves: not the "Spanish" of "the Spanish network"."""
    return [name for name in find_names(text) if not _is_adjective(name, text)]


def _is_adjective(name: Name, text: str) -> bool:
    following = re.match(r"\s+([a-z]+)\b", text[name.end :])
    return (
        " " not in name.text
        and bool(_ADJECTIVE.search(name.key))
        and following is not None
        and following[1] not in STOP_WORDS
    )


def is_event_name(name: Name, text: str) -> bool:
    """Whether a name is an operation's or a numbered one's, which people and places have none of."""
    numbered = (
        parse_series_member(name.key) or _RANK.search(text[: name.start]) or re.match(r"\s+\d{1,4}\b", text[name.end :])
    )
    return name.key.startswith("operation ") or bool(numbered)


def may_be_person(name: Name, text: str) -> bool:
    """Whether a name may be a person's: no event, no body and no place; behind "of" only one of several words."""
    parts, before = name.key.split(), text[: name.start]
    if is_event_name(name, text) or _WHERE.search(before) or not _BODIES.isdisjoint(parts) or name.text.isupper():
        return False
    return len(parts) > 1 or not _FROM.search(before)
