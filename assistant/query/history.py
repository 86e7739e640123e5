"""The history of a conversation: questions that were asked before, each with the answer that it got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.errors import QuestionError
from assistant.nlp.tokens import single_line

_MAX_TURNS = 12  # that a follow-up is resolved against: what it means may have been named far back
_MAX_MESSAGE_CHARS = 600  # kept of each question and answer


@dataclass(frozen=True, slots=True)
class HistoryTurn:
    """A question that was asked, and the answer that it got."""

    question: str
    answer: str


def parse_history(messages: Sequence[Mapping[str, str]]) -> tuple[HistoryTurn, ...]:
    """The last turns of a conversation, at most twelve.

    Args:
        messages: in order, each with ``role``, "user" or "assistant", and ``content``; other roles are ignored.

    Raises:
        QuestionError: a message is malformed.
    """
    turns: list[HistoryTurn] = []
    for message in messages:
        role, content = _parse_message(message)
        if role == "user":
            turns.append(HistoryTurn(content, ""))
        elif role == "assistant" and turns:
            turns[-1] = HistoryTurn(turns[-1].question, f"{turns[-1].answer} {content}".strip())
    return tuple(turns[-_MAX_TURNS:])


def _parse_message(message: Mapping[str, str]) -> tuple[str, str]:
    """The role of a message and its content, on one line and bounded."""
    fields = message if isinstance(message, Mapping) else {}
    role, content = fields.get("role"), fields.get("content")
    if not isinstance(role, str) or not isinstance(content, str):
        raise QuestionError("A message of the history has no text in 'role' and 'content'. Give both.")
    return role, single_line(content)[:_MAX_MESSAGE_CHARS]
