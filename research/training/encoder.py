"""BERT's encoder in float32, and its graph in 8 bits: what the embedder and the reader are made of."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import torch
from onnxruntime.quantization import quantize_dynamic  # type: ignore[import-untyped]  # it ships no types
from onnxruntime.quantization.quant_utils import QuantType  # type: ignore[import-untyped]
from torch import Tensor, nn

HIDDEN, HEADS, INNER, POSITIONS = 384, 12, 1536, 512
MASKED_LOGIT = -1e4  # the logit of what is impossible


class Layer(nn.Module):
    """One encoder layer of BERT (Devlin et al. 2018, arXiv:1810.04805) with the norm after each part."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.merge = nn.Linear(HIDDEN, HIDDEN)
        self.merge_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.widen = nn.Linear(HIDDEN, INNER)
        self.narrow = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, sequence, 384) → the same; the mask is added to the attention scores."""
        batch, length, _ = x.shape

        def split_heads(projected: Tensor) -> Tensor:
            return projected.view(batch, length, HEADS, HIDDEN // HEADS).transpose(1, 2)

        scores = split_heads(self.query(x)) @ split_heads(self.key(x)).transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5
        mixed = (scores + mask).softmax(-1) @ split_heads(self.value(x))
        x = self.merge_norm(self.merge(mixed.transpose(1, 2).reshape(batch, length, HIDDEN)) + x)
        return cast("Tensor", self.norm(self.narrow(nn.functional.gelu(self.widen(x))) + x))


class Encoder(nn.Module):
    """The encoder over word vectors.

    Args:
        layers: how many.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.types = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def first_states(self, words: Tensor, positions: Tensor) -> Tensor:
        """The input of the first layer, (batch, sequence, 384), from word vectors of that shape and their positions."""
        return cast("Tensor", self.norm(words + self.positions(positions) + self.types.weight[0]))

    def forward(self, words: Tensor, attention_mask: Tensor) -> Tensor:
        """Word vectors (batch, sequence, 384) and a mask of int64 → the last hidden states, (batch, sequence, 384)."""
        x = self.first_states(words, torch.arange(words.shape[1])[None, :])
        mask = padding_mask(attention_mask, x)
        for layer in self.layers:
            x = layer(x, mask)
        return x


def padding_mask(mask: Tensor, like: Tensor) -> Tensor:
    """What is added to attention scores: 0 where there is a token, else the logit of what is impossible."""
    return (1.0 - mask.to(like.dtype)[:, None, None, :]) * MASKED_LOGIT


def export_onnx(
    model: nn.Module, example: Iterable[Tensor], target: Path, inputs: tuple[str, ...], output: str
) -> None:
    """Writes the float32 graph, for batches and sequences of any size."""
    torch.onnx.export(
        model, tuple(example), str(target), opset_version=17, dynamo=False, input_names=list(inputs),
        output_names=[output], dynamic_axes={name: {0: "batch", 1: "sequence"} for name in (*inputs, output)},
    )  # fmt: skip


def quantise(source: Path, target: Path) -> None:
    """Quantises the weights to 8 bits; activations are quantised at run time (onnxruntime's dynamic quantisation).

    One scale a channel keeps most of the model. The reduced range is safe on processors whose sums of products of
    8-bit weights could overflow 16 bits (PROVENANCE.md).
    """
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
