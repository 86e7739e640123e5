"""The tokens of Rich Text: groups, control words with their numbers, characters."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\([a-zA-Z]+)(-?[0-9]+)? ?"  # a control word
    rb"|\\'([0-9a-fA-F]{2})"  # a byte in hexadecimal digits
    rb"|\\([^a-zA-Z])"  # a control sign
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
    rb"|[\r\n]+|\\",
)
_MAX_DIGITS = 10
_MAX_WORD_CHARS = 32


class RtfToken(NamedTuple):
    """A token.

    Attributes:
        kind: "word" and "sign" are controls.
        name: of a control.
        number: behind a control word; None where there is none.
        data: bytes of characters.
    """

    kind: Literal["open", "close", "word", "sign", "byte", "bytes"]
    name: str = ""
    number: int | None = None
    data: bytes = b""


_OPEN, _CLOSE = RtfToken("open"), RtfToken("close")


def rtf_tokens(data: bytes) -> Iterator[RtfToken]:
    r"""The tokens of a file, in order; the bytes of ``\bin`` are passed over.

    >>> [token.name or token.data for token in rtf_tokens(rb"{\b1 Oak\'e9}")]
    [b'', 'b', b'Oak', b'\xe9', b'']
    """
    place = 0
    while place < len(data):
        match = _TOKEN.match(data, place)
        assert match  # the pattern matches at any place
        place = match.end()
        word, digits, hexadecimal, sign, brace, characters = match.groups()
        if characters:
            yield RtfToken("bytes", data=characters)
        elif word:
            number = _number(digits)
            name = word[:_MAX_WORD_CHARS].decode("ascii")
            if name == "bin":
                place += max(number or 0, 0)
            yield RtfToken("word", name, number)
        elif hexadecimal:
            yield RtfToken("byte", data=bytes.fromhex(hexadecimal.decode("ascii")))
        elif brace:
            yield _OPEN if brace == b"{" else _CLOSE
        elif sign:
            yield RtfToken("sign", sign.decode("latin-1"))


def _number(digits: bytes | None) -> int | None:
    if digits is None:
        return None
    limit = 10**_MAX_DIGITS
    return int(digits) if len(digits) <= _MAX_DIGITS else -limit if digits.startswith(b"-") else limit
