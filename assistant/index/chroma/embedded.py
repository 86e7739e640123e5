"""Rows and vectors in a Chroma folder that a killed process cannot harm.

Chroma 1.5.9 keeps rows in SQLite, which survives a kill, and vectors in files that it rewrites in place every
``sync_threshold`` rows. A process killed during that rewrite leaves a collection that never opens again: 20 of 40
kills aimed at it did (20,000 rows of 384 dimensions). So the threshold is never reached here. New vectors stay in
SQLite's log, which Chroma replays at opening (some 0.2 ms a row), and `EmbeddedChroma.settle` makes Chroma write its
vector files in a copy of the folder, which then takes the folder's place.
"""

import logging
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from assistant.errors import StoreError
from assistant.files import make_private_folder
from assistant.home import close_to_others
from assistant.index.chroma.checksums import find_damaged_file, seal_folder
from assistant.index.chroma.collections import (
    CLOSED,
    NAMES,
    NEVER,
    Collections,
    CommitMark,
    NewCommits,
    collection_configuration,
)
from assistant.index.chroma.damage import check_text, database_is_damaged, is_read
from assistant.index.rows import Row
from assistant.shortages import describe_lack_of_files, describe_shortage

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_MIN_SYNC_THRESHOLD = 2  # the smallest that Chroma accepts
# Bytes. With less room on the disk, lack of room is why Chroma fails, whatever it says: what it took is free again.
_FULL_DISK_BYTES = 16_000_000
_NO_RIGHTS = ("permission denied", "readonly database", "read-only file system")  # in an error of Chroma or the system
_MARK: CommitMark = ("folder", 0)  # nobody else writes to a folder, so all its states have one mark


def index_exists(home: Path) -> bool:
    """Whether there is an index in this folder, even one that a killed process left half moved into place.

    Raises:
        StoreError: that can't be known, as without permission.
    """
    try:
        folders = [home / name for name in ("chroma", "chroma.next") if _is_there(home / name)]
    except OSError as error:
        reason = describe_shortage(error) or f"{error.strerror}. Choose another with --home or ASSISTANT_HOME."
        raise StoreError(f"The folder '{home}' cannot be looked into: {reason}") from error
    if folders and not folders[0].is_dir():
        kind = "a file" if folders[0].is_file() else "a link that leads nowhere"
        raise StoreError(f"'{folders[0]}' is {kind}, where the folder of the index has to be. Correct that.")
    return bool(folders)


def _is_there(path: Path) -> bool:
    """Whether there is a file, folder or link of this name; raises OSError where that can't be known."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def rows_are_damaged(home: Path) -> bool:
    """Whether the rows of an index are known to be damaged, rather than that they can't be read now.

    Raises:
        OSError: they can't be read now.
        sqlite3.Error: as above.
    """
    return database_is_damaged(_folder_in(home) / "chroma.sqlite3")


def _folder_in(home: Path) -> Path:
    return next((home / name for name in ("chroma", "chroma.next") if (home / name).exists()), home / "chroma")


def copy_rows(home: Path, target: Path) -> None:
    """Copies an index without its vector files: these may be damaged, and the rows can be read without them."""
    source = _folder_in(home)

    def all_but_rows(folder: str, names: Sequence[str]) -> list[str]:
        return [name for name in names if not name.startswith("chroma.sqlite3") or Path(folder) != source]

    shutil.copytree(source, target / "chroma", ignore=all_but_rows)


def replace_index(new_home: Path, home: Path, *, keep_old: bool = False) -> Path | None:
    """Moves the index in the folder ``new_home`` to ``home``, in place of the one there, if any.

    Both must be closed. If the process is killed at any moment, the next opening finds the old index or the new one,
    whole.

    Args:
        new_home: the folder of the new index.
        home: the folder of the old one.
        keep_old: whether the old one stays, under another name. Otherwise it is deleted.

    Returns:
        The folder in which the old index is kept, if it is.
    """
    old = home / "chroma.old"
    shutil.rmtree(old, ignore_errors=True)
    kept = keep_old and (home / "chroma").exists()
    if kept:
        old = next(path for number in count(1) if not (path := home / f"chroma.damaged-{number}").exists())
    shutil.rmtree(home / "chroma.next", ignore_errors=True)
    (new_home / "chroma").rename(home / "chroma.next")
    if (home / "chroma").exists():
        (home / "chroma").rename(old)
    (home / "chroma.next").rename(home / "chroma")
    if kept:
        return old
    shutil.rmtree(old, ignore_errors=True)
    return None


class EmbeddedChroma(Collections):
    """An opened Chroma folder, which belongs to one process alone."""

    def __init__(self, home: Path, metadata: Mapping[str, str | int]) -> None:
        """Opens ``home/chroma``, creates it when it is missing, and finishes what a killed process left undone.

        Args:
            home: the folder of the index; its lock must be held.
            metadata: written into a new folder; an existing one keeps its own.

        Raises:
            StoreError: Chroma cannot open the folder.
        """
        self.location = f"in '{home}'"
        self._path, self._next = home / "chroma", home / "chroma.next"
        self._draft, self._old = home / "chroma.draft", home / "chroma.old"
        self._rebuild = home / "rebuild"
        self._lock, self._last_call_failed = threading.RLock(), False
        with _explain_errors(home):
            self._tidy()
            if not self._path.exists():
                _create(self._draft, metadata)
                self._draft.rename(self._path)
            self._open()
        self.metadata = dict(self._collections["documents"].metadata or {})

    def _tidy(self) -> None:
        if not self._path.exists() and self._next.exists():
            self._next.rename(self._path)
        for leftover in (self._draft, self._next, self._old, self._rebuild):
            shutil.rmtree(leftover, ignore_errors=True)

    def _open(self) -> None:
        if (name := find_damaged_file(self._path, is_read)) is not None:
            path = self._path / name
            raise StoreError(f"The file '{path}' is damaged. Remake the index with: assistant index --rebuild")
        check_text(self._path / "chroma.sqlite3")
        self._client = _connect(self._path)
        try:
            self._collections = {name: _get_collection(self._client, name) for name in NAMES}
        except BaseException:
            self._client.close()
            raise

    def refresh(self) -> None:
        """Connects anew: after a failed write, as on a full disk, Chroma may hold SQLite's lock for ever."""
        with self._lock, _explain_errors(self._path.parent):
            self.close()
            self._open()

    def close(self) -> None:
        """Releases the folder's files. Any later call raises `StoreError`."""
        with self._lock:
            self._client.close()
            self._collections, self._last_call_failed = {}, False

    def _collection(self, name: str) -> "Collection":
        if not self._collections:
            raise StoreError(CLOSED)
        return self._collections[name]

    def _call(self, work: Callable[[], _T]) -> _T:
        with self._lock, _explain_errors(self._path.parent):
            if self._last_call_failed:  # as on a full disk: Chroma may hold SQLite's lock for ever then
                self._client.close()
                self._open()
                self._last_call_failed = False
            try:
                return work()
            except StoreError:
                raise
            except Exception:
                self._last_call_failed = True
                raise

    def write_turn(self) -> AbstractContextManager[None]:
        """Nothing to wait for: the folder's lock keeps other processes out."""
        return nullcontext()

    def new_commits(self, since: CommitMark | None) -> NewCommits | None:
        """Everything, once: nobody else writes."""
        return None if since else NewCommits(_MARK, self.read_all("documents"))

    def commit(self, entries: Sequence[Row], removed: Sequence[str]) -> CommitMark:
        """As `Collections.commit`: SQLite makes a single call atomic."""
        self.put("documents", entries)
        self.delete("documents", removed)
        return _MARK

    def settle(self) -> None:
        """Makes Chroma write its vector files, so that the next opening has nothing to replay.

        Nobody may write meanwhile. Reading goes on, except for the moment in which the copy takes the folder's place.
        Where the disk has no room for the copy, the folder stays as it is, and whole.
        """
        for name in self._collections:
            self._get(name, limit=1, include=["embeddings"])  # Chroma finishes a write when it reads
        try:
            make_private_folder(self._draft)
            shutil.copytree(self._path, self._draft, dirs_exist_ok=True)
            _write_vector_files(self._draft)
            seal_folder(self._draft)
            close_to_others(self._draft)
            self._draft.rename(self._next)
        except Exception as error:  # noqa: BLE001 — on a full disk Chroma raises its own
            logger.warning("The index was not compacted (%s): it works, but opens more slowly.", error)
            shutil.rmtree(self._draft, ignore_errors=True)
            return
        with self._lock:
            self.close()
            self._path.rename(self._old)
            self._next.rename(self._path)
            self._open()
        shutil.rmtree(self._old, ignore_errors=True)


