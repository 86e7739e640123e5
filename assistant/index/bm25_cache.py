"""The file behind the BM25 index: SQLite's FTS5 over all sentences, a cache of the store that may be deleted any time.

Rows of sentences are numbered ``slot << 24 | sentence number``, where a slot stands for one version of one document:
the key of a row, and whether it is in scope, follow from its number. Beside them stands the vocabulary, the words as
they are written, with which `assistant.query.spelling` corrects a question's typing errors.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from assistant.errors import StoreError
from assistant.files import create_private
from assistant.index import rows
from assistant.index.chroma.collections import CLOSED
from assistant.index.rows import DocumentEntry
from assistant.index.store import Store
from assistant.index.term_counts import StemCounter, TermCounter
from assistant.shortages import describe_lack_of_files, describe_shortage

logger = logging.getLogger(__name__)

NUMBER_BITS = 24  # the lower bits of a row's number, which hold the sentence's number in its document
_BATCH_SENTENCES = 5_000  # whose words are counted together, which bounds the memory that it takes
_LOCK_TIMEOUT = 120.0  # seconds that another process may take to synchronise the file
_FORMAT = 3  # raise it, in the tables below too, when they or the words in them change
_TABLES = """
    BEGIN;
    CREATE TABLE versions (slot INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);
    CREATE VIRTUAL TABLE sentences USING fts5(
        stems, context, tokenize = "unicode61 remove_diacritics 0 tokenchars '''.,_'"
    );
    -- in how many sentences a stem occurs, and over how many in a title or heading
    CREATE TABLE stems (stem TEXT PRIMARY KEY, held INTEGER, headed INTEGER) WITHOUT ROWID;
    -- of some sentences of a document: [[word, times, times as a name]…]
    CREATE TABLE written (slot INTEGER, words TEXT);
    CREATE INDEX written_by ON written (slot);
    CREATE TABLE vocabulary (
        length INTEGER, word TEXT, letters INTEGER, times INTEGER, named INTEGER, PRIMARY KEY (length, word)
    ) WITHOUT ROWID;
    INSERT INTO sentences(sentences, rank) VALUES ('rank', 'bm25(1.0, 0.5)'); -- a title's word counts half
    PRAGMA user_version = 3;
    COMMIT;
"""
_ADD_STEM_COUNTS = """
    INSERT INTO stems (stem, held, headed) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET held = held + excluded.held, headed = headed + excluded.headed
"""
_ADD_WORDS = """
    INSERT INTO vocabulary (length, word, letters, times, named) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET times = times + excluded.times, named = named + excluded.named
"""
_SUBTRACT_WORDS = """
    UPDATE vocabulary SET times = vocabulary.times - gone.times, named = vocabulary.named - gone.named
    FROM (
        SELECT json_extract(value, '$[0]') AS word, sum(json_extract(value, '$[1]')) AS times,
            sum(json_extract(value, '$[2]')) AS named
        FROM written, json_each(written.words) WHERE slot = ? GROUP BY 1
    ) AS gone
    WHERE vocabulary.length = length(gone.word) AND vocabulary.word = gone.word
