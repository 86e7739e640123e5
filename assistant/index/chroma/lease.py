"""One writer at a time among many processes on many machines, with nothing but a Chroma server to arrange it.

When several processes create a collection of the same name, one succeeds: it may write until it deletes the collection.
The collection's metadata says who that is, with a counter that goes up like a heartbeat. A collection whose counter has
stopped is renamed out of the way, which does no harm when two processes do it at once. No clock is ever compared with
the clock of another machine.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from assistant.errors import LockedError, StoreError
from assistant.index.lock import process_is_alive

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

# All in seconds.
_BEAT_INTERVAL = 3.0
_DEAD_AFTER = 20.0  # without a heartbeat, after which a holder counts as gone
_POLL_INTERVAL = 0.05
_WARN_AFTER = 3.0  # of waiting
_MAX_WAIT = 900.0  # a large document on a slow machine takes minutes
_LONG_TURN = 1.0  # after a turn longer than this, others get a chance before the next one


class Lease:
    """The right to write to an index. The thread that has it may take it again."""

    def __init__(self, client: "Client", name: str, call: "Callable[[Callable[[], Any]], Any]") -> None:
        """Takes nothing yet.

        Args:
            client: the connection to the server.
            name: of the index; the lease's collection is called ``name-writing``.
            call: runs a function that uses the client, with retries.
        """
        self._client, self._name, self._call = client, f"{name}-writing", call
        self._thread_lock = threading.RLock()
        self._depth = 0
        self._collection: Collection | None = None
        self._token = ""

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Waits for the lease, and holds it until the context ends.

        Raises:
            LockedError: another process has it for longer than 15 minutes.
        """
        with self._thread_lock:
            if self._depth == 0:
                self._take()
            self._depth += 1
            begun, done = time.monotonic(), threading.Event()
            heart = threading.Thread(target=self._beat, args=(done,), daemon=True) if self._depth == 1 else None
            if heart:
                heart.start()
            try:
                yield
            finally:
                self._depth -= 1
                if heart:
                    done.set()
                    heart.join()
                    self._give_back()
                    if time.monotonic() - begun > _LONG_TURN:
                        time.sleep(2 * _POLL_INTERVAL)

    def check(self) -> None:
        """Makes sure that the lease is still ours, before what was written becomes live.

        Raises:
            StoreError: this process stood still for so long that another took it for dead.
        """
        if self._read_owner().get("token") != self._token:
            raise StoreError("This process stood still and lost its turn to write; nothing was changed. Do it again.")

    def _take(self) -> None:
        self._token = uuid.uuid4().hex
        begun = last_beat = time.monotonic()
        last_owner: Any = None
        warned = False
        while True:
            with suppress(_TakenError):
                self._collection = self._create()
                return
            now, owner = time.monotonic(), self._read_owner()
            if owner != last_owner:
                last_owner, last_beat = owner, now
            if owner and (now - last_beat > _DEAD_AFTER or _is_dead(owner)):
                self._delete_of(owner)
            elif now - begun > _MAX_WAIT:
                raise LockedError(
                    f"{_describe(owner)} has been writing to this index for long. Try again when it has ended."
                )
            elif now - begun > _WARN_AFTER and not warned:
                warned = True
                logger.warning("Waiting for %s, which writes to the same index.", _describe(owner))
            time.sleep(_POLL_INTERVAL)

    def _create(self) -> "Collection":
        """Creates the lease's collection. Raises `_TakenError` when another process has done so."""

        def create() -> Any:
            try:
                return self._client.create_collection(self._name, embedding_function=None, metadata=self._note(0))
            except Exception as error:
                if "already exists" in str(error):
                    raise _TakenError from error
                raise

        collection: Collection = self._call(create)
        return collection

    def _note(self, beats: int) -> dict[str, str | int]:
        return {"token": self._token, "host": socket.gethostname(), "pid": os.getpid(), "beats": beats}

    def _read_owner(self) -> dict[str, Any]:
        """The note of the process that has the lease; empty when there is none."""

        def read() -> Any:
            try:
                return self._client.get_collection(self._name, embedding_function=None).metadata
            except Exception as error:
                if "does not exist" in str(error):
                    return {}
                raise

        return dict(self._call(read) or {})

    def _beat(self, done: threading.Event) -> None:
        beats = 0
        while not done.wait(_BEAT_INTERVAL):
            beats += 1
            with suppress(Exception):  # when the server is away, the work itself will say so
                assert self._collection is not None
                self._collection.modify(metadata=self._note(beats))

    def _give_back(self) -> None:
        if self._read_owner().get("token") == self._token:
            self._delete_of({"token": self._token})
        self._collection = None

    def _delete_of(self, owner: dict[str, Any]) -> None:
        """Renames the collection of one owner and deletes it; a process that comes second has nothing left to do."""
        with suppress(Exception):
            collection = self._client.get_collection(self._name, embedding_function=None)
            if (collection.metadata or {}).get("token") == owner.get("token"):
                aside = f"{self._name}-{str(owner.get('token'))[:12]}"
                collection.modify(name=aside)
                self._client.delete_collection(aside)


class _TakenError(StoreError):
    """Another process has the lease."""


def _is_dead(owner: dict[str, Any]) -> bool:
    """Whether the owner was a process of this machine that no longer runs."""
    return owner.get("host") == socket.gethostname() and not process_is_alive(int(owner.get("pid", 0)))


def _describe(owner: dict[str, Any]) -> str:
    return f"Process {owner.get('pid', '?')} on {owner.get('host', 'another machine')}"
