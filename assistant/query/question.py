"""A question, read once: what kind of thing it asks for, and the words, names and figures it brings along."""

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_dates, find_figures, find_names
from assistant.nlp.tokens import (
    AUXILIARIES,
    QUESTION_WORDS,
    STOP_WORDS,
    QuestionKind,
    fold,
    question_kind,
    stem,
    tokenize,
)
from assistant.segmentation.sentences import sentence_spans

AnswerType = QuestionKind | Literal["money", "age", "duration"]

_PHRASING = lexicon.words_by_class("question_phrasing")
_NEGATION = re.compile(
    rf"\b(?:{lexicon.alternation(lexicon.words_by_class('negations')['question'])})\b|n['’]t\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(r"\b(?:announc|report|publish|releas|state|said|say|declar|reveal)\w*", re.IGNORECASE)
_COMPARES = re.compile(
    rf"\b(?:{lexicon.alternation(_PHRASING['comparison'])})\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(  # what is counted, up to the verb
    r"\b(?:more|fewer|numbers? of)\s+(\w[^,;:?]*?)"
    r"(?:\s+(?:change|differ|rise|fall|grow|increase|decrease)s?\b|[,;:?]|$)",
    re.IGNORECASE,
)
_AMOUNTS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("age", re.compile(r"\bhow old\b|\bage\b", re.IGNORECASE)),
    ("duration", re.compile(r"\bhow long\b|\bduration\b|\blifespan\b", re.IGNORECASE)),
    (
        "money",
        re.compile(
            rf"\b(?:{lexicon.alternation(_PHRASING['money'])})\b",
            re.IGNORECASE,
        ),
    ),
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|are|is)\s+(?:(?:later|also|ever|then|already|\w+ly)\s+)?"
    r"(\w+(?:ed|en|wn|ld|nt|ght))\b",
    re.IGNORECASE,
)
_OPENS = "|".join(sorted(QUESTION_WORDS | AUXILIARIES, key=len, reverse=True))
_REQUEST = re.compile(
    rf"\W*(?:(?:so|and|but|then|please|now)\W+)*(?:{_OPENS}|{lexicon.alternation(_PHRASING['request'])}"
    r"|(?:in|at|on|by|to|from|for|of)\s+(?:what|which|whom|how))\b",
    re.IGNORECASE,
)
_BEHIND_COLON = re.compile(rf"[:–—]\s+((?:(?:in|at|on|by|to|from|for|of)\s+)?(?:{_OPENS})\b[^:]*)$", re.IGNORECASE)
_BY_NAME = re.compile(r"\b(?:names? of|called|named|whose name)\b", re.IGNORECASE)
SERIES_NUMBER_PATTERN = r"[ivxlc]{1,6}|\d{1,4}"  # what numbers the members of a series, folded
# Words of asking, and words that only say that there was something: a sentence that answers seldom repeats them.
_LIGHT = _PHRASING["light"]
# The stems of a kind's nouns: what they ask for is checked as a kind, so their own word need not stand in the answer.
_KIND_STEMS = _PHRASING["kind stem"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what ranking, choosing and refusing need to know of it."""

    text: str
    answer_type: AnswerType
    focus_stems: tuple[str, ...]  # stems of the noun group asked for, its head last: ("irregular", "migrant")
    content_words: tuple[str, ...]  # its distinct content words, folded, in order
    stems: tuple[str, ...]  # their distinct stems
    name_keys: tuple[str, ...]  # folded keys of its proper names, with a number or year that follows
    series_members: tuple[tuple[str, str], ...]  # of these, a member of a numbered series: ("liberterra", "ii")
    action_stems: tuple[
        str, ...
    ]  # stems of what was done, in the passive: "how many were convicted" gives ("convict",)
    asks_for_name: bool  # asks what somebody is called
    figure_texts: frozenset[str]  # its figures and dates as written, folded
    is_negated: bool
    is_comparison: bool
    about_event: bool  # asks of an event itself, so that the day of its announcement is no answer


def parse_question(text: str) -> Question:
    """Reads a question. Pure; any text will do, a fragment too. Of several sentences those that ask are read."""
    whole, (text, _) = text, extract_question(text)
    found = find_names(text)
    compared = _COMPARED.search(text) if len(found) > 1 else None
    asked = question_kind(f"How many {compared[1]}" if compared else text)
    content_words = [word.text for word in tokenize(text) if word.text not in STOP_WORDS | _LIGHT]
    if asked.kind not in ("count", "other"):
        content_words = [word for word in content_words if not (word in asked.asked and stem(word) in _KIND_STEMS)]
    written = [figure.text for figure in find_figures(text) if figure.kind != "ordinal"] + [
        date.text for date in find_dates(text)
    ]
    return Question(
        text=whole,
        answer_type=_wanted(asked.kind, text),
        focus_stems=tuple(map(stem, takewhile(lambda word: word not in _LIGHT, asked.asked))),
        content_words=tuple(dict.fromkeys(content_words)),
        stems=tuple(dict.fromkeys(map(stem, content_words))),
        name_keys=tuple(dict.fromkeys(_key(text, name) for name in found)),
        series_members=tuple(dict.fromkeys(filter(None, (_member(text, name) for name in found)))),
        action_stems=tuple(stem(fold(verb)) for verb in _PASSIVE.findall(text)),
        asks_for_name=bool(_BY_NAME.search(text)),
        figure_texts=frozenset(map(fold, written)),
        is_negated=is_negated(text),
        is_comparison=bool(_COMPARES.search(text)),
        about_event=not _REPORTS.search(text),
    )


def extract_question(text: str) -> tuple[str, str]:
    """What asks in a text, and the rest of it: "How many were there?" of "I read of a raid. How many were there?".

    The sentences that end in a question mark; where none does, those that begin like a question or with a request.
    A sentence that comes to its question behind a colon is that question. A text in which none or all asks is whole.
    """
    told = [text[start:end] for start, end in sentence_spans(text)]
    asks = [is_question(each) for each in told]
    if not any(asks):
        asks = [bool(_REQUEST.match(each)) for each in told]
    if not any(asks):
        return text, ""
    apart = [(_BEHIND_COLON.search(each) if ask else None) for each, ask in zip(told, asks, strict=True)]
    parts = [
        each[found.start(1) :] if found else each for each, ask, found in zip(told, asks, apart, strict=True) if ask
    ]
    rest = [
        each[: found.start(1)] if found else each
        for each, ask, found in zip(told, asks, apart, strict=True)
        if found or not ask
    ]
    return (" ".join(parts), " ".join(rest)) if rest else (text, "")


def is_question(sentence: str) -> bool:
    """Whether a sentence ends as a question does."""
    return sentence.rstrip("\"'”’)*_ ").endswith("?")


def parse_series_member(key: str) -> tuple[str, str] | None:
    """A folded name as a series and its number: "storm makers ii" gives ("storm makers", "ii"); None for others."""
    name, _, number = key.rpartition(" ")
    return (name, number) if name and re.fullmatch(SERIES_NUMBER_PATTERN, number) else None


def _key(text: str, name: Name) -> str:
    """A name's key, without "operation" before it and with the number or year that follows."""
    key = name.key.removeprefix("operation ")
    after = re.match(r"\s+(\d{1,4})(?!\w|[.,]\d)", text[name.end :])
    return f"{key} {after[1]}" if after else key


def _member(text: str, name: Name) -> tuple[str, str] | None:
    key = _key(text, name)
    first = re.search(r"\bfirst\s+(?:operation\s+)?$", text[: name.start], re.IGNORECASE)
    return (key, "i") if first else parse_series_member(key)


def is_comparison(text: str) -> bool:
    """Whether a question sets things beside each other."""
    return bool(_COMPARES.search(text))


def compared_noun(text: str) -> str:
    """What a comparison counts, as written: "arrests" of "more arrests", "the number of arrests"; else empty."""
    found = _COMPARED.search(text)
    return found[1].strip() if found else ""


def is_negated(text: str) -> bool:
    """Whether the text holds a word of negation."""
    return bool(_NEGATION.search(text))


def _wanted(kind: QuestionKind, text: str) -> AnswerType:
    """The kind of a question; an amount by what is measured."""
    if kind != "amount":
        return kind
    return next((each for each, pattern in _AMOUNTS if pattern.search(text)), kind)
