"""A question, read once: what kind of thing it asks for, and the words, names and figures it brings along."""

import re
from dataclasses import dataclass
from typing import Literal

from assistant.text.figures import dates, figures, names
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
# Words that only say that there was something; a sentence that answers seldom repeats them.
_LIGHT = vocabulary(
    "take takes took taken taking place part happen happens happened happening occur occurs occurred occurring "
    "many much did does do done exactly actually according kind"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what ranking, choosing and refusing need to know of it."""

    text: str
    kind: Wanted
    asked: frozenset[str]  # stems of the noun group asked for: {"irregular", "migrant"}
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
    written = [figure.text for figure in figures(text)] + [date.text for date in dates(text)]
    return Question(
        text=text,
        kind=_wanted(asked.kind, text),
        asked=frozenset(map(stem, asked.asked)),
        words=tuple(dict.fromkeys(content_words)),
        terms=tuple(dict.fromkeys(map(stem, content_words))),
        names=tuple(dict.fromkeys(name.key for name in names(text))),
        numbers=frozenset(map(fold, written)),
        negated=negated(text),
        compares=bool(_COMPARES.search(text)),
        of_event=not _REPORTS.search(text),
    )


def negated(text: str) -> bool:
    """Whether the text holds a word of negation."""
    return bool(_NEGATION.search(text))


def _wanted(kind: Kind, text: str) -> Wanted:
    """The kind of a question; an amount by what is measured."""
    if kind != "amount":
        return kind
    return next((each for each, pattern in _AMOUNTS if pattern.search(text)), kind)
