"""What an answer was made with, for its record."""

from functools import cache
from importlib.metadata import version

from assistant.segmentation.sentences import SPLITTER_VERSION


@cache
def versions(embedding: str, reader: str = "off") -> dict[str, str]:
    """The versions of all that an answer depends on beside its model, its prompt and its documents."""
    made_with = {"splitter": str(SPLITTER_VERSION), "embedding": embedding, "reader": reader}
    return {"assistant": version("assistant"), **made_with}
