"""What the page does, without a widget: plain values in, conversations and escaped HTML out."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from assistant.client import Assistant, DocumentSummary
from assistant.errors import AssistantError, DocumentNotFoundError, RecordError, StoreError
from assistant.observability.tracing import trace_iterator
from assistant.paths import data_folder
from assistant.rendering.html import Html
from assistant.server.answer_log import See
from assistant.server.ui import conversation_view as talking
from assistant.server.ui import document_list as listing
from assistant.server.ui import feedback
from assistant.server.ui import source_view as sources
from assistant.server.ui.conversations import (
    Conversation,
    ConversationStore,
    ConversationTurn,
    Rating,
    new_conversation,
)
from assistant.server.ui.highlight import answer_span_in_quote
from assistant.server.ui.suggestions import suggested_questions
from assistant.types import Answer

_SUGGESTED = 4
_TRIED = 24  # candidates that are asked before they are offered
_LOOKED_AT = 12  # documents that suggestions come from
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerChoices:
    """How a question is to be answered: what a person may set on the page."""

    mode: Literal["quotes", "llm"] | None = None
    sources: int | None = None
    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def keywords(self) -> dict[str, Any]:
        """The keywords of ``Assistant.stream``."""
        return {
            "mode": self.mode,
            "sources": self.sources,
            "documents": list(self.documents) or None,
            "kinds": list(self.kinds) or None,
            "since": self.since.strip() or None,
            "until": self.until.strip() or None,
        }


class PageController:
    """Answers, sources, documents and conversations for the page's handlers; shared by all who have it open."""

    def __init__(
        self, assistant: Assistant, home: Path, seeing: Callable[..., AbstractContextManager[See]] | None = None
    ) -> None:
        self.assistant = assistant
        self._seeing = seeing or _unseen  # is entered while an answer is made, as Service.seeing; refuses one too many
        self._shelf = ConversationStore(home / "conversations")
        self._feedback = home / "feedback.jsonl"
        self._suggested: tuple[tuple[Any, ...], tuple[str, ...]] = ((), ())
        self._suggesting = threading.Lock()
        self._keeping = threading.Lock()

    def conversation(self, user: str, name: str) -> Conversation:
        """The user's conversation of this id, or a new one."""
        return self._shelf.load(user, name) or new_conversation()

    def ask(
        self, user: str, name: str, question: str, choices: AnswerChoices, stop: threading.Event
    ) -> Iterator[Conversation]:
        """Puts a question; the conversation as it grows, from the unanswered question to the whole answer.

        Args:
            user: who asks.
            name: of the conversation.
            question: in plain words.
            choices: how it is to be answered.
            stop: ends the answer when it is set.
        """
        before = self.conversation(user, name)
        growing = before.asking(question)
        with self._keeping:
            self._shelf.save(user, growing)
        yield growing
        try:
            for each in trace_iterator("page", self._turns(growing.turns[-1], before.history, choices, stop)):
                growing = growing.with_turn(each)
                yield growing
        finally:  # a reader who leaves closes this generator: what there is by then is kept
            growing = growing.stopped()
            self._keep(user, growing)
        yield growing

    def _keep(self, user: str, grown: Conversation) -> None:
        """Keeps the last turn of a conversation, which may have gone on meanwhile, or lost this very turn."""
        turn = grown.turns[-1]
        with self._keeping:
            now = self._shelf.load(user, grown.id)
            for at, each in enumerate(now.turns if now else ()):
                if now and (each.at, each.question) == (turn.at, turn.question):
                    self._shelf.save(user, now.with_turn(turn, at))

    def _turns(
        self,
        turn: ConversationTurn,
        history: Sequence[Mapping[str, str]],
        choices: AnswerChoices,
        stop: threading.Event,
    ) -> Generator[ConversationTurn, None, None]:
        try:
            with self._seeing(choices.mode, stop) as see:
                for event in self.assistant.stream(turn.question, history=history, stop=stop, **choices.keywords):
                    see(event)
                    turn = turn.with_answer(event) if isinstance(event, Answer) else turn.with_statement(event)
                    yield turn
                    if stop.is_set():
                        return
        except AssistantError as error:
            yield replace(turn, state="stopped") if stop.is_set() else replace(turn, state="failed", error=str(error))
        except Exception:  # noqa: BLE001 — logged; the conversation goes on
            _log.exception("A question of the page failed")
            told = "Something went wrong that shouldn't have; the server's log says what. Ask again."
            yield replace(turn, state="failed", error=told)

    def without_last(self, user: str, name: str) -> str:
        """Takes the last question back, to be asked again; returns it."""
        with self._keeping:
            conversation = self.conversation(user, name)
            if not conversation.turns:
                return ""
            self._shelf.save(user, conversation.without_last())
        return conversation.turns[-1].question

    def log(self, conversation: Conversation, *, may_edit: bool = True) -> Html:
        """A conversation with marks that say what became of the sources, or a welcome."""
        if conversation.turns:
            return talking.log(conversation, self.standings(conversation))
        return talking.welcome(len(self.assistant.documents()), self.suggestions(), may_edit=may_edit)

    def standings(self, conversation: Conversation) -> list[dict[int, str]]:
        """For each turn what became of its citations since; nothing where the index can't be reached now."""
        try:
            return [self._standing(turn) for turn in conversation.turns]
        except StoreError:
            return [{} for _ in conversation.turns]

    def _standing(self, turn: ConversationTurn) -> dict[int, str]:
        if turn.record is None:
            return {}
        try:
            return {each.number: each.standing for each in self.assistant.verify(turn.record).citations}
        except RecordError:
            return {}

    def source(self, conversation: Conversation, turn: int, number: int) -> Html:
        """The document that a mark stands for, with the cited sentence marked where it stands today."""
        record = conversation.turns[turn].record if 0 <= turn < len(conversation.turns) else None
        told = {each["number"]: each for each in (record or {}).get("citations", ())}.get(number)
        if record is None or told is None:
            return Html("")
        found = {each.number: each for each in self.assistant.verify(record).citations}[number]
        place = (found.quote, found.start, found.end, found.title, found.source)
        cited = sources.Cited(number, *place, found.standing, answer_span_in_quote(told))
        try:
            return sources.pane(self.assistant.document(told["document_id"]), cited)
        except DocumentNotFoundError:
            return sources.lost(cited)

    def read(self, document_id: str) -> Html:
        """A document to read."""
        return sources.pane(self.assistant.document(document_id))

    def documents(self, search: str, *, may_edit: bool = True) -> Html:
        """The list of what is indexed."""
        return listing.documents(self.assistant.documents(), search, may_edit=may_edit)

    def summaries(self) -> list[DocumentSummary]:
        """What is indexed."""
        return self.assistant.documents()

    def take_sample(self) -> None:
        """Indexes the bundled documents."""
        self.assistant.index([data_folder("corpus")])

    def rate(self, user: str, name: str, turn: int, rating: str, comment: str | None = None) -> Conversation:
        """Keeps a thumb, or a comment to it; a thumb pressed again is taken back."""
        with self._keeping:
            conversation = self.conversation(user, name)
            if not 0 <= turn < len(conversation.turns):
                return conversation
            rated = conversation.turns[turn]
            if comment is not None:
                rated = replace(rated, comment=comment.strip()[:2000])
            elif rating in ("up", "down"):
                rated = replace(rated, rating="" if rated.rating == rating else cast("Rating", rating))
            conversation = conversation.with_turn(rated, turn)
            self._shelf.save(user, conversation)
        feedback.keep(self._feedback, feedback.entry(conversation, turn))
        return conversation

    def shelf(self, user: str, current: str) -> Html:
        """The user's earlier conversations."""
        return talking.shelf(self._shelf.all(user), current)

    def forget(self, user: str, name: str) -> None:
        """Deletes a conversation."""
        self._shelf.forget(user, name)

    def suggestions(self) -> tuple[str, ...]:
        """A few questions that the documents answer: made from their sentences, and asked before they are offered."""
        summaries = self.assistant.documents()
        state = tuple((each.id, each.title, each.sentences) for each in summaries)
        with self._suggesting:
            if state != self._suggested[0]:
                self._suggested = (state, tuple(self._answered(summaries)))
            return self._suggested[1]

    def _answered(self, summaries: Sequence[DocumentSummary]) -> list[str]:
        documents = [self.assistant.document(each.id) for each in summaries[:_LOOKED_AT]]
        good: list[str] = []
        for question in suggested_questions(documents)[:_TRIED]:
            try:
                answer = self.assistant.ask(question, mode="quotes")
            except AssistantError:
                continue
            if not answer.refused and answer.score > 0.6:
                good.append(question)
            if len(good) == _SUGGESTED:
                break
        return good


@contextmanager
def _unseen(*_: object) -> Iterator[See]:
    yield lambda _: None
