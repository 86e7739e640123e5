"""The zip guard: zip files from strangers are opened only when what they unpack to is bounded."""

import io
import re
import zipfile
import zlib

from assistant.errors import ReadingError
from assistant.readers.old_office.ole_guard import OLE_SIGNATURE, check_ole, text_kind

# How a member's name begins that each kind must have.
_REQUIRED_MEMBERS = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/", "epub": "META-INF/container.xml"}
_TREE_SUFFIXES = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")  # of members that are parsed as trees
_OPENDOCUMENT = re.compile(rb"\s*application/vnd\.oasis\.opendocument\.([a-z]+)")  # what the member "mimetype" says
_OPENDOCUMENT_KINDS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_MAX_MIME_TYPE_BYTES = 200
_ZIP_SIGNATURE = b"PK\x03\x04"
_MAX_UNPACKED = 20  # times the size that a file may have
_MAX_UNPACKED_TREES = 4  # times that size; a tree takes some ten times the memory of its XML
_MAX_DEFLATE_RATIO = 1032  # bytes that one compressed byte becomes at most
_PIECE_SIZE = 1 << 20  # bytes unpacked at a time


def open_zip(data: bytes, kind: str, max_bytes: int) -> zipfile.ZipFile:
    """Opens a zip-based file after checking what it is and how large it unpacks.

    Args:
        data: the file.
        kind: ``docx``, ``pptx``, ``xlsx``, ``epub``, ``odt``, ``ods`` or ``odp``.
        max_bytes: the most bytes a file may have; it may unpack to 20 times this, its XML, which is parsed as a
            tree that takes some ten times its size in memory, to 4 times.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    if data.startswith(OLE_SIGNATURE):
        check_ole(data, kind)
        raise ReadingError(f"an Office file of the kind before 2007. Save it as .{kind}")
    try:
        zip_file = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ReadingError(f"damaged or not a real .{kind} file: it cannot be unpacked") from None
    members = zip_file.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise ReadingError("encrypted: it needs a password. Save a copy without one")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise ReadingError(f"not a real .{kind} file: its parts are compressed as those of none are")
    tree_size = sum(member.file_size for member in members if member.filename.lower().endswith(_TREE_SUFFIXES))
    unpacked_size = sum(member.file_size for member in members)
    if unpacked_size > _MAX_UNPACKED * max_bytes or tree_size > _MAX_UNPACKED_TREES * max_bytes:
        raise ReadingError("unpacks to far more than a file may have (a zip bomb?). Split it into smaller files")
    if sum(member.compress_size for member in members) * _MAX_DEFLATE_RATIO > max_bytes:
        _check_declared_sizes(zip_file, kind)
    _check_kind(zip_file, kind)
    return zip_file


def check_not_zip(data: bytes, kind: str, max_bytes: int) -> None:
    """Raises ReadingError, which says of which kind it is, where a file of a kind before 2007 is a zip file."""
    if data.startswith(_ZIP_SIGNATURE):
        open_zip(data, kind, max_bytes).close()


def check_no_other_kind(data: bytes, kind: str, max_bytes: int) -> None:
    """Raises ReadingError, which says of which kind it is, where a file begins as one of another kind."""
    check_not_zip(data, kind, max_bytes)
    if data.startswith(OLE_SIGNATURE):
        check_ole(data, kind)
    elif real_kind := text_kind(data):
        raise ReadingError(f"not a real .{kind} file: it is a .{real_kind} file; give it that ending")


def _check_declared_sizes(zip_file: zipfile.ZipFile, kind: str) -> None:
    """Unpacks every member in pieces: one that is larger than it declares ends there, not in memory as a whole."""
    for entry in zip_file.infolist():
        try:
            with zip_file.open(entry) as member:
                while member.read(_PIECE_SIZE):
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise ReadingError(f"damaged or not a real .{kind} file: it cannot be unpacked") from None


def _check_kind(zip_file: zipfile.ZipFile, kind: str) -> None:
    """Raises ReadingError where the members are not those of this kind."""
    names = zip_file.namelist()
    real_kinds = [
        real_kind
        for real_kind, required in _REQUIRED_MEMBERS.items()
        if any(name.startswith(required) for name in names)
    ]
    real_kinds += filter(None, [_opendocument_kind(zip_file)])
    is_unnamed_opendocument = kind in _OPENDOCUMENT_KINDS.values() and not real_kinds and "content.xml" in names
    if kind in real_kinds or is_unnamed_opendocument:
        return
    advice = f"it is a .{real_kinds[0]} file; give it that ending" if real_kinds else "it is some other zip file"
    raise ReadingError(f"not a real .{kind} file: {advice}")


def _opendocument_kind(zip_file: zipfile.ZipFile) -> str | None:
    """The kind of an OpenDocument file, templates counted with documents; None for other files."""
    try:
        with zip_file.open("mimetype") as member:
            mime_type = _OPENDOCUMENT.match(member.read(_MAX_MIME_TYPE_BYTES))
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return None
    return _OPENDOCUMENT_KINDS.get(mime_type[1]) if mime_type else None
