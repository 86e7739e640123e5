"""A document's structure lasts: through indexing, reopening, export, import and rebuilding, and in a server."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.cli import main as cli
from assistant.readers import read_file
from assistant.types import NO_STRUCTURE
from tests.support.chroma import ChromaProcess
from tests.support.indexes import only_document

PAGE = """<html lang="en"><head><title>Yields</title><meta name="author" content="Ada Berg"></head><body><h1>Yields</h1>
<p>The field bore 48<sup><a href="#n1">1</a></sup> sacks on 1,250 m<sup>2</sup>.</p>
<ol start="3"><li>Open the damper.</li></ol>
<table><tr><th rowspan="2">Field</th><th colspan="2">2024</th></tr><tr><th>Wheat</th><th>Rye</th></tr>
<tr><td>Ashby</td><td>395</td><td>310</td></tr></table>
<h2>References</h2><p>Doe, J. Fields of old. 2020.</p></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with all that structure is about."""
    path = tmp_path / "files" / "yields.html"
    path.parent.mkdir()
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_it_lasts(tmp_path: Path, page: Path) -> None:
    """What the reader found is what every later reading of the index gives, to the last offset."""
    read = read_file(page, max_bytes=1_000_000)
    assert {"heading", "paragraph", "item", "table"} <= {block.kind for block in read.blocks}
    assert {"body", "bibliography"} == {block.role for block in read.blocks}
    assert ("Ada Berg", "en") == (read.author, read.language)
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([page])
        assert read == only_document(assistant)
    with Assistant.open(tmp_path / "home") as assistant:
        assert read == only_document(assistant)
        assistant.export(tmp_path / "all.zip")
    with Assistant.open(tmp_path / "other") as other:
        other.import_(tmp_path / "all.zip")
        assert read == only_document(other)
    assert 0 == cli.main(["index", "--rebuild", str(page), "--home", str(tmp_path / "home")])
    with Assistant.open(tmp_path / "home") as assistant:
        assert read == only_document(assistant)


def test_it_lasts_in_a_server(tmp_path: Path, page: Path, chroma_server: ChromaProcess) -> None:
    """The same holds in a Chroma server."""
    url = f"{chroma_server.url}/structure_lasts"
    with Assistant.open(tmp_path / "home", chroma_url=url) as assistant:
        assistant.index([page])
    with Assistant.open(tmp_path / "elsewhere", chroma_url=url) as assistant:
        assert read_file(page, max_bytes=1_000_000) == only_document(assistant)


def test_a_table_gives_its_cells(page: Path) -> None:
    """Header rows are joined, a label over two rows names its column once, and a row gives its values."""
    document = read_file(page, max_bytes=1_000_000)
    (table,) = (block.table for block in document.blocks if block.table is not None)
    assert ["Field", "2024 / Wheat", "2024 / Rye"] == [column.name for column in table.columns]
    assert ("Ashby", "395", "310") == table.cells(document.text, 0)


def test_a_document_that_came_as_text_says_so(tmp_path: Path) -> None:
    """A LlamaIndex document has no structure, and its note says that."""
    from llama_index.core.schema import Document as LlamaDocument

    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([LlamaDocument(text="It rained in May. It was cold.", metadata={"file_name": "weather"})])
        assert ((), (NO_STRUCTURE,)) == (only_document(assistant).blocks, only_document(assistant).notes)


def test_references_answer_only_where_they_are_asked_for(tmp_path: Path, page: Path) -> None:
    """A question that a reference would answer is refused; one about the references finds it."""
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([page])
        assert not any("Doe" in hit.sentence.text for hit in assistant.search("Fields of old by Doe"))
        assert any("Doe" in hit.sentence.text for hit in assistant.search("references: Fields of old by Doe"))
