"""Keeps an open index in line with files and folders while they change.

What the file system tells is a hint of where to look, no more: what is there is surveyed and hashed as by
`Assistant.index`, and all of it again every few minutes, for file systems that tell nothing.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.errors import AssistantError, PathNotFoundError
from assistant.readers.discovery import IGNORE_FILE, absolute_path
from assistant.types import IndexReport, Progress

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchTiming:
    """How often the watcher looks, in seconds."""

    tick: float = 0.2  # between two looks at the clock and at the paths themselves
    quiet: float = 1.0  # what hasn't changed for so long is read
    longest: float = 60.0  # what never rests is read after so long
    retry: float = 60.0  # after an error
    rescan: float = 600.0  # between two looks at everything


_PACE = WatchTiming()


class Index(Protocol):
    """What is kept in line: an opened `assistant.Assistant`, or anything that synchronises as it does."""

    def index(self, sources: list[Path], *, only: Callable[[Path], bool], progress: Progress) -> IndexReport:
        """Brings the index in line with some paths, as `assistant.Assistant.index`."""


class Watcher:
    """Watches files and folders for one open index."""

    def __init__(
        self,
        assistant: "Index",
        paths: Iterable[Path],
        told: Callable[[IndexReport], object],
        pace: WatchTiming = _PACE,
    ) -> None:
        """Looks at nothing yet.

        Args:
            assistant: the open index.
            paths: files and folders.
            told: is given the report of each batch that changed the index, or found what can't be read.
            pace: how often it looks.

        Raises:
            PathNotFoundError: a path does not exist.
        """
        self._assistant, self._told, self._pace = assistant, told, pace
        self._roots = tuple(dict.fromkeys(path.resolve() if path.is_dir() else absolute_path(path) for path in paths))
        for root in self._roots:
            if not root.exists():
                raise PathNotFoundError(f"There is no file or folder '{root}'. Check the spelling.")
        self._devices = {root: root.stat().st_dev for root in self._roots}
        self._away: frozenset[Path] = frozenset()
        self._restless: dict[Path, tuple[float, float]] = {}  # when each change was seen first and last
        self._deaf = False

    def run(self, stop: threading.Event) -> None:
        """Synchronises everything, then each batch of changes, until ``stop`` is set.

        An error is logged, and everything looked at again soon after.
        """
        whole = 0.0  # when everything is looked at
        with suppress(_Stopped):
            for changed in self._ticks(stop):
                now = time.monotonic()
                for path in changed:
                    self._restless[path] = (self._restless.get(path, (now, now))[0], now)
                if now >= whole:
                    due = set(self._roots)
                    whole = now + self._pace.rescan
                else:
                    due = {path for path, times in self._restless.items() if self._is_due(*times, now)}
                for path in due:
                    self._restless.pop(path, None)
                if due and not self._batch(due, stop):
                    whole = now + self._pace.retry

    def _is_due(self, first: float, last: float, now: float) -> bool:
        return now - last >= self._pace.quiet or now - first >= self._pace.longest

    def _batch(self, touched: Collection[Path], stop: threading.Event) -> bool:
        """Synchronises what was touched, but for files that are still being written; whether that went well."""

        def wanted(path: Path) -> bool:
            return path not in self._restless and any(each in touched for each in (path, *path.parents))

        def look(*_: object) -> None:
            if stop.is_set():
                raise _Stopped

        if not (here := self._here()):
            return True
        try:
            report = self._assistant.index(here, only=wanted, progress=look)
        except _Stopped:
            raise
        except Exception as error:  # noqa: BLE001 — a full disk, an endpoint that is down: nothing ends the watch
            told = str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}."
            logger.warning("A change was not indexed. %s It is tried again in %.0f s.", told, self._pace.retry)
            return False
        if report.added or report.changed or report.removed or report.failed:
            self._told(report)
        return True

    def _here(self) -> list[Path]:
        """The paths that are there; says once of each other one that it isn't, and that it is again."""
        away = frozenset(root for root in self._roots if self._is_away(root))
        for root in sorted(away - self._away):
            logger.warning("'%s' is not there at the moment: what was indexed from it stays.", root)
        for root in sorted(self._away - away):
            logger.warning("'%s' is there again.", root)
        self._away = away
        return [root for root in self._roots if root not in away]

    def _is_away(self, root: Path) -> bool:
        try:
            device = root.stat().st_dev
            if device != self._devices[root] and root.is_dir() and not any(root.iterdir()):
                return True  # the empty folder that an unmounted file system leaves
        except OSError:
            return True
        self._devices[root] = device
        return False

    def _ticks(self, stop: threading.Event) -> Iterator[set[Path]]:
        """Every tick what changed since the last one, until ``stop`` is set."""
        marks = {root: _mark(root) for root in self._roots}
        while not stop.is_set():
            for changed in self._events([root for root in self._roots if root.is_dir()], stop):
                seen = {root: _mark(root) for root in self._roots}
                moved = {root for root in self._roots if seen[root] != marks[root]}
                marks = seen
                yield changed | moved
                if any(root.is_dir() for root in moved):
                    break  # another folder stands in the place of the one that is listened to

    def _events(self, folders: Collection[Path], stop: threading.Event) -> Iterator[set[Path]]:
        """Every tick what the file system tells of some folders; ends at an error of it, for another try."""
        from watchfiles import watch

        tick = int(self._pace.tick * 1000)
        try:
            for changes in watch(
                *folders,
                watch_filter=None,
                debounce=tick,
                step=min(50, tick),
                stop_event=stop,
                rust_timeout=tick,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                self._deaf = False
                yield {place for _, name in changes if (place := _place(Path(name), folders))}
        except (OSError, RuntimeError) as error:  # a folder that has just gone; more folders than the system watches
            if not self._deaf:
                every = self._pace.rescan / 60
                logger.warning("No changes are told (%s): everything is looked at every %.0f minutes.", error, every)
            self._deaf = True
            for _ in range(int(self._pace.retry / self._pace.tick)):
                if stop.wait(self._pace.tick):
                    return
                yield set()


class _Stopped(Exception):  # noqa: N818 — no error: ends a batch between two documents
    """The watcher was told to stop."""


def _mark(root: Path) -> tuple[int, ...] | None:
    """What tells a file's content, or a folder, from another in its place; None where there is none."""
    try:
        at = root.stat()
    except OSError:
        return None
    return (at.st_dev, at.st_ino) if root.is_dir() else (at.st_dev, at.st_ino, at.st_size, at.st_mtime_ns)


def _place(path: Path, folders: Iterable[Path]) -> Path | None:
    """Where to look after a change: there; all around a list of what to ignore; nowhere where it is hidden."""
    parts = next((path.relative_to(each).parts for each in folders if path.is_relative_to(each)), ())
    if path.name == IGNORE_FILE:
        path, parts = path.parent, parts[:-1]
    return None if any(part.startswith(".") for part in parts) else path


def watch_until_stopped(watcher: Watcher) -> None:
    """Runs a watcher in the main thread; SIGTERM ends it well, Ctrl-C by a KeyboardInterrupt."""
    stop = threading.Event()
    former = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        watcher.run(stop)
    finally:
        signal.signal(signal.SIGTERM, former)


@contextmanager
def watch_in_background(watcher: Watcher) -> Iterator[None]:
    """Runs a watcher in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=watcher.run, args=(stop,), name="watcher")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
