"""What an index costs as it grows: ``python -m assistant.evaluation.scale DATA WORK --sentences 10000 100000``.

DATA is a folder in the evaluation's format (evals/README.md). Its documents are written as files, again and again with
their names and figures changed, until there are so many sentences. The vectors of the first time are computed once and
kept in WORK; a changed sentence gets that of its original, moved a little: so the figures are of reading, splitting and
storing, and what embedding would take is told beside them. Each size is measured in a folder and, with ``--server``, in
a Chroma server that is started for it, always by processes of their own. Questions are the data's, in quotes mode.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from socket import socket
from statistics import median, quantiles
from typing import Any
from urllib.request import urlopen

import numpy as np

from assistant.assistant import Assistant
from assistant.evaluation.datasets import load_dataset
from assistant.evaluation.processes import machine, say
from assistant.minilm import Bundled, Vectors
from assistant.settings import load
from assistant.text.passages import Chunk

_CHANGED = 0.01  # of the documents, before the index is brought in line again
_ASKED = 100  # questions, after one that warms up
_MOVED = 0.1  # length of what is added to the vector of a changed sentence
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_FIGURES = re.compile(r"\d+")
_UP = 60.0  # seconds that a server may take to start


@dataclass(frozen=True, slots=True)
class Figures:
    """What one size cost in one kind of store. Times in seconds, sizes in MiB."""

    store: str
    sentences: int
    documents: int
    index: float
    again: float  # after 1% of the documents has changed
    unchanged: float  # after nothing has
    open: float
    ask_p50: float
    ask_p95: float
    indexing_peak: float
    asking_peak: float
    server_peak: float
    disk: float


class Kept(Bundled):
    """The bundled embedder, whose vectors of sentences are computed once and looked up by what doesn't change."""

    def __init__(self, work: Path) -> None:
        super().__init__()
        self._rows: dict[str, int] = json.loads((work / "rows.json").read_text("utf-8"))
        self._vectors: Vectors = np.load(work / "vectors.npy", mmap_mode="r")

    def embed_chunks(self, chunks: Sequence[Chunk]) -> Vectors:
        """The vectors of the chunks' sentences, each moved by a little of its own."""
        texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
        made = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            own = np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)
            made[row] = self._vectors[self._rows.get(_key(text), 0)] + own * (_MOVED / np.linalg.norm(own))
        moved: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
        return moved


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints a table row for each size and store, and writes all figures to WORK/figures.json."""
    parser = argparse.ArgumentParser(description="Measure what an index costs as it grows.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("work", type=Path, help="folder for everything that is made; what is there is used again")
    parser.add_argument("--sentences", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--server", action="store_true", help="measure in a Chroma server too")
    parser.add_argument("--step", help=argparse.SUPPRESS)  # what a process of its own is started for
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        sys.stdout.write(json.dumps(_STEPS[options.step](options)))
        return 0
    options.work.mkdir(parents=True, exist_ok=True)
    say(machine())
    rate = _embedded(options.data, options.work)
    say(f"Embedding: {rate:.0f} sentences a second. {_HEAD}")
    found = []
    for count in options.sentences:
        documents, sentences = _written(options.data, options.work / f"{count}", count)
        for kind in ("folder", "server") if options.server else ("folder",):
            found.append(_measured(options, kind, options.work / f"{count}", documents, sentences))
            say(_row(found[-1], rate))
            told = json.dumps([asdict(each) for each in found], indent=1)
            (options.work / "figures.json").write_text(told, encoding="utf-8")
    return 0


_COLUMNS = (
    "store", "sentences", "documents", "index, s", "with embedding, s", "1% changed, s", "share of the whole",
    "nothing changed, s", "open, s", "ask p50, ms", "p95", "peak indexing, MiB", "asking", "server", "disk",
)  # fmt: skip
_HEAD = f"\n| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}"


def _row(at: Figures, rate: float) -> str:
    whole = at.index + at.sentences / rate
    cells = [
        at.store, f"{at.sentences:,}", f"{at.documents:,}", f"{at.index:.1f}", f"{whole:.0f}", f"{at.again:.1f}",
        f"{at.again / at.index:.1%}", f"{at.unchanged:.1f}", f"{at.open:.2f}", f"{1000 * at.ask_p50:.0f}",
        f"{1000 * at.ask_p95:.0f}", f"{at.indexing_peak:.0f}", f"{at.asking_peak:.0f}", f"{at.server_peak:.0f}",
        f"{at.disk:.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


# The documents


def _embedded(data: Path, work: Path) -> float:
    """Computes the vectors of the data's sentences, once; the sentences a second that this takes or took."""
    if not (work / "rate.json").exists():
        home = work / "embedded"
        shutil.rmtree(home, ignore_errors=True)
        load_dataset(data).write(home / "documents")
        seen: list[tuple[str, Vectors]] = []
        taken = [0.0]

        class Keeping(Bundled):
            def embed_chunks(self, chunks: Sequence[Chunk]) -> Vectors:
                begun = time.perf_counter()
                vectors = super().embed_chunks(chunks)
                taken[0] += time.perf_counter() - begun
                texts = [chunk.text[start:end] for chunk in chunks for start, end in chunk.spans]
                seen.extend((_key(text), vector) for text, vector in zip(texts, vectors, strict=True))
                return vectors

        with Assistant(load(home=home / "home", chroma_url=None), Keeping()) as assistant:
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


