"""Office files before 2007: what they are, and the parts in them that are not for parsers.

Each is a small file system (OLE): a directory of entries of 128 bytes, each with a name in UTF-16 and its length.
"""

import re
import struct

from assistant.errors import ReadingError

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_2_SIGNATURE = b"\xdb\xa5-\x00"  # of Word before 6
_SECTOR_SIZE_AT, _TABLE_AT, _HEADER_SIZE = 30, 76, 512
_MAX_SECTOR_BITS = 12
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY_SIZE = 128
_NAME_SIZE = 64  # of an entry, behind which the length of the name stands
_ENCRYPTED = "EncryptedPackage"
_STREAM_KINDS = {
    _ENCRYPTED: "encrypted",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "Book": "xls",
    "__properties_version1.0": "msg",
}
_BEFORE_97, _DUAL_STORAGE = ("PP40", "PersistentStorage Directory"), "PP97_DUALSTORAGE"  # of PowerPoint
_PICTURE_STREAMS = ("Pictures", "Data")  # in which pictures are packed, some of which unpack to any size
# How the records of pictures begin: EMF, WMF, PICT, JPEG, PNG, DIB and TIFF.
_PICTURE_RECORD = re.compile(
    rb"[\x40\x50]\x3d\x1a\xf0|[\x60\x70]\x21\x1b\xf0|[\x20\x30]\x54\x1c\xf0|[\xa0\xb0]\x46\x1d\xf0|[\x20\x30]\x6e\x1d\xf0"
    rb"|[\x00\x10]\x6e\x1e\xf0|[\x80\x90]\x7a\x1f\xf0|[\x40\x50]\x6e\x29\xf0|[\xa0\xb0]\x46\x2a\xf0"
)
_EMBEDDED_IN_WORD = re.compile(rb"_\x00(?:[0-9]\x00){8,10}\x00\x00")
_EMBEDDED_IN_SLIDES = b"\x0f\x00\xcc\x0f"
_OTHER_KINDS = (
    (re.compile(rb"\{\\rtf"), "rtf"),
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body)\b"), "html"),
    (re.compile(rb"(?i)(?:mime-version|content-type|from|message-id):"), "mht"),
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def check_ole(data: bytes, kind: str) -> None:
    """Raises ReadingError where a file is encrypted or of another kind.

    Args:
        data: the file.
        kind: ``doc``, ``ppt``, ``xls`` or ``msg``.
    """
    if kind == "doc" and data.startswith(_WORD_2_SIGNATURE):
        return
    if not data.startswith(OLE_SIGNATURE):
        real_kind = text_kind(data)
        advice = f"it is a .{real_kind} file; give it that ending" if real_kind else "no Office before 2007 saved it"
        raise ReadingError(f"not a real .{kind} file: {advice}")
    real_kind = ole_kind(data)
    if real_kind == "encrypted":
        raise ReadingError("encrypted: it needs a password. Save a copy without one")
    if real_kind != kind and real_kind:
        raise ReadingError(f"not a real .{kind} file: it is a .{real_kind} file; give it that ending")
    if (
        kind == "ppt"
        and _find_entry(data, _DUAL_STORAGE) < 0
        and any(_find_entry(data, one) >= 0 for one in _BEFORE_97)
    ):
        raise ReadingError("a file of PowerPoint before 97, which has another layout. Save it as .pptx")
    if _is_cut_off(data):
        raise ReadingError(f"damaged or not a real .{kind} file: a part of it is missing")


def text_kind(data: bytes) -> str:
    """The kind of a file by how it begins, as text does; "" where that does not tell."""
    start = data[:1000].removeprefix(_BYTE_ORDER_MARK).lstrip()
    return next((name for pattern, name in _OTHER_KINDS if pattern.match(start)), "")


def ole_kind(data: bytes) -> str:
    """The kind of an OLE file by the first of its streams that tells, or "encrypted"; "" where none does."""
    places = {kind: _find_entry(data, name) for name, kind in reversed(_STREAM_KINDS.items())}
    present = {kind: place for kind, place in places.items() if place >= 0}
    if "encrypted" in present or (not present and _ENCRYPTED.encode("utf-16-le") in data):
        return "encrypted"
    return min(present, key=lambda kind: present[kind], default="")


def without_pictures(data: bytes) -> bytes:
    """The file with its streams of pictures renamed, so that no parser unpacks them."""
    renamed = bytearray(data)
    for name in _PICTURE_STREAMS:
        place = -1
        while (place := _find_entry(renamed, name, place + 1)) >= 0:
            renamed[place] = ord("~")
    return bytes(renamed)


def count_pictures(data: bytes) -> int:
    """How many pictures a file of Word or PowerPoint holds."""
    return len(_PICTURE_RECORD.findall(data))


def count_embedded(data: bytes, kind: str) -> int:
    """How many objects of other programs a file of Word or PowerPoint holds."""
    if kind == "ppt":
        return data.count(_EMBEDDED_IN_SLIDES)
    return sum(not match.start() % _ENTRY_SIZE for match in _EMBEDDED_IN_WORD.finditer(data))


def _is_cut_off(data: bytes) -> bool:
    """Whether the file ends before a sector with which, by its table of sectors, something goes on."""
    size = 1 << min(int.from_bytes(data[_SECTOR_SIZE_AT : _SECTOR_SIZE_AT + 2], "little"), _MAX_SECTOR_BITS)
    sectors = struct.unpack("<109I", data[_TABLE_AT:_HEADER_SIZE].ljust(_HEADER_SIZE - _TABLE_AT, b"\xff"))
    for sector in sectors:
        start = (sector + 1) * size
        page = data[start : start + size]
        page = page[: len(page) // 4 * 4]
        following = [number for number in struct.unpack(f"<{len(page) // 4}I", page) if number <= _LAST_SECTOR]
        if following and len(data) <= (max(following) + 1) * size:
            return True
    return False


def _find_entry(data: bytes | bytearray, name: str, start: int = 0) -> int:
    """Where the next entry with a name stands in a file; -1 where there is none."""
    pattern = f"{name}\0".encode("utf-16-le")
    length = len(pattern).to_bytes(2, "little")
    place = data.find(pattern, start)
    while place >= 0 and (place % _ENTRY_SIZE or data[place + _NAME_SIZE : place + _NAME_SIZE + 2] != length):
        place = data.find(pattern, place + 1)
    return place
