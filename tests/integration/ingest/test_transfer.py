"""An index is exported and imported: whole, the same, bounded in memory, and safe to kill at any moment."""

import json
import random
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import ArchiveError, StoreError
from assistant.index.archive.reader import ArchiveReader
from assistant.index.archive.writer import SEAL_BYTES
from assistant.index.rows import PreparedDocument, Row, Vector, sentence_key
from assistant.index.store import Store
from assistant.ingest import transfer as moving
from assistant.ingest.transfer import ExportResult, export_archive, import_archive
from assistant.paths import data_folder
from assistant.segmentation.chunks import split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Answer, IndexReport
from tests.support.chroma import ChromaProcess
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import IndexUnderTest, check_index, document, index_contents, open_index

pytestmark = pytest.mark.folder  # one test moves between a folder and a server

ROOT = str(Path(__file__).resolve().parents[3])
SEED = 20_241_126
QUESTIONS = (
    "How many people were arrested in Operation Liberterra II?",
    "Which countries took part in Operation Liberterra II?",
    "What is Interpol?",
    "When did the operation take place?",
    "What is the recipe for pancakes?",
)


class Other(FakeEmbedder):
    """Another model, with vectors of another length."""

    name = "other"
    dimension = 48


def vectors(store: Store) -> dict[str, Vector]:
    """Every document's vectors, as they are stored."""
    return {
        entry.id: np.concatenate([rows for _, rows in store.sentence_batches(entry)]) for entry in store.summaries()
    }


def imported(index: IndexUnderTest, path: Path) -> IndexReport:
    """Does what the command does."""
    return import_archive(index, path)


