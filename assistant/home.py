"""The index folder, the *home*: only its owner may read it, and what killed processes left in it is cleared.

`prepare_home` is called whenever an index is opened, so that homes of earlier versions are closed too.
"""

import re
import stat
import time
from contextlib import nullcontext, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.files import FORMER_SUFFIX, make_private_folder

# What this package keeps in a home. The folder may hold files of the user's own beside them.
_OWN_NAMES = re.compile(
    r"chroma(\..+)?|rebuild|sample|(lexical|listed)[-.].+|lock|owner\.json|session\.\w+|ended_sessions\.(json|lock)"
    r"|users\.(json|lock)|uploads|conversations|feedback\.jsonl|\.[0-9a-f]{16}\.part"
)
_LEFTOVER = re.compile(r"\.[0-9a-f]{16}\.(part|former)|session\.[0-9a-f]{8}")  # the latter two of earlier versions
_OTHERS_BITS = stat.S_IRWXG | stat.S_IRWXO
_SHARED_AGE = 3600.0  # seconds; a younger draft in a home that several processes use may still be written
_USERS_LOCK_SECONDS = 10.0


def prepare_home(home: Path, *, is_shared: bool = False) -> None:
    """Makes a home where there is none, and closes and tidies one that is there, as far as the system allows.

    A home folder that holds other things too, as the working folder may, keeps its own permissions.

    Args:
        home: the folder.
        is_shared: whether other processes may be writing to it now, as where the index is in a Chroma server.

    Raises:
        OSError: the folder cannot be made.
    """
    make_private_folder(home)
    written_before = time.time() - _SHARED_AGE if is_shared else None
    # `assistant users` writes its drafts in the home itself, at any time.
    own_turn = users_lock(home) if (home / "users.lock").exists() else nullcontext()
    with suppress(OSError, Timeout), own_turn:
        _clear_leftovers([*home.iterdir()], written_before)
    for name in ("uploads", "conversations"):
        hidden = [*(home / name).rglob(".*")]
        _clear_leftovers(hidden, written_before)
        _restore_former(hidden, written_before)
    paths = [*home.iterdir()]
    own_paths = [path for path in paths if _OWN_NAMES.fullmatch(path.name)]
    for path in own_paths if len(own_paths) < len(paths) else [home.resolve()]:
        close_to_others(path)


def users_lock(home: Path) -> FileLock:
    """The lock that whoever changes the list of users holds."""
    return FileLock(home / "users.lock", timeout=_USERS_LOCK_SECONDS, mode=0o600)


def _clear_leftovers(paths: list[Path], written_before: float | None) -> None:
    """Deletes drafts that nobody finishes."""
    for path in paths:
        if _LEFTOVER.fullmatch(path.name) and _was_written_before(path, written_before):
            with suppress(OSError):
                path.unlink()


def _restore_former(paths: list[Path], written_before: float | None) -> None:
    """Gives files that were set aside their place back: what should have replaced them was not indexed."""
    for path in paths:
        if path.name.endswith(FORMER_SUFFIX) and _was_written_before(path, written_before):
            with suppress(OSError):
                path.replace(path.with_name(path.name[1:].removesuffix(FORMER_SUFFIX)))


def _was_written_before(path: Path, moment: float | None) -> bool:
    with suppress(OSError):
        return moment is None or path.lstat().st_ctime < moment
    return False


def close_to_others(path: Path) -> None:
    """Takes a file, or a folder with all that is in it, away from everybody but its owner. Links are left alone."""
    with suppress(OSError):  # it belongs to somebody else, or is gone
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return
        if mode & _OTHERS_BITS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS_BITS)
        if stat.S_ISDIR(mode):
            for child in path.iterdir():
                close_to_others(child)
