"""Documents that differ: the answer gives both, with titles and dates; a rounded figure is no disagreement."""

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
DIFFERING_ANSWERS = {
    "How many arrests were made in Operation Kestrel?": ("2,517", "2,571"),
    "Who led Operation Heron?": ("Maria Lund", "Jonas Berg"),
    "When did Operation Egret begin?": ("3 May 2021", "9 May 2021"),
}


@pytest.fixture(scope="module")
def documents_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, documents_folder: Path) -> Iterator[Assistant]:
    """An index of the four documents, in quotes mode."""
    with Assistant.open(tmp_path_factory.mktemp("home")) as assistant:
        assistant.index([documents_folder])
        yield assistant


@pytest.mark.parametrize("question", DIFFERING_ANSWERS)
def test_quotes_mode_gives_both_answers(question: str, assistant: Assistant) -> None:
    """A figure, a name and a day that differ are quoted from both documents, each under its title."""
    answer = assistant.ask(question)
    assert answer.text.startswith("The documents differ. ")
    assert all(part in answer.text for part in DIFFERING_ANSWERS[question])
    assert {"The report", "The leaflet"} == {citation.title for citation in answer.citations}
    assert "“The leaflet” (without a date): " in answer.text


def test_the_date_of_a_document_stands_beside_its_title(assistant: Assistant) -> None:
    """Where a document has a date, the answer gives it behind the document's title."""
    answer = assistant.ask("How many arrests were made in Operation Kestrel?")
    dates = {citation.title: assistant.document(citation.document_id).date for citation in answer.citations}
    assert ("(6 November 2024)" in answer.text) == (dates["The report"] is not None)


def test_a_rounded_figure_is_no_disagreement(assistant: Assistant) -> None:
    """2,517 and "more than 2,500" are one figure, and the exact one is given."""
    answer = assistant.ask("How many arrests were made in Operation Osprey?")
    assert "In Operation Osprey police made 2,517 arrests. [1]" == answer.text


def test_llm_mode_gives_both_answers(tmp_path: Path, documents_folder: Path) -> None:
    """The model gives one figure; the other document's sentence is put beside it, word for word and checked."""
    with (
        serve_model_stub() as stub,
        Assistant.open(tmp_path, model="stub", openai_base_url=stub.url) as assistant,
    ):
        assistant.index([documents_folder])
        stub.yes_chance = 0.99
        stub.pieces = ("Police made 2,517 arrests in Operation Kestrel.",)
        answer = assistant.ask("How many arrests were made in Operation Kestrel?")
    assert "llm" == answer.mode
    assert answer.text.startswith("The documents differ. ")
    assert ["supported", "supported"] == [statement.verdict for statement in answer.statements]
    assert "2,517" in answer.statements[0].text
    assert "In Operation Kestrel police made 2,571 arrests." == answer.statements[1].text
