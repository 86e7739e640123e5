"""Chunks that no longer answer their question: the answering sentence is taken out.

In half of them stands in its place what real documents have about a question without answering it: a heading, a
caption, a line of the contents or an entry of the bibliography, made of the question's own words.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.nlp.tokens import word_set
from research.training.public_sets import Span

_DECOY_SHARE = 0.5
_MIN_TEXT = 60  # characters that must be left
_MAX_PHRASE_WORDS = 8
_QUESTION_WORDS = word_set(
    "who whom whose what which when where why how many much long old often far is are was were do does did has have "
    "had can could will would should may might the a an there it its this that these those be been being"
)
_JOURNALS = ("Journal of {} Studies", "Annals of {}", "The {} Review", "Proceedings of the {} Society", "{} Quarterly")
_FIELDS = ("History", "Science", "Economic", "Medical", "Political", "European", "Natural History", "Engineering")
_SURNAMES = ("Miller", "Nguyen", "Okafor", "Rossi", "Schmidt", "Larsen", "Haddad", "Petrov", "Silva", "Tanaka", "Walsh")
_PUBLISHERS = ("Oxford University Press", "Routledge", "Springer", "Harper & Row", "Brill", "MIT Press")


@dataclass(frozen=True, slots=True)
class AnsweringChunk:
    """A chunk and the question that it answers."""

    text: str
    sentences: tuple[Span, ...]  # in the text
    gold: tuple[Span, ...]  # of the answers in the text
    answers: tuple[str, ...]
    question: str


def take_out_answers(chunk: AnsweringChunk, rng: random.Random) -> tuple[str, tuple[Span, ...]] | None:
    """The text without the sentences that answer, and the other sentences' spans in it.

    None where too little is left, or where an answer stands elsewhere, too.
    """
    answering = [any(start < last and first < end for first, last in chunk.gold) for start, end in chunk.sentences]
    parts = [
        chunk.text[start:end]
        for (start, end), answers_it in zip(chunk.sentences, answering, strict=True)
        if not answers_it
    ]
    left = " ".join(parts).casefold()
    if len(left) < _MIN_TEXT or any(answer.casefold() in left for answer in chunk.answers):
        return None
    if True in answering and rng.random() < _DECOY_SHARE and (decoy := make_decoy(chunk.question, rng)):
        parts.insert(answering.index(True), decoy)
    return _join(parts)


def _join(parts: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
    spans: list[Span] = []
    start = 0
    for part in parts:
        spans.append((start, start + len(part)))
        start += len(part) + 1
    return " ".join(parts), tuple(spans)


def make_decoy(question: str, rng: random.Random) -> str:
    """A heading, caption, contents line or bibliography entry of the question's words; empty where it has too few."""
    words = [word for word in re.findall(r"[\w’'-]+", question) if word.casefold() not in _QUESTION_WORDS]
    phrase = " ".join(words[:_MAX_PHRASE_WORDS])
    if len(words) < 2:
        return ""
    phrase = phrase.title() if rng.random() < 0.5 else phrase[0].upper() + phrase[1:]
    return rng.choice([*_lines_about(phrase, rng)])


def _lines_about(phrase: str, rng: random.Random) -> Iterator[str]:
    """One line of each kind."""
    yield phrase
    yield f"{rng.choice(('Figure', 'Table', 'Fig.', 'Exhibit'))} {rng.randint(1, 19)}{rng.choice('.:')} {phrase}"
    dots = rng.choice(("." * rng.randint(8, 40), " . . . . . . "))
    yield f"{rng.randint(1, 12)}.{rng.randint(1, 9)} {phrase} {dots} {rng.randint(2, 180)}"
    author = f"{rng.choice(_SURNAMES)}, {rng.choice('ABCDEHJKLMPRST')}."
    year, page = rng.randint(1962, 2024), rng.randint(3, 480)
    journal = rng.choice(_JOURNALS).format(rng.choice(_FIELDS))
    pages = f"{page}–{page + rng.randint(4, 30)}"
    yield f"{author} ({year}). “{phrase}”. {journal}. {rng.randint(2, 90)} ({rng.randint(1, 6)}): {pages}."
    yield f"^ {author} {phrase}. {rng.choice(_PUBLISHERS)}, {year}, p. {page}."
