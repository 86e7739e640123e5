"""Underscores that are drawn as short lines between letters, as TeX does in addresses and names of variables."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.page import Glyph, Ruling

_MIN_GAP, _MAX_GAP = 0.2, 0.75  # of the type size: between the letters on both sides
_MIN_WIDTH = 0.2  # of the type size
_OVERLAP = 0.1  # of the type size: by how much it may reach under a letter
_MAX_RISE, _MAX_DROP = 0.1, 0.25  # of the type size: above and below the baseline


def with_drawn_underscores(glyphs: Sequence[Glyph], dashes: Sequence[Ruling]) -> list[Glyph]:
    """Glyphs with underscores where short lines are drawn between two of them, at the foot of the line.

    Args:
        glyphs: of a page, in the order in which they are printed.
        dashes: short level lines of the page, in any order.
    """
    if not dashes:
        return list(glyphs)
    by_place = sorted(dashes)
    starts = [dash.x0 for dash in by_place]
    return list(_inserted(glyphs, by_place, starts))


def _inserted(glyphs: Sequence[Glyph], dashes: Sequence[Ruling], starts: Sequence[float]) -> Iterator[Glyph]:
    last: Glyph | None = None
    spaces: list[Glyph] = []  # since the last glyph
    for glyph in glyphs:
        if not glyph.text or glyph.text.isspace():
            spaces.append(glyph)
            continue
        if last is not None and _is_drawn_between(last, glyph, dashes, starts):
            yield last._replace(text="_", x0=last.x1, x1=glyph.x0, is_line_end_hyphen=False)
        else:
            yield from spaces
        yield glyph
        last, spaces = glyph, []
    yield from spaces


def _is_drawn_between(left: Glyph, right: Glyph, dashes: Sequence[Ruling], starts: Sequence[float]) -> bool:
    size, baseline = left.size, left.baseline
    if not _MIN_GAP * size <= right.x0 - left.x1 <= _MAX_GAP * size:
        return False
    if abs(right.baseline - baseline) > SAME_GLYPH_BASELINE * size:
        return False
    first = bisect_left(starts, left.x1 - _OVERLAP * size)
    return any(
        dash.x1 <= right.x0 + _OVERLAP * size
        and dash.x1 - dash.x0 >= _MIN_WIDTH * size
        and baseline - _MAX_RISE * size <= (dash.y0 + dash.y1) / 2 <= baseline + _MAX_DROP * size
        for dash in dashes[first : bisect_right(starts, right.x0)]
    )
