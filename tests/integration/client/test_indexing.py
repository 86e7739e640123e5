"""Indexing, listing and removing documents with `assistant.Assistant`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import DocumentNotFoundError, PathNotFoundError
from assistant.types import Document
from tests.integration.client.sample_documents import (
    ARRESTS_QUESTION,
    KESTREL_TEXT,
    TICKETS_QUESTION,
    ZOO_TEXT,
    file_names,
    id_of,
)


def test_the_index_follows_its_folder(empty: Assistant, tmp_path: Path) -> None:
    """The reports of three runs say which files were added, unchanged, changed, removed and skipped."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "kestrel.md").write_text(KESTREL_TEXT)
    (root / "zoo.txt").write_text(ZOO_TEXT)
    (root / "picture.png").write_bytes(b"\x89PNG")

    first = empty.index(root)
    assert ["kestrel.md", "zoo.txt"] == file_names(first.added)
    assert ["picture.png"] == file_names(first.skipped)
    assert ((), (), (), ()) == (first.changed, first.removed, first.unchanged, first.failed)
    assert ["kestrel.md", "zoo.txt"] == file_names(empty.index(str(root)).unchanged)

    (root / "zoo.txt").write_text(ZOO_TEXT.replace("ten", "eleven"))
    (root / "kestrel.md").unlink()
    third = empty.index([root])
    assert (["zoo.txt"], ["kestrel.md"]) == (file_names(third.changed), file_names(third.removed))
    assert "Tickets cost eleven euros. [1]" == empty.ask(TICKETS_QUESTION).text
    assert empty.ask(ARRESTS_QUESTION).refused
    json.dumps(third.to_dict())


@pytest.mark.parametrize("as_sources", [str, Path, lambda path: [str(path)], lambda path: (path,), lambda path: {path}])
def test_a_source_is_a_path_or_a_collection_of_paths(empty: Assistant, documents_folder: Path, as_sources: Any) -> None:
    """A path may be a string or a Path, alone or in a list, a tuple or a set."""
    assert ["zoo.txt"] == file_names(empty.index(as_sources(documents_folder / "zoo.txt")).added)


def test_a_ready_made_document_is_indexed(empty: Assistant, documents_folder: Path) -> None:
    """It is cited under its own source, replaces a document of the same id, and stays when a folder is synchronised."""
    note = Document("note", "A note", "https://example.org/note", "The bell of Ghent weighs 6,050 kilograms.", "txt")
    assert (note.source,) == empty.index(note).added
    assert 1 == len(empty.index([note, documents_folder]).unchanged)
    assert () == empty.index(documents_folder).removed
    (citation,) = empty.ask("How much does the bell of Ghent weigh?").citations
    assert (note.source, note.text) == (citation.source, citation.quote)
    assert note == empty.document("note")


def test_a_file_that_became_unreadable_keeps_its_last_good_version(empty: Assistant, tmp_path: Path) -> None:
    """The report names the file and the reason, and questions are still answered from the version indexed before."""
    path = tmp_path / "zoo.txt"
    path.write_text(ZOO_TEXT)
    empty.index(path)
    path.write_bytes(b"")

    report = empty.index(path)

    assert ["zoo.txt"] == file_names(report.failed)
    assert report.failed[0].reason
    assert ZOO_TEXT == empty.document(id_of(empty, "zoo.txt")).text
    assert "Tickets cost ten euros. [1]" == empty.ask(TICKETS_QUESTION).text


def test_the_largest_file_size_is_a_setting(tmp_path: Path) -> None:
    """A file over the limit is reported as failed and not indexed."""
    (tmp_path / "zoo.txt").write_text(ZOO_TEXT * 20)
    with Assistant.open(tmp_path / "home", max_file_mb=0.001) as assistant:
        report = assistant.index(tmp_path / "zoo.txt")
        assert ["zoo.txt"] == file_names(report.failed)
        assert [] == assistant.documents()


def test_a_missing_path_changes_nothing(empty: Assistant, documents_folder: Path, tmp_path: Path) -> None:
    """A misspelt path is an error, and the other paths of the same call are not indexed either."""
    with pytest.raises(PathNotFoundError, match="misspelt"):
        empty.index([documents_folder, tmp_path / "misspelt"])
    assert [] == empty.documents()


def test_progress_counts_every_document(empty: Assistant, documents_folder: Path) -> None:
    """Progress is called once for each document, with the number done, the number in all and a name."""
    calls: list[tuple[int, int, str]] = []
    empty.index(documents_folder, progress=lambda done, total, name: calls.append((done, total, name)))

    assert [(1, 3), (2, 3), (3, 3)] == [(done, total) for done, total, _ in calls]
    assert ["harbour.html", "kestrel.md", "zoo.txt"] == file_names(name for *_, name in calls)


def test_documents_are_listed_and_removed(empty: Assistant, documents_folder: Path) -> None:
    """The list describes every document; removed ones are in no result any more, and their files are left alone."""
    empty.index(documents_folder)
    listed = empty.documents()
    assert ["harbour.html", "kestrel.md", "zoo.txt"] == [Path(document.source).name for document in listed]
    assert ["html", "md", "txt"] == [document.kind for document in listed]
    assert [date(2024, 11, 6), None, None] == [document.date for document in listed]
    harbour, kestrel, zoo = listed
    assert ("A record year for Norrvik", "Operation Kestrel") == (harbour.title, kestrel.title)
    assert 3 == zoo.sentences

    with pytest.raises(DocumentNotFoundError, match="nobody"):
        empty.remove(harbour.id, "nobody")
    assert listed == empty.documents()

    empty.remove(harbour.id, kestrel.id)
    assert [zoo] == empty.documents()
    assert {zoo.id} == {hit.document.id for hit in empty.search("arrests and ships")}
    with pytest.raises(DocumentNotFoundError, match="assistant documents"):
        empty.document(harbour.id)
    assert (documents_folder / "harbour.html").exists()
