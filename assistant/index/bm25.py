"""The lexical index: BM25 by SQLite's FTS5, a cache of the store that may be deleted at any time.

What is indexed are the stems that `assistant.nlp.tokens` makes, so that a word here and in the evidence of a
sentence is the same thing. Rows are numbered ``slot << 24 | sentence number``, where a slot stands for one
version of one document: a row's key, and whether it is in scope, follow from its number. Beside them stands the
vocabulary, the words as they are written, with which `assistant.query.spelling` reads a question's typing errors.
"""

import contextlib
import json
import logging
import math
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from assistant.errors import StoreError
from assistant.index import rows
from assistant.index.rows import DocumentEntry
from assistant.index.store import Store
from assistant.index.term_counts import ALL, StemFrequencies, TermCounter
from assistant.nlp.letters import IndexedWord, letter_set
from assistant.nlp.tokens import content_stems, stem

logger = logging.getLogger(__name__)

_BITS = 24  # of a row's number that count the sentences of a document
_BATCH = 5_000  # sentences whose words are counted together, which bounds the memory that it takes
_PATIENCE = 120.0  # seconds that another process may take to bring it in line
_ROWS = 50_000  # that a search may look at: the words that BM25 counts for least are left out beyond
_FORM = 3  # raise it, below too, when the tables change, or the words in them
_TABLES = """
    BEGIN;
    CREATE TABLE versions (slot INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);
    CREATE VIRTUAL TABLE sentences USING fts5(
        stems, context, tokenize = "unicode61 remove_diacritics 0 tokenchars '''.,_'"
    );
    CREATE TABLE stems (stem TEXT PRIMARY KEY, held INTEGER, headed INTEGER) WITHOUT ROWID; -- numbers of sentences
    CREATE TABLE written (slot INTEGER, words TEXT); -- [[word, times, named]…] of some of a document's sentences
    CREATE INDEX written_by ON written (slot);
    CREATE TABLE vocabulary (
        length INTEGER, word TEXT, letters INTEGER, times INTEGER, named INTEGER, PRIMARY KEY (length, word)
    ) WITHOUT ROWID;
    INSERT INTO sentences(sentences, rank) VALUES ('rank', 'bm25(1.0, 0.5)'); -- a title's word counts half
    PRAGMA user_version = 3;
    COMMIT;
"""
_SEARCH = """
    SELECT rowid, -rank FROM sentences
    WHERE sentences MATCH ? AND (? IS NULL OR rowid >> ? IN (SELECT value FROM json_each(?)))
    ORDER BY rank LIMIT ?
"""
_COUNT = """
    INSERT INTO stems (stem, held, headed) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET held = held + excluded.held, headed = headed + excluded.headed
"""
_LEARN = """
    INSERT INTO vocabulary (length, word, letters, times, named) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET times = times + excluded.times, named = named + excluded.named
"""
_UNLEARN = """
    UPDATE vocabulary SET times = vocabulary.times - gone.times, named = vocabulary.named - gone.named
    FROM (
        SELECT json_extract(value, '$[0]') AS word, sum(json_extract(value, '$[1]')) AS times,
            sum(json_extract(value, '$[2]')) AS named
        FROM written, json_each(written.words) WHERE slot = ? GROUP BY 1
    ) AS gone
    WHERE vocabulary.length = length(gone.word) AND vocabulary.word = gone.word
"""
_NEAR = """
    SELECT word, named > 0 FROM (
        SELECT word, named, letters & ~:letters AS more, :letters & ~letters AS fewer FROM vocabulary
        WHERE length IN (SELECT value FROM json_each(:lengths)) AND word >= :first AND word < :after
    ) -- an edit brings at most one letter that the other word hasn't, and takes at most one: of each two at most
    WHERE (more & (more - 1)) & ((more & (more - 1)) - 1) = 0
    AND (fewer & (fewer - 1)) & ((fewer & (fewer - 1)) - 1) = 0
"""
_T = TypeVar("_T")


