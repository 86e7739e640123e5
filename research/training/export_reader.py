"""Writes the trained span reader as ``reader.onnx`` in 8 bits, and measures what the 8 bits cost."""

import hashlib
import logging
from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]  # it ships no types
import torch
from torch import Tensor

from assistant.models.word_pieces import DIMENSION, WordPieces
from research.training.data import TrainingData
from research.training.encoder import export_onnx, quantise
from research.training.encoding import ChunkEncoder
from research.training.network import Network
from research.training.validation import validate

log = logging.getLogger(__name__)

_INPUTS = ("words", "match", "attention_mask", "token_type_ids")


class ExportedNetwork(Network):
    """An exported file in the network's place, for `validate`: it takes whole rows, so its states are word vectors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def text_states(self, words: Tensor, mask: Tensor) -> Tensor:
        """The word vectors themselves in place of states."""
        del mask
        return words

    def joint_logits(self, states: Tensor, mask: Tensor, types: Tensor, match: Tensor) -> Tensor:
        """The file's logits for the tokens."""
        feed = dict(zip(_INPUTS, (tensor.numpy() for tensor in (states, match, mask, types)), strict=True))
        return torch.from_numpy(self._session.run(["logits"], feed)[0])


def export_and_validate(
    data: TrainingData, network: Network, word_pieces: WordPieces, out: Path
) -> dict[str, dict[str, float]]:
    """Writes the network as ``float32.onnx`` and ``reader.onnx``, and validates both.

    Returns:
        The metrics of `validate` by the file's name.
    """
    tokens, types = torch.ones(2, 7, dtype=torch.int64), torch.tensor([[0, 0, 0, 1, 1, 1, 1]] * 2)
    example = (torch.zeros(2, 7, DIMENSION), tokens.float(), tokens, types)
    export_onnx(network.cpu().eval(), example, out / "float32.onnx", _INPUTS, "logits")
    quantise(out / "float32.onnx", out / "reader.onnx")
    metrics = {}
    for name in ("float32.onnx", "reader.onnx"):
        content = (out / name).read_bytes()
        log.info("%s  %s  %d bytes", hashlib.sha256(content).hexdigest(), name, len(content))
        exported = ExportedNetwork(out / name)
        encoder = ChunkEncoder(data, word_pieces, exported, exact=True)
        metrics[name] = validate(exported, encoder, data)
        log.info("%s", metrics[name])
    return metrics
