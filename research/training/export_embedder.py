"""Builds the bundled embedder and the word pieces, from the published weights of multilingual-e5-small.

    uv run --group training python -m research.training.export_embedder DATA

Writes ``tokenizer.json``, ``words.npy``, ``embedder.onnx`` and ``centring.npy`` into ``assistant/models/weights`` and
logs their hashes, which belong into `assistant.models.weight_files`. DATA is the folder of the public training sets,
whose questions and passages give the means. ``centring.npy`` has the mean question, the mean passage, and the
directions in which languages differ.
"""

import hashlib
import logging
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
import torch
from numpy.typing import NDArray

from assistant.models.weight_files import WEIGHTS_FOLDER
from assistant.models.word_pieces import DIMENSION, WordPieces, load_word_pieces
from research.command_line import program_parser
from research.training.e5_weights import cut_vocabulary, download_e5, load_encoder, read_published
from research.training.encoder import export_onnx, quantise
from research.training.language_directions import language_directions
from research.training.public_sets import read_paragraphs

log = logging.getLogger(__name__)

_FILES = ("tokenizer.json", "words.npy", "embedder.onnx", "centring.npy")
_MEAN_TEXTS = 2_000  # of each kind
_MAX_PASSAGE_CHARS = 400  # as much as a chunk has


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.training.export_embedder", __doc__)
    parser.add_argument("data", type=Path, help="has one folder for each public data set")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    with tempfile.TemporaryDirectory() as work:
        published = read_published(download_e5(Path(work)))
        tokenizer, words = cut_vocabulary(published)
        tokenizer.save(str(WEIGHTS_FOLDER / "tokenizer.json"), pretty=False)
        np.save(WEIGHTS_FOLDER / "words.npy", words)
        example = (torch.zeros(2, 7, DIMENSION), torch.ones(2, 7, dtype=torch.int64))
        float32 = Path(work, "float32.onnx")
        export_onnx(load_encoder(published), example, float32, ("words", "attention_mask"), "token_embeddings")
        quantise(float32, WEIGHTS_FOLDER / "embedder.onnx")
        embed = partial(_embed, _open_session(), load_word_pieces(WEIGHTS_FOLDER))
        centring = np.concatenate([_means(options.data, embed), language_directions(Path(work), embed)])
    np.save(WEIGHTS_FOLDER / "centring.npy", centring)
    for name in _FILES:
        content = (WEIGHTS_FOLDER / name).read_bytes()
        log.info("%s  %s  %d bytes", hashlib.sha256(content).hexdigest(), name, len(content))
    return 0


def _open_session() -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(WEIGHTS_FOLDER / "embedder.onnx", providers=["CPUExecutionProvider"])


def _embed(
    session: onnxruntime.InferenceSession, word_pieces: WordPieces, prefix: str, texts: Sequence[str]
) -> NDArray[np.float32]:
    """The texts' vectors of unit length, each with the prefix before it."""
    vectors = []
    for pieces in word_pieces.split([f"{prefix}{text}" for text in texts]):
        ids = np.array([pieces.ids])
        feed = {"words": word_pieces.vectors(ids), "attention_mask": np.ones_like(ids)}
        vector = session.run(["token_embeddings"], feed)[0][0].mean(axis=0)
        vectors.append(vector / np.linalg.norm(vector))
    return np.array(vectors, np.float32)


def _means(data: Path, embed: Callable[[str, Sequence[str]], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of the questions' and of the passages' vectors, shape (2, 384)."""
    paragraphs = [paragraph for paragraph in read_paragraphs(data) if paragraph.questions]
    sample = random.Random(0).sample(paragraphs, _MEAN_TEXTS)  # noqa: S311 — reproducible on purpose
    questions = [paragraph.questions[0].text for paragraph in sample]
    passages = [f"{paragraph.title}. {paragraph.text}"[:_MAX_PASSAGE_CHARS] for paragraph in sample]
    return np.stack([embed("query: ", questions).mean(axis=0), embed("passage: ", passages).mean(axis=0)])


if __name__ == "__main__":
    sys.exit(main())
