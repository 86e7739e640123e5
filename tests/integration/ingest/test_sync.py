import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EmbeddingError, PathNotFoundError
from assistant.ingest.sync import synchronise
from assistant.models.e5 import E5Embedder, Vectors
from assistant.types import IndexReport
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import IndexUnderTest, check_index, document, file_id, open_index


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "docs"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("Alpha is first. It leads the row.")
    (root / "b.md").write_text("# Beta\n\nBeta is second.")
    (root / "sub" / "c.txt").write_text("Gamma is third.")
    return root


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path / "home") as index:
        yield index


def named(report: IndexReport) -> dict[str, list[str]]:
    """The names of the files with each outcome, outcomes without files left out."""
    outcomes = {
        name: [Path(source).name for source in getattr(report, name)]
        for name in ("added", "changed", "removed", "unchanged")
    } | {name: [Path(file.source).name for file in getattr(report, name)] for name in ("skipped", "failed", "notes")}
    return {name: sorted(files) for name, files in outcomes.items() if files}


def test_new_changed_unchanged_and_gone(index: IndexUnderTest, folder: Path) -> None:
    """Each file has the right outcome, and the index has what the folder has."""
    assert {"added": ["a.txt", "b.md", "c.txt"]} == named(index.synchronise(folder))
    check_index(index)
    (folder / "a.txt").write_text("Alpha is still first.")
    (folder / "b.md").unlink()
    (folder / "d.txt").write_text("Delta is new.")
    os.utime(folder / "sub" / "c.txt")

    report = index.synchronise(folder)

    assert {"added": ["d.txt"], "changed": ["a.txt"], "removed": ["b.md"], "unchanged": ["c.txt"]} == named(report)
    check_index(index)
    assert "Alpha is still first." == index.store.document(file_id(folder / "a.txt")).text
    assert {"unchanged": ["a.txt", "c.txt", "d.txt"]} == named(index.synchronise(folder))


def test_what_is_elsewhere_stays(index: IndexUnderTest, folder: Path, tmp_path: Path) -> None:
    """Only documents under a given path can be removed; handed-over documents never are."""
    other = tmp_path / "docs-other"
    other.mkdir()
    (other / "x.txt").write_text("Elsewhere.")
    index.synchronise(folder, other)
    index.add(document("upload", "Uploaded text.", source=str(folder / "gone.pdf")))
    (folder / "a.txt").unlink()
    (folder / "sub" / "c.txt").unlink()
    (other / "x.txt").unlink()

    assert {"removed": ["c.txt"]} == named(index.synchronise(folder / "sub"))
    assert {"removed": ["a.txt"], "unchanged": ["b.md"]} == named(index.synchronise(folder))
    assert {"b.md", "x.txt", "gone.pdf"} == {Path(entry.source).name for entry in index.store.summaries()}
    check_index(index)


def test_a_path_that_does_not_exist_changes_nothing(index: IndexUnderTest, folder: Path, tmp_path: Path) -> None:
    """A misspelt path is an error before anything is added or removed."""
    index.synchronise(folder)
    (folder / "a.txt").unlink()
    (folder / "new.txt").write_text("New.")
    before = index.store.summaries()

    with pytest.raises(PathNotFoundError, match="misspelt"):
        index.synchronise(folder, tmp_path / "misspelt")

    assert before == index.store.summaries()


def test_an_unreadable_file_stays_as_it_was(index: IndexUnderTest, folder: Path) -> None:
    """A file that can no longer be read is reported with the reason; what was indexed of it stays."""
    index.synchronise(folder)
    (folder / "a.txt").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "big.txt").write_text("x" * 2000)
    (folder / "picture.png").write_bytes(b"\x89PNG")

    report = index.synchronise(folder, max_bytes=1000)

    assert {
        "unchanged": ["b.md", "c.txt"],
        "failed": ["a.txt", "big.txt", "broken.pdf"],
        "skipped": ["picture.png"],
    } == named(report)
    assert all(failure.reason for failure in report.failed)
    assert "Alpha is first. It leads the row." == index.store.document(file_id(folder / "a.txt")).text
    check_index(index)


