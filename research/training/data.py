"""The public data sets as questions over chunks, split into training and hold-out by document, with hard negatives.

Chunks are made as the product makes them (`assistant.segmentation.chunks`), so that the span reader is trained on what
it will read: about 400 characters of whole sentences under the document's title.
"""

import hashlib
import pickle
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.models.span_reader import heading_text
from assistant.segmentation.chunks import split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Chunk, Document, Sentence
from research.training.negatives import SearchableChunk, SearchQuestion, find_negatives
from research.training.public_sets import Paragraph, Span, read_paragraphs
from research.training.unanswered_chunks import AnsweringChunk, take_out_answers

_HELD_OUT_SHARES = {"squad2": 0.18, "new_wiki": 0.08}  # of a data set's paragraphs
_OTHER_HELD_OUT_SHARE = 0.04
# Encyclopaedias: hard negatives are looked for in all of them.
_WITH_NEGATIVES = ("squad2", "squad2_train", "new_wiki", "selqa", "nq")

ChunkSpan = tuple[int, int, int]  # a chunk's number, and start and end in its text


@dataclass(frozen=True, slots=True)
class TrainingChunk:
    """A chunk as it is read."""

    heading: str
    text: str
    sentences: tuple[Span, ...]  # in ``text``
    title: str  # of its document, by which training and hold-out are split


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question with the chunks of its own paragraph, and others that may be mistaken for an answer."""

    source: str  # the name of the data set
    is_held_out: bool  # whether it validates
    text: str
    own: tuple[int, ...]  # the chunks of its paragraph
    gold: tuple[ChunkSpan, ...]  # the answers; empty where there is none
    whole_sentences: bool  # whether the gold spans are sentences, not answers
    answers: tuple[str, ...] = ()
    near: tuple[int, ...] = ()  # chunks of the same document that don't answer, the most similar first
    far: tuple[int, ...] = ()  # the same of other documents
    without: int | None = None  # the chunk that answers without the sentence that does


@dataclass
class TrainingData:
    """All chunks and questions."""

    chunks: list[TrainingChunk] = field(default_factory=list)
    questions: list[TrainingQuestion] = field(default_factory=list)


def load_training_data(folder: Path, cache: Path, seed: int = 0) -> TrainingData:
    """The questions and chunks of the public data sets, made once and then read from the cache.

    Args:
        folder: has one folder for each data set.
        cache: a file that is written where it is missing.
        seed: chooses the documents that are held out.
    """
    if cache.is_file():
        data: TrainingData = pickle.loads(cache.read_bytes())  # noqa: S301 — written by this function
        return data
    data = _split_paragraphs(list(read_paragraphs(folder)), seed)
    _add_negatives(data)
    _add_chunks_without_answers(data, seed)
    cache.write_bytes(pickle.dumps(data))
    return data


def _split_paragraphs(paragraphs: Sequence[Paragraph], seed: int) -> TrainingData:
    """The paragraphs' chunks, and the questions whose answers lie in these."""
    data = TrainingData()
    held_out = held_out_documents(paragraphs, seed)
    for paragraph in paragraphs:
        document = Document("", "", "", paragraph.text, "text")
        sentence_spans = paragraph.sentences or [
            (sentence.start, sentence.end) for sentence in split_sentences(document)
        ]
        unchunked = [
            Sentence("", number, start, end, paragraph.text[start:end])
            for number, (start, end) in enumerate(sentence_spans)
            if start < end
        ]
        if not unchunked:
            continue
        sentences, chunks = split_chunks(document, unchunked)
        first_number = len(data.chunks)
        heading = heading_text(paragraph.title, "") if paragraph.has_telling_title else ""
        for chunk in chunks:
            data.chunks.append(TrainingChunk(heading, chunk.text, _spans_within(chunk, sentences), paragraph.title))
        for question in paragraph.questions:
            gold = tuple(_spans_in_chunks(question.spans, chunks, first_number))
            if gold or not question.spans:
                own = tuple(range(first_number, len(data.chunks)))
                is_held_out = (paragraph.source, paragraph.title) in held_out
                data.questions.append(
                    TrainingQuestion(
                        paragraph.source,
                        is_held_out,
                        question.text,
                        own,
                        gold,
                        paragraph.whole_sentences,
                        question.answers,
                    )
                )
    return data


