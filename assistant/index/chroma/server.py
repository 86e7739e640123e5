"""Rows and vectors in a Chroma server that many processes share. Calls are tried again where that helps.

A state row counts the commits, and every document entry carries the count at which it was written. So a process that
knows the index as of one count gets what is new since, and a removed document leaves an entry without a version.
Collections come in sets, and the state row names the live one: a rebuilt index takes the old one's place in one call.
Entries and texts cannot be made again, so Chroma never writes the vector files of their collections: a killed server
can damage the others (`assistant.index.chroma.embedded` says how), which can be rebuilt.
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

from assistant.addresses import without_login
from assistant.errors import StoreError
from assistant.index.chroma.collections import (
    CLOSED,
    DUMMY_VECTOR,
    NAMES,
    NEVER,
    Collections,
    CommitMark,
    NewCommits,
    ServerConnector,
    collection_configuration,
)
from assistant.index.chroma.connection import (
    ROOT,
    Address,
    connect,
    explain_failure,
    http_sessions,
    is_transient,
)
from assistant.index.chroma.lease import Lease
from assistant.index.rows import Row

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

    from assistant.settings import Settings

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_STATE_KEY = "state"
_RETRY_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds, when there was no server: a restart takes one or two
# Changes after which the server writes a collection's vector files, each time all of them. Until then they stay in its
# log, which every write looks through: 10,000 chunks there cost a write some 0.2 s.
_SYNC_THRESHOLDS = {"sentences": 20_000, "passages": 10_000}


def configured_server(settings: "Settings") -> ServerConnector | None:
    """The function that connects to the configured Chroma server; None when the index is in a folder."""
    return (lambda metadata: ChromaServer(settings, metadata)) if settings.chroma_url else None


class ChromaServer(Collections):
    """The index in a database of a Chroma server."""

    def __init__(self, settings: "Settings", metadata: Mapping[str, str | int], *, only: str | None = None) -> None:
        """Connects, and makes an empty index where there is none.

        Args:
            settings: their ``chroma_url`` and ``chroma_token`` are used.
            metadata: written into a new index; an existing one keeps its own.
            only: the name of the one set of collections to use, without waiting for other writers; by default the
                live set.

        Raises:
            SettingsError: ``chroma_url`` is not an address.
            StoreError: there is no Chroma server of this version at the address, or it rejects the token.
        """
        address = Address.of(settings)
        self.address = without_login(str(settings.chroma_url))
        self.location = f"at {self.address}"
        self.cache_suffix = f"-{hashlib.sha256(str(settings.chroma_url).encode()).hexdigest()[:8]}"
        self._new_metadata, self._only = dict(metadata), only
        self._collections: dict[str, Collection] = {}
        self._closed = False
        self._opening = threading.RLock()
        self._client = connect(address)
        self._lease = Lease(self._client, ROOT, self._call)
        try:
            self._open_index(only)
        except BaseException:
            self.close()
            raise

    def _open_index(self, only: str | None) -> None:
        self._root = self._call(lambda: self._client.get_or_create_collection(ROOT, embedding_function=None))
        if only:
            self._create_set(only)
        elif not self._read_state():
            with self._lease.hold():
                if not self._read_state():
                    logger.warning("There was no index at %s yet: an empty one was made.", self.address)
                    first = uuid.uuid4().hex[:8]
                    self._create_set(first)
                    self.go_live(first)
        self._open_set(only or self._live_state()[0])

    # Sets of collections

    def _read_state(self) -> CommitMark | None:
        metadatas = self._call(lambda: self._root.get(ids=[_STATE_KEY], include=["metadatas"]))["metadatas"]
        if not metadatas:
            return None
        set_name, count = json.loads(str(metadatas[0]["data"]))
        return str(set_name), int(count)

    def _live_state(self) -> CommitMark:
        if (state := self._read_state()) is None:
            raise StoreError(f"The index at {self.address} is gone. Open it anew, or index again: assistant index PATH")
        return state

    def _write_state(self, state: CommitMark) -> None:
        row: Any = {"version": "", "data": json.dumps(state)}
        self._call(lambda: self._root.upsert(ids=[_STATE_KEY], embeddings=DUMMY_VECTOR, metadatas=[row]))

    def _create_set(self, set_name: str) -> None:
        """Creates the collections of a set; those that another process has just created are as good."""
        for name in NAMES:
            metadata = self._new_metadata if name == "documents" else None
            self._call(
                lambda name=name, metadata=metadata: self._client.get_or_create_collection(  # type: ignore[misc]  # mypy infers no type for a default
                    _full_name(set_name, name),
                    embedding_function=None,
                    metadata=metadata,
                    configuration=collection_configuration(name, _SYNC_THRESHOLDS.get(name, NEVER)),
                )
            )

    def _open_set(self, set_name: str) -> None:
        with self._opening:
            get = self._client.get_collection
            self._collections = {
                name: self._call(lambda name=name: get(_full_name(set_name, name), embedding_function=None))  # type: ignore[misc]  # mypy infers no type for a default
                for name in NAMES
            }
            self._set_name = set_name
            self.metadata = dict(self._collections["documents"].metadata or {})

    def go_live(self, set_name: str, *, keep_old: bool = False) -> str | None:
        """Makes a set of collections the live one, and deletes the former unless it shall be kept.

        Returns:
            What the names of the former collections begin with, where they are kept.
        """
        old = self._read_state()
        self._write_state((set_name, old[1] + 1 if old else 0))
        if old and old[0] != set_name:
            if keep_old:
                return _full_name(old[0], "")
            self.delete_set(old[0])
        return None

    def delete_set(self, set_name: str) -> None:
        """Deletes a set of collections, as far as that is possible."""
        for full_name in (_full_name(set_name, name) for name in NAMES):
            try:
                self._call(lambda full_name=full_name: self._client.delete_collection(full_name))  # type: ignore[misc]  # mypy infers no type for a default
            except StoreError as error:
                logger.info("A leftover could not be deleted: %s", error)

    def _collection(self, name: str) -> "Collection":
        if self._closed:
            raise StoreError(CLOSED)
        return self._collections[name]

    # Calls

    def _call(self, work: Callable[[], _T]) -> _T:
        if self._closed:
            raise StoreError(CLOSED)
        for pause in (*_RETRY_PAUSES, None):
            try:
                return work()
            except StoreError:
                raise
            except Exception as error:  # Chroma raises its own, httpx's, and bare ones
                if pause is None or not is_transient(error):
                    raise StoreError(explain_failure(error, self.address)) from error
            time.sleep(pause)
        raise AssertionError

    def write_turn(self) -> AbstractContextManager[None]:
        """Waits until no other process writes."""
        return nullcontext() if self._only else self._lease.hold()

    def new_commits(self, since: CommitMark | None) -> NewCommits | None:
        """As `Collections.new_commits`: a single call where nothing is new."""
        if self._only:
            return None if since else NewCommits((self._only, 0), ())
        state = self._live_state()
        if state == since:
            return None
        if state[0] != self._set_name:
            self._open_set(state[0])
        complete = since is None or since[0] != state[0] or since[1] > state[1]
        where = None if complete else {"stamp": {"$gt": since[1] if since else 0}}
        return NewCommits(state, self._read_where("documents", where), complete)

    def commit(self, entries: Sequence[Row], removed: Sequence[str]) -> CommitMark:
        """As `Collections.commit`: other processes see it with their next question."""
        state = (self._only, 0) if self._only else self._live_state()
        if state[0] != self._set_name:
            raise StoreError(f"The index at {self.address} was made anew meanwhile. Do it again.")
        count = state[1] + 1
        if not self._only:
            self._lease.check()
        self.put("documents", [*entries, *(Row(key, "", "") for key in removed)], stamp=count)
        if not self._only:
            self._write_state((self._set_name, count))
        return self._set_name, count

    def settle(self) -> None:
        """Does nothing: the server writes its files by itself."""

    def refresh(self) -> None:
        """Does nothing: every call finds its own connection."""

    def close(self) -> None:
        """Releases the connections."""
        self._closed = True
        for session in http_sessions(self._client):
            session.close()
        self._client.close()


def _full_name(set_name: str, name: str) -> str:
    return f"{ROOT}-{set_name}-{name}"
