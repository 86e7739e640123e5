"""Which files under some paths are documents, and why the others are not."""

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import PathNotFoundError
from assistant.readers.extract import KINDS
from assistant.types import Skipped

IGNORE_FILE = ".assistantignore"
_TEMPORARY = (
    *("~$*", ".~lock.*", "*~", "*.tmp", "*.temp", "*.part", "*.partial", "*.crdownload", "*.swp", "*.swo"),
    *("thumbs.db", "desktop.ini", "ehthumbs.db"),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """The files to read, in order, and what was left out."""

    files: tuple[Path, ...] = ()
    skipped: tuple[Skipped, ...] = ()  # hidden, temporary, ignored, of no supported kind: no error
    failed: tuple[Skipped, ...] = ()  # folders that cannot be listed: what is in them is unknown, not gone


@dataclass(slots=True)
class _Found:
    files: list[Path] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    failed: list[Skipped] = field(default_factory=list)
    seen: dict[Path, Path] = field(default_factory=dict)

    def skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(str(path), reason))


def absolute_path(path: Path) -> Path:
    """The absolute path of a file with every link in its folder resolved; the file itself may be a link."""
    absolute = path.absolute()
    return absolute.parent.resolve() / absolute.name if absolute.name not in {"", ".."} else absolute.resolve()


def survey(paths: Iterable[Path]) -> Survey:
    """Walks folders in sorted order and sorts files into those to read and those to skip.

    Links to files are followed, links to folders met on the way are not, so no walk goes round in circles or
    leaves its folder; a file reached twice is taken once. Hidden files are skipped unless named outright. In
    each folder, ``.assistantignore`` may hold names or shell patterns, one a line, that are skipped there and
    below (``#`` starts a comment, a final ``/`` means folders only).

    Args:
        paths: files and folders, as a user names them.

    Raises:
        PathNotFoundError: a path does not exist; nothing is returned then.
    """
    given = list(paths)
    for path in given:
        if not path.exists():
            raise PathNotFoundError(f"There is no file or folder '{path}'. Check the spelling; nothing was changed.")
    found = _Found()
    for path in given:
        if path.is_dir():
            _walk(path.resolve(), found)
        else:
            _take(absolute_path(path), found)
    return Survey(tuple(found.files), tuple(found.skipped), tuple(found.failed))


def _walk(root: Path, found: _Found) -> None:
    waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    while waiting:
        folder, patterns = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            patterns += tuple(_patterns(folder))
        except OSError as error:
            found.failed.append(Skipped(str(folder), f"cannot be listed: {error.strerror}. Check its permissions"))
            continue
        below = []
        for entry in entries:
            path = folder / entry.name
            is_folder = _is_folder(entry)
            if entry.name.startswith("."):
                found.skip(path, "hidden")
            elif any(_matches(entry.name, pattern, is_folder) for pattern in patterns):
                found.skip(path, f"left out by {IGNORE_FILE}")
            elif is_folder and entry.is_symlink():
                found.skip(path, "a link to a folder: give that folder's own path")
            elif is_folder:
                below.append((path, patterns))
            else:
                _take(path, found)
        waiting += reversed(below)


def _take(path: Path, found: _Found) -> None:
    if any(fnmatch.fnmatchcase(path.name.lower(), pattern) for pattern in _TEMPORARY):
        found.skip(path, "temporary")
    elif path.suffix.lower() not in KINDS:
        found.skip(path, f"no supported kind: '{path.suffix or path.name}'")
    elif not _is_file(path):
        found.skip(path, "a link that leads nowhere" if path.is_symlink() else "no regular file")
    elif (real := path.resolve() if path.is_symlink() else path) in found.seen:  # its folder is resolved already
        if found.seen[real] != path:
            found.skip(path, f"the same file as {found.seen[real]}")
    else:
        found.seen[real] = path
        found.files.append(path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or a link to one; a link in a circle, or to what may not be looked at, is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return True  # it may be one: opening it will say why it cannot be read


def _patterns(folder: Path) -> Iterator[str]:
    place = folder / IGNORE_FILE
    if place.is_file():
        for line in place.read_text("utf-8", "replace").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def _matches(name: str, pattern: str, is_folder: bool) -> bool:
    if pattern.endswith("/"):
        return is_folder and fnmatch.fnmatchcase(name, pattern[:-1])
    return fnmatch.fnmatchcase(name, pattern)
