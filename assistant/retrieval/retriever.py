"""From a question to ranked candidates: vectors and BM25 propose sentences, features and the span reader rank them.

Five rankings were compared: similarity alone, BM25 alone, their rank fusion, their weighted sum, and the fitted sum of
the features of `assistant.retrieval.features`. The last one is best on every set; the tables are in the evaluation
documents. The span reader then reads the chunks of the best candidates.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from assistant.index.bm25 import BM25Index
from assistant.index.rows import DocumentEntry, NearestSentence, Vector
from assistant.index.sources import file_is_missing
from assistant.index.store import Store
from assistant.models.calibration import SpanReaderCalibration, feature_calibration, span_reader_calibration
from assistant.models.embedders import Embedder
from assistant.models.span_reader import SpanReader, SpanReading, heading_text
from assistant.nlp.languages import are_different, languages_of
from assistant.nlp.struck import mask_struck
from assistant.observability.tracing import trace_span
from assistant.options import DocumentFilter
from assistant.query.question import Question
from assistant.retrieval.features import SentenceContext, compute_features, similarity_across_languages
from assistant.segmentation.chunks import ChunkInput, embedded_heading
from assistant.segmentation.table_rows import cells_of, text_with_table
from assistant.types import Chunk, Sentence

MAX_NEAREST = 30  # candidates by vector; the evaluation documents have the curve
_MAX_NEAREST_AMONG_REFERENCES = 200  # looked at where most of those are no statements of a document's own
MAX_BM25 = 15  # candidates by BM25
_MAX_BM25_AMONG_REFERENCES = 45  # where a question asks for references or the like, which no vector finds
MAX_CHUNKS_READ = 4  # chunks that the span reader reads; the evaluation documents have the curve
MIN_SPAN_SHARE = 0.3  # share of the chance of all its spans from which a sentence's best span is marked

ChunkKey = tuple[str, int]  # a document's id and the chunk's number in it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that retrieval proposes, with everything that the choice of an answer needs to know of it."""

    sentence: Sentence
    document: DocumentEntry
    before: str  # the part of its chunk that stands before it
    surroundings: str  # the title, the headings and the rest of its chunk
    features: Mapping[str, float]
    score: float  # the weighted sum of its features and of what the span reader says; about 0 to 1
    span_reader_log_odds: float | None = None  # of its answering, by the span reader; None where it wasn't read
    answer_span: tuple[int, int] | None = None  # the answer's words in the document's text, where that is sure enough

    @property
    def relevance(self) -> float:
        """How much it is about the question's subject, whether it answers or not: its score by features alone."""
        return feature_score(self.features)

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language than the question."""
        return bool(self.features.get("foreign"))

    @property
    def heading(self) -> str:
        """The document's title and the headings above the sentence."""
        return f"{self.document.title}\n{self.sentence.context}"

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other sentence: its document's id and its number there."""
        return self.document.id, self.sentence.number


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was retrieved for a question."""

    candidates: tuple[Candidate, ...]  # best first
    idf: Mapping[str, float]  # of the question's terms in the index, as `assistant.retrieval.features` describes it


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds and ranks sentences: the opened index and the models over it. May be shared by threads."""

    store: Store
    bm25: BM25Index
    embedder: Embedder
    span_reader: SpanReader | None = None  # reads the best chunks for the answer; without it features alone decide

    def catch_up(self) -> None:
        """Looks for what other processes have written to the index since, and takes it in."""
        if self.store.catch_up():
            self.bm25.synchronise()

    @property
    def model_names(self) -> tuple[str, str]:
        """The names of the embedder and the span reader, as a record's versions have them."""
        return self.embedder.name, self.span_reader.name if self.span_reader else "off"

    def retrieve(self, question: Question, document_filter: DocumentFilter | None = None) -> Retrieval:
        """Finds and ranks the sentences that may answer a question.

        Raises:
            DocumentNotFoundError: the filter names a document that isn't indexed.
            EmbeddingError: the embedder failed.
        """
        vector = self.embedder.embed_question(question.text)
        with trace_span("nearest"):
            proposed = {proposal.key: proposal for proposal in self._nearest(question, vector, document_filter)}
        proposed |= {proposal.key: proposal for proposal in self._by_words(question, vector, document_filter, proposed)}
        idf = self.bm25.idf(question.stems)
        return Retrieval(self.rank(question, self._prefer_files(list(proposed.values())), idf), idf)

    def _nearest(
        self, question: Question, vector: Vector, document_filter: DocumentFilter | None
    ) -> list[NearestSentence]:
        """The nearest sentences that may answer; more are looked at where most are references or the like."""
        for searched in (MAX_NEAREST, _MAX_NEAREST_AMONG_REFERENCES):
            nearest = self.store.nearest(vector, searched, document_filter)
            fitting = [proposal for proposal in nearest if proposal.sentence.role in question.roles]
            if 2 * len(fitting) >= MAX_NEAREST or len(nearest) < searched:
                break
        return fitting[:MAX_NEAREST]

    def _by_words(
        self,
        question: Question,
        vector: Vector,
        document_filter: DocumentFilter | None,
        known_keys: Collection[str],
    ) -> list[NearestSentence]:
        """More sentences that may answer, by their words; references and the like are found by these alone."""
        searched = _MAX_BM25_AMONG_REFERENCES if question.asks_for_references else MAX_BM25
        by_words = self.bm25.search(question.content_words, searched, self.store.versions(document_filter))
        fetched = self.store.fetch([key for key, _ in by_words if key not in known_keys], vector)
        fitting = [proposal for proposal in fetched if proposal.sentence.role in question.roles]
        references = [proposal for proposal in fitting if not proposal.sentence.is_body]
        similarities = self._similarities(references, vector)
        return [
            replace(proposal, similarity=similarities.get(proposal.key, proposal.similarity)) for proposal in fitting
        ]

    def _similarities(self, references: Sequence[NearestSentence], question: Vector) -> dict[str, float]:
        """How near to a question's vector sentences are that no vector is kept of, by key."""
        documents = (self.store.summary(proposal.sentence.document_id) for proposal in references)
        texts = [
            f"{embedded_heading(document.title if document else '', proposal.sentence.context)}{proposal.sentence.text}"
            for document, proposal in zip(documents, references, strict=True)
        ]
        vectors = self.embedder.embed(texts) if texts else ()
        return {proposal.key: float(vector @ question) for proposal, vector in zip(references, vectors, strict=True)}

    def _prefer_files(self, proposed: Sequence[NearestSentence]) -> list[NearestSentence]:
        """Leaves out sentences of documents whose file is gone where a document that has its file says the same."""
        by_text: dict[str, list[NearestSentence]] = {}
        for hit in proposed:
            by_text.setdefault(hit.sentence.text, []).append(hit)
        repeated = {hit.sentence.document_id for hits in by_text.values() if len(hits) > 1 for hit in hits}
        entries = [entry for document_id in repeated if (entry := self.store.summary(document_id)) is not None]
        gone = {entry.id for entry in entries if file_is_missing(entry)}
        has_twin = {text for text, hits in by_text.items() if any(hit.sentence.document_id not in gone for hit in hits)}
        return [hit for hit in proposed if hit.sentence.document_id not in gone or hit.sentence.text not in has_twin]

    def rank(
        self, question: Question, proposed: Sequence[NearestSentence], idf: Mapping[str, float]
    ) -> tuple[Candidate, ...]:
        """Ranks sentences, best first; the same question and sentences always give the same order."""
        chunks = self.store.chunks(proposal.sentence for proposal in proposed)
        candidates = []
        for proposal in proposed:
            document = self.store.summary(proposal.sentence.document_id)
            chunk = chunks.get((proposal.sentence.document_id, proposal.sentence.chunk))
            if document is not None and chunk is not None:  # else another thread has removed it meanwhile
                candidates.append(_candidate(question, proposal, document, chunk, idf))
        candidates.sort(key=_ranking_key)
        if self.span_reader is not None:
            candidates = sorted(_read(question, candidates, chunks, self.span_reader), key=_ranking_key)
        return tuple(candidates)


