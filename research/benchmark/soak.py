"""A long run of asking, changing and uploading at the same time: prints answers, errors and memory each minute.

    python -m research.benchmark.soak DATA --minutes 60

DATA is the folder of a data set (docs/guide/evaluation.md). Its documents are indexed into a Chroma server, which
``assistant serve`` opens too. Then askers put the data set's questions to it without a pause, while in each minute 1%
of the documents are changed and indexed by a process of its own, and one more document is uploaded. Every citation is
compared with the very version of its document that it names. The exit code is 1 when a request failed, an offset was
wrong, or the memory of a server grew by over 10% after the first sixth of the time.
"""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.evaluation.datasets import Dataset, load_dataset
from research.benchmark.processes import BenchmarkError, describe_machine, process_memory
from research.benchmark.servers import ASSISTANT, assistant_server, chroma_server, post
from research.benchmark.synthetic_corpus import with_next_figures
from research.command_line import add_dataset_argument, print_now, program_parser

_CHANGE_INTERVAL_SECONDS = 60.0
_CHANGED_EVERY = 100  # one document of so many is changed in each interval
_MAX_GROWTH = 1.10  # of a server's memory
_REQUEST_TIMEOUT_SECONDS = 120.0
_QUESTION_STEP = 7  # questions between the first ones of two askers
_MAX_ERROR_CHARS = 300
_PRINTED_ERRORS = 10


@dataclass
class SoakState:
    """What came of everything so far; shared by the threads."""

    versions: dict[str, str] = field(default_factory=dict)  # every canonical text that was ever indexed, by its hash
    answers: int = 0
    citations: int = 0
    times: list[float] = field(default_factory=list)  # seconds of the answers
    errors: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_version(self, text: str) -> str:
        """Notes a version of a document, and returns it."""
        self.versions[hashlib.sha256(text.encode()).hexdigest()] = text
        return text

    def check_answer(self, record: Mapping[str, Any], seconds: float) -> None:
        """Counts an answer, and compares its citations with the versions that they name."""
        citations = record["citations"]
        errors = []
        for citation in citations:
            text = self.versions.get(citation["document_sha256"])
            if text is None or text[citation["start"] : citation["end"]] != citation["quote"]:
                errors.append(f"'{citation['quote']}' is not at {citation['start']} of {citation['source']}")
        with self.lock:
            self.answers, self.citations = self.answers + 1, self.citations + len(citations)
            self.times.append(seconds)
            self.errors += errors

    def add_error(self, error: Exception) -> None:
        """Notes an error."""
        with self.lock:
            self.errors.append(f"{type(error).__name__}: {error}"[:_MAX_ERROR_CHARS])