def untimed_record(answer: Answer) -> dict[str, object]:
    """An answer's record without the time that it took."""
    return {name: value for name, value in answer.to_dict().items() if name != "seconds"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The archive of an index of three documents."""
    with open_index(tmp_path / "first") as index:
        index.add(document("a", "Cats sleep all day. They wake at night."), document("b", "Dogs bark."))
        index.add(document("c", "Owls hoot. " * 1_200, pages=(0, 50), notes=("not in English",)))
        export_archive(index.store, tmp_path / "index.zip")
    return tmp_path / "index.zip"


def test_another_index_answers_the_same(tmp_path: Path) -> None:
    """The bundled documents, exported and imported, give the same record of each answer, and nothing is embedded."""
    with Assistant.open(tmp_path / "one") as one, Assistant.open(tmp_path / "two") as two:
        report = one.index(data_folder("corpus"))
        exported = one.export(tmp_path / "index.zip")
        started = time.monotonic()

        moved = two.import_(str(tmp_path / "index.zip"))

        assert time.monotonic() - started < 5, "it took as long as if all were embedded"
        assert set(report.added) == set(moved.added)
        stored = one.engine().retriever.store.summaries()
        assert stored == two.engine().retriever.store.summaries()
        assert (len(stored), sum(entry.sentences for entry in stored)) == (exported.documents, exported.sentences)
        assert (tmp_path / "index.zip").stat().st_size == exported.bytes
        for question in QUESTIONS:
            assert untimed_record(one.ask(question)) == untimed_record(two.ask(question))
        before, after = vectors(one.engine().retriever.store), vectors(two.engine().retriever.store)
        for document_id, rows in before.items():  # Chroma brings to unit length what has it: the last bit may differ
            np.testing.assert_allclose(rows, after[document_id], atol=1e-7, rtol=0)
        with ArchiveReader(tmp_path / "index.zip") as packed:
            for part in packed.parts():
                for sentences, rows in part.batches:
                    first = sentences[0]
                    assert (
                        before[first.document_id][first.number : first.number + len(sentences)].tobytes()
                        == rows.tobytes()
                    )


def test_from_a_folder_into_a_server_and_back(tmp_path: Path, chroma_server: ChromaProcess) -> None:
    """An index in a folder, one in a Chroma server, and one in a folder again answer with the same record."""
    url = f"{chroma_server.url}/moved"
    with Assistant.open(tmp_path / "one") as one:
        one.index(data_folder("corpus"))
        one.export(tmp_path / "one.zip")
        expected = [untimed_record(one.ask(question)) for question in QUESTIONS]
    with Assistant.open(tmp_path / "two", chroma_url=url) as two:
        added = two.import_(tmp_path / "one.zip").added
        assert len(two.documents()) == len(added)
        assert expected == [untimed_record(two.ask(question)) for question in QUESTIONS]
        two.export(tmp_path / "two.zip")
    with Assistant.open(tmp_path / "three") as three:
        assert set(added) == set(three.import_(tmp_path / "two.zip").added)
        assert expected == [untimed_record(three.ask(question)) for question in QUESTIONS]


def test_a_damaged_index_is_not_exported(tmp_path: Path, archive: Path) -> None:
    """A damaged index is not exported, because the archive could not be imported when it is needed."""
    before = archive.read_bytes()
    with open_index(tmp_path / "first") as index:
        (entry,) = (entry for entry in index.store.summaries() if entry.id == "b")
        (_, rows), *_ = index.store.sentence_batches(entry)
        row = Row(
            sentence_key(entry.version, 0), entry.version, json.dumps([0, 10**6, "Dogs bark.", "", "prose", 0, None])
        )
        index.store._chroma.put("sentences", [row], rows)
        with pytest.raises(StoreError, match="assistant index --rebuild"):
            export_archive(index.store, archive, force=True)
    assert before == archive.read_bytes()


def test_the_vectors_do_not_wander_off(tmp_path: Path, archive: Path) -> None:
    """Four exports and imports leave each number as it was, except for its last bit."""
    with open_index(tmp_path / "first") as index:
        first = vectors(index.store)
    for number in range(4):
        with open_index(tmp_path / f"home{number}") as index:
            imported(index, archive)
            last = vectors(index.store)
            export_archive(index.store, archive, force=True)
    for document_id, rows in first.items():
        np.testing.assert_allclose(rows, last[document_id], atol=1e-7, rtol=0)


def test_what_is_there_is_left_replaced_or_kept(tmp_path: Path, archive: Path) -> None:
    """A document is kept or replaced by its hash; documents that are not in the archive stay."""
    with open_index(tmp_path / "first") as index:
        wanted = index_contents(index)
    with open_index(tmp_path / "second") as index:
        index.add(document("b", "Dogs bark."), document("a", "Cats purr."), document("x", "Eels swim."))
        kept = index_contents(index)["x"]

        report = imported(index, archive)

        assert (("c",), ("a",), ("b",), ()) == (report.added, report.changed, report.unchanged, report.removed)
        assert [("c", "not in English")] == [(note.source, note.reason) for note in report.notes]
        assert wanted | {"x": kept} == index_contents(index)
        check_index(index)
        assert ["Cats sleep all day."] == index.words("sleep")
        assert [] == index.words("purr")
        assert ("a", "b", "c") == imported(index, archive).unchanged
        assert ("a",) == index.add(document("a", "Cats sleep all day. They wake at night.")).unchanged


def test_another_embedder_embeds_the_texts(tmp_path: Path, archive: Path) -> None:
    """With another embedder the texts are embedded anew, and the report says so."""
    with open_index(tmp_path / "second", Other()) as index:
        index.add(document("b", "Dogs bark."))

        report = imported(index, archive)

        assert (("a", "c"), ("b",)) == (report.added, report.unchanged)
        said = report.notes[-1]
        assert str(archive) == said.source
        assert "embedder fake, here other, dimension 32, here 48" in said.reason
        assert "embedded anew" in said.reason
        check_index(index)
        assert 3 == len(index_contents(index))


def test_another_splitter_splits_the_texts(tmp_path: Path, archive: Path) -> None:
    """With another splitter the texts are split anew, and the report says so."""
    embedder = FakeEmbedder()
    with Store(tmp_path / "second", embedder.name, embedder.dimension, "test-2") as store:
        from assistant.index.bm25 import BM25Index

        index = IndexUnderTest(store, BM25Index(store), embedder)
        report = imported(index, archive)
        check_index(index)
        index.bm25.close()
    assert ("a", "b", "c") == report.added
    assert "splitter test-1, here test-2" in report.notes[-1].reason


def test_progress_is_told_of_every_document(tmp_path: Path, archive: Path) -> None:
    """Export counts documents; import counts each twice, checked and written, to the end."""
    steps: list[tuple[int, int, str]] = []
    for embedder in (FakeEmbedder(), Other()):
        steps.clear()
        with open_index(tmp_path / embedder.name, embedder) as index:
            import_archive(index, archive, progress=lambda *step: steps.append(step))
            assert [(n, 6) for n in range(1, 7)] == [step[:2] for step in steps]
            assert ["a", "b", "c", "a", "b", "c"] == [step[2] for step in steps]
            steps.clear()
            export_archive(index.store, tmp_path / "x.zip", force=True, progress=lambda *step: steps.append(step))
            assert [(1, 3, "a"), (2, 3, "b"), (3, 3, "c")] == steps


def test_a_damaged_archive_changes_nothing(tmp_path: Path, archive: Path) -> None:
    """Damage anywhere is found before the first document is written."""
    whole = archive.read_bytes()
    rng = random.Random(SEED)  # noqa: S311 — test data
    places = [0, len(whole) - 1, len(whole) - SEAL_BYTES - 1, *(rng.randrange(len(whole)) for _ in range(30))]
    with open_index(tmp_path / "second") as index:
        index.add(document("a", "Cats purr."), document("x", "Eels swim."))
        before = index_contents(index)
        for place in places:
            archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(ArchiveError, match="damaged"):
                imported(index, archive)
        archive.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ArchiveError, match="damaged"):
            imported(index, archive)
        assert before == index_contents(index)
        check_index(index)


def test_an_index_without_documents_is_not_exported(tmp_path: Path) -> None:
    """Exporting an empty index is an error: it is more likely a wrong --home."""
    with open_index(tmp_path / "home") as index, pytest.raises(ArchiveError, match="Nothing is indexed"):
        export_archive(index.store, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path, archive: Path) -> None:
    """Neither a file nor a folder is overwritten by mistake."""
    (tmp_path / "mine.txt").write_text("Mine.")
    with open_index(tmp_path / "first") as index:
        with pytest.raises(ArchiveError, match="--force"):
            export_archive(index.store, tmp_path / "mine.txt")
        assert "Mine." == (tmp_path / "mine.txt").read_text()
        with pytest.raises(ArchiveError, match="is a folder"):
            export_archive(index.store, tmp_path, force=True)
        with pytest.raises(ArchiveError, match="can't be written"):
            export_archive(index.store, tmp_path / "nowhere" / "x.zip")
        export_archive(index.store, tmp_path / "mine.txt", force=True)
    with ArchiveReader(archive) as one, ArchiveReader(tmp_path / "mine.txt") as two:
        assert one.manifest.members == two.manifest.members
    assert [] == list(tmp_path.glob(".*.part"))


def test_a_document_that_changes_meanwhile_ends_the_export(tmp_path: Path, archive: Path) -> None:
    """An export never mixes states of the index that did not exist at one moment."""
    with open_index(tmp_path / "first") as index:
        changed: list[object] = []

        def change(*step: object) -> None:
            if not changed:
                changed.append(step)
                index.add(document("later", "Later. " * 2_000), document("c", "Owls fly. " * 1_200))

        index.add(document("b2", "Bees hum. " * 2_000))
        with pytest.raises(StoreError, match="once more"):
            export_archive(index.store, archive, force=True, progress=change)
    with ArchiveReader(archive) as kept:
        assert 3 == kept.manifest.documents


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.support.indexes import open_index
from assistant.errors import ArchiveError
from assistant.ingest.transfer import export_archive
with open_index(Path(sys.argv[2])) as index:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    try:
        export_archive(index.store, Path(sys.argv[3]), force=True)
    except ArchiveError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limit on a file's size")
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, archive: Path) -> None:
    """An export that runs out of room says so, leaves no partial file, and keeps the existing one."""
    before = archive.read_bytes()
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL, ROOT, str(tmp_path / "first"), str(archive)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "can't be written: File too large" in run.stdout
    assert "" == run.stderr
    assert before == archive.read_bytes()
    assert {"first", "index.zip"} == {path.name for path in tmp_path.iterdir()}


HALFWAY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.support.indexes import open_index
from assistant.ingest import transfer
transfer.MAX_PART_SENTENCES = 1
with open_index(Path(sys.argv[2])) as index:
    transfer.export_archive(index.store, Path(sys.argv[3]), force=True, progress=lambda *step: os.kill(os.getpid(), 9))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
def test_an_export_that_is_killed_leaves_the_old_file(tmp_path: Path, archive: Path) -> None:
    """A killed export leaves the existing file as it was; the next export succeeds."""
    before = archive.read_bytes()
    run = subprocess.run(
        [sys.executable, "-c", HALFWAY, ROOT, str(tmp_path / "first"), str(archive)], check=False, capture_output=True
    )
    assert -9 == run.returncode, run.stderr
    assert before == archive.read_bytes()
    with open_index(tmp_path / "first") as index:
        assert 3 == export_archive(index.store, archive, force=True).documents


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from assistant.index.chroma.embedded import EmbeddedChroma
from tests.support.indexes import open_index
from assistant.ingest import transfer
count = 0
def dying(method):
    original = getattr(EmbeddedChroma, method)
    def wrapped(self, *given, **named):
        global count
        count += 1
        if count == int(sys.argv[4]):
            os.kill(os.getpid(), 9)
        return original(self, *given, **named)
    setattr(EmbeddedChroma, method, wrapped)
with open_index(Path(sys.argv[2])) as index:
    dying("put")
    dying("delete")
    transfer.import_archive(index, Path(sys.argv[3]))
print(count)
"""


def killed(home: Path, archive: Path, step: int) -> subprocess.CompletedProcess[str]:
    """Imports in a process that is killed before a given step of writing."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, ROOT, str(home), str(archive), str(step)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def long_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive of an index of three parts."""
    monkeypatch.setattr(moving, "MAX_PART_SENTENCES", 20)
    with open_index(tmp_path / "first") as index:
        for name in "abc":
            index.add(document(name, f"It says {name}. " * 20), document(f"{name}2", f"Also {name}."))
        export_archive(index.store, tmp_path / "index.zip")
    with ArchiveReader(tmp_path / "index.zip") as archive:
        assert archive.manifest.parts >= 3
    return tmp_path / "index.zip"


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
@pytest.mark.parametrize("moments", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_an_import_that_is_killed_goes_on(tmp_path: Path, long_archive: Path, moments: int) -> None:
    """An import killed before any step leaves whole documents, old or new; the next run completes it."""
    with open_index(tmp_path / "first") as index:
        after = index_contents(index)
    with open_index(tmp_path / "whole") as index:
        index.add(document("a2", "Old."), document("x", "Kept."))
        before = index_contents(index)
    steps = int(killed(tmp_path / "whole", long_archive, 0).stdout)
    assert steps > 10
    chosen = random.Random(SEED).sample(range(1, steps + 1), moments)  # noqa: S311 — the same each time
    for step in chosen:
        home = tmp_path / f"home{step}"
        with open_index(home) as index:
            index.add(document("a2", "Old."), document("x", "Kept."))
        assert -9 == killed(home, long_archive, step).returncode
        with open_index(home) as index:
            check_index(index)
            contents = index_contents(index)
            for document_id in after.keys() | before.keys():
                assert contents.get(document_id) in (before.get(document_id), after.get(document_id))
            report = imported(index, long_archive)
            assert len(after) == len(report.added) + len(report.changed) + len(report.unchanged)
            assert after | {"x": before["x"]} == index_contents(index)
            check_index(index)


@pytest.mark.slow
def test_memory_is_bounded(tmp_path: Path) -> None:
    """Exporting and reading 20,000 sentences with 31 MB of vectors takes only part of that memory."""
    rng = np.random.default_rng(SEED)
    with Store(tmp_path / "home", "any", 384, "any") as store:
        for number, size in enumerate([10_000, *[1_000] * 10]):
            text = " ".join(f"Boat {n} of fleet {number} came into harbour." for n in range(size))
            sentences, chunks = split_chunks(
                document(f"d{number}", text), split_sentences(document(f"d{number}", text))
            )
            one, other = rng.normal(size=(2, 384)).astype(np.float32)
            unit_vectors = one + np.linspace(0, 1, len(sentences), dtype=np.float32)[:, np.newaxis] * (other - one)
            # In a row between two vectors: with all random ones Chroma takes minutes.
            unit_vectors /= np.linalg.norm(unit_vectors, axis=1, keepdims=True)
            store.write(
                [PreparedDocument(document(f"d{number}", text), "hash", sentences, chunks)], [(sentences, unit_vectors)]
            )
        del unit_vectors

        tracemalloc.start()
        export_archive(store, tmp_path / "x.zip")
        exported = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        with ArchiveReader(tmp_path / "x.zip") as archive:
            assert 20_000 == sum(len(block) for part in archive.parts() for block, _ in part.batches)
        read = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert 30_000_000 < (tmp_path / "x.zip").stat().st_size
    assert exported < 26_000_000
    assert read < 16_000_000


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both commands print what they did, as text or JSON; errors are exit code 1 and one sentence."""
    one, two, file = ["--home", str(tmp_path / "one")], ["--home", str(tmp_path / "two")], tmp_path / "index.zip"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The bridge is 120 metres long.")
    assert 1 == cli.main(["export", str(file), *one])
    assert "Nothing is indexed" in capsys.readouterr().err
    assert 0 == cli.main(["index", str(tmp_path / "docs"), *one])
    capsys.readouterr()

    assert 0 == cli.main(["export", str(file), "--json", *one])
    assert ExportResult(str(file), 1, 1, file.stat().st_size).to_dict() == json.loads(capsys.readouterr().out)
    assert 1 == cli.main(["export", str(file), *one])
    assert "--force" in capsys.readouterr().err
    assert 0 == cli.main(["export", str(file), "--force", *one])
    assert capsys.readouterr().out.startswith("1 document, 1 sentence, 0.0 MB: ")

    assert 0 == cli.main(["import", str(file), *two])
    assert "added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n" == capsys.readouterr().out
    assert 0 == cli.main(["import", str(file), "--json", *two])
    assert [str(tmp_path / "docs" / "a.txt")] == json.loads(capsys.readouterr().out)["unchanged"]
    assert 0 == cli.main(["ask", "How long is the bridge?", *two])
    assert "120 metres" in capsys.readouterr().out
    assert 0 == cli.main(["index", str(tmp_path / "docs"), *two])
    assert "added 0, changed 0, removed 0, unchanged 1, skipped 0, failed 0\n" == capsys.readouterr().out

    with open_index(tmp_path / "three"):
        for command in (["export", str(tmp_path / "y.zip")], ["import", str(file)]):
            assert 1 == cli.main([*command, "--home", str(tmp_path / "three")])
            assert "open already" in capsys.readouterr().err
    file.write_bytes(file.read_bytes()[:-1])
    assert 1 == cli.main(["import", str(file), *two])
    assert capsys.readouterr().err.endswith("from where it came.\n")
    assert 2 == cli.main(["import", *two])
