"""Bullets that are drawn as small shapes, as browsers print them: each becomes a glyph before its line."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from assistant.readers.pdf.geometry.frames import Affine, Rectangle
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium.objects import PATH, PageObject
from assistant.readers.pdf.pdfium.rulings import is_drawn
from assistant.readers.pdf.wording.right_to_left import has_right_to_left

_MAX_PATHS = 3_000  # of a page: one of more is a drawing
_MAX_BULLETS = 500  # of a page: more small shapes are the dots of a drawing
_MAX_NEAR = 2_000  # glyphs on the lines beside a shape: where there are more, it isn't looked at
_SIDES = (1.5, 9.0)  # points
_MIN_SQUARE = 0.75  # the shorter side, as a share of the longer one
_MAX_DROP = 20.0  # points from the middle of a bullet to the baseline of its line
_SIZES = (0.2, 0.65)  # the sides of a bullet, in type sizes
_HEIGHTS = (0.1, 0.7)  # above the baseline, in type sizes, at which its middle stands
_GAPS = (0.2, 3.0)  # type sizes between it and its line
_MIN_BULLETS = 2  # shapes below each other that are bullets; one may be an ornament


def with_drawn_bullets(glyphs: Sequence[Glyph], objects: Iterable[PageObject], view: Affine) -> Sequence[Glyph]:
    """Glyphs with those of drawn bullets.

    Args:
        glyphs: of a page.
        objects: what is drawn on it.
        view: from its coordinates to the places of the glyphs.
    """
    paths = list(islice((item for item in objects if item.kind == PATH), _MAX_PATHS + 1))
    if len(paths) > _MAX_PATHS or not glyphs:
        return glyphs
    shapes = [(item, box) for item in paths if item.box and (box := _small_box(item.box, view))]
    edges = Counter(round(box[0]) for _, box in shapes)
    shapes = [(item, box) for item, box in shapes if edges[round(box[0])] >= _MIN_BULLETS]
    if not 0 < len(shapes) <= _MAX_BULLETS:
        return glyphs
    places = sorted((glyph.baseline, number) for number, glyph in enumerate(glyphs) if not glyph.text.isspace())
    bullets = [bullet for item, box in shapes for bullet in _bullets(item, box, glyphs, places)]
    count_by_edge = Counter(round(bullet.x0) for bullet in bullets)
    return [*glyphs, *(bullet for bullet in bullets if count_by_edge[round(bullet.x0)] >= _MIN_BULLETS)]


def _small_box(box: Rectangle, view: Affine) -> Rectangle | None:
    """Where a path is shown, if it is as small as a bullet and about as wide as high."""
    x0, y0, x1, y1 = view.box(*box)
    shorter, longer = sorted((x1 - x0, y1 - y0))
    is_small = _SIDES[0] <= shorter and longer <= _SIDES[1] and shorter >= _MIN_SQUARE * longer
    return (x0, y0, x1, y1) if is_small else None


def _bullets(
    item: PageObject, box: Rectangle, glyphs: Sequence[Glyph], places: Sequence[tuple[float, int]]
) -> Iterator[Glyph]:
    """The bullet that a shape is, if it stands before a line with a gap between them; else nothing.

    Args:
        item: the shape.
        box: where it is shown.
        glyphs: of the page.
        places: the baseline of each that is no space and its number, in order.
    """
    x0, y0, x1, y1 = box
    middle = (y0 + y1) / 2
    near = places[bisect_left(places, (middle, -1)) : bisect_right(places, (middle + _MAX_DROP, len(glyphs)))]
    if len(near) > _MAX_NEAR:
        return
    line = [
        glyph
        for _, number in near
        if _HEIGHTS[0] * (glyph := glyphs[number]).size <= glyph.baseline - middle <= _HEIGHTS[1] * glyph.size
    ]
    after = min((glyph for glyph in line if glyph.x0 >= x1 - _SIDES[0]), key=lambda glyph: glyph.x0, default=None)
    before = max((glyph for glyph in line if glyph.x1 <= x0 + _SIDES[0]), key=lambda glyph: glyph.x1, default=None)
    begins = after is not None and x1 + _GAPS[0] * after.size <= after.x0 <= x1 + _GAPS[1] * after.size
    ends = before is not None and x0 - _GAPS[1] * before.size <= before.x1 <= x0
    if before and ends and not begins and has_right_to_left(before.text):
        first = before
    elif after and begins and not ends:
        first = after
    else:
        return
    if _SIZES[0] * first.size <= x1 - x0 <= _SIZES[1] * first.size and is_drawn(item):
        yield first._replace(text="\u2022", x0=x0, x1=x1, is_line_end_hyphen=False)
