"""Documents that differ: the answer gives both, with their titles and dates; a rounding is no difference."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from tests.support.stub_model import serve_model_stub

DOCUMENTS = {
    "report.md": "---\ndate: 2024-11-06\n---\n# The report\n\nIn Operation Kestrel police made 2,517 arrests.\n"
    "\nOperation Heron was led by Maria Lund.\n\nOperation Egret began on 3 May 2021.\n",
    "leaflet.md": "# The leaflet\n\nIn Operation Kestrel police made 2,571 arrests.\n"
    "\nOperation Heron was led by Jonas Berg.\n\nOperation Egret began on 9 May 2021.\n",
    "headline.md": "# The headline\n\nIn Operation Osprey police made more than 2,500 arrests.\n",
    "note.md": "# The note\n\nIn Operation Osprey police made 2,517 arrests.\n",
}
QUESTIONS = {
    "How many arrests were made in Operation Kestrel?": ("2,517", "2,571"),
    "Who led Operation Heron?": ("Maria Lund", "Jonas Berg"),
    "When did Operation Egret begin?": ("3 May 2021", "9 May 2021"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Assistant]:
    with Assistant.open(tmp_path_factory.mktemp("home")) as made:
        made.index([folder])
        yield made


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_are_given_in_quotes_mode(question: str, opened: Assistant) -> None:
    """A figure, a name and a day that differ are quoted from both documents, each under its title."""
    answer = opened.ask(question)
    assert answer.text.startswith("The documents differ. ")
    assert all(part in answer.text for part in QUESTIONS[question])
    assert {"The report", "The leaflet"} == {each.title for each in answer.citations}
    assert "“The leaflet” (without a date): " in answer.text


def test_the_date_of_a_document_is_told(opened: Assistant) -> None:
    """Where a document has a date, it stands beside its title."""
    answer = opened.ask("How many arrests were made in Operation Kestrel?")
    dates = {each.title: opened.document(each.document_id).date for each in answer.citations}
    assert ("(6 November 2024)" in answer.text) == (dates["The report"] is not None)


def test_a_rounded_figure_is_no_disagreement(opened: Assistant) -> None:
    """2,517 and "more than 2,500" are one figure, and the exact one is given."""
    answer = opened.ask("How many arrests were made in Operation Osprey?")
    assert "In Operation Osprey police made 2,517 arrests. [1]" == answer.text


def test_both_are_given_in_llm_mode(tmp_path: Path, folder: Path) -> None:
    """The model gives one figure; the other document's sentence is put beside it, word for word and checked."""
    with serve_model_stub() as stub, Assistant.open(tmp_path, model="stub", openai_base_url=stub.url) as a:
        a.index([folder])
        stub.yes_chance = 0.99
        stub.pieces = ("Police made 2,517 arrests in Operation Kestrel.",)
        answer = a.ask("How many arrests were made in Operation Kestrel?")
    assert "llm" == answer.mode
    assert answer.text.startswith("The documents differ. ")
    assert ["supported", "supported"] == [each.verdict for each in answer.statements]
    assert "2,517" in answer.statements[0].text
    assert "In Operation Kestrel police made 2,571 arrests." == answer.statements[1].text