def test_a_folder_that_cannot_be_listed_removes_nothing(
    index: IndexUnderTest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a folder that cannot be listed are unknown, not removed."""
    index.synchronise(folder)
    scan = os.scandir

    def closed(path: Path) -> Any:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr("os.scandir", closed)

    assert {"unchanged": ["a.txt", "b.md"], "failed": ["sub"]} == named(index.synchronise(folder))
    assert file_id(folder / "sub" / "c.txt") in {entry.id for entry in index.store.summaries()}


def test_a_document_without_a_sentence_fails(index: IndexUnderTest, folder: Path) -> None:
    """A file with only punctuation is reported as failed, not indexed as an empty document."""
    (folder / "marks.txt").write_text("--- *** ---\n\n***\n")
    report = index.synchronise(folder)

    assert ["marks.txt"] == named(report)["failed"]
    assert "no text found" in report.failed[0].reason
    assert 3 == len(index.store.summaries())


def test_two_files_of_one_content_are_two_documents(index: IndexUnderTest, folder: Path) -> None:
    """The same text at two paths is indexed twice, as both can be cited."""
    (folder / "copy.txt").write_text("Alpha is first. It leads the row.")
    index.synchronise(folder)

    assert 4 == len(index.store.summaries())
    assert 2 == index.nearest("a. Alpha is first.", k=5).count("Alpha is first.")
    check_index(index)


def test_a_file_name_that_is_no_unicode(index: IndexUnderTest, tmp_path: Path) -> None:
    """A file whose name is not valid Unicode is indexed, and recognised the next time."""
    root = tmp_path / "odd"
    root.mkdir()
    try:
        Path(os.fsdecode(bytes(root) + b"/caf\xe9.txt")).write_text("Coffee is served.")
    except OSError:
        pytest.skip("this file system takes Unicode names alone")
    assert 1 == len(index.synchronise(root).added)
    assert 1 == len(index.synchronise(root).unchanged)
    check_index(index)


def test_another_script_is_noted(index: IndexUnderTest, tmp_path: Path) -> None:
    """With the bundled model, a document in letters that it doesn't know is indexed with a note; German is none."""
    (tmp_path / "de.txt").write_text("Der Verein wurde im Jahre 1901 in der Stadt gegründet. " * 3, encoding="utf-8")
    (tmp_path / "zh.txt").write_text(
        "警方在为期一周的行动中逮捕了数十人。受害者已被送往安全地点。" * 3, encoding="utf-8"
    )
    with open_index(tmp_path / "bundled", E5Embedder()) as bundled:
        report = bundled.synchronise(tmp_path / "de.txt", tmp_path / "zh.txt")
        assert {"added": ["de.txt", "zh.txt"], "notes": ["zh.txt"]} == named(report)
        assert [(), (report.notes[0].reason,)] == [entry.notes for entry in bundled.store.summaries()]

    assert {"added": ["zh.txt"]} == named(index.synchronise(tmp_path / "zh.txt"))


def test_documents_are_added_replaced_and_left(index: IndexUnderTest) -> None:
    """Handed-over documents are compared by content too; of two with the same id the last one counts."""
    first, second = document("a", "One sentence."), document("a", "Another sentence.")
    assert {"added": ["a"]} == named(index.add(first, second))
    assert second == index.store.document("a")
    assert {"unchanged": ["a"]} == named(index.add(second))
    assert {"changed": ["a"], "failed": ["empty"]} == named(index.add(first, document("empty", "***")))
    assert {"changed": ["a"]} == named(index.add(document("a", "One sentence.", title="Another title")))
    check_index(index)


def test_many_documents_go_in_in_groups(index: IndexUnderTest, tmp_path: Path) -> None:
    """More sentences than fit a group are written in several groups; progress counts every document once."""
    root = tmp_path / "many"
    root.mkdir()
    for number in range(60):
        (root / f"{number:02}.txt").write_text(" ".join(f"Document {number} says item {n}." for n in range(50)))
    (root / "empty.txt").write_text("")
    steps = []

    report = synchronise(
        index,
        [root],
        max_bytes=10**6,
        progress=lambda *step: steps.append(step),
    )

    assert 60 == len(report.added)
    assert list(range(1, 62)) == [done for done, _, _ in steps]
    assert {61} == {total for _, total, _ in steps}
    assert {path.name for path in root.iterdir()} == {Path(name).name for _, _, name in steps}
    check_index(index)


def test_an_embedder_that_fails_keeps_what_was_written(index: IndexUnderTest, folder: Path) -> None:
    """When the embedder fails, the error is raised and no half-written document stays."""
    index.synchronise(folder / "a.txt")

    class Failing(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 — the protocol's name
            raise EmbeddingError("The endpoint does not answer.")

    with pytest.raises(EmbeddingError, match="does not answer"):
        synchronise(replace(index, embedder=Failing()), [folder], max_bytes=10**6)

    assert ["a.txt"] == [Path(entry.source).name for entry in index.store.summaries()]
    check_index(index)
    assert {"added": ["b.md", "c.txt"], "unchanged": ["a.txt"]} == named(index.synchronise(folder))


def test_a_later_reader_reads_unchanged_files_anew(
    index: IndexUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged file is read again after the readers changed, but only once."""
    (tmp_path / "a.txt").write_text("Snails are slow.")
    source = str(tmp_path / "a.txt")
    index.synchronise(tmp_path / "a.txt")
    monkeypatch.setattr("assistant.ingest.file_reading.READER_VERSION", "later")

    assert (source,) == index.synchronise(tmp_path / "a.txt").changed
    assert (source,) == index.synchronise(tmp_path / "a.txt").unchanged


def test_the_bundled_model_finds_what_is_meant(tmp_path: Path) -> None:
    """With the real embedder, a question finds the sentence that answers it in other words."""
    with open_index(tmp_path / "home", E5Embedder()) as index:
        index.add(
            document(
                "zoo",
                "Lions eat at noon. Visitors may come from nine in the morning. Tickets cost ten euros.",
            )
        )
        assert ["Visitors may come from nine in the morning."] == index.nearest("When may people enter?", k=1)
        assert ["Tickets cost ten euros."] == index.nearest("What is the entrance fee?", k=1)
