"""Conversations: frozen values, and the folder that stores them as JSON, one file each and one folder per user."""

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from assistant.errors import RecordError, StoreError
from assistant.files import make_private_folder, replace_file
from assistant.grounding.verification import validate_record
from assistant.types import Answer, Statement

TurnState = Literal["asking", "done", "stopped", "failed"]
Rating = Literal["", "up", "down"]

_CONVERSATION_ID = re.compile(r"[\w-]{8,40}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A question and what came of it. The fields are the keys of the stored JSON."""

    question: str
    state: TurnState = "asking"
    record: Mapping[str, Any] | None = None  # of the answer; while it is being written, of its statements so far
    error: str = ""  # what went wrong, as a sentence for the user
    rating: Rating = ""
    comment: str = ""
    at: str = ""  # when the question was asked: ISO 8601, in UTC

    def with_statement(self, statement: Statement) -> "ConversationTurn":
        """The turn with one more checked statement of an answer that is still being written."""
        record = self.record or {"question": self.question, "statements": [], "citations": [], "removed": []}
        known_numbers = {citation["number"] for citation in record["citations"]}
        new_citations = [citation.to_dict() for citation in statement.citations if citation.number not in known_numbers]
        extended = {
            "statements": [*record["statements"], statement.to_dict()],
            "citations": [*record["citations"], *new_citations],
        }
        return replace(self, record={**record, **extended})

    def with_answer(self, answer: Answer) -> "ConversationTurn":
        """The turn with its whole answer."""
        return replace(self, record=answer.to_dict(), state="done")

    @property
    def answer_text(self) -> str:
        """The answer in words, as the history of a follow-up has it; empty where there is none."""
        if self.record is None:
            return ""
        statements = self.record["statements"]
        return str(self.record.get("answer") or " ".join(statement["text"] for statement in statements))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions and answers in their order."""

    id: str
    turns: tuple[ConversationTurn, ...] = ()

    @property
    def title(self) -> str:
        """The first question."""
        return self.turns[0].question if self.turns else "A new conversation"

    @property
    def history(self) -> list[dict[str, str]]:
        """The answered turns as messages, in the form that ``Assistant.ask`` takes."""
        messages: list[dict[str, str]] = []
        for turn in self.turns:
            if turn.answer_text:
                messages.append({"role": "user", "content": turn.question})
                messages.append({"role": "assistant", "content": turn.answer_text})
        return messages

    def with_question(self, question: str) -> "Conversation":
        """The conversation with a new turn, which has no answer yet."""
        turn = ConversationTurn(question, at=datetime.now(UTC).isoformat(timespec="microseconds"))
        return replace(self, turns=(*self.turns, turn))

    def with_turn(self, turn: ConversationTurn, turn_index: int = -1) -> "Conversation":
        """The conversation with one turn, by default the last, replaced."""
        turns = list(self.turns)
        turns[turn_index] = turn
        return replace(self, turns=tuple(turns))

    def with_last_turn_stopped(self) -> "Conversation":
        """The conversation, its last turn marked as stopped if that is still being answered."""
        last = self.turns[-1]
        return self.with_turn(replace(last, state="stopped")) if last.state == "asking" else self

    def without_last_turn(self) -> "Conversation":
        """The conversation as it was before its last question."""
        return replace(self, turns=self.turns[:-1])


def new_conversation() -> Conversation:
    """An empty conversation, with an id that nobody can guess."""
    return Conversation(secrets.token_urlsafe(12))


@dataclass(frozen=True, slots=True)
class ConversationStore:
    """The conversations of all users on disk: in this folder, one subfolder per user."""

    folder: Path

    def load(self, user: str, conversation_id: str) -> Conversation | None:
        """A user's conversation; None where there is none of this id, or its file is damaged."""
        if not _CONVERSATION_ID.fullmatch(conversation_id):
            return None
        return _read_conversation(self._path(user, conversation_id))

    def load_all(self, user: str) -> list[Conversation]:
        """The user's conversations that have a turn, the latest first."""
        paths = sorted(self._user_folder(user).glob("*.json"), key=lambda path: -path.stat().st_mtime)
        conversations = (_read_conversation(path) for path in paths)
        return [conversation for conversation in conversations if conversation and conversation.turns]

    def save(self, user: str, conversation: Conversation) -> None:
        """Writes a conversation as it is now, whole or not at all.

        Raises:
            StoreError: the disk doesn't take it.
        """
        path = self._path(user, conversation.id)
        content = json.dumps({"turns": [asdict(turn) for turn in conversation.turns]}, ensure_ascii=False)
        try:
            for folder in (self.folder, path.parent):
                make_private_folder(folder)
            with replace_file(path, private=True) as file:
                file.write(content.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise StoreError(f"The conversation can't be kept in '{self.folder}': {error.strerror}.") from error

    def delete(self, user: str, conversation_id: str) -> None:
        """Deletes a conversation, if it is there."""
        if _CONVERSATION_ID.fullmatch(conversation_id):
            self._path(user, conversation_id).unlink(missing_ok=True)

    def _user_folder(self, user: str) -> Path:
        digest = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return self.folder / (digest if user else "everybody")

    def _path(self, user: str, conversation_id: str) -> Path:
        return self._user_folder(user) / f"{conversation_id}.json"


def _read_conversation(path: Path) -> Conversation | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
        return Conversation(path.stem, tuple(_read_turns(content["turns"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecordError) as error:
        _log.warning("The conversation %s cannot be read: %s", path.stem, type(error).__name__)
        return None


def _read_turns(stored_turns: Sequence[Mapping[str, Any]]) -> Iterator[ConversationTurn]:
    for fields in stored_turns:
        turn = ConversationTurn(**fields)
        if turn.record is not None:
            validate_record(turn.record)
        yield replace(turn, state="stopped") if turn.state == "asking" else turn