@dataclass(frozen=True)
class SoakSetup:
    """The servers, and the documents that change."""

    documents: Path
    indexer_home: Path
    environment: Mapping[str, str]
    port: int  # of ``assistant serve``
    pids: Mapping[str, int]  # of the servers, by name


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 1 when something was wrong."""
    parser = program_parser("research.benchmark.soak", __doc__)
    add_dataset_argument(parser)
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N")
    parser.add_argument("--askers", type=int, default=8, metavar="N")
    options = parser.parse_args(arguments)
    dataset, state = load_dataset(options.data), SoakState()
    questions = [question.text for question in dataset.questions]
    print_now(describe_machine())
    with TemporaryDirectory(prefix="assistant-soak-", ignore_cleanup_errors=True) as work:
        folder = Path(work)
        documents, indexer_home = folder / "documents", folder / "indexer"
        _write_documents(dataset, documents, state)
        with chroma_server(folder / "chroma") as chroma:
            environment = {**os.environ, "ASSISTANT_CHROMA_URL": chroma.url, "ASSISTANT_REQUESTS_PER_MINUTE": "0"}
            _index(documents, indexer_home, environment)
            with assistant_server(folder / "served", environment, folder / "log") as server:
                pids = {"assistant serve": server.pid, "chroma run": chroma.pid}
                setup = SoakSetup(documents, indexer_home, environment, server.port, pids)
                memory = _run(setup, state, questions, options.minutes, options.askers)
    return _report(state, memory)


def _write_documents(dataset: Dataset, folder: Path, state: SoakState) -> None:
    folder.mkdir()
    for name, document in dataset.files.items():
        (folder / name).write_text(state.add_version(document.text), encoding="utf-8", newline="\n")


def _run(
    setup: SoakSetup, state: SoakState, questions: Sequence[str], minutes: float, asker_count: int
) -> dict[str, list[float]]:
    """Asks, changes and uploads for some minutes; the memory of each server in MiB, minute by minute."""
    started, memory = time.monotonic(), {name: list[float]() for name in setup.pids}
    askers = [
        threading.Thread(
            target=_keep_asking, args=(state, setup.port, islice(cycle(questions), _QUESTION_STEP * number, None))
        )
        for number in range(asker_count)
    ]
    for asker in askers:
        asker.start()
    try:
        minute = 0
        while time.monotonic() - started < 60 * minutes:
            minute += 1
            _note_errors(state, partial(_change_documents, state, setup, minute))
            _note_errors(state, partial(_upload, state, setup.port, minute))
            state.ended.wait(max(0.0, started + minute * _CHANGE_INTERVAL_SECONDS - time.monotonic()))
            for name, pid in setup.pids.items():
                memory[name].append(process_memory(pid, "now"))
            sizes = ", ".join(f"{name} {mebibytes[-1]:.0f} MiB" for name, mebibytes in memory.items())
            print_now(f"minute {minute}: {state.answers} answers, {len(state.errors)} errors; {sizes}")
    finally:
        state.ended.set()
        for asker in askers:
            asker.join()
    return memory


def _report(state: SoakState, memory: Mapping[str, Sequence[float]]) -> int:
    """Prints what came of the run, and returns the exit code."""
    times = sorted(state.times) or [0.0]
    p50, p95 = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    print_now(
        f"{state.answers} answers (p50 {p50:.0f} ms, p95 {p95:.0f} ms), {state.citations} citations, all exact but "
        "errors"
    )
    has_grown = False
    for name, sizes in memory.items():
        early = sizes[: max(1, len(sizes) // 6)][-1]
        has_grown = has_grown or max(sizes[-3:]) > _MAX_GROWTH * early
        growth = f"{sizes[-1]:.0f} at the end ({sizes[-1] / early:.2f})"
        print_now(f"{name}: {early:.0f} MiB after the first sixth, {growth}")
    for error in state.errors[:_PRINTED_ERRORS]:
        print_now(f"error: {error}")
    return int(bool(state.errors) or has_grown)


def _note_errors(state: SoakState, action: Callable[[], None]) -> None:
    """Runs an action; that it failed is noted, and the run goes on."""
    try:
        action()
    except (OSError, http.client.HTTPException, BenchmarkError, ValueError) as error:
        state.add_error(error)


def _keep_asking(state: SoakState, port: int, questions: Iterator[str]) -> None:
    while not state.ended.is_set():
        _note_errors(state, partial(_ask, state, port, next(questions)))


def _ask(state: SoakState, port: int, question: str) -> None:
    started = time.perf_counter()
    record = _post(port, "/api/v1/ask", json.dumps({"question": question}).encode(), "application/json")
    state.check_answer(record, time.perf_counter() - started)


def _post(port: int, path: str, body: bytes, content_type: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_REQUEST_TIMEOUT_SECONDS)
    try:
        return post(connection, path, body, content_type)
    finally:
        connection.close()


def _change_documents(state: SoakState, setup: SoakSetup, minute: int) -> None:
    """Changes the figures in other documents each minute, and indexes them."""
    files = sorted(setup.documents.iterdir())
    for path in files[minute % _CHANGED_EVERY :: _CHANGED_EVERY]:
        text = with_next_figures(path.read_text("utf-8"))
        path.write_text(state.add_version(text), encoding="utf-8", newline="\n")
    _index(setup.documents, setup.indexer_home, setup.environment)


def _index(documents: Path, home: Path, environment: Mapping[str, str]) -> None:
    command = [*ASSISTANT, "--home", str(home), "index", str(documents)]
    process = subprocess.run(  # noqa: S603 — our own command
        command, env=environment, capture_output=True, text=True, check=False
    )
    if process.returncode:
        raise BenchmarkError(f"assistant index failed: {process.stderr[-_MAX_ERROR_CHARS:]}")


def _upload(state: SoakState, port: int, minute: int) -> None:
    """Uploads a new document, and searches for it right after."""
    text = state.add_version(f"# Note {minute}\n\nIn minute {minute} the keeper counted {minute * 17} gulls.\n")
    boundary = "soak-boundary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="note-{minute}.md"\r\n\r\n'
    body = f"{head}{text}\r\n--{boundary}--\r\n".encode()
    _post(port, "/api/v1/documents", body, f"multipart/form-data; boundary={boundary}")
    query = json.dumps({"text": f"gulls that the keeper counted in minute {minute}", "k": 3}).encode()
    hits = _post(port, "/api/v1/search", query, "application/json")
    if f"note-{minute}.md" not in json.dumps(hits):
        raise BenchmarkError(f"what was uploaded in minute {minute} is not found right after it")


if __name__ == "__main__":
    sys.exit(main())
