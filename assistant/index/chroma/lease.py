"""One writer at a time among many processes of many machines, by nothing but a Chroma server.

Of several that make a collection of the same name one succeeds: who made it may write, until it deletes it. Its
metadata says who that is and beats like a heart; one that has stopped beating is renamed out of the way, which harms
nobody when two do it at once. No clock is compared with another's.
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

_BEAT = 3.0  # seconds
_DEAD = 20.0  # seconds without a beat after which a holder counts as gone
_POLL = 0.05
_TOLD = 3.0  # seconds of waiting after which it is said
_PATIENCE = 900.0  # seconds: a large document on a slow machine takes minutes
_LONG = 1.0  # seconds of holding after which others get a chance before the next turn


class Lease:
    """The right to write to an index; may be taken again by the thread that has it."""

    def __init__(self, client: "Client", name: str, call: "Callable[[Callable[[], Any]], Any]") -> None:
        self._client, self._name, self._call = client, f"{name}-writing", call
        self._mine = threading.RLock()
        self._depth = 0
        self._held: Collection | None = None
        self._token = ""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for its turn, and holds it until the context ends.

        Raises:
            LockedError: another process has it for longer than can be waited.
        """
        with self._mine:
            if self._depth == 0:
                self._take()
            self._depth += 1
            begun, done = time.monotonic(), threading.Event()
            beating = threading.Thread(target=self._beat, args=(done,), daemon=True) if self._depth == 1 else None
            if beating:
                beating.start()
            try:
                yield
            finally:
                self._depth -= 1
                if beating:
                    done.set()
                    beating.join()
                    self._give_back()
                    if time.monotonic() - begun > _LONG:
                        time.sleep(2 * _POLL)

    def check(self) -> None:
        """Makes sure that it is still ours, before what is written becomes live.

        Raises:
            StoreError: this process stood still for so long that another took it for dead.
        """
        if self._owner().get("token") != self._token:
            raise StoreError("This process stood still and lost its turn to write; nothing was changed. Do it again.")

    def _take(self) -> None:
        self._token = uuid.uuid4().hex
        begun = seen = time.monotonic()
        before: Any = None
        told = False
        while True:
            with suppress(_TakenError):
                self._held = self._make()
                return
            now, owner = time.monotonic(), self._owner()
            if owner != before:
                before, seen = owner, now
            if owner and (now - seen > _DEAD or _is_dead(owner)):
                self._bury(owner)
            elif now - begun > _PATIENCE:
                raise LockedError(
                    f"{_who(owner)} has been writing to this index for long. Try again when it has ended."
                )
            elif now - begun > _TOLD and not told:
                told = True
                logger.warning("Waiting for %s, which writes to the same index.", _who(owner))
            time.sleep(_POLL)

    def _make(self) -> "Collection":
        def make() -> Any:
            try:
                return self._client.create_collection(self._name, embedding_function=None, metadata=self._note(0))
            except Exception as error:
                if "already exists" in str(error):
                    raise _TakenError from error
                raise

        made: Collection = self._call(make)
        return made

    def _note(self, beats: int) -> dict[str, str | int]:
        return {"token": self._token, "host": socket.gethostname(), "pid": os.getpid(), "beats": beats}

    def _owner(self) -> dict[str, Any]:
        """What the holder has noted; empty when there is none."""

        def look() -> Any:
            try:
                return self._client.get_collection(self._name, embedding_function=None).metadata
            except Exception as error:
                if "does not exist" in str(error):
                    return {}
                raise

        return dict(self._call(look) or {})

    def _beat(self, done: threading.Event) -> None:
        beats = 0
        while not done.wait(_BEAT):
            beats += 1
            with suppress(Exception):  # the server is away: the work itself will say so
                assert self._held is not None
                self._held.modify(metadata=self._note(beats))

    def _give_back(self) -> None:
        if self._owner().get("token") == self._token:
            self._bury({"token": self._token})
        self._held = None

    def _bury(self, owner: dict[str, Any]) -> None:
        """Renames the collection of one holder and deletes it; who comes second finds nothing to do."""
        with suppress(Exception):
            found = self._client.get_collection(self._name, embedding_function=None)
            if (found.metadata or {}).get("token") == owner.get("token"):
                aside = f"{self._name}-{str(owner.get('token'))[:12]}"
                found.modify(name=aside)
                self._client.delete_collection(aside)


class _TakenError(StoreError):
    """Another process holds the lease."""


def _is_dead(owner: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    return owner.get("host") == socket.gethostname() and not process_is_alive(int(owner.get("pid", 0)))


def _who(owner: dict[str, Any]) -> str:
    return f"Process {owner.get('pid', '?')} on {owner.get('host', 'another machine')}"
