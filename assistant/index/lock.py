"""One owner for an index folder: a lock that ends with its process, and a note of who holds it.

Two Chroma clients that write to one folder lose vectors without a word, so every opening takes the lock.
"""

import contextlib
import json
import os
import sys
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import LockedError, StoreError


class HomeLock:
    """The lock of an index folder, held from making it to `release` or the end of the process."""

    def __init__(self, home: Path) -> None:
        """Takes the lock at once or not at all; makes the folder when it is missing.

        Raises:
            LockedError: another process holds it, or another `Assistant` in this one; names the owner.
            StoreError: the folder cannot be made or written to.
        """
        self._owner = home / "owner.json"
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(home / "lock", is_singleton=False, thread_local=False)
            self._lock.acquire(blocking=False)
        except Timeout:
            raise LockedError(_told(home, self._owner)) from None
        except OSError as error:
            raise StoreError(
                f"The folder '{home}' cannot hold an index: {error.strerror or error}. "
                "Choose another with --home or ASSISTANT_HOME."
            ) from error
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
        self._told = {"pid": os.getpid(), "command": command, "since": since}
        self._note()

    def announce(self, address: str) -> None:
        """Notes where the owner answers over HTTP, for `served_at`."""
        self._told["command"], self._told["address"] = "assistant serve", address
        self._note()

    def _note(self) -> None:
        with contextlib.suppress(OSError):  # the note only helps people; the lock is what counts
            self._owner.write_text(json.dumps(self._told), "utf-8")

    def release(self) -> None:
        """Gives the folder back; harmless when done twice."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._owner.unlink()
            self._lock.release()


def server_address(home: Path) -> str | None:
    """The address at which the owner of an index folder answers over HTTP; None where it doesn't.

    A note that a dead process left behind counts for nothing: whatever listens at its address today is no concern of
    ours, and must not be shown who we are.
    """
    try:
        note = json.loads((home / "owner.json").read_text("utf-8"))
        pid, address = note["pid"], note["address"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    known = isinstance(address, str) and isinstance(pid, int) and process_is_alive(pid) and _is_held(home)
    return address if known else None


def _is_held(home: Path) -> bool:
    probe = FileLock(home / "lock", is_singleton=False, thread_local=False)
    try:
        probe.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    probe.release()
    return False


def process_is_alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    if sys.platform == "win32":
        return True  # a signal would end it there; the lock has to do
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # somebody else's
    except (OSError, OverflowError):
        return False
    return pid > 0


def _told(home: Path, note: Path) -> str:
    try:
        owner = json.loads(note.read_text("utf-8"))
        pid, command, since = owner["pid"], owner["command"], owner["since"]
    except (OSError, ValueError, KeyError, TypeError):
        return f"Another process has the index in '{home}' open. Close it, or use another --home."
    if pid == os.getpid():
        return (
            f"This process has the index in '{home}' open already, since {since}. "
            "Close that Assistant first, or use the same one: it may be shared between threads."
        )
    address = f" It answers at {owner['address']}." if "address" in owner else ""
    return (
        f"The index in '{home}' is open in process {pid} (`{command}`), since {since}.{address} "
        "Wait for it to end or close it, or use another --home."
    )
