"""What the bundled models share: weights that are checked by their hash, and ONNX Runtime on the CPU, in batches."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import WeightsError
from assistant.shortages import describe_shortage

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

WEIGHTS_FOLDER = Path(__file__).resolve().parent / "weights"
WEIGHT_HASHES = {
    "minilm.onnx": "a223ec4f30559fdf04e3dc3201f8b78db2f5c1cc514d5079a666aa925e88bd21",
    "reader.onnx": "57ef7401c7e6758dbf9a4c480c7c5f94a4c27650b5bb4279c78404e328739274",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_ADVICE = "Install the package again."


class LoadedModel(NamedTuple):
    """A model that is ready to run, with its tokenizer, which neither pads nor truncates."""

    tokenizer: "Tokenizer"
    session: "InferenceSession"


class BundledModel:
    """One bundled model, loaded at first use; may be used from many threads.

    Args:
        folder: of the weights.
        file: name of the model's own file; the tokenizer is shared.
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
        _verify(self._folder / self._file)
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
        with _TOKENIZER_LOCK:
            return LoadedModel(_tokenizer(self._folder), session)


_TOKENIZER_LOCK = Lock()


@cache
def _tokenizer(folder: Path) -> "Tokenizer":
    """The models' common tokenizer, which takes a tenth of a second to load; it neither pads nor truncates."""
    _verify(folder / "tokenizer.json")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _verify(path: Path) -> None:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = f": {shortage}" if (shortage := describe_shortage(error)) else f" ({error.strerror}). {_ADVICE}"
        raise WeightsError(f"The model file {path} can't be read{reason}") from None
    if sha256 != WEIGHT_HASHES[path.name]:
        raise WeightsError(f"The model file {path} is damaged: its SHA-256 is {sha256}. {_ADVICE}")


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


def replace_surrogates(text: str) -> str:
    """The text with its lone surrogates replaced, which neither a tokenizer nor JSON accepts."""
    return text.encode("utf-8", "replace").decode("utf-8")
