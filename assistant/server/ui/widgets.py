"""The page's widgets and where they stand."""

from pathlib import Path

import gradio as gr

from assistant.options import MAX_SOURCES
from assistant.readers import KIND_BY_SUFFIX
from assistant.rendering.html import tag
from assistant.settings import Settings

_CACHE_CLEANING = (600, 3600)  # seconds: how often Gradio looks for copies of uploads, and the age at which they go
_SCRIPT = Path(__file__).with_name("static") / "page.js"

_NO_MODEL = (
    "Answers are the documents' own sentences, word for word. For answers in a language model's words, start the "
    "assistant with ASSISTANT_MODEL set."
)


class PageWidgets:
    """Everything on the page that a handler reads or writes.

    Args:
        settings: of the server.
        model: the name of the language model; None where answers are quotes alone.
    """

    def __init__(self, settings: Settings, model: str | None) -> None:
        self._settings = settings
        self._model = model
        self.blocks = gr.Blocks(
            title="Assistant", fill_width=True, analytics_enabled=False, delete_cache=_CACHE_CLEANING
        )
        with self.blocks:
            self.conversation_id = gr.State("")  # of the conversation that is open
            self.address_conversation_id = gr.Textbox(visible=False)  # of the one that the page's address names
            self.download = gr.Textbox(visible=False)  # a file on its way to the browser: JSON with name and text
            self.masthead = _static_html("masthead")
            self.notice = _static_html("notice")
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="main"), gr.Tabs(elem_id="rooms") as self.tabs:
                    with gr.Tab("Ask", id="ask", elem_id="room-ask"):
                        self._build_conversation()
                    with gr.Tab("Documents", id="documents", elem_id="room-documents"):
                        self._build_documents()
                    with gr.Tab("Conversations", id="conversations", elem_id="room-conversations") as tab:
                        self.conversations_tab = tab
                        self.conversation_list = _interactive_html("shelf")
                with gr.Column(elem_id="side"):
                    self.source = _interactive_html("source")

    def _build_conversation(self) -> None:
        self.conversation = _interactive_html("log")
        with gr.Row(elem_id="composer"):
            self.question = gr.Textbox(
                label="Your question", placeholder="Ask the documents", lines=1, max_lines=8, autofocus=True,
                max_length=self._settings.longest_question, scale=1, elem_id="question", container=False,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
            )  # fmt: skip
            self.ask_button = gr.Button("Ask", variant="primary", scale=0, min_width=90, elem_id="ask-button")
            self.stop_button = gr.Button("Stop", scale=0, min_width=90, visible=False, elem_id="stop-button")
        self.filter_summary = _static_html("limits")
        with gr.Accordion("How to answer", open=False, elem_id="choices"):
            self._build_options()

    def _build_options(self) -> None:
        modes = [("The documents' own sentences", "quotes")]
        if self._model:
            modes.append((f"Written by {self._model}, and checked", "llm"))
        else:
            _static_html("modes", tag("p", _NO_MODEL, class_="facts"))
        with gr.Row(visible=bool(self._model)):
            self.mode = gr.Radio(modes, value=modes[-1][1], label="Answers are")
            self.sources = gr.Slider(
                1, MAX_SOURCES, value=self._settings.sources, step=1, label="Sentences that the model reads"
            )
        with gr.Row():
            self.only_documents = gr.Dropdown(
                [], multiselect=True, label="Only these documents", info="Empty means all."
            )
            self.only_kinds = gr.Dropdown([], multiselect=True, label="Only these kinds", info="Empty means all.")
        with gr.Row():
            self.since = gr.Textbox(label="From this day", placeholder="2024-11-06", max_length=10)
            self.until = gr.Textbox(label="Until this day", placeholder="2024-11-30", max_length=10)

    def _build_documents(self) -> None:
        with gr.Column(elem_id="adding") as self.upload_area:
            suffixes = list(KIND_BY_SUFFIX)
            self.files = gr.File(
                label="Add documents", show_label=False, file_count="multiple", file_types=suffixes,
                type="filepath", height=120, elem_id="files",
            )  # fmt: skip
            accepted = f"Takes {' '.join(suffixes)}, up to {self._settings.max_file_mb:g} MB each."
            _static_html("takes", tag("p", accepted, class_="facts"))
            with gr.Row(elem_id="fetching", visible=self._settings.fetch_addresses):
                self.address = gr.Textbox(
                    label="Or an address to fetch", placeholder="https://", max_length=2_000, scale=1, max_lines=1,
                    elem_id="address", html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="go"),
                )  # fmt: skip
                self.fetch_button = gr.Button("Fetch", scale=0, min_width=90, elem_id="fetch-button")
            self.upload_results = _static_html("outcomes")
        self.search = gr.Textbox(label="Search in the list", placeholder="Title, kind or year", elem_id="search")
        self.document_list = _interactive_html("documents")


def _interactive_html(elem_id: str) -> gr.HTML:
    """HTML that Python writes, whose buttons trigger events that Python listens to."""
    script = _SCRIPT.read_text(encoding="utf-8")
    return gr.HTML(elem_id=elem_id, html_template="${value}", js_on_load=script, apply_default_css=False)


def _static_html(elem_id: str, value: str = "") -> gr.HTML:
    """HTML that Python writes, without a button."""
    return gr.HTML(value, elem_id=elem_id, html_template="${value}", js_on_load=None, apply_default_css=False)
