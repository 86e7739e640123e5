"""Saved answers checked against the documents of today, through Python and the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import RecordError
from assistant.grounding.verification import _nearest_occurrence, load_records

TEXT = """# Operation Kestrel

Police made 2,517 arrests in 116 countries in Operation Kestrel. The operation was led from Lyon.

Officers searched houses, cars and boats.
"""
ARRESTS = "How many arrests were made in Operation Kestrel?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "kestrel.md").write_text(TEXT, encoding="utf-8")
    return documents


@pytest.fixture
def assistant(tmp_path: Path, folder: Path) -> Iterator[Assistant]:
    with Assistant.open(tmp_path / "home") as opened:
        opened.index([folder])
        yield opened


def change(assistant: Assistant, folder: Path, old: str, new: str) -> None:
    """Changes the document and indexes it again."""
    (folder / "kestrel.md").write_text(TEXT.replace(old, new), encoding="utf-8")
    assistant.index([folder])


def standings(verification: Any) -> list[str]:
    return [citation.standing for citation in verification.citations]


def test_a_fresh_answer_is_exact(assistant: Assistant) -> None:
    """A new answer stands to the letter, as an Answer and as a record that has been through JSON."""
    answer = assistant.ask(ARRESTS)
    for saved in (answer, json.loads(json.dumps(answer.to_dict()))):
        verification = assistant.verify(saved)
        assert ["exact"] == standings(verification)
        assert ["supported"] == [statement.verdict for statement in verification.statements]
        assert verification.holds
        assert (answer.citations[0].start, answer.citations[0].end) == (
            verification.citations[0].start,
            verification.citations[0].end,
        )


def test_a_quote_that_moved(assistant: Assistant, folder: Path) -> None:
    """Text before a quote moves it: the quote is found at its new place, and the answer holds."""
    answer = assistant.ask(ARRESTS)
    change(assistant, folder, "Police made", "It was cold. Police made")
    verification = assistant.verify(answer)
    (citation,) = verification.citations
    assert "moved" == citation.standing
    assert citation.start == answer.citations[0].start + len("It was cold. ")
    assert citation.quote == assistant.document(answer.citations[0].document_id).text[citation.start : citation.end]
    assert verification.holds


def test_a_document_that_changed_elsewhere(assistant: Assistant, folder: Path) -> None:
    """A change behind the quote leaves it at its place, though the document is no longer the one that was cited."""
    answer = assistant.ask(ARRESTS)
    change(assistant, folder, "boats.", "boats. It rained.")
    assert ["moved"] == standings(assistant.verify(answer))


def test_a_quote_that_was_corrected(assistant: Assistant, folder: Path) -> None:
    """Another figure in the document: the quote is gone from it, and the statement has lost its support."""
    answer = assistant.ask(ARRESTS)
    change(assistant, folder, "2,517", "2,571")
    verification = assistant.verify(answer)
    assert ["changed"] == standings(verification)
    assert [("supported", "unsupported")] == [
        (statement.was, statement.verdict) for statement in verification.statements
    ]
    assert not verification.holds


@pytest.mark.parametrize(("name", "standing"), [("trees.html", "changed"), ("trees.txt", "exact")])
def test_a_record_of_an_earlier_version(tmp_path: Path, name: str, standing: str) -> None:
    """Where the readers read otherwise now, an old quote is changed for that reason; plain text stays exact."""
    page = "<h1>The plot</h1><p>The plot of the forest holds 48<sup>1</sup> trees in all.</p>"
    text = "The plot of the forest holds 48 trees in all."
    (tmp_path / name).write_text(page if name.endswith("html") else text, encoding="utf-8")
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([tmp_path / name])
        record = assistant.ask("How many trees does the plot hold?").to_dict()
        del record["versions"]["file_reader"]
        if name.endswith("html"):
            quote = "The plot of the forest holds 481 trees in all."
            record["citations"][0] |= {"quote": quote, "document_sha256": "0" * 64}
        (citation,) = assistant.verify(record).citations
        assert (standing, standing == "changed") == (citation.standing, "read anew" in citation.why)


def test_a_document_that_is_gone(assistant: Assistant) -> None:
    """A removed document is named as gone."""
    answer = assistant.ask(ARRESTS)
    assistant.remove(answer.citations[0].document_id)
    verification = assistant.verify(answer)
    assert ["gone"] == standings(verification)
    assert (None, None) == (verification.citations[0].start, verification.citations[0].end)
    assert not verification.holds


def test_a_statement_that_was_tampered_with(assistant: Assistant) -> None:
    """The quotes are exact, but a figure in the saved statement isn't theirs: the audit says so."""
    record = assistant.ask(ARRESTS).to_dict()
    record["statements"][0]["text"] = "Police made 2,571 arrests in 116 countries in Operation Kestrel."
    verification = assistant.verify(record)
    assert ["exact"] == standings(verification)
    assert ("unsupported", "2,571 is not in the cited sentence, which says 2,517.") == (
        verification.statements[0].verdict,
        verification.statements[0].why,
    )
    assert not verification.holds


