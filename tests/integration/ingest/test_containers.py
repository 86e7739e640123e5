"""Archives and mails in an index: what is in them are documents that come, change and go with them."""

import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import ReadingError
from assistant.ingest.rebuild import rebuild
from assistant.ingest.sync import is_made_from, synchronise
from assistant.readers import ReaderPool, ReadFile
from assistant.types import IndexReport
from tests.support.fake_embedder import FakeEmbedder
from tests.support.files import zip_file
from tests.support.indexes import SPLITTER, IndexUnderTest, check_index, file_id, open_index

PUMPS, VALVES = "The pumps cost 18 euros.", "The valves are blue."


class CountingReaders(ReaderPool):
    """Readers that remember what they were asked to read."""

    def __init__(self, count: int = 1) -> None:
        super().__init__(count)
        self.names: list[str] = []

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file."""
        self.names.append(name)
        return super().read(data, name, source=source, max_bytes=max_bytes)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path / "home") as index:
        yield index


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def readers() -> Iterator[CountingReaders]:
    with CountingReaders() as readers:
        yield readers


def mail(subject: str, text: str, **files: str | bytes) -> bytes:
    """A mail with files attached to it, a dot in their names for each ``_``."""
    message = EmailMessage()
    message["From"], message["Subject"] = "Dana Holt <dana@example.org>", subject
    message.set_content(text)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message.as_bytes()


def outcomes(report: IndexReport, folder: Path) -> dict[str, list[str]]:
    """The paths in the folder of the sources with each outcome, outcomes without any left out."""
    sources = {name: list(getattr(report, name)) for name in ("added", "changed", "removed", "unchanged")}
    sources |= {name: [file.source for file in getattr(report, name)] for name in ("skipped", "failed")}
    return {
        name: sorted(Path(source).relative_to(folder).as_posix() for source in of_outcome)
        for name, of_outcome in sources.items()
        if of_outcome
    }


def sources_in(index: IndexUnderTest, folder: Path) -> set[str]:
    return {Path(entry.source).relative_to(folder).as_posix() for entry in index.store.summaries()}


def test_an_archive_is_a_folder(index: IndexUnderTest, folder: Path) -> None:
    """Its files come in, change and go as those of a folder do, each with the archive's path and its own behind it."""
    archive = folder / "plans.zip"
    archive.write_bytes(zip_file({"north/pumps.txt": PUMPS, "valves.md": f"# Valves\n\n{VALVES}"}))
    assert outcomes(index.synchronise(folder), folder) == {
        "added": ["plans.zip/north/pumps.txt", "plans.zip/valves.md"]
    }
    check_index(index)
    entry = index.store.summary(file_id(archive / "north" / "pumps.txt"))
    assert entry is not None
    assert (entry.title, entry.kind) == ("Pumps", "txt")
    assert is_made_from(entry, archive.read_bytes())
    assert index.words("pumps")[:1] == [PUMPS]

    archive.write_bytes(zip_file({"north/pumps.txt": "The pumps cost 20 euros.", "pipes.txt": "Pipes are green."}))
    assert outcomes(index.synchronise(folder), folder) == {
        "added": ["plans.zip/pipes.txt"],
        "changed": ["plans.zip/north/pumps.txt"],
        "removed": ["plans.zip/valves.md"],
    }
    check_index(index)

    archive.unlink()
    assert outcomes(index.synchronise(folder), folder) == {
        "removed": ["plans.zip/north/pumps.txt", "plans.zip/pipes.txt"]
    }
    assert not index.store.summaries()


