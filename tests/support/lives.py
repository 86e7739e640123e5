"""Lives of an index: processes that open it, change it and end, or are killed on the way."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assistant.index.store
import assistant.ingest.indexer
from assistant.index.chroma.embedded import EmbeddedChroma
from assistant.types import Document
from tests.support.indexes import IndexUnderTest, check_index, document, open_index

Texts = Mapping[str, str]  # by document id

_FOLDER_EVENTS = {"os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "shutil.copytree", "shutil.copyfile"}
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.lives"])  # a process takes 50 ms then, not two seconds


@dataclass(frozen=True)
class Change:
    """Documents to add or change, each a number of sentences in some edition, and documents to remove."""

    added: Mapping[str, tuple[int, int]]
    removed: frozenset[str] | None = frozenset()  # None: all

    def apply_to(self, texts: Texts) -> Texts:
        """What is indexed after the change, if it was ``texts`` before."""
        removed = texts.keys() if self.removed is None else self.removed
        kept = {name: text for name, text in texts.items() if name not in removed}
        return kept | {name: made.text for name in self.added if (made := self._document(name))}

    def make(self, index: IndexUnderTest) -> None:
        """Makes the change as a run of indexing does: what is removed goes last, and the index is settled."""
        if self.added:
            index.add(*map(self._document, self.added))
        listed = {entry.id for entry in index.store.summaries()} - self.added.keys()
        if removed := listed if self.removed is None else listed & self.removed:
            index.store.remove(removed)
            index.bm25.synchronise()
        index.store.settle()

    def _document(self, name: str) -> Document:
        # No two sentences share a word: among vectors that lie close together Chroma's graph loses one in a thousand.
        sentences, edition = self.added[name]
        words = (f"{name}{edition}x{number}" for number in range(sentences))
        return document(name, " ".join(f"Line{word} has{word} cargo{word}." for word in words))


@dataclass(frozen=True)
class Life:
    """One process: it opens the index, makes changes, and closes it, unless it is killed before.

    Attributes:
        changes: one after the other.
        settle_rows: how many rows may wait to be settled, at the end of a change and within it.
        killed_at: the step before which it is killed: a call of Chroma or a change of the folder, counted from the
            start of the opening.
        killed_after: seconds after the start of the opening at which it is killed, wherever it is.
    """

    changes: Sequence[Change]
    settle_rows: tuple[int, int] = (1, 20_000)
    killed_at: int | None = None
    killed_after: float | None = None

    def possible_texts(self, texts: Texts, done: int) -> list[Texts]:
        """What may be indexed after this many changes were made for certain: nothing of the next one, or parts."""
        for change in self.changes[:done]:
            texts = change.apply_to(texts)
        if done == len(self.changes):
            return [texts]
        following = self.changes[done]
        return [texts, Change(following.added).apply_to(texts), following.apply_to(texts)]


def live(home: Path, lives: Sequence[Life]) -> int:
    """Runs lives one after the other, and asserts after each that the index is whole and finds what is in it.

    Returns:
        How many of them were killed.
    """
    texts: Texts = {}
    killed = 0
    for number, life in enumerate(lives):
        progress = home.with_name("progress")
        progress.write_bytes(b"")
        process = _context.Process(target=_run, args=(home, life, progress))
        process.start()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL, -signal.SIGALRM}, f"life {number} ended with an error"
        killed += process.exitcode != 0
        possible = life.possible_texts(texts, progress.stat().st_size)
        for _ in range(2):  # what an opening itself leaves must open too
            with open_index(home) as index:
                texts = _check(index, possible)
            possible = [texts]
    return killed


def _check(index: IndexUnderTest, possible: Sequence[Texts]) -> Texts:
    index.bm25.synchronise()
    check_index(index)
    texts = {entry.id: index.store.document(entry.id).text for entry in index.store.summaries()}
    assert texts in possible
    for name, text in texts.items():
        for sentence in {text[: text.index(".") + 1], text[text.rindex("Line") :]}:
            assert [sentence] == index.nearest(f"{name}. {sentence}", k=1)
            assert sentence in index.words(*sentence.rstrip(".").split(), k=1)
    if not texts:
        assert [] == index.nearest("Linealpha0x0")
        assert [] == index.words("linealpha0x0")
    return texts


def _run(home: Path, life: Life, progress: Path) -> None:
    assistant.ingest.indexer._GROUP_SENTENCES = 1_000_000  # all documents of a change become live at one moment
    assistant.index.store._SETTLE_AT_REST_ROWS, assistant.index.store._SETTLE_IN_RUN_ROWS = life.settle_rows
    assistant.index.store._PUT_SENTENCES = 50
    if life.killed_at is not None:
        _die_at(life.killed_at)
    if life.killed_after is not None:
        signal.setitimer(signal.ITIMER_REAL, life.killed_after)  # nothing catches its signal: it kills
    with open_index(home) as index, progress.open("ab", buffering=0) as file:
        for change in life.changes:
            change.make(index)
            file.write(b".")


def _die_at(step: int) -> None:
    """Makes this process kill itself at a step."""
    count = 0

    def advance(event: str, _arguments: Any = ()) -> None:
        nonlocal count
        if event in _FOLDER_EVENTS:
            count += 1
            if count >= step:
                os.kill(os.getpid(), signal.SIGKILL)

    call = EmbeddedChroma._call

    def counted(self: EmbeddedChroma, work: Any) -> Any:
        advance("os.rename")
        return call(self, work)

    EmbeddedChroma._call = counted  # type: ignore[method-assign]  # counts the calls
    sys.addaudithook(advance)
