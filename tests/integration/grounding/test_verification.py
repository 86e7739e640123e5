"""Saved answers against the documents of today, through Python and the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import RecordError
from assistant.grounding.verification import load_records

TEXT = """# Operation Kestrel

Police made 2,517 arrests in 116 countries in Operation Kestrel. The operation was led from Lyon.

Officers searched houses, cars and boats.
"""
ARRESTS = "How many arrests were made in Operation Kestrel?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "kestrel.md").write_text(TEXT, encoding="utf-8")
    return made


@pytest.fixture
def opened(tmp_path: Path, folder: Path) -> Iterator[Assistant]:
    with Assistant.open(tmp_path / "home") as made:
        made.index([folder])
        yield made


def changed(opened: Assistant, folder: Path, old: str, new: str) -> None:
    """Changes the document and indexes it anew."""
    (folder / "kestrel.md").write_text(TEXT.replace(old, new), encoding="utf-8")
    opened.index([folder])


def standings(found: Any) -> list[str]:
    return [each.standing for each in found.citations]


def test_a_fresh_answer_is_exact(opened: Assistant) -> None:
    """What was just answered stands to the letter, as an Answer and as its record after a way through JSON."""
    answer = opened.ask(ARRESTS)
    for saved in (answer, json.loads(json.dumps(answer.to_dict()))):
        found = opened.verify(saved)
        assert ["exact"] == standings(found)
        assert ["supported"] == [each.verdict for each in found.statements]
        assert found.holds
        assert (answer.citations[0].start, answer.citations[0].end) == (
            found.citations[0].start,
            found.citations[0].end,
        )


def test_a_quote_that_moved(opened: Assistant, folder: Path) -> None:
    """Text before a quote moves it: it is found at its new place, and the answer holds."""
    answer = opened.ask(ARRESTS)
    changed(opened, folder, "Police made", "It was cold. Police made")
    found = opened.verify(answer)
    (citation,) = found.citations
    assert "moved" == citation.standing
    assert citation.start == answer.citations[0].start + len("It was cold. ")
    assert citation.quote == opened.document(answer.citations[0].document_id).text[citation.start : citation.end]
    assert found.holds


def test_a_document_that_changed_elsewhere(opened: Assistant, folder: Path) -> None:
    """A change behind the quote leaves it at its place, though the document is no longer the one that was cited."""
    answer = opened.ask(ARRESTS)
    changed(opened, folder, "boats.", "boats. It rained.")
    assert ["moved"] == standings(opened.verify(answer))


def test_a_quote_that_was_corrected(opened: Assistant, folder: Path) -> None:
    """Another figure in the document: the quote is gone from it, and the statement has lost its support."""
    answer = opened.ask(ARRESTS)
    changed(opened, folder, "2,517", "2,571")
    found = opened.verify(answer)
    assert ["changed"] == standings(found)
    assert [("supported", "unsupported")] == [(each.was, each.verdict) for each in found.statements]
    assert not found.holds


def test_a_document_that_is_gone(opened: Assistant) -> None:
    """A removed document is named as gone."""
    answer = opened.ask(ARRESTS)
    opened.remove(answer.citations[0].document_id)
    found = opened.verify(answer)
    assert ["gone"] == standings(found)
    assert (None, None) == (found.citations[0].start, found.citations[0].end)
    assert not found.holds


def test_a_statement_that_was_tampered_with(opened: Assistant) -> None:
    """The quotes are exact, but a figure in the saved statement isn't theirs: the audit says so."""
    record = opened.ask(ARRESTS).to_dict()
    record["statements"][0]["text"] = "Police made 2,571 arrests in 116 countries in Operation Kestrel."
    found = opened.verify(record)
    assert ["exact"] == standings(found)
    assert ("unsupported", "2,571 is not in the cited sentence, which says 2,517.") == (
        found.statements[0].verdict,
        found.statements[0].why,
    )
    assert not found.holds


def test_a_quote_that_was_tampered_with(opened: Assistant) -> None:
    """A quote that the document never had is no quote of it, wherever it is said to stand."""
    record = opened.ask(ARRESTS).to_dict()
    record["citations"][0]["quote"] = record["citations"][0]["quote"].replace("2,517", "2,571")
    assert ["changed"] == standings(opened.verify(record))
    record["citations"][0] |= {"start": -5, "end": 10**9}
    assert ["changed"] == standings(opened.verify(record))


def test_a_refusal_holds(opened: Assistant) -> None:
    """A refusal cites nothing, so that nothing can have changed."""
    found = opened.verify(opened.ask("Who painted the ceiling?"))
    assert ((), ()) == (found.citations, found.statements)
    assert found.holds


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
    assert [False, False] == [each["holds"] for each in json.loads(capsys.readouterr().out)]


RECORD: dict[str, Any] = {
    "question": "q", "citations": [{"number": 1, "document_id": "d", "title": "t", "source": "s", "page": None,
    "sentence": 0, "start": 0, "end": 1, "quote": "q", "document_sha256": "0"}],
    "statements": [{"text": "t", "verdict": "supported", "why": "", "citations": [1]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
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
def test_a_file_that_is_no_record(text: str, told: str, tmp_path: Path) -> None:
    """Whatever else a file holds, the error names it, what is wrong, and what to do."""
    path = tmp_path / "saved.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=told) as caught:
        load_records(path)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and one that is no text are named."""
    with pytest.raises(RecordError, match="cannot be read: No such file"):
        load_records(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecordError, match="it is no UTF-8 text"):
        load_records(tmp_path / "bytes")