def test_what_is_attached_to_a_mail_is_a_document_beside_it(index: IndexUnderTest, folder: Path) -> None:
    """The mail itself is one too, and both go with it."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, valves_txt=VALVES, photo_jpg=b"\xff\xd8"))
    report = index.synchronise(folder)
    assert outcomes(report, folder) == {"added": ["a.eml", "a.eml/valves.txt"], "skipped": ["a.eml/photo.jpg"]}
    assert [skipped.reason for skipped in report.skipped] != [""]
    check_index(index)
    (folder / "a.eml").unlink()
    assert outcomes(index.synchronise(folder), folder) == {"removed": ["a.eml", "a.eml/valves.txt"]}


@pytest.mark.parametrize("name", ["a.eml", "plans.zip"])
def test_an_unchanged_file_is_not_read_again(
    name: str, index: IndexUnderTest, folder: Path, readers: CountingReaders
) -> None:
    """What is in it stays, and is reported as unchanged."""
    data = {"a.eml": mail("Pumps", PUMPS, valves_txt=VALVES), "plans.zip": zip_file({"valves.txt": VALVES})}[name]
    (folder / name).write_bytes(data)
    added = outcomes(index.synchronise(folder, readers=readers), folder)["added"]
    readers.names.clear()
    assert outcomes(index.synchronise(folder, readers=readers), folder) == {"unchanged": added}
    assert readers.names == []


def test_a_mail_whose_reading_was_interrupted_is_read_on(index: IndexUnderTest, folder: Path) -> None:
    """Where the mail itself is not in yet, what came with it may not be either."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, valves_txt=VALVES, pipes_txt="Pipes are green."))
    index.synchronise(folder)
    index.store.remove([file_id(folder / "a.eml"), file_id(folder / "a.eml" / "pipes.txt")])
    index.bm25.synchronise()
    assert outcomes(index.synchronise(folder), folder) == {
        "added": ["a.eml", "a.eml/pipes.txt"],
        "unchanged": ["a.eml/valves.txt"],
    }


def test_what_can_not_be_read_is_named_each_time(index: IndexUnderTest, folder: Path) -> None:
    """One broken file in an archive costs a line of the report, and hidden and other files are named with reasons."""
    files: dict[str, str | bytes] = {
        "broken.pdf": b"%PDF-1.7 and no more",
        ".secret.txt": VALVES,
        "__MACOSX/pumps.txt": VALVES,
        "~$pumps.docx": VALVES,
        "a.blend": VALVES,
        "../out.txt": VALVES,
        "../pumps.txt": VALVES,
        "/root.txt": VALVES,
        "pumps.txt": PUMPS,
    }
    (folder / "plans.zip").write_bytes(zip_file(files))
    for outcome in ("added", "unchanged"):
        report = index.synchronise(folder)
        assert outcomes(report, folder) == {
            outcome: ["plans.zip/pumps.txt"],
            "failed": ["plans.zip/broken.pdf"],
            "skipped": [
                "plans.zip/.secret.txt",
                "plans.zip/__MACOSX/pumps.txt",
                "plans.zip/a.blend",
                "plans.zip/out.txt",
                "plans.zip/pumps.txt",
                "plans.zip/root.txt",
                "plans.zip/~$pumps.docx",
            ],
        }
        assert all(file.reason for file in report.skipped)


class UnableReaders(ReaderPool):
    """Readers that can't read valves."""

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file."""
        if name.startswith("valves"):
            raise ReadingError("no memory was left")
        return super().read(data, name, source=source, max_bytes=max_bytes)


def test_what_is_attached_and_could_not_be_read_is_tried_again(
    index: IndexUnderTest, folder: Path, readers: CountingReaders
) -> None:
    """At each run, until all of it is in; the mail itself stays meanwhile."""
    data = mail("Pumps", PUMPS, pipes_txt="Pipes are green.", valves_txt=VALVES)
    (folder / "a.eml").write_bytes(data)
    with UnableReaders() as unable:
        for outcome in ("added", "unchanged"):
            assert outcomes(index.synchronise(folder, readers=unable), folder) == {
                outcome: ["a.eml", "a.eml/pipes.txt"],
                "failed": ["a.eml/valves.txt"],
            }
            entry = index.store.summary(file_id(folder / "a.eml"))
            assert entry is not None
            assert is_made_from(entry, data)
    assert outcomes(index.synchronise(folder, readers=readers), folder) == {
        "added": ["a.eml/valves.txt"],
        "changed": ["a.eml"],
        "unchanged": ["a.eml/pipes.txt"],
    }
    readers.names.clear()
    everything = ["a.eml", "a.eml/pipes.txt", "a.eml/valves.txt"]
    assert outcomes(index.synchronise(folder, readers=readers), folder) == {"unchanged": everything}
    assert readers.names == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("broken_pdf", b"%PDF-1.7 and no more"), ("empty_txt", b" "), ("broken_zip", b"PK\x03\x04 no")],
)
def test_a_broken_attachment_is_named_each_time(name: str, content: bytes, index: IndexUnderTest, folder: Path) -> None:
    """As a broken file in a folder or in an archive is."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, **{name: content}))
    for outcome in ("added", "unchanged", "unchanged"):
        failed = f"a.eml/{name.replace('_', '.')}"
        assert outcomes(index.synchronise(folder), folder) == {outcome: ["a.eml"], "failed": [failed]}


