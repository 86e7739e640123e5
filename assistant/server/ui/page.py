"""The chat page on the server: puts it at the root of an application, and connects its widgets with their handlers.

Gradio is imported in this room alone: here, in `gradio_door`, in `widgets`, in `event_data`, and in the handlers.

What documents and models say reaches the browser as HTML that Python has escaped, in ``gr.HTML`` with its plain
template. A template of Gradio's own would run ``${…}`` in a document's text as a script.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # both are read when gradio is imported: it looks up hosts otherwise
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.routing import Mount

from assistant.errors import AccessError
from assistant.server.ui.asking_handlers import AskingHandlers
from assistant.server.ui.controller import PageController
from assistant.server.ui.conversation_handlers import ConversationHandlers
from assistant.server.ui.document_handlers import DocumentHandlers
from assistant.server.ui.gradio_door import GradioDoor, upload_router
from assistant.server.ui.handlers import PageContext
from assistant.server.ui.upload_inbox import UploadInbox
from assistant.server.ui.widgets import PageWidgets

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.client import Assistant
    from assistant.server.auth.access import AccessControl
    from assistant.settings import Settings

_STATIC = Path(__file__).with_name("static")
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_SAVE_DOWNLOAD_JS = """(download) => {
  if (!download) return;
  const { name, text } = JSON.parse(download);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}"""
_READ_ADDRESS_JS = """() => [new URLSearchParams(location.search).get("c") ?? ""]"""
_HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}  # of every event of the page


def mount_page(
    app: "FastAPI", assistant: "Assistant", settings: "Settings", access: "AccessControl | None" = None
) -> None:
    """Puts the page at the root of an application.

    Args:
        app: its ``state.service`` has the uploads and limits how many answers are made at a time.
        assistant: answers.
        settings: of the server.
        access: says who a user is and what they may do; without it everybody may do everything.
    """
    service = app.state.service
    controller = PageController(assistant, settings.home, service.observe_answer)
    widgets = PageWidgets(settings, assistant.model)
    inbox = UploadInbox(service.uploads.folder / ".incoming")
    context = PageContext(controller, service.uploads, inbox, settings, access, widgets)
    with widgets.blocks:
        _connect_asking(widgets, AskingHandlers(context), settings.concurrent_answers)
        _connect_conversations(widgets, ConversationHandlers(context))
        _connect_documents(widgets, DocumentHandlers(context))
    for block in widgets.blocks.blocks.values():
        _leave_files_alone(block)
    app.include_router(upload_router(inbox, settings.max_file_bytes))
    widgets.blocks.queue(default_concurrency_limit=settings.concurrent_answers, api_open=False)
    gr.mount_gradio_app(
        app,
        widgets.blocks,
        path="/",
        auth_dependency=access.request_user_name if access else None,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=settings.max_file_bytes,
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=(_STATIC / "page.css").read_text(encoding="utf-8"),
        head='<meta name="color-scheme" content="light dark">',
    )
    mounted = app.router.routes[-1]
    assert isinstance(mounted, Mount)
    mounted.app = GradioDoor(mounted.app, inbox)


def _leave_files_alone(block: Any) -> None:
    """Keeps Gradio from fetching or copying what an event names as a file: the handler alone takes it."""
    if not hasattr(block, "async_move_resource_to_block_cache"):
        return

    async def refuse_address(path: Any) -> Any:
        if str(path).strip().lower().startswith(("http:", "https:")):
            raise AccessError("Files come from the browser: no address is fetched.")
        return path

    block.async_move_resource_to_block_cache = refuse_address


def _conversation_outputs(widgets: PageWidgets) -> list[Any]:
    """What changes with the conversation."""
    return [
        widgets.conversation_id,
        widgets.conversation,
        widgets.question,
        widgets.stop_button,
        widgets.tabs,
        widgets.source,
        widgets.notice,
    ]


def _index_outputs(widgets: PageWidgets) -> list[Any]:
    """What changes with the documents, the conversation included."""
    return [
        *_conversation_outputs(widgets),
        widgets.document_list,
        widgets.conversation_list,
        widgets.only_documents,
        widgets.only_kinds,
        widgets.masthead,
        widgets.upload_area,
    ]


def _connect_asking(widgets: PageWidgets, handlers: AskingHandlers, max_concurrent: int) -> None:
    options = [
        widgets.mode,
        widgets.sources,
        widgets.only_documents,
        widgets.only_kinds,
        widgets.since,
        widgets.until,
    ]  # in the order of `read_options`
    answering = _HIDDEN | {
        "outputs": _conversation_outputs(widgets),
        "concurrency_id": "answers",
        "concurrency_limit": max_concurrent,
        "trigger_mode": "multiple",
    }
    conversation, conversation_id = widgets.conversation, widgets.conversation_id
    triggers = [widgets.question.submit, widgets.ask_button.click]
    gr.on(triggers, handlers.ask_question, [conversation_id, widgets.question, *options], **answering)
    conversation.suggest(handlers.ask_suggestion, [conversation_id, *options], **answering)
    conversation.retry(handlers.ask_again, [conversation_id, *options], **answering)
    conversation.quotes(handlers.ask_for_quotes, [conversation_id, *options], **answering)
    stopping = [conversation, widgets.stop_button, widgets.notice]
    widgets.stop_button.click(handlers.stop_answer, None, stopping, concurrency_limit=None, **_HIDDEN)


def _connect_conversations(widgets: PageWidgets, handlers: ConversationHandlers) -> None:
    conversation, conversation_id, notice = widgets.conversation, widgets.conversation_id, widgets.notice
    outputs = _conversation_outputs(widgets)
    address_conversation_id = [widgets.address_conversation_id]
    widgets.blocks.load(
        handlers.load_page, address_conversation_id, _index_outputs(widgets), js=_READ_ADDRESS_JS, **_HIDDEN
    )
    widgets.blocks.unload(handlers.leave_page)
    conversation.cite(handlers.show_citation, [conversation_id], [widgets.source, notice], **_HIDDEN)
    widgets.source.close(None, None, [widgets.source], js="() => ''", **_HIDDEN)
    for rating_event in (conversation.rate, conversation.comment):
        rating_event(handlers.rate_turn, [conversation_id], [conversation, notice], **_HIDDEN)
    conversation.begin(handlers.start_conversation, None, outputs, **_HIDDEN)
    conversation.export(
        handlers.export_conversation, [conversation_id], [widgets.download, notice], **_HIDDEN
    ).then(None, [widgets.download], None, js=_SAVE_DOWNLOAD_JS)  # fmt: skip
    earlier = widgets.conversation_list
    earlier.open(handlers.open_conversation, None, outputs, **_HIDDEN)
    earlier.forget(handlers.delete_conversation, [conversation_id], [*outputs, earlier], **_HIDDEN)
    widgets.conversations_tab.select(handlers.list_conversations, [conversation_id], [earlier, notice], **_HIDDEN)


def _connect_documents(widgets: PageWidgets, handlers: DocumentHandlers) -> None:
    conversation_id, notice = widgets.conversation_id, widgets.notice
    outputs = [*_index_outputs(widgets), widgets.upload_results]
    widgets.conversation.sample(handlers.index_sample, [conversation_id], outputs, **_HIDDEN)
    widgets.conversation.documents(lambda: gr.Tabs(selected="documents"), None, [widgets.tabs], **_HIDDEN)
    uploading = [*outputs, widgets.files]
    widgets.files.upload(
        handlers.upload_files, [widgets.files, conversation_id], uploading, preprocess=False, **_HIDDEN
    )  # fmt: skip
    fetch_triggers = [widgets.address.submit, widgets.fetch_button.click]
    fetching = [*outputs, widgets.address]
    gr.on(fetch_triggers, handlers.fetch_address, [widgets.address, conversation_id], fetching, **_HIDDEN)
    widgets.document_list.remove(handlers.remove_document, [conversation_id, widgets.search], outputs, **_HIDDEN)
    widgets.document_list.read(handlers.show_document, None, [widgets.source, notice], **_HIDDEN)
    widgets.search.change(
        handlers.search_documents,
        [widgets.search],
        [widgets.document_list, notice],
        trigger_mode="always_last",
        **_HIDDEN,
    )
    filters = [widgets.only_documents, widgets.only_kinds, widgets.since, widgets.until]
    changes = [widgets.only_documents.change, widgets.only_kinds.change, widgets.since.change, widgets.until.change]
    gr.on(changes, handlers.show_filter, filters, [widgets.filter_summary, notice], **_HIDDEN)
