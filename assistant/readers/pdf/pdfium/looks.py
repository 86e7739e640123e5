"""How the text objects of a page are printed: in which font, how large, at which angle, in which colour."""

import math
from array import array
from collections.abc import Sequence
from ctypes import c_void_p
from itertools import groupby, repeat
from typing import NamedTuple

from assistant.readers.pdf.pdfium.calls import calls
from assistant.readers.pdf.pdfium.characters import exhaust
from assistant.readers.pdf.pdfium.colours import WHITE
from assistant.readers.pdf.pdfium.fonts import PrintedFont, read_font

_INVISIBLE_MODES = frozenset((3, 7))
_OUTLINED_MODE = 2  # filled and outlined: how programs print bold what has no bold font
_LEVEL_DEGREES = 3  # by which the text over a crooked scan may slope and count as level
_MIN_SLANT = 0.03  # of letters that lean: how far to the side, as a share of their height


_Style = tuple[int, int, bool, float, float, float, float, float]
"""What PDFium says of a text object: its font, mode, whiteness, size and the first four numbers of its matrix."""


class Look(NamedTuple):
    """How a text object is printed."""

    font: PrintedFont
    size: float  # of the type
    em: float  # along the line
    angle: int  # degrees anticlockwise
    is_slanted: bool  # whether its upright letters lean
    is_invisible: bool
    is_white: bool


def read_looks(text_page: c_void_p, objects: Sequence[int], places: Sequence[int]) -> list[Look]:
    """How each text object is printed.

    Args:
        text_page: PDFium's handle.
        objects: PDFium's handles.
        places: of the first character of each among those of the page.
    """
    call = calls()
    matrices = array("f", bytes(24 * len(objects)))
    start = matrices.buffer_info()[0]
    exhaust(map(call.matrix, repeat(text_page), places, range(start, start + 24 * len(objects), 24)))
    styles = zip(
        map(call.font, objects),
        map(call.render_mode, objects),
        _are_white(objects),
        map(call.font_size, repeat(text_page), places),
        matrices[::6],
        matrices[1::6],
        matrices[2::6],
        matrices[3::6],
        strict=True,
    )
    runs = [(style, len(list(same))) for style, same in groupby(styles)]
    distinct = dict.fromkeys(style for style, _ in runs)
    fonts = {key: read_font(key[0], is_bold=key[1]) for key in dict.fromkeys(map(_font_key, distinct))}
    by_style = {style: _look(style, fonts[_font_key(style)]) for style in distinct}
    return [look for style, count in runs for look in repeat(by_style[style], count)]


def _are_white(objects: Sequence[int]) -> list[bool]:
    """Whether each of some objects is filled with white."""
    colors = array("I", bytes(16 * len(objects)))
    start = colors.buffer_info()[0]
    parts = [range(start + offset, start + 16 * len(objects) + offset, 16) for offset in (0, 4, 8, 12)]
    exhaust(map(calls().fill_color, objects, *parts))
    return [
        red >= WHITE and green >= WHITE and blue >= WHITE
        for red, green, blue in zip(colors[::4], colors[1::4], colors[2::4], strict=True)
    ]


def _font_key(style: _Style) -> tuple[int, bool]:
    """The handle of a font, and whether it is printed bolder than it is."""
    handle, mode = style[:2]
    return handle, mode == _OUTLINED_MODE


def _look(style: _Style, font: PrintedFont) -> Look:
    _, mode, is_white, font_size, a, b, c, d = style
    size, em = abs(font_size) * math.hypot(c, d), abs(font_size) * math.hypot(a, b)
    if not math.isfinite(size + em):
        size, em, a, b = 0.0, 0.0, 1.0, 0.0
    angle = round(math.degrees(math.atan2(b, a)))
    level_angle = round(angle / 90) * 90
    return Look(
        font,
        size,
        em,
        (level_angle if abs(angle - level_angle) <= _LEVEL_DEGREES else angle) % 360,
        abs(a * c + b * d) > _MIN_SLANT * abs(a * d - b * c),
        mode in _INVISIBLE_MODES,
        is_white,
    )
