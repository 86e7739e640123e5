"""A question, parsed once: the type of answer that it asks for, and the words, names and figures that it contains."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_dates, find_figures, find_names
from assistant.nlp.languages import ENGLISH, UNKNOWN, Languages, are_different, languages_of, small_words_of
from assistant.nlp.question_forms import QuestionForm, QuestionKind, classify_question
from assistant.nlp.tokens import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, fold, stem, tokenize
from assistant.segmentation.sentences import sentence_spans

AnswerType = QuestionKind | Literal["money", "age", "duration"]

SERIES_NUMBER_PATTERN = r"[ivxlc]{1,6}|\d{1,4}"  # the number of a member of a series, folded

_PHRASING = lexicon.words_by_class("question_phrasing")
# Words of asking, and words that only say that there was something: a sentence that answers seldom repeats them.
_LIGHT_WORDS = _PHRASING["light"]
# Stems of nouns that name an answer type ("which country"): the type is checked, so the noun itself need not be found.
_TYPE_NOUN_STEMS = _PHRASING["kind stem"]

_NEGATION = re.compile(
    rf"\b(?:{lexicon.alternation(lexicon.words_by_class('negations')['question'])})\b|n['’]t\b", re.IGNORECASE
)
_REPORTING = re.compile(r"\b(?:announc|report|publish|releas|state|said|say|declar|reveal)\w*", re.IGNORECASE)
_COMPARISON = re.compile(rf"\b(?:{lexicon.alternation(_PHRASING['comparison'])})\b", re.IGNORECASE)
_COMPARED_NOUN = re.compile(  # what is counted, up to the verb
    r"\b(?:more|fewer|numbers? of)\s+(\w[^,;:?]*?)"
    r"(?:\s+(?:change|differ|rise|fall|grow|increase|decrease)s?\b|[,;:?]|$)",
    re.IGNORECASE,
)
_AMOUNT_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("age", re.compile(r"\bhow old\b|\bage\b", re.IGNORECASE)),
    ("duration", re.compile(r"\bhow long\b|\bduration\b|\blifespan\b", re.IGNORECASE)),
    ("money", re.compile(rf"\b(?:{lexicon.alternation(_PHRASING['money'])})\b", re.IGNORECASE)),
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|are|is)\s+(?:(?:later|also|ever|then|already|\w+ly)\s+)?"
    r"(\w+(?:ed|en|wn|ld|nt|ght))\b",
    re.IGNORECASE,
)
_OPENERS = "|".join(sorted(QUESTION_WORDS | AUXILIARIES, key=len, reverse=True))
_REQUEST = re.compile(
    rf"\W*(?:(?:so|and|but|then|please|now)\W+)*(?:{_OPENERS}|{lexicon.alternation(_PHRASING['request'])}"
    r"|(?:in|at|on|by|to|from|for|of)\s+(?:what|which|whom|how))\b",
    re.IGNORECASE,
)
_QUESTION_AFTER_COLON = re.compile(
    rf"[:–—]\s+((?:(?:in|at|on|by|to|from|for|of)\s+)?(?:{_OPENERS})\b[^:]*)$", re.IGNORECASE
)
_ASKS_FOR_NAME = re.compile(r"\b(?:names? of|called|named|whose name)\b", re.IGNORECASE)
_NUMBER_AFTER_NAME = re.compile(r"\s+(\d{1,4})(?!\w|[.,]\d)")
_MAX_CHARS_BEFORE_NAME = 40  # in which a "first" before a name stands
_FIRST_BEFORE_NAME = re.compile(r"\bfirst\s+(?:operation\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what ranking, choosing and refusing need to know about it."""

    text: str  # as it was put, with the sentences around the question
    answer_type: AnswerType
    focus_stems: tuple[str, ...]  # of the noun group asked for, its head last: ("irregular", "migrant")
    content_words: tuple[str, ...]  # distinct, folded, in order
    stems: tuple[str, ...]  # distinct, of the content words
    name_keys: tuple[str, ...]  # its proper names, folded, each with a number or year that follows it
    series_members: tuple[tuple[str, str], ...]  # (series, number) of the names that have both: ("liberterra", "ii")
    action_stems: tuple[str, ...]  # of verbs in the passive: ("convict",) for "how many were convicted"
    asks_for_name: bool  # "What is the director called?"
    figure_texts: frozenset[str]  # its figures and dates as written, folded
    is_negated: bool
    is_comparison: bool
    about_event: bool  # asks about an event itself, so that the date of its announcement is no answer
    languages: Languages = UNKNOWN  # that it may be in
    roles: frozenset[str] = frozenset(("body",))  # of the sentences that may answer: references only where asked for

    @property
    def asks_for_references(self) -> bool:
        """Whether it asks for references, contents or the like."""
        return len(self.roles) > 1


def _roles(words: Iterable[str]) -> frozenset[str]:
    by_word = lexicon.mapping("apparatus_words")
    return frozenset(("body", *(by_word[word] for word in words if word in by_word)))


