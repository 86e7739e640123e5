"""An index of three documents for the tests that only read, and an empty one for each test that writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from tests.integration.client.sample_documents import write_documents


@pytest.fixture(scope="module")
def documents_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three documents: kestrel.md, zoo.txt and harbour.html, the last with a date."""
    folder = tmp_path_factory.mktemp("documents")
    write_documents(folder)
    return folder


@pytest.fixture(scope="module")
def indexed(documents_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over that folder, for the tests that only read."""
    with Assistant.open(tmp_path_factory.mktemp("home")) as assistant:
        assistant.index(documents_folder)
        yield assistant


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant with nothing indexed yet, for one test alone."""
    with Assistant.open(tmp_path / "home") as assistant:
        yield assistant
