"""The page's widgets and where they stand."""

from pathlib import Path

import gradio as gr

from assistant.rendering.html import tag
from assistant.settings import Settings

_KINDS = [".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".pptx", ".csv", ".xlsx", ".epub"]
_CACHE = (600, 3600)  # seconds: how often Gradio looks for copies of uploads, and how old those are that it deletes
_SCRIPT = Path(__file__).with_name("static") / "page.js"


_NO_MODEL = (
    "Answers are the documents' own sentences, word for word. For answers in a language model's words, start the "
    "assistant with ASSISTANT_MODEL set."
)


class PageWidgets:
    """Everything on the page that a handler reads or writes."""

    def __init__(self, settings: Settings, model: str | None) -> None:
        self._settings = settings
        self._model = model
        with gr.Blocks(title="Assistant", fill_width=True, analytics_enabled=False, delete_cache=_CACHE) as self.blocks:
            self.name = gr.State("")  # of the conversation that is open
            self.asked = gr.Textbox(visible=False)  # the conversation that the address names
            self.saved = gr.Textbox(visible=False)  # a file on its way to the browser
            self.masthead = _still("masthead")
            self.notice = _still("notice")
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="main"), gr.Tabs(elem_id="rooms") as self.rooms:
                    with gr.Tab("Ask", id="ask", elem_id="room-ask") as self.asking:
                        self._build_talk()
                    with gr.Tab("Documents", id="documents", elem_id="room-documents") as self.library:
                        self._build_documents()
                    with gr.Tab("Conversations", id="conversations", elem_id="room-conversations") as self.archive:
                        self.shelf = _html("shelf")
                with gr.Column(elem_id="side"):
                    self.source = _html("source")

    def _build_talk(self) -> None:
        self.log = _html("log")
        with gr.Row(elem_id="composer"):
            self.question = gr.Textbox(
                label="Your question", placeholder="Ask the documents", lines=1, max_lines=8, autofocus=True,
                max_length=self._settings.longest_question, scale=1, elem_id="question", container=False,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
            )  # fmt: skip
            self.ask = gr.Button("Ask", variant="primary", scale=0, min_width=90, elem_id="ask-button")
            self.stop = gr.Button("Stop", scale=0, min_width=90, visible=False, elem_id="stop-button")
        self.limits = _still("limits")
        with gr.Accordion("How to answer", open=False, elem_id="choices"):
            self._build_choices()

    def _build_choices(self) -> None:
        modes = [("The documents' own sentences", "quotes")]
        if self._model:
            modes.append((f"Written by {self._model}, and checked", "llm"))
        else:
            _still("modes", tag("p", _NO_MODEL, class_="facts"))
        with gr.Row(visible=bool(self._model)):
            self.mode = gr.Radio(modes, value=modes[-1][1], label="Answers are")
            self.most = gr.Slider(1, 40, value=self._settings.sources, step=1, label="Sentences that the model reads")
        with gr.Row():
            self.only = gr.Dropdown([], multiselect=True, label="Only these documents", info="Empty means all.")
            self.kinds = gr.Dropdown([], multiselect=True, label="Only these kinds", info="Empty means all.")
        with gr.Row():
            self.since = gr.Textbox(label="From this day", placeholder="2024-11-06", max_length=10)
            self.until = gr.Textbox(label="Until this day", placeholder="2024-11-30", max_length=10)

    def _build_documents(self) -> None:
        with gr.Column(elem_id="adding") as self.adding:
            self.files = gr.File(
                label="Add documents", show_label=False, file_count="multiple", file_types=_KINDS,
                type="filepath", height=120, elem_id="files",
            )  # fmt: skip
            _still(
                "takes",
                tag("p", f"Takes {' '.join(_KINDS)}, up to {self._settings.max_file_mb:g} MB each.", class_="facts"),
            )
            with gr.Row(elem_id="fetching", visible=self._settings.fetch_addresses):
                self.address = gr.Textbox(
                    label="Or an address to fetch", placeholder="https://", max_length=2_000, scale=1, max_lines=1,
                    elem_id="address", html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="go"),
                )  # fmt: skip
                self.fetch = gr.Button("Fetch", scale=0, min_width=90, elem_id="fetch-button")
            self.outcomes = _still("outcomes")
        self.search = gr.Textbox(label="Search in the list", placeholder="Title, kind or year", elem_id="search")
        self.documents = _html("documents")


def _html(name: str) -> gr.HTML:
    """HTML that Python writes, and whose buttons are told to Python."""
    script = _SCRIPT.read_text(encoding="utf-8")
    return gr.HTML(elem_id=name, html_template="${value}", js_on_load=script, apply_default_css=False)


def _still(name: str, value: str = "") -> gr.HTML:
    """HTML that Python writes, without a button."""
    return gr.HTML(value, elem_id=name, html_template="${value}", js_on_load=None, apply_default_css=False)