def test_a_quote_that_was_tampered_with(assistant: Assistant) -> None:
    """A quote that the document never had is no quote of it, wherever it is said to stand."""
    record = assistant.ask(ARRESTS).to_dict()
    record["citations"][0]["quote"] = record["citations"][0]["quote"].replace("2,517", "2,571")
    assert ["changed"] == standings(assistant.verify(record))
    record["citations"][0] |= {"start": -5, "end": 10**9}
    assert ["changed"] == standings(assistant.verify(record))


def test_a_record_has_bounds(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many citations or statements, and work without end, are errors; too long a statement has a verdict."""
    record = assistant.ask(ARRESTS).to_dict()
    for name in ("citations", "statements"):
        with pytest.raises(RecordError, match=f"has 201 {name}; up to 200 are checked at once"):
            assistant.verify(record | {name: record[name] * 201})
    record["statements"] *= 200
    record["statements"][0] = record["statements"][0] | {"text": "Police made 2,517 arrests. " * 1_500}
    verification = assistant.verify(record)
    assert "It has 40,499 characters; up to 10,000 are checked. Check it in parts." == verification.statements[0].why
    assert "supported" == verification.statements[1].verdict
    monkeypatch.setattr("assistant.grounding.verification._MAX_SECONDS", -1.0)
    with pytest.raises(RecordError, match="seconds to check"):
        assistant.verify(record)


@given(st.text("ab", max_size=40), st.text("ab", max_size=4), st.integers(0, 60))
def test_a_quote_is_looked_for_nearby(text: str, quote: str, place: int) -> None:
    """Of all places where a quote stands the nearest one counts; of two the first."""
    starts = [start for start in range(len(text)) if quote and text.startswith(quote, start)]
    assert min(starts, key=lambda start: abs(start - place), default=None) == _nearest_occurrence(text, quote, place)


def test_a_refusal_holds(assistant: Assistant) -> None:
    """A refusal cites nothing, so that nothing can have changed."""
    verification = assistant.verify(assistant.ask("Who painted the ceiling?"))
    assert ((), ()) == (verification.citations, verification.statements)
    assert verification.holds


def test_the_command(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It reads one record, a list of them or a line each, says what became of each, and exits by it."""
    home = ["--home", str(tmp_path / "home")]
    assert 0 == cli.main(["index", str(folder), *home])
    capsys.readouterr()
    assert 0 == cli.main(["ask", ARRESTS, "--json", *home])
    record = json.loads(capsys.readouterr().out)
    saved = tmp_path / "answer.json"
    for text in (json.dumps(record), json.dumps([record, record]), f"{json.dumps(record)}\n{json.dumps(record)}\n"):
        saved.write_text(text, encoding="utf-8")
        assert 0 == cli.main(["verify", str(saved), *home])
        assert "exact" in capsys.readouterr().out

    (folder / "kestrel.md").write_text(TEXT.replace("2,517", "2,571"), encoding="utf-8")
    assert 0 == cli.main(["index", str(folder), *home])
    capsys.readouterr()
    assert 1 == cli.main(["verify", str(saved), *home])
    out = capsys.readouterr().out
    assert "changed" in out
    assert "0 of 2 answers hold" in out
    assert 1 == cli.main(["verify", str(saved), "--json", *home])
    assert [False, False] == [verification["holds"] for verification in json.loads(capsys.readouterr().out)]


RECORD: dict[str, Any] = {
    "question": "q", "citations": [{"number": 1, "document_id": "d", "title": "t", "source": "s", "page": None,
    "sentence": 0, "start": 0, "end": 1, "quote": "q", "document_sha256": "0"}],
    "statements": [{"text": "t", "verdict": "supported", "why": "", "citations": [1]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no answer"),
        ("[]", "holds no answer"),
        ("[" * 100_000, "is no answer's record"),
        ("3", "is no answer's record"),
        (json.dumps([RECORD, 3]), "answer 2 is no answer's record"),
        (json.dumps(RECORD | {"citations": None}), "'citations' is no list"),
        (json.dumps(RECORD | {"statements": [3]}), "'statements' is no list"),
        (json.dumps(RECORD | {"citations": [{"number": "1"}]}), "a citation's 'number' is missing or no int"),
        (
            json.dumps(RECORD | {"citations": [RECORD["citations"][0] | {"start": True}]}),
            "'start' is missing or no int",
        ),
        (json.dumps(RECORD | {"statements": [{"text": 1, "citations": []}]}), "a statement has no 'text'"),
        (json.dumps(RECORD | {"statements": [{"text": "t", "citations": ["1"]}]}), "'citations' are no numbers"),
    ],
)
def test_a_file_that_is_no_record(text: str, message: str, tmp_path: Path) -> None:
    """Whatever else a file holds, the error names it, what is wrong, and what to do."""
    path = tmp_path / "saved.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=message) as caught:
        load_records(path)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and one that is no text are named."""
    with pytest.raises(RecordError, match="cannot be read: No such file"):
        load_records(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecordError, match="it is no UTF-8 text"):
        load_records(tmp_path / "bytes")
