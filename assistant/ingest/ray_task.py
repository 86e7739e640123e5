"""What runs on a node of a Ray cluster for `assistant.ingest.ray_cluster`: one file is read, split and embedded.

Nothing here knows Ray.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from assistant.errors import ReadingError
from assistant.ingest.embedding import embed_sentences
from assistant.models.e5 import E5Embedder
from assistant.readers import READER_VERSION, ReaderPool
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.sentences import SPLITTER_VERSION

# Sentences of a file that is embedded here, 30 MB of vectors; those of a larger file are made as it is written.
_MAX_EMBEDDED_SENTENCES = 20_000


def package_identity() -> str:
    """What must be the same on all nodes, for a file to give the same sentences and vectors on each."""
    return f"{version('assistant')} (reader {READER_VERSION}, splitter {SPLITTER_VERSION}, {E5Embedder.name})"


def make_task() -> Callable[..., tuple[str, Any]]:
    """The function that Ray runs on a node.

    Ray sends a nested function as a whole, but any other one as the name of what to import there. This one can say
    where the import fails. For the same reason its parameters have no types: these would be imported too.

    Returns:
        A function that takes this package's identity and the arguments of `process_file`. It returns what
        `process_file` does, or "foreign" with the node's name and what is wrong with the package there.
    """

    def task(expected_identity, *args, **options):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202 — see above
        import platform

        try:
            from assistant.ingest.ray_task import package_identity, process_file
        except ImportError as error:
            return "foreign", (platform.node(), f"can't be imported ({error})")
        if package_identity() != expected_identity:
            return "foreign", (platform.node(), f"is {package_identity()}")
        return process_file(*args, **options)

    return task


def process_file(
    name: str, source: str | None, data: bytes, limits: tuple[int, float], *, embeds: bool
) -> tuple[str, Any]:
    """Reads and splits a file, and embeds it with the bundled model if that is wanted.

    Args:
        name: the file's name.
        source: what identifies it.
        data: the file.
        limits: the most bytes that it may have, and the seconds that it may take.
        embeds: whether to embed it; one of more than 20,000 sentences isn't.

    Returns:
        "read" and its `assistant.readers.ReadFile`, or "unread" and why it can't be read.
    """
    max_bytes, seconds = limits
    try:
        read_file = _reader_pool(seconds).read(data, name, source=source, max_bytes=max_bytes)
    except ReadingError as error:
        return "unread", str(error)
    sentences, _ = split_chunks(read_file.document, read_file.sentences)
    if embeds and 0 < len(sentences) <= _MAX_EMBEDDED_SENTENCES:
        vectors = embed_sentences(_embedder(), list(embedding_inputs(read_file.document, sentences)))
        read_file = replace(read_file, vectors=vectors)
    return "read", read_file


@cache
def _reader_pool(seconds: float) -> ReaderPool:
    return ReaderPool(1, seconds)


@cache
def _embedder() -> E5Embedder:
    return E5Embedder(threads=1)  # a task has one processor
