"""The question as it is put to the documents: on one line, bounded, and standing alone."""

from collections.abc import Mapping, Sequence

from assistant.checking import plain
from assistant.errors import QuestionError
from assistant.models import Model, Usage
from assistant.prompting import load
from assistant.text.followups import Turn, is_faithful, leans, standalone
from assistant.text.marks import tamed

LONGEST_QUESTION = 4_000  # characters
_TURNS = 4  # of the conversation that a follow-up is read with
_TOLD = 600  # characters of each question and answer in them


def asked(text: str) -> str:
    """The question on one line.

    Raises:
        QuestionError: it is empty or too long.
    """
    question = plain(text)
    if not question:
        raise QuestionError("The question is empty. Ask something about the documents.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are allowed. Ask a shorter one."
        )
    return question


def turns(history: Sequence[Mapping[str, str]]) -> tuple[Turn, ...]:
    """The last questions of a conversation with their answers.

    Args:
        history: messages in order, each with ``role``, "user" or "assistant", and ``content``; others are let be.

    Raises:
        QuestionError: a message is malformed.
    """
    found: list[Turn] = []
    for message in history:
        role, content = _message(message)
        if role == "user":
            found.append(Turn(content, ""))
        elif role == "assistant" and found:
            found[-1] = Turn(found[-1].question, f"{found[-1].answer} {content}".strip())
    return tuple(found[-_TURNS:])


def rewritten(question: str, before: Sequence[Turn], model: Model | None, usage: Usage) -> str:
    """The question so that it stands alone: by the model, where there is one and it adds nothing of its own.

    Raises:
        ModelError: the model can't be reached, or failed.
    """
    if not before or not leans(question):
        return question
    if model is not None:
        told = "\n".join(f"Question: {tamed(turn.question)}\nAnswer: {tamed(turn.answer)}" for turn in before)
        chat = load("rewrite", "conversation", "question").filled(conversation=told, question=tamed(question))
        reply = model.reply(chat, usage)
        if is_faithful(reply, question, before):
            return plain(reply)
    return standalone(question, before)


def _message(message: Mapping[str, str]) -> tuple[str, str]:
    told = message if isinstance(message, Mapping) else {}
    role, content = told.get("role"), told.get("content")
    if not isinstance(role, str) or not isinstance(content, str):
        raise QuestionError("A message of the history has no text in 'role' and 'content'. Give both.")
    return role, plain(content)[:_TOLD]
