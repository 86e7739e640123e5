"""What an index costs as it grows: ``python -m research.benchmark.scale DATA WORK``.

DATA is a folder in the evaluation's format (evals/README.md). Its documents are written as files, again and again with
their names and figures changed, until there are so many sentences. The vectors of the first time are computed once and
kept in WORK; a changed sentence gets that of its original, moved a little: so the figures are of reading, splitting and
storing, and what embedding would take is told beside them. Each size is measured in a folder and in a Chroma server
that is started for it, always by processes of their own. Questions are the data's, in quotes mode. A table is printed;
WORK gets ``figures.json`` and ``growth.svg``, to which later runs add.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from socket import socket
from statistics import median, quantiles
from typing import Any
from urllib.request import urlopen

from assistant.client import Assistant
from assistant.evaluation.datasets import load_dataset
from assistant.settings import load_settings
from research.benchmark.growth_chart import HEAD, Figures, drawn, row
from research.benchmark.processes import machine, say
from research.benchmark.synthetic_corpus import Kept, change, embedded, written

_ASKED = 100  # questions, after one that warms up
_STORES = ("folder", "server")
_UP = 60.0  # seconds that a server may take to start


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints a table row for each size and store, and writes all figures to WORK/figures.json."""
    parser = argparse.ArgumentParser(description="Measure what an index costs as it grows.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("work", type=Path, help="folder for everything that is made; what is there is used again")
    parser.add_argument("--sentences", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--stores", nargs="+", default=_STORES, choices=_STORES, help="by default both")
    parser.add_argument("--step", help=argparse.SUPPRESS)  # what a process of its own is started for
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        sys.stdout.write(json.dumps(_STEPS[options.step](options)))
        return 0
    options.work.mkdir(parents=True, exist_ok=True)
    say(machine())
    rate = embedded(options.data, options.work)
    say(f"Embedding: {rate:.0f} sentences a second.\n{HEAD}")
    for count in options.sentences:
        sizes = written(options.data, options.work / f"{count}", count)
        for kind in options.stores:
            found = _measured(options, kind, options.work / f"{count}", (*sizes, rate))
            say(row(found))
            _keep(found, options.work)
    return 0


def _keep(found: Figures, work: Path) -> None:
    """Writes the figures beside those of other sizes and stores, and the picture of all."""
    path = work / "figures.json"
    before = json.loads(path.read_text("utf-8")) if path.exists() else []
    others = [at for at in (Figures(**each) for each in before) if _place(at) != _place(found)]
    kept = sorted([*others, found], key=_place)
    path.write_text(json.dumps([asdict(each) for each in kept], indent=1), encoding="utf-8")
    (work / "growth.svg").write_text(drawn(kept), encoding="utf-8")


def _place(at: Figures) -> tuple[int, str]:
    return round(at.sentences, -4), at.store


def _measured(options: argparse.Namespace, kind: str, folder: Path, sizes: tuple[int, int, float]) -> Figures:
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
        change(folder / "documents")
        again = step("index")
        asked = step("ask")
        size = sum(each.stat().st_size for each in home.rglob("*") if each.is_file()) / 2**20
        times = asked["asked"]
        documents, sentences, rate = sizes
        return Figures(
            kind, sentences, documents, rate, whole["seconds"], again["seconds"], unchanged["seconds"], asked["open"],
            asked["first"], median(times), quantiles(times, n=20)[-1], whole["peak"], asked["peak"], _peak(server),
            size,
        )  # fmt: skip


def _index(options: argparse.Namespace) -> dict[str, float]:
    begun = time.perf_counter()
    with Assistant(load_settings(home=options.home), Kept(options.work)) as assistant:
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
