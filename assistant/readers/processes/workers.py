"""Files are read in processes of their own, so that the worst of them costs one line of the report.

A process that takes too long or too much memory, or that dies of a file, is ended and replaced. It is a fresh
interpreter with nothing but pipes to this one: it may be started from any thread, imports no ``__main__``, and ends
when this process does, however that ends.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Protocol, Self

from assistant.errors import ReadingError
from assistant.readers.archives.unpacking import Unpacked
from assistant.readers.processes.worker_process import EXIT_OUT_OF_MEMORY, PROGRESS, Frame, receive_frame, send_frame
from assistant.readers.processes.worker_replies import ReadFile, parse_reply, parse_unpacked
from assistant.readers.registry import file_kind

DEFAULT_SECONDS = 60.0  # that reading a file may take
DEFAULT_MEMORY_MB = 2048  # that reading a file may take

_WORKER_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from assistant.readers.processes.worker_process import main; main(int(sys.argv[1]))"
)
# Bytes of plain text that are read here: half a second at worst, less than a process takes to start.
_MAX_LOCAL_BYTES = 200_000
_MAX_FRAMES = 1_000  # of a reply: those that say that reading gets on, and the last
_SECRET_PREFIXES = ("ASSISTANT_", "OPENAI_")  # of variables that are no affair of what reads strangers' files
_MIN_REPLY_LIMIT = 50_000_000  # bytes that a reply may have however small the file
_REPLY_RATIO = 40  # bytes that a reply may have for each byte that a file may have, where that is more


class FileReaders(Protocol):
    """What reads files, several at a time: processes of this machine, or a cluster."""

    @property
    def count(self) -> int:
        """How many files are read at a time."""

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file and splits its text: as `ReaderPool.read`."""

    def unpack(self, data: bytes, name: str, *, max_bytes: int) -> Unpacked:
        """Unpacks the files in a file: as `ReaderPool.unpack`."""

    def close(self) -> None:
        """Ends what is being read: nobody waits for it."""


