"""Zip archives: a folder of files, each of which is a document of its own."""

import io
import stat
import zipfile
from collections.abc import Iterator
from functools import partial

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.extract import ExtractedDocument

MAX_ENTRIES = 20_000  # folders too, of an archive that is looked into
_ENCRYPTED = "encrypted: it needs a password. Unpack it, and index the folder"
_DAMAGED = "damaged or not a real .zip file: it cannot be unpacked"
_UTF8_FLAG = 0x800  # says that a name is in UTF-8
_PIECE_SIZE = 1 << 20  # bytes unpacked at a time


def read_zip(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads nothing, for an archive has no text of its own.

    Raises:
        ReadingError: always.
    """
    raise ReadingError("a folder of files, each a document of its own: add it as a file, or unpack it")


def zip_files(data: bytes) -> Iterator[InnerFile]:
    """The files in an archive, in its own order.

    Raises:
        ReadingError: it is damaged, encrypted, or has too many entries.
    """
    if _entry_count(data) > MAX_ENTRIES:
        raise ReadingError(f"holds more than {MAX_ENTRIES} files and folders. Unpack it, and index the folder")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise ReadingError(_DAMAGED) from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if entries and all(entry.flag_bits & 1 for entry in entries):
        raise ReadingError(_ENCRYPTED)
    for entry in entries:
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        yield InnerFile(_name(entry), partial(_load, archive, entry), "a link in the archive" if is_link else "")


def _entry_count(data: bytes) -> int:
    """How many entries an archive has at most, by the marks before each, without reading them all into memory."""
    return data.count(b"PK\x01\x02")


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; programs write UTF-8 also where they don't say so."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


def _load(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, max_bytes: int) -> bytes:
    if entry.flag_bits & 1:
        raise ReadingError(_ENCRYPTED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others unpack without bounds
        raise ReadingError("packed in a way that is not read. Unpack it, and index the folder")
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(entry) as file:
            while size < max_bytes and (piece := file.read(min(_PIECE_SIZE, max_bytes - size))):
                pieces.append(piece)
                size += len(piece)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 — zipfile raises anything on a damaged archive
        raise ReadingError("damaged: it cannot be unpacked") from None
    return b"".join(pieces)