def _written(data: Path, folder: Path, count: int) -> tuple[int, int]:
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


def _change(folder: Path) -> None:
    files = sorted(folder.rglob("*.md"))
    step = round(1 / _CHANGED)
    for path in files[::step]:
        text = path.read_text("utf-8")
        path.write_text(_FIGURES.sub(lambda hit: str(int(hit[0]) + 1), text), encoding="utf-8")


# The measuring


def _measured(options: argparse.Namespace, kind: str, folder: Path, documents: int, sentences: int) -> Figures:
    home = folder / kind
    shutil.rmtree(home, ignore_errors=True)
    with chroma_server(home / "chroma-run") if kind == "server" else nullcontext(("", 0)) as (url, server):
        environment = {key: value for key, value in os.environ.items() if key != "ASSISTANT_CHROMA_URL"}
        environment |= {"ASSISTANT_CHROMA_URL": url} if url else {}

        def step(name: str) -> dict[str, Any]:
            command = [sys.executable, "-m", __spec__.name, str(options.data), str(options.work)]
            command += ["--step", name, "--home", str(home)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603 — our own
            told: dict[str, Any] = json.loads(done.stdout)
            return told

        whole = step("index")
        unchanged = step("index")
        _change(folder / "documents")
        again = step("index")
        asked = step("ask")
        size = sum(each.stat().st_size for each in home.rglob("*") if each.is_file()) / 2**20
        times = asked["asked"]
        return Figures(
            kind, sentences, documents, whole["seconds"], again["seconds"], unchanged["seconds"], asked["open"],
            median(times), quantiles(times, n=20)[-1], whole["peak"], asked["peak"], _peak(server), size,
        )  # fmt: skip


def _index(options: argparse.Namespace) -> dict[str, float]:
    begun = time.perf_counter()
    with Assistant(load(home=options.home), Kept(options.work)) as assistant:
        assistant.index([options.home.parent / "documents"])
    return {"seconds": time.perf_counter() - begun, "peak": _peak(os.getpid())}


def _ask(options: argparse.Namespace) -> dict[str, Any]:
    asked = [each.text for each in load_dataset(options.data).questions][: _ASKED + 1]
    begun = time.perf_counter()
    with Assistant.open(options.home) as assistant:
        opened = time.perf_counter() - begun
        times = []
        for question in asked:
            begun = time.perf_counter()
            assistant.ask(question)
            times.append(time.perf_counter() - begun)
    return {"open": opened, "first": times[0], "asked": times[1:], "peak": _peak(os.getpid())}


_STEPS = {"index": _index, "ask": _ask}


def _peak(pid: int) -> float:
    """The most memory that a process has had so far, in MiB; 0 where the system doesn't tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def chroma_server(folder: Path) -> Iterator[tuple[str, int]]:
    """A Chroma server with its data in a folder: its address and its process's number."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 — our own
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + _UP
    try:
        while True:
            try:
                with urlopen(f"{url}/api/v2/heartbeat", timeout=2):  # noqa: S310 — our own
                    break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
