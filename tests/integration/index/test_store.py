import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import DocumentNotFoundError, LockedError, MismatchError, StoreError
from assistant.index.chroma import collections
from assistant.index.chroma.collections import Collections
from assistant.index.live_state import LastUsed
from assistant.index.rows import PreparedDocument, Row, Vector, sentence_key
from assistant.index.store import Store
from assistant.options import DocumentFilter
from assistant.types import Chunk, Sentence
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import SPLITTER, IndexUnderTest, check_index, document, open_index, server_connector

CATS = document("cats", "Cats sleep all day. They hunt at night.", kind="md", date=date(2024, 5, 1))
DOGS = document("dogs", "Dogs guard the house. They bark at strangers.", kind="txt", date=date(2025, 5, 1))
FISH = document("fish", "Fish swim in the sea.", kind="md")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path / "home") as index:
        index.add(CATS, DOGS, FISH)
        yield index


def test_what_is_written_is_read_back(index: IndexUnderTest, tmp_path: Path) -> None:
    """Documents, sentences and chunks come back as they were, now and after the next opening."""
    written = document(
        "all", "One.\n\nTwo \0 “quoted” İ 🙂.", kind="pdf", date=date(2024, 2, 29), url="https://example.org/a",
        pages=(0, 6), notes=("a note",), title="Title", source="/a/b\udcff.pdf",
    )  # fmt: skip
    index.add(written)
    listed = index.store.summary("all")
    assert written == index.store.document("all")
    check_index(index)
    index.store.close()

    with open_index(tmp_path / "home") as again:
        assert listed == again.store.summary("all")
        assert written == again.store.document("all")
        assert ["all", "cats", "dogs", "fish"] == sorted(entry.id for entry in again.store.summaries())
        assert [1, 2] == [sentence.page for sentence in again.store.sentences("all")]
        check_index(again)


def test_a_long_document_is_kept_in_pieces(index: IndexUnderTest) -> None:
    """A text longer than one row holds comes back whole."""
    long = document("long", ("word " * 400 + ". ") * 160)
    index.add(long)
    listed = index.store.summary("long")

    assert listed is not None
    assert listed.texts > 3
    assert long == index.store.document("long")


def test_nearest_gives_the_best_first_and_no_more_than_there_are(index: IndexUnderTest) -> None:
    """The nearest sentences come in the order of their similarity, which is the cosine."""
    question = index.embedder.embed_question("dogs. Dogs guard the house.")
    nearest = index.store.nearest(question, 50)

    assert "Dogs guard the house." == nearest[0].sentence.text
    assert pytest.approx(1, abs=1e-4) == nearest[0].similarity
    assert 5 == len(nearest)
    assert sorted((neighbour.similarity for neighbour in nearest), reverse=True) == [
        neighbour.similarity for neighbour in nearest
    ]
    assert ["Dogs guard the house."] == index.nearest("dogs. Dogs guard the house.", k=1)


