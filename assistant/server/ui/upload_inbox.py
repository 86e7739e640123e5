"""Files that browsers have sent to the page, each until the event comes that adds it to the documents.

A browser names a file of an event by its path, and may name any. So each upload has a folder of its own with a name
that nobody can guess, and only who has sent a file may name it, once.
"""

import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from assistant.errors import AccessError
from assistant.files import make_private_folder

_MAX_WAITING_SECONDS = 24 * 3600.0  # for its event; then an upload is deleted, whichever process took it


class UploadInbox:
    """The folder of waiting uploads; may be used by threads, and the folder by several servers of one home."""

    def __init__(self, folder: Path) -> None:
        """Deletes nothing and creates nothing yet.

        Args:
            folder: the inbox's alone.
        """
        self._folder = folder
        self._users: dict[str, str] = {}  # who has sent a waiting file, by its path as the browser is told it
        self._lock = threading.Lock()

    def new_folder(self) -> Path:
        """A new, private folder for the files of one upload. Uploads that have waited for too long are deleted.

        Raises:
            OSError: it can't be created.
        """
        for private in (self._folder.parent, self._folder):
            make_private_folder(private)
        self._clear()
        folder = self._folder.resolve() / token_hex(16)
        folder.mkdir(mode=0o700)
        return folder

    def put(self, user: str, paths: Iterable[str]) -> None:
        """Keeps files for a user's next event; they lie in a folder of `new_folder`."""
        with self._lock:
            self._users |= dict.fromkeys(paths, user)

    def holds(self, user: str, path: object) -> bool:
        """Whether this is the path of a waiting file that the user has sent."""
        with self._lock:
            is_theirs = isinstance(path, str) and self._users.get(path) == user
        return is_theirs and Path(str(path)).resolve().is_relative_to(self._folder.resolve())

    @contextmanager
    def take(self, user: str, path: str) -> Iterator[Path]:
        """Yields the path of a waiting file, which is deleted when the block ends.

        Raises:
            AccessError: the user has not sent it, or it has been taken already.
        """
        if not self.holds(user, path):
            raise AccessError("This file was not uploaded here, or has been added already. Choose it again.")
        with self._lock:
            if self._users.pop(path, None) is None:
                raise AccessError("This file is being added already.")
        file = Path(path)
        try:
            yield file
        finally:
            with suppress(OSError):
                file.unlink(missing_ok=True)
                file.parent.rmdir()  # and its folders with the last file in them
                file.parent.parent.rmdir()

    def _clear(self) -> None:
        """Deletes what has waited for too long, here or since an earlier process."""
        oldest = time.time() - _MAX_WAITING_SECONDS
        for folder in self._folder.iterdir():
            with suppress(OSError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder)
        with self._lock:
            self._users = {path: user for path, user in self._users.items() if Path(path).exists()}
