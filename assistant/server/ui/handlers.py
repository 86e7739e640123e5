"""What all event handlers of the page share: the parts of the server, the answers under way, and common updates.

A handler gets the values of widgets, asks the `PageController`, and returns which widgets change, and how.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.server.auth.access import AccessControl
from assistant.server.ui.controller import PageController
from assistant.server.ui.conversation_view import CitationStandings
from assistant.server.ui.conversations import Conversation
from assistant.server.ui.event_data import session_id, user_name
from assistant.server.ui.page_header import render_masthead, render_notice
from assistant.server.ui.upload_inbox import UploadInbox
from assistant.server.ui.widgets import PageWidgets
from assistant.server.uploads import UploadFolder
from assistant.settings import Settings

EDITORS_ONLY = "You may read and ask here, but not change the documents. Ask an editor to do it."
UNEXPECTED_ERROR = "Something went wrong that shouldn't have; the server's log says what. Try it again."
_MAX_OFFERED_DOCUMENTS = 2_000  # in the choice of documents, which is sent to the browser whole
_log = logging.getLogger(__name__)

Updates = dict[Any, Any]  # widgets, and what they show from now on


@dataclass
class RunningAnswer:
    """An answer that is being made for one browser session; the thread that makes it changes what is shown."""

    stop: threading.Event = field(default_factory=threading.Event)
    shown: Conversation | None = None  # as the page shows it; None before the first update
    standings: list[CitationStandings] = field(default_factory=list)  # of its earlier turns


@dataclass(frozen=True)
class PageContext:
    """The parts of the server that handlers work with; one for all who have the page open."""

    controller: PageController
    uploads: UploadFolder
    inbox: UploadInbox  # of what browsers have sent and no event has taken yet
    settings: Settings
    access: AccessControl | None  # None where everybody may do everything
    widgets: PageWidgets
    running: dict[str, RunningAnswer] = field(default_factory=dict)  # by browser session

    def may_edit(self, request: gr.Request) -> bool:
        """Whether the user may change the documents."""
        if self.access is None:
            return True
        user = self.access.find_user(user_name(request))
        return user is not None and bool(user.may_edit)

    def is_answering(self, request: gr.Request) -> bool:
        """Whether an answer is being made for this browser."""
        return session_id(request) in self.running

    def conversation_updates(self, conversation_id: str, request: gr.Request) -> Updates:
        """The conversation as it is now."""
        conversation = self.controller.load_conversation(user_name(request), conversation_id)
        html = self.controller.render_conversation(conversation, may_edit=self.may_edit(request))
        return {self.widgets.conversation_id: conversation.id, self.widgets.conversation: html}

    def idle_conversation_updates(self, conversation_id: str, request: gr.Request) -> Updates:
        """The conversation as it is now; nothing while an answer is being made, which goes on updating it."""
        return {} if self.is_answering(request) else self.conversation_updates(conversation_id, request)

    def document_updates(self, conversation_id: str, request: gr.Request) -> Updates:
        """Everything outside the conversation that depends on who the user is and which documents there are."""
        widgets, may_edit, summaries = self.widgets, self.may_edit(request), self.controller.list_documents()
        titles = [(summary.title, summary.id) for summary in summaries[:_MAX_OFFERED_DOCUMENTS]]
        cut = ""
        if len(summaries) > _MAX_OFFERED_DOCUMENTS:
            cut = f" The first {_MAX_OFFERED_DOCUMENTS:,} of {len(summaries):,} are offered."
        return {
            widgets.document_list: self.controller.render_document_list("", may_edit=may_edit),
            widgets.conversation_list: self.controller.render_conversation_list(user_name(request), conversation_id),
            widgets.only_documents: gr.Dropdown(choices=titles, info=f"Empty means all.{cut}"),
            widgets.only_kinds: gr.Dropdown(choices=sorted({summary.kind for summary in summaries})),
            widgets.upload_area: gr.Column(visible=may_edit),
            widgets.masthead: self._masthead(request),
        }

    def _masthead(self, request: gr.Request) -> str:
        must_log_in = self.access is not None and not self.access.is_open
        return render_masthead(user_name(request) if must_log_in else None)


class Handlers:
    """Handlers over one page context."""

    def __init__(self, page: PageContext) -> None:
        self.page = page


def report_errors(handler: Callable[..., Updates]) -> Callable[..., Updates]:
    """Makes a handler's failure a sentence on the page, and clears the sentence of an earlier one."""

    @wraps(handler)
    def reporting(self: Handlers, *values: Any) -> Updates:
        notice = self.page.widgets.notice
        try:
            return {notice: ""} | handler(self, *values)
        except AssistantError as error:
            return {notice: render_notice(str(error))}
        except Exception:  # noqa: BLE001 — logged; the page goes on
            _log.exception("An event of the page failed")
            return {notice: render_notice(UNEXPECTED_ERROR)}

    return reporting
