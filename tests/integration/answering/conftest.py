"""An index of three documents that a scripted language model answers from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from tests.integration.answering.scripted_answers import DOCUMENTS, llm_settings
from tests.support.stub_model import ModelStub, serve_model_stub


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the three documents, which nobody has open."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    with Assistant.open(home) as assistant:
        assistant.index([folder])
    return home


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    """A language model that replies as the test says."""
    with serve_model_stub() as stub:
        yield stub


@pytest.fixture
def llm_assistant(home: Path, stub: ModelStub) -> Iterator[Assistant]:
    """The index in llm mode, without the span reader: so the model is always asked first whether it can answer."""
    with Assistant.open(home, **llm_settings(stub), sources=6, reader="off") as assistant:
        yield assistant
