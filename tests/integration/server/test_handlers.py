"""The handlers of the page's events, without a browser."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import AccessError
from assistant.server.auth.access import User
from assistant.server.ui import handlers
from assistant.server.ui.asking_handlers import AskingHandlers
from assistant.server.ui.document_handlers import DocumentHandlers
from assistant.server.ui.handlers import PageContext
from assistant.server.ui.page import _leave_files_alone
from assistant.server.ui.upload_inbox import UploadInbox
from assistant.settings import load_settings

REQUEST: Any = SimpleNamespace(session_hash="s", username="rita")
NO_OPTIONS = (None, None, (), (), "", "")


def page_context(controller: Any, *, access: Any = None, widget_names: tuple[str, ...] = ("notice",)) -> PageContext:
    """A page whose widgets are their names."""
    widgets: Any = SimpleNamespace(**{name: name for name in widget_names})
    uploads: Any = None
    return PageContext(controller, uploads, uploads, load_settings(), access, widgets)


def test_a_second_click_loses_no_turn() -> None:
    """While an answer is under way for this browser, asking again takes nothing back and begins nothing."""
    taken_back: list[tuple[str, str]] = []
    page = page_context(SimpleNamespace(take_back_question=lambda *arguments: taken_back.append(arguments)))
    page.running["s"] = SimpleNamespace()  # type: ignore[assignment]  # an answer under way
    asking = AskingHandlers(page)
    assert [{"notice": ""}] == list(asking.ask_again("c", REQUEST, *NO_OPTIONS))
    assert [{"notice": ""}] == list(asking.ask_for_quotes("c", REQUEST, *NO_OPTIONS))
    assert [] == taken_back


def test_the_end_of_a_stopped_answer_changes_nothing() -> None:
    """Gradio shows the last update of an answer once more when it ends: that must not bring the stop button back."""
    turn = SimpleNamespace(state="asking")
    conversation = SimpleNamespace(id="c", turns=[turn])

    def ask(*arguments: Any) -> Iterator[Any]:
        yield conversation
        arguments[-1].set()
        yield conversation

    controller = SimpleNamespace(ask=ask, citation_standings=lambda _: [])
    asking = AskingHandlers(page_context(controller))
    asking._progress_updates = lambda *_: {"stop_button": "visible"}  # type: ignore[method-assign]
    updates = list(asking.ask_question("c", "Is it?", REQUEST, *NO_OPTIONS))
    assert [{"stop_button": "visible"}, {"notice": ""}] == updates


def test_a_failure_becomes_a_sentence_and_the_next_question_may_come() -> None:
    """A fault before the first word of an answer is shown, and doesn't hold this browser's place for ever."""

    def fail(*_: object) -> str:
        raise OSError("No space left on device")

    page = page_context(SimpleNamespace(take_back_question=fail))
    (updates,) = AskingHandlers(page).ask_again("c", REQUEST, *NO_OPTIONS)
    assert 'role="alert"' in updates["notice"]
    assert "No space" not in updates["notice"]
    assert {} == page.running


def test_a_reader_fetches_no_address() -> None:
    """Whatever a browser sends, nothing is fetched for a user who may not change the documents; nor for a blank."""
    access = SimpleNamespace(find_user=lambda name: User(name, "reader"))
    documents = DocumentHandlers(page_context(SimpleNamespace(), access=access))
    (updates,) = documents.fetch_address("https://example.org", "c", REQUEST)
    assert "Ask an editor" in updates["notice"]
    assert [{"notice": ""}] == list(documents.fetch_address("  ", "c", REQUEST))


@pytest.mark.parametrize("files", [None, "x", [1], [{}], [{"path": ""}], [{"path": "/etc/hostname"}], [{"path": 7}]])
def test_a_handler_takes_no_file_that_was_not_uploaded(tmp_path: Path, files: Any) -> None:
    """Whatever gets through the door: what is not in the inbox is neither added nor deleted."""
    added: list[object] = []
    names = ("notice", "files", "upload_results")
    uploads: Any = SimpleNamespace(add=lambda *arguments: added.append(arguments))
    inbox = UploadInbox(tmp_path / "inbox")
    page = replace(page_context(SimpleNamespace(), widget_names=names), inbox=inbox, uploads=uploads)
    documents = DocumentHandlers(page)
    documents._index_updates = lambda *_: {}  # type: ignore[method-assign]
    list(documents.upload_files(files, "c", REQUEST))
    assert [] == added


def test_no_address_is_fetched_in_place_of_a_file() -> None:
    """A browser that names an address where it should have uploaded a file is refused; a file stays where it is."""
    block = SimpleNamespace(async_move_resource_to_block_cache=None)
    _leave_files_alone(block)
    with pytest.raises(AccessError, match="no address is fetched"):
        asyncio.run(block.async_move_resource_to_block_cache(" HTTPS://192.0.2.1/x"))
    assert "notes.txt" == asyncio.run(block.async_move_resource_to_block_cache("notes.txt"))


def test_of_very_many_documents_only_some_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of documents goes to the browser whole, so it is bounded, and says that it is."""
    monkeypatch.setattr(handlers, "_MAX_OFFERED_DOCUMENTS", 2)
    summaries = [SimpleNamespace(title=f"Title {number}", id=f"d{number}", kind="md") for number in range(3)]
    controller = SimpleNamespace(
        list_documents=lambda: summaries,
        render_document_list=lambda *_, **__: "",
        render_conversation_list=lambda *_: "",
    )
    names = ("document_list", "conversation_list", "only_documents", "only_kinds", "upload_area", "masthead")
    page = page_context(controller, widget_names=names)
    choice = page.document_updates("c", REQUEST)["only_documents"]
    assert [("Title 0", "d0"), ("Title 1", "d1")] == choice.choices
    assert "Empty means all. The first 2 of 3 are offered." == choice.info
    summaries.pop()
    assert "Empty means all." == page.document_updates("c", REQUEST)["only_documents"].info
