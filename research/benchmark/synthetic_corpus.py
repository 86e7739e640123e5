"""Documents without end from a small data set, and their vectors: real text, with other names and figures each time.

The vectors of the data's own sentences are computed once and kept; a sentence that differs by its names and figures
gets that of its original, moved a little, so that no two are alike.
"""

import hashlib
import json
import random
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.evaluation.datasets import load_dataset
from assistant.models.minilm import MiniLMEmbedder, Vectors
from assistant.segmentation.chunks import ChunkInput
from assistant.settings import load_settings

_CHANGED = 0.01  # of the documents, before the index is brought in line again
_MOVED = 0.1  # length of what is added to the vector of a changed sentence
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_FIGURES = re.compile(r"\d+")


class Kept(MiniLMEmbedder):
    """The bundled embedder, whose vectors of sentences are computed once and looked up by what doesn't change."""

    def __init__(self, work: Path) -> None:
        super().__init__()
        self._rows: dict[str, int] = json.loads((work / "rows.json").read_text("utf-8"))
        self._vectors: Vectors = np.load(work / "vectors.npy", mmap_mode="r")

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences, each moved by a little of its own."""
        texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
        made = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            own = np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)
            made[row] = self._vectors[self._rows.get(_key(text), 0)] + own * (_MOVED / np.linalg.norm(own))
        moved: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
        return moved


def embedded(data: Path, work: Path) -> float:
    """Computes the vectors of the data's sentences, once; the sentences a second that this takes or took."""
    if not (work / "rate.json").exists():
        home = work / "embedded"
        shutil.rmtree(home, ignore_errors=True)
        load_dataset(data).write(home / "documents")
        seen: list[tuple[str, Vectors]] = []
        taken = [0.0]

        class Keeping(MiniLMEmbedder):
            def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
                begun = time.perf_counter()
                vectors = super().embed_chunks(chunks)
                taken[0] += time.perf_counter() - begun
                texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
                seen.extend((_key(text), vector) for text, vector in zip(texts, vectors, strict=True))
                return vectors

        with Assistant(load_settings(home=home / "home", chroma_url=None), Keeping()) as assistant:
            assistant.index([home / "documents"])
        np.save(work / "vectors.npy", np.array([vector for _, vector in seen]))
        (work / "rows.json").write_text(json.dumps({key: row for row, (key, _) in enumerate(seen)}), encoding="utf-8")
        (work / "rate.json").write_text(json.dumps(len(seen) / taken[0]), encoding="utf-8")
        shutil.rmtree(home)
    rate: float = json.loads((work / "rate.json").read_text("utf-8"))
    return rate


def _key(text: str) -> str:
    """What of a sentence stays when its names and figures are changed."""
    return _FIGURES.sub("0", _NAMES.sub("X", text))


def written(data: Path, folder: Path, count: int) -> tuple[int, int]:
    """Writes documents of about so many sentences; how many documents and sentences there are."""
    noted = folder / "counts.json"
    if not noted.exists():
        shutil.rmtree(folder, ignore_errors=True)
        documents = sentences = 0
        for name, text, number in _texts(data):
            if sentences >= count:
                break
            place = folder / "documents" / f"{documents // 1000:04d}"
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
            documents, sentences = documents + 1, sentences + number
        noted.write_text(json.dumps([documents, sentences]), encoding="utf-8")
    documents, sentences = json.loads(noted.read_text("utf-8"))
    return documents, sentences


def _texts(data: Path) -> Iterator[tuple[str, str, int]]:
    """Names, texts and numbers of sentences of the data's documents, without end, each time changed otherwise."""
    originals = [(key, at.title, at.sentences) for key, at in load_dataset(data).documents.items()]
    pool = sorted({name for *_, told in originals for sentence in told for name in _NAMES.findall(sentence)})
    round_ = 0
    while True:
        rng = random.Random(round_)  # noqa: S311 — reproducible on purpose
        other = dict(zip(pool, rng.sample(pool, len(pool)), strict=True)) if round_ else {}
        for key, title, told in originals:
            body = " ".join(told)
            body = _otherwise(body, other, round_) if round_ else body
            heading = f"{title} {round_}" if round_ else title
            yield f"{round_:03d}-{re.sub(r'[^0-9A-Za-z-]', '_', key)}.md", f"# {heading}\n\n{body}\n", len(told)
        round_ += 1


def _otherwise(text: str, names: Mapping[str, str], round_: int) -> str:
    named = _NAMES.sub(lambda hit: names[hit[0]], text)
    return _FIGURES.sub(lambda hit: str((int(hit[0]) * 7 + round_) % 10 ** len(hit[0])), named)


def change(folder: Path) -> None:
    """Changes the figures of one document in a hundred."""
    files = sorted(folder.rglob("*.md"))
    step = round(1 / _CHANGED)
    for path in files[::step]:
        text = path.read_text("utf-8")
        path.write_text(_FIGURES.sub(lambda hit: str(int(hit[0]) + 1), text), encoding="utf-8")
