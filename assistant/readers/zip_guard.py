"""Zip files from strangers: opened only when what they unpack to is bounded."""

import io
import zipfile
import zlib

from assistant.errors import ReadingError

# What each kind must hold. python-docx, python-pptx and openpyxl would say so less clearly.
_HOLDS = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/", "epub": "META-INF/container.xml"}
_TREES = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office files before 2007, and of encrypted ones


_DEFLATE = 1032  # bytes that one compressed byte becomes at most
_PIECE = 1 << 20  # bytes unpacked at a time


def open_archive(data: bytes, kind: str, limit: int) -> zipfile.ZipFile:
    """Opens a zip-based file after checking what it is and how large it unpacks.

    Args:
        data: the file.
        kind: ``docx``, ``pptx``, ``xlsx`` or ``epub``.
        limit: bytes a file may have; it may unpack to 20 times this, its XML, which is parsed as a tree
            that takes some ten times its size in memory, to 4 times.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadingError("encrypted: it needs a password. Save a copy without one")
        raise ReadingError(f"an Office file of the kind before 2007. Save it as .{kind}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ReadingError(f"damaged or not a real .{kind} file: it cannot be unpacked") from None
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadingError("encrypted: it needs a password. Save a copy without one")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise ReadingError(f"not a real .{kind} file: its parts are compressed as those of none are")
    trees = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_TREES))
    if sum(entry.file_size for entry in entries) > 20 * limit or trees > 4 * limit:
        raise ReadingError("unpacks to far more than a file may have (a zip bomb?). Split it into smaller files")
    if sum(entry.compress_size for entry in entries) * _DEFLATE > limit:
        _check_sizes(archive, kind)
    names = archive.namelist()
    if not any(name.startswith(_HOLDS[kind]) for name in names):
        real = [other for other, mark in _HOLDS.items() if any(name.startswith(mark) for name in names)]
        advice = f"it is a .{real[0]} file; give it that ending" if real else "it is some other zip file"
        raise ReadingError(f"not a real .{kind} file: {advice}")
    return archive


def _check_sizes(archive: zipfile.ZipFile, kind: str) -> None:
    """Unpacks every member in pieces: one that is larger than it declares ends there, not in memory as a whole."""
    for entry in archive.infolist():
        try:
            with archive.open(entry) as member:
                while member.read(_PIECE):
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise ReadingError(f"damaged or not a real .{kind} file: it cannot be unpacked") from None
