"""The page's handlers, without a browser."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import AccessError
from assistant.server.auth.access import User
from assistant.server.ui.handlers import PageHandlers
from assistant.server.ui.page import _fetch_nothing
from assistant.settings import load_settings


def handlers(desk: Any) -> tuple[PageHandlers, Any]:
    widgets: Any = SimpleNamespace(notice="notice")
    uploads: Any = None
    return PageHandlers(desk, uploads, load_settings(), None, widgets), SimpleNamespace(
        session_hash="s", username="rita"
    )


def test_a_second_click_loses_no_turn() -> None:
    """While an answer is under way for this browser, asking again takes nothing back and begins nothing."""
    taken: list[tuple[str, str]] = []
    does, request = handlers(SimpleNamespace(without_last=lambda *given: taken.append(given)))
    does._running["s"] = SimpleNamespace()  # type: ignore[assignment]  # an answer under way
    given = (None, None, (), (), "", "")
    assert [{"notice": ""}] == list(does.retry("c", request, *given))
    assert [{"notice": ""}] == list(does.quotes("c", request, *given))
    assert [] == taken


def test_what_goes_wrong_is_a_sentence_and_the_next_question_may_come() -> None:
    """A fault before the first word of an answer is told, and doesn't hold this browser's place for ever."""

    def full(*_: object) -> str:
        raise OSError("No space left on device")

    does, request = handlers(SimpleNamespace(without_last=full))
    (told,) = does.retry("c", request, None, None, (), (), "", "")
    assert 'role="alert"' in told["notice"]
    assert "No space" not in told["notice"]
    assert {} == does._running


def test_a_reader_fetches_no_address() -> None:
    """Whatever a browser sends, nothing is fetched for somebody who may not change the documents; nor for nothing."""
    does, request = handlers(SimpleNamespace())
    does._access = SimpleNamespace(user=lambda name: User(name, "reader"))
    (told,) = does.fetch("https://example.org", "c", request)
    assert "Ask an editor" in told["notice"]
    assert [{"notice": ""}] == list(does.fetch("  ", "c", request))


def test_no_address_is_fetched_in_place_of_a_file() -> None:
    """A browser that names an address where it should have uploaded a file is refused; a file passes."""
    moved: list[str] = []

    async def move(path: str) -> str:
        moved.append(path)
        return path

    block = SimpleNamespace(async_move_resource_to_block_cache=move)
    _fetch_nothing(block)
    with pytest.raises(AccessError, match="no address is fetched"):
        asyncio.run(block.async_move_resource_to_block_cache(" HTTPS://192.0.2.1/x"))
    assert "notes.txt" == asyncio.run(block.async_move_resource_to_block_cache("notes.txt"))
    assert ["notes.txt"] == moved


def test_of_very_many_documents_some_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of documents goes to the browser whole, so it is bounded, and says that it is."""
    monkeypatch.setattr("assistant.server.ui.handlers._OFFERED", 2)
    summaries = [SimpleNamespace(title=f"Title {n}", id=f"d{n}", kind="md") for n in range(3)]
    desk = SimpleNamespace(summaries=lambda: summaries, documents=lambda *_, **__: "", shelf=lambda *_: "")
    does, request = handlers(desk)
    names = ("documents", "shelf", "only", "kinds", "adding", "masthead")
    does._w = SimpleNamespace(**{name: name for name in names})  # type: ignore[assignment]  # widgets by their names
    offered = does._around("c", request)["only"]
    assert [("Title 0", "d0"), ("Title 1", "d1")] == offered.choices
    assert "Empty means all. The first 2 of 3 are offered." == offered.info
    summaries.pop()
    assert "Empty means all." == does._around("c", request)["only"].info
