"""Many askers at one server: prints throughput and times, beside those of one asker alone.

    python -m research.benchmark.load

It starts a server of its own on a free loopback port, over the bundled corpus in a temporary folder, in quotes mode
and without a limit of requests a minute; no other server is asked. Each asker sends the next question of the bundled
cases as soon as its last one is answered. The exit code is 1 when a request failed.
"""

import argparse
import http.client
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from research.benchmark.processes import BenchmarkError, describe_machine, run_and_read
from research.benchmark.servers import ASSISTANT, assistant_server, post
from research.benchmark.workspace import bundled_questions
from research.command_line import print_now, program_parser

_MAX_ASKERS, _MAX_SECONDS = 64, 300
_REQUEST_TIMEOUT_SECONDS = 60
_ENVIRONMENT = {"ASSISTANT_MODE": "quotes", "ASSISTANT_REQUESTS_PER_MINUTE": "0", "ASSISTANT_API_TOKEN": ""}
_QUESTION_STEP = 7  # questions between the first ones of two askers
_MAX_ERROR_CHARS = 200


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a number of askers experienced."""

    askers: int
    seconds: float
    times: tuple[float, ...]  # seconds of each answered request, the shortest first
    errors: tuple[str, ...]

    def summary(self) -> str:
        """Throughput, percentiles and errors in one line."""
        percentiles = ", ".join(f"p{percent} {self.percentile(percent) * 1000:.0f} ms" for percent in (50, 95, 99))
        rate = len(self.times) / self.seconds
        name = "1 asker alone" if self.askers == 1 else f"{self.askers} askers"
        errors = f"{len(self.errors)} errors: {self.errors[0]}" if self.errors else "0 errors"
        answers = f"{len(self.times)} answers in {self.seconds:.0f} s"
        return f"{name}: {answers}, {rate:.1f} a second; {percentiles}; {errors}"

    def percentile(self, percent: int) -> float:
        """The seconds that this share of the requests, in per cent, took at most."""
        return self.times[min(len(self.times) - 1, len(self.times) * percent // 100)] if self.times else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the load.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when a request failed or the server could not be started.
    """
    options = _parse_options(arguments)
    print_now(describe_machine())
    try:
        with (
            TemporaryDirectory(prefix="assistant-load-", ignore_cleanup_errors=True) as folder,
            _bundled_server(Path(folder)) as port,
        ):
            alone = run_askers(port, 1, max(1, options.seconds // 3))
            print_now(alone.summary())
            together = run_askers(port, options.askers, options.seconds)
            print_now(together.summary())
    except BenchmarkError as error:
        print_now(f"not measured: {error}")
        return 1
    return int(bool(alone.errors or together.errors))


@contextmanager
def _bundled_server(home: Path) -> Iterator[int]:
    """The port of a server over the bundled corpus.

    Raises:
        BenchmarkError: it doesn't start.
    """
    run_and_read([*ASSISTANT, "index", "--home", str(home)])
    with assistant_server(home, os.environ | _ENVIRONMENT, home / "log") as server:
        connection = _connect(server.port)
        _ask(connection, "Who leads Interpol?")  # the socket listens before the server can answer
        connection.close()
        yield server.port


def run_askers(port: int, askers: int, seconds: float) -> LoadResult:
    """Lets a number of askers ask a server of this machine for some seconds."""
    questions = bundled_questions()
    started = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        futures = [
            pool.submit(_ask_until, started + seconds, port, islice(cycle(questions), number * _QUESTION_STEP, None))
            for number in range(askers)
        ]
        results = [future.result() for future in futures]
    all_times = sorted(seconds_taken for times, _ in results for seconds_taken in times)
    all_errors = tuple(error for _, errors in results for error in errors)
    return LoadResult(askers, time.perf_counter() - started, tuple(all_times), all_errors)


def _ask_until(end: float, port: int, questions: Iterator[str]) -> tuple[list[float], list[str]]:
    """One asker: the seconds of its answers, and its errors."""
    times: list[float] = []
    errors: list[str] = []
    connection = _connect(port)
    while (started := time.perf_counter()) < end:
        try:
            _ask(connection, next(questions))
            times.append(time.perf_counter() - started)
        except (OSError, http.client.HTTPException, BenchmarkError) as error:
            errors.append(f"{type(error).__name__}: {error}"[:_MAX_ERROR_CHARS])
            connection.close()
    connection.close()
    return times, errors


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_REQUEST_TIMEOUT_SECONDS)


def _ask(connection: http.client.HTTPConnection, question: str) -> None:
    record = post(connection, "/api/v1/ask", json.dumps({"question": question}).encode())
    if "answer" not in record:
        raise BenchmarkError(f"no answer in {record!r}")


def _parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = program_parser("research.benchmark.load", __doc__)
    parser.add_argument("--askers", type=int, default=16, choices=range(1, _MAX_ASKERS + 1), metavar="N",
                        help=f"at a time, at most {_MAX_ASKERS}, default 16")  # fmt: skip
    parser.add_argument("--seconds", type=int, default=30, choices=range(1, _MAX_SECONDS + 1), metavar="N",
                        help=f"at most {_MAX_SECONDS}, default 30; one asker alone gets a third of that")  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
