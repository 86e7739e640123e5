"""Any number of documents from a small data set, with vectors: real text, with other names and figures each time.

The vectors of the data set's own sentences are computed once and cached; a sentence that differs from one of them in
its names and figures gets the vector of its original, moved a little, so that no two are equal.
"""

import hashlib
import json
import random
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.evaluation.datasets import load_dataset
from assistant.models.e5 import E5Embedder, Vectors
from assistant.segmentation.chunks import ChunkInput
from assistant.settings import load_settings

_CHANGED_EVERY = 100  # one document of so many is changed
_MOVED_LENGTH = 0.1  # of what is added to the vector of a changed sentence
_DOCUMENTS_PER_FOLDER = 1000
_NAME = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class CorpusSize:
    """How much was written."""

    documents: int
    sentences: int


class CachedEmbedder(E5Embedder):
    """The bundled embedder with cached vectors, which it finds by what names and figures leave of a sentence.

    Args:
        work: the folder into which `cache_vectors` has written.
    """

    def __init__(self, work: Path) -> None:
        super().__init__()
        self._rows: dict[str, int] = json.loads((work / "rows.json").read_text("utf-8"))
        self._vectors: Vectors = np.load(work / "vectors.npy", mmap_mode="r")

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences, each moved a little in a direction of its own."""
        texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            move = np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)
            original = self._vectors[self._rows.get(_template(text), 0)]
            vectors[row] = original + move * (_MOVED_LENGTH / np.linalg.norm(move))
        unit_vectors: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit_vectors


class _RecordingEmbedder(E5Embedder):
    """The bundled embedder; keeps the vectors that it returns and the seconds that it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors: list[tuple[str, Vectors]] = []  # by the template of the sentence
        self.seconds = 0.0

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        started = time.perf_counter()
        vectors = super().embed_chunks(chunks)
        self.seconds += time.perf_counter() - started
        texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
        self.vectors.extend((_template(text), vector) for text, vector in zip(texts, vectors, strict=True))
        return vectors


def cache_vectors(data: Path, work: Path) -> float:
    """Computes the vectors of a data set's sentences, unless the folder ``work`` has them.

    Returns:
        The sentences that are or were embedded in a second.
    """
    if not (work / "rate.json").exists():
        temporary = work / "embedded"
        shutil.rmtree(temporary, ignore_errors=True)
        load_dataset(data).write(temporary / "documents")
        embedder = _RecordingEmbedder()
        with Assistant(load_settings(home=temporary / "home", chroma_url=None), embedder) as assistant:
            assistant.index([temporary / "documents"])
        np.save(work / "vectors.npy", np.array([vector for _, vector in embedder.vectors]))
        rows = {template: row for row, (template, _) in enumerate(embedder.vectors)}
        (work / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        rate = len(embedder.vectors) / embedder.seconds
        (work / "rate.json").write_text(json.dumps(rate), encoding="utf-8")
        shutil.rmtree(temporary)
    saved_rate: float = json.loads((work / "rate.json").read_text("utf-8"))
    return saved_rate


def _template(text: str) -> str:
    """A sentence without its names and figures."""
    return _DIGITS.sub("0", _NAME.sub("X", text))


def write_corpus(data: Path, folder: Path, count: int) -> CorpusSize:
    """Writes documents of about ``count`` sentences into ``folder/documents``, unless they are there."""
    counts_file = folder / "counts.json"
    if not counts_file.exists():
        shutil.rmtree(folder, ignore_errors=True)
        documents = sentences = 0
        for name, text, sentence_count in _endless_documents(data):
            if sentences >= count:
                break
            subfolder = folder / "documents" / f"{documents // _DOCUMENTS_PER_FOLDER:04d}"
            subfolder.mkdir(parents=True, exist_ok=True)
            (subfolder / name).write_text(text, encoding="utf-8")
            documents, sentences = documents + 1, sentences + sentence_count
        counts_file.write_text(json.dumps([documents, sentences]), encoding="utf-8")
    documents, sentences = json.loads(counts_file.read_text("utf-8"))
    return CorpusSize(documents, sentences)


def _endless_documents(data: Path) -> Iterator[tuple[str, str, int]]:
    """The data set's documents again and again, changed each time: file name, text, and number of sentences."""
    documents = load_dataset(data).documents
    names = sorted({
        name for document in documents.values() for sentence in document.sentences for name in _NAME.findall(sentence)
    })  # fmt: skip
    round_ = 0
    while True:
        rng = random.Random(round_)  # noqa: S311 — reproducible on purpose
        new_names = dict(zip(names, rng.sample(names, len(names)), strict=True)) if round_ else {}
        for id_, document in documents.items():
            original = " ".join(document.sentences)
            body = _with_other_names_and_figures(original, new_names, round_) if round_ else original
            heading = f"{document.title} {round_}" if round_ else document.title
            file_name = f"{round_:03d}-{re.sub(r'[^0-9A-Za-z-]', '_', id_)}.md"
            yield file_name, f"# {heading}\n\n{body}\n", len(document.sentences)
        round_ += 1


def _with_other_names_and_figures(text: str, names: Mapping[str, str], round_: int) -> str:
    renamed = _NAME.sub(lambda match: names[match[0]], text)
    return _DIGITS.sub(lambda match: str((int(match[0]) * 7 + round_) % 10 ** len(match[0])), renamed)


def change_one_in_hundred(folder: Path) -> None:
    """Changes the figures in one document of a hundred."""
    for path in sorted(folder.rglob("*.md"))[::_CHANGED_EVERY]:
        path.write_text(with_next_figures(path.read_text("utf-8")), encoding="utf-8")


def with_next_figures(text: str) -> str:
    """A text with each whole number in it raised by one."""
    return _DIGITS.sub(lambda match: str(int(match[0]) + 1), text)
