"""An answer in figures: what logs, metrics and spans may tell of it. Never a text."""

from typing import Literal

from assistant.types import Answer

AnswerOutcome = Literal["answered", "refused", "failed", "stopped"]


def answer_outcome(answer: Answer) -> AnswerOutcome:
    """What became of a question that got an answer."""
    return "refused" if answer.refused else "answered"


def answer_attributes(answer: Answer) -> dict[str, str | int]:
    """The mode, the model, the outcome, and how many there are of what."""
    verdicts = [each.verdict for each in answer.statements]
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