def parse_question(text: str) -> Question:
    """Parses a question; a pure function of any text, even a fragment. Of several sentences those that ask count."""
    question_text, _ = extract_question(text)
    languages = languages_of(question_text)
    names = _find_names(question_text, languages)
    form = _question_form(question_text, names)
    words = _content_words(question_text, form, languages)
    figures = [figure.text for figure in find_figures(question_text) if figure.kind != "ordinal"]
    dates = [date.text for date in find_dates(question_text)]
    members = (_series_member(question_text, name) for name in names)
    return Question(
        text=text,
        answer_type=_answer_type(form.kind, question_text),
        focus_stems=tuple(map(stem, takewhile(lambda word: word not in _LIGHT_WORDS, form.focus))),
        content_words=tuple(dict.fromkeys(words)),
        stems=tuple(dict.fromkeys(map(stem, words))),
        name_keys=tuple(dict.fromkeys(_name_key(question_text, name) for name in names)),
        series_members=tuple(dict.fromkeys(filter(None, members))),
        action_stems=tuple(stem(fold(verb)) for verb in _PASSIVE.findall(question_text)),
        asks_for_name=bool(_ASKS_FOR_NAME.search(question_text)),
        figure_texts=frozenset(map(fold, figures + dates)),
        is_negated=is_negated(question_text),
        is_comparison=is_comparison(question_text),
        about_event=not _REPORTING.search(question_text),
        languages=languages,
        roles=_roles(words),
    )


def extract_question(text: str) -> tuple[str, str]:
    """Separates the question in a text from what stands around it.

    The question is the sentences that end in a question mark; where none does, those that begin like a question or
    with a request. Of a sentence that comes to its question after a colon only that question counts.

    Returns:
        The question and the rest: "How many were there?" and "I read of a raid." for "I read of a raid. How many were
        there?". The whole text and an empty rest where no sentence asks, or every one does.
    """
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    asks = [is_question(sentence) for sentence in sentences]
    if not any(asks):
        asks = [bool(_REQUEST.match(sentence)) for sentence in sentences]
    if not any(asks):
        return text, ""
    questions, rest = [], []
    for sentence, does_ask in zip(sentences, asks, strict=True):
        after_colon = _QUESTION_AFTER_COLON.search(sentence, max(0, sentence.rfind(":"))) if does_ask else None
        question_start = after_colon.start(1) if after_colon else 0
        if does_ask:
            questions.append(sentence[question_start:])
        if after_colon or not does_ask:
            rest.append(sentence[:question_start] if after_colon else sentence)
    return (" ".join(questions), " ".join(rest)) if rest else (text, "")


def is_question(sentence: str) -> bool:
    """Whether a sentence ends in a question mark, closing quotes, brackets and emphasis aside."""
    return sentence.rstrip("\"'”’)*_ ").endswith("?")


def parse_series_member(name_key: str) -> tuple[str, str] | None:
    """A folded name as (series, number): ("storm makers", "ii") for "storm makers ii"; None for a name without one."""
    series, _, number = name_key.rpartition(" ")
    return (series, number) if series and re.fullmatch(SERIES_NUMBER_PATTERN, number) else None


def is_comparison(text: str) -> bool:
    """Whether a question compares things."""
    return bool(_COMPARISON.search(text))


def compared_noun(text: str) -> str:
    """What a comparison counts, as written: "arrests" of "more arrests", "the number of arrests"; else empty."""
    match = _COMPARED_NOUN.search(text)
    return match[1].strip() if match else ""


def is_negated(text: str) -> bool:
    """Whether the text contains a word of negation."""
    return bool(_NEGATION.search(text))


def _question_form(text: str, names: tuple[Name, ...]) -> QuestionForm:
    """The form of a question; a comparison of several names has that of "how many" of what is compared."""
    compared = _COMPARED_NOUN.search(text) if len(names) > 1 else None
    return classify_question(f"How many {compared[1]}" if compared else text)


def _content_words(text: str, form: QuestionForm, languages: Languages) -> list[str]:
    """The folded content words, without the noun that only names the answer type."""
    words = [token.text for token in tokenize(text) if token.text not in STOP_WORDS | _LIGHT_WORDS]
    if are_different(languages, ENGLISH):
        small_words = small_words_of(languages)
        words = [word for word in words if not small_words.issuperset(word.split("'"))]  # "qu'est"
    if form.kind in ("count", "other"):
        return words
    return [word for word in words if not (word in form.focus and stem(word) in _TYPE_NOUN_STEMS)]


def _answer_type(kind: QuestionKind, text: str) -> AnswerType:
    """The type of answer that a kind of question asks for; an amount by what is measured."""
    if kind != "amount":
        return kind
    return next((amount_type for amount_type, pattern in _AMOUNT_TYPES if pattern.search(text)), kind)


def _find_names(text: str, languages: Languages) -> tuple[Name, ...]:
    """The names in a question; in German, which begins all nouns with a capital, those of several words alone."""
    names = find_names(text)
    if not are_different(languages, ENGLISH):
        return names
    small_words = small_words_of(languages)
    names = tuple(name for name in names if not small_words.issuperset(re.split(r"[ ']", name.key)))
    return tuple(name for name in names if " " in name.key) if "German" in languages else names


def _name_key(text: str, name: Name) -> str:
    """A name's key, without "operation" before it and with the number or year that follows."""
    key = name.key.removeprefix("operation ")
    number = _NUMBER_AFTER_NAME.match(text, name.end)
    return f"{key} {number[1]}" if number else key


def _series_member(text: str, name: Name) -> tuple[str, str] | None:
    """The series and number of a name; "the first" before it makes it number one."""
    key = _name_key(text, name)
    first = _FIRST_BEFORE_NAME.search(text, max(0, name.start - _MAX_CHARS_BEFORE_NAME), name.start)
    return (key, "i") if first else parse_series_member(key)
