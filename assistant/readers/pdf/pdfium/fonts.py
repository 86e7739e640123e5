"""The fonts of a page: their names and weights, what their characters mean and how wide they are."""

import math
import re
from ctypes import addressof, c_float
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from assistant.readers.docx.symbols import symbol
from assistant.readers.pdf.page import Font
from assistant.readers.pdf.pdfium.calls import calls, name

_SUBSET = re.compile(r"[A-Z]{6}\+")
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|cmssbx|ecbx|sfbx|tcbx|nimbus.*-medi", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|kursiv|cmti|cmmi|ecti|sfti", re.IGNORECASE)
_BOLD_WEIGHT = 600  # of 400 for regular and 700 for bold
_ITALIC_FLAG, _SYMBOLIC_FLAG, _BOLD_FLAG = 0x40, 0x4, 0x40000
_USUAL_ASCENT, _USUAL_DESCENT = 0.8, 0.2  # of the type size
_BLANKS = (9, 10, 13)  # codes: tabulator and ends of lines
_ADOBE_LETTERS = (  # of old fonts: digits with descenders, and small capitals
    {0xF730 + digit: str(digit) for digit in range(10)} | {0xF761 + place: chr(0x41 + place) for place in range(26)}
)
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")

UNKNOWN = "\ufffd"
"""A sign that the file gives no meaning."""


class Shape(NamedTuple):
    """A character of a font."""

    text: str
    lead: float  # by how much its ink begins before it, in ems
    width: float  # in ems, if its ink ends beyond it; else infinite


@dataclass(frozen=True, slots=True)
class PrintedFont:
    """A font of a page.

    Attributes:
        handle: PDFium's.
        font: as layout sees it.
        ascent: how far its lines reach above the baseline, in type sizes.
        descent: how far below.
        shapes: those of the codes met so far.
    """

    handle: int
    font: Font
    ascent: float
    descent: float
    is_symbolic: bool = False
    shapes: dict[int, Shape] = field(default_factory=dict)

    def width(self, code: int) -> float:
        """How wide a character is, in type sizes; 0 where the font doesn't say."""
        width = c_float()
        is_known = calls().glyph_width(self.handle, code, 1000.0, addressof(width))
        return width.value / 1000 if is_known and math.isfinite(width.value) else 0.0

    def meaning(self, code: int) -> str:
        """The text of a character; "" for one that nobody sees."""
        return _meaning(code, self)


def read_font(handle: int, *, is_bold: bool) -> PrintedFont:
    """A font.

    Args:
        handle: PDFium's.
        is_bold: whether it is printed bolder than it is.
    """
    call = calls()
    font_name = _SUBSET.sub("", name(call.font_name, handle))
    flags = max(call.font_flags(handle), 0)
    bold = is_bold or flags & _BOLD_FLAG or call.font_weight(handle) >= _BOLD_WEIGHT or _BOLD.search(font_name)
    italic = flags & _ITALIC_FLAG or _ITALIC.search(font_name)
    ascent, descent = _reach(call.font_ascent, handle), -_reach(call.font_descent, handle)
    return PrintedFont(
        handle,
        Font(font_name, bool(bold), bool(italic)),
        ascent if 0.5 < ascent < 1.1 else _USUAL_ASCENT,
        descent if 0.1 < descent < 0.4 else _USUAL_DESCENT,
        bool(flags & _SYMBOLIC_FLAG),
    )


def _reach(call: Any, handle: int) -> float:
    reach = c_float()
    is_known = call(handle, 1000.0, addressof(reach))
    return reach.value / 1000 if is_known and math.isfinite(reach.value) else 0.0


def _meaning(code: int, font: PrintedFont) -> str:
    """The text of a character as a font prints it; "" for one that nobody sees."""
    if code in _BLANKS:
        return " "
    if code == 0xAD:
        return "-"  # a soft hyphen that is printed is seen
    if code < 0x20 or 0x7F <= code < 0xA0 or code >= 0x110000 or 0xFFF0 <= code <= 0xFFFF:
        return UNKNOWN
    if 0xE000 <= code < 0xF900:
        return _ADOBE_LETTERS.get(code) or symbol(_symbol_font(font.font.name), code) or UNKNOWN
    text = chr(code)
    return "" if _UNSEEN.match(text) else text


def _symbol_font(font_name: str) -> str:
    """The name by which symbols know a font.

    >>> _symbol_font("SymbolMT"), _symbol_font("Wingdings2"), _symbol_font("Wingdings-Regular")
    ('Symbol', 'Wingdings 2', 'Wingdings')
    """
    return re.sub(r"(?<=[a-z])(?=\d$)", " ", re.sub(r"[-,].*|(PS)?MT$", "", font_name))
