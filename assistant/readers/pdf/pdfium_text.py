"""The text of a page as PDFium gives it → glyphs, each where it is printed and as wide as its font says."""

import math
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any, NamedTuple

from assistant.readers.pdf.frames import Affine, Rectangle, frame
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium_calls import calls, int_each
from assistant.readers.pdf.pdfium_fonts import PrintedFont, read_font

MAX_GLYPHS = 300_000  # of a page; those of books have 5,000
_MAX_ANGLES = 12  # of the text of a page: what is printed at more of them is a drawing
_LEAST_SIZE = 0.5  # of type that anybody can see, in points
_INVISIBLE_MODES = frozenset((3, 7))
_OUTLINED_MODE = 2  # filled and drawn round: so programs print a font bold that has no bold one
_LEVEL_DEGREES = 3  # by which scanned and mended text may slope
_LEAST_SLANT = 0.03  # of letters that lean: to the side, for what they rise
_USUAL_WIDTH = 0.5  # of a character, in sizes of the type
_MOST_OVERHANG = 0.2  # of ink beyond the width of its character, in ems
_WHITE = 250  # of 255, of each of red, green and blue
_SPACE, _HYPHEN_AT_LINE_END = 0x20, 0x02  # the latter is PDFium's own sign
_HYPHEN = "\u00ad"
_FAR_EDGES = {0: (2, 1), 90: (1, 1), 180: (0, -1), 270: (3, -1)}  # of a box, by angle: its place, and its sign


class Look(NamedTuple):
    """How a text object is printed."""

    font: PrintedFont
    size: float  # of the type
    em: float  # along the line
    angle: int  # degrees against the clock
    is_slanted: bool  # whether its upright letters lean
    is_invisible: bool
    is_white: bool


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """The glyphs of a text object, in the frame of its angle."""

    look: Look
    glyphs: list[Glyph]


class _Characters(NamedTuple):
    """What PDFium says about the characters of a page, one by one."""

    text_page: int
    codes: list[int]
    objects: list[int | None]
    boxes: list[float]  # four a character: left, top, right, bottom, of its ink and its width
    origins: list[float]  # two a character, and two that are no numbers


def read_text(text_page: int, crop_box: Rectangle) -> Iterator[PrintedRun]:
    """The text of a page, in the order in which it is printed but for lines that are printed in pieces.

    Args:
        text_page: PDFium's handle.
        crop_box: left, bottom, right and top of what is shown.
    """
    characters = _read_characters(text_page)
    runs = [
        (text_object, list(places))
        for text_object, places in groupby(range(len(characters.codes)), characters.objects.__getitem__)
        if text_object
    ]
    frames: dict[int, Affine] = {}
    for (_, places), look in zip(runs, _looks(characters, runs), strict=True):
        if look.angle not in frames and len(frames) < _MAX_ANGLES:
            frames[look.angle] = frame(crop_box, look.angle)
        if look.angle in frames and look.size >= _LEAST_SIZE:
            yield PrintedRun(look, _glyphs(characters, places, look, frames[look.angle]))


def _read_characters(text_page: int) -> _Characters:
    call = calls()
    count = min(max(call.count_chars(text_page), 0), MAX_GLYPHS)
    places = range(count)
    boxes, origins = array("f", bytes(16 * count)), array("d", bytes(16 * count))
    start = boxes.buffer_info()[0]
    _exhaust(map(call.loose_box, repeat(text_page), places, range(start, start + 16 * count, 16)))
    start, end = origins.buffer_info()[0], origins.buffer_info()[0] + 16 * count
    _exhaust(map(call.origin, repeat(text_page), places, range(start, end, 16), range(start + 8, end + 8, 16)))
    return _Characters(
        text_page,
        list(map(call.unicode, repeat(text_page), places)),
        list(map(call.text_object, repeat(text_page), places)),
        boxes.tolist(),
        [*origins, math.nan, math.nan],
    )


def _exhaust(iterator: Iterator[object]) -> None:
    deque(iterator, maxlen=0)


def _looks(characters: _Characters, runs: list[tuple[int, list[int]]]) -> Iterator[Look]:
    """How each run is printed."""
    call = calls()
    objects, first_places = [text_object for text_object, _ in runs], [places[0] for _, places in runs]
    matrices = array("f", bytes(24 * len(runs)))
    start = matrices.buffer_info()[0]
    ends = range(start, start + 24 * len(runs), 24)
    _exhaust(map(call.matrix, repeat(characters.text_page), first_places, ends))
    fonts: dict[tuple[int, bool], PrintedFont] = {}
    looks: dict[tuple[object, ...], Look] = {}
    styles = zip(
        map(call.font, objects),
        map(call.render_mode, objects),
        map(_is_white, objects),
        map(call.font_size, repeat(characters.text_page), first_places),
        *[iter(matrices[part::6]) for part in range(4)],
        strict=True,
    )
    for style in styles:
        if style not in looks:
            looks[style] = _look(style, fonts)
        yield looks[style]


