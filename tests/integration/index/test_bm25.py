import math
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import StoreError
from assistant.index.bm25_cache import BM25Cache
from assistant.ingest.rebuild import rebuild
from assistant.nlp.letters import IndexedWord
from assistant.options import DocumentFilter
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import SPLITTER, IndexUnderTest, check_index, document, open_index

POLICE = document(
    "police",
    "# Raids\n\nPolice arrested 2,517 people. They didn't arrest José. A warehouse was raided.",
    kind="md",
)
BREAD = document("bread", "Bread is baked from flour. People eat bread with butter.", title="On baking", kind="txt")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path) as index:
        index.add(POLICE, BREAD)
        yield index


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["arrests"], "Police arrested 2,517 people."),
        (["2517"], "Police arrested 2,517 people."),
        (["2,517"], "Police arrested 2,517 people."),
        (["JOSE"], "They didn't arrest José."),
        (["butter", "flours"], "People eat bread with butter."),
        (["raiding"], "A warehouse was raided."),
    ],
)
def test_words_are_found_in_every_form(index: IndexUnderTest, words: list[str], first: str) -> None:
    """Case, accents, endings and thousands' commas make no difference, and the best sentence is first."""
    assert first in index.words(*words)[:2]
    keys = index.bm25.search(words, 10)
    assert all(score > 0 for _, score in keys)
    assert sorted((score for _, score in keys), reverse=True) == [score for _, score in keys]


def test_titles_and_headings_help_but_count_less(index: IndexUnderTest) -> None:
    """A word of the title finds the document's sentences; one in the sentence itself weighs more."""
    assert {"Bread is baked from flour.", "People eat bread with butter."} == set(index.words("baking"))
    assert "Bread is baked from flour." == index.words("baking")[0]
    assert 3 == len(index.words("raids"))
    assert "A warehouse was raided." == index.words("raids")[0]


def test_nothing_is_found_for_nothing(index: IndexUnderTest) -> None:
    """Without words, or with stop words alone, there is nothing to find."""
    assert [] == index.bm25.search([], 5)
    assert [] == index.bm25.search(["the", "of"], 5)
    assert [] == index.bm25.search(["zebra"], 5)


def test_scope_and_number_are_kept(index: IndexUnderTest) -> None:
    """Only documents in scope are found, and at most as many sentences as requested."""
    scope = DocumentFilter(documents=frozenset({"bread"}))
    assert ["People eat bread with butter."] == index.words("people", scope=scope)
    assert 1 == len(index.words("people", "bread", k=1))


