"""Damaged index files: a clear error that names the remedy, which works; never a wrong quote."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.errors import StoreError
from assistant.ingest.rebuild import rebuild
from assistant.segmentation.sentences import SPLITTER_VERSION
from assistant.settings import load_settings
from assistant.types import Document
from tests.support.fake_embedder import FakeEmbedder
from tests.support.faults import flip_bits

SHIPS = "How many tonnes of grain did the ship Norrvik 1207 carry?"
VECTORS = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
HANDED = Document("handed", "Handed over", "handed", "The lighthouse keeper counted 77 seals.", "txt")


def opened(home: Path) -> Assistant:
    """An index with the tests' own embedder."""
    return Assistant(load_settings(home=home, reader="off"), FakeEmbedder())


def texts(home: Path) -> dict[str, str]:
    """The texts of all documents, by source."""
    with opened(home) as assistant:
        return {summary.source: assistant.document(summary.id).text for summary in assistant.documents()}


def remade(home: Path, *paths: Path) -> None:
    """Does what ``assistant index --rebuild`` does."""
    rebuild(home, FakeEmbedder(), SPLITTER_VERSION, paths, max_bytes=1_000_000)


def vectors(home: Path) -> Path:
    """The folder of the sentences' vectors, which is the largest."""
    folders = [path for path in (home / "chroma").iterdir() if path.is_dir()]
    return max(folders, key=lambda path: (path / "data_level0.bin").stat().st_size)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty documents."""
    folder = tmp_path_factory.mktemp("docs")
    for number in range(30):
        ships = (f"The ship Norrvik {100 * number + ship} carried {7 * number + ship} tonnes." for ship in range(12))
        (folder / f"{number:02}.txt").write_text("\n\n".join(ships))
    return folder


@pytest.fixture(scope="module")
def sound(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of these documents and one without a file, with its vector files written."""
    home = tmp_path_factory.mktemp("sound")
    with opened(home) as assistant:
        assistant.index([folder, HANDED])
    assert (home / "chroma" / "seal.json").exists()
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound index, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "home"))


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        pytest.param(name, harm, marks=() if name == "header.bin" or harm == "flipped" else pytest.mark.thorough)
        for name in VECTORS
        for harm in ("flipped", "cut off", "emptied", "gone")
    ],
)
def test_a_damaged_vector_file_is_named_and_a_rebuild_loses_nothing(
    home: Path, sound: Path, name: str, harm: str
) -> None:
    """Chroma would crash or find wrong sentences; so a damaged file is not read, and a rebuild uses the rows alone."""
    file = vectors(home) / name
    if harm == "flipped":
        flip_bits(file, 1, seed=1)
    elif harm == "cut off":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif harm == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()

    with pytest.raises(StoreError, match=rf"{name}' is damaged\. .*assistant index --rebuild"):
        opened(home)
    remade(home)
    assert texts(sound) == texts(home)


def test_the_command_says_so_and_mends_it(home: Path, folder: Path) -> None:
    """A user sees one sentence and exit status 1; the command that it names repairs the index."""
    flip_bits(vectors(home) / "data_level0.bin", 1, seed=2)
    command = [sys.executable, "-m", "assistant"]
    for arguments in (["search", "ships"], ["documents"], ["index", str(folder)]):
        done = subprocess.run(
            [*command, *arguments, "--home", str(home)], capture_output=True, text=True, check=False, timeout=60
        )
        assert (1, "") == (done.returncode, done.stdout)
        assert 1 == len(done.stderr.splitlines()), done.stderr
        assert "assistant index --rebuild" in done.stderr
    again = subprocess.run([*command, "index", "--rebuild", "--home", str(home)], capture_output=True, check=False)
    assert 0 == again.returncode, again.stderr
    shown = subprocess.run([*command, "documents", "--home", str(home)], capture_output=True, text=True, check=False)
    assert 31 == len(shown.stdout.splitlines()), shown.stderr


@pytest.mark.parametrize(
    "kept",
    [pytest.param(kept, marks=() if kept in {0, 5_000} else pytest.mark.thorough) for kept in (0, 3, 5_000, 0.3, 0.9)],
)
def test_a_database_that_was_cut_off_is_an_error(home: Path, folder: Path, kept: float) -> None:
    """A truncated database is an error, whatever is left; a rebuild from the folder makes the index whole."""
    database = home / "chroma" / "chroma.sqlite3"
    data = database.read_bytes()
    database.write_bytes(data[: int(kept * len(data)) if isinstance(kept, float) else kept])

    with pytest.raises(StoreError, match="assistant index --rebuild"):
        texts(home)
    remade(home, folder)
    assert {str(path) for path in folder.iterdir()} <= texts(home).keys()


DAMAGED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from assistant.errors import StoreError
from tests.integration.faults import test_damage as here
home, sound = Path(sys.argv[2]), Path(sys.argv[3])
def asked(place):
    with here.opened(place) as assistant:
        answer = assistant.ask(here.SHIPS)
        for each in answer.citations:
            assert assistant.document(each.document_id).text[each.start : each.end] == each.quote
        return len(assistant.documents()), [(each.source, each.title, each.quote) for each in answer.citations]
