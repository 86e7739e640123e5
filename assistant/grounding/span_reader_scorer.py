"""How sure the span reader is that sentences say what a statement says."""

from collections.abc import Callable, Sequence
from functools import partial

from assistant.grounding.evidence import Evidence
from assistant.models.span_reader import SpanReader, heading_text
from assistant.segmentation.chunks import CHUNK_CHARACTERS, ChunkInput

# A statement and its evidence → the log-odds that one of the sentences says it. Raises WeightsError.
SpanReaderScorer = Callable[[str, Sequence[Evidence]], float]


def make_span_reader_scorer(span_reader: SpanReader | None) -> SpanReaderScorer | None:
    """The scorer that `assistant.grounding.check.verdict_for` takes; None without a span reader."""
    return partial(_best_log_odds, span_reader) if span_reader else None


def _best_log_odds(span_reader: SpanReader, statement: str, evidence: Sequence[Evidence]) -> float:
    """The highest log-odds of any sentence; they are read in chunks as long as those of documents."""
    chunks = [_chunk_input(sentences) for sentences in _grouped(evidence)]
    return max(reading.log_odds for readings in span_reader.read(statement, chunks) for reading in readings)


def _grouped(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Consecutive sentences with the same context, as many together as fit a chunk."""
    groups: list[list[Evidence]] = []
    for sentence in evidence:
        last = groups[-1] if groups else []
        if last and sentence.context == last[0].context and _joined_length(*last, sentence) <= CHUNK_CHARACTERS:
            last.append(sentence)
        else:
            groups.append([sentence])
    return groups


def _joined_length(*sentences: Evidence) -> int:
    """Characters of the sentences with a space behind each."""
    return sum(len(sentence.text) + 1 for sentence in sentences)


def _chunk_input(sentences: Sequence[Evidence]) -> ChunkInput:
    title, _, headings = sentences[0].context.partition("\n")
    ends = [_joined_length(*sentences[:count]) - 1 for count in range(1, len(sentences) + 1)]
    spans = tuple((end - len(sentence.text), end) for sentence, end in zip(sentences, ends, strict=True))
    return ChunkInput(heading_text(title, headings), " ".join(sentence.text for sentence in sentences), spans)
