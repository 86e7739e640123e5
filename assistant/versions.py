"""The versions of what an answer depends on, for its record."""

from functools import cache
from importlib.metadata import version

from assistant.segmentation.sentences import SPLITTER_VERSION
from assistant.structure.version import READER_VERSION


@cache
def versions(embedding: str, reader: str = "off") -> dict[str, str]:
    """The versions of everything that an answer depends on, except its model, its prompt and its documents.

    Args:
        embedding: the name of the embedder.
        reader: the name of the span reader; "off" without one.
    """
    return {
        "assistant": version("assistant"),
        "file_reader": READER_VERSION,
        "splitter": str(SPLITTER_VERSION),
        "embedding": embedding,
        "reader": reader,
    }
