"""What a signed part of S/MIME holds: the signature lies around the text, which is not encrypted (RFC 5652)."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.errors import ReadingError

_SEQUENCE, _CONTEXT_0, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0xA0, 0x04, 0x24
_MAX_DEPTH = 12  # of values in values whose ends have to be looked for


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of BER: its tag, where its content lies, and where the next value starts."""

    tag: int
    start: int
    end: int
    following: int


def signed_content(data: bytes) -> bytes:
    """What was signed: a message of MIME.

    Raises:
        ReadingError: damaged, or without what was signed.
    """
    try:
        content_info = _value(data, 0)
        signed_data = _child(data, _child(data, content_info, _CONTEXT_0), _SEQUENCE)
        encapsulated = _child(data, _child(data, signed_data, _SEQUENCE), _CONTEXT_0)
        octets = next(_children(data, encapsulated))
        if octets.tag == _OCTETS:
            return data[octets.start : octets.end]
        if octets.tag == _OCTETS_IN_PIECES:
            return b"".join(data[piece.start : piece.end] for piece in _children(data, octets))
    except (IndexError, StopIteration):
        pass
    raise ReadingError("damaged: what its signature signs is not in it")


def _child(data: bytes, parent: _Value, tag: int) -> _Value:
    """The first value of a tag in another; raises StopIteration where there is none."""
    return next(value for value in _children(data, parent) if value.tag == tag)


def _children(data: bytes, parent: _Value) -> Iterator[_Value]:
    position = parent.start
    while position < parent.end:
        value = _value(data, position)
        yield value
        position = value.following


def _value(data: bytes, position: int, depth: int = 0) -> _Value:
    """The value that starts at a place; raises IndexError where the data end before it does."""
    tag, length = data[position], data[position + 1]
    start = position + 2
    if length == 0x80:  # its end is marked behind it
        return _value_with_mark(data, tag, start, depth)
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[position + 2 : start], "big")
    if start + length > len(data):
        raise IndexError
    return _Value(tag, start, start + length, start + length)


def _value_with_mark(data: bytes, tag: int, start: int, depth: int) -> _Value:
    if depth > _MAX_DEPTH:
        raise IndexError
    position = start
    while data[position : position + 2] != b"\x00\x00":
        position = _value(data, position, depth + 1).following
    return _Value(tag, start, position, position + 2)
