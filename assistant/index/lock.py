"""One owner for an index folder: a lock that ends with its process, and a note of who holds it.

Two Chroma clients that write to one folder silently lose vectors, so every opening takes the lock.
"""

import contextlib
import json
import os
import sys
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.addresses import redact_logins
from assistant.errors import LockedError, StoreError
from assistant.files import make_private_folder, write_private
from assistant.home import prepare_home


class HomeLock:
    """The lock of an index folder, held from its creation to `release` or the end of the process."""

    def __init__(self, home: Path) -> None:
        """Takes the lock at once or not at all; makes the folder when it is missing, and else tidies it.

        Raises:
            LockedError: another process holds it, or another `Assistant` in this one. The message names the owner.
            StoreError: the folder cannot be made or written to.
        """
        self._note_path, self._lock = home / "owner.json", _file_lock(home)
        try:
            make_private_folder(home)
            self._lock.acquire(blocking=False)
            prepare_home(home)
        except Timeout:
            raise LockedError(_locked_message(home, self._note_path)) from None
        except OSError as error:
            self._lock.release()
            raise StoreError(
                f"The folder '{home}' cannot hold an index: {error.strerror or error}. "
                "Choose another with --home or ASSISTANT_HOME."
            ) from error
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        command = redact_logins(" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]))[:200]
        self._note = {"pid": os.getpid(), "command": command, "since": since}
        self._write_note()

    def announce(self, address: str) -> None:
        """Notes where the owner answers over HTTP, for `server_address`."""
        self._note["command"], self._note["address"] = "assistant serve", address
        self._write_note()

    def _write_note(self) -> None:
        with contextlib.suppress(OSError):  # the note only helps people; the lock is what counts
            write_private(self._note_path, json.dumps(self._note).encode())

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
        note = json.loads((home / "owner.json").read_text("utf-8"))
        pid, address = note["pid"], note["address"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_valid = isinstance(address, str) and isinstance(pid, int) and process_is_alive(pid) and _is_locked(home)
    return address if is_valid else None


def _file_lock(home: Path) -> FileLock:
    return FileLock(home / "lock", is_singleton=False, thread_local=False, mode=0o600)


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


def _locked_message(home: Path, note_path: Path) -> str:
    """Who has the index open, and what to do about it."""
    try:
        note = json.loads(note_path.read_text("utf-8"))
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
