"""The text of a page as PDFium gives it → glyphs, each where it is printed and as wide as its font says."""

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from ctypes import c_void_p
from dataclasses import dataclass
from itertools import chain, compress, islice, pairwise
from operator import ne
from typing import NamedTuple

from assistant.readers.pdf.geometry.frames import Affine, Rectangle, frame
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium.calls import calls, double_each
from assistant.readers.pdf.pdfium.characters import Characters, joined, read_characters, read_origins
from assistant.readers.pdf.pdfium.fonts import Shape
from assistant.readers.pdf.pdfium.ligatures import ligature, may_be_ligature
from assistant.readers.pdf.pdfium.looks import Look, read_looks
from assistant.readers.pdf.pdfium.tex_symbols import tex_symbol

_MAX_ANGLES = 12  # of the text of a page: what is printed at more of them is a drawing
_MIN_SIZE, _MIN_SHARE = 1.0, 1 / 500  # of type that anybody can read: points; of the shorter side of a small page
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
    """Glyphs on one baseline that look alike, in the frame of their angle.

    Attributes:
        look: of all of them.
        glyphs: in the order of printing.
        text_object: PDFium's handle of the one that prints them, if it was to be kept apart.
    """

    look: Look
    glyphs: list[Glyph]
    text_object: int | None = None


class _Stretch(NamedTuple):
    """Characters on one baseline that look alike."""

    look: Look
    baseline: float  # in the frame of their angle
    start: int
    end: int
    text_object: int | None  # PDFium's handle, if it is kept apart


class PrintedText(NamedTuple):
    """The text of a page.

    Attributes:
        runs: in the order in which they are printed, but for lines that are printed in pieces.
        sizes: how many characters each of PDFium's text objects has.
        unread: how many characters are too small for anybody to read, or part of a drawing.
    """

    runs: list[PrintedRun]
    sizes: Mapping[int, int]
    unread: int


def read_text(text_page: c_void_p, crop_box: Rectangle, apart: Container[int] = frozenset()) -> PrintedText:
    """The text of a page.

    Args:
        text_page: PDFium's handle.
        crop_box: left, bottom, right and top of what is shown.
        apart: PDFium's handles of text objects that make runs of their own.
    """
    characters = read_characters(text_page)
    bounds = list(_bounds(characters.objects))
    starts = [start for _, start, _ in bounds]
    looks = read_looks(text_page, [text_object for text_object, _, _ in bounds], starts)
    views = _views(looks, crop_box)
    runs: list[PrintedRun] = []
    for stretch in _stretches(looks, bounds, zip(*read_origins(text_page, starts), strict=True), views, apart):
        look = stretch.look
        if _runs_down(characters, stretch, views[id(look)]):
            down = look._replace(angle=(look.angle - 90) % 360)
            runs += _upright_columns(characters, stretch._replace(look=down), frame(crop_box, down.angle))
            continue
        lay_out = _level_glyphs if look.angle in _ENDS and not look.is_slanted else _sloping_glyphs
        runs.append(PrintedRun(look, lay_out(characters, stretch, views[id(look)]), stretch.text_object))
    unread = sum(end - start for look, (_, start, end) in zip(looks, bounds, strict=True) if id(look) not in views)
    return PrintedText(runs, _sizes(bounds), unread)


def _sizes(bounds: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """How many characters each text object has; few stand in several pieces."""
    sizes = {text_object: end - start for text_object, start, end in bounds}
    if len(sizes) < len(bounds):
        sizes = dict.fromkeys(sizes, 0)
        for text_object, start, end in bounds:
            sizes[text_object] += end - start
    return sizes


def _views(looks: Sequence[Look], crop_box: Rectangle) -> dict[int, Affine]:
    """The frames in which text is read, by the ids of the looks that anybody can read."""
    min_size = min(_MIN_SIZE, _MIN_SHARE * min(crop_box[2] - crop_box[0], crop_box[3] - crop_box[1]))
    changes = {id(look): look for last, look in zip(chain((None,), looks), looks, strict=False) if look is not last}
    legible = {key: look for key, look in changes.items() if min(look.size, look.em) >= min_size}
    angles = islice(dict.fromkeys(look.angle for look in legible.values()), _MAX_ANGLES)
    frames = {angle: frame(crop_box, angle) for angle in angles}
    return {key: frames[look.angle] for key, look in legible.items() if look.angle in frames}


def _stretches(
    looks: Sequence[Look],
    bounds: Sequence[tuple[int, int, int]],
    origins: Iterable[tuple[float, float]],
    views: Mapping[int, Affine],
    apart: Container[int],
) -> Iterator[_Stretch]:
    """The stretches of a page: text objects that follow each other on one baseline, and look alike, are one.

    Args:
        looks: of the text objects.
        bounds: the text objects, and where the characters of each begin and end.
        origins: where each is printed.
        views: the frames of text that is read, by the ids of its looks.
        apart: the text objects that make stretches of their own.
    """
    last: tuple[Look, float] | None = None
    last_apart: int | None = None
    first, stop = 0, 0
    last_look: Look | None = None
    view: Affine | None = None
    c = d = f = 0.0
    for look, (text_object, start, end), (x, y) in zip(looks, bounds, origins, strict=True):
        if look is not last_look:
            last_look, view = look, views.get(id(look))
            if view:
                _, _, c, d, _, f = view
        baseline = c * x + d * y + f
        # White text is looked at by itself, since what is behind it tells whether it is seen.
        kept_apart = text_object if text_object in apart else None
        is_apart = look.is_white or kept_apart or last_apart
        if view and last and look is last[0] and baseline == last[1] and not is_apart:
            stop = end
            continue
        if last:
            yield _Stretch(*last, first, stop, last_apart)
        last, last_apart, first, stop = (look, baseline) if view else None, kept_apart, start, end
    if last:
        yield _Stretch(*last, first, stop, last_apart)


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
    (font, size, em, angle, _, _, _), baseline, start, end, _ = stretch
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
            glyphs[-1] = glyphs[-1]._replace(text=joined(glyphs[-1].text, text), x1=x1)
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
    (font, size, *_), _, start, end, _ = stretch
    glyphs: list[Glyph] = []
    for place in range(start, end):
        if characters.codes[place] <= _SPACE:
            continue
        x0, baseline = _origin_in(characters, place, view)
        if glyphs and abs(baseline - glyphs[-1].baseline) > _SAME_COLUMN * size:
            yield PrintedRun(stretch.look, glyphs, stretch.text_object)
            glyphs = []
        text, top = font.meaning(characters.codes[place]), baseline - size / 2
        glyphs.append(Glyph(text, x0, top, x0 + size, top + size, baseline, size, font.font))
    if glyphs:
        yield PrintedRun(stretch.look, glyphs, stretch.text_object)


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
    (font, size, em, _, _, _, _), baseline, start, end, _ = stretch
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
            glyphs[-1] = glyphs[-1]._replace(text=joined(glyphs[-1].text, text))
            continue
        x1 = x0 + em * (font.width(code) or _USUAL_WIDTH)
        glyphs.append(Glyph(text, x0, top, x1, bottom, baseline, size, font.font, is_hyphen))
    return glyphs
