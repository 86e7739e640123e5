"""What an answer was made with, for its record."""

from functools import cache
from importlib.metadata import version

from assistant.text.sentences import SPLITTER_VERSION


@cache
def versions(embedding: str) -> dict[str, str]:
    """The versions of all that an answer depends on beside its model, its prompt and its documents."""
    return {"assistant": version("assistant"), "splitter": str(SPLITTER_VERSION), "embedding": embedding}
