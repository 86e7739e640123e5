"""What a writer of answers returns: an answer, a refusal, or that another writer should answer."""

from dataclasses import dataclass

from assistant.options import Mode
from assistant.types import Citation, Statement


@dataclass(frozen=True, slots=True)
class ModelExchange:
    """What passed between a language model and us for one answer."""

    prompt: str  # the exact chat, as a person reads it
    prompt_sha256: str  # of the prompt's file
    log_odds: float | None = None  # by the model, that the sentences state the answer; None where it wasn't asked
    dropped_markers: int = 0  # citation markers of the model that name no source


@dataclass(frozen=True, slots=True)
class Answered:
    """At least one statement passed the grounding check."""

    mode: Mode
    confidence: float  # the calibrated chance, 0 to 1, that the documents answer the question
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    removed: tuple[Statement, ...] = ()  # statements that failed the check
    reason: str | None = None  # what is left unanswered, or why quotes answer instead of the language model
    documents_differ: bool = False
    exchange: ModelExchange | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The documents do not answer the question, and why."""

    mode: Mode
    confidence: float
    reason: str
    removed: tuple[Statement, ...] = ()
    exchange: ModelExchange | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """The documents seem to answer, but the language model's statements don't stand: quotes should answer instead.

    No statement passed the check, or there was no sentence that the model could have been given.
    """

    confidence: float
    removed: tuple[Statement, ...] = ()
    exchange: ModelExchange | None = None
