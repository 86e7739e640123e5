"""The chat page: Gradio's widgets over a `Desk`. The only room that imports gradio.

What documents and models say reaches the browser as HTML that Python has escaped, in ``gr.HTML`` with its plain
template. A template of Gradio's own would run ``${…}`` in a document's text as a script.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # both are read when gradio is imported: it looks up hosts otherwise
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AccessError
from assistant.server.ui.controller import PageController
from assistant.server.ui.handlers import PageHandlers
from assistant.server.ui.widgets import PageWidgets

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.client import Assistant
    from assistant.settings import Settings

_STATIC = Path(__file__).with_name("static")
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_SAVE = """(told) => {
  if (!told) return;
  const { name, text } = JSON.parse(told);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}"""
_NAMED = """() => [new URLSearchParams(location.search).get("c") ?? ""]"""


def mount_page(app: "FastAPI", assistant: "Assistant", settings: "Settings", access: Any = None) -> None:
    """Puts the page at the root of an application.

    Args:
        app: whose ``state.service`` holds the gate for answers and the uploads.
        assistant: answers.
        settings: of the server.
        access: says who a user is and what they may do; without it everybody may do everything.
    """
    service = app.state.service
    desk = PageController(assistant, settings.home, service.seeing)
    widgets = PageWidgets(settings, desk.assistant.model)
    _connect(widgets, PageHandlers(desk, service.uploads, settings, access, widgets), settings.concurrent_answers)
    for block in widgets.blocks.blocks.values():
        _fetch_nothing(block)
    widgets.blocks.queue(default_concurrency_limit=settings.concurrent_answers, api_open=False)
    gr.mount_gradio_app(
        app,
        widgets.blocks,
        path="/",
        auth_dependency=access.user_name if access else None,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=int(settings.max_file_mb * 1_000_000),
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=(_STATIC / "page.css").read_text(encoding="utf-8"),
        head='<meta name="color-scheme" content="light dark">',
    )


def _fetch_nothing(block: Any) -> None:
    """Keeps Gradio from fetching an address that a browser names in place of a file that it has uploaded."""
    moved = getattr(block, "async_move_resource_to_block_cache", None)
    if moved is None:
        return

    async def local_alone(path: Any) -> Any:
        if str(path).strip().lower().startswith(("http:", "https:")):
            raise AccessError("Files come from the browser: no address is fetched.")
        return await moved(path)

    block.async_move_resource_to_block_cache = local_alone


def _connect(w: PageWidgets, does: PageHandlers, at_once: int) -> None:
    """Connects the widgets to what they do; so many answers are made at once."""
    with w.blocks:
        choices = [w.mode, w.most, w.only, w.kinds, w.since, w.until]
        talk = [w.name, w.log, w.question, w.stop, w.rooms, w.source]
        around = [w.documents, w.shelf, w.only, w.kinds, w.masthead, w.adding]
        hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asking = hidden | {"outputs": [*talk, w.notice], "concurrency_id": "answers"}
        asking |= {"concurrency_limit": at_once, "trigger_mode": "multiple"}
        w.blocks.load(does.load, [w.asked], [*talk, *around, w.notice], js=_NAMED, **hidden)
        w.blocks.unload(does.unload)
        gr.on([w.question.submit, w.ask.click], does.ask, [w.name, w.question, *choices], **asking)
        w.log.suggest(does.suggest, [w.name, *choices], **asking)
        w.log.retry(does.retry, [w.name, *choices], **asking)
        w.log.quotes(does.quotes, [w.name, *choices], **asking)
        w.stop.click(does.stop, None, [w.log, w.stop, w.notice], concurrency_limit=None, **hidden)
        w.log.cite(does.cite, [w.name], [w.source, w.notice], **hidden)
        w.source.close(None, None, [w.source], js="() => ''", **hidden)
        for event in (w.log.rate, w.log.comment):
            event(does.rate, [w.name], [w.log, w.notice], **hidden)
        w.log.begin(does.begin, None, [*talk, w.notice], **hidden)
        w.log.export(does.export, [w.name], [w.saved, w.notice], **hidden).then(None, [w.saved], None, js=_SAVE)
        changing = hidden | {"outputs": [*talk, *around, w.notice, w.outcomes]}
        w.log.sample(does.sample, [w.name], **changing)
        w.log.documents(lambda: gr.Tabs(selected="documents"), None, [w.rooms], **hidden)
        w.files.upload(does.upload, [w.files, w.name], outputs=[*changing["outputs"], w.files], **hidden)
        fetching = hidden | {"outputs": [*changing["outputs"], w.address]}
        gr.on([w.address.submit, w.fetch.click], does.fetch, [w.address, w.name], **fetching)
        w.documents.remove(does.remove, [w.name, w.search], **changing)
        w.documents.read(does.read, None, [w.source, w.notice], **hidden)
        w.search.change(does.find, [w.search], [w.documents, w.notice], trigger_mode="always_last", **hidden)
        w.shelf.open(does.open, None, [*talk, w.notice], **hidden)
        w.shelf.forget(does.forget, [w.name], [*talk, w.shelf, w.notice], **hidden)
        limits = [w.only, w.kinds, w.since, w.until]
        gr.on(
            [w.only.change, w.kinds.change, w.since.change, w.until.change],
            does.limit,
            limits,
            [w.limits, w.notice],
            **hidden,
        )
        w.archive.select(does.keep, [w.name], [w.shelf, w.notice], **hidden)