def test_an_archive_that_is_broken_leaves_what_was_in_it(index: IndexUnderTest, folder: Path) -> None:
    """As any file that can't be read does."""
    (folder / "plans.zip").write_bytes(zip_file({"pumps.txt": PUMPS}))
    index.synchronise(folder)
    (folder / "plans.zip").write_bytes(b"PK\x03\x04 and no more")
    assert outcomes(index.synchronise(folder), folder) == {"failed": ["plans.zip"]}
    assert sources_in(index, folder) == {"plans.zip/pumps.txt"}


def test_a_mail_with_a_bomb_is_read_without_it(index: IndexUnderTest, folder: Path) -> None:
    """Its own text is, and the report says what of it isn't."""
    bomb = zip_file({f"{number}.txt": b" " * 1_000_000 for number in range(9)})
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, bomb_zip=bomb))
    for outcome in ("added", "unchanged"):
        report = index.synchronise(folder)
        assert outcomes(report, folder) == {outcome: ["a.eml"], "failed": ["a.eml"]}
        assert report.failed[0].reason.startswith("what is attached to it is not read: unpacks to far more")


@pytest.mark.parametrize("name", ["a.eml", "a.msg", "a.mbox"])
def test_a_mail_that_is_broken_is_told_once(index: IndexUnderTest, folder: Path, name: str) -> None:
    """What is attached to it can't be read either."""
    (folder / name).write_bytes(b"\x00\x01 no mail \xff\xfe" * 9)
    assert outcomes(index.synchronise(folder), folder) == {"failed": [name]}


def test_an_archive_without_files_is_told(index: IndexUnderTest, folder: Path) -> None:
    """It is skipped, alone or in another one, and what was in it before is gone."""
    (folder / "plans.zip").write_bytes(zip_file({"pumps.txt": PUMPS}))
    index.synchronise(folder)
    (folder / "plans.zip").write_bytes(zip_file({}))
    (folder / "other.zip").write_bytes(zip_file({"none.zip": zip_file({}), "a.eml": mail("Pumps", PUMPS)}))
    report = index.synchronise(folder)
    assert outcomes(report, folder) == {
        "added": ["other.zip/a.eml"],
        "removed": ["plans.zip/pumps.txt"],
        "skipped": ["other.zip/none.zip", "plans.zip"],
    }
    assert {file.reason for file in report.skipped} == {"an archive without files"}


def test_mails_and_archives_in_an_archive_are_opened(index: IndexUnderTest, folder: Path) -> None:
    """An archive in an archive, and a mail in that one with what is attached; an archive in two others is not."""
    deepest = zip_file({"deep.txt": VALVES})
    inner = zip_file({"a.eml": mail("Pumps", PUMPS, valves_txt=VALVES), "deepest.zip": deepest})
    (folder / "plans.zip").write_bytes(zip_file({"inner.zip": inner}))
    report = index.synchronise(folder)
    assert outcomes(report, folder) == {
        "added": ["plans.zip/inner.zip/a.eml", "plans.zip/inner.zip/a.eml/valves.txt"],
        "failed": ["plans.zip/inner.zip/deepest.zip"],
    }
    check_index(index)


