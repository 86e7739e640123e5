"""Answers questions from your documents, and cites the exact sentences that carry every statement.

    from assistant import Assistant

    with Assistant.open("folder") as a:
        a.index(["report.pdf"])
        answer = a.ask("How many people were arrested?")

The public names are those of ``__all__``; everything else may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.client import Assistant
    from assistant.errors import AssistantError
    from assistant.types import Answer, Chunk, Citation, Document, Hit, IndexReport, Sentence, Statement

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Chunk",
    "Citation",
    "Document",
    "Hit",
    "IndexReport",
    "Sentence",
    "Statement",
]

_HOMES = {"Assistant": "assistant.client", "AssistantError": "assistant.errors"}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first asked for, so that ``assistant --help`` stays instant."""
    if name not in __all__:
        raise AttributeError(f"module 'assistant' has no attribute '{name}'")
    return getattr(import_module(_HOMES.get(name, "assistant.types")), name)
