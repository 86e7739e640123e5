"""The page's widgets and where they stand."""

from pathlib import Path
from typing import Any

import gradio as gr

from assistant.settings import Settings

_KINDS = [".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".pptx", ".csv", ".xlsx", ".epub"]
_SCRIPT = Path(__file__).with_name("static") / "page.js"


class Widgets:
    """Everything on the page that a handler reads or writes."""

    def __init__(self, settings: Settings, model: str | None) -> None:
        self._settings = settings
        self._model = model
        with gr.Blocks(title="Assistant", fill_width=True, analytics_enabled=False) as self.blocks:
            self.name = gr.State("")  # of the conversation that is open
            self.asked = gr.Textbox(visible=False)  # the conversation that the address names
            self.saved = gr.Textbox(visible=False)  # a file on its way to the browser
            self.masthead = _still("masthead")
            self.notice = _still("notice")
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="main"), gr.Tabs(elem_id="rooms") as self.rooms:
                    with gr.Tab("Ask", id="ask") as self.asking:
                        self._build_talk()
                    with gr.Tab("Documents", id="documents") as self.library:
                        self._build_documents()
                    with gr.Tab("Conversations", id="conversations") as self.archive:
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
        with gr.Accordion("How to answer", open=False, elem_id="choices"):
            self._build_choices()

    def _build_choices(self) -> None:
        modes = [("The documents' own sentences", "quotes")]
        if self._model:
            modes.append((f"Written by {self._model}", "llm"))
        told = "" if self._model else "For answers in a language model's words, start with ASSISTANT_MODEL set."
        with gr.Row():
            self.mode = gr.Radio(modes, value=modes[-1][1], label="Answers are", info=told or None)
            most = gr.Slider(1, 40, value=self._settings.sources, step=1, label="Sentences that the model reads")
            most.visible = bool(self._model)
        with gr.Row():
            self.only = gr.Dropdown([], multiselect=True, label="Only these documents", info="Empty means all.")
            self.kinds = gr.Dropdown([], multiselect=True, label="Only these kinds", info="Empty means all.")
        with gr.Row():
            self.since = gr.Textbox(label="From this day", placeholder="2024-11-06", max_length=10)
            self.until = gr.Textbox(label="Until this day", placeholder="2024-11-30", max_length=10)
        self.most = most

    def _build_documents(self) -> None:
        with gr.Column(elem_id="adding") as self.adding:
            self.files = gr.File(
                label="Add documents: drop files here, or choose them", file_count="multiple", file_types=_KINDS,
                type="filepath", height=150, elem_id="files",
            )  # fmt: skip
            self.outcomes = _still("outcomes")
        self.search = gr.Textbox(label="Search in the list", placeholder="Title, kind or year", elem_id="search")
        self.documents = _html("documents")


def _html(name: str) -> gr.HTML:
    """HTML that Python writes, and whose buttons are told to Python."""
    script = _SCRIPT.read_text(encoding="utf-8")
    return gr.HTML(elem_id=name, html_template="${value}", js_on_load=script, apply_default_css=False)


def _still(name: str) -> gr.HTML:
    return gr.HTML(elem_id=name, html_template="${value}", js_on_load=None, apply_default_css=False)
