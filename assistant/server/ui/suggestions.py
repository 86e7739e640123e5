"""Questions that a document may answer, made from its own sentences by a few reliable patterns. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from assistant.segmentation.sentences import split_sentences
from assistant.types import Document

_MAX_DOCUMENT_CHARS = 30_000  # read of each document
_MIN_QUESTION_CHARS, _MAX_QUESTION_CHARS = 18, 110

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_CREATION_VERBS = "founded|established|opened|launched|created|signed|published|adopted|built|born"
# Base forms by past tense, of verbs whose object may be a number of something, and of verbs that may have a date.
_COUNTING_VERBS = {
    "made": "make",
    "found": "find",
    "held": "hold",
    "had": "have",
    "built": "build",
    "sold": "sell",
    "has": "have",
    **{f"{verb}d": verb for verb in ("rescue", "handle", "seize", "free", "receive", "produce", "close", "examine")},
    **{f"{verb}ed": verb for verb in ("arrest", "record", "count", "visit", "treat", "collect", "train", "plant")},
}
_DATED_VERBS = {"took place": "take place", "ran": "run", "ended": "end", "began": "begin"}

# "Who signed the treaty of Bergen?", with or without "Q:" before it
_QUESTION = re.compile(r"^(?:Q[.:]\s*)?(?:Who|When|Where|How many|How much|Which|What)\b[^?]{8,90}\?$")
# Words that refer to the text before: a question with one can't be understood alone.
_REFERRING_WORD = re.compile(r"\b(?:it|he|she|they|this|that|these|those|one|three|two)\b")
# "In Operation Kestrel, 2,517 people were arrested."
_PASSIVE_COUNT = re.compile(
    r"^(?:In (?P<place>[A-Z][\w' ]{3,40}), )?(?:A total of |About |Some |More than )?[\d.,]+ "
    r"(?P<counted>(?:[a-z-]+ ){1,3})(?P<auxiliary>were|have been) "
    r"(?P<participle>[a-z]+ed|held|found)(?P<rest>(?:(?! and )[^.;:,]){0,50})\.$"
)
# "The harbour of Ostrava handled 48,310 containers in 2023."
_ACTIVE_COUNT = re.compile(
    r"^(?!(?:In|At|On|By|After|Before|Of|For|With) )(?P<subject>[A-Z][\w']*(?: (?!and |was |has |had )[\w']+){0,5}) "
    rf"(?P<verb>{'|'.join(_COUNTING_VERBS)}) [\d.,]+ "
    r"(?P<counted>(?:(?!million|billion|percent|per )[a-z-]+ ){0,2}[a-z-]+s)\b"
    r"(?P<rest>(?:(?! and )[^.;:,]){0,50})\.$"
)
# "The Silver Notice was launched in January 2025."
_CREATION_DATE = re.compile(
    r"^(?P<subject>[A-Z](?:(?! (?:has|is|had|and|was|which) )[\w' -]){3,50}) "
    rf"was (?P<participle>{_CREATION_VERBS})\b[^.;:,]{{0,40}}? (?:in|on) (?:\d{{1,2}} )?(?:{_MONTHS}|\d{{4}})"
)
# "Operation Kestrel ended on 4 October 2024."
_OPERATION_DATE = re.compile(
    r"^(?P<subject>Operation [A-Z]\w+(?: [IVX]+)?) "
    rf"(?P<verb>{'|'.join(_DATED_VERBS)})\b(?=.{{0,60}}\d{{4}})"
)
# "Maria Lund is the president of Norway."
_OFFICE = re.compile(
    r"\b(?P<office>[Ss]ecretary [Gg]eneral|[Pp]resident|[Dd]irector|[Cc]hair(?:man|woman)?) of "
    r"(?P<body>[A-Z]\w+)\b(?! [A-Z])"
)


def suggested_questions(documents: Sequence[Document]) -> list[str]:
    """Questions that the documents may answer; whether they do has to be tried.

    Args:
        documents: only the first 30,000 characters of each are read.

    Returns:
        The questions without duplicates: first one of each document in turn, then the second of each, and so on.
    """
    rounds = zip_longest(*(_document_questions(document) for document in documents))
    return list(dict.fromkeys(question for questions in rounds for question in questions if question))


def _document_questions(document: Document) -> Iterator[str]:
    for sentence in split_sentences(replace(document, text=document.text[:_MAX_DOCUMENT_CHARS])):
        question = _question_from(" ".join(sentence.text.split()))
        if question and _MIN_QUESTION_CHARS <= len(question) <= _MAX_QUESTION_CHARS:
            yield question


def _question_from(sentence: str) -> str:
    """The question of the first pattern that the sentence has; empty where it has none."""
    for ask in (_copy_question, _ask_passive_count, _ask_active_count, _ask_creation_date, _ask_operation_date,
                _ask_office_holder):  # fmt: skip
        if question := ask(sentence):
            return question
    return ""


def _copy_question(sentence: str) -> str:
    is_question = _QUESTION.match(sentence) and not _REFERRING_WORD.search(sentence)
    return re.sub(r"^Q[.:]\s*", "", sentence) if is_question else ""


def _ask_passive_count(sentence: str) -> str:
    match = _PASSIVE_COUNT.match(sentence)
    if not match or not (match["place"] or match["rest"]):
        return ""
    place = f" in {match['place']}" if match["place"] else ""
    return f"How many {match['counted']}{match['auxiliary']} {match['participle']}{match['rest']}{place}?"


def _ask_active_count(sentence: str) -> str:
    match = _ACTIVE_COUNT.match(sentence)
    if not match:
        return ""
    subject, verb = _lower_article(match["subject"]), _COUNTING_VERBS[match["verb"]]
    return f"How many {match['counted']} did {subject} {verb}{match['rest']}?"


def _ask_creation_date(sentence: str) -> str:
    match = _CREATION_DATE.match(sentence)
    return f"When was {_lower_article(match['subject'])} {match['participle']}?" if match else ""


def _ask_operation_date(sentence: str) -> str:
    match = _OPERATION_DATE.match(sentence)
    return f"When did {match['subject']} {_DATED_VERBS[match['verb']]}?" if match else ""


def _ask_office_holder(sentence: str) -> str:
    match = _OFFICE.search(sentence)
    return f"Who is the {match['office'].lower()} of {match['body']}?" if match else ""


def _lower_article(subject: str) -> str:
    """The subject of a sentence as it is written in mid-sentence."""
    first, space, rest = subject.partition(" ")
    is_common_word = first in ("The", "A", "An", "Police", "Officers", "Our", "This")
    return f"{first.lower() if is_common_word else first}{space}{rest}"
