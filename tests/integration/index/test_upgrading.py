"""Indexes of earlier versions open, or the error says what to do, and nothing in them is lost."""

import tarfile
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import MismatchError
from assistant.types import NO_STRUCTURE, Answer
from tests.data.make_index import TEXTS

pytestmark = pytest.mark.folder

DATA = Path(__file__).resolve().parents[2] / "data"
OPENS = "a452027"
REBUILT = ("400ea40", "8c72aea", "7d07ce2", "2aee0da")
ANSWERS = {
    "How many nests were counted in 2023?": "64 nests",
    "How many nests does the island hold?": "23 nests",
    "Who founded the bakery?": "Tomas Hale",
    "How long does the crossing take?": "47 minutes",
}


def unpacked(commit: str, home: Path) -> Path:
    """Unpacks the index that a commit made."""
    with tarfile.open(DATA / f"index-{commit}.tar.xz") as packed:
        packed.extractall(home, filter="data")
    return home


def untimed_record(answer: Answer) -> dict[str, object]:
    """An answer's record without the time that it took."""
    return {name: value for name, value in answer.to_dict().items() if name != "seconds"}


def check_answers(assistant: Assistant) -> None:
    """Asserts that the documents are unchanged, and that each question is answered with exact quotes."""
    for name, (title, text) in TEXTS.items():
        document = assistant.document(name)
        assert (title, text, f"{name}.md") == (document.title, document.text, document.source)
    for question, fact in ANSWERS.items():
        answer = assistant.ask(question)
        assert fact in answer.text
        for citation in answer.citations:
            assert TEXTS[citation.document_id][1][citation.start : citation.end] == citation.quote


def test_the_index_of_an_earlier_version_opens_and_answers(tmp_path: Path) -> None:
    """An index made with the same models and splitter opens as it is; its quotes are exact."""
    with Assistant.open(unpacked(OPENS, tmp_path)) as assistant:
        check_answers(assistant)


@pytest.mark.parametrize("commit", REBUILT)
def test_an_older_one_says_what_to_do_and_that_works(
    tmp_path: Path, commit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An index that can't be opened names the command that remakes it, which keeps every document."""
    unpacked(commit, tmp_path)
    with pytest.raises(MismatchError, match="assistant index --rebuild"):
        Assistant.open(tmp_path)

    assert 0 == cli.main(["index", "--rebuild", "--home", str(tmp_path)]), capsys.readouterr().err

    assert capsys.readouterr().out.startswith("added 3,")
    with Assistant.open(tmp_path) as assistant:
        check_answers(assistant)


@pytest.mark.parametrize("commit", [OPENS, pytest.param(REBUILT[-1], marks=pytest.mark.slow)])
def test_it_moves_into_a_new_index_with_the_same_answers(tmp_path: Path, commit: str) -> None:
    """An earlier version's index is exported and imported into a new one, which gives the same answers."""
    home = unpacked(commit, tmp_path / "old")
    if commit != OPENS:
        assert 0 == cli.main(["index", "--rebuild", "--home", str(home)])
    with Assistant.open(home) as old, Assistant.open(tmp_path / "new") as new:
        old.export(tmp_path / "index.zip")
        report = new.import_(tmp_path / "index.zip")

        assert {"ferry.md", "heron.md", "bakery.md"} == set(report.added)
        assert {NO_STRUCTURE} >= {note.reason for note in report.notes}  # they came as text
        check_answers(new)
        for question in ANSWERS:
            assert untimed_record(old.ask(question)) == untimed_record(new.ask(question))
