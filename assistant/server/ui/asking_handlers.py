"""Asking on the page: a question, a suggested one, the last one again, and stopping the answer."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.options import AskKeywords
from assistant.server.ui.conversation_view import render_conversation
from assistant.server.ui.conversations import Conversation
from assistant.server.ui.event_data import session_id, text_field, user_name
from assistant.server.ui.handlers import UNEXPECTED_ERROR, Handlers, RunningAnswer, Updates, report_errors
from assistant.server.ui.page_header import render_notice

_log = logging.getLogger(__name__)


class AskingHandlers(Handlers):
    """The handlers that begin and end answers.

    Those that begin one are given the values of the option widgets last, in the order of `read_options`.
    """

    def ask_question(
        self, conversation_id: str, question: str | None, request: gr.Request, *option_values: Any
    ) -> Iterator[Updates]:
        """Asks the question in the box."""
        yield from self._answer(conversation_id, lambda: question or "", read_options(option_values), request)

    def ask_suggestion(
        self, conversation_id: str, event: gr.EventData, request: gr.Request, *option_values: Any
    ) -> Iterator[Updates]:
        """Asks a suggested question."""
        question = text_field(event, "question")
        yield from self._answer(conversation_id, lambda: question, read_options(option_values), request)

    def ask_again(self, conversation_id: str, request: gr.Request, *option_values: Any) -> Iterator[Updates]:
        """Asks the last question again."""
        yield from self._answer_again(conversation_id, read_options(option_values), request)

    def ask_for_quotes(self, conversation_id: str, request: gr.Request, *option_values: Any) -> Iterator[Updates]:
        """Asks the last question again, to be answered without a language model."""
        options = read_options(option_values)
        options["mode"] = "quotes"
        yield from self._answer_again(conversation_id, options, request)

    @report_errors
    def stop_answer(self, request: gr.Request) -> Updates:
        """Stops the answer that is being made for this browser; the model may take a while to notice."""
        running = self.page.running.pop(session_id(request), None)
        if running is None:
            return {}
        running.stop.set()
        widgets = self.page.widgets
        updates: Updates = {widgets.stop_button: gr.Button(visible=False)}
        if running.shown:
            stopped = running.shown.with_last_turn_stopped()
            updates[widgets.conversation] = render_conversation(stopped, running.standings)
        return updates

    def _answer_again(self, conversation_id: str, options: AskKeywords, request: gr.Request) -> Iterator[Updates]:
        def take_back_question() -> str:
            return self.page.controller.take_back_question(user_name(request), conversation_id)

        yield from self._answer(conversation_id, take_back_question, options, request)

    def _answer(
        self, conversation_id: str, take_question: Callable[[], str], options: AskKeywords, request: gr.Request
    ) -> Iterator[Updates]:
        """Answers a question, unless this browser has an answer under way or the question is blank.

        Args:
            conversation_id: of the conversation.
            take_question: returns the question; called only once it is certain that no answer is under way, so that
                a second click takes nothing back.
            options: how it is to be answered.
            request: of the browser.
        """
        session, notice = session_id(request), self.page.widgets.notice
        running = RunningAnswer()
        if self.page.running.setdefault(session, running) is not running:
            yield {notice: ""}
            return
        try:
            question = take_question().strip()
            if not question:
                yield {notice: ""}
                return
            conversations = self.page.controller.ask(
                user_name(request), conversation_id, question, options, running.stop
            )
            for conversation in conversations:
                if running.stop.is_set():
                    continue  # the page shows it as stopped, and perhaps the next question already
                if running.shown is None:
                    running.standings = self.page.controller.citation_standings(conversation)
                running.shown = conversation
                yield self._progress_updates(running, conversation)
            if running.stop.is_set():
                yield {notice: ""}  # at the end Gradio shows the last update again, which would undo the stop's own
        except AssistantError as error:
            yield {notice: render_notice(str(error))}
        except Exception:  # noqa: BLE001 — logged; the page goes on
            _log.exception("A question of the page failed")
            yield {notice: render_notice(UNEXPECTED_ERROR)}
        finally:
            if self.page.running.get(session) is running:
                del self.page.running[session]

    def _progress_updates(self, running: RunningAnswer, conversation: Conversation) -> Updates:
        widgets = self.page.widgets
        return {
            widgets.conversation_id: conversation.id,
            widgets.conversation: render_conversation(conversation, running.standings),
            widgets.stop_button: gr.Button(visible=conversation.turns[-1].state == "asking"),
            widgets.question: "",
            widgets.notice: "",
            widgets.tabs: gr.Tabs(selected="ask"),
        }


def read_options(values: Sequence[Any]) -> AskKeywords:
    """The options of a question.

    Args:
        values: of the widgets for mode, sources, documents, kinds, since and until; empty ones are no choice.
    """
    mode, sources, documents, kinds, since, until = values
    return {
        "mode": mode or None,
        "sources": int(sources) if sources else None,
        "documents": list(documents or ()) or None,
        "kinds": list(kinds or ()) or None,
        "since": (since or "").strip() or None,
        "until": (until or "").strip() or None,
    }