class BM25Index:
    """The lexical index of an opened store; may be used from any thread."""

    def __init__(self, store: Store) -> None:
        """Opens ``lexical.sqlite`` in the store's folder and brings it in line with the store.

        A file that is missing, damaged or of another form is made anew.
        """
        self._store = store
        self._path = store.home / store.cache_name
        self._lock = threading.RLock()
        with _usable(self._path):
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                self._renew(error)
        self.synchronise()

    def _open(self) -> None:
        self._database = sqlite3.connect(self._path, _PATIENCE, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")  # a killed process leaves it whole
        self._database.execute("PRAGMA synchronous = OFF")  # a failing power supply may not: it is a cache
        if self._form() == 0:
            self._database.executescript(_TABLES)
        if self._form() != _FORM:
            raise sqlite3.DatabaseError("another version of the assistant made it")
        if self._path.stat().st_size % self._database.execute("PRAGMA page_size").fetchone()[0]:
            raise sqlite3.DatabaseError("its end is missing")  # SQLite itself takes part of a page for a whole one
        self._read_slots()

    def _read_slots(self) -> None:
        self._changes = self._data_version()
        self._slots: dict[str, int] = dict(self._database.execute("SELECT version, slot FROM versions"))
        self._versions = {slot: version for version, slot in self._slots.items()}

    def _data_version(self) -> int:
        """Changes when another process, one with the same home and an index in a server, has written."""
        return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def _form(self) -> int:
        return int(self._database.execute("PRAGMA user_version").fetchone()[0])

    def _renew(self, error: Exception) -> None:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise error  # a new one would have no room either
        logger.warning("The lexical index is made anew: %s.", error)
        self.close()
        for leftover in self._path.parent.glob(f"{self._path.name}*"):
            leftover.unlink()
        self._open()

    def _mended(self, work: Callable[[], _T]) -> _T:
        """Does some work, and where the file turns out to be damaged, once more with a new one."""
        with self._lock:
            try:
                if self._data_version() != self._changes:
                    self._read_slots()
                return work()
            except (sqlite3.DatabaseError, KeyError) as error:  # a key that stands for no document
                with _usable(self._path):
                    self._renew(error)
                    self._bring_in_line()
                    return work()

    def close(self) -> None:
        """Closes the file; harmless when done twice."""
        with self._lock:
            self._database.close()

    def synchronise(self) -> int:
        """Brings the rows in line with the store: only documents that differ are touched.

        Returns:
            How many rows were added and deleted.
        """
        return self._mended(self._bring_in_line)

    def _bring_in_line(self) -> int:
        touched = 0
        gone, new = self._store.beside(self._slots.keys())
        if not gone and not new:
            return 0
        with self._transaction():
            gone, new = self._store.beside(self._slots.keys())  # another process may have done it meanwhile
            for version in gone:
                touched += self._delete(version)
            if touched:
                self._database.execute("DELETE FROM vocabulary WHERE times <= 0")
                self._database.execute("DELETE FROM stems WHERE held <= 0 AND headed <= 0")
            touched += self._add(new)
        return touched

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        if self._data_version() != self._changes:
            self._read_slots()
        before = dict(self._slots), dict(self._versions)
        try:
            yield
        except BaseException:
            self._slots, self._versions = before
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _delete(self, version: str) -> int:
        slot = self._slots.pop(version)
        del self._versions[slot]
        self._database.execute("DELETE FROM versions WHERE slot = ?", [slot])
        self._database.execute(_UNLEARN, [slot])
        self._database.execute("DELETE FROM written WHERE slot = ?", [slot])
        span, gone = (slot << _BITS, (slot + 1) << _BITS), StemFrequencies()
        within = "FROM sentences WHERE rowid >= ? AND rowid < ?"
        for stems, above in self._database.execute(f"SELECT stems, context {within}", span):
            gone.add(stems, above)
        self._database.executemany(_COUNT, gone.counts(-1))
        return self._database.execute(f"DELETE {within}", span).rowcount

    def _add(self, new: Sequence[DocumentEntry]) -> int:
        if not new:
            return 0
        first = self._database.execute("SELECT ifnull(max(slot), -1) + 1 FROM versions").fetchone()[0]
        slots = {at.version: slot for slot, at in enumerate(new, first)}
        titles = {at.version: at.title for at in new}
        self._slots |= slots
        self._versions |= {slot: version for version, slot in slots.items()}
        self._database.executemany("INSERT INTO versions (version, slot) VALUES (?, ?)", slots.items())
        sentences, touched = self._store.sentences_of(new), 0
        while batch := list(islice(sentences, _BATCH)):
            values, tally = [], TermCounter()
            for key, each in batch:
                version = rows.version_of(key)
                stems = tally.add(slots[version], each.text, f"{titles[version]} {each.context}")
                values.append((slots[version] << _BITS | each.number, *stems))
            insert = "INSERT INTO sentences (rowid, stems, context) VALUES (?, ?, ?)"
            touched += self._database.executemany(insert, values).rowcount
            self._database.executemany("INSERT INTO written (slot, words) VALUES (?, ?)", tally.by_document())
            self._database.executemany(_LEARN, tally.in_all())
            self._database.executemany(_COUNT, tally.stems())
        return touched

    def search(self, words: Iterable[str], k: int, versions: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The sentences that hold the most telling of some words, by BM25 (Robertson and Zaragoza 2009).

        Args:
            words: any text is safe; stop words count for nothing.
            k: how many sentences at most.
            versions: of the documents in scope, as `Store.versions` gives them; None means all.

        Returns:
            Sentence keys with their scores (above 0, higher is better), best first.
        """
        stems = dict.fromkeys(content_stems(" ".join(words)))

        def ask() -> list[tuple[str, float]]:
            wanted = " OR ".join(f'"{stem}"' for stem in self._telling(stems))
            if not wanted:
                return []
            inside = None
            if versions is not None:
                inside = json.dumps([self._slots[each] for each in versions if each in self._slots])
            found = self._database.execute(_SEARCH, [wanted, inside, _BITS, inside, k])
            return [(self._key(row), score) for row, score in found if row >> _BITS in self._versions]

        return self._mended(ask)

    def _telling(self, stems: Iterable[str]) -> list[str]:
        """The rarest of some stems, one at least, that stand in few enough sentences together."""
        counted = [(count, each) for each in stems if (count := sum(self._standing(each)))]
        told, looked = list[str](), 0
        for count, each in sorted(counted):
            looked += count
            if told and looked > _ROWS:
                break
            told.append(each)
        return told

    def _key(self, row: int) -> str:
        return rows.sentence_key(self._versions[row >> _BITS], row & (1 << _BITS) - 1)

    def rarity(self, stems: Iterable[str]) -> dict[str, float]:
        """How rare words are among the indexed sentences, their titles and headings aside.

        Args:
            stems: as `assistant.nlp.tokens.stem` makes them.

        Returns:
            For each its inverse document frequency, ln(1 + (N - n + ½) / (n + ½)), as a share of the highest
            there could be: near 0 for a word of every sentence, 1 for one of none.
        """
        wanted = list(stems)

        def ask() -> dict[str, float]:
            number, _ = self._standing(ALL)
            highest = _frequency(number, 0)
            return {stem: _frequency(number, self._standing(stem)[0]) / highest for stem in wanted}

        return self._mended(ask)

    def _standing(self, stemmed: str) -> tuple[int, int]:
        """The number of sentences that hold a stem, and of those that stand under it."""
        found = self._database.execute("SELECT held, headed FROM stems WHERE stem = ?", [stemmed]).fetchone()
        return found or (0, 0)

    def known(self, told: Iterable[str]) -> dict[str, int]:
        """Those of some folded words that stand in the index, in whatever form, with the number of their sentences.

        A word of titles and headings alone counts as that of one sentence.
        """
        stems = {word: stem(word) for word in told}

        def ask() -> dict[str, int]:
            standing = {each: self._standing(each) for each in set(stems.values())}
            held = {each: held or min(1, headed) for each, (held, headed) in standing.items()}
            return {word: held[stemmed] for word, stemmed in stems.items() if held[stemmed]}

        return self._mended(ask)

    def near(self, word: str, edits: int) -> list[IndexedWord]:
        """Words as written in the index that may be within one or two edits of a folded one, and begin as it does."""
        given = {
            "lengths": json.dumps(list(range(len(word) - edits, len(word) + edits + 1))),
            "first": word[0],
            "after": chr(ord(word[0]) + 1),
            "letters": letter_set(word),
        }
        return self._mended(
            lambda: [IndexedWord(word, bool(named)) for word, named in self._database.execute(_NEAR, given)]
        )

    def capitals(self, told: Iterable[str]) -> frozenset[str]:
        """Those of some folded words that are mostly written with a capital where it means a name."""
        query = "SELECT 1 FROM vocabulary WHERE length = ? AND word = ? AND 2 * named > times"
        wanted = set(told)

        def ask() -> frozenset[str]:
            return frozenset(each for each in wanted if self._database.execute(query, [len(each), each]).fetchone())

        return self._mended(ask)

    def says(self, phrase: str) -> bool:
        """Whether the content words of a phrase stand side by side somewhere in the index, in whatever form."""
        wanted = " ".join(content_stems(phrase))
        if not wanted:
            return False
        query = "SELECT 1 FROM sentences WHERE sentences MATCH ? LIMIT 1"
        return self._mended(lambda: self._database.execute(query, [f'"{wanted}"']).fetchone() is not None)


@contextlib.contextmanager
def _usable(path: Path) -> Iterator[None]:
    """Has whatever keeps the file from being used said in words."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"The file '{path}' cannot be read or written ({error}). Make room on its disk, or check its permissions. "
            "It holds nothing of its own, and is made anew."
        ) from error


def _frequency(number: int, holding: int) -> float:
    return math.log(1 + (number - holding + 0.5) / (holding + 0.5))
