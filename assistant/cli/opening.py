"""Which index a command works on: the user's own, the sample while that is empty, or a new one."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.options import GlobalOptions
from assistant.rendering.terminal import print_note

if TYPE_CHECKING:
    from assistant.client import Assistant
    from assistant.remote import Remote
    from assistant.types import IndexReport, Progress


WITHOUT_MODEL = {"mode": "quotes"}  # the settings with which a command that asks no question opens an index


def home_settings(options: GlobalOptions) -> dict[str, Any]:
    """The settings that come from the options of every command."""
    return {"home": options.home} if options.home else {}


@contextmanager
def open_index(options: GlobalOptions, **settings: Any) -> Iterator["Assistant"]:
    """The user's own index; raises what ``Assistant.open`` raises."""
    from assistant.client import Assistant

    with Assistant.open(**home_settings(options), **settings) as assistant:
        yield assistant


@contextmanager
def open_for_asking(options: GlobalOptions, **settings: Any) -> Iterator["Assistant | Remote"]:
    """The user's own index or, while nothing is in it, the sample index of the bundled corpus.

    While ``assistant serve`` has the index open, its server is asked instead.
    """
    from assistant.index.chroma.embedded import index_exists
    from assistant.settings import load_settings

    with _no_garbage_collection():
        loaded = load_settings(**home_settings(options))
        if loaded.chroma_url or index_exists(loaded.home):
            with _open_or_connect(options, settings) as assistant:
                if assistant.documents():
                    yield assistant
                    return
        from assistant.client import Assistant

        print_note("Nothing is indexed yet: answering from the sample documents. For your own: assistant index PATH")
        with Assistant.sample(**home_settings(options), **settings) as sample:
            yield sample


@contextmanager
def _open_or_connect(options: GlobalOptions, settings: dict[str, Any]) -> Iterator["Assistant | Remote"]:
    """The server that has the user's own index open, or else the index itself."""
    from assistant.index.lock import server_address
    from assistant.settings import load_settings

    loaded = load_settings(**home_settings(options))
    if not loaded.chroma_url and server_address(loaded.home):
        from assistant.remote import connect

        if remote := connect(home_settings(options) | settings):
            yield remote
            return
    with open_index(options, **settings) as assistant:
        yield assistant


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spares a short run the garbage collector, which would walk all that is imported again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rebuild_index(
    options: GlobalOptions, paths: Sequence[Path], workers: int, progress: "Progress", ray: str | None = None
) -> "IndexReport":
    """Makes the user's own index anew.

    Args:
        options: name the folder of the index.
        paths: files and folders to index beside what is in the index.
        workers: how many files are read at a time, where no cluster reads them.
        progress: is called after each document.
        ray: the address of a cluster that reads the files.

    Raises:
        AssistantError: as `assistant.ingest.rebuild.rebuild` and `assistant.ingest.ray_cluster.RayCluster.open`.
    """
    from assistant.ingest.ray_cluster import RayCluster
    from assistant.ingest.rebuild import rebuild
    from assistant.models.embedders import open_embedder
    from assistant.readers import ReaderPool
    from assistant.segmentation.sentences import SPLITTER_VERSION
    from assistant.settings import load_settings

    settings = load_settings(**home_settings(options))
    embedder = open_embedder(settings)
    pool = ReaderPool(workers, settings.reading_seconds)
    with RayCluster.open(ray, settings, embedder) if ray else pool as readers:
        return rebuild(
            settings.home,
            embedder,
            SPLITTER_VERSION,
            paths,
            max_bytes=settings.max_file_bytes,
            readers=readers,
            progress=progress,
            server=settings if settings.chroma_url else None,
        )


def note_unused_key(**settings: Any) -> None:
    """Says on stderr that a key in the environment sends nothing, where that is so."""
    from assistant.settings import load_settings

    loaded = load_settings(**settings)
    if loaded.openai_api_key and loaded.embedding == "bundled" and loaded.answers_by == "quotes":
        print_note("OPENAI_API_KEY is set, but quotes mode uses no key: nothing is sent anywhere.")
