"""A long run of everything at once: ``python -m research.benchmark.soak DATA --minutes 60``.

DATA is a folder in the evaluation's format (evals/README.md). Its documents are indexed into a Chroma server, which
`assistant serve` opens too. Then some askers put the data's questions to it without a pause, while each minute 1% of
the documents are changed and indexed by a process of their own and one more is uploaded. Every
citation is held against the very version of its document that it names. Printed are answers, errors, and the memory of
both servers each minute; it exits with 1 when a request failed, an offset was wrong, or memory grew by over 10% after
the first sixth of the time.
"""

import argparse
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.evaluation.datasets import load_dataset
from research.benchmark.processes import BenchmarkError, machine, say
from research.benchmark.scale import chroma_server

_ASSISTANT = (sys.executable, "-m", "assistant")
_EACH = 60.0  # seconds between two changes
_GROWTH = 1.10
_PATIENCE = 120.0  # seconds for one request
_FIGURES = re.compile(r"\d+")


@dataclass
class Seen:
    """What came of everything so far; shared by the threads."""

    versions: dict[str, str] = field(default_factory=dict)  # by the hash of a canonical text that was ever indexed
    answers: int = 0
    citations: int = 0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, text: str) -> str:
        """Notes a version of a document."""
        self.versions[hashlib.sha256(text.encode()).hexdigest()] = text
        return text

    def check(self, record: Mapping[str, object], seconds: float) -> None:
        """Holds an answer's citations against the versions that they name."""
        wrong = []
        citations = record["citations"]
        assert isinstance(citations, list)
        for each in citations:
            text = self.versions.get(each["document_sha256"])
            if text is None or text[each["start"] : each["end"]] != each["quote"]:
                wrong.append(f"'{each['quote']}' is not at {each['start']} of {each['source']}")
        with self.lock:
            self.answers, self.citations = self.answers + 1, self.citations + len(citations)
            self.times.append(seconds)
            self.errors += wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 1 when something was wrong."""
    parser = argparse.ArgumentParser(description="Ask, change and upload for a long time.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N")
    parser.add_argument("--askers", type=int, default=8, metavar="N")
    options = parser.parse_args(arguments)
    data, seen = load_dataset(options.data), Seen()
    say(machine())
    with TemporaryDirectory(prefix="assistant-soak-", ignore_cleanup_errors=True) as work:
        folder, home = Path(work), Path(work, "documents")
        home.mkdir()
        for name, document in data.files.items():
            (home / name).write_text(seen.take(document.text), encoding="utf-8", newline="\n")
        with chroma_server(folder / "chroma") as (url, chroma):
            environment = {**os.environ, "ASSISTANT_CHROMA_URL": url, "ASSISTANT_REQUESTS_PER_MINUTE": "0"}
            _index(home, folder / "indexer", environment)
            with _serving(folder / "served", environment) as (port, process):
                processes = {"assistant serve": process.pid, "chroma run": chroma}
                place = Place(home, environment, port, processes)
                memory = _run(options, seen, [each.text for each in data.questions], place)
    return _told(seen, memory)


@dataclass(frozen=True)
class Place:
    """Where it happens."""

    documents: Path
    environment: Mapping[str, str]
    port: int
    processes: Mapping[str, int]


def _run(options: argparse.Namespace, seen: Seen, questions: Sequence[str], place: Place) -> dict[str, list[float]]:
    begun, memory = time.monotonic(), {name: list[float]() for name in place.processes}
    askers = [
        threading.Thread(target=_asker, args=(seen, place.port, islice(cycle(questions), 7 * n, None)))
        for n in range(options.askers)
    ]
    for each in askers:
        each.start()
    try:
        minute = 0
        while time.monotonic() - begun < 60 * options.minutes:
            minute += 1
            _guarded(seen, _change, seen, place, minute)
            _guarded(seen, _upload, seen, place.port, minute)
            seen.ended.wait(max(0.0, begun + minute * _EACH - time.monotonic()))
            for name, pid in place.processes.items():
                memory[name].append(resident(pid))
            told = ", ".join(f"{name} {sizes[-1]:.0f} MiB" for name, sizes in memory.items())
            say(f"minute {minute}: {seen.answers} answers, {len(seen.errors)} errors; {told}")
    finally:
        seen.ended.set()
        for each in askers:
            each.join()
    return memory


def _told(seen: Seen, memory: Mapping[str, Sequence[float]]) -> int:
    times = sorted(seen.times) or [0.0]
    p50, p95 = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    say(
        f"{seen.answers} answers (p50 {p50:.0f} ms, p95 {p95:.0f} ms), {seen.citations} citations, all exact but errors"
    )
    grown = False
    for name, sizes in memory.items():
        first = sizes[: max(1, len(sizes) // 6)][-1]
        grown = grown or max(sizes[-3:]) > _GROWTH * first
        say(f"{name}: {first:.0f} MiB after the first sixth, {sizes[-1]:.0f} at the end ({sizes[-1] / first:.2f})")
    for error in seen.errors[:10]:
        say(f"error: {error}")
    return int(bool(seen.errors) or grown)


def _guarded(seen: Seen, work: object, *given: object) -> None:
    try:
        work(*given)  # type: ignore[operator]  # a function of this module
    except (OSError, http.client.HTTPException, BenchmarkError, ValueError) as error:
        with seen.lock:
            seen.errors.append(f"{type(error).__name__}: {error}"[:300])


def _asker(seen: Seen, port: int, questions: Iterator[str]) -> None:
    while not seen.ended.is_set():
        _guarded(seen, _asked, seen, port, next(questions))


def _asked(seen: Seen, port: int, question: str) -> None:
    begun = time.perf_counter()
    body = _request(port, "/api/v1/ask", json.dumps({"question": question}).encode(), "application/json")
    seen.check(body, time.perf_counter() - begun)


def _request(port: int, path: str, body: bytes, kind: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("POST", path, body, {"Content-Type": kind})
        response = connection.getresponse()
        told = response.read()
    finally:
        connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise BenchmarkError(f"HTTP {response.status} {told[:200]!r}")
    found: Any = json.loads(told)
    return found


def _change(seen: Seen, place: Place, minute: int) -> None:
    files = sorted(place.documents.iterdir())
    for path in files[minute % 100 :: 100]:
        text = _FIGURES.sub(lambda hit: str(int(hit[0]) + 1), path.read_text("utf-8"))
        path.write_text(seen.take(text), encoding="utf-8", newline="\n")
    _index(place.documents, place.documents.parent / "indexer", place.environment)


def _index(documents: Path, home: Path, environment: Mapping[str, str]) -> None:
    command = [*_ASSISTANT, "--home", str(home), "index", str(documents)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 — our own
    if done.returncode:
        raise BenchmarkError(f"assistant index failed: {done.stderr[-300:]}")


def _upload(seen: Seen, port: int, minute: int) -> None:
    text = seen.take(f"# Note {minute}\n\nIn minute {minute} the keeper counted {minute * 17} gulls.\n")
    mark = "soak-boundary"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="note-{minute}.md"\r\n\r\n'
    body = f"{head}{text}\r\n--{mark}--\r\n".encode()
    _request(port, "/api/v1/documents", body, f"multipart/form-data; boundary={mark}")
    wanted = json.dumps({"text": f"gulls that the keeper counted in minute {minute}", "k": 3}).encode()
    found = _request(port, "/api/v1/search", wanted, "application/json")
    if f"note-{minute}.md" not in json.dumps(found):
        raise BenchmarkError(f"what was uploaded in minute {minute} is not found right after it")


@contextmanager
def _serving(home: Path, environment: Mapping[str, str]) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    command = [*_ASSISTANT, "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 — our own
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)", process.stdout.readline().replace("http://127.0.0.1", ""))
            if found is None:
                raise BenchmarkError("the server does not start")
            yield int(found[1]), process
        finally:
            process.terminate()


def resident(pid: int) -> float:
    """The memory that a process has now, in MiB; 0 where the system doesn't tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