def _candidate(
    question: Question, proposal: NearestSentence, document: DocumentEntry, chunk: Chunk, idf: Mapping[str, float]
) -> Candidate:
    sentence = proposal.sentence
    start = sentence.start - chunk.start
    before, after = chunk.text[:start], chunk.text[start + len(sentence.text) :]
    surroundings = f"{document.title}\n{sentence.context}\n{before}\n{after}"
    languages = languages_of(chunk.text)
    is_foreign = are_different(question.languages, languages)
    context = SentenceContext(
        text_with_table(sentence),
        surroundings,
        similarity_across_languages(proposal.similarity) if is_foreign else proposal.similarity,
        cells=cells_of(sentence),
        is_foreign=is_foreign,
        languages=languages,
    )
    features = compute_features(question, context, idf)
    return Candidate(sentence, document, before, surroundings, features, feature_score(features))


def _ranking_key(candidate: Candidate) -> tuple[float, str, int]:
    return -candidate.score, candidate.document.source, candidate.sentence.number


def _read(
    question: Question, ranked: Sequence[Candidate], chunks: Mapping[ChunkKey, Chunk], span_reader: SpanReader
) -> Iterator[Candidate]:
    """The ranked candidates, those of the best chunks with what the span reader says of them, scored by both."""
    by_chunk: dict[ChunkKey, list[Candidate]] = {}
    for candidate in ranked:
        by_chunk.setdefault((candidate.document.id, candidate.sentence.chunk), []).append(candidate)
    keys = list(by_chunk)
    inputs = [_chunk_input(by_chunk[key], chunks[key]) for key in keys[:MAX_CHUNKS_READ]]
    with trace_span("read", {"assistant.passages": len(inputs)}):
        chunk_readings = span_reader.read(question.text, inputs)
    for key, readings in zip(keys[:MAX_CHUNKS_READ], chunk_readings, strict=True):
        for candidate, reading in zip(by_chunk[key], readings, strict=True):
            yield _with_reading(candidate, reading, chunks[key].start)
    for key in keys[MAX_CHUNKS_READ:]:
        for candidate in by_chunk[key]:
            yield replace(candidate, score=combined_score(candidate.score, None))


