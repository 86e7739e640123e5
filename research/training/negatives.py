"""Hard negatives: chunks that BM25 ranks high for a question, and that don't contain its answer."""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no types

log = logging.getLogger(__name__)

_NEGATIVES = 8  # of each kind that are kept for a question
_RANKED_CHUNKS = 300  # that are considered for a question
_STEMMER = Stemmer("english")


@dataclass(frozen=True, slots=True)
class SearchableChunk:
    """A chunk that may be a negative."""

    number: int
    heading: str
    text: str
    title: str  # of its document
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A question to find negatives for."""

    text: str
    title: str  # of its document
    is_held_out: bool
    own: tuple[int, ...]  # the chunks of its paragraph
    gold: frozenset[int]  # the chunks that answer
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negatives:
    """Chunks for a question, each list with the most similar first."""

    own: tuple[int, ...]  # all chunks of its paragraph
    near: tuple[int, ...]  # other chunks of the same document that don't answer
    far: tuple[int, ...]  # chunks of other documents on the same side of the hold-out


def find_negatives(chunks: Sequence[SearchableChunk], questions: Sequence[SearchQuestion]) -> Iterator[Negatives]:
    """The negatives of each question, in the questions' order.

    Args:
        chunks: in the order of their numbers.
        questions: whose own chunks are among them.
    """
    log.info("ranking %d passages for %d questions", len(chunks), len(questions))
    index = _BM25([chunk.heading + chunk.text for chunk in chunks])
    row_by_number = {chunk.number: row for row, chunk in enumerate(chunks)}
    folded_texts = [chunk.text.casefold() for chunk in chunks]
    for question in questions:
        similarity = index.scores(question.text)
        answers = [answer.casefold() for answer in question.answers]
        candidates = [
            chunks[row]
            for row in np.argsort(-similarity)[:_RANKED_CHUNKS].tolist()
            if chunks[row].number not in question.gold and not any(answer in folded_texts[row] for answer in answers)
        ]
        near = [
            chunk.number for chunk in candidates if chunk.title == question.title and chunk.number not in question.own
        ]
        far = [
            chunk.number
            for chunk in candidates
            if chunk.title != question.title and chunk.is_held_out == question.is_held_out
        ]
        own = tuple(sorted(question.own, key=lambda number: -similarity[row_by_number[number]]))
        yield Negatives(own, tuple(near[:_NEGATIVES]), tuple(far[:_NEGATIVES]))


class _BM25:
    """BM25 (Robertson and Zaragoza 2009) over some texts."""

    def __init__(self, texts: Sequence[str], k: float = 1.2, b: float = 0.75) -> None:
        counts_by_text = [Counter(_stems(text)) for text in texts]
        lengths = np.array([sum(counts.values()) for counts in counts_by_text])
        length_norm = k * (1 - b + b * lengths / lengths.mean())
        occurrences: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, counts in enumerate(counts_by_text):
            for stem, count in counts.items():
                occurrences[stem].append((row, count))
        self._size = len(texts)
        self._postings = {}
        for stem, pairs in occurrences.items():
            rows, counts_of_stem = np.array(pairs).T
            idf = np.log1p((len(texts) - len(pairs) + 0.5) / (len(pairs) + 0.5))
            weights = idf * counts_of_stem * (k + 1) / (counts_of_stem + length_norm[rows])
            self._postings[stem] = (rows, weights)

    def scores(self, question: str) -> NDArray[np.float64]:
        """Each text's score, shape (texts,)."""
        scores = np.zeros(self._size)
        for stem in set(_stems(question)):
            if stem in self._postings:
                rows, weights = self._postings[stem]
                scores[rows] += weights
        return scores


def _stems(text: str) -> list[str]:
    stems: list[str] = _STEMMER.stemWords(re.findall(r"\w+", text.casefold()))
    return stems