class ReaderPool:
    """Some processes that read files, started when a file needs one; any threads may use them.

    Args:
        count: how many files are read at a time; one more waits.
        seconds: that reading a file may take.
        memory_mb: megabytes that reading a file may take, where the system can bound that (Windows can't).
    """

    def __init__(self, count: int = 1, seconds: float = DEFAULT_SECONDS, memory_mb: int = DEFAULT_MEMORY_MB) -> None:
        self.count = count
        self._seconds, self._memory_mb = seconds, memory_mb
        self._free: queue.LifoQueue[_ReaderProcess | None] = queue.LifoQueue()  # the last one used is the warm one
        for _ in range(count):
            self._free.put(None)
        self._running: set[_ReaderProcess] = set()
        self._finalizer = weakref.finalize(self, _end_all, self._running)

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file and splits its text.

        Args:
            data: the file.
            name: its name; the suffix tells its kind.
            source: what identifies the document; by default the name.
            max_bytes: the most bytes the file may have.

        Raises:
            ReadingError: as `assistant.readers.read_bytes`; or reading it took too long, or too much memory, or
                crashed.
        """
        if _is_small_plain_text(data, name):
            return _read_here(data, name, source, max_bytes)
        reply, body = self._request({"unpacks": False, "name": name, "source": source}, data, max_bytes)
        return parse_reply(reply, body.decode(), source or name)

    def unpack(self, data: bytes, name: str, *, max_bytes: int) -> Unpacked:
        """Unpacks the files in a file: `assistant.readers.archives.unpacking.unpack`, whose parameters it has.

        Raises:
            ReadingError: as that; or it took too long, or too much memory, or crashed.
        """
        reply, body = self._request({"unpacks": True, "name": name}, data, max_bytes)
        return parse_unpacked(reply, body)

    @contextmanager
    def wider_pool(self, count: int) -> Iterator["ReaderPool"]:
        """This pool, or for the time of the block one that reads ``count`` files at a time, if that is more."""
        if count <= self.count:
            yield self
            return
        with ReaderPool(count, self._seconds, self._memory_mb) as wider:
            yield wider

    def close(self) -> None:
        """Ends the processes, also those that are reading: their files fail. The next file starts a new one."""
        _end_all(self._running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _request(self, head: dict[str, Any], data: bytes, max_bytes: int) -> Frame:
        """Has a free process read a file, and returns its reply; raises ReadingError where that is none."""
        head |= {"max_bytes": max_bytes, "seconds": self._seconds}
        reply, body = self._await_reply(head, data, max(_MIN_REPLY_LIMIT, _REPLY_RATIO * max_bytes))
        if "error" in reply:
            raise ReadingError(reply["error"])
        if "memory" in reply:
            raise ReadingError(self._out_of_memory_reason())
        return reply, body

    def _await_reply(self, head: dict[str, Any], data: bytes, max_reply_bytes: int) -> Frame:
        process = self._free.get()
        try:
            if process is None or not process.is_alive():
                process = self._replace(process)
            reply = process.request(head, data, self._seconds, max_reply_bytes)
            if reply is None and process.exit_code() == 0 and not process.timed_out:  # it had idled for too long
                process = self._replace(process)
                reply = process.request(head, data, self._seconds, max_reply_bytes)
            if reply is not None:
                return reply
            raise ReadingError(self._failure_reason(process))
        finally:
            self._free.put(process)

    def _replace(self, process: "_ReaderProcess | None") -> "_ReaderProcess":
        if process is not None:
            process.end()
            self._running.discard(process)
        try:
            fresh = _ReaderProcess(self._memory_mb * 1_000_000)
        except OSError as error:
            raise ReadingError(f"no process could be started to read it: {error.strerror}") from error
        self._running.add(fresh)
        return fresh

    def _failure_reason(self, process: "_ReaderProcess") -> str:
        if process.timed_out:
            return (
                f"takes longer to read than the {self._seconds:g} seconds that a file may. Split it, or raise "
                "ASSISTANT_READING_SECONDS"
            )
        exit_code = process.exit_code()
        if exit_code == EXIT_OUT_OF_MEMORY:
            return self._out_of_memory_reason()
        how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        return (
            f"reading it crashed ({how}): it is damaged, or needs more than the {self._memory_mb} MB of memory that a "
            "file may. Save it anew in its own program, or split it"
        )

    def _out_of_memory_reason(self) -> str:
        return f"needs more memory to read than the {self._memory_mb} MB that a file may. Split it"


class _ReaderProcess:
    """One process, used by one thread at a time."""

    def __init__(self, memory_bytes: int) -> None:
        self.timed_out = False
        self._process = subprocess.Popen(  # noqa: S603 — this very interpreter
            [sys.executable, "-c", _WORKER_CODE, str(memory_bytes), json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith(_SECRET_PREFIXES)},
        )

    def request(self, head: dict[str, Any], data: bytes, seconds: float, max_reply_bytes: int) -> Frame | None:
        """Sends a file and returns the reply; None where the process ended first, or had to be ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = self._start_timer(seconds)
        try:
            send_frame(self._process.stdin, head, data)  # type: ignore[arg-type]  # a pipe's IO[bytes]
            for _ in range(_MAX_FRAMES):
                reply = receive_frame(self._process.stdout, max_reply_bytes)  # type: ignore[arg-type]  # as above
                if reply is None or PROGRESS not in reply[0]:
                    break
                timer.cancel()
                timer = self._start_timer(seconds)
            else:
                reply = None
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

    def _start_timer(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        return timer

    def _time_out(self) -> None:
        self.timed_out = True
        self._process.kill()

    def is_alive(self) -> bool:
        """Whether it can be sent a file."""
        return not self.timed_out and self._process.poll() is None

    def exit_code(self) -> int:
        """The exit code, waited for; minus the signal that ended the process."""
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


def _end_all(running: set[_ReaderProcess]) -> None:
    while running:
        with suppress(KeyError):  # another thread took it
            running.pop().end()


def _is_small_plain_text(data: bytes, name: str) -> bool:
    """Whether a file is a little plain text, which only this project's own, linear code reads."""
    kind = file_kind(name)
    if len(data) > _MAX_LOCAL_BYTES or kind is None or not kind.is_plain_text:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:  # its encoding is a vendor's guess
        return False
    return True


def _read_here(data: bytes, name: str, source: str | None, max_bytes: int) -> ReadFile:
    from assistant.readers import read_bytes
    from assistant.segmentation.sentences import split_sentences

    document = read_bytes(data, name, source=source, max_bytes=max_bytes)
    return ReadFile(document, split_sentences(document))
