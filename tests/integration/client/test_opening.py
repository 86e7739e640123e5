"""Opening and closing an index with `assistant.Assistant`, and the names that the package exports."""

from pathlib import Path
from typing import Any

import pytest

import assistant
from assistant import Assistant
from assistant.errors import LockedError, SettingsError, StoreError
from tests.integration.client.sample_documents import ARRESTS_QUESTION, id_of, record_without_times


def test_the_public_names_are_those_of_the_contract() -> None:
    """Every name of ``__all__`` can be imported and has a docstring; any other is an AttributeError."""
    assert all(getattr(assistant, name).__doc__ for name in assistant.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        assistant.nonsense  # noqa: B018 — the access is what is tested


@pytest.mark.folder
def test_the_default_home_is_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home the index is in ``./.assistant``, or where ``ASSISTANT_HOME`` says."""
    monkeypatch.chdir(tmp_path)
    Assistant.open().close()
    assert (tmp_path / ".assistant" / "chroma").is_dir()

    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "other"))
    Assistant.open().close()
    assert (tmp_path / "other" / "chroma").is_dir()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"threads": -1}, "threads"),
        ({"mode": "poetry"}, "quotes"),
        ({"mode": "llm"}, "ASSISTANT_MODEL"),
        ({"embedding": "some-model"}, "OPENAI_BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, Any], named: str) -> None:
    """A setting that is unknown or wrong is an error that names it, before any folder is created."""
    with pytest.raises(SettingsError, match=named):
        Assistant.open(tmp_path / "home", **settings)
    assert not (tmp_path / "home").exists()


@pytest.mark.folder
def test_a_home_can_be_opened_only_once_at_a_time(tmp_path: Path) -> None:
    """A second opening fails at once and leaves the first unharmed; once the first is closed it works."""
    with Assistant.open(tmp_path) as first:
        with pytest.raises(LockedError, match="This process has the index"):
            Assistant.open(tmp_path)
        assert [] == first.documents()
    Assistant.open(tmp_path).close()


def test_an_index_lasts_from_one_opening_to_the_next(tmp_path: Path, documents_folder: Path) -> None:
    """An index that is opened again has the same documents and gives the same answers."""
    with Assistant.open(tmp_path) as first:
        first.index(documents_folder)
        expected = record_without_times(first.ask(ARRESTS_QUESTION)), first.documents()
    with Assistant.open(tmp_path) as second:
        assert expected == (record_without_times(second.ask(ARRESTS_QUESTION)), second.documents())


def test_a_closed_assistant_cannot_be_used(tmp_path: Path, documents_folder: Path) -> None:
    """Closing twice is harmless; every use afterwards is an error that says that the index is closed."""
    with Assistant.open(tmp_path) as closed:
        closed.index(documents_folder)
        zoo_id = id_of(closed, "zoo.txt")
        closed.document(zoo_id)
    closed.close()
    for use in (
        lambda: closed.ask(ARRESTS_QUESTION),
        lambda: list(closed.stream(ARRESTS_QUESTION)),
        lambda: closed.search("arrests"),
        closed.documents,
        lambda: closed.document(zoo_id),
        lambda: closed.remove(zoo_id),
        lambda: closed.index(documents_folder),
    ):
        with pytest.raises(StoreError, match="This index is closed"):
            use()


def test_an_error_inside_the_with_block_closes_the_index(tmp_path: Path) -> None:
    """The context manager releases the folder and lets the error through."""
    with pytest.raises(ZeroDivisionError), Assistant.open(tmp_path):
        raise ZeroDivisionError
    Assistant.open(tmp_path).close()
