"""The files in archives and mails, unpacked within limits: each of them is a document of its own."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.discovery import reason_to_skip
from assistant.readers.registry import FileKind, file_kind
from assistant.readers.vendors import list_inner_files
from assistant.types import Skipped

_MAX_FILES = 1_000  # in an archive
_MAX_ATTACHED_FILES = 10_000  # to a mail, or to all mails of a mailbox
_MAX_UNPACKED = 4  # times the size that a file may have
_MAX_FOLDERS = 2  # archives in one another
_MAX_DEPTH = 4  # archives and mails in one another
_MAX_NAME_CHARS = 400
_DRIVE = re.compile(r"[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Member:
    """A file that came in another one."""

    name: str  # its path there, with slashes; harmless, and no other one's
    content: bytes


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What is in a file: the sources of what is left out are paths in it, as the names of members; "." is itself."""

    members: tuple[Member, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[Skipped, ...] = ()


def unpack(data: bytes, file_name: str, max_bytes: int) -> Unpacked:
    """Unpacks all files of supported kinds from an archive or a mail, and from those in it.

    Args:
        data: the archive or mail.
        file_name: its name; the suffix tells its kind.
        max_bytes: the most bytes that each file in it may have; all of them together may have four times as many.

    Raises:
        ReadingError: it is damaged or encrypted, or holds too much.
    """
    kind = file_kind(file_name)
    if kind is None:
        return Unpacked()
    unpacker = _Unpacker(max_bytes, _MAX_FILES if kind.is_folder else _MAX_ATTACHED_FILES)
    try:
        unpacker.add_files(kind, data, PurePosixPath(), 1, int(kind.is_folder))
    except _TooMuchError as error:
        advice = "Unpack it, and index the folder" if kind.is_folder else "Save these files in a folder, and index that"
        raise ReadingError(f"{error}. {advice}") from None
    return Unpacked(tuple(unpacker.members), tuple(unpacker.skipped), tuple(unpacker.failed))


class _TooMuchError(Exception):
    """All of it together is more than may be."""


class _Unpacker:
    """Collects the files in a file."""

    def __init__(self, max_bytes: int, max_files: int) -> None:
        self.members: list[Member] = []
        self.skipped: list[Skipped] = []
        self.failed: list[Skipped] = []
        self._max_bytes, self._bytes_left = max_bytes, _MAX_UNPACKED * max_bytes
        self._max_files, self._file_count = max_files, 0
        self._counts: dict[PurePosixPath, int] = {}  # of the files that would have had each name

    def add_files(self, kind: FileKind, data: bytes, folder: PurePosixPath, depth: int, folder_depth: int) -> None:
        """Adds the files in an archive or mail.

        Args:
            kind: of the archive or mail.
            data: its bytes.
            folder: its own name, which those of its files begin with.
            depth: in how many archives and mails its files are, itself counted.
            folder_depth: in how many archives they are.
        """
        files = list_inner_files(kind, data)
        if kind.is_folder and not files:
            self.skipped.append(Skipped(str(folder), "an archive without files"))
        for inner in files:
            self._file_count += 1
            if self._file_count > self._max_files:
                raise _TooMuchError(f"holds more than {self._max_files:,} files")
            own_name = _safe_name(inner.name)
            if reason := inner.skip_reason or _reason_to_skip(inner.name, own_name):
                self.skipped.append(Skipped(str(folder / own_name), reason))
                continue
            name = self._unused(folder / own_name)
            try:
                self._add_file(inner, name, depth, folder_depth)
            except ReadingError as error:
                self.failed.append(Skipped(str(name), str(error)))

    def _add_file(self, inner: InnerFile, name: PurePosixPath, depth: int, folder_depth: int) -> None:
        kind = file_kind(name.name)
        assert kind is not None  # one of no kind is skipped
        folder_depth += kind.is_folder
        if kind.is_folder and (folder_depth > _MAX_FOLDERS or depth >= _MAX_DEPTH):
            raise ReadingError(f"an archive in {_MAX_FOLDERS} others. Unpack them, and index the folder")
        content = inner.load(min(self._max_bytes, self._bytes_left) + 1)
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise _TooMuchError("unpacks to far more than a file may have (a zip bomb?)")
        if len(content) > self._max_bytes:
            raise ReadingError(f"too large: the limit is {self._max_bytes / 1e6:.1f} MB. Split it")
        if kind.holds_files and depth < _MAX_DEPTH:
            self.add_files(kind, content, name, depth + 1, folder_depth)
        if not kind.is_folder:
            self.members.append(Member(str(name), content))

    def _unused(self, name: PurePosixPath) -> PurePosixPath:
        """The name, with a number where another file has it already."""
        unused = name
        while unused in self._counts:
            self._counts[name] += 1
            unused = name.with_name(f"{name.stem} ({self._counts[name]}){name.suffix}")
        self._counts[unused] = 1
        return unused


def _safe_name(name: str) -> PurePosixPath:
    """A name in which nothing leads anywhere, and nothing is invisible."""
    printable = "".join("_" if unicodedata.category(char).startswith("C") else char for char in _normal_form(name))
    parts = [part.strip() for part in printable.split("/")]
    return PurePosixPath(*[part for part in parts if part not in {"", ".", ".."}] or ["unnamed"])


def _reason_to_skip(given_name: str, name: PurePosixPath) -> str:
    """Why a file in another one is no document; empty where it may be one."""
    normal = _normal_form(given_name)
    if normal.startswith("/") or _DRIVE.match(normal) or ".." in normal.split("/"):
        return "its name leads out of the file that it is in"
    if len(str(name)) > _MAX_NAME_CHARS:
        return f"its name has more than {_MAX_NAME_CHARS} characters"
    if any(part.startswith(".") or part == "__MACOSX" for part in name.parts):
        return "hidden"
    return reason_to_skip(name) or ""


def _normal_form(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\\", "/")
