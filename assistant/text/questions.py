"""A question, read once: what kind of thing it asks for, and the words, names and figures it brings along."""

import re
from dataclasses import dataclass
from typing import Literal

from assistant.text.figures import Name, dates, figures, names
from assistant.text.words import STOP_WORDS, Kind, fold, question_kind, stem, vocabulary, words

Wanted = Kind | Literal["money", "age", "duration"]

_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|without|except|neither|nor|cannot|unable)\b|n['’]t\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(r"\b(?:announc|report|publish|releas|state|said|say|declar|reveal)\w*", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differences?|differ|versus|vs|more|fewer|less|higher|lower|larger|smaller)\b",
    re.IGNORECASE,
)
_AMOUNTS: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    ("age", re.compile(r"\bhow old\b|\bage\b", re.IGNORECASE)),
    ("duration", re.compile(r"\bhow long\b|\bduration\b|\blifespan\b", re.IGNORECASE)),
    (
        "money",
        re.compile(
            r"\b(?:cost|costs|budget|budgets|salary|salaries|wage|wages|earn|earns|earned|revenue|revenues|price"
            r"|prices|profit|profits|fee|fees|paid|pay|pays|money|worth|debt|debts|fine|fined|income|spend|spent)\b",
            re.IGNORECASE,
        ),
    ),
)
# Words of asking, and words that only say that there was something: a sentence that answers seldom repeats them.
_LIGHT = vocabulary(
    "take takes took taken taking place part happen happens happened happening occur occurs occurred occurring "
    "many much did does do done doing exactly actually according kind become becomes became becoming come comes came "
    "give gives gave given get gets got make makes made number total percentage percent full name names named called "
    "define defines defined definition mean means meaning understand understood compare compared comparison "
    "difference list"
)
# The nouns of a kind: what they ask for is checked as a kind, so their own word need not stand in the answer.
_KIND_NOUNS = vocabulary(
    "country city town place state region location person man woman year date day month century organisation "
    "organization company agency institution reason cause purpose"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what ranking, choosing and refusing need to know of it."""

    text: str
    kind: Wanted
    asked: tuple[str, ...]  # stems of the noun group asked for, its head last: ("irregular", "migrant")
    words: tuple[str, ...]  # its distinct content words, folded, in order
    terms: tuple[str, ...]  # their distinct stems
    names: tuple[str, ...]  # folded keys of its proper names
    numbers: frozenset[str]  # its figures and dates as written, folded
    negated: bool
    compares: bool
    of_event: bool  # asks of an event itself, so that the day of its announcement is no answer


def read_question(text: str) -> Question:
    """Reads a question. Pure; any text will do, a fragment too."""
    asked = question_kind(text)
    content_words = [word.text for word in words(text) if word.text not in STOP_WORDS | _LIGHT]
    if asked.kind not in ("count", "other"):
        content_words = [word for word in content_words if word not in _KIND_NOUNS.intersection(asked.asked)]
    written = [figure.text for figure in figures(text)] + [date.text for date in dates(text)]
    return Question(
        text=text,
        kind=_wanted(asked.kind, text),
        asked=tuple(map(stem, asked.asked)),
        words=tuple(dict.fromkeys(content_words)),
        terms=tuple(dict.fromkeys(map(stem, content_words))),
        names=tuple(dict.fromkeys(_serial_key(text, name) for name in names(text))),
        numbers=frozenset(map(fold, written)),
        negated=negated(text),
        compares=bool(_COMPARES.search(text)),
        of_event=not _REPORTS.search(text),
    )


def _serial_key(text: str, name: Name) -> str:
    """A name's key, without "operation" before it and with the number or year that makes it one of a series."""
    key = name.key.removeprefix("operation ")
    after = re.match(r"\s+(\d{1,4})(?!\w|[.,]\d)", text[name.end :])
    first = re.search(r"\bfirst\s+(?:operation\s+)?$", text[: name.start], re.IGNORECASE)
    return f"{key} {after[1]}" if after else f"{key} i" if first else key


def negated(text: str) -> bool:
    """Whether the text holds a word of negation."""
    return bool(_NEGATION.search(text))


def _wanted(kind: Kind, text: str) -> Wanted:
    """The kind of a question; an amount by what is measured."""
    if kind != "amount":
        return kind
    return next((each for each, pattern in _AMOUNTS if pattern.search(text)), kind)
