"""One owner for an index folder: a lock that ends with its process, and a note of who holds it.

Two Chroma clients that write to one folder silently lose vectors, so every opening takes the lock.
"""

import contextlib
import errno
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.addresses import redact_logins
from assistant.errors import LockedError, StoreError
from assistant.files import make_private_folder, replace_file
from assistant.home import prepare_home
from assistant.shortages import describe_shortage

_LOCK_NAME, _NOTE_NAME = "lock", "owner.json"
_MAX_HOME_BYTES = 512 - len("/chroma.draft/chroma.sqlite3-journal")  # SQLite opens no file with a longer path


class HomeLock:
    """The lock of an index folder, held from its creation to `release` or the end of the process."""

    def __init__(self, home: Path) -> None:
        """Takes the lock at once or not at all; makes the folder when it is missing, and else tidies it.

        Raises:
            LockedError: another process holds it, or another `Assistant` in this one. The message names the owner.
            StoreError: the folder cannot be made or written to.
        """
        self._note_path, self._lock = home / _NOTE_NAME, _file_lock(home)
        try:
            check_home_path(home)
            make_private_folder(home)
            self._lock.acquire(blocking=False)
            prepare_home(home)
        except Timeout:
            raise LockedError(_locked_message(home)) from None
        except OSError as error:
            self._lock.release()
            raise StoreError(unusable_message(home, error)) from error
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        command = redact_logins(" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]))[:200]
        self._note = {"pid": os.getpid(), "command": command, "since": since}
        self._write_note()

    def announce(self, address: str) -> None:
        """Notes where the owner answers over HTTP, for `server_address`."""
        self._note["command"], self._note["address"] = "assistant serve", address
        self._write_note()

    def _write_note(self) -> None:
        # The note only helps people; the lock is what counts. A link in the note's place is replaced, not followed.
        with contextlib.suppress(OSError), replace_file(self._note_path, private=True) as file:
            file.write(json.dumps(self._note).encode())

    def release(self) -> None:
        """Releases the folder; harmless when done twice."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._note_path.unlink()
            self._lock.release()


def server_address(home: Path) -> str | None:
    """The address at which the owner of an index folder answers over HTTP; None where it doesn't.

    A note that a dead process left behind is ignored: whatever listens at its address today is a stranger, and must
    not be sent any credentials.
    """
    try:
        note = _read_note(home)
        pid, address = note["pid"], note["address"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_valid = isinstance(address, str) and isinstance(pid, int) and process_is_alive(pid) and _is_locked(home)
    return address if is_valid else None


def _file_lock(home: Path) -> FileLock:
    return FileLock(home / _LOCK_NAME, is_singleton=False, thread_local=False, mode=0o600)


def _is_locked(home: Path) -> bool:
    probe = _file_lock(home)
    try:
        probe.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    probe.release()
    return False


def process_is_alive(pid: int) -> bool:
    """Whether a process of this machine is running."""
    if sys.platform == "win32":
        return True  # there the signal would end it; the lock has to do
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # it belongs to another user
    except (OSError, OverflowError):
        return False
    return pid > 0


def _read_note(home: Path) -> Any:
    """The note of an index folder's owner; raises OSError or ValueError where there is none that can be read."""
    path = home / _NOTE_NAME
    return json.loads(path.read_text("utf-8") if path.is_file() else "")  # a pipe in its place would never end


def check_home_path(home: Path) -> None:
    """Makes sure that an index can be in a folder of this name, before anything is made there.

    Raises:
        OSError: it can't; ``strerror`` says why.
    """
    try:
        str(home).encode()
    except UnicodeEncodeError:
        raise OSError(errno.EILSEQ, "its name isn't UTF-8, as Chroma's has to be") from None
    if home.is_symlink() and not home.exists():
        raise OSError(errno.ENOENT, "it is a link that leads nowhere")
    length = len(os.fsencode(os.path.realpath(home)))  # of which SQLite takes 512 bytes, with the name of its file
    if length > _MAX_HOME_BYTES:
        raise OSError(errno.ENAMETOOLONG, f"its path has {length} bytes, of at most {_MAX_HOME_BYTES}")


def unusable_message(home: Path, error: OSError) -> str:
    """Why a folder can't hold an index, and what to do about it."""
    lock = home / _LOCK_NAME
    with contextlib.suppress(OSError):
        if lock.is_symlink() or lock.is_dir():
            kind = "link" if lock.is_symlink() else "folder"
            return f"'{lock}' is a {kind}, where the index has a file of its own. Move it away, and do it again."
    if shortage := describe_shortage(error):
        return f"The index in '{home}' cannot be opened: {shortage}"
    is_taken = isinstance(error, FileExistsError)
    reason = "a file, or a link that leads nowhere, is in its place" if is_taken else error.strerror or error
    return f"The folder '{home}' cannot hold an index: {reason}. Choose another with --home or ASSISTANT_HOME."


def _locked_message(home: Path) -> str:
    """Who has the index open, and what to do about it."""
    try:
        note = _read_note(home)
        pid, command, since = note["pid"], note["command"], note["since"]
    except (OSError, ValueError, KeyError, TypeError):
        return f"Another process has the index in '{home}' open. Close it, or use another --home."
    if pid == os.getpid():
        return (
            f"This process has the index in '{home}' open already, since {since}. "
            "Close that Assistant first, or use the same one: it may be shared between threads."
        )
    address = f" It answers at {note['address']}." if "address" in note else ""
    return (
        f"The index in '{home}' is open in process {pid} (`{command}`), since {since}.{address} "
        "Wait for it to end or close it, or use another --home."
    )
