"""Which files under some paths are documents, and why the others are not."""

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from assistant.errors import PathNotFoundError
from assistant.readers.registry import file_kind
from assistant.readers.unread_kinds import no_kind_reason
from assistant.types import Skipped

IGNORE_FILE = ".assistantignore"
_TEMPORARY_PATTERNS = (
    *("~$*", ".~lock.*", "*~", "*.tmp", "*.temp", "*.part", "*.partial", "*.crdownload", "*.swp", "*.swo"),
    *("thumbs.db", "desktop.ini", "ehthumbs.db"),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """The files to read, in order, and what was left out."""

    files: tuple[Path, ...] = ()
    skipped: tuple[Skipped, ...] = ()  # hidden, temporary, ignored, of no supported kind: no error
    failed: tuple[Skipped, ...] = ()  # folders that cannot be listed: what is in them is unknown, not gone


def absolute_path(path: Path) -> Path:
    """The absolute path of a file with every link in its folder resolved; the file itself may be a link."""
    absolute = path.absolute()
    return absolute.parent.resolve() / absolute.name if absolute.name not in {"", ".."} else absolute.resolve()


def survey(paths: Iterable[Path]) -> Survey:
    """Walks folders in sorted order and sorts files into those to read and those to skip.

    Links to files in the folder are followed; links out of it, and links to folders, are not, so no walk goes round
    in circles or leaves its folder; a file reached twice is taken once. A link that is named outright is followed.
    Hidden files are skipped unless named outright. In each folder, ``.assistantignore`` may hold names or shell
    patterns, one a line, that are skipped there and below (``#`` starts a comment, a final ``/`` means folders only).

    Args:
        paths: files and folders, as a user names them.

    Raises:
        PathNotFoundError: a path does not exist, or can't be looked at; nothing is returned then.
    """
    named_paths = list(paths)
    for path in named_paths:
        _check_existence(path)
    surveyor = _Surveyor()
    for path in named_paths:
        if path.is_dir():
            surveyor.walk(path.resolve())
        else:
            surveyor.take_file(absolute_path(path))
    return Survey(tuple(surveyor.files), tuple(surveyor.skipped), tuple(surveyor.failed))


def reason_to_skip(path: PurePath) -> str | None:
    """Why a file of this name is no document; None where it may be one."""
    if any(fnmatch.fnmatchcase(path.name.lower(), pattern) for pattern in _TEMPORARY_PATTERNS):
        return "temporary"
    return None if file_kind(path.name) else no_kind_reason(path.name)


class _Surveyor:
    """Collects files, folder by folder."""

    def __init__(self) -> None:
        self.files: list[Path] = []
        self.skipped: list[Skipped] = []
        self.failed: list[Skipped] = []
        self._path_by_real_path: dict[Path, Path] = {}  # of the files that were taken

    def walk(self, root: Path) -> None:
        """Takes the files in a folder, which is no link, and below it."""
        pending: list[tuple[Path, tuple[str, ...]]] = [(root, ())]  # folders, with the ignore patterns from above
        while pending:
            folder, patterns = pending.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
                patterns += tuple(_read_ignore_patterns(folder))
            except OSError as error:
                reason = f"cannot be listed: {error.strerror}. Check its permissions"
                self.failed.append(Skipped(str(folder), reason))
                continue
            subfolders = []
            for entry in entries:
                path = folder / entry.name
                is_folder = _is_folder(entry)
                if entry.name.startswith("."):
                    self._skip(path, "hidden")
                elif any(_matches(entry.name, pattern, is_folder=is_folder) for pattern in patterns):
                    self._skip(path, f"left out by {IGNORE_FILE}")
                elif is_folder and entry.is_symlink():
                    self._skip(path, "a link to a folder: give that folder's own path")
                elif is_folder:
                    subfolders.append((path, patterns))
                elif entry.is_symlink() and not _leads_into(root, path):
                    self._skip(path, "a link out of the folder: give that file's own path")
                else:
                    self.take_file(path)
            pending += reversed(subfolders)

    def take_file(self, path: Path) -> None:
        """Takes a file, or notes why it is skipped; the links in its folder's path are resolved already."""
        if reason := reason_to_skip(path):
            self._skip(path, reason)
        elif not _may_be_file(path):
            self._skip(path, "a link that leads nowhere" if path.is_symlink() else "no regular file")
        else:
            real_path = path.resolve() if path.is_symlink() else path
            taken_path = self._path_by_real_path.get(real_path)
            if taken_path is None:
                self._path_by_real_path[real_path] = path
                self.files.append(path)
            elif taken_path != path:
                self._skip(path, f"the same file as {taken_path}")

    def _skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(str(path), reason))


def _check_existence(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no path can hold such a character
        message = f"There is no file or folder '{path}'. Check the spelling; nothing was changed."
        raise PathNotFoundError(message) from None
    except OSError as error:
        message = f"'{path}' cannot be looked at: {error.strerror}. Correct that; nothing was changed."
        raise PathNotFoundError(message) from None


def _leads_into(root: Path, link: Path) -> bool:
    """Whether a link leads to something in a folder; also one that leads nowhere does, or in a circle."""
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # RuntimeError: a circle, in Python 3.11 and 3.12
        return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one; a link in a circle, or to what may not be looked at, is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _may_be_file(path: Path) -> bool:
    """Whether it is a regular file, or may be one: then opening it will say why it cannot be read."""
    try:
        return path.is_file()
    except OSError:
        return True


def _read_ignore_patterns(folder: Path) -> Iterator[str]:
    path = folder / IGNORE_FILE
    if path.is_file():
        for line in path.read_text("utf-8", "replace").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def _matches(name: str, pattern: str, *, is_folder: bool) -> bool:
    if pattern.endswith("/"):
        return is_folder and fnmatch.fnmatchcase(name, pattern[:-1])
    return fnmatch.fnmatchcase(name, pattern)