@pytest.mark.parametrize("named", [10_000, 0], ids=["named to Chroma", "too many to name"])
@pytest.mark.parametrize(
    ("scope", "ids"),
    [
        (DocumentFilter(), {"cats", "dogs", "fish"}),
        (DocumentFilter(documents=frozenset({"cats"})), {"cats"}),
        (DocumentFilter(documents=frozenset({"cats", "dogs"})), {"cats", "dogs"}),
        (DocumentFilter(kinds=frozenset({"md"})), {"cats", "fish"}),
        (DocumentFilter(kinds=frozenset({"pdf"})), set()),
        (DocumentFilter(since=date(2024, 5, 1)), {"cats", "dogs"}),
        (DocumentFilter(since=date(2024, 5, 2)), {"dogs"}),
        (DocumentFilter(until=date(2024, 5, 1)), {"cats"}),
        (DocumentFilter(documents=frozenset({"dogs"}), kinds=frozenset({"md"})), set()),
    ],
)
def test_a_scope_bounds_what_is_found(
    index: IndexUnderTest, scope: DocumentFilter, ids: set[str], named: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only documents in scope are found, by vector and by word; the first and the last day are included."""
    monkeypatch.setattr("assistant.index.live_state._MAX_FILTER_VERSIONS", named)
    question = index.embedder.embed_question("they")

    assert ids == {nearest.sentence.document_id for nearest in index.store.nearest(question, 10, scope)}
    words = index.words("cats", "dogs", "fish", k=10, scope=scope)
    assert ids == {text.split()[0].lower() for text in words if not text.startswith("They")}


@pytest.mark.parametrize("named", [10_000, 0])
def test_the_nearest_in_scope_are_found_behind_nearer_ones(
    index: IndexUnderTest, named: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many sentences out of scope are nearer, those in scope are found."""
    monkeypatch.setattr("assistant.index.live_state._MAX_FILTER_VERSIONS", named)
    index.add(document("crowd", " ".join(f"Dogs guard house number {n}." for n in range(100))))
    question = index.embedder.embed_question("dogs. Dogs guard the house.")
    nearest = index.store.nearest(question, 2, DocumentFilter(documents=frozenset({"cats"})))
    assert ["cats", "cats"] == [neighbour.sentence.document_id for neighbour in nearest]


def test_an_unknown_document_is_named(index: IndexUnderTest) -> None:
    """Every request for a document that isn't indexed is an error with its id."""
    question = index.embedder.embed_question("they")
    asks: tuple[Callable[[], object], ...] = (
        lambda: index.store.document("mouse"),
        lambda: index.store.sentences("mouse"),
        lambda: index.store.remove(["cats", "mouse"]),
        lambda: index.store.nearest(question, 3, DocumentFilter(documents=frozenset({"mouse"}))),
    )
    for ask in asks:
        with pytest.raises(DocumentNotFoundError, match=r"'mouse'.*assistant documents"):
            ask()
    assert index.store.summary("mouse") is None
    assert index.store.summary("cats") is not None


def test_sentences_may_be_asked_for_in_part(index: IndexUnderTest) -> None:
    """Part of a document's sentences comes in order, and is cut at the document's ends."""
    first, second = index.store.sentences("cats")

    assert (first,) == index.store.sentences("cats", -3, 0)
    assert (second,) == index.store.sentences("cats", 1, 9)
    assert () == index.store.sentences("cats", 2)


def test_removed_documents_leave_nothing(index: IndexUnderTest) -> None:
    """After a removal neither the document nor any row of it can be found."""
    index.store.remove(["cats", "cats"])
    index.bm25.synchronise()

    check_index(index)
    assert {"dogs", "fish"} == {entry.id for entry in index.store.summaries()}
    assert "Cats sleep all day." not in index.nearest("Cats sleep all day.", k=10)


def test_a_version_that_is_gone_is_no_longer_fetched(index: IndexUnderTest) -> None:
    """A key of a replaced document gives nothing, and its sentences are no longer found."""
    question = index.embedder.embed_question("cats")
    old = index.store.nearest(question, 1)[0]
    index.add(document("cats", "Cats purr."))

    assert [] == index.store.fetch([old.key], question)
    assert 1 == len(index.store.nearest(question, 10, DocumentFilter(documents=frozenset({"cats"}))))
    check_index(index)


@pytest.mark.parametrize("place", ["sentences", "passages", "commit"])
def test_a_write_that_fails_leaves_what_was_there(
    index: IndexUnderTest, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error at any step of a write leaves every document as it was, and the next write succeeds."""
    before = {entry.id: entry.version for entry in index.store.summaries()}
    put = Collections.put

    def failing(self: Collections, name: str, rows: list[Row], vectors: Vector | None = None, **fields: int) -> None:
        if name == ("documents" if place == "commit" else place):
            raise OSError("no room")
        put(self, name, rows, vectors, **fields)

    with monkeypatch.context() as patch:
        patch.setattr(Collections, "put", failing)
        with pytest.raises(OSError, match="no room"):
            index.add(document("cats", "Cats purr."), document("mice", "Mice squeak."))

    assert before == {entry.id: entry.version for entry in index.store.summaries()}
    index.bm25.synchronise()
    check_index(index)
    index.add(document("cats", "Cats purr."))
    check_index(index)


def test_readers_see_only_whole_documents_while_one_is_replaced(tmp_path: Path) -> None:
    """Readers in other threads find one version of a document or the other, never both or none."""
    home, stop, wrong = tmp_path / "home", threading.Event(), []
    with open_index(home) as index:
        index.add(document("a", "Version 0 one. Version 0 two."), DOGS)
        question = index.embedder.embed_question("Version")

        def read() -> None:
            while not stop.is_set():
                scope = DocumentFilter(documents=frozenset({"a"}))
                nearest = index.store.nearest(question, 5, scope)
                versions = {neighbour.sentence.text.split()[1] for neighbour in nearest}
                text = index.store.document("a").text
                if len(nearest) != 2 or len(versions) != 1 or text.split()[1] != text.split()[4]:
                    wrong.append((versions, [neighbour.sentence.text for neighbour in nearest]))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(1, 15):
            index.add(document("a", f"Version {number} one. Version {number} two."))
            if number == 8:
                index.store._settle()
        stop.set()
        for thread in threads:
            thread.join()
        assert [] == wrong
        check_index(index)


def test_a_row_deleted_during_the_search_is_left_out_if_its_document_was_replaced(
    index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma may find a row that is deleted before it reads it: no harm, unless its document is still there."""
    question, search = index.embedder.embed_question("cats"), index.store._chroma.nearest
    entry = index.store.summary("cats")
    assert entry is not None
    answer = {"ids": ["replaced:0"], "metadatas": [None], "embeddings": [question]}

    def search_and_find_a_deleted_row(*arguments: Any) -> list[Row]:
        return [*collections._parse_rows(answer), *search(*arguments)]

    monkeypatch.setattr(index.store._chroma, "nearest", search_and_find_a_deleted_row)
    assert {"cats", "dogs", "fish"} == {
        neighbour.sentence.document_id for neighbour in index.store.nearest(question, 9)
    }

    answer["ids"] = [sentence_key(entry.version, 0)]
    with pytest.raises(StoreError, match="A row of the index is damaged"):
        index.store.nearest(question, 9)


def test_rows_of_a_document_that_is_being_written_are_not_shown(index: IndexUnderTest) -> None:
    """Rows of a document that is being written are not among the results."""
    new = document("new", "Same. " * 40)
    split = tuple(Sentence("new", n, n * 6, n * 6 + 5, "Same.") for n in range(40))
    question = index.embedder.embed_question("cats. Cats sleep all day.")
    nearest = []

    def embedded() -> Iterator[tuple[tuple[Sentence, ...], Vector]]:
        yield split, np.tile(question, (40, 1))
        nearest.extend(index.store.nearest(question, 3))

    index.store.write([PreparedDocument(new, "h", split, ())], embedded())

    assert nearest  # which of the others is left to Chroma, whose search is approximate among so many alike
    assert "new" not in {neighbour.sentence.document_id for neighbour in nearest}
    assert {"new"} == {neighbour.sentence.document_id for neighbour in index.store.nearest(question, 3)} - {"cats"}


def test_a_long_run_settles_on_its_way(index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """After enough new rows the store settles before the run ends, and nothing is lost."""
    monkeypatch.setattr("assistant.index.store._SETTLE_IN_RUN_ROWS", 1)
    index.add(document("cats", "Cats purr."))

    assert 0 == index.store._journal.pending
    check_index(index)


def test_a_small_change_to_a_large_index_is_not_settled(index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settling copies the folder, so a share of the index's rows may wait in the log."""
    monkeypatch.setattr("assistant.index.store._SETTLE_AT_REST_ROWS", 1)
    monkeypatch.setattr("assistant.index.store._SETTLE_AT_REST_SHARE", 1)
    index.store._settle()
    index.add(document("cats", "Cats purr."))
    assert 0 < index.store._journal.pending
    check_index(index)
    monkeypatch.setattr("assistant.index.store._SETTLE_AT_REST_SHARE", 200)
    index.add(document("dogs", "Dogs bark."))
    assert 0 == index.store._journal.pending
    check_index(index)


def test_settling_keeps_everything_and_empties_the_log(index: IndexUnderTest, tmp_path: Path) -> None:
    """A settled folder holds the same rows and vectors, and the next opening has nothing to replay."""
    index.store._settle()
    check_index(index)
    index.add(document("more", "Snails are slow."))
    check_index(index)
    index.store.close()

    assert {"chroma", "lexical.sqlite", "lock"} >= {p.name for p in (tmp_path / "home").iterdir() if "-" not in p.name}
    with open_index(tmp_path / "home") as again:
        check_index(again)
        assert 4 == len(again.store.summaries())


@pytest.mark.folder
@pytest.mark.parametrize("left", ["draft", "next and chroma", "next alone", "old"])
def test_a_settling_that_was_killed_is_finished_or_undone(tmp_path: Path, left: str) -> None:
    """Whatever folders a killed process left, the next opening finds the index whole."""
    home = tmp_path / "home"
    with open_index(home) as index:
        index.add(CATS)
    chroma = home / "chroma"
    if left == "draft":
        (home / "chroma.draft").mkdir()
    elif left == "old":
        (home / "chroma.old").mkdir()
    elif left == "next alone":
        chroma.rename(home / "chroma.next")
        (home / "chroma.old").mkdir()
    else:
        (home / "chroma.next").mkdir()

    with open_index(home) as index:
        check_index(index)
        assert CATS == index.store.document("cats")
    assert ["chroma"] == sorted(path.name for path in home.glob("chroma*"))


@pytest.mark.folder
def test_a_full_disk_leaves_the_index_unsettled_and_whole(
    index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where there is no room for the copy, settling says so and changes nothing."""
    monkeypatch.setattr("shutil.copytree", lambda *_, **__: (_ for _ in ()).throw(OSError("No space left on device")))
    index.store._settle()

    assert "No space left on device" in caplog.text
    check_index(index)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("other", 32, SPLITTER), "embedder fake; this would be embedder other"),
        (("fake", 64, SPLITTER), "dimension 32; this would be dimension 64"),
        (("fake", 32, "test-2"), "splitter test-1; this would be splitter test-2"),
    ],
)
def test_another_embedder_or_splitter_is_refused(tmp_path: Path, arguments: tuple[str, int, str], message: str) -> None:
    """An index made otherwise is not opened; the error says what differs and what to run."""
    with open_index(tmp_path) as index:
        index.add(CATS)

    with pytest.raises(MismatchError, match=f"{message}.*assistant index --rebuild"):
        Store(tmp_path, *arguments, server_connector(tmp_path))
    with open_index(tmp_path) as index:
        assert CATS == index.store.document("cats")


@pytest.mark.folder
def test_a_second_opening_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    """Two stores on one folder would lose vectors: the second one is an error at once."""
    with open_index(tmp_path), pytest.raises(LockedError):
        Store(tmp_path, "fake", 32, SPLITTER)
    with open_index(tmp_path) as index:
        assert () == index.store.summaries()
        assert [] == index.nearest("anything")


@pytest.mark.folder
def test_a_damaged_folder_is_a_clear_error_and_is_not_kept_locked(tmp_path: Path) -> None:
    """A file that is not a database is the same clear error each time."""
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"cannot be opened.*assistant index --rebuild"):
            Store(tmp_path, "fake", 32, SPLITTER)


def test_a_closed_store_says_so(index: IndexUnderTest) -> None:
    """Using a closed store is a clear error, and closing it twice is harmless."""
    index.store.close()
    index.store.close()

    with pytest.raises(StoreError, match="closed"):
        index.store.sentences("cats")


def test_missing_text_rows_are_named(index: IndexUnderTest) -> None:
    """A document whose text is damaged is an error, not an endless loop."""
    listed = index.store.summary("cats")
    assert listed is not None
    index.store._chroma.delete("texts", [f"{listed.version}:t0"])

    with pytest.raises(StoreError, match="The text of 'cats' is damaged"):
        index.store.document("cats")


@pytest.mark.parametrize("number", [5_465, pytest.param(12_345, marks=pytest.mark.slow)])
def test_more_rows_than_one_call_takes(tmp_path: Path, number: int) -> None:
    """A document of more sentences than Chroma takes in a call is written, read and removed in pages."""
    rng = np.random.default_rng(0)
    text = "".join(f"S{n}. " for n in range(number))
    starts = [0, *np.cumsum([len(f"S{n}. ") for n in range(number - 1)]).tolist()]
    long = document("long", text)
    sentences = tuple(
        Sentence("long", n, start, start + len(f"S{n}."), f"S{n}.", chunk=n // 5) for n, start in enumerate(starts)
    )
    chunks = tuple(
        Chunk("long", n, sentences[n * 5].start, sentences[n * 5 + 4].end, "", n * 5, n * 5 + 4)
        for n in range(number // 5)
    )
    vectors = rng.normal(size=(number, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with Store(tmp_path, "four", 4, SPLITTER) as store:
        store.write([PreparedDocument(long, "h1", sentences, chunks)], [(sentences, vectors)])
        assert sentences == store.sentences("long")
        assert sentences[5_000:5_003] == store.sentences("long", 5_000, 5_002)
        keys = [nearest.key for nearest in store.nearest(vectors[7], 3)]
        assert "S7." in {fetched.sentence.text for fetched in store.fetch(keys, vectors[7])}
        every = store.fetch([f"{store.summaries()[0].version}:{n}" for n in range(number)], vectors[0])
        assert number == len(every)
        np.testing.assert_allclose(vectors, [fetched.vector for fetched in every], atol=1e-5)
        assert len(chunks) == len(store.chunks(sentences))
        store.remove(["long"])
        assert [] == list(store._chroma.read_all("sentences"))


def test_what_was_used_longest_ago_is_forgotten() -> None:
    """Values of at most the given size in all are kept, those that were used last."""
    cache = LastUsed[str](10)
    cache.put("a", "first", 4)
    cache.put("b", "second", 4)
    assert "first" == cache.get("a")
    cache.put("c", "third", 4)

    assert cache.get("b") is None
    assert "first" == cache.get("a")
    cache.put("a", "first", 2)
    cache.put("e", "fifth", 4)
    assert ["first", "third", "fifth"] == [cache.get(key) for key in "ace"]
    cache.put("d", "fourth", 11)
    assert [None] * 5 == [cache.get(key) for key in "abcde"]


def test_the_fake_embedder_is_one() -> None:
    """The tests' embedder gives unit vectors that do not depend on their neighbours."""
    embedder = FakeEmbedder()
    vectors = embedder.embed(["one two", "three"])

    np.testing.assert_allclose(vectors[0], embedder.embed_question("one two"))
    np.testing.assert_allclose([1, 1], np.linalg.norm(vectors, axis=1), rtol=1e-5)
