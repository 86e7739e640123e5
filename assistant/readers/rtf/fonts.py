"""How bytes become characters in Rich Text: code pages, fonts and their character sets."""

import codecs
from typing import NamedTuple

from assistant.readers.docx.symbols import symbol

_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 78: "shift_jis", 79: "euc_kr", 80: "gb2312", 81: "big5", 128: "cp932", 129: "cp949",
    130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_SYMBOL_CHARSET = 2
_CODE_PAGES = {10000: "mac_roman", 10007: "mac_cyrillic", 65001: "utf-8", 936: "gbk", 1361: "johab"}
DEFAULT_ENCODING = "cp1252"


class RtfFont(NamedTuple):
    """A font.

    Attributes:
        name: its name.
        encoding: of its bytes; empty where the document's holds.
        is_symbol: whether it has signs in the places of letters.
    """

    name: str = ""
    encoding: str = ""
    is_symbol: bool = False


def page_encoding(number: int | None) -> str:
    """The encoding that a code page stands for; the usual one where it isn't known."""
    name = _CODE_PAGES.get(number or 0, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return DEFAULT_ENCODING
    return name


def charset_font(number: int | None) -> RtfFont:
    """A font, still without a name, with this character set."""
    return RtfFont("", _CHARSETS.get(number if number is not None else 1, ""), number == _SYMBOL_CHARSET)


def decode_bytes(data: bytes, font: RtfFont, encoding: str) -> str:
    r"""The characters that bytes stand for in a font; of a font of signs, those that are known.

    >>> decode_bytes(b"\xb3", RtfFont("Symbol", is_symbol=True), "cp1252")
    '≥'
    """
    if font.is_symbol:
        return "".join(symbol(font.name, byte) if byte > 0x20 else " " for byte in data)
    return data.decode(font.encoding or encoding, "replace")