def _add_chunks_without_answers(data: TrainingData, seed: int) -> None:
    """Makes chunks that no longer answer for the questions that train and whose answer is a span."""
    rng = random.Random(seed)  # noqa: S311 — reproducible on purpose
    for position, question in enumerate(data.questions):
        if question.is_held_out or not question.gold or question.whole_sentences:
            continue
        number = question.gold[0][0]
        chunk = data.chunks[number]
        gold = tuple((start, end) for gold_number, start, end in question.gold if gold_number == number)
        answering = AnsweringChunk(chunk.text, chunk.sentences, gold, question.answers, question.text)
        left = take_out_answers(answering, rng)
        if left:
            data.questions[position] = replace(question, without=len(data.chunks))
            data.chunks.append(TrainingChunk(chunk.heading, *left, chunk.title))


def _spans_within(chunk: Chunk, sentences: Sequence[Sentence]) -> tuple[Span, ...]:
    """The spans of a chunk's sentences in the chunk's text."""
    return tuple(
        (sentence.start - chunk.start, sentence.end - chunk.start)
        for sentence in sentences[chunk.first :]
        if sentence.number <= chunk.last
    )


def held_out_documents(paragraphs: Sequence[Paragraph], seed: int = 0) -> set[tuple[str, str]]:
    """The documents that validate, by data set and title: the first by a hash, up to the data set's share."""
    sizes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for paragraph in paragraphs:
        sizes[paragraph.source][paragraph.title] += 1
    held_out = set()
    for source, sizes_by_title in sizes.items():
        missing = _HELD_OUT_SHARES.get(source, _OTHER_HELD_OUT_SHARE) * sum(sizes_by_title.values())
        for title in sorted(sizes_by_title, key=lambda title: hashlib.sha256(f"{seed} {title}".encode()).digest()):
            if missing <= 0:
                break
            held_out.add((source, title))
            missing -= sizes_by_title[title]
    return held_out


def _spans_in_chunks(spans: Iterable[Span], chunks: Sequence[Chunk], first_number: int) -> Iterator[ChunkSpan]:
    """The spans by the chunks in which they begin; one that ends in the next chunk is cut."""
    for start, end in spans:
        for number, chunk in enumerate(chunks, first_number):
            if chunk.start <= start < chunk.end:
                yield number, start - chunk.start, min(end, chunk.end) - chunk.start


def _add_negatives(data: TrainingData) -> None:
    """Gives the questions of the encyclopaedias their hard negatives."""
    positions = [position for position, question in enumerate(data.questions) if question.source in _WITH_NEGATIVES]
    numbers = sorted({number for position in positions for number in data.questions[position].own})
    held_out_titles = {
        data.chunks[number].title
        for position in positions
        if data.questions[position].is_held_out
        for number in data.questions[position].own
    }
    chunks = [
        SearchableChunk(
            number,
            data.chunks[number].heading,
            data.chunks[number].text,
            data.chunks[number].title,
            data.chunks[number].title in held_out_titles,
        )
        for number in numbers
    ]
    questions = [
        SearchQuestion(
            question.text,
            data.chunks[question.own[0]].title,
            question.is_held_out,
            question.own,
            frozenset(number for number, _, _ in question.gold),
            question.answers,
        )
        for question in (data.questions[position] for position in positions)
    ]
    for position, negatives in zip(positions, find_negatives(chunks, questions), strict=True):
        data.questions[position] = replace(
            data.questions[position], own=negatives.own, near=negatives.near, far=negatives.far
        )
