"""Keeps an open index in line with files and folders while they change.

What the file system reports is only a hint of where to look: what is there is listed and hashed as by
`Assistant.index`. Everything is looked at again every few minutes, for file systems that report nothing.
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

    tick: float = 0.2  # between two looks at the clock and at the watched paths themselves
    quiet: float = 1.0  # a file that hasn't changed for so long is read
    longest: float = 60.0  # a file that keeps changing is read after so long
    retry: float = 60.0  # until the next try after an error
    rescan: float = 600.0  # between two looks at everything


_DEFAULT_TIMING = WatchTiming()


class SynchronisedIndex(Protocol):
    """What a watcher keeps in line: an opened `assistant.Assistant`, or anything that synchronises as it does."""

    def index(self, sources: list[Path], *, only: Callable[[Path], bool], progress: Progress) -> IndexReport:
        """Brings the index in line with some paths, as `assistant.Assistant.index`."""


class Watcher:
    """Watches files and folders for one open index."""

    def __init__(
        self,
        index: SynchronisedIndex,
        paths: Iterable[Path],
        on_report: Callable[[IndexReport], object],
        timing: WatchTiming = _DEFAULT_TIMING,
    ) -> None:
        """Looks at nothing yet.

        Args:
            index: the open index.
            paths: files and folders.
            on_report: is called with the report of each batch that changed the index or had files that can't be read.
            timing: how often it looks.

        Raises:
            PathNotFoundError: a path does not exist.
        """
        self._index, self._on_report, self._timing = index, on_report, timing
        self._roots = tuple(dict.fromkeys(path.resolve() if path.is_dir() else absolute_path(path) for path in paths))
        for root in self._roots:
            if not root.exists():
                raise PathNotFoundError(f"There is no file or folder '{root}'. Check the spelling.")
        self._devices = {root: root.stat().st_dev for root in self._roots}
        self._missing: frozenset[Path] = frozenset()
        self._waiting: dict[Path, tuple[float, float]] = {}  # when a change of each path was seen first and last
        self._events_failed = False

    def run(self, stop: threading.Event) -> None:
        """Synchronises everything, then each batch of changes, until ``stop`` is set.

        An error is logged, and everything is looked at again soon after.
        """
        next_rescan = 0.0
        with suppress(_StopRequested):
            for changed in self._ticks(stop):
                now = time.monotonic()
                for path in changed:
                    first_seen, _ = self._waiting.get(path, (now, now))
                    self._waiting[path] = (first_seen, now)
                if now >= next_rescan:
                    due = set(self._roots)
                    next_rescan = now + self._timing.rescan
                else:
                    due = {path for path, (first, last) in self._waiting.items() if self._is_due(first, last, now)}
                for path in due:
                    self._waiting.pop(path, None)
                if due and not self._synchronise(due, stop):
                    next_rescan = now + self._timing.retry

    def _is_due(self, first_seen: float, last_seen: float, now: float) -> bool:
        return now - last_seen >= self._timing.quiet or now - first_seen >= self._timing.longest

    def _synchronise(self, changed: Collection[Path], stop: threading.Event) -> bool:
        """Synchronises what has changed, except files that are still being written. Returns whether that succeeded."""

        def is_wanted(path: Path) -> bool:
            return path not in self._waiting and any(place in changed for place in (path, *path.parents))

        def check_stop(*_: object) -> None:
            if stop.is_set():
                raise _StopRequested

        if not (roots := self._existing_roots()):
            return True
        try:
            report = self._index.index(roots, only=is_wanted, progress=check_stop)
        except _StopRequested:
            raise
        except Exception as error:  # noqa: BLE001 — a full disk, an endpoint that is down: nothing ends the watch
            reason = str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}."
            logger.warning("A change was not indexed. %s It is tried again in %.0f s.", reason, self._timing.retry)
            return False
        if report.added or report.changed or report.removed or report.failed:
            self._on_report(report)
        return True

    def _existing_roots(self) -> list[Path]:
        """The watched paths that are there. Logs once when one goes missing, and once when it is back."""
        missing = frozenset(root for root in self._roots if self._is_missing(root))
        for root in sorted(missing - self._missing):
            logger.warning("'%s' is not there at the moment: what was indexed from it stays.", root)
        for root in sorted(self._missing - missing):
            logger.warning("'%s' is there again.", root)
        self._missing = missing
        return [root for root in self._roots if root not in missing]

    def _is_missing(self, root: Path) -> bool:
        try:
            device = root.stat().st_dev
            if device != self._devices[root] and root.is_dir() and not any(root.iterdir()):
                return True  # the empty folder that an unmounted file system leaves
        except OSError:
            return True
        self._devices[root] = device
        return False

    def _ticks(self, stop: threading.Event) -> Iterator[set[Path]]:
        """At every tick the paths that changed since the last one, until ``stop`` is set."""
        identities = {root: _identify(root) for root in self._roots}
        while not stop.is_set():
            for changed in self._events([root for root in self._roots if root.is_dir()], stop):
                new_identities = {root: _identify(root) for root in self._roots}
                replaced = {root for root in self._roots if new_identities[root] != identities[root]}
                identities = new_identities
                yield changed | replaced
                if any(root.is_dir() for root in replaced):
                    break  # another folder stands in the place of the one that is listened to

    def _events(self, folders: Collection[Path], stop: threading.Event) -> Iterator[set[Path]]:
        """At every tick what the file system reports of some folders. Ends after an error, for another try."""
        from watchfiles import watch

        tick = int(self._timing.tick * 1000)
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
                self._events_failed = False
                yield {place for _, name in changes if (place := _place_to_look(Path(name), folders))}
        except (OSError, RuntimeError) as error:  # a folder that has just gone; more folders than the system watches
            if not self._events_failed:
                minutes = self._timing.rescan / 60
                logger.warning("No changes are told (%s): everything is looked at every %.0f minutes.", error, minutes)
            self._events_failed = True
            for _ in range(int(self._timing.retry / self._timing.tick)):
                if stop.wait(self._timing.tick):
                    return
                yield set()


class _StopRequested(Exception):  # noqa: N818 — not an error: ends a batch between two documents
    """The watcher is to stop."""


def _identify(path: Path) -> tuple[int, ...] | None:
    """What tells a folder, or a file's content, from another in its place; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    identity = (status.st_dev, status.st_ino)
    return identity if path.is_dir() else (*identity, status.st_size, status.st_mtime_ns)


def _place_to_look(path: Path, folders: Iterable[Path]) -> Path | None:
    """Where to look after a change: at the path itself, or at the folder whose list of ignored names it is.

    None where the path is hidden.
    """
    parts = next((path.relative_to(folder).parts for folder in folders if path.is_relative_to(folder)), ())
    if path.name == IGNORE_FILE:
        path, parts = path.parent, parts[:-1]
    return None if any(part.startswith(".") for part in parts) else path


def watch_until_stopped(watcher: Watcher) -> None:
    """Runs a watcher in the main thread. SIGTERM ends it cleanly, Ctrl-C by a KeyboardInterrupt."""
    stop = threading.Event()
    former_handler = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        watcher.run(stop)
    finally:
        signal.signal(signal.SIGTERM, former_handler)


@contextmanager
def watch_in_background(watcher: Watcher) -> Iterator[None]:
    """Runs a watcher in a thread of its own, until the context ends."""
    stop = threading.Event()
    thread = threading.Thread(target=watcher.run, args=(stop,), name="watcher")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
