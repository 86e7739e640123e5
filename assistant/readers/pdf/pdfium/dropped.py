"""Letters that PDFium takes for doubled print, though they stand beside each other.

It drops a text object that has the same text as one just before it and overlaps it by half. In files that print each
letter by itself, the second of two italic f is such an object, since their ink reaches far over their widths.
"""

from array import array
from collections.abc import Mapping, Sequence
from operator import sub

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.geometry.frames import Rectangle, frame
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium.calls import calls, floats
from assistant.readers.pdf.pdfium.characters import exhaust
from assistant.readers.pdf.pdfium.looks import Look
from assistant.readers.pdf.pdfium.text import PrintedRun

_LOOK_BACK = 5  # text objects before one, with which PDFium compares it
_MAX_DROPPED = 2_000  # text objects of a page that are looked at
_SAME_WIDTH = 0.02  # of the width of the ink
_DOUBLED = 0.55  # of the width of a letter: what is nearer is doubled print

_Places = dict[tuple[int, int, int], tuple[Look, Glyph]]


def dropped_runs(
    runs: Sequence[PrintedRun], texts: Sequence[int], sizes: Mapping[int, int], crop_box: Rectangle
) -> list[PrintedRun]:
    """The letters of text objects that were dropped, but stand beside those before them.

    Args:
        runs: of the text as PDFium gives it.
        texts: PDFium's handles of the page's text objects, in the order of printing.
        sizes: how many characters PDFium gives for each.
        crop_box: left, bottom, right and top of what is shown.
    """
    unseen = [number for number, text in enumerate(texts) if text not in sizes][:_MAX_DROPPED]
    widths = _ink_widths([texts[number] for number in unseen])
    dropped = [number for number, width in zip(unseen, widths, strict=True) if width > 0]  # the others are spaces
    twins = [(number, twin) for number in dropped if (twin := _twin(texts, number, sizes)) is not None]
    if not twins:
        return []
    places: _Places = {
        (run.look.angle, round(glyph.x0), round(glyph.baseline)): (run.look, glyph)
        for run in runs
        for glyph in run.glyphs
    }
    frames = {angle: frame(crop_box, angle) for angle in {run.look.angle for run in runs}}
    restored: list[PrintedRun] = []
    for number, twin in twins:
        for angle, view in frames.items():
            printed = _glyph_at(view.point(*_position(twin)), angle, places)
            if printed is None:
                continue
            look, glyph = printed
            x0, baseline = place = view.point(*_position(texts[number]))
            if _glyph_at(place, angle, places):
                break  # something else is printed there
            shift, is_on_line = x0 - glyph.x0, abs(baseline - glyph.baseline) < SAME_GLYPH_BASELINE * glyph.size
            if is_on_line and abs(shift) >= _DOUBLED * (glyph.x1 - glyph.x0) and not glyph.text.isspace():
                restored.append(PrintedRun(look, [glyph._replace(x0=glyph.x0 + shift, x1=glyph.x1 + shift)]))
            break
    return restored


def _twin(texts: Sequence[int], number: int, sizes: Mapping[int, int]) -> int | None:
    """The text object that a dropped one was taken for: one letter just before it; None where there is none."""
    call, dropped = calls(), texts[number]
    for other in reversed(texts[max(number - _LOOK_BACK, 0) : number]):
        if sizes.get(other) == 1 and call.font(other) == call.font(dropped):
            widths = _ink_width(other), _ink_width(dropped)
            if abs(widths[0] - widths[1]) <= _SAME_WIDTH * max(widths):
                return other
    return None


def _ink_width(text: int) -> float:
    return _ink_widths([text])[0]


def _ink_widths(texts: Sequence[int]) -> list[float]:
    """How wide the ink of each of some text objects is; 0 where PDFium can't tell."""
    boxes = array("f", bytes(16 * len(texts)))
    start = boxes.buffer_info()[0]
    edges = [range(start + offset, start + 16 * len(texts) + offset, 16) for offset in (0, 4, 8, 12)]
    exhaust(map(calls().object_bounds, texts, *edges))
    return list(map(sub, boxes[2::4], boxes[::4]))


def _position(text: int) -> tuple[float, float]:
    matrix = floats(calls().object_matrix, text, count=6)
    return (matrix[4], matrix[5]) if matrix else (0.0, 0.0)


def _glyph_at(point: tuple[float, float], angle: int, places: _Places) -> tuple[Look, Glyph] | None:
    """The glyph that is printed at a place."""
    column, row = round(point[0]), round(point[1])
    near = (places.get((angle, column + across, row + down)) for across in (0, -1, 1) for down in (0, -1, 1))
    return next((printed for printed in near if printed and abs(printed[1].x0 - point[0]) < 0.5), None)
