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
    from assistant.protocol import QuestionAnswering
    from assistant.types import IndexReport, Progress


def home_settings(run: GlobalOptions) -> dict[str, Any]:
    """The settings that the options of every command make."""
    return {"home": run.home} if run.home else {}


WITHOUT_MODEL = {"mode": "quotes"}  # what a command opens an index with that asks no question


@contextmanager
def open_index(run: GlobalOptions, **settings: Any) -> Iterator["Assistant"]:
    """The user's own index; raises what ``Assistant.open`` raises."""
    from assistant.client import Assistant

    with Assistant.open(**home_settings(run), **settings) as assistant:
        yield assistant


@contextmanager
def open_for_asking(run: GlobalOptions, **settings: Any) -> Iterator["QuestionAnswering"]:
    """The user's own index or, while nothing is in it, the sample index of the bundled corpus.

    While ``assistant serve`` has the index open, it is asked by way of that.
    """
    from assistant.index.chroma.embedded import index_exists
    from assistant.settings import load_settings

    with _uncollected():
        loaded = load_settings(**home_settings(run))
        if loaded.chroma_url or index_exists(loaded.home):
            with _opened_or_served(run, settings) as assistant:
                if assistant.documents():
                    yield assistant
                    return
        from assistant.client import Assistant

        print_note("Nothing is indexed yet: answering from the sample documents. For your own: assistant index PATH")
        with Assistant.sample(**home_settings(run), **settings) as sample:
            yield sample


@contextmanager
def _opened_or_served(run: GlobalOptions, settings: dict[str, Any]) -> Iterator["QuestionAnswering"]:
    from assistant.index.lock import server_address
    from assistant.settings import load_settings

    loaded = load_settings(**home_settings(run))
    if not loaded.chroma_url and server_address(loaded.home):
        from assistant.remote import connect

        if remote := connect(home_settings(run) | settings):
            yield remote
            return
    with open_index(run, **settings) as assistant:
        yield assistant


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spares a short run the garbage collector, which would walk all that is imported again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rebuild_index(
    run: GlobalOptions, paths: Sequence[Path], workers: int, progress: "Progress", ray: str | None = None
) -> "IndexReport":
    """Makes the user's own index anew; raises what `assistant.ingest.rebuild.rebuild` raises, and `Cluster.open`."""
    from assistant.ingest.ray_cluster import RayCluster
    from assistant.ingest.rebuild import rebuild
    from assistant.models.embedders import open_embedder
    from assistant.readers import ReaderPool
    from assistant.segmentation.sentences import SPLITTER_VERSION
    from assistant.settings import load_settings

    settings = load_settings(**home_settings(run))
    max_bytes = int(settings.max_file_mb * 1_000_000)
    embedder = open_embedder(settings)
    here = ReaderPool(workers, settings.reading_seconds)
    with RayCluster.open(ray, settings, embedder) if ray else here as reading:
        return rebuild(
            settings.home,
            embedder,
            SPLITTER_VERSION,
            paths,
            max_bytes=max_bytes,
            readers=reading,
            progress=progress,
            server=settings if settings.chroma_url else None,
        )


def note_on_key(**asked: Any) -> None:
    """Says on stderr that a key in the environment sends nothing, where that is so."""
    from assistant.settings import load_settings

    settings = load_settings(**asked)
    if settings.openai_api_key and settings.embedding == "bundled" and settings.answers_by == "quotes":
        print_note("OPENAI_API_KEY is set, but quotes mode uses no key: nothing is sent anywhere.")
