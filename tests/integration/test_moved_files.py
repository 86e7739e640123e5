"""Documents whose files were moved or deleted: they stay until they are removed, are marked, and give way to others."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import PathNotFoundError
from tests.support.indexes import document

pytestmark = pytest.mark.folder  # in a server's index files may be those of other machines

PIER = "The old pier was built in 1902. It is 300 metres long."
PIER_QUESTION = "When was the old pier built?"
NOTE = "its file is not there: the text is the one that was indexed"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of one document."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pier.txt").write_text(PIER)
    return tmp_path / "docs"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    """An empty index with the bundled models."""
    with Assistant.open(tmp_path / "home") as assistant:
        yield assistant


def notes(assistant: Assistant) -> dict[str, tuple[str, ...]]:
    """The notes of each document, by the name of its folder and its own."""
    return {"/".join(Path(summary.source).parts[-2:]): summary.notes for summary in assistant.documents()}


def cited(assistant: Assistant, question: str = PIER_QUESTION) -> set[str]:
    """The folders of the documents that an answer cites."""
    return {Path(citation.source).parent.name for citation in assistant.ask(question).citations}


def test_a_moved_folder_is_cited_where_it_is_now(assistant: Assistant, docs: Path) -> None:
    """The copy without a file is marked, and neither cited nor found where one with a file says the same."""
    assistant.index([docs])
    moved = docs.rename(docs.with_name("docs2"))
    report = assistant.index([moved])
    assert ((str(moved / "pier.txt"),), ()) == (report.added, report.removed)
    assert {"docs/pier.txt": (NOTE,), "docs2/pier.txt": ()} == notes(assistant)
    assert {"docs2"} == cited(assistant)
    assert {"docs2"} == {Path(hit.document.source).parent.name for hit in assistant.search("the old pier")}


def test_a_folder_that_is_gone_is_an_error_that_removes_nothing(assistant: Assistant, docs: Path) -> None:
    """Its documents stay, are marked, and still answer where no other says the same."""
    assistant.index([docs])
    shutil.rmtree(docs)
    with pytest.raises(PathNotFoundError, match=r"There is no file or folder '.*docs'"):
        assistant.index([docs])
    assert {"docs/pier.txt": (NOTE,)} == notes(assistant)
    assert {"docs"} == cited(assistant)


def test_the_mark_goes_when_the_file_is_back(assistant: Assistant, docs: Path) -> None:
    """Nothing has to be indexed for that: what counts is whether the file is there when somebody looks."""
    assistant.index([docs])
    away = docs.rename(docs.with_name("away"))
    assert {"docs/pier.txt": (NOTE,)} == notes(assistant)
    away.rename(docs)
    assert {"docs/pier.txt": ()} == notes(assistant)


def test_a_sentence_that_only_the_gone_copy_has_is_cited(assistant: Assistant, docs: Path) -> None:
    """The copy gives way sentence by sentence."""
    assistant.index([docs])
    moved = docs.rename(docs.with_name("docs2"))
    (moved / "pier.txt").write_text("The old pier was built in 1902. It is closed.")
    assistant.index([moved])
    assert {"docs2"} == cited(assistant)
    assert {"docs"} == cited(assistant, "How long is the old pier?")


def test_a_document_that_was_handed_over_has_no_file_to_lose(assistant: Assistant) -> None:
    """It is not marked, wherever its source points to."""
    assistant.index(document("pier", PIER, source="/nowhere/pier.txt"))
    assert {"nowhere/pier.txt": ()} == notes(assistant)


def test_the_command_lists_the_mark(docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``assistant documents`` shows it behind the source; a document with its file has the six columns alone."""
    home = ["--home", str(tmp_path / "home")]
    assert 0 == cli.main(["index", str(docs), *home])
    shutil.copytree(docs, tmp_path / "docs2")
    assert 0 == cli.main(["index", str(tmp_path / "docs2"), *home])
    shutil.rmtree(docs)
    capsys.readouterr()
    assert 0 == cli.main(["documents", *home])
    gone, there = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert (NOTE, 6) == (gone[6], len(there))