@contextmanager
def _explain_errors(home: Path) -> Iterator[None]:
    """Turns whatever Chroma, SQLite, Rust or the system raises into a StoreError that says what to do."""
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise  # Ctrl-C. A panic of Rust, on a damaged database, is no Exception either, but is explained
        if "disk is full" in str(error) or _is_full(home):
            message = f"The disk with the index in '{home}' is full. Make room, and do it again. Nothing was lost."
            raise StoreError(message) from error
        failure = f"The index in '{home}' cannot be opened, read or written"
        if shortage := describe_shortage(error) or describe_lack_of_files():
            raise StoreError(f"{failure}: {shortage} Nothing was lost.") from error
        if any(words in str(error).lower() for words in _NO_RIGHTS):
            raise StoreError(f"{failure} ({error}). Correct the permissions of its files, and do it again.") from error
        raise StoreError(
            f"{failure} ({type(error).__name__}: {error}). If that stays so, remake it with: assistant index --rebuild"
        ) from error


def _is_full(folder: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < _FULL_DISK_BYTES
    return False


def _connect(path: Path) -> "Client":
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    except BaseException:  # Chroma keeps the failed system, and would give it to the next who opens this path
        SharedSystemClient._identifier_to_system.pop(str(path), None)  # noqa: SLF001
        raise
    return cast("Client", client)  # the declared type lacks close()


def _get_collection(client: "Client", name: str) -> "Collection":
    return client.get_collection(name, embedding_function=None)


def _create(path: Path, metadata: Mapping[str, str | int]) -> None:
    make_private_folder(path)
    client = _connect(path)
    try:
        for name in NAMES:
            client.create_collection(
                name,
                embedding_function=None,
                configuration=collection_configuration(name),
                metadata=dict(metadata) if name == "documents" else None,
            )
    finally:
        client.close()
    close_to_others(path)


def _write_vector_files(path: Path) -> None:
    """Lowers the threshold, so that Chroma writes its vector files, and raises it again.

    Chroma heeds a new threshold only when it replays its log, at the first reading after opening.
    """
    for threshold in (_MIN_SYNC_THRESHOLD, NEVER):
        client = _connect(path)
        try:
            for name in NAMES:
                collection = _get_collection(client, name)
                if threshold == NEVER:
                    collection.get(limit=1, include=["embeddings"])
                with warnings.catch_warnings():  # Chroma calls a collection without its own embedder legacy
                    warnings.simplefilter("ignore", DeprecationWarning)
                    collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
        finally:
            client.close()
