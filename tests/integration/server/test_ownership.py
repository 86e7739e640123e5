"""A removal deletes uploaded files and no others, whatever source a document claims."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.index.archive.writer import ArchivedDocument, ArchiveWriter
from assistant.readers import document_id, file_source
from assistant.server.uploads import UploadFolder
from assistant.settings import load_settings
from assistant.types import Document

ZOO = b"The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."


def import_forged(assistant: Assistant, folder: Path, document: Document, file_hash: str = "forged") -> None:
    """Imports an archive that anybody could have written: a document with this id and source."""
    store = assistant._index.store
    file = io.BytesIO()
    with ArchiveWriter(file, store.fingerprint) as writer:
        (entry,) = [entry for entry in store.summaries() if entry.source.endswith("template.txt")]
        batches = [
            ([replace(sentence, document_id=document.id) for sentence in sentences], vectors)
            for sentences, vectors in store.sentence_batches(entry)
        ]
        writer.write_part([ArchivedDocument(document, file_hash, entry.sentences, batches)])
    (folder / "forged.zip").write_bytes(file.getvalue())
    report = assistant.import_(folder / "forged.zip")
    assert (document.source,) == (*report.added, *report.changed)


@pytest.fixture
def victims(tmp_path: Path) -> dict[str, Path]:
    """Files outside the uploads, and another user's uploaded file."""
    home = tmp_path / "home"
    files = {
        "beside the home": tmp_path / "precious.txt",
        "the list of users": home / "users.json",
        "in the uploads, of nobody": home / "uploads" / "stray.txt",
        "another user's upload": home / "uploads" / "eddy" / "zoo.txt",
        "too deep": home / "uploads" / "eddy" / "folder" / "zoo.txt",
    }
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ZOO)
    return files


def hostile_sources(home: Path, target: Path) -> list[str]:
    """Ways to write a path so that it seems to lie in the uploads, or does."""
    uploads = home.absolute() / "uploads"
    climbing = uploads / "rita" / Path(*[".."] * 20) / str(target).lstrip("/")
    return [str(target), str(climbing), f"{uploads}/../uploads/rita/../../{target.relative_to(home.parent)}"]


def test_a_source_that_climbs_out_of_the_uploads_deletes_no_file(tmp_path: Path) -> None:
    """What a removal deletes lies in the uploads when the path is resolved, not only as it is written."""
    home, precious, template = tmp_path / "home", tmp_path / "precious.txt", tmp_path / "template.txt"
    precious.write_bytes(ZOO)
    template.write_bytes(ZOO)
    with Assistant.open(home) as assistant:
        uploads = UploadFolder(assistant, load_settings(home=home))
        assistant.index(template)
        original = assistant.document(assistant.documents()[0].id)
        source = f"{home.absolute()}/uploads/rita/../../../precious.txt"
        (home / "uploads" / "rita").mkdir(parents=True)
        import_forged(assistant, tmp_path, replace(original, id="forged", source=source))
        uploads.remove("forged")
        assert ZOO == precious.read_bytes()


@pytest.mark.hostile
def test_a_forged_source_deletes_no_file(tmp_path: Path, victims: dict[str, Path]) -> None:
    """A document from an archive owns no file, whether its path climbs out of the uploads or leads to one of them."""
    home, template = tmp_path / "home", tmp_path / "template.txt"
    template.write_bytes(ZOO)
    (home / "uploads" / "rita").mkdir()
    (home / "uploads" / "rita" / "link.txt").symlink_to(victims["beside the home"])
    with Assistant.open(home) as assistant:
        uploads = UploadFolder(assistant, load_settings(home=home))
        assistant.index(template)
        (summary,) = assistant.documents()
        original = assistant.document(summary.id)
        sources = [source for target in victims.values() for source in hostile_sources(home, target)]
        sources += [str(home / "uploads" / "rita" / "link.txt"), "\0", "x" * 10_000, str(home / "uploads")]
        for source in sources:
            for id_ in ("forged", document_id(source)):
                import_forged(assistant, tmp_path, replace(original, id=id_, source=source))
                uploads.remove(id_)
        assert dict.fromkeys(victims, ZOO) == {name: path.read_bytes() for name, path in victims.items()}
        assert (home / "uploads" / "rita" / "link.txt").is_symlink()


def test_a_forged_document_in_an_upload_s_place_leaves_its_file(tmp_path: Path) -> None:
    """An archive may replace a document, but does not get the file of the one of before."""
    home, template = tmp_path / "home", tmp_path / "template.txt"
    template.write_bytes(ZOO)
    with Assistant.open(home) as assistant:
        uploads = UploadFolder(assistant, load_settings(home=home))
        assistant.index(template)
        (uploaded,) = uploads.add("eddy", [("zoo.txt", io.BytesIO(ZOO))])
        assert uploaded.document_id
        file = home / "uploads" / "eddy" / "zoo.txt"
        import_forged(assistant, tmp_path, replace(assistant.document(uploaded.document_id), title="Forged"))
        uploads.remove(uploaded.document_id)
        assert ZOO == file.read_bytes()


def test_an_uploaded_file_goes_with_its_document(tmp_path: Path) -> None:
    """Also where the home is reached by a link, and where an earlier version of the readers read it."""
    (tmp_path / "real").mkdir()
    home = tmp_path / "link"
    home.symlink_to(tmp_path / "real")
    with Assistant.open(home) as assistant:
        uploads = UploadFolder(assistant, load_settings(home=home))
        (uploaded,) = uploads.add("eddy", [("zoo.txt", io.BytesIO(ZOO))])
        assert uploaded.document_id == document_id(file_source(home / "uploads" / "eddy" / "zoo.txt"))
        uploads.remove(uploaded.document_id)
        assert [] == [path for path in (home / "uploads").rglob("*") if path.is_file()]