def test_many_readers_give_the_same_report(index: IndexUnderTest, folder: Path) -> None:
    """The files in an archive are read at the same time where that is wanted."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, valves_txt=VALVES))
    (folder / "plans.zip").write_bytes(zip_file({f"{number}.txt": f"Pump number {number}." for number in range(9)}))
    with ReaderPool(3) as readers:
        report = index.synchronise(folder, readers=readers)
    expected = ["a.eml", "a.eml/valves.txt", *(f"plans.zip/{number}.txt" for number in range(9))]
    assert outcomes(report, folder) == {"added": expected}


def test_progress_counts_the_files_in_files(index: IndexUnderTest, folder: Path) -> None:
    """The last one finished is the last of all."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, valves_txt=VALVES))
    (folder / "plans.zip").write_bytes(zip_file({"one.txt": PUMPS, "two.txt": VALVES}))
    counts: list[tuple[int, int]] = []
    for _ in range(2):  # added, then unchanged
        counts.clear()
        synchronise(index, [folder], max_bytes=1_000_000, progress=lambda done, total, _: counts.append((done, total)))
        assert [done for done, _ in counts] == [1, 2, 3, 4]
        assert counts[-1] == (4, 4)


def test_only_the_files_that_are_asked_for_are_looked_into(index: IndexUnderTest, folder: Path) -> None:
    """What is in the others stays, as it is while a folder is watched."""
    for name in ("a.zip", "b.zip"):
        (folder / name).write_bytes(zip_file({"pumps.txt": PUMPS}))
    index.synchronise(folder)
    for name in ("a.zip", "b.zip"):
        (folder / name).write_bytes(zip_file({"valves.txt": VALVES}))
    report = synchronise(index, [folder], max_bytes=1_000_000, only=lambda path: path.name == "a.zip")
    assert outcomes(report, folder) == {"added": ["a.zip/valves.txt"], "removed": ["a.zip/pumps.txt"]}
    assert sources_in(index, folder) == {"a.zip/valves.txt", "b.zip/pumps.txt"}


def test_a_rebuild_reads_archives_and_mails_again(folder: Path, tmp_path: Path) -> None:
    """Without being told where they are; of those that are gone the text stays."""
    (folder / "a.eml").write_bytes(mail("Pumps", PUMPS, valves_txt=VALVES))
    (folder / "plans.zip").write_bytes(zip_file({"pumps.txt": PUMPS}))
    (folder / "gone.zip").write_bytes(zip_file({"pipes.txt": "Pipes are green."}))
    with open_index(tmp_path / "home") as index:
        index.synchronise(folder)
    (folder / "gone.zip").unlink()
    rebuild(tmp_path / "home", FakeEmbedder(), SPLITTER, max_bytes=1_000_000)
    with open_index(tmp_path / "home") as index:
        assert sources_in(index, folder) == {"a.eml", "a.eml/valves.txt", "plans.zip/pumps.txt", "gone.zip/pipes.txt"}
        check_index(index)
        unchanged = ["a.eml", "a.eml/valves.txt", "plans.zip/pumps.txt"]
        assert outcomes(index.synchronise(folder), folder) == {
            "removed": ["gone.zip/pipes.txt"],
            "unchanged": unchanged,
        }


def test_an_archive_with_a_password_is_named(index: IndexUnderTest, folder: Path) -> None:
    """Nothing in it can be read."""
    data = bytearray(zip_file({"pumps.txt": PUMPS}))
    data[6] |= 1  # the flag in the head of the file, and in the list at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "plans.zip").write_bytes(bytes(data))
    (failure,) = index.synchronise(folder).failed
    assert failure.reason.startswith("encrypted")


def test_names_in_another_alphabet_are_kept(index: IndexUnderTest, folder: Path) -> None:
    """In UTF-8 as most programs write them, flagged or not, and harmless letters alone."""
    with zipfile.ZipFile(folder / "plans.zip", "w") as archive:
        archive.writestr("Pläne/Größe.txt", PUMPS)
        archive.writestr("bad\x07name\u202etxt.txt", VALVES)
    data = (folder / "plans.zip").read_bytes()
    (folder / "plans.zip").write_bytes(data.replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00"))
    added = outcomes(index.synchronise(folder), folder)["added"]
    assert added == ["plans.zip/Pläne/Größe.txt", "plans.zip/bad_name_txt.txt"]
