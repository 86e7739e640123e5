"""What happens when a widget is used: each handler asks the `Desk` and says which widgets change."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import AccessError, AssistantError
from assistant.rendering.html import tag
from assistant.server.ui import conversation_view as talking
from assistant.server.ui import document_list as listing
from assistant.server.ui.controller import AnswerChoices, PageController
from assistant.server.ui.conversations import Conversation, new_conversation
from assistant.server.ui.exports import EXPORT_FORMATS, export_conversation
from assistant.server.ui.widgets import PageWidgets
from assistant.server.uploads import UploadFolder, UploadResult
from assistant.settings import Settings

_OFFERED = 2_000  # documents to choose from: each is sent to the browser
_READER = "You may read and ask here, but not change the documents. Ask an editor to do it."
_FAULT = "Something went wrong that shouldn't have; the server's log says what. Try it again."
_log = logging.getLogger(__name__)

Updates = dict[Any, Any]


@dataclass
class _Running:
    """An answer that is being made."""

    stop: threading.Event = field(default_factory=threading.Event)
    shown: Conversation | None = None  # as the page has it
    standings: list[dict[int, str]] = field(default_factory=list)  # of the turns before


def _guarded(handler: Callable[..., Updates]) -> Callable[..., Updates]:
    """A handler whose failure becomes a sentence on the page."""

    @wraps(handler)
    def guarded(self: "PageHandlers", *given: Any) -> Updates:
        try:
            return {self._w.notice: ""} | handler(self, *given)
        except AssistantError as error:
            return {self._w.notice: _notice(str(error))}
        except Exception:  # noqa: BLE001 — logged; the page goes on
            _log.exception("An event of the page failed")
            return {self._w.notice: _notice(_FAULT)}

    return guarded


class PageHandlers:
    """The page's handlers, shared by all who have it open."""

    def __init__(
        self, desk: PageController, uploads: UploadFolder, settings: Settings, access: Any, widgets: PageWidgets
    ) -> None:
        self._desk = desk
        self._uploads = uploads
        self._settings = settings
        self._access = access
        self._w = widgets
        self._running: dict[str, _Running] = {}  # by browser session

    # Coming and going

    @_guarded
    def load(self, asked: str, request: gr.Request) -> Updates:
        """A browser opens the page: the conversation that its address names, or a new one."""
        conversation = self._desk.conversation(_user(request), asked or "")
        return self._talk(conversation.id, request) | self._around(conversation.id, request)

    def unload(self, request: gr.Request) -> None:
        """A browser leaves: its answer ends."""
        if running := self._running.pop(str(request.session_hash), None):
            running.stop.set()

    @_guarded
    def stop(self, request: gr.Request) -> Updates:
        """Ends the answer that is being made for this browser; a model may take its time to notice."""
        running = self._running.pop(str(request.session_hash), None)
        if running is None:
            return {}
        running.stop.set()
        shown = {self._w.log: talking.log(running.shown.stopped(), running.standings)} if running.shown else {}
        return shown | {self._w.stop: gr.Button(visible=False)}

    # Asking

    def ask(self, name: str, question: str, request: gr.Request, *given: Any) -> Iterator[Updates]:
        """Puts the question of the box."""
        yield from self._answered(name, question, _choices(given), request)

    def suggest(self, name: str, event: gr.EventData, request: gr.Request, *given: Any) -> Iterator[Updates]:
        """Puts a suggested question."""
        yield from self._answered(name, _told(event, "question"), _choices(given), request)

    def retry(self, name: str, request: gr.Request, *given: Any) -> Iterator[Updates]:
        """Puts the last question again."""
        yield from self._answered(name, None, _choices(given), request)

    def quotes(self, name: str, request: gr.Request, *given: Any) -> Iterator[Updates]:
        """Puts the last question again, to be answered without a language model."""
        yield from self._answered(name, None, _choices(("quotes", *given[1:])), request)

    def _answered(
        self, name: str, question: str | None, choices: AnswerChoices, request: gr.Request
    ) -> Iterator[Updates]:
        """Puts a question, or without one the last question again; nothing while this browser has one under way."""
        session, w = str(request.session_hash), self._w
        running = _Running()
        if question == "" or self._running.setdefault(session, running) is not running:
            yield {w.notice: ""}
            return
        try:
            if question is None:  # taken back only now: a second click finds the first one under way
                question = self._desk.without_last(_user(request), name)
            if not question.strip():
                yield {w.notice: ""}
                return
            for grown in self._desk.ask(_user(request), name, question.strip(), choices, running.stop):
                if running.stop.is_set():
                    continue  # the page shows it as stopped, and perhaps the next question
                running.standings = running.standings if running.shown else self._desk.standings(grown)
                running.shown = grown
                asking = gr.Button(visible=grown.turns[-1].state == "asking")
                told = {w.name: grown.id, w.log: talking.log(grown, running.standings), w.stop: asking}
                yield told | {w.question: "", w.notice: "", w.rooms: gr.Tabs(selected="ask")}
        except AssistantError as error:
            yield {w.notice: _notice(str(error))}
        except Exception:  # noqa: BLE001 — logged; the page goes on
            _log.exception("A question of the page failed")
            yield {w.notice: _notice(_FAULT)}
        finally:
            if self._running.get(session) is running:
                del self._running[session]

    # Sources

    @_guarded
    def cite(self, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Opens what a mark stands for."""
        conversation = self._desk.conversation(_user(request), name)
        turn, number = _number(event, "turn"), _number(event, "number")
        return {self._w.source: self._desk.source(conversation, turn, number)}

    @_guarded
    def read(self, event: gr.EventData) -> Updates:
        """Opens a document of the list."""
        return {self._w.source: self._desk.read(_told(event, "id"))}

    # Conversations

    @_guarded
    def begin(self, request: gr.Request) -> Updates:
        """Begins a new conversation."""
        return self._talk(new_conversation().id, request) | {self._w.source: ""}

    @_guarded
    def open(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Opens an earlier conversation."""
        opened = self._talk(self._desk.conversation(_user(request), _told(event, "id")).id, request)
        return opened | {self._w.rooms: gr.Tabs(selected="ask"), self._w.source: ""}

    @_guarded
    def forget(self, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Deletes a conversation."""
        gone = _told(event, "id")
        self._desk.forget(_user(request), gone)
        updates = self._talk(new_conversation().id, request) if gone == name else {}
        return updates | {self._w.shelf: self._desk.shelf(_user(request), name)}

    @_guarded
    def keep(self, name: str, request: gr.Request) -> Updates:
        """Lists the conversations."""
        return {self._w.shelf: self._desk.shelf(_user(request), name)}

    @_guarded
    def rate(self, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Keeps a thumb or a comment."""
        comment = _told(event, "comment") if "comment" in _data(event) else None
        rated = self._desk.rate(_user(request), name, _number(event, "turn"), _told(event, "rating"), comment)
        return {} if self._asks(request) else {self._w.log: self._desk.log(rated)}

    @_guarded
    def export(self, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Sends a conversation to the browser as a file."""
        form = _told(event, "form")
        if form not in EXPORT_FORMATS:
            return {self._w.saved: ""}
        text = export_conversation(self._desk.conversation(_user(request), name), form)
        return {self._w.saved: json.dumps({"name": f"conversation-{name[:8]}.{form}", "text": text})}

    # Documents

    @_guarded
    def sample(self, name: str, request: gr.Request) -> Updates:
        """Indexes the bundled documents."""
        return self._changed(name, request, self._desk.take_sample)

    def upload(self, files: Sequence[str] | None, name: str, request: gr.Request) -> Iterator[Updates]:
        """Adds files, one after the other, and says what became of each."""
        w, paths = self._w, [Path(each) for each in files or ()]
        most = self._settings.max_uploads
        if not self._may_edit(request) or len(paths) > most:
            why = f"{len(paths)} files at a time are too many; {most} are allowed. Add them in smaller parts."
            yield {w.notice: _notice(why if len(paths) > most else _READER), w.files: None}
            return
        done: list[UploadResult] = []
        for path in paths:
            yield {w.outcomes: listing.outcomes(done, len(paths), path.name), w.notice: ""}
            try:
                done += self._uploads.add(_user(request), [(path.name, path)])
            except AssistantError as error:
                yield {w.notice: _notice(str(error))}
                break
            finally:
                path.unlink(missing_ok=True)  # Gradio's copy, which it would keep
        told = {w.outcomes: listing.outcomes(done, len(done)), w.files: None}
        yield told | self._around(name, request) | self._retold(name, request)

    def fetch(self, address: str, name: str, request: gr.Request) -> Iterator[Updates]:
        """Adds what is at an address, and says what became of it."""
        w, address = self._w, address.strip()
        if not address or not self._may_edit(request):
            yield {w.notice: _notice(_READER) if address else ""}
            return
        yield {w.outcomes: listing.outcomes([], 1, address), w.notice: ""}
        try:
            outcome = self._uploads.fetch(address)
        except AssistantError as error:
            yield {w.notice: _notice(str(error)), w.outcomes: ""}
            return
        told = {w.outcomes: listing.outcomes([outcome], 1)}
        if outcome.status != "failed":
            told |= self._around(name, request) | self._retold(name, request) | {w.address: ""}
        yield told

    @_guarded
    def remove(self, name: str, search: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Removes a document from the index."""
        updates = self._changed(name, request, lambda: self._uploads.remove(_told(event, "id")))
        found = self._desk.documents(search, may_edit=self._may_edit(request))
        return updates | {self._w.documents: found, self._w.source: "", self._w.outcomes: ""}

    @_guarded
    def find(self, search: str, request: gr.Request) -> Updates:
        """Searches in the list."""
        return {self._w.documents: self._desk.documents(search, may_edit=self._may_edit(request))}

    @_guarded
    def limit(self, only: Sequence[str], kinds: Sequence[str], since: str, until: str) -> Updates:
        """Says which documents alone may answer."""
        return {self._w.limits: listing.limits(len(only or ()), kinds or (), since or "", until or "")}

    # What several need

    def _changed(self, name: str, request: gr.Request, change: Callable[[], object]) -> Updates:
        if not self._may_edit(request):
            raise AccessError(_READER)
        try:
            change()
        except AssistantError as error:
            problem = {self._w.notice: _notice(str(error))}
        else:
            problem = {}
        return self._around(name, request) | self._retold(name, request) | problem

    def _talk(self, name: str, request: gr.Request) -> Updates:
        """The conversation as it stands now."""
        conversation = self._desk.conversation(_user(request), name)
        log = self._desk.log(conversation, may_edit=self._may_edit(request))
        return {self._w.name: conversation.id, self._w.log: log}

    def _retold(self, name: str, request: gr.Request) -> Updates:
        """The same after something else has changed; an answer under way goes on telling it, and has the last word."""
        return {} if self._asks(request) else self._talk(name, request)

    def _asks(self, request: gr.Request) -> bool:
        """Whether this browser has an answer under way."""
        return str(request.session_hash) in self._running

    def _around(self, name: str, request: gr.Request) -> Updates:
        """Everything that depends on which documents there are."""
        w, may_edit, summaries = self._w, self._may_edit(request), self._desk.summaries()
        titles = [(each.title, each.id) for each in summaries[:_OFFERED]]
        more = f" The first {_OFFERED:,} of {len(summaries):,} are offered." if len(summaries) > _OFFERED else ""
        return {
            w.documents: self._desk.documents("", may_edit=may_edit),
            w.shelf: self._desk.shelf(_user(request), name),
            w.only: gr.Dropdown(choices=titles, info=f"Empty means all.{more}"),
            w.kinds: gr.Dropdown(choices=sorted({each.kind for each in summaries})),
            w.adding: gr.Column(visible=may_edit),
            w.masthead: self._masthead(request),
        }

    def _masthead(self, request: gr.Request) -> str:
        leaving = []
        if self._access is not None and not self._access.is_open:
            button = tag("button", "Log out", type="submit", class_="quiet")
            leaving = [tag("form", tag("span", _user(request)), button, method="post", action="/logout")]
        told = tag("p", "Answers from your documents, each sentence checked against its source")
        return tag("header", tag("h1", "Assistant"), told, *leaving)

    def _may_edit(self, request: gr.Request) -> bool:
        if self._access is None:
            return True
        user = self._access.user(_user(request))
        return user is not None and bool(user.may_edit)


def _user(request: gr.Request) -> str:
    return str(request.username or "")


def _notice(text: str) -> str:
    return tag("p", text, class_="failure", role="alert")


def _told(event: gr.EventData, name: str) -> str:
    return str(_data(event).get(name, ""))


def _data(event: gr.EventData) -> dict[str, Any]:
    data = event._data  # noqa: SLF001 — its attributes raise where one is missing, and a browser may send anything
    return data if isinstance(data, dict) else {}


def _number(event: gr.EventData, name: str) -> int:
    told = _told(event, name)
    return int(told) if told.isdecimal() else -1


def _choices(given: Sequence[Any]) -> AnswerChoices:
    mode, most, only, kinds, since, until = given
    limits = tuple(only or ()), tuple(kinds or ()), since or "", until or ""
    return AnswerChoices(mode or None, int(most) if most else None, *limits)
