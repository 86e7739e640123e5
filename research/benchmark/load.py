"""Many askers at one server: ``python -m research.benchmark.load`` prints throughput and times, beside one alone.

A server of its own is started on a free loopback port, over the bundled corpus in a temporary folder, in quotes mode
and without a limit of requests a minute; it is never another machine's. Each asker sends the next question of the
bundled cases as soon as its last one is answered. It exits with 1 when a request failed.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import paths as resources
from assistant.evaluation.cases import load_cases
from assistant.query.understanding import LONGEST_QUESTION
from research.benchmark.processes import BenchmarkError, machine, output_of, say

_MOST_ASKERS, _MOST_SECONDS = 64, 300
_PATIENCE = 60  # seconds that a server may take to start, or a request to be answered
_SETTINGS = {"ASSISTANT_MODE": "quotes", "ASSISTANT_REQUESTS_PER_MINUTE": "0", "ASSISTANT_API_TOKEN": ""}
_COMMAND = (sys.executable, "-m", "assistant")


@dataclass(frozen=True, slots=True)
class Load:
    """What some askers met with."""

    askers: int
    seconds: float
    times: tuple[float, ...]  # seconds of each answered request, the shortest first
    errors: tuple[str, ...]

    def line(self) -> str:
        """The figures in one line."""
        told = ", ".join(f"p{share} {self.percentile(share) * 1000:.0f} ms" for share in (50, 95, 99))
        rate = len(self.times) / self.seconds
        name = "1 asker alone" if self.askers == 1 else f"{self.askers} askers"
        return f"{name}: {len(self.times)} answers in {self.seconds:.0f} s, {rate:.1f} a second; {told}; " + (
            f"{len(self.errors)} errors: {self.errors[0]}" if self.errors else "0 errors"
        )

    def percentile(self, share: int) -> float:
        """The seconds that this share of the requests, in per cent, took at most."""
        return self.times[min(len(self.times) - 1, len(self.times) * share // 100)] if self.times else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the load.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when a request failed or the server could not be started.
    """
    options = _options(arguments)
    say(machine())
    try:
        with (
            TemporaryDirectory(prefix="assistant-load-", ignore_cleanup_errors=True) as folder,
            served(Path(folder)) as port,
        ):
            alone = asked(port, 1, max(1, options.seconds // 3))
            say(alone.line())
            many = asked(port, options.askers, options.seconds)
            say(many.line())
    except BenchmarkError as error:
        say(f"not measured: {error}")
        return 1
    return int(bool(alone.errors or many.errors))


@contextmanager
def served(home: Path) -> Iterator[int]:
    """The port of a server of its own over the bundled corpus.

    Raises:
        BenchmarkError: it doesn't start.
    """
    environment = os.environ | _SETTINGS
    output_of([*_COMMAND, "index", "--home", str(home)])
    command = [*_COMMAND, "serve", "--port", "0", "--home", str(home)]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603 — our own words
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            if address is None:
                raise BenchmarkError(f"the server does not start: {(home / 'log').read_text()[-300:]}")
            _ask(int(address[1]), "Who leads Interpol?")  # a socket that listens waits for the first answer
            yield int(address[1])
        finally:
            process.terminate()


def asked(port: int, askers: int, seconds: float) -> Load:
    """What so many askers meet with at a server on this machine in so many seconds."""
    cases = load_cases([resources.data_folder("evals") / "cases"])
    questions = [case.question for case in cases if 0 < len(case.question.strip()) <= LONGEST_QUESTION]
    begun = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        each = [
            pool.submit(_asker, port, islice(cycle(questions), number * 7, None), begun + seconds)
            for number in range(askers)
        ]
        done = [one.result() for one in each]
    times = sorted(time for times, _ in done for time in times)
    return Load(
        askers, time.perf_counter() - begun, tuple(times), tuple(error for _, errors in done for error in errors)
    )


def _asker(port: int, questions: Iterator[str], end: float) -> tuple[list[float], list[str]]:
    times: list[float] = []
    errors: list[str] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    while (begun := time.perf_counter()) < end:
        try:
            _ask(port, next(questions), connection)
            times.append(time.perf_counter() - begun)
        except (OSError, http.client.HTTPException, BenchmarkError) as error:
            errors.append(f"{type(error).__name__}: {error}"[:200])
            connection.close()
    connection.close()
    return times, errors


def _ask(port: int, question: str, connection: http.client.HTTPConnection | None = None) -> None:
    used = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    used.request("POST", "/api/v1/ask", json.dumps({"question": question}), {"Content-Type": "application/json"})
    response = used.getresponse()
    body = response.read()
    if response.status != 200 or "answer" not in json.loads(body):
        raise BenchmarkError(f"HTTP {response.status} {body[:100]!r}")
    if connection is None:
        used.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m research.benchmark.load", description=__doc__)
    parser.add_argument("--askers", type=int, default=16, choices=range(1, _MOST_ASKERS + 1), metavar="N",
                        help=f"at a time, at most {_MOST_ASKERS}, default 16")  # fmt: skip
    parser.add_argument("--seconds", type=int, default=30, choices=range(1, _MOST_SECONDS + 1), metavar="N",
                        help=f"at most {_MOST_SECONDS}, default 30; one asker alone gets a third of that")  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
