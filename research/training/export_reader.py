"""Writes the trained span reader as ``reader.onnx`` in 8 bits, and measures what the 8 bits cost."""

import hashlib
import logging
from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]  # it ships no types
import torch
from tokenizers import Tokenizer
from torch import Tensor

from research.training.data import TrainingData
from research.training.encoding import ChunkEncoder
from research.training.export_minilm import quantise
from research.training.network import Network
from research.training.validation import validate

log = logging.getLogger(__name__)

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class ExportedNetwork(Network):
    """An exported file in the network's place, for `validate`: it takes whole rows, so its states are the tokens."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def text_states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The tokens themselves in place of states."""
        del mask
        return ids[:, :, None].float()

    def joint_logits(self, states: Tensor, mask: Tensor, types: Tensor, match: Tensor) -> Tensor:
        """The file's logits for the tokens."""
        del match
        arrays = (tensor.numpy() for tensor in (states[:, :, 0].long(), mask, types))
        feed = dict(zip(_INPUTS, arrays, strict=True))
        return torch.from_numpy(self._session.run(["logits"], feed)[0])


def export_and_validate(
    data: TrainingData, network: Network, tokenizer: Path, out: Path
) -> dict[str, dict[str, float]]:
    """Writes the network as ``float32.onnx`` and ``reader.onnx``, and validates both.

    Returns:
        The metrics of `validate` by the file's name.
    """
    export_onnx(network.cpu().eval(), out / "float32.onnx")
    quantise(out / "float32.onnx", out / "reader.onnx", per_channel=True, reduce_range=True)
    metrics = {}
    for name in ("float32.onnx", "reader.onnx"):
        content = (out / name).read_bytes()
        log.info("%s  %s  %d bytes", hashlib.sha256(content).hexdigest(), name, len(content))
        exported = ExportedNetwork(out / name)
        encoder = ChunkEncoder(data, Tokenizer.from_file(str(tokenizer)), exported, exact=True)
        metrics[name] = validate(exported, encoder, data)
        log.info("%s", metrics[name])
    return metrics


def export_onnx(network: Network, target: Path) -> None:
    """Writes the float32 graph, for batches and sequences of any size."""
    tokens = torch.ones(2, 7, dtype=torch.int64)
    types = torch.tensor([[0, 0, 0, 1, 1, 1, 1]] * 2)
    torch.onnx.export(
        network, (tokens, tokens, types), str(target), opset_version=17, dynamo=False, input_names=list(_INPUTS),
        output_names=["logits"], dynamic_axes={name: {0: "batch", 1: "sequence"} for name in (*_INPUTS, "logits")},
    )  # fmt: skip
