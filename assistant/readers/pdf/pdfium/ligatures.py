"""Ligatures that a file gives no meaning or that of an arrow, as in "e↵orts": some programs do so.

A font names its glyphs, too, and PDFium finds the signs of ligatures by these names. So the ligature is the one that
reaches as far as what is printed, and whose outline is that of the character without meaning.
"""

from assistant.readers.pdf.pdfium.calls import calls, float_each
from assistant.readers.pdf.pdfium.fonts import PrintedFont

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_ARROWS = range(0x2190, 0x2200)
_HYPHEN_AT_LINE_END = 0x02  # PDFium's own sign
_SAME_REACH = 0.02  # ems
_OUTLINE_SIZE = 1000.0  # of the type
_MAX_SEGMENTS = 300  # of an outline

_Outline = list[tuple[float, ...]]


def may_be_ligature(code: int) -> bool:
    """Whether a character has no meaning by its code, or one that stands inside words by mistake alone."""
    is_control = (code < 0x20 and code != _HYPHEN_AT_LINE_END) or 0x7F <= code < 0xA0
    return is_control or code in _ARROWS or 0xFFF0 <= code <= 0xFFFF


def ligature(font: PrintedFont, code: int, reach: float) -> str:
    """The letters of a ligature without meaning; "" for other characters, and where two ligatures reach as far.

    Args:
        font: that prints it.
        code: what it means by the file.
        reach: from where it is printed to the end of its ink or its width, in ems.
    """
    outlines = {sign: _outline(font, sign) for sign in _LIGATURES if font.width(sign)}
    as_far = [
        sign
        for sign, points in outlines.items()
        if points and abs(max(font.width(sign), *(x for x, *_ in points)) - reach) <= _SAME_REACH
    ]
    if len(as_far) != 1 or outlines[as_far[0]] != _outline(font, code):
        return ""
    return _LIGATURES[as_far[0]]


def _outline(font: PrintedFont, code: int) -> _Outline:
    """The points of a character's outline, in ems; none for a character that the font lacks."""
    call = calls()
    path = call.glyph_path(font.handle, code, _OUTLINE_SIZE)
    count = min(call.count_glyph_segments(path), _MAX_SEGMENTS) if path else 0
    segments = [call.glyph_segment(path, place) for place in range(count)]
    return [point for segment in segments if (point := float_each(call.segment_point, segment, count=2))]
