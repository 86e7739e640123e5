"""Answers questions from your documents, and cites the exact sentences that carry every statement.

    from assistant import Assistant

    with Assistant.open("index-folder") as assistant:
        assistant.index(["report.pdf"])
        answer = assistant.ask("How many people were arrested?")

The names in ``__all__`` are public; every other name may change.
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

_MODULES = {"Assistant": "assistant.client", "AssistantError": "assistant.errors"}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that ``assistant --help`` stays instant."""
    if name not in __all__:
        raise AttributeError(f"module 'assistant' has no attribute '{name}'")
    return getattr(import_module(_MODULES.get(name, "assistant.types")), name)
