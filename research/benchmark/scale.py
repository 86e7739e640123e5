"""What an index costs as it grows: prints a table, with a row for each size and kind of store.

    python -m research.benchmark.scale DATA WORK

DATA is the folder of a data set (docs/guide/evaluation.md). Its documents are written as files, again and again with
other names and figures, until there are enough sentences. The vectors of the data set's own sentences are computed
once and kept in WORK; a changed sentence gets the vector of its original, moved a little. So the times are those of
reading, splitting and storing, and the time that embedding would take is printed beside them. Each size is measured
in a folder and in a Chroma server that is started for it, every step in a process of its own. Questions are the data
set's, in quotes mode. WORK gets ``figures.json`` and ``growth.svg``, to which later runs add.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from assistant.client import Assistant
from assistant.evaluation.datasets import load_dataset
from assistant.settings import load_settings
from research.benchmark.growth_chart import TABLE_HEAD, GrowthMeasurement, growth_svg, table_row
from research.benchmark.processes import describe_machine, process_memory
from research.benchmark.servers import chroma_server
from research.benchmark.synthetic_corpus import (
    CachedEmbedder,
    CorpusSize,
    cache_vectors,
    change_one_in_hundred,
    write_corpus,
)
from research.command_line import add_dataset_argument, print_now, program_parser

_QUESTIONS = 100  # after one that warms up
_STORES = ("folder", "server")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints a table row for each size and store, and writes the measurements to WORK."""
    options = _parse_options(arguments)
    if options.step:
        sys.stdout.write(json.dumps(_STEPS[options.step](options)))
        return 0
    options.work.mkdir(parents=True, exist_ok=True)
    print_now(describe_machine())
    embedding_rate = cache_vectors(options.data, options.work)
    print_now(f"Embedding: {embedding_rate:.0f} sentences a second.\n{TABLE_HEAD}")
    for count in options.sentences:
        size = write_corpus(options.data, options.work / f"{count}", count)
        for store in options.stores:
            cost = _measure_size(options, store, options.work / f"{count}", size, embedding_rate)
            print_now(table_row(cost))
            _save(cost, options.work)
    return 0


def _parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = program_parser("research.benchmark.scale", __doc__)
    add_dataset_argument(parser)
    parser.add_argument("work", type=Path, help="folder for everything that is made; what is there is used again")
    parser.add_argument("--sentences", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--stores", nargs="+", default=_STORES, choices=_STORES, help="by default both")
    parser.add_argument("--step", help=argparse.SUPPRESS)  # for the processes that this program starts
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _save(cost: GrowthMeasurement, work: Path) -> None:
    """Writes the measurement beside those of other sizes and stores, and the chart of all."""
    path = work / "figures.json"
    saved = [GrowthMeasurement(**fields) for fields in json.loads(path.read_text("utf-8"))] if path.exists() else []
    others = [other for other in saved if _size_and_store(other) != _size_and_store(cost)]
    costs = sorted([*others, cost], key=_size_and_store)
    path.write_text(json.dumps([asdict(item) for item in costs], indent=1), encoding="utf-8")
    (work / "growth.svg").write_text(growth_svg(costs), encoding="utf-8")


def _size_and_store(cost: GrowthMeasurement) -> tuple[int, str]:
    return round(cost.sentences, -4), cost.store


def _measure_size(
    options: argparse.Namespace, store: str, folder: Path, size: CorpusSize, embedding_rate: float
) -> GrowthMeasurement:
    """Measures one size in one kind of store.

    Args:
        options: of the command line.
        store: folder or server.
        folder: of the size, with its ``documents``; gets the index.
        size: of the documents.
        embedding_rate: sentences a second.
    """
    home = folder / store
    shutil.rmtree(home, ignore_errors=True)
    with chroma_server(home / "chroma-run") if store == "server" else nullcontext() as server:
        environment = {name: value for name, value in os.environ.items() if name != "ASSISTANT_CHROMA_URL"}
        environment |= {"ASSISTANT_CHROMA_URL": server.url} if server else {}

        def run_step(step: str) -> dict[str, Any]:
            command = [sys.executable, "-m", __spec__.name, str(options.data), str(options.work)]
            command += ["--step", step, "--home", str(home)]
            process = subprocess.run(  # noqa: S603 — our own command
                command, env=environment, stdout=subprocess.PIPE, check=True
            )
            result: dict[str, Any] = json.loads(process.stdout)
            return result

        first_index = run_step("index")
        unchanged = run_step("index")
        change_one_in_hundred(folder / "documents")
        changed = run_step("index")
        asking = run_step("ask")
        disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 2**20
        return GrowthMeasurement(
            store=store,
            sentences=size.sentences,
            documents=size.documents,
            rate=embedding_rate,
            index=first_index["seconds"],
            again=changed["seconds"],
            unchanged=unchanged["seconds"],
            open=asking["open"],
            first=asking["first"],
            ask_p50=median(asking["asked"]),
            ask_p95=quantiles(asking["asked"], n=20)[-1],
            indexing_peak=first_index["peak"],
            asking_peak=asking["peak"],
            server_peak=process_memory(server.pid, "peak") if server else 0.0,
            disk=disk,
        )


def _index_step(options: argparse.Namespace) -> dict[str, Any]:
    """Indexes the documents: seconds, and the peak memory of this process."""
    started = time.perf_counter()
    with Assistant(load_settings(home=options.home), CachedEmbedder(options.work)) as assistant:
        assistant.index([options.home.parent / "documents"])
    return {"seconds": time.perf_counter() - started, "peak": process_memory(os.getpid(), "peak")}


def _ask_step(options: argparse.Namespace) -> dict[str, Any]:
    """Opens the index and asks: the seconds of each, and the peak memory of this process."""
    questions = [question.text for question in load_dataset(options.data).questions][: _QUESTIONS + 1]
    started = time.perf_counter()
    with Assistant.open(options.home) as assistant:
        open_seconds = time.perf_counter() - started
        times = []
        for question in questions:
            started = time.perf_counter()
            assistant.ask(question)
            times.append(time.perf_counter() - started)
    return {
        "open": open_seconds,
        "first": times[0],
        "asked": times[1:],
        "peak": process_memory(os.getpid(), "peak"),
    }


_STEPS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {"index": _index_step, "ask": _ask_step}


if __name__ == "__main__":
    sys.exit(main())
