"""Where the words of a PDF stand lasts: through indexing, reopening, export, import, rebuilding, and in a server."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fpdf import FPDF

from assistant import Assistant
from assistant.cli import main as cli
from assistant.errors import StoreError
from assistant.index.rows import Row
from assistant.readers import read_file
from assistant.remote import connect
from assistant.structure import Box, Geometry, PlacedWord
from assistant.types import Answer, Document, Statement
from tests.support.assistant_server import serve_assistant
from tests.support.chroma import ChromaProcess
from tests.support.indexes import only_document, open_index

QUESTION = "How many ships did the harbour of Ashby handle?"
SENTENCE = (
    "The harbour of Ashby handled 4,811 ships in that year, more than in any year before it, and more than the two "
    "harbours across the strait together."
)
AROUND = ("It rained for most of May. ", " The crews slept on board.")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A PDF of two pages, with the sentence that answers over three lines of the second."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_font("Helvetica", size=11)
    pdf.add_page()
    pdf.multi_cell(400, 14, "Tickets for the ferry cost ten euros. Children travel without a ticket.")
    pdf.add_page()
    pdf.multi_cell(400, 14, SENTENCE.join(AROUND))
    path = tmp_path / "files" / "report.pdf"
    path.parent.mkdir()
    pdf.output(str(path))
    return path


def cited_boxes(assistant: Assistant) -> tuple[Box, ...]:
    (citation,) = assistant.ask(QUESTION).citations
    assert citation.quote == SENTENCE
    assert citation.page == 2
    return citation.boxes


def test_they_last(tmp_path: Path, report: Path) -> None:
    """What the reader found is what every later reading of the index gives, and so are a citation's rectangles."""
    read = read_file(report, max_bytes=1_000_000)
    assert read.geometry is not None
    start = read.text.index(SENTENCE)
    boxes = read.geometry.boxes(start, start + len(SENTENCE))
    assert [2, 2, 2] == [box.page for box in boxes]
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([report])
        assert read == only_document(assistant)
        assert boxes == cited_boxes(assistant)
    with Assistant.open(tmp_path / "home") as assistant:
        assert boxes == cited_boxes(assistant)
        assistant.export(tmp_path / "all.zip")
    with Assistant.open(tmp_path / "other") as other:
        other.import_(tmp_path / "all.zip")
        assert read == only_document(other)
        assert boxes == cited_boxes(other)
        report.unlink()
    assert 0 == cli.main(["index", "--rebuild", "--home", str(tmp_path / "other")])
    with Assistant.open(tmp_path / "other") as other:
        assert read.geometry == only_document(other).geometry
        assert boxes == cited_boxes(other)


def test_they_last_in_a_server(tmp_path: Path, report: Path, chroma_server: ChromaProcess) -> None:
    """The same holds in a Chroma server."""
    url = f"{chroma_server.url}/places_last"
    with Assistant.open(tmp_path / "home", chroma_url=url) as assistant:
        assistant.index([report])
    with Assistant.open(tmp_path / "elsewhere", chroma_url=url) as assistant:
        assert read_file(report, max_bytes=1_000_000) == only_document(assistant)
        assert 3 == len(cited_boxes(assistant))


