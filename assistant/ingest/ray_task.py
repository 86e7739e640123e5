"""What runs on a node of a Ray cluster for `assistant.ingest.ray_cluster`: one file is read, split and embedded.

Nothing here knows Ray.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from assistant.errors import ReadingError
from assistant.models.minilm import MiniLMEmbedder
from assistant.readers import READER_VERSION, ReaderPool
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.sentences import SPLITTER_VERSION

_MOST = 20_000  # sentences of a file that is embedded: 30 MB; the vectors of a larger one are made as it is written


def identity() -> str:
    """What must be the same on all nodes, for a file to give the same sentences and vectors on each."""
    return f"{version('assistant')} (reader {READER_VERSION}, splitter {SPLITTER_VERSION}, {MiniLMEmbedder.name})"


def shipped() -> Callable[..., tuple[str, Any]]:
    """The task: `made`, or "foreign", the node's name and what is wrong with this package there.

    Ray sends a nested function as a whole, and any other as the name of what to import there: this one can tell where
    that fails. So its parameters have no types, for these would be imported too.
    """

    def task(wanted, *given, **more):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202 — see above
        import platform

        try:
            from assistant.ingest.ray_task import identity, made
        except ImportError as error:
            return "foreign", (platform.node(), f"can't be imported ({error})")
        if identity() != wanted:
            return "foreign", (platform.node(), f"is {identity()}")
        return made(*given, **more)

    return task


def made(name: str, source: str | None, data: bytes, limits: tuple[int, float], *, embeds: bool) -> tuple[str, Any]:
    """Reads and splits a file, and embeds it with the bundled model where that is wanted.

    Args:
        name: the file's.
        source: what identifies it.
        data: the file.
        limits: the most bytes it may have, and the seconds that it may take.
        embeds: whether to embed it; one of more than 20,000 sentences isn't.

    Returns:
        "read" and its `assistant.readers.Reading`, or "unread" and why it can't be read.
    """
    max_bytes, seconds = limits
    try:
        reading = _workers(seconds).read(data, name, source=source, max_bytes=max_bytes)
    except ReadingError as error:
        return "unread", str(error)
    split, _ = split_chunks(reading.document, reading.sentences)
    if embeds and 0 < len(split) <= _MOST:
        vectors = _embedder().embed_chunks(list(embedding_inputs(reading.document, split)))
        reading = replace(reading, vectors=vectors)
    return "read", reading


@cache
def _workers(seconds: float) -> ReaderPool:
    return ReaderPool(1, seconds)


@cache
def _embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder(threads=1)  # a task has one processor