def test_words_that_stand_everywhere_are_left_out_where_that_takes_long(
    index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search is bounded: the rarest word is always searched, commoner ones only while there are few enough rows."""
    assert {"People eat bread with butter.", "Police arrested 2,517 people."} <= set(index.words("people", "butter"))
    monkeypatch.setattr("assistant.index.bm25._MAX_SEARCHED_ROWS", 1)
    assert ["People eat bread with butter."] == index.words("people", "butter")
    assert {"People eat bread with butter.", "Police arrested 2,517 people."} == set(index.words("people"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(max_size=12), max_size=5))
def test_any_text_may_be_searched(index: IndexUnderTest, words: list[str]) -> None:
    """Quotes, operators, brackets, zeros and lone surrogates are text, never FTS5 syntax."""
    assert len(index.bm25.search(words, 5)) <= 5


@pytest.mark.parametrize("text", ['"', "AND", "NEAR(a b)", "a OR", "stems:x", "x*", "-x", "^x", "{a}", "\0", "\ud800"])
def test_query_syntax_is_text(index: IndexUnderTest, text: str) -> None:
    """What FTS5 would read as an operator is a word like any other."""
    assert isinstance(index.bm25.search([text, "bread"], 5), list)
    assert 2 == len(index.bm25.search([text, "bread"], 5))


def test_rarity_is_the_share_of_the_highest_idf(index: IndexUnderTest) -> None:
    """A stem in two of five sentences has the known frequency; one in none has 1; headings don't count."""
    highest = math.log(1 + 5.5 / 0.5)
    idf = index.bm25.idf(["peopl", "bread", "zebra", "raid"])

    assert pytest.approx(math.log(1 + 3.5 / 2.5) / highest) == idf["peopl"]
    assert pytest.approx(math.log(1 + 3.5 / 2.5) / highest) == idf["bread"]
    assert pytest.approx(math.log(1 + 4.5 / 1.5) / highest) == idf["raid"]
    assert 1 == idf["zebra"]
    assert {} == index.bm25.idf([])


def test_rarity_of_an_empty_index_is_one(tmp_path: Path) -> None:
    """With nothing indexed, every word has the highest IDF."""
    with open_index(tmp_path) as index:
        assert {"word": 1} == index.bm25.idf(["word"])


def test_words_are_known_in_every_form(index: IndexUnderTest) -> None:
    """Words are counted by their stems; a word that occurs only in titles and headings counts once."""
    assert {"arresting": 2, "raids": 1, "people": 2, "baking": 1} == index.bm25.sentence_counts(
        ["arresting", "raids", "people", "baking", "zebra"]
    )
    assert {} == index.bm25.sentence_counts([])


def test_near_words_are_found_as_they_are_written(index: IndexUnderTest) -> None:
    """Words within the edits are returned folded, with whether they are names; none has another first letter."""
    similar = {word.word: word.is_name for word in index.bm25.similar_words("warehosue", 2)}
    assert {"warehouse": False} == similar
    assert IndexedWord("jose", is_name=True) in index.bm25.similar_words("jsoe", 1)
    assert [] == index.bm25.similar_words("ozebra", 2)


def test_phrases_and_capitals(index: IndexUnderTest) -> None:
    """A phrase is found where its content words stand side by side; a name mostly has a capital letter."""
    assert index.bm25.contains_phrase("baked from FLOUR")
    assert not index.bm25.contains_phrase("flour baked")
    assert not index.bm25.contains_phrase("the of")
    assert {"jose"} == index.bm25.capitalised_words(["jose", "people", "zebra"])


def vocabulary(index: IndexUnderTest) -> list[tuple[str, int, int]]:
    query = "SELECT word, times, named FROM vocabulary ORDER BY word"
    return index.bm25._cache.database.execute(query).fetchall()


def test_the_vocabulary_follows_the_documents(index: IndexUnderTest) -> None:
    """A document's words leave the vocabulary with it, and come back with it."""
    before = vocabulary(index)
    assert ("bread", 2, 0) in before
    index.store.remove(["bread"])
    index.bm25.synchronise()
    assert "bread" not in {word for word, _, _ in vocabulary(index)}
    assert ("people", 1, 0) in vocabulary(index)
    index.add(BREAD)
    assert before == vocabulary(index)


def test_only_what_differs_is_touched(index: IndexUnderTest) -> None:
    """Adding a document adds only its own rows; replacing it removes its old rows and adds its new ones."""
    assert 0 == index.bm25.synchronise()
    touched = []
    for text in ("One. Two. Three.", "One. Two."):
        database = index.bm25._cache.database
        before = database.total_changes
        index.add(document("new", text))
        touched.append(database.total_changes - before)
        check_index(index)
    index.store.remove(["new"])
    assert 2 == index.bm25.synchronise()
    assert max(touched) < 60  # FTS5's own tables included; rebuilding 5 sentences more would touch each of them
    check_index(index)


def test_an_opening_finds_the_difference(tmp_path: Path) -> None:
    """The next opening catches up with what changed while the BM25 index was closed, and touches nothing else."""
    with open_index(tmp_path) as index:
        index.add(POLICE, BREAD)
        index.bm25.close()
        index.store.remove(["bread"])
    with open_index(tmp_path) as index:
        check_index(index)
        assert [] == index.words("bread")
        assert 0 == index.bm25.synchronise()


@pytest.mark.parametrize("harm", ["missing", "garbled", "empty", "truncated", "other form", "a table gone"])
def test_a_lost_or_damaged_file_is_made_anew(tmp_path: Path, harm: str) -> None:
    """Whatever happened to the file, the next opening answers from a complete one."""
    with open_index(tmp_path) as index:
        index.add(POLICE, BREAD)
    file = tmp_path / index.store.cache_name
    if harm == "missing":
        file.unlink()
    elif harm == "garbled":
        file.write_bytes(b"\x13garbage" * 4096)
    elif harm == "empty":
        file.write_bytes(b"")
    elif harm == "truncated":
        file.write_bytes(file.read_bytes()[:5000])
    else:
        change = "PRAGMA user_version = 99" if harm == "other form" else "DROP TABLE versions"
        with sqlite3.connect(file) as database:
            database.execute(change)
        database.close()

    with open_index(tmp_path) as index:
        check_index(index)
        assert "Police arrested 2,517 people." in index.words("arrests")


@pytest.mark.folder
@pytest.mark.parametrize("target", ["nowhere/x", "mine"])
def test_a_link_in_the_file_s_place_is_replaced(tmp_path: Path, target: str) -> None:
    """A dangling link, or one to something else: only the link goes, and the file is made anew."""
    with open_index(tmp_path / "home") as index:
        index.add(POLICE)
        expected = index.words("people")
    (tmp_path / "mine").write_text("mine")
    cache = tmp_path / "home" / "lexical.sqlite"
    cache.unlink()
    cache.symlink_to(tmp_path / target)
    with open_index(tmp_path / "home") as index:
        assert expected == index.words("people")
        check_index(index)
    assert not cache.is_symlink()
    assert "mine" == (tmp_path / "mine").read_text()


@pytest.mark.folder
def test_a_folder_in_the_file_s_place_is_named_and_stays(tmp_path: Path) -> None:
    """It is somebody's; a rebuild leaves it as well, and loses nothing."""
    with open_index(tmp_path) as index:
        index.add(POLICE)
    cache = tmp_path / "lexical.sqlite"
    cache.unlink()
    cache.mkdir()
    (cache / "mine").write_text("mine")
    message = r"lexical\.sqlite' is a folder, where the index has a file of its own\. Move it away"
    with pytest.raises(StoreError, match=message), open_index(tmp_path):
        pass
    embedder = FakeEmbedder()
    rebuild(tmp_path, embedder, SPLITTER, max_bytes=1_000)
    assert "mine" == (cache / "mine").read_text()
    with pytest.raises(StoreError, match=message), open_index(tmp_path):
        pass
    cache.rename(tmp_path / "away")
    with open_index(tmp_path) as index:
        check_index(index)
        assert index.words("people")


@pytest.mark.folder
def test_a_lack_of_files_makes_no_file_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is sound: it stays, and the error doesn't speak of its disk."""
    with open_index(tmp_path) as index:
        index.add(POLICE)
    before = (tmp_path / "lexical.sqlite").stat().st_ino

    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.index.bm25_cache.BM25Cache._format", fail)
        patch.setattr("assistant.index.bm25_cache.describe_lack_of_files", lambda: "too many files are open.")
        with (
            pytest.raises(StoreError, match="cannot be read or written: too many files are open"),
            open_index(tmp_path),
        ):
            pass
    assert before == (tmp_path / "lexical.sqlite").stat().st_ino


@pytest.mark.folder
def test_a_file_of_the_user_s_beside_the_cache_stays(tmp_path: Path) -> None:
    """Only what SQLite keeps beside its file goes with it."""
    with open_index(tmp_path) as index:
        index.add(POLICE)
    (tmp_path / "lexical.sqlite.notes").write_text("mine")
    (tmp_path / "lexical.sqlite").write_text("no database " * 400)
    with open_index(tmp_path) as index:
        check_index(index)
    rebuild(tmp_path, FakeEmbedder(), SPLITTER, max_bytes=1_000)
    assert "mine" == (tmp_path / "lexical.sqlite.notes").read_text()


def test_damage_while_open_is_mended(index: IndexUnderTest, caplog: pytest.LogCaptureFixture) -> None:
    """A file that turns out to be damaged during a search is made anew, and the search succeeds."""
    index.bm25._cache.database.execute("DROP TABLE sentences_data")

    assert "Police arrested 2,517 people." in index.words("arrests")
    assert "made anew" in caplog.text
    check_index(index)


def test_a_failed_synchronisation_changes_nothing(index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error during synchronisation leaves the rows as they were, and the next run succeeds."""
    index.store.remove(["bread"])
    index.bm25.synchronise()

    def failing(*_: object) -> None:
        raise OSError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(BM25Cache, "_add", failing)
        with pytest.raises(OSError, match="interrupted"):
            index.add(BREAD)
    assert [] == index.words("bread")
    assert 2 == index.bm25.synchronise()
    check_index(index)
