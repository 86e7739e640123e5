"""The text of a page as PDFium gives it → glyphs, each where it is printed and as wide as its font says."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ctypes import c_void_p
from dataclasses import dataclass
from itertools import chain, compress, islice, pairwise
from operator import ne
from typing import NamedTuple

from assistant.readers.pdf.geometry.frames import Affine, Rectangle, frame
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium.calls import calls, double_each
from assistant.readers.pdf.pdfium.characters import Characters, read_characters, read_origins
from assistant.readers.pdf.pdfium.fonts import Shape
from assistant.readers.pdf.pdfium.ligatures import ligature, may_be_ligature
from assistant.readers.pdf.pdfium.looks import Look, read_looks
from assistant.readers.pdf.pdfium.tex_symbols import tex_symbol

_MAX_ANGLES = 12  # of the text of a page: what is printed at more of them is a drawing
_MIN_SIZE = 0.5  # of type that anybody can see, in points
_USUAL_WIDTH = 0.5  # of a character, in ems
_MAX_OVERHANG = 0.2  # of ink beyond the width of its character, in ems
_MAX_LEAD = 0.3  # of ink before its character, in ems
_EAST_ASIAN = 0x2E80  # the first code of their scripts
_SAME_COLUMN = 0.5  # of the type size
_SPACE, _HYPHEN_AT_LINE_END = 0x20, 0x02  # the latter is PDFium's own sign
_HYPHEN = "\u00ad"
_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)  # of PDFium's boxes
_ENDS = {0: (_LEFT, _RIGHT, 1), 90: (_BOTTOM, _TOP, 1), 180: (_RIGHT, _LEFT, -1), 270: (_TOP, _BOTTOM, -1)}
"""By angle: the edges at which a character begins and ends, and 1 where their places grow along the line, else -1."""


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """Glyphs on one baseline that look alike, in the frame of their angle."""

    look: Look
    glyphs: list[Glyph]


class _Stretch(NamedTuple):
    """Characters on one baseline that look alike."""

    look: Look
    baseline: float  # in the frame of their angle
    start: int
    end: int


class PrintedText(NamedTuple):
    """The text of a page.

    Attributes:
        runs: in the order in which they are printed, but for lines that are printed in pieces.
        sizes: how many characters each of PDFium's text objects has.
    """

    runs: list[PrintedRun]
    sizes: Mapping[int, int]


def read_text(text_page: c_void_p, crop_box: Rectangle) -> PrintedText:
    """The text of a page.

    Args:
        text_page: PDFium's handle.
        crop_box: left, bottom, right and top of what is shown.
    """
    characters = read_characters(text_page)
    bounds = list(_bounds(characters.objects))
    starts = [start for _, start, _ in bounds]
    looks = read_looks(text_page, [text_object for text_object, _, _ in bounds], starts)
    frames = _frames(looks, crop_box)
    runs: list[PrintedRun] = []
    for stretch in _stretches(looks, bounds, zip(*read_origins(text_page, starts), strict=True), frames):
        look = stretch.look
        if _runs_down(characters, stretch, frames[look.angle]):
            downwards = look._replace(angle=(look.angle - 90) % 360)
            view = frames.get(downwards.angle) or frame(crop_box, downwards.angle)
            runs += _upright_columns(characters, stretch._replace(look=downwards), view)
            continue
        is_level = look.angle in _ENDS and not look.is_slanted
        lay_out = _level_glyphs if is_level else _sloping_glyphs
        runs.append(PrintedRun(look, lay_out(characters, stretch, frames[look.angle])))
    return PrintedText(runs, _sizes(bounds))


def _sizes(bounds: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """How many characters each text object has; few stand in several pieces."""
    sizes = {text_object: end - start for text_object, start, end in bounds}
    if len(sizes) < len(bounds):
        sizes = dict.fromkeys(sizes, 0)
        for text_object, start, end in bounds:
            sizes[text_object] += end - start
    return sizes


def _frames(looks: Sequence[Look], crop_box: Rectangle) -> dict[int, Affine]:
    """The frames of the angles at which text is printed that anybody can read."""
    changes = [look for last, look in zip(chain((None,), looks), looks, strict=False) if look is not last]
    angles = dict.fromkeys(look.angle for look in changes if _is_legible(look))
    return {angle: frame(crop_box, angle) for angle in islice(angles, _MAX_ANGLES)}


def _is_legible(look: Look) -> bool:
    return min(look.size, look.em) >= _MIN_SIZE


def _stretches(
    looks: Sequence[Look],
    bounds: Sequence[tuple[int, int, int]],
    origins: Iterable[tuple[float, float]],
    frames: Mapping[int, Affine],
) -> Iterator[_Stretch]:
    """The stretches of a page: text objects that follow each other on one baseline, and look alike, are one.

    Args:
        looks: of the text objects.
        bounds: the text objects, and where the characters of each begin and end.
        origins: where each is printed.
        frames: by the angles of the text that is read.
    """
    last: tuple[Look, float] | None = None
    first, stop = 0, 0
    last_look: Look | None = None
    view: Affine | None = None
    c = d = f = 0.0
    for look, (_, start, end), (x, y) in zip(looks, bounds, origins, strict=True):
        if look is not last_look:
            last_look, view = look, frames.get(look.angle) if _is_legible(look) else None
            if view:
                _, _, c, d, _, f = view
        baseline = c * x + d * y + f
        # White text is looked at by itself, since what is behind it tells whether it is seen.
        if view and last and look is last[0] and baseline == last[1] and not look.is_white:
            stop = end
            continue
        if last:
            yield _Stretch(*last, first, stop)
        last, first, stop = (look, baseline) if view else None, start, end
    if last:
        yield _Stretch(*last, first, stop)


def _bounds(objects: Sequence[int | None]) -> Iterator[tuple[int, int, int]]:
    """The text objects, and where the characters of each begin and end."""
    changes = compress(range(len(objects)), map(ne, objects, chain((None,), objects)))
    for start, end in pairwise([*changes, len(objects)]):
        text_object = objects[start]
        if text_object is not None:
            yield text_object, start, end


def _origin_in(characters: Characters, place: int, view: Affine) -> tuple[float, float]:
    """Where a character is printed in a frame."""
    x, y = double_each(calls().origin, characters.text_page, place, count=2)
    return view.point(x, y)


def _level_glyphs(characters: Characters, stretch: _Stretch, view: Affine) -> list[Glyph]:
    """The glyphs of a level stretch; characters that stand for one sign, as those of a ligature, are one glyph."""
    text_page, codes, _, boxes = characters
    (font, size, em, angle, _, _, _), baseline, start, end = stretch
    near, far, sign = _ENDS[angle]
    shapes, origin, top, bottom = font.shapes, view.e, baseline - size * font.ascent, baseline + size * font.descent
    is_generated, new, layout_font = calls().is_generated, tuple.__new__, font.font
    glyphs: list[Glyph] = []
    last_near = last_far = math.nan
    for place, code, known_shape, near_edge, far_edge in zip(
        range(start, end),
        codes[start:end],
        map(shapes.get, codes[start:end]),
        boxes[4 * start + near : 4 * end : 4],
        boxes[4 * start + far : 4 * end : 4],
        strict=True,
    ):
        is_hyphen = False
        if code <= _SPACE:
            if code == _HYPHEN_AT_LINE_END:
                is_hyphen = calls().is_hyphen(text_page, place) == 1
            elif is_generated(text_page, place) == 1:
                continue
        shape = known_shape
        if shape is None:
            printed_at, _ = _origin_in(characters, place, view)
            shape = _shape(characters, place, stretch, printed_at, origin)
            if not may_be_ligature(code) and _has_box_of_its_own(characters, place, stretch, printed_at, origin):
                shapes[code] = shape
        text, lead, width = shape
        x1 = sign * far_edge + origin
        if near_edge == last_near and far_edge == last_far and not glyphs[-1].text.isspace():
            glyphs[-1] = glyphs[-1]._replace(text=_joined(glyphs[-1].text, text), x1=x1)
            continue
        last_near, last_far = near_edge, far_edge
        x0 = sign * near_edge + origin + lead * em
        if x1 - x0 > width * em:
            x1 = x0 + width * em
        if is_hyphen:
            text = _HYPHEN
        glyphs.append(new(Glyph, (text, x0, top, x1, bottom, baseline, size, layout_font, is_hyphen)))
    return glyphs


def _has_box_of_its_own(characters: Characters, place: int, stretch: _Stretch, start: float, origin: float) -> bool:
    """Whether a character is part neither of a ligature nor of a sign that stands for several characters."""
    boxes, (near, _, sign) = characters.boxes, _ENDS[stretch.look.angle]
    box = boxes[4 * place : 4 * place + 4]
    is_at_origin = abs(sign * box[near] + origin - start) < _MAX_LEAD * stretch.look.em
    return is_at_origin and box != boxes[4 * place + 4 : 4 * place + 8] and box != boxes[4 * place - 4 : 4 * place]


def _joined(text: str, more: str) -> str:
    """The characters of one sign; the halves of one beyond U+FFFF come one by one."""
    return (text + more).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _runs_down(characters: Characters, stretch: _Stretch, view: Affine) -> bool:
    """Whether the characters of a stretch stand below each other, as those of East Asian scripts may."""
    if characters.codes[stretch.start] < _EAST_ASIAN or stretch.end - stretch.start < 2:
        return False
    (first_x, first_y), (last_x, last_y) = (
        _origin_in(characters, place, view) for place in (stretch.start, stretch.end - 1)
    )
    return abs(last_y - first_y) > abs(last_x - first_x)


def _upright_columns(characters: Characters, stretch: _Stretch, view: Affine) -> Iterator[PrintedRun]:
    """The columns of characters that stand below each other, in the frame in which they run from left to right."""
    (font, size, *_), _, start, end = stretch
    glyphs: list[Glyph] = []
    for place in range(start, end):
        if characters.codes[place] <= _SPACE:
            continue
        x0, baseline = _origin_in(characters, place, view)
        if glyphs and abs(baseline - glyphs[-1].baseline) > _SAME_COLUMN * size:
            yield PrintedRun(stretch.look, glyphs)
            glyphs = []
        text, top = font.meaning(characters.codes[place]), baseline - size / 2
        glyphs.append(Glyph(text, x0, top, x0 + size, top + size, baseline, size, font.font))
    if glyphs:
        yield PrintedRun(stretch.look, glyphs)


def _shape(characters: Characters, place: int, stretch: _Stretch, start: float, origin: float) -> Shape:
    """How a character looks wherever a font prints it.

    PDFium gives boxes around the width and the ink. Fonts give widths by what characters mean, which is wrong for those
    that come in several shapes: so a font's width counts only where it is the ink that ends the box.

    Args:
        characters: of the page.
        place: of the character among them.
        stretch: that it stands in.
        start: where it is printed along its line.
        origin: where the line's places begin to count.
    """
    (font, _, em, angle, _, _, _), code = stretch.look, characters.codes[place]
    near, far, sign = _ENDS[angle]
    x0, x1 = sign * characters.boxes[4 * place + near] + origin, sign * characters.boxes[4 * place + far] + origin
    lead = max(start - x0, 0.0) / em if em else 0.0
    width, text = font.width(code), font.meaning(code)
    if calls().has_no_unicode(characters.text_page, place) == 1:
        text = tex_symbol(font.font.name, code) or text
    elif may_be_ligature(code) and em:
        text = ligature(font, code, (x1 - start) / em) or text
    if not 0 < width < (x1 - start) / em - 0.01 < width + _MAX_OVERHANG:
        return Shape(text, lead, math.inf)
    left, right, bottom, top = double_each(calls().ink_box, characters.text_page, place, count=4)
    ink_end = sign * (left, top, right, bottom)[far] + origin
    return Shape(text, lead, width if abs(ink_end - x1) < 0.01 * em else math.inf)


def _sloping_glyphs(characters: Characters, stretch: _Stretch, view: Affine) -> list[Glyph]:
    """The glyphs of a stretch around which boxes say little: of letters that lean, or that stand on a slope."""
    (font, size, em, _, _, _, _), baseline, start, end = stretch
    top, bottom = baseline - size * font.ascent, baseline + size * font.descent
    glyphs: list[Glyph] = []
    for place in range(start, end):
        code = characters.codes[place]
        if code <= _SPACE and code != _HYPHEN_AT_LINE_END and calls().is_generated(characters.text_page, place) == 1:
            continue
        x0, _ = _origin_in(characters, place, view)
        is_hyphen = code == _HYPHEN_AT_LINE_END and calls().is_hyphen(characters.text_page, place) == 1
        text = _HYPHEN if is_hyphen else font.meaning(code)
        if glyphs and x0 == glyphs[-1].x0:
            glyphs[-1] = glyphs[-1]._replace(text=_joined(glyphs[-1].text, text))
            continue
        x1 = x0 + em * (font.width(code) or _USUAL_WIDTH)
        glyphs.append(Glyph(text, x0, top, x1, bottom, baseline, size, font.font, is_hyphen))
    return glyphs
