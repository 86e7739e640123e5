"""How sure the span reader is that sentences say what a statement says."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

from assistant.grounding.evidence import Evidence
from assistant.models.span_reader import SpanReader, heading_text
from assistant.segmentation.chunks import CHUNK_CHARACTERS, ChunkInput

_MAX_READ_CHARS = 4_000  # of a statement: the 40 model tokens of it that are read have no more

# A statement and its evidence → the log-odds that one of the sentences says it. Raises WeightsError.
SpanReaderScorer = Callable[[str, Sequence[Evidence]], float]


def make_span_reader_scorer(span_reader: SpanReader | None) -> SpanReaderScorer | None:
    """The scorer that `assistant.grounding.check.verdict_for` takes; None without a span reader."""
    return partial(_best_log_odds, span_reader) if span_reader else None


def _best_log_odds(span_reader: SpanReader, statement: str, evidence: Sequence[Evidence]) -> float:
    """The highest log-odds of any sentence; they are read in chunks as long as those of documents."""
    chunks = [_chunk_input(sentences) for sentences in _grouped(evidence)]
    readings_by_chunk = span_reader.read(statement[:_MAX_READ_CHARS], chunks)
    return max(reading.log_odds for readings in readings_by_chunk for reading in readings)


def _grouped(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Consecutive sentences with the same context, as many together as fit a chunk."""
    groups: list[list[Evidence]] = []
    length = 0  # of the last group, with a space behind each sentence
    for sentence in evidence:
        last = groups[-1] if groups else []
        length += len(sentence.text) + 1
        if last and sentence.context == last[0].context and length <= CHUNK_CHARACTERS:
            last.append(sentence)
        else:
            groups.append([sentence])
            length = len(sentence.text) + 1
    return groups


def _chunk_input(sentences: Sequence[Evidence]) -> ChunkInput:
    title, _, headings = sentences[0].context.partition("\n")
    ends = [end - 1 for end in accumulate(len(sentence.text) + 1 for sentence in sentences)]
    spans = tuple((end - len(sentence.text), end) for sentence, end in zip(sentences, ends, strict=True))
    return ChunkInput(heading_text(title, headings), " ".join(sentence.text for sentence in sentences), spans)
