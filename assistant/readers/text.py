"""Plain text: the file decoded, nothing else changed. Every reader of a text format decodes with `decode_text`."""

import codecs
import re

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument, collapse_whitespace

# The longer marks first: UTF-32's little-endian mark starts with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_SIZE = 200_000  # bytes at which the guess at an encoding looks; characters in which controls are counted
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHARS_PER_CONTROL = 200  # a text has at most one control character in so many
# The letters beyond ASCII of the languages that each Windows encoding was made for.
_ALPHABETS = {
    "cp1252": ("àâæçèéêëîïôœùûüÿ", "äöüß", "áéíñóúü", "àèéìíîòóùú", "àáâãçéêíóôõúü", "åäöæøé", "áðéíóúýþæö"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1254": ("çğ\u0131iöşüâîû\u0307",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}
_SIGNS = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014…«»\u2039\u203a•€£¥¢§©®™°±·¿¡\u00a0ªº²³½¼\u00d7")
_MIN_ALPHABET_SHARE = 0.5  # of the letters beyond ASCII that must be those of one language
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

    A byte-order mark decides; then the encoding that the file declares, UTF-8, and at last charset-normalizer's
    guess.

    Args:
        data: the bytes.
        declared: the encoding that the file names, where it names one.

    Returns:
        The text, and a note where its encoding is a guess.

    Raises:
        ReadingError: the bytes are no text in any encoding.
    """
    text, guessed_encoding = _decode(data, declared)
    sample = text[:_SAMPLE_SIZE]
    if "\x00" in text or len(_CONTROLS.findall(sample)) > len(sample) // _CHARS_PER_CONTROL:
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
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return data.decode(encoding), None
        except (UnicodeDecodeError, LookupError):
            continue
    if b"\x00" in data[:_SAMPLE_SIZE]:
        raise ReadingError(_NOT_TEXT)
    guess = _guess_encoding(data)
    return data.decode(guess, "replace"), guess


def _guess_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Cut at a line end, so that no character of several bytes is cut.
    sample = data if len(data) <= _SAMPLE_SIZE else data[: data.rfind(b"\n", 0, _SAMPLE_SIZE) + 1 or _SAMPLE_SIZE]
    best = from_bytes(sample).best()
    if best is None:
        raise ReadingError(_NOT_TEXT)
    if any(char.isalpha() and char > "\u024f" for char in str(best)):
        return best.encoding
    return _guess_latin_encoding(sample) or best.encoding


def _guess_latin_encoding(sample: bytes) -> str | None:
    """The Windows encoding under which a Latin text's accented letters are most nearly those of one language.

    charset-normalizer 3.5 took French, Spanish and an English text with one German name for Baltic or
    Central European ones, whose letters are as plausible one by one.
    """
    scores: dict[str, float] = {}
    for encoding, alphabets in _ALPHABETS.items():
        try:
            letters = [char for char in sample.decode(encoding).lower() if char > "\x7f" and char not in _SIGNS]
        except UnicodeDecodeError:
            continue
        shares = [sum(char in alphabet for char in letters) / len(letters) for alphabet in alphabets if letters]
        scores[encoding] = max(shares, default=1.0)
    best = max(scores, key=scores.__getitem__, default=None)  # the first of equals: Western Europe
    return best if best and scores[best] > _MIN_ALPHABET_SHARE else None


def _title_line(text: str) -> str:
    """The first line where it looks like a title and more text follows; else ""."""
    first, _, rest = text.lstrip().partition("\n")
    line = collapse_whitespace(first)
    is_short = len(line) <= _MAX_TITLE_LINE_CHARS
    stands_alone = rest.strip() and is_short and not line.endswith((".", "!", "?", ":", ";", ","))
    return line if stands_alone and line[:1].isalnum() and not line[:1].islower() else ""
