"""Files that browsers have sent to the page, each until the event comes that adds it to the documents.

A browser names a file of an event by its path, and may name any. So each upload has a folder of its own with a name
that nobody can guess, and only who has sent a file may name it, once.
"""

import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from assistant.errors import AccessError

_MAX_WAITING_SECONDS = 3600.0  # for its event; then an upload is deleted


@dataclass(frozen=True, slots=True)
class _WaitingFile:
    """A file that no event has taken yet."""

    user: str  # who has sent it
    since: float  # by the monotonic clock


class UploadInbox:
    """The folder of waiting uploads; may be used by threads."""

    def __init__(self, folder: Path) -> None:
        """Deletes what an earlier process left there; creates nothing yet.

        Args:
            folder: the inbox's alone.
        """
        self._folder = folder
        self._waiting: dict[str, _WaitingFile] = {}  # by path, as the browser is told it
        self._lock = threading.Lock()
        shutil.rmtree(folder, ignore_errors=True)

    def new_folder(self) -> Path:
        """A new, private folder for the files of one upload. Uploads that have waited for too long are deleted.

        Raises:
            OSError: it can't be created.
        """
        oldest = time.monotonic() - _MAX_WAITING_SECONDS
        for path in [path for path, file in list(self._waiting.items()) if file.since < oldest]:
            self._discard(path)
        folder = self._folder.resolve() / token_hex(16)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        return folder

    def put(self, user: str, paths: Iterable[str]) -> None:
        """Keeps files for a user's next event; they lie in a folder of `new_folder`."""
        with self._lock:
            for path in paths:
                self._waiting[path] = _WaitingFile(user, time.monotonic())

    def holds(self, user: str, path: object) -> bool:
        """Whether this is the path of a waiting file that the user has sent."""
        with self._lock:
            file = self._waiting.get(path) if isinstance(path, str) else None
        return file is not None and file.user == user and self._is_inside(path)

    @contextmanager
    def take(self, user: str, path: str) -> Iterator[Path]:
        """Yields the path of a waiting file, which is deleted when the block ends.

        Raises:
            AccessError: the user has not sent it, or it has been taken already.
        """
        if not self.holds(user, path):
            raise AccessError("This file was not uploaded here, or has been added already. Choose it again.")
        try:
            yield Path(path)
        finally:
            self._discard(path)

    def _is_inside(self, path: object) -> bool:
        return Path(str(path)).resolve().is_relative_to(self._folder.resolve())

    def _discard(self, path: str) -> None:
        """Deletes a waiting file, and its folder with the last one in it."""
        with self._lock:
            known = self._waiting.pop(path, None) is not None
        if known:
            file = Path(path)
            with suppress(OSError):
                file.unlink(missing_ok=True)
                file.parent.rmdir()
                file.parent.parent.rmdir()
