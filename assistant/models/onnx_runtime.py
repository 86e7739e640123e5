"""What the bundled models share: ONNX Runtime on the CPU, one thread a batch, over weights that are checked."""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from assistant.models.weight_files import verify
from assistant.models.word_pieces import WordPieces, load_word_pieces

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types


class LoadedModel(NamedTuple):
    """A model that is ready to run, with its word pieces."""

    word_pieces: WordPieces
    session: "InferenceSession"


class BundledModel:
    """One bundled model, loaded at first use; may be used from many threads.

    Args:
        folder: of the weights.
        file: name of the model's own file; the word pieces are shared.
    """

    def __init__(self, folder: Path, file: str) -> None:
        self._folder = folder
        self._file = file
        self._lock = Lock()
        self._model: LoadedModel | None = None

    def model(self) -> LoadedModel:
        """The model, which is loaded now unless it has been.

        Raises:
            WeightsError: a file is missing or damaged.
        """
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def preload(self) -> None:
        """Starts loading in the background; an error there is raised by the first use."""
        Thread(target=self._load_quietly, name=self._file).start()  # no daemon: killed inside its C++, it would crash

    def _load_quietly(self) -> None:
        with suppress(Exception):
            self.model()

    def _load(self) -> LoadedModel:
        verify(self._folder / self._file)
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # since 1.29 ONNX Runtime reports to its maker by default
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # whole batches run side by side: nothing to wait for within one
        session = onnxruntime.InferenceSession(
            self._folder / self._file,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # on a CPU the fused operator is slower than its two parts
        )
        with _WORD_PIECES_LOCK:
            return LoadedModel(_word_pieces(self._folder), session)


_WORD_PIECES_LOCK = Lock()


@cache
def _word_pieces(folder: Path) -> WordPieces:
    """The models' common word pieces, which take a quarter of a second to load."""
    for name in ("tokenizer.json", "words.npy"):
        verify(folder / name)
    return load_word_pieces(folder)


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches_by_length(lengths: list[int], budget: int) -> Iterator[list[int]]:
    """Batches of row numbers, the longest texts first, so that texts of like length share a batch.

    Args:
        lengths: of the texts, in model tokens.
        budget: model tokens of a batch, padding included; a batch has at least one row all the same.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    while order:
        count = max(1, budget // lengths[order[0]])
        yield order[:count]
        order = order[count:]
