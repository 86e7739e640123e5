"""What logs, metrics and trace spans may tell of an answer: numbers and names, never a text."""

from typing import Literal

from assistant.types import Answer

AnswerOutcome = Literal["answered", "refused", "failed", "stopped"]


def answer_outcome(answer: Answer) -> AnswerOutcome:
    """The outcome of a question that got an answer."""
    return "refused" if answer.refused else "answered"


def answer_attributes(answer: Answer) -> dict[str, str | int]:
    """The mode, the model, the outcome, and the numbers of verdicts, citations and model tokens."""
    verdicts = [statement.verdict for statement in answer.statements]
    return {
        "mode": answer.mode,
        "model": answer.model,
        "outcome": answer_outcome(answer),
        "supported": verdicts.count("supported"),
        "partial": verdicts.count("partial"),
        "removed": len(answer.removed),
        "citations": len(answer.citations),
        "prompt_tokens": answer.usage["prompt_tokens"],
        "completion_tokens": answer.usage["completion_tokens"],
    }