def _chunk_input(candidates: Sequence[Candidate], chunk: Chunk) -> ChunkInput:
    first = min(candidates, key=lambda candidate: candidate.sentence.number)
    heading = heading_text(first.document.title, first.sentence.context)
    spans = tuple(
        (candidate.sentence.start - chunk.start, candidate.sentence.end - chunk.start) for candidate in candidates
    )
    return ChunkInput(heading, mask_struck(chunk.text), spans)


def _with_reading(candidate: Candidate, reading: SpanReading, chunk_start: int) -> Candidate:
    span = (chunk_start + reading.start, chunk_start + reading.end) if reading.span_share >= MIN_SPAN_SHARE else None
    is_whole_sentence = span == (candidate.sentence.start, candidate.sentence.end)
    return replace(
        candidate,
        score=combined_score(candidate.score, reading.log_odds),
        span_reader_log_odds=reading.log_odds,
        answer_span=None if is_whole_sentence else span,
        features={**candidate.features, "reading": reading.log_odds},
    )


def combined_score(
    by_features: float, span_reader_log_odds: float | None, calibration: SpanReaderCalibration | None = None
) -> float:
    """The score by features and span reader together, 0 to 1; a sentence that wasn't read ranks behind.

    Args:
        by_features: the score by the sentence's features, 0 to 1.
        span_reader_log_odds: of its answering, by the span reader; None where it wasn't read.
        calibration: the span reader's share of the score, and the scale of its log-odds; None for the fitted ones.
    """
    fitted = calibration or span_reader_calibration()
    chance = (
        1 / (1 + math.exp(-span_reader_log_odds / fitted.log_odds_scale)) if span_reader_log_odds is not None else 0.0
    )
    return (1 - fitted.reader_share) * by_features + fitted.reader_share * chance


def feature_score(features: Mapping[str, float]) -> float:
    """The fitted sum of a sentence's features, as a share of the highest that there can be."""
    weights = feature_calibration().ranking_weights
    highest = sum(weight for weight in weights.values() if weight > 0)
    return sum(weight * features[name] for name, weight in weights.items()) / highest


def interleave(rankings: Sequence[Sequence[Candidate]]) -> tuple[Candidate, ...]:
    """Several rankings as one: the best of each, then the second best of each, every sentence once."""
    merged: dict[tuple[str, int], Candidate] = {}
    for candidate in filter(None, chain.from_iterable(zip_longest(*rankings))):
        merged.setdefault(candidate.key, candidate)
    return tuple(merged.values())
