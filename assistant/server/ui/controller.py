"""What the page can do, without a widget: plain values in, conversations and escaped HTML out."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from assistant.client import Assistant
from assistant.errors import AssistantError, DocumentNotFoundError, RecordError, StoreError
from assistant.observability.tracing import trace_iterator
from assistant.options import AskKeywords, StreamKeywords
from assistant.paths import data_folder
from assistant.rendering.html import Html
from assistant.server.answer_log import EventObserver
from assistant.server.ui.conversation_list import render_conversation_list
from assistant.server.ui.conversation_view import CitationStandings, render_conversation, render_welcome
from assistant.server.ui.conversations import (
    Conversation,
    ConversationStore,
    ConversationTurn,
    Rating,
    new_conversation,
)
from assistant.server.ui.document_list import render_document_list
from assistant.server.ui.feedback import append_entry, feedback_entry
from assistant.server.ui.highlight import answer_span_in_quote
from assistant.server.ui.source_view import CitedQuote, render_lost_source, render_source
from assistant.server.ui.suggestion_cache import SuggestionCache
from assistant.types import Answer, DocumentSummary

_MAX_COMMENT_CHARS = 2_000
_log = logging.getLogger(__name__)


class PageController:
    """Answers, sources, documents and conversations for the page's handlers; shared by all who have it open.

    Args:
        assistant: answers.
        home: the folder in which conversations and feedback are stored.
        observe_answer: a context in which each answer is made, as `Service.seeing`: it raises BusyError where too
            many answers are being made, and its value is called with each event of the answer.
    """

    def __init__(
        self,
        assistant: Assistant,
        home: Path,
        observe_answer: Callable[..., AbstractContextManager[EventObserver]] | None = None,
    ) -> None:
        self.assistant = assistant
        self._observe_answer = observe_answer or _unobserved
        self._conversations = ConversationStore(home / "conversations")
        self._feedback_file = home / "feedback.jsonl"
        self._suggestions = SuggestionCache(assistant)
        self._saving = threading.Lock()  # whoever changes a stored conversation reads and writes it under this lock

    # Asking

    def ask(
        self, user: str, conversation_id: str, question: str, options: AskKeywords, stop: threading.Event
    ) -> Iterator[Conversation]:
        """Asks a question in a conversation.

        Args:
            user: who asks.
            conversation_id: of the conversation; where there is none of this id a new one begins.
            question: in plain words.
            options: how it is to be answered; the history is the conversation's own.
            stop: ends the answer once another thread sets it.

        Yields:
            The conversation as it grows, from the unanswered question to the whole answer.

        Raises:
            StoreError: the conversation can't be stored.
        """
        earlier = self.load_conversation(user, conversation_id)
        conversation = earlier.with_question(question)
        with self._saving:
            self._conversations.save(user, conversation)
        yield conversation
        try:
            turns = self._answer_turn(conversation.turns[-1], earlier.history, options, stop)
            for turn in trace_iterator("page", turns):
                conversation = conversation.with_turn(turn)
                yield conversation
        finally:  # a user who leaves closes this generator: what there is by then is saved
            conversation = conversation.with_last_turn_stopped()
            self._save_last_turn(user, conversation)
        yield conversation

    def _answer_turn(
        self,
        turn: ConversationTurn,
        history: Sequence[Mapping[str, str]],
        options: AskKeywords,
        stop: threading.Event,
    ) -> Generator[ConversationTurn, None, None]:
        """The turn as it grows by statements; a failure becomes a sentence in it."""
        keywords: StreamKeywords = {**options, "history": history, "stop": stop}
        try:
            with self._observe_answer(options.get("mode"), stop) as observe:
                for event in self.assistant.stream(turn.question, **keywords):
                    observe(event)
                    turn = turn.with_answer(event) if isinstance(event, Answer) else turn.with_statement(event)
                    yield turn
                    if stop.is_set():
                        return
        except AssistantError as error:
            yield replace(turn, state="stopped") if stop.is_set() else replace(turn, state="failed", error=str(error))
        except Exception:  # noqa: BLE001 — logged; the conversation goes on
            _log.exception("A question of the page failed")
            message = "Something went wrong that shouldn't have; the server's log says what. Ask again."
            yield replace(turn, state="failed", error=message)

    def _save_last_turn(self, user: str, conversation: Conversation) -> None:
        """Saves the last turn of a conversation, which meanwhile may have got other turns, or lost this very one."""
        turn = conversation.turns[-1]
        with self._saving:
            stored = self._conversations.load(user, conversation.id)
            if stored is None:
                return
            for index, stored_turn in enumerate(stored.turns):
                if (stored_turn.at, stored_turn.question) == (turn.at, turn.question):
                    self._conversations.save(user, stored.with_turn(turn, index))

    def take_back_question(self, user: str, conversation_id: str) -> str:
        """Removes the last turn of a conversation, so that its question can be asked again.

        Returns:
            The question; empty where the conversation has no turn.
        """
        with self._saving:
            conversation = self.load_conversation(user, conversation_id)
            if not conversation.turns:
                return ""
            self._conversations.save(user, conversation.without_last_turn())
        return conversation.turns[-1].question

    # Conversations

    def load_conversation(self, user: str, conversation_id: str) -> Conversation:
        """The user's conversation of this id, or a new one."""
        return self._conversations.load(user, conversation_id) or new_conversation()

    def delete_conversation(self, user: str, conversation_id: str) -> None:
        """Deletes a conversation, if it is there."""
        self._conversations.delete(user, conversation_id)

    def render_conversation(self, conversation: Conversation, *, may_edit: bool = True) -> Html:
        """A conversation, with citation markers that say what became of the sources; an empty one as a welcome."""
        if conversation.turns:
            return render_conversation(conversation, self.citation_standings(conversation))
        document_count = len(self.assistant.documents())
        return render_welcome(document_count, self._suggestions.suggest(), may_edit=may_edit)

    def render_conversation_list(self, user: str, current_id: str) -> Html:
        """The list of the user's earlier conversations."""
        return render_conversation_list(self._conversations.load_all(user), current_id)

    def citation_standings(self, conversation: Conversation) -> list[CitationStandings]:
        """For each turn what became of its citations since; empty ones where the index can't be reached now."""
        try:
            return [self._turn_standings(turn) for turn in conversation.turns]
        except StoreError:
            return [{} for _ in conversation.turns]

    def _turn_standings(self, turn: ConversationTurn) -> CitationStandings:
        if turn.record is None:
            return {}
        try:
            return {citation.number: citation.standing for citation in self.assistant.verify(turn.record).citations}
        except RecordError:
            return {}

    def rate_turn(
        self, user: str, conversation_id: str, turn_index: int, rating: str, comment: str | None = None
    ) -> Conversation:
        """Saves a rating or a comment, in the conversation and in the feedback file.

        Args:
            user: who rates.
            conversation_id: of the conversation.
            turn_index: which of its turns, from 0; where there is none nothing is saved.
            rating: "up" or "down"; the one that the turn has already is taken back.
            comment: in place of a rating.

        Returns:
            The conversation as it is then.
        """
        with self._saving:
            conversation = self.load_conversation(user, conversation_id)
            if not 0 <= turn_index < len(conversation.turns):
                return conversation
            turn = conversation.turns[turn_index]
            if comment is not None:
                turn = replace(turn, comment=comment.strip()[:_MAX_COMMENT_CHARS])
            elif rating in ("up", "down"):
                turn = replace(turn, rating="" if turn.rating == rating else cast("Rating", rating))
            conversation = conversation.with_turn(turn, turn_index)
            self._conversations.save(user, conversation)
        append_entry(self._feedback_file, feedback_entry(conversation, turn_index))
        return conversation

    # Documents and sources

    def list_documents(self) -> list[DocumentSummary]:
        """What is indexed."""
        return self.assistant.documents()

    def index_sample(self) -> None:
        """Indexes the bundled documents."""
        self.assistant.index([data_folder("corpus")])

    def render_document_list(self, search: str, *, may_edit: bool = True) -> Html:
        """The list of the documents that match a search."""
        return render_document_list(self.assistant.documents(), search, may_edit=may_edit)

    def render_document(self, document_id: str) -> Html:
        """A document to read.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        return render_source(self.assistant.document(document_id))

    def render_source(self, conversation: Conversation, turn_index: int, number: int) -> Html:
        """The source of a citation, with the cited sentence marked where it stands today.

        Args:
            conversation: the one that holds the turn.
            turn_index: which of its turns, from 0.
            number: of the citation in that turn.

        Returns:
            The source; empty where there is no such citation.
        """
        turns = conversation.turns
        record = turns[turn_index].record if 0 <= turn_index < len(turns) else None
        citations = {citation["number"]: citation for citation in (record or {}).get("citations", ())}
        citation = citations.get(number)
        if record is None or citation is None:
            return Html("")
        status = {status.number: status for status in self.assistant.verify(record).citations}[number]
        cited = CitedQuote(
            number=number,
            quote=status.quote,
            start=status.start,
            end=status.end,
            title=status.title,
            source=status.source,
            standing=status.standing,
            answer_span=answer_span_in_quote(citation),
        )
        try:
            return render_source(self.assistant.document(citation["document_id"]), cited)
        except DocumentNotFoundError:
            return render_lost_source(cited)


@contextmanager
def _unobserved(*_: object) -> Iterator[EventObserver]:
    yield lambda _: None
