"""A question → ranked sentences. Dense and lexical search propose; evidence and the reader decide.

Of similarity, BM25, their rank fusion, their weighted sum and the fitted sum of `assistant.retrieval.features` the
last ranks best on every set; the passages that it puts first are then read. evals/README.md has the tables.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import NamedTuple

from assistant.index.bm25 import BM25Index
from assistant.index.rows import DocumentEntry, NearestSentence
from assistant.index.store import Store
from assistant.models.calibration.evidence import RANKING
from assistant.models.calibration.reader_weight import SCALE, WEIGHT
from assistant.models.embedders import Embedder
from assistant.models.span_reader import SpanReader, SpanReading, heading_text
from assistant.observability.tracing import trace_span
from assistant.options import DocumentFilter
from assistant.query.question import Question
from assistant.retrieval.features import SentenceContext, features
from assistant.segmentation.chunks import ChunkInput
from assistant.types import Chunk, Sentence

NEAREST = 30  # candidates by vector; evals/README.md has the curve
LEXICAL = 15  # candidates by BM25
SURE = 0.3  # of the chance of a sentence's best answer, from which its words are marked
READ = 6  # passages that the reader reads; evals/README.md has the curve


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that was found, with all that the answer's choice needs to know of it."""

    sentence: Sentence
    document: DocumentEntry
    before: str  # what stands before it in its passage
    surroundings: str  # title, headings and the rest of its passage
    features: Mapping[str, float]
    score: float  # the weighted sum of its features and of what the reader says; about 0 to 1
    reading: float | None = None  # log-odds by the reader that it answers; None where it wasn't read
    evidence: float | None = None  # the score before the reader had its say
    answer: tuple[int, int] | None = None  # the answer's words in the document's text, where the reader is sure of them

    @property
    def nearness(self) -> float:
        """How much it speaks of what is asked, whether it answers or not: its score by evidence alone."""
        return self.score if self.evidence is None else self.evidence

    @property
    def heading(self) -> str:
        """The document's title and the headings above the sentence."""
        return f"{self.document.title}\n{self.sentence.context}"


class Parts(NamedTuple):
    """What finds and ranks sentences: the index and the models over it."""

    store: Store
    lexical: BM25Index
    embedder: Embedder
    reader: SpanReader | None = None  # reads the best passages for the answer; without it similarity decides

    def catch_up(self) -> None:
        """Sees what other processes have written since."""
        if self.store.catch_up():
            self.lexical.synchronise()

    @property
    def names(self) -> tuple[str, str]:
        """The models' names, as a record's versions have them."""
        return self.embedder.name, self.reader.name if self.reader else "off"


def retrieve(
    question: Question, parts: Parts, scope: DocumentFilter | None = None
) -> tuple[tuple[Candidate, ...], Mapping[str, float]]:
    """Finds and ranks the sentences that may answer a question.

    Returns:
        The candidates, best first, and the rarity of the question's terms in the index
        (`assistant.retrieval.features.features` says what that is).
    """
    store, lexical, embedder, _ = parts
    vector = embedder.embed_question(question.text)
    with trace_span("nearest"):
        found = {each.key: each for each in store.nearest(vector, NEAREST, scope)}
    more = [key for key, _ in lexical.search(question.words, LEXICAL, store.versions(scope)) if key not in found]
    found |= {each.key: each for each in store.fetch(more, vector)}
    rarity = lexical.rarity(question.terms)
    return rank(question, list(found.values()), parts, rarity), rarity


def rank(
    question: Question, found: Sequence[NearestSentence], parts: Parts, rarity: Mapping[str, float]
) -> tuple[Candidate, ...]:
    """Ranks sentences by their evidence, best first; the same question and sentences give the same order."""
    store, reader = parts.store, parts.reader
    chunks = store.chunks(each.sentence for each in found)
    ranked = []
    for each in found:
        sentence = each.sentence
        document = store.summary(sentence.document_id)
        chunk = chunks.get((sentence.document_id, sentence.chunk))
        if document is None or chunk is None:
            continue  # removed by another thread since it was found
        before, after = _around(sentence, chunk)
        surroundings = f"{document.title}\n{sentence.context}\n{before}\n{after}"
        evidence = features(question, SentenceContext(sentence.text, surroundings, each.similarity), rarity)
        ranked.append(Candidate(sentence, document, before, surroundings, evidence, evidence_score(evidence)))
    ranked.sort(key=_order)
    return tuple(sorted(_read(question, ranked, chunks, reader), key=_order) if reader else ranked)


def _order(each: Candidate) -> tuple[float, str, int]:
    return -each.score, each.document.source, each.sentence.number


def _read(
    question: Question, ranked: Sequence[Candidate], chunks: Mapping[tuple[str, int], Chunk], reader: SpanReader
) -> Iterator[Candidate]:
    """The ranked sentences with what the reader makes of those in the best passages, scored by both."""
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for each in ranked:
        groups.setdefault((each.document.id, each.sentence.chunk), []).append(each)
    read = list(groups)[:READ]
    chunk_inputs = [_chunk(groups[place], chunks[place]) for place in read]
    with trace_span("read", {"assistant.passages": len(chunk_inputs)}):
        found = reader.read(question.text, chunk_inputs)
    for place, readings in zip(read, found, strict=True):
        for each, reading in zip(groups[place], readings, strict=True):
            yield _weighed(each, reading, chunks[place].start)
    for place in list(groups)[READ:]:
        yield from (
            replace(each, score=combined_score(each.score, None), evidence=each.score) for each in groups[place]
        )


def _chunk(group: Sequence[Candidate], chunk: Chunk) -> ChunkInput:
    heading = heading_text(group[0].document.title, min(group, key=lambda each: each.sentence.number).sentence.context)
    spans = tuple((each.sentence.start - chunk.start, each.sentence.end - chunk.start) for each in group)
    return ChunkInput(heading, chunk.text, spans)


def _weighed(each: Candidate, reading: SpanReading, start: int) -> Candidate:
    answer = (start + reading.start, start + reading.end) if reading.sure >= SURE else None
    whole = answer == (each.sentence.start, each.sentence.end)
    return replace(
        each,
        score=combined_score(each.score, reading.score),
        evidence=each.score,
        reading=reading.score,
        answer=None if whole else answer,
        features={**each.features, "reading": reading.score},
    )


def combined_score(evidence: float, reading: float | None, weight: float = WEIGHT, scale: float = SCALE) -> float:
    """The score by a sentence's evidence, 0 to 1, and the reader's log-odds; what wasn't read stands behind."""
    share = 1 / (1 + math.exp(-reading / scale)) if reading is not None else 0.0
    return (1 - weight) * evidence + weight * share


def interleave(found: Sequence[Sequence[Candidate]]) -> tuple[Candidate, ...]:
    """What was found for several questions as one list: the best of each, then the second best, each sentence once."""
    once: dict[tuple[str, int], Candidate] = {}
    for each in filter(None, chain.from_iterable(zip_longest(*found))):
        once.setdefault((each.document.id, each.sentence.number), each)
    return tuple(once.values())


def evidence_score(evidence: Mapping[str, float]) -> float:
    """The fitted sum of a sentence's evidence, as a share of the best there could be."""
    return sum(weight * evidence[name] for name, weight in RANKING.items()) / _BEST


_BEST = sum(weight for weight in RANKING.values() if weight > 0)


def _around(sentence: Sentence, chunk: Chunk) -> tuple[str, str]:
    at = sentence.start - chunk.start
    return chunk.text[:at], chunk.text[at + len(sentence.text) :]
