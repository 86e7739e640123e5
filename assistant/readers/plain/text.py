"""Plain text: the file decoded, nothing else changed. Every reader of a text format decodes with `decode_text`."""

import codecs
import re

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.plain.encodings import guess_encoding, guess_unicode

# The longer marks first: UTF-32's little-endian mark starts with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_CHARS = 200_000  # in which controls are counted
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHARS_PER_CONTROL = 200  # a text has at most one control character in so many, and one more: a bell, an end of file
_JAPANESE_ESCAPE = b"\x1b$"  # ISO 2022 is all ASCII characters, and yet no ASCII text
_MAX_TITLE_LINE_CHARS = 80
_NOT_TEXT = "not text: the content is binary. Give the file the ending of its real kind"


def read_text(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.txt`` file; its first line is the title where it stands alone like one.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    return ExtractedDocument(text, _title_line(text), notes=notes)


def decode_text(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Decodes bytes to text with line feeds as line ends and no byte-order mark.

    A byte-order mark decides; then the encoding that the file declares, UTF-8, UTF-16 and UTF-32 without a mark, and
    at last a guess at an older encoding.

    Args:
        data: the bytes.
        declared: the encoding that the file names, where it names one.

    Returns:
        The text, and a note where its encoding is a guess.

    Raises:
        ReadingError: the bytes are no text in any encoding.
    """
    text, guessed_encoding = _decode(data, declared)
    if _is_binary(text):
        raise ReadingError(_NOT_TEXT)
    notes = (f"not in UTF-8: read as {guessed_encoding}, a guess from its bytes",) if guessed_encoding else ()
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decode(data: bytes, declared: str | None) -> tuple[str, str | None]:
    """The text, and the name of its encoding where that is a guess."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), None
            except UnicodeDecodeError:
                raise ReadingError(f"damaged: starts as {encoding} text but does not go on so") from None
    for encoding in () if _JAPANESE_ESCAPE in data else filter(None, (declared, "utf-8")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if not _is_binary(text):
            return text, None
    guess = guess_unicode(data) if b"\x00" in data else guess_encoding(data)
    if guess is None:
        raise ReadingError(_NOT_TEXT)
    return data.decode(guess, "replace"), guess


def _is_binary(text: str) -> bool:
    """Whether what was decoded is no text: it has zeros, or many other control characters."""
    sample = text[:_SAMPLE_CHARS]
    return "\x00" in text or len(_CONTROLS.findall(sample)) > 1 + len(sample) // _CHARS_PER_CONTROL


def _title_line(text: str) -> str:
    """The first line where it looks like a title and more text follows; else ""."""
    first, _, rest = text.lstrip().partition("\n")
    line = collapse_whitespace(first)
    is_short = len(line) <= _MAX_TITLE_LINE_CHARS
    stands_alone = rest.strip() and is_short and not line.endswith((".", "!", "?", ":", ";", ","))
    return line if stands_alone and line[:1].isalnum() and not line[:1].islower() else ""
