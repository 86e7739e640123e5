"""The API of `assistant serve` over real HTTP: each route, the record, server-sent events, and every error's form."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served, serving

HARBOUR = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
The ice closes it for three weeks in an ordinary winter.
"""
ZOO = "The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents."""
    made = tmp_path_factory.mktemp("documents")
    (made / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (made / "zoo.txt").write_text(ZOO, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for the tests that only read."""
    with serving(tmp_path_factory.mktemp("home"), folder) as made:
        yield made


def test_an_answer_is_the_record_of_the_contract(served: Served, folder: Path) -> None:
    """The citation's span holds in the document's text as it comes over HTTP, and the source is the file."""
    record = served.ask(SHIPS)
    (citation,) = record["citations"]
    assert "In 2023 it handled 4,811 ships." == citation["quote"]
    assert str(folder / "harbour.txt") == citation["source"]
    document = served.client.get(f"/api/v1/documents/{citation['document_id']}").json()
    assert citation["quote"] == document["text"][citation["start"] : citation["end"]]
    assert citation["document_sha256"] == document["sha256"]
    expected = served.assistant.ask(SHIPS).to_dict()
    assert expected | {"seconds": None} == record | {"seconds": None}