"""
_T = TypeVar("_T")


class BM25Cache:
    """The cache file of an opened store. May be used from any thread.

    Attributes:
        database: the connection; use it in functions given to `run`.
        slots: the slot of each version in the file.
    """

    database: sqlite3.Connection

    def __init__(self, store: Store) -> None:
        """Opens ``lexical.sqlite`` in the store's folder, and synchronises it with the store.

        A file that is missing, damaged or of another format is made anew.

        Raises:
            StoreError: the file cannot be read or written.
        """
        self._store = store
        self._path = store.home / store.cache_name
        self._lock = threading.RLock()
        self._is_closed = False
        self.database = sqlite3.connect(":memory:")  # until the file is open
        self.slots: dict[str, int] = {}
        self._versions: dict[int, str] = {}  # by slot
        with _explain_errors(self._path):
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                self._recreate(error)
        self.synchronise()

    def run(self, query: Callable[[], _T]) -> _T:
        """Runs a function that uses the database; if the file turns out to be damaged, once more with a new file.

        Raises:
            StoreError: the new file cannot be written, or the index is closed.
        """
        with self._lock:
            if self._is_closed:
                raise StoreError(CLOSED)
            try:
                if self._data_version() != self._known_data_version:
                    self._read_slots()
                return query()
            except (sqlite3.DatabaseError, KeyError) as error:  # KeyError: a row of a document that does not exist
                with _explain_errors(self._path):
                    self._recreate(error)
                    self._synchronise()
                    return query()

    def synchronise(self) -> int:
        """Brings the file in line with the store. Only documents that differ are touched.

        Returns:
            How many rows of sentences were added and deleted.
        """
        return self.run(self._synchronise)

    def close(self) -> None:
        """Closes the file; harmless when done twice."""
        with self._lock:
            self._is_closed = True  # or a later query would take it for damaged, and make it anew
            self.database.close()

    def is_known(self, row_number: int) -> bool:
        """Whether the sentence with this row number belongs to a document in the file."""
        return row_number >> NUMBER_BITS in self._versions

    def sentence_key(self, row_number: int) -> str:
        """The store's key of the sentence with this row number."""
        return rows.sentence_key(self._versions[row_number >> NUMBER_BITS], row_number & (1 << NUMBER_BITS) - 1)

    def _open(self) -> None:
        if self._path.is_dir():
            raise StoreError(f"'{self._path}' is a folder, where the index has a file of its own. Move it away.")
        with contextlib.suppress(FileExistsError):
            create_private(self._path).close()  # SQLite gives the files beside it the same permissions
        self.database.close()
        self.database = sqlite3.connect(
            self._path, timeout=_LOCK_TIMEOUT, check_same_thread=False, isolation_level=None
        )
        self.database.execute("PRAGMA journal_mode = WAL")  # a killed process leaves the file whole
        self.database.execute("PRAGMA synchronous = OFF")  # a power failure may not: it is a cache
        if self._format() == 0:
            self.database.executescript(_TABLES)
        if self._format() != _FORMAT:
            raise sqlite3.DatabaseError("another version of the assistant made it")
        if self._path.stat().st_size % self.database.execute("PRAGMA page_size").fetchone()[0]:
            raise sqlite3.DatabaseError("its end is missing")  # SQLite itself takes part of a page for a whole one
        self._read_slots()

    def _read_slots(self) -> None:
        self._known_data_version = self._data_version()
        self.slots = dict(self.database.execute("SELECT version, slot FROM versions"))
        self._versions = {slot: version for version, slot in self.slots.items()}

    def _data_version(self) -> int:
        """A number that changes when another process has written: one with the same home and an index in a server."""
        return int(self.database.execute("PRAGMA data_version").fetchone()[0])

    def _format(self) -> int:
        return int(self.database.execute("PRAGMA user_version").fetchone()[0])

    def _recreate(self, error: Exception) -> None:
        is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        if is_full or describe_shortage(error) or describe_lack_of_files():
            raise error  # a new file would fare no better
        logger.warning("The lexical index is made anew: %s.", error)
        self.database.close()
        delete_cache(self._path)
        self._open()

    def _synchronise(self) -> int:
        touched = 0
        removed, added = self._store.compare_versions(self.slots.keys())
        if not removed and not added:
            return 0
        with self._transaction():
            # Once more: another process may have synchronised the file meanwhile.
            removed, added = self._store.compare_versions(self.slots.keys())
            for version in removed:
                touched += self._delete(version)
            if touched:
                self.database.execute("DELETE FROM vocabulary WHERE times <= 0")
                self.database.execute("DELETE FROM stems WHERE held <= 0 AND headed <= 0")
            touched += self._add(added)
        return touched

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.database.execute("BEGIN IMMEDIATE")
        if self._data_version() != self._known_data_version:
            self._read_slots()
        before = dict(self.slots), dict(self._versions)
        try:
            yield
        except BaseException:
            self.slots, self._versions = before
            with contextlib.suppress(sqlite3.Error):
                self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def _delete(self, version: str) -> int:
        slot = self.slots.pop(version)
        del self._versions[slot]
        self.database.execute("DELETE FROM versions WHERE slot = ?", [slot])
        self.database.execute(_SUBTRACT_WORDS, [slot])
        self.database.execute("DELETE FROM written WHERE slot = ?", [slot])
        row_range, removed = (slot << NUMBER_BITS, (slot + 1) << NUMBER_BITS), StemCounter()
        of_document = "FROM sentences WHERE rowid >= ? AND rowid < ?"
        for stems, heading_stems in self.database.execute(f"SELECT stems, context {of_document}", row_range):
            removed.add(stems, heading_stems)
        self.database.executemany(_ADD_STEM_COUNTS, removed.counts(-1))
        return self.database.execute(f"DELETE {of_document}", row_range).rowcount

    def _add(self, entries: Sequence[DocumentEntry]) -> int:
        if not entries:
            return 0
        first_slot = self.database.execute("SELECT ifnull(max(slot), -1) + 1 FROM versions").fetchone()[0]
        slots = {entry.version: slot for slot, entry in enumerate(entries, first_slot)}
        titles = {entry.version: entry.title for entry in entries}
        self.slots |= slots
        self._versions |= {slot: version for version, slot in slots.items()}
        self.database.executemany("INSERT INTO versions (version, slot) VALUES (?, ?)", slots.items())
        sentences, touched = self._store.sentences_of(entries), 0
        while batch := list(islice(sentences, _BATCH_SENTENCES)):
            values, counter = [], TermCounter()
            for key, sentence in batch:
                version = rows.version_of(key)
                stems = counter.add(slots[version], sentence.text, f"{titles[version]} {sentence.context}")
                values.append((slots[version] << NUMBER_BITS | sentence.number, *stems))
            insert = "INSERT INTO sentences (rowid, stems, context) VALUES (?, ?, ?)"
            touched += self.database.executemany(insert, values).rowcount
            self.database.executemany("INSERT INTO written (slot, words) VALUES (?, ?)", counter.words_by_document())
            self.database.executemany(_ADD_WORDS, counter.vocabulary())
            self.database.executemany(_ADD_STEM_COUNTS, counter.stem_counts())
        return touched


def delete_cache(path: Path) -> None:
    """Deletes a cache file, or a link in its place, with what SQLite keeps beside it.

    Raises:
        OSError: that can't be done.
    """
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _explain_errors(path: Path) -> Iterator[None]:
    """Turns whatever keeps the file from being used into a StoreError that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError, MemoryError) as error:
        if shortage := describe_shortage(error) or describe_lack_of_files():
            raise StoreError(f"The file '{path}' cannot be read or written: {shortage}") from error
        raise StoreError(
            f"The file '{path}' cannot be read or written ({error}). Make room on its disk, or check its permissions. "
            "It holds nothing of its own, and is made anew."
        ) from error