def test_every_door_gives_them(tmp_path: Path, report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The statements of a stream, the answer, its record and the command give the same rectangles."""
    home = str(tmp_path / "home")
    with Assistant.open(home) as assistant:
        assistant.index([report])
        boxes = cited_boxes(assistant)
        statement, answer = assistant.stream(QUESTION)
        assert isinstance(statement, Statement)
        assert isinstance(answer, Answer)
        assert boxes == statement.citations[0].boxes == answer.statements[0].citations[0].boxes
        in_record = [{"page": box.page, "x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1} for box in boxes]
        (citation,) = json.loads(json.dumps(answer.to_dict()))["citations"]
        assert (in_record, False) == (citation["boxes"], citation["ocr"])
    capsys.readouterr()
    assert 0 == cli.main(["ask", QUESTION, "--json", "--home", home])
    assert in_record == json.loads(capsys.readouterr().out)["citations"][0]["boxes"]
    assert 0 == cli.main(["documents", "--json", "--home", home])
    (listed,) = json.loads(capsys.readouterr().out)
    assert 0 == cli.main(["documents", "show", listed["id"], "--json", "--home", home])
    assert SENTENCE in json.loads(capsys.readouterr().out)["text"]


def test_a_server_gives_them(tmp_path: Path, report: Path) -> None:
    """Over HTTP the record, the events of a stream and the remote door have the same rectangles."""
    with serve_assistant(tmp_path / "home", report) as server:
        answer = server.assistant.ask(QUESTION)
        in_record = answer.to_dict()["citations"][0]["boxes"]
        assert 3 == len(in_record)
        assert in_record == server.ask(QUESTION)["citations"][0]["boxes"]
        stream = server.client.post("/api/v1/ask/stream", json={"question": QUESTION}).text
        events = [json.loads(line.removeprefix("data: ")) for line in stream.splitlines() if line.startswith("data: ")]
        assert [in_record, in_record] == [event["citations"][0]["boxes"] for event in events]
        remote = connect({"home": server.service.settings.home})
        assert remote is not None
        assert answer.citations == remote.ask(QUESTION).citations
        document = server.assistant.document(answer.citations[0].document_id)
        assert replace(document, geometry=None) == remote.document(document.id)


def placed_document(id_: str, text: str, page: int = 1) -> Document:
    """A document of words on one long line of a page."""
    words, place = [], 0
    for word in text.split(" "):
        words.append(PlacedWord(place, place + len(word), Box(page, place, 10, place + len(word), 20)))
        place += len(word) + 1
    geometry = Geometry.of(words)
    return Document(id_, id_, f"/{id_}.pdf", text, "pdf", pages=(0,) * page, geometry=geometry)


def test_only_the_part_that_is_cited_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a document of a million characters one row is read for a citation, and no row a second time."""
    long = placed_document("a", "The harbour grew in that year. " * 33_000 + SENTENCE)
    with open_index(tmp_path / "home") as index:
        index.add(long)
        index.add(placed_document("b", "Dogs bark."))
        store = index.store
        entry = store.summary("a")
        assert entry is not None
        assert entry.geometries == len(long.text) // 100_000 + 1
        keys: list[str] = []
        read = store._chroma.read

        def read_and_note(name: str, wanted: Sequence[str]) -> Iterator[Row]:
            keys.extend(wanted)
            return read(name, wanted)

        monkeypatch.setattr(store._chroma, "read", read_and_note)
        start = long.text.index(SENTENCE)
        for _ in range(2):
            geometry = store.geometry(entry, start, len(long.text))
            assert geometry is not None
            assert long.geometry is not None
            assert geometry.boxes(start, len(long.text)) == long.geometry.boxes(start, len(long.text))
        assert [f"{entry.version}:g{start // 100_000}"] == keys
        assert store.document_with_geometry("a") == long


def test_replaced_and_removed_documents_leave_no_places(tmp_path: Path) -> None:
    """The rows of places go with those of their document."""
    with open_index(tmp_path / "home") as index:
        for text in ("Dogs bark.", "Dogs bark at night.", "Dogs bark at night."):
            index.add(placed_document("a", text))
        assert 1 == sum(":g" in row.key for row in index.store._chroma.read_all("texts"))
        moved = placed_document("a", "Dogs bark at night.", page=2)
        index.add(moved)  # whose words are the same, and stand elsewhere
        assert moved == index.store.document_with_geometry("a")
        index.store.remove(["a"])
        assert [] == list(index.store._chroma.read_all("texts"))


@pytest.mark.parametrize("damage", ["another end", "no base64", "missing"])
def test_damaged_places_are_named(tmp_path: Path, damage: str) -> None:
    """A row of places that has changed or is missing is an error that says what to do, never a wrong rectangle."""
    with open_index(tmp_path / "home") as index:
        index.add(placed_document("a", SENTENCE))
        store = index.store
        (row,) = (row for row in store._chroma.read_all("texts") if ":g" in row.key)
        store._chroma.delete("texts", [row.key])
        if damage != "missing":
            data = row.data[:-4] + ("AAA=" if damage == "another end" else "?AA=")
            store._chroma.put("texts", [row._replace(data=data)])
        entry = store.summary("a")
        assert entry is not None
        with pytest.raises(StoreError, match="--rebuild"):
            store.geometry(entry, 0, 10)
