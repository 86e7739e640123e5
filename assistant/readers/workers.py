"""Files are read in processes of their own, so that the worst of them costs one line of the report.

A process that takes too long or too much memory, or that dies of a file, is ended and replaced. It is a fresh
interpreter with nothing but pipes to this one: it may be started from any thread, imports no ``__main__``, and ends
when this process does, however that ends.
"""

import datetime as dt
import json
import os
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from assistant.errors import ReadingError
from assistant.readers.extract import KINDS, document_id
from assistant.readers.worker_process import FULL, receive_frame, send_frame
from assistant.types import Document, Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SECONDS = 60.0
MEMORY_MB = 2048

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from assistant.readers.worker_process import main; "
_START += "main(int(sys.argv[1]))"
_LIGHT = 200_000  # bytes of plain text that are read here: half a second at worst, less than a process takes to start
_PLAIN = {"txt", "md", "csv"}
_SECRET = ("ASSISTANT_", "OPENAI_")  # variables that are no affair of what reads strangers' files
_REPLY = 50_000_000  # bytes that a reply may have however small the file; else 40 times the most that one may have


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file's document, and its sentences as `assistant.segmentation.sentences.split_sentences` gives them.

    Where it was read on a cluster their vectors may be there already, one a sentence.
    """

    document: Document
    sentences: tuple[Sentence, ...]
    vectors: "NDArray[np.float32] | None" = field(default=None, compare=False)


class FileReaders(Protocol):
    """What reads files, several at a time: processes of this machine, or a cluster."""

    @property
    def count(self) -> int:
        """How many files are read at a time."""

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """As `Workers.read`."""

    def close(self) -> None:
        """Ends what is being read: nobody waits for it."""


class ReaderPool:
    """Some processes that read files, started when a file needs one; any threads may use them.

    Args:
        count: how many files are read at a time; one more waits.
        seconds: a file may take.
        memory_mb: megabytes that reading a file may take, where the system can bound that (Windows can't).
    """

    def __init__(self, count: int = 1, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> None:
        self.count = count
        self._seconds, self._memory_mb = seconds, memory_mb
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()  # the last one used is the warm one
        for _ in range(count):
            self._free.put(None)
        self._running: set[_Worker] = set()
        self._end = weakref.finalize(self, _end_all, self._running)

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file and splits its text.

        Args:
            data: the file.
            name: its name; the suffix gives its kind.
            source: what identifies it; its name where none is given.
            max_bytes: the most bytes it may have.

        Raises:
            ReadingError: as `assistant.readers.read_bytes`; or reading it took too long, or too much memory, or
                crashed.
        """
        if _is_light(data, name):
            return _here(data, name, source, max_bytes)
        head = {"name": name, "source": source, "max_bytes": max_bytes, "seconds": self._seconds}
        told, body = self._asked(head, data, max(_REPLY, 40 * max_bytes))
        if "error" in told:
            raise ReadingError(told["error"])
        if "memory" in told:
            raise ReadingError(self._too_much())
        return _reading(told, body.decode(), source or name)

    @contextmanager
    def widened(self, count: int) -> Iterator["ReaderPool"]:
        """These, or for some time as many as ``count`` with the same limits."""
        if count <= self.count:
            yield self
            return
        with ReaderPool(count, self._seconds, self._memory_mb) as more:
            yield more

    def close(self) -> None:
        """Ends the processes, also those that are reading: their files fail. One that reads again starts anew."""
        _end_all(self._running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, head: dict[str, Any], data: bytes, most: int) -> tuple[dict[str, Any], bytes]:
        worker = self._free.get()
        try:
            if worker is None or not worker.is_alive():
                worker = self._replaced(worker)
            reply = worker.ask(head, data, self._seconds, most)
            if reply is None and worker.ended() == 0 and not worker.late:  # it had waited too long for a file
                worker = self._replaced(worker)
                reply = worker.ask(head, data, self._seconds, most)
            if reply is not None:
                return reply
            raise ReadingError(self._died(worker))
        finally:
            self._free.put(worker)

    def _replaced(self, worker: "_Worker | None") -> "_Worker":
        if worker is not None:
            worker.end()
            self._running.discard(worker)
        try:
            fresh = _Worker(self._memory_mb * 1_000_000)
        except OSError as error:
            raise ReadingError(f"no process could be started to read it: {error.strerror}") from error
        self._running.add(fresh)
        return fresh

    def _died(self, worker: "_Worker") -> str:
        if worker.late:
            return (
                f"takes longer to read than the {self._seconds:g} seconds that a file may. Split it, or raise "
                "ASSISTANT_READING_SECONDS"
            )
        code = worker.ended()
        if code == FULL:
            return self._too_much()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return (
            f"reading it crashed ({how}): it is damaged, or needs more than the {self._memory_mb} MB of memory that a "
            "file may. Save it anew in its own program, or split it"
        )

    def _too_much(self) -> str:
        return f"needs more memory to read than the {self._memory_mb} MB that a file may. Split it"


class _Worker:
    """One process, asked by one thread at a time."""

    def __init__(self, memory: int) -> None:
        self.late = False
        self._process = subprocess.Popen(  # noqa: S603 — this very interpreter
            [sys.executable, "-c", _START, str(memory), json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith(_SECRET)},
        )

    def ask(self, head: dict[str, Any], data: bytes, seconds: float, most: int) -> tuple[dict[str, Any], bytes] | None:
        """What it sends back; None where it ended first, or had to be ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            send_frame(self._process.stdin, head, data)  # type: ignore[arg-type]  # a pipe's IO[bytes]
            reply = receive_frame(self._process.stdout, most)  # type: ignore[arg-type]  # as above
        except (OSError, ValueError):  # it is gone, or what it says makes no sense
            reply = None
        except BaseException:
            self.end()  # its reply would be taken for the next file's
            raise
        finally:
            timer.cancel()
        if reply is None:
            self.end()
        return reply

    def _expire(self) -> None:
        self.late = True
        self._process.kill()

    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self.late and self._process.poll() is None

    def ended(self) -> int:
        """The exit code of one that has ended; minus the signal that ended it."""
        return self._process.wait()

    def end(self) -> None:
        """Ends it at once; harmless when done twice."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not written yet never will be
                if pipe is not None:
                    pipe.close()


def _end_all(running: set[_Worker]) -> None:
    while running:
        with suppress(KeyError):  # another thread took it
            running.pop().end()


def _is_light(data: bytes, name: str) -> bool:
    """Whether it is a little plain text, which only this project's own, linear code reads."""
    if len(data) > _LIGHT or KINDS.get(PurePath(name).suffix.lower()) not in _PLAIN:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:  # its encoding is a vendor's guess
        return False
    return True


def _here(data: bytes, name: str, source: str | None, max_bytes: int) -> ReadFile:
    from assistant.readers import read_bytes
    from assistant.segmentation.sentences import split_sentences

    document = read_bytes(data, name, source=source, max_bytes=max_bytes)
    return ReadFile(document, split_sentences(document))


def _reading(told: dict[str, Any], text: str, source: str) -> ReadFile:
    document = Document(
        id=document_id(source),
        title=told["title"],
        source=source,
        text=text,
        kind=told["kind"],
        date=told["date"] and dt.date.fromisoformat(told["date"]),
        url=told["url"],
        pages=tuple(told["pages"]),
        notes=tuple(told["notes"]),
    )
    contexts = told["contexts"]
    split = tuple(
        Sentence(document.id, number, start, end, text[start:end], contexts[place], kind, page=document.page_at(start))
        for number, (start, end, kind, place) in enumerate(told["sentences"])
    )
    return ReadFile(document, split)