def _look(style: tuple[Any, ...], fonts: dict[tuple[int, bool], PrintedFont]) -> Look:
    handle, mode, is_white, font_size, a, b, c, d = style
    is_bold = mode == _OUTLINED_MODE
    if (handle, is_bold) not in fonts:
        fonts[handle, is_bold] = read_font(handle, is_bold=is_bold)
    font_size = abs(font_size)
    size, em = font_size * math.hypot(c, d), font_size * math.hypot(a, b)
    angle = round(math.degrees(math.atan2(b, a))) if math.isfinite(size + em) else 0
    level_angle = round(angle / 90) * 90
    is_level = abs(angle - level_angle) <= _LEVEL_DEGREES
    return Look(
        fonts[handle, is_bold],
        size if math.isfinite(size) else 0.0,
        em if math.isfinite(em) else 0.0,
        (level_angle if is_level else angle) % 360,
        abs(a * c + b * d) > _LEAST_SLANT * abs(a * d - b * c),
        mode in _INVISIBLE_MODES,
        is_white,
    )


def _is_white(text_object: int) -> bool:
    color = int_each(calls().fill_color, text_object, count=4)
    return color is not None and min(color[:3]) >= _WHITE


def _glyphs(characters: _Characters, places: list[int], look: Look, view: Affine) -> list[Glyph]:
    """The glyphs of a run; characters that stand for one sign, as those of a ligature, are one glyph."""
    text_page, codes, _, boxes, origins = characters
    font, size, em, angle, is_slanted, _, _ = look
    a, b, c, d, e, f = view
    # The box around letters that lean, or that stand on a slope, is wider than they are.
    edge, sign = (0, 0) if is_slanted else _FAR_EDGES.get(angle, (0, 0))
    meanings, overhangs = font.meanings, font.overhangs
    ascent, descent, layout_font = size * font.ascent, size * font.descent, font.font
    is_generated, new = calls().is_generated, tuple.__new__
    glyphs: list[Glyph] = []
    last_x = last_y = last_end = math.nan
    for place in places:
        code = codes[place]
        if code == _SPACE and is_generated(text_page, place) == 1:
            continue
        x, y = origins[2 * place], origins[2 * place + 1]
        end = boxes[4 * place + edge]
        text = meanings.get(code)
        if text is None:
            text = font.meaning(code)
        if x == last_x and y == last_y and end == last_end and glyphs:
            glyphs[-1] = glyphs[-1]._replace(text=glyphs[-1].text + text)
            continue
        last_x, last_y, last_end = x, y, end
        x0, baseline = a * x + b * y + e, c * x + d * y + f
        x1 = sign * end + e if sign else x0 + em * (font.width(code) or _USUAL_WIDTH)
        if origins[2 * place + 2] != x or origins[2 * place + 3] != y:  # else one sign of several characters begins
            width = overhangs.get(code)
            if width is None:
                width = overhangs[code] = _overhanging_width(characters, place, look, x1 - x0)
            if x1 - x0 > width * em:
                x1 = x0 + width * em
        is_hyphen = code == _HYPHEN_AT_LINE_END and calls().is_hyphen(text_page, place) == 1
        glyphs.append(
            new(
                Glyph,
                (
                    _HYPHEN if is_hyphen else text,
                    x0,
                    baseline - ascent,
                    x1,
                    baseline + descent,
                    baseline,
                    size,
                    layout_font,
                    is_hyphen,
                ),
            )
        )
    return glyphs


def _overhanging_width(characters: _Characters, place: int, look: Look, advance: float) -> float:
    """The width of a character whose ink reaches beyond it, as that of an f does, in ems; infinite for another.

    PDFium gives boxes around the width and the ink. Fonts give widths by what characters mean, which is wrong for those
    that come in several shapes: so a font's width counts only where it is the ink that ends the box.
    """
    width, ink = look.font.width(characters.codes[place]), array("d", bytes(32))
    if not 0 < width < advance / look.em - 0.01 < width + _MOST_OVERHANG or look.angle not in _FAR_EDGES:
        return math.inf
    start = ink.buffer_info()[0]
    calls().ink_box(characters.text_page, place, *range(start, start + 32, 8))
    left, right, bottom, top = ink
    edge, _ = _FAR_EDGES[look.angle]
    ends_box = abs((left, top, right, bottom)[edge] - characters.boxes[4 * place + edge]) < 0.01 * look.em
    return width if ends_box else math.inf
