"""Conversations: frozen values, and the folder that keeps them as JSON, one file each, apart for every user."""

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from assistant.errors import RecordError, StoreError
from assistant.grounding.verification import validate_record
from assistant.server.private_files import create_private
from assistant.types import Answer, Statement

State = Literal["asking", "done", "stopped", "failed"]
Rating = Literal["", "up", "down"]

_ID = re.compile(r"[\w-]{8,40}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """One question and what came of it: the record of its answer, or a sentence that says what went wrong."""

    question: str
    state: State = "asking"
    record: Mapping[str, Any] | None = None  # the answer's record; while it streams, as much as there is of it
    error: str = ""
    rating: Rating = ""
    comment: str = ""
    at: str = ""  # when it was asked, in UTC

    def with_statement(self, statement: Statement) -> "ConversationTurn":
        """The turn with one more checked statement of an answer that is still being written."""
        told = self.record or {"question": self.question, "statements": [], "citations": [], "removed": []}
        known = {each["number"] for each in told["citations"]}
        more = [asdict(each) for each in statement.citations if each.number not in known]
        grown = {
            "statements": [*told["statements"], statement.to_dict()],
            "citations": [*told["citations"], *more],
        }
        return replace(self, record={**told, **grown})

    def with_answer(self, answer: Answer) -> "ConversationTurn":
        """The turn with its whole answer."""
        return replace(self, record=answer.to_dict(), state="done")

    @property
    def answer(self) -> str:
        """What was answered, in words: what a follow-up is read with."""
        if self.record is None:
            return ""
        return str(self.record.get("answer") or " ".join(each["text"] for each in self.record["statements"]))


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
        """The messages before the next question, as ``Assistant.ask`` takes them."""
        done = [each for each in self.turns if each.answer]
        pairs = ((("user", each.question), ("assistant", each.answer)) for each in done)
        return [{"role": role, "content": content} for pair in pairs for role, content in pair]

    def asking(self, question: str) -> "Conversation":
        """The conversation with a question that has no answer yet."""
        turn = ConversationTurn(question, at=datetime.now(UTC).isoformat(timespec="microseconds"))
        return replace(self, turns=(*self.turns, turn))

    def with_turn(self, turn: ConversationTurn, at: int = -1) -> "Conversation":
        """The conversation with one turn, by default the last, replaced."""
        turns = list(self.turns)
        turns[at] = turn
        return replace(self, turns=tuple(turns))

    def stopped(self) -> "Conversation":
        """The conversation, its last turn stopped where that is still being answered."""
        last = self.turns[-1]
        return self.with_turn(replace(last, state="stopped")) if last.state == "asking" else self

    def without_last(self) -> "Conversation":
        """The conversation as it was before its last question."""
        return replace(self, turns=self.turns[:-1])


def new_conversation() -> Conversation:
    """An empty conversation; nobody can guess its id."""
    return Conversation(secrets.token_urlsafe(12))


@dataclass(frozen=True, slots=True)
class ConversationStore:
    """Where conversations are kept: a folder for each user in this one."""

    folder: Path

    def load(self, user: str, conversation: str) -> Conversation | None:
        """A user's conversation; None where there is none of this id, or its file is damaged."""
        return self._read(self._path(user, conversation)) if _ID.fullmatch(conversation) else None

    def save(self, user: str, conversation: Conversation) -> None:
        """Keeps a conversation as it is now: whole or not at all; raises StoreError where the disk doesn't take it."""
        path = self._path(user, conversation.id)
        told = json.dumps({"turns": [asdict(each) for each in conversation.turns]}, ensure_ascii=False)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with create_private(draft) as file:
                file.write(told.encode("utf-8", "surrogatepass"))
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise StoreError(f"The conversation can't be kept in '{self.folder}': {error.strerror}.") from error

    def forget(self, user: str, conversation: str) -> None:
        """Deletes a conversation; one that isn't there is no matter."""
        if _ID.fullmatch(conversation):
            self._path(user, conversation).unlink(missing_ok=True)

    def all(self, user: str) -> list[Conversation]:
        """The user's conversations, the latest first."""
        files = sorted(self._path(user, "").parent.glob("*.json"), key=lambda path: -path.stat().st_mtime)
        return [found for each in files if (found := self._read(each)) and found.turns]

    def _path(self, user: str, conversation: str) -> Path:
        name = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()[:24] if user else "everybody"
        return self.folder / name / f"{conversation}.json"

    def _read(self, path: Path) -> Conversation | None:
        try:
            told = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
            return Conversation(path.stem, tuple(_turns(told["turns"])))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecordError) as error:
            _log.warning("The conversation %s cannot be read: %s", path.stem, type(error).__name__)
            return None


def _turns(told: Sequence[Mapping[str, Any]]) -> Iterator[ConversationTurn]:
    for each in told:
        turn = ConversationTurn(**each)
        if turn.record is not None:
            validate_record(turn.record)
        yield replace(turn, state="stopped") if turn.state == "asking" else turn
