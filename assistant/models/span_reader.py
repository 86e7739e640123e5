"""The bundled reader: which sentence of a passage answers a question, with which words, and how sure that is.

A small extractive reader in 8 bits through ONNX Runtime, on the CPU: the encoder of all-MiniLM-L6-v2, trained by
`research.training` to mark the answer's span or to say that there is none.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from assistant.models.onnx_runtime import (
    WEIGHT_HASHES,
    WEIGHTS_FOLDER,
    BundledModel,
    available_cores,
    batches_by_length,
    replace_surrogates,
)
from assistant.segmentation.chunks import ChunkInput

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Encoding, Tokenizer

Logits = NDArray[np.float32]

LONGEST = 30  # tokens of an answer: 98% of those it was trained on are no longer
_ASKED, _READ = 40, 320  # tokens of a question, of a passage
_TITLE = 120  # characters of a title and of the headings below it: what is longer says no more
_BUDGET = 256  # padded tokens a batch, the fastest measured (PROVENANCE.md)
_NOTHING = -30.0  # log-odds of a sentence that wasn't read: lower than any that was


@dataclass(frozen=True, slots=True)
class SpanReading:
    """What the reader makes of one sentence."""

    score: float  # log-odds that it answers rather than nothing in its passage; above 0 it more likely does
    start: int  # the best answer in it, in the passage's text
    end: int
    sure: float  # the share of the sentence's chance that lies on just this answer, 0 to 1


def heading_text(title: str, context: str) -> str:
    """What says what a passage is about, as the reader takes it: title, then the headings that don't repeat it."""
    title, context = (" ".join(part.replace("_", " ").split()) for part in (title, context))
    below = context.removeprefix(title).lstrip(" >.:/|-") if title else context
    return "".join(f"{part}. " for part in (title[:_TITLE], below[-_TITLE:]) if part)


class SpanReader:
    """Reads passages for the answer to a question, or for what carries a statement. English.

    Loaded at first use; may be used from many threads. Activations are quantised by the batch, so a score depends
    a little on the passages read with it.

    Args:
        threads: batches at a time; 0 means one for each core this process may use.
        folder: where the model's two files lie.
    """

    name = f"reader@{WEIGHT_HASHES['reader.onnx'][:8]}"

    def __init__(self, threads: int = 0, folder: Path = WEIGHTS_FOLDER) -> None:
        self._threads = threads or available_cores()
        self._weights = BundledModel(folder, "reader.onnx")

    def read(self, question: str, chunks: Sequence[ChunkInput]) -> list[tuple[SpanReading, ...]]:
        """Reads each passage for the question, by itself.

        Args:
            question: in words.
            chunks: each under its ``headed`` title and headings.

        Returns:
            For each passage what is made of its spans, in their order. A sentence that lies wholly beyond the
            320th token of its passage has the lowest score and an empty answer.

        Raises:
            WeightsError: a model file is missing or damaged.
        """
        model = self._weights.model()
        asked = _asked(model.tokenizer, question)
        coded = model.tokenizer.encode_batch([replace_surrogates(each.heading + each.text) for each in chunks])
        found: list[tuple[SpanReading, ...]] = [()] * len(chunks)
        made = list(batches_by_length([len(asked) + min(len(code), _READ) for code in coded], _BUDGET))
        with ThreadPoolExecutor(self._threads) as pool:
            run = partial(_run, model.session, asked)
            read = pool.map(run, [[coded[row] for row in rows] for rows in made])
            for rows, logits in zip(made, read, strict=True):
                for row, each in zip(rows, logits, strict=True):
                    found[row] = tuple(_readings(chunks[row], coded[row], each[len(asked) :], float(each[0, 3])))
        return found

    def prepare(self) -> None:
        """Starts loading in the background; what goes wrong there is raised by the first use."""
        self._weights.prepare()


def _asked(tokenizer: "Tokenizer", question: str) -> list[int]:
    """The question's tokens, at most 40, the last of them the mark of its end."""
    ids: list[int] = tokenizer.encode(replace_surrogates(question)).ids
    return ids if len(ids) <= _ASKED else [*ids[: _ASKED - 1], ids[-1]]


def _run(session: "InferenceSession", asked: list[int], coded: list["Encoding"]) -> Logits:
    """The logits of some passages (rows, tokens, 4): start, end, sentence, none."""
    lengths = [len(asked) + min(len(code), _READ) for code in coded]
    ids = np.zeros((len(coded), max(lengths)), np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    ids[:, : len(asked)] = asked
    for row, (code, length) in enumerate(zip(coded, lengths, strict=True)):
        ids[row, len(asked) : length] = code.ids[:_READ]
        mask[row, :length] = 1
        types[row, len(asked) : length] = 1
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    return cast("Logits", session.run(["logits"], feed)[0])


def _readings(chunk: ChunkInput, code: "Encoding", logits: Logits, none: float) -> Iterator[SpanReading]:
    """What the logits of a passage's tokens say of each sentence: the log of its spans' summed odds, and the best."""
    shift = len(chunk.heading)
    offsets = code.offsets[1 : min(len(code), _READ) - (len(code) <= _READ)]  # without the marks of begin and end
    starts = [start for start, _ in offsets]
    for span in chunk.spans:
        first, last = (bisect_left(starts, shift + place) for place in span)
        if first == last:
            yield SpanReading(_NOTHING, span[0], span[0], 0.0)
            continue
        begin, end, sentence = logits[1 + first : 1 + last, :3].T.astype(np.float64)
        scores = begin[:, None] + end[None, :] + (sentence.mean() - none)
        scores = np.where(_allowed(last - first), scores, -np.inf)
        best = int(scores.argmax())
        top = scores.flat[best]
        total = float(top + np.log(np.exp(scores - top).sum()))
        a, b = divmod(best, last - first)
        yield SpanReading(
            total, offsets[first + a][0] - shift, offsets[first + b][1] - shift, float(np.exp(top - total))
        )


def _allowed(length: int) -> NDArray[np.bool_]:
    """Which pairs of start and end are spans, (length, length)."""
    ahead = np.arange(length)[None, :] - np.arange(length)[:, None]
    allowed: NDArray[np.bool_] = (ahead >= 0) & (ahead < LONGEST)
    return allowed