right = asked(sound)
try:
    found = asked(home)
except StoreError as error:
    assert "assistant index --rebuild" in str(error), error
    print("told")
else:
    assert right == found, found
    print("same")
"""


@pytest.mark.parametrize(
    ("seed", "number"),
    [
        pytest.param(seed, number, marks=() if (seed, number) in {(1, 150), (2, 8)} else pytest.mark.thorough)
        for number in (0, 8, 150, 1000)
        for seed in range(1, 9)
    ],
)
def test_damage_within_the_database_is_noticed_or_harmless(home: Path, sound: Path, seed: int, number: int) -> None:
    """Either the answer and all documents are the same, or an error says to rebuild."""
    database = home / "chroma" / "chroma.sqlite3"
    if number:
        flip_bits(database, number, seed)
    else:
        database.write_bytes(database.read_bytes()[: -100 * seed])  # what is missing of its last page
    root = str(Path(__file__).resolve().parents[3])
    done = subprocess.run(
        [sys.executable, "-c", DAMAGED, root, str(home), str(sound)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.strip() in {"told", "same"}, done.stderr


def change(home: Path, old: str, new: str, where: str) -> None:
    """Changes words in rows of the database in a way that SQLite itself cannot notice."""
    with sqlite3.connect(home / "chroma" / "chroma.sqlite3") as database:
        cursor = database.execute(
            "UPDATE embedding_metadata SET string_value = replace(string_value, ?, ?) WHERE string_value LIKE ? "
            "AND id IN (SELECT id FROM embeddings WHERE embedding_id GLOB ?)",
            [old, new, f"%{old}%", where],
        )
        assert cursor.rowcount
    database.close()


SENTENCES, TEXTS, LISTINGS, ALL = "*:[0-9]*", "*:t*", "????????????", "*"  # keys of rows


@pytest.mark.parametrize("where", [SENTENCES, TEXTS, ALL])
def test_a_figure_that_changed_in_the_database_is_never_quoted(home: Path, where: str) -> None:
    """A changed figure, in the sentence, in the text or in both, is detected by the hash."""
    change(home, "Norrvik 1207 carried 91 tonnes", "Norrvik 1207 carried 94 tonnes", where)

    with opened(home) as assistant, pytest.raises(StoreError, match=r"damaged.*assistant index --rebuild"):
        assistant.ask(SHIPS)


def test_a_title_that_changed_in_the_database_is_noticed(home: Path) -> None:
    """A changed title in a document's entry is detected too."""
    change(home, '["12"', '["21"', LISTINGS)

    with opened(home) as assistant, pytest.raises(StoreError, match=r"damaged.*assistant index --rebuild"):
        assistant.ask(SHIPS)


@pytest.mark.parametrize(
    ("old", "new", "where"), [("tonnes.", 'tonnes"', SENTENCES), ('["12"', '["12', LISTINGS), ("[", "{", TEXTS)]
)
def test_a_row_that_is_no_longer_one_is_named(home: Path, old: str, new: str, where: str) -> None:
    """A row that can't be parsed is a clear error."""
    change(home, old, new, where)

    with pytest.raises(StoreError, match=r"A row of the index is damaged.*--rebuild"), opened(home) as assistant:
        assistant.ask(SHIPS)


def test_a_rebuild_leaves_out_what_is_damaged_and_keeps_the_rest(
    home: Path, sound: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A rebuild reads files anew; documents without a file whose text is damaged are left out, by name."""
    change(home, "counted 77 seals", "counted 78 seals", ALL)
    change(home, "Norrvik 1207 carried 91 tonnes", "Norrvik 1207 carried 94 tonnes", ALL)

    remade(home)
    expected = texts(sound)
    del expected["handed"]
    assert expected == texts(home)
    assert "The text of 'handed' is damaged" in caplog.text


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 9))])
@pytest.mark.parametrize("number", [3, 300])
def test_flipped_bits_of_the_bm25_cache_change_no_quote(home: Path, seed: int, number: int) -> None:
    """A damaged BM25 cache is made anew if that is noticed; if not, quotes are still exact."""
    flip_bits(home / "lexical.sqlite", number, seed)
    with opened(home) as assistant:
        for question in (SHIPS, "How many seals did the lighthouse keeper count?"):
            for citation in assistant.ask(question).citations:
                assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
        assert 31 == len(assistant.documents())
        assistant.index([HANDED])
        assistant.remove("handed")


def test_a_bm25_cache_that_was_cut_off_is_made_anew(home: Path, sound: Path) -> None:
    """A truncated BM25 cache is made anew, even if only part of its last page is missing."""
    with opened(sound) as assistant:
        expected = assistant.ask(SHIPS).to_dict() | {"seconds": {}}
    for kept in (0.2, 0.7, 0.99):
        file = home / "lexical.sqlite"
        file.write_bytes(file.read_bytes()[: int(kept * file.stat().st_size)])
        with opened(home) as assistant:
            assert expected == assistant.ask(SHIPS).to_dict() | {"seconds": {}}
