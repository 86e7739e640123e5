"""Compressed Rich Text, as Outlook keeps it in mails (MS-OXRTFCP)."""

import struct

from assistant.errors import ReadingError

_HEADER = struct.Struct("<IIII")  # bytes that follow the first of these; of the text; how it is packed; a checksum
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4096  # bytes back to which a run may reach
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)  # what the window holds at first


def unpack_rtf(data: bytes, max_bytes: int) -> bytes:
    """The Rich Text.

    Args:
        data: as it is kept.
        max_bytes: the most bytes that it may have.

    Raises:
        ReadingError: damaged, or it unpacks to more than that.
    """
    if len(data) < _HEADER.size:
        raise ReadingError("damaged: its Rich Text is cut off")
    _, size, packing, _ = _HEADER.unpack_from(data)
    if size > max_bytes:
        raise ReadingError("its Rich Text unpacks to more than a file may have")
    if packing == _PLAIN:
        return data[_HEADER.size : _HEADER.size + size]
    if packing != _PACKED:
        raise ReadingError("damaged: its Rich Text is packed in no known way")
    return _unpack(data, size)


def _unpack(data: bytes, size: int) -> bytes:
    text = bytearray(_START)
    position, end = _HEADER.size, len(_START) + size
    while position < len(data) and len(text) < end:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(text) >= end:
                break
            if not flags >> bit & 1:
                text.append(data[position])
                position += 1
                continue
            run = int.from_bytes(data[position : position + 2], "big")
            position += 2
            offset, length = run >> 4, (run & 0xF) + 2
            back = (len(text) - offset) % _WINDOW  # the window is a ring: its offsets start anew every 4096 bytes
            if back == 0:
                return bytes(text[len(_START) :])  # the mark of the end
            for _ in range(length):
                text.append(text[-back] if back <= len(text) else 0x20)
    return bytes(text[len(_START) : end])
