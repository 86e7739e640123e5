"""The bundled span reader: which sentence of a chunk answers a question, with which words, and how sure that is.

A small extractive question-answering model in 8 bits through ONNX Runtime, on the CPU: the encoder of
multilingual-e5-small, trained by `research.training` to mark the answer's span or to say that there is none.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assistant.models.onnx_runtime import BundledModel, LoadedModel, available_cores, batches_by_length
from assistant.models.weight_files import WEIGHT_HASHES, WEIGHTS_FOLDER
from assistant.models.word_pieces import FIRST_WORD_ID, Pieces
from assistant.segmentation.chunks import ChunkInput

Logits = NDArray[np.float32]

MAX_SPAN_TOKENS = 30  # model tokens of an answer: 98% of those it was trained on are no longer
_MAX_QUESTION_TOKENS, _MAX_CHUNK_TOKENS = 40, 320
_MAX_TITLE_CHARS = 120  # of a title, and of the headings below it: what is longer says no more
_BATCH_TOKENS = 256  # of a batch with its padding, the fastest measured (PROVENANCE.md)
_UNREAD_LOG_ODDS = -30.0  # of a sentence that wasn't read: lower than of any that was


@dataclass(frozen=True, slots=True)
class SpanReading:
    """What the span reader says of one sentence."""

    log_odds: float  # that it answers, rather than nothing in its chunk does; above 0 it more likely answers
    start: int  # of the best answer in it: offsets in the chunk's text
    end: int
    span_share: float  # how much of the sentence's chance lies on just this answer, 0 to 1


def heading_text(title: str, context: str) -> str:
    """The heading that a chunk is read under: its title, then its headings where they don't repeat the title.

    Args:
        title: of the document.
        context: headings above the chunk, the nearest last.
    """
    title, context = (" ".join(part.replace("_", " ").split()) for part in (title, context))
    below = context.removeprefix(title).lstrip(" >.:/|-") if title else context
    return "".join(f"{part}. " for part in (title[:_MAX_TITLE_CHARS], below[-_MAX_TITLE_CHARS:]) if part)


class SpanReader:
    """Reads chunks for the answer to a question, or for what supports a statement. English.

    Loaded at first use; may be used from many threads. Activations are quantised by the batch, so the log-odds depend
    a little on the chunks that are read together.

    Args:
        threads: batches that run at a time; 0 means one for each core that this process may use.
        folder: of the model's two files.
    """

    name = f"reader@{WEIGHT_HASHES['reader.onnx'][:8]}"

    def __init__(self, threads: int = 0, folder: Path = WEIGHTS_FOLDER) -> None:
        self._threads = threads or available_cores()
        self._weights = BundledModel(folder, "reader.onnx")

    def read(self, question: str, chunks: Sequence[ChunkInput]) -> list[tuple[SpanReading, ...]]:
        """Reads each chunk for the question, by itself.

        Args:
            question: in words; or a statement.
            chunks: each under its heading, as `heading_text` makes it.

        Returns:
            For each chunk the readings of its sentences, in their order. A sentence that lies wholly beyond the 320th
            model token of its chunk has the lowest log-odds and an empty answer.

        Raises:
            WeightsError: a model file is missing or damaged.
        """
        model = self._weights.model()
        split_question, *split_chunks = model.word_pieces.split(
            [question, *(chunk.heading + chunk.text for chunk in chunks)]
        )
        question_ids = split_question.cut(_MAX_QUESTION_TOKENS).ids
        lengths = [len(question_ids) + min(len(pieces), _MAX_CHUNK_TOKENS) for pieces in split_chunks]
        batches = list(batches_by_length(lengths, _BATCH_TOKENS))
        readings: list[tuple[SpanReading, ...]] = [()] * len(chunks)
        with ThreadPoolExecutor(self._threads) as pool:
            run = partial(_run, model, question_ids)
            outputs = pool.map(run, [[split_chunks[row] for row in batch] for batch in batches])
            for batch, batch_logits in zip(batches, outputs, strict=True):
                for row, logits in zip(batch, batch_logits, strict=True):
                    no_answer, chunk_logits = float(logits[0, 3]), logits[len(question_ids) :]
                    readings[row] = tuple(_readings(chunks[row], split_chunks[row], chunk_logits, no_answer))
        return readings

    def preload(self) -> None:
        """Starts loading in the background; an error there is raised by the first use."""
        self._weights.preload()


def _run(model: LoadedModel, question_ids: list[int], batch: Sequence[Pieces]) -> Logits:
    """The logits of a batch, (chunks, pieces, 4); the last axis is start, end, sentence, no answer."""
    question_length = len(question_ids)
    lengths = [question_length + min(len(pieces), _MAX_CHUNK_TOKENS) for pieces in batch]
    ids = np.zeros((len(batch), max(lengths)), np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    ids[:, :question_length] = question_ids
    for row, (pieces, length) in enumerate(zip(batch, lengths, strict=True)):
        ids[row, question_length:length] = pieces.ids[:_MAX_CHUNK_TOKENS]
        mask[row, :length] = 1
        types[row, question_length:length] = 1
    feed = {
        "words": model.word_pieces.vectors(ids),
        "match": _matches(ids, types),
        "attention_mask": mask,
        "token_type_ids": types,
    }
    return cast("Logits", model.session.run(["logits"], feed)[0])


def _matches(ids: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.float32]:
    """1 where the other side, question or chunk, has the word piece too, else 0; the ids' shape."""
    same = (ids[:, :, None] == ids[:, None, :]) & (types[:, :, None] != types[:, None, :])
    matches: NDArray[np.float32] = (same.any(2) & (ids >= FIRST_WORD_ID)).astype(np.float32)
    return matches


def _readings(chunk: ChunkInput, pieces: Pieces, logits: Logits, no_answer: float) -> Iterator[SpanReading]:
    """The readings of a chunk's sentences: the log of the summed odds of all spans in it, and the likeliest span.

    Args:
        chunk: with its sentences.
        pieces: of heading and text.
        logits: of the pieces, (pieces, 4).
        no_answer: the logit that nothing in the chunk answers.
    """
    heading_length = len(chunk.heading)
    is_whole = len(pieces) <= _MAX_CHUNK_TOKENS
    # Without the marks of beginning and end; the latter is there only where nothing was cut.
    offsets = pieces.spans[1 : min(len(pieces), _MAX_CHUNK_TOKENS) - is_whole]
    starts = [start for start, _ in offsets]
    for span in chunk.spans:
        first, last = (bisect_left(starts, heading_length + offset) for offset in span)
        if first == last:
            yield SpanReading(_UNREAD_LOG_ODDS, span[0], span[0], 0.0)
            continue
        start, end, sentence = logits[1 + first : 1 + last, :3].T.astype(np.float64)
        scores = start[:, None] + end[None, :] + (sentence.mean() - no_answer)
        scores = np.where(_valid_spans(last - first), scores, -np.inf)
        best = int(scores.argmax())
        best_score = scores.flat[best]
        log_odds = float(best_score + np.log(np.exp(scores - best_score).sum()))
        best_first, best_last = divmod(best, last - first)
        yield SpanReading(
            log_odds,
            offsets[first + best_first][0] - heading_length,
            offsets[first + best_last][1] - heading_length,
            float(np.exp(best_score - log_odds)),
        )


def _valid_spans(length: int) -> NDArray[np.bool_]:
    """Which pairs of first and last token are spans that may be answers, (length, length)."""
    distance = np.arange(length)[None, :] - np.arange(length)[:, None]
    valid: NDArray[np.bool_] = (distance >= 0) & (distance < MAX_SPAN_TOKENS)
    return valid
