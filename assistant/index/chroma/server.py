"""Rows and vectors in a Chroma server that many processes share; what is asked of it is tried again where that helps.

A state row counts the commits, and every listing carries the count at which it was written: whoever has seen the
index at one count gets what is new since, and a document that is gone leaves a row without a version. Collections come
in sets, of which the state row names the live one, so that a rebuilt index takes the old one's place in one call.
What can't be made again, listings and texts, is in collections whose vector files Chroma never writes: a killed server
can damage the others (`assistant.index.chroma.embedded`), and these can be rebuilt.
"""

import hashlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.errors import StoreError
from assistant.index.chroma.collections import (
    CLOSED,
    NAMES,
    NEVER,
    NOWHERE,
    Collections,
    CommitMark,
    NewCommits,
    Server,
    shape,
)
from assistant.index.chroma.connection import ROOT, Address, connect, explain_failure, is_transient, sessions
from assistant.index.chroma.lease import Lease
from assistant.index.rows import Row

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

    from assistant.settings import Settings

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_STATE = "state"
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds before trying again what found no server: a restart takes one or two
# Changes after which the server writes a collection's vector files, each time all of them. Until then they stay in its
# log, which each writing looks through: 10,000 passages cost it some 0.2 s.
_WRITTEN = {"sentences": 20_000, "passages": 10_000}


def configured_server(settings: "Settings") -> Server | None:
    """What connects to the server that holds the index; None where it is in a folder."""
    return (lambda facts: ChromaServer(settings, facts)) if settings.chroma_url else None


class ChromaServer(Collections):
    """The index in a database of a Chroma server."""

    def __init__(self, settings: "Settings", facts: Mapping[str, str | int], *, only: str | None = None) -> None:
        """Connects, and makes an empty index where there is none.

        Args:
            settings: ``chroma_url`` and ``chroma_token``.
            facts: written into a new index; an old one keeps its own.
            only: the set to work in alone, without waiting for others; by default the live one.

        Raises:
            SettingsError: the address is none.
            StoreError: there is no Chroma server of this version at the address, or it lets nobody in.
        """
        self.address = str(settings.chroma_url)
        self.where = f"at {self.address}"
        self.place = f"-{hashlib.sha256(self.address.encode()).hexdigest()[:8]}"
        self._new_facts, self._only = dict(facts), only
        self._collections: dict[str, Collection] = {}
        self._closed = False
        self._opening = threading.RLock()
        self._client = connect(Address.of(settings))
        self._lease = Lease(self._client, ROOT, self._call)
        try:
            self._enter(only)
        except BaseException:
            self.close()
            raise

    def _enter(self, only: str | None) -> None:
        root = self._call(lambda: self._client.get_or_create_collection(ROOT, embedding_function=None))
        self._root = root
        if only:
            self._make(only)
        elif not self._state():
            with self._lease.held():
                if not self._state():
                    logger.warning("There was no index at %s yet: an empty one was made.", self.address)
                    first = uuid.uuid4().hex[:8]
                    self._make(first)
                    self.go_live(first)
        self._open(only or self._live()[0])

    # Which collections

    def _state(self) -> CommitMark | None:
        found = self._call(lambda: self._root.get(ids=[_STATE], include=["metadatas"]))["metadatas"]
        if not found:
            return None
        name, count = json.loads(str(found[0]["data"]))
        return str(name), int(count)

    def _live(self) -> CommitMark:
        if (state := self._state()) is None:
            raise StoreError(f"The index at {self.address} is gone. Open it anew, or index again: assistant index PATH")
        return state

    def _tell(self, mark: CommitMark) -> None:
        row: Any = {"version": "", "data": json.dumps(mark)}
        self._call(lambda: self._root.upsert(ids=[_STATE], embeddings=NOWHERE, metadatas=[row]))

    def _make(self, name: str) -> None:
        """Makes the collections of a set; one that another process is just making is as good."""
        for each in NAMES:
            metadata = self._new_facts if each == "documents" else None
            self._call(
                lambda each=each, metadata=metadata: self._client.get_or_create_collection(  # type: ignore[misc]  # mypy infers no type for a default
                    _named(name, each),
                    embedding_function=None,
                    metadata=metadata,
                    configuration=shape(each, _WRITTEN.get(each, NEVER)),
                )
            )

    def _open(self, name: str) -> None:
        with self._opening:
            get = self._client.get_collection
            self._collections = {
                each: self._call(lambda each=each: get(_named(name, each), embedding_function=None))  # type: ignore[misc]  # mypy infers no type for a default
                for each in NAMES
            }
            self._set = name
            self.facts = dict(self._collections["documents"].metadata or {})

    def go_live(self, name: str) -> None:
        """Puts a set of collections in the place of the live one, and deletes that."""
        old = self._state()
        self._tell((name, old[1] + 1 if old else 0))
        if old and old[0] != name:
            self.forget(old[0])

    def forget(self, *names: str) -> None:
        """Deletes sets of collections."""
        for each in (_named(name, each) for name in names for each in NAMES):
            try:
                self._call(lambda each=each: self._client.delete_collection(each))  # type: ignore[misc]  # mypy infers no type for a default
            except StoreError as error:
                logger.info("A leftover could not be deleted: %s", error)

    def _collection(self, name: str) -> "Collection":
        if self._closed:
            raise StoreError(CLOSED)
        return self._collections[name]

    # Asking

    def _call(self, work: Callable[[], _T]) -> _T:
        if self._closed:
            raise StoreError(CLOSED)
        for pause in (*_PAUSES, None):
            try:
                return work()
            except StoreError:
                raise
            except Exception as error:  # Chroma raises its own, httpx's, and bare ones
                if pause is None or not is_transient(error):
                    raise StoreError(explain_failure(error, self.address)) from error
            time.sleep(pause)
        raise AssertionError

    def turn(self) -> AbstractContextManager[None]:
        """Waits until no other process writes."""
        return nullcontext() if self._only else self._lease.held()

    def news(self, seen: CommitMark | None) -> NewCommits | None:
        """One call where nothing is new."""
        if self._only:
            return None if seen else NewCommits((self._only, 0), ())
        state = self._live()
        if state == seen:
            return None
        if state[0] != self._set:
            self._open(state[0])
        whole = seen is None or seen[0] != state[0] or seen[1] > state[1]
        where = None if whole else {"stamp": {"$gt": seen[1] if seen else 0}}
        return NewCommits(state, self._read_where("documents", where), whole)

    def commit(self, listings: Sequence[Row], gone: Sequence[str]) -> CommitMark:
        """As in general; others see it with their next question."""
        state = (self._only, 0) if self._only else self._live()
        if state[0] != self._set:
            raise StoreError(f"The index at {self.address} was made anew meanwhile. Do it again.")
        count = state[1] + 1
        if not self._only:
            self._lease.check()
        self.put("documents", [*listings, *(Row(key, "", "") for key in gone)], stamp=count)
        if not self._only:
            self._tell((self._set, count))
        return self._set, count

    def settle(self) -> None:
        """The server writes its files by itself."""

    def refresh(self) -> None:
        """Every call finds its own connection."""

    def close(self) -> None:
        """Lets go of the connections."""
        self._closed = True
        for session in sessions(self._client):
            session.close()
        self._client.close()


def _named(name: str, each: str) -> str:
    return f"{ROOT}-{name}-{each}"
