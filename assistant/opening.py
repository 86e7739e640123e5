"""Which index a command works on: the user's own, the sample while that is empty, or a new one."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import PathNotFoundError
from assistant.options import Run
from assistant.showing import say

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def given(run: Run) -> dict[str, Any]:
    """The settings that the options of every command make."""
    return {"home": run.home} if run.home else {}


@contextmanager
def opened(run: Run, **settings: Any) -> Iterator["Assistant"]:
    """The user's own index; raises what ``Assistant.open`` raises."""
    from assistant.assistant import Assistant

    with Assistant.open(**given(run), **settings) as assistant:
        yield assistant


@contextmanager
def answering(run: Run, **settings: Any) -> Iterator["Assistant"]:
    """The user's own index or, while nothing is in it, the sample index of the bundled corpus."""
    with opened(run, **settings) as assistant:
        if assistant.documents():
            yield assistant
            return
    from assistant.assistant import Assistant

    say("Nothing is indexed yet: answering from the sample documents. For your own: assistant index PATH")
    with Assistant.sample(**given(run), **settings) as sample:
        yield sample


def forget(run: Run, paths: Sequence[Path]) -> None:
    """Sets the index aside; the next opening clears it away and makes a new one.

    Args:
        run: names the home.
        paths: what is to be indexed next.

    Raises:
        PathNotFoundError: a path does not exist; nothing is forgotten then.
        LockedError: another process has the index open.
    """
    from assistant.lock import HomeLock
    from assistant.settings import load

    for path in paths:
        if not path.exists():
            raise PathNotFoundError(f"There is no '{path}'. Nothing was forgotten; correct the path.")
    home = load(**given(run)).home
    lock = HomeLock(home)
    try:
        for leftover in ("chroma.next", "chroma.old"):
            shutil.rmtree(home / leftover, ignore_errors=True)
        if (home / "chroma").exists():
            (home / "chroma").rename(home / "chroma.old")
    finally:
        lock.release()


def note_on_key() -> None:
    """Says on stderr that a key in the environment sends nothing, where that is so."""
    from assistant.settings import load

    settings = load()
    if settings.openai_api_key and settings.embedding == "bundled":
        say("OPENAI_API_KEY is set, but quotes mode uses no key: nothing is sent anywhere.")
