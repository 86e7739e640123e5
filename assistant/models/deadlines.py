"""Calls of vendors that may never end: for at most some time altogether, and only as long as somebody waits.

A vendor's own timeout holds for each read. A server that sends a comment now and then, or a letter a minute, is never
late by it, and gives no piece at which one could stop. So a call runs in a thread of its own, which is left behind when
the call is overdue or nobody waits any more; its connection is then cut, so that the thread ends too.
"""

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.errors import StoppedError

if TYPE_CHECKING:
    from httpx import Client, Response

_POLL_SECONDS = 0.05  # between two looks at whether somebody still waits
_MAX_AHEAD = 8  # results that a call may be ahead of who takes them

_T = TypeVar("_T")


class OverdueError(Exception):
    """A call wasn't done at its deadline."""


class _LeftError(BaseException):
    """Nobody waits for a call any more. No `Exception`: vendors would try again."""


@dataclass(eq=False, slots=True)
class _Call:
    """A call that runs in a thread of its own."""

    results: Queue[Any] = field(default_factory=lambda: Queue(_MAX_AHEAD))  # in the end an `_End`
    is_left: bool = False  # whether nobody takes results any more
    response: "Response | None" = None  # the last HTTP response
    stream: Any = None  # the network stream that the thread waits for now
    lock: threading.Lock = field(default_factory=threading.Lock)  # for `is_left` and `stream`

    def run(self, start: Callable[[], Iterable[object]]) -> None:
        """Makes the call, in its thread."""
        error: BaseException | None = None
        try:
            _current_call.set(self)
            for result in start():
                self.results.put(result)
                if self.is_left:
                    break
        except BaseException as raised:  # noqa: BLE001 — whoever waits raises it
            error = raised
        if self.response is not None:
            self.response.close()  # LlamaIndex holds on to a stream that is left: else the model writes on
        self.results.put(_End(error))

    def leave(self) -> None:
        """Takes no more results. The thread, whatever it waits for, goes on and ends."""
        with self.lock:
            self.is_left = True
            if self.stream is not None:
                connection = self.stream.get_extra_info("socket")
                with suppress(OSError):  # not closed: that would not wake the thread
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        with suppress(Empty):
            while True:
                self.results.get_nowait()


@dataclass(frozen=True, slots=True)
class _End:
    """The last result of a call."""

    error: BaseException | None  # that it ended with


_current_call: ContextVar[_Call | None] = ContextVar("current_call", default=None)


def make_cuttable(client: "Client") -> "Client":
    """Lets the calls that are made through an httpx client be cut off; returns the client."""
    client.event_hooks = {"response": [_remember_response]}
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 — httpx offers no other way
        pool: Any = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _CuttableBackend(pool._network_backend)  # noqa: SLF001 — as above
    return client


def iterate_within(
    start: Callable[[], Iterable[_T]], deadline: float, stop: threading.Event | None = None
) -> Generator[_T, None, None]:
    """The results of a call, as they come.

    Args:
        start: begins the call; runs in a thread of its own, with this thread's context variables.
        deadline: by the monotonic clock.
        stop: ends the call once another thread sets it.

    Raises:
        OverdueError: it wasn't done at the deadline.
        StoppedError: ``stop`` was set.
        Exception: whatever the call raises.
    """
    _check(deadline, stop)
    call = _Call()
    threading.Thread(target=copy_context().run, args=(call.run, start), name="vendor", daemon=True).start()
    try:
        while True:
            result = _next_result(call, deadline, stop)
            if isinstance(result, _End):
                break
            yield result
    finally:
        call.leave()
    if result.error is not None:
        raise result.error


def call_within(work: Callable[[], _T], deadline: float, stop: threading.Event | None = None) -> _T:
    """What a call returns; takes and raises what `iterate_within` does."""
    with closing(iterate_within(lambda: [work()], deadline, stop)) as results:
        return next(results)


def _next_result(call: _Call, deadline: float, stop: threading.Event | None) -> Any:
    while True:
        remaining = _check(deadline, stop)
        with suppress(Empty):
            return call.results.get(timeout=min(remaining, _POLL_SECONDS))


def _check(deadline: float, stop: threading.Event | None) -> float:
    """The seconds that remain; raises where nobody waits any more, or none remain."""
    if stop is not None and stop.is_set():
        raise StoppedError("The answer was stopped, as was asked. Ask again for a whole one.")
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise OverdueError
    return remaining


def _remember_response(response: "Response") -> None:
    if call := _current_call.get():
        call.response = response


@contextmanager
def _cuttable(stream: Any) -> Iterator[None]:
    """Lets the current call be cut off while the block waits for its stream."""
    call = _current_call.get()
    if call is None:
        yield
        return
    with call.lock:
        if call.is_left:
            raise _LeftError
        call.stream = stream
    try:
        yield
    finally:
        with call.lock:
            call.stream = None


class _CuttableStream:
    """A network stream of httpcore whose waits can be cut off."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, *args: Any, **kwargs: Any) -> Any:
        with _cuttable(self._stream):
            return self._stream.read(*args, **kwargs)

    def write(self, *args: Any, **kwargs: Any) -> None:
        with _cuttable(self._stream):
            self._stream.write(*args, **kwargs)

    def start_tls(self, *args: Any, **kwargs: Any) -> "_CuttableStream":
        with _cuttable(self._stream):
            return _CuttableStream(self._stream.start_tls(*args, **kwargs))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CuttableBackend:
    """A network backend of httpcore that opens such streams."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, *args: Any, **kwargs: Any) -> _CuttableStream:
        return _CuttableStream(self._backend.connect_tcp(*args, **kwargs))

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> _CuttableStream:
        return _CuttableStream(self._backend.connect_unix_socket(*args, **kwargs))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
