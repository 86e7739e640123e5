"""Plain text and Markdown: the file decoded, nothing else changed."""

import codecs
import re
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument, collapse_whitespace, first_heading, own_title, parse_date

# The longer marks first: UTF-32's little-endian mark starts with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 200_000  # bytes: what the guess at an encoding looks at
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,8000}?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_BRACKETS = 200  # in front matter: thousands, one in another, take YAML seconds, and merges ("<<") 2ⁿ steps for n lines
_SETEXT = re.compile(r"([^\n]+)\n=+[ \t]*(?:\n|$)")
# The letters beyond ASCII of the languages that each encoding was made for.
_ALPHABETS = {
    "cp1252": ("àâæçèéêëîïôœùûüÿ", "äöüß", "áéíñóúü", "àèéìíîòóùú", "àáâãçéêíóôõúü", "åäöæøé", "áðéíóúýþæö"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1254": ("çğ\u0131iöşüâîû\u0307",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}
_SIGNS = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014…«»\u2039\u203a•€£¥¢§©®™°±·¿¡\u00a0ªº²³½¼\u00d7")
_NOT_TEXT = "not text: the content is binary. Give the file the ending of its real kind"


def read_text(data: bytes, limit: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.txt`` file; its first line is the title where it stands alone like one."""
    text, notes = decode_text(data)
    return ExtractedDocument(text, _title_line(text), notes=notes)


def read_markdown(data: bytes, limit: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.md`` file; title, date and address from its front matter, else the first heading."""
    text, notes = decode_text(data)
    matter = _front_matter(text)
    url = next((matter[key] for key in ("url", "canonical_url", "source") if key in matter), None)
    setext = _SETEXT.match(text.lstrip())
    return ExtractedDocument(
        text,
        own_title(matter.get("title")) or (collapse_whitespace(setext[1]) if setext else "") or first_heading(text),
        parse_date(matter.get("date")),
        url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        notes=notes,
    )


def decode_text(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Bytes to text with line feeds as line ends and no byte-order mark.

    A byte-order mark decides; then the encoding that the file declares, UTF-8, and at last
    charset-normalizer's guess, which is told in a note.

    Raises:
        ReadingError: the bytes are no text in any encoding.
    """
    text, guessed = _decoded(data, declared)
    if "\x00" in text or len(_CONTROLS.findall(text[:_SAMPLE])) > len(text[:_SAMPLE]) // 200:
        raise ReadingError(_NOT_TEXT)
    notes = (f"not in UTF-8: read as {guessed}, a guess from its bytes",) if guessed else ()
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(data: bytes, declared: str | None) -> tuple[str, str | None]:
    for mark, encoding in _MARKS:
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
    if b"\x00" in data[:_SAMPLE]:
        raise ReadingError(_NOT_TEXT)
    guess = _guess(data)
    return data.decode(guess, "replace"), guess


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Cut at a line end, so that no character of several bytes is cut.
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    best = from_bytes(sample).best()
    if best is None:
        raise ReadingError(_NOT_TEXT)
    if any(char.isalpha() and char > "\u024f" for char in str(best)):
        return best.encoding
    return _latin(sample) or best.encoding


def _latin(sample: bytes) -> str | None:
    """The Windows encoding under which a Latin text's accents are most nearly those of one language.

    charset-normalizer 3.5 took French, Spanish and an English text with one German name for Baltic or
    Central European ones, whose letters are as plausible one by one.
    """
    scores: dict[str, float] = {}
    for encoding, alphabets in _ALPHABETS.items():
        try:
            marked = [char for char in sample.decode(encoding).lower() if char > "\x7f" and char not in _SIGNS]
        except UnicodeDecodeError:
            continue
        shares = [sum(char in alphabet for char in marked) / len(marked) for alphabet in alphabets if marked]
        scores[encoding] = max(shares, default=1.0)
    best = max(scores, key=scores.__getitem__, default=None)  # the first of equals: Western Europe
    return best if best and scores[best] > 0.5 else None


def _front_matter(text: str) -> dict[Any, Any]:
    found = _FRONT_MATTER.match(text)
    if not found or "<<" in found[1] or sum(map(found[1].count, "[{")) > _BRACKETS:
        return {}
    import yaml

    try:
        matter = yaml.safe_load(found[1])
    except Exception:  # noqa: BLE001 — a value that does not fit its tag, or a date like 2024-13-45, raises anything
        return {}
    return matter if isinstance(matter, dict) else {}


def _title_line(text: str) -> str:
    first, _, rest = text.lstrip().partition("\n")
    line = collapse_whitespace(first)
    stands_alone = rest.strip() and len(line) <= 80 and not line.endswith((".", "!", "?", ":", ";", ","))
    return line if stands_alone and line[:1].isalnum() and not line[:1].islower() else ""
