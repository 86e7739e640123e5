"""The thin lines that are drawn on a page, and the edges of its boxes."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise, repeat
from typing import NamedTuple

from assistant.readers.pdf.geometry.frames import Affine
from assistant.readers.pdf.page import Ruling
from assistant.readers.pdf.pdfium.calls import calls, floats, int_each
from assistant.readers.pdf.pdfium.characters import exhaust
from assistant.readers.pdf.pdfium.colours import WHITE
from assistant.readers.pdf.pdfium.objects import IDENTITY, PATH, Matrix, PageObject

_MAX_RULINGS = 5_000  # of a page
_MAX_PIECES = 40_000  # lines and dots before those of a row become one
_MAX_SEGMENTS, _MAX_ROUNDED_SEGMENTS = 1_000, 20  # of a path, and of one with curves: one of more is a drawing
_MAX_PATHS = 20_000  # of a page that are looked at
_MAX_THICKNESS = 2.5  # points
_MIN_LENGTH = 6.0  # points
_MAX_GAP = 3.0  # points between the dots or dashes of a line
_SAME_LINE = 0.75  # points by which the pieces of a line may be offset
_PAGE_SHARE = 0.95  # of the width and height of a page: a box that large is its background
_CLEAR = 5  # of 255, of opacity
_STRAIGHT, _CURVE = 0, 1  # kinds of segments


class Lines(NamedTuple):
    """The thin straight lines of a page."""

    rulings: tuple[Ruling, ...]
    dashes: tuple[Ruling, ...]  # horizontal ones that are too short for rulings


def lines_on(objects: Iterable[PageObject], view: Affine, width: float, height: float) -> Lines:
    """The lines of a page.

    Args:
        objects: what is drawn on it.
        view: from its coordinates to the places at which it is shown.
        width: as shown.
        height: as shown.
    """
    pieces: list[Ruling] = []
    paths = (item for item in objects if item.kind == PATH)
    for item in islice(paths, _MAX_PATHS):
        pieces += [piece for piece in _pieces(item, view, width, height) if _is_on_page(piece, width, height)]
        if len(pieces) > _MAX_PIECES:
            break
    horizontal = [piece for piece in pieces if piece.y1 - piece.y0 <= _MAX_THICKNESS]
    vertical = [piece for piece in pieces if piece.x1 - piece.x0 <= _MAX_THICKNESS]
    horizontal_lines = list(_join(horizontal))
    joined = [*horizontal_lines, *map(_transpose, _join([_transpose(piece) for piece in vertical]))]
    rulings = [line for line in joined if max(line.x1 - line.x0, line.y1 - line.y0) >= _MIN_LENGTH]
    dashes = [line for line in horizontal_lines if line.x1 - line.x0 < _MIN_LENGTH]
    return Lines(tuple(rulings[:_MAX_RULINGS]), tuple(dashes[:_MAX_RULINGS]))


def _pieces(item: PageObject, view: Affine, width: float, height: float) -> Iterator[Ruling]:
    """The lines of a path, the edges of its boxes, and its dots."""
    if item.box is None:
        return
    x0, y0, x1, y1 = view.box(*item.box)
    is_thin = x1 - x0 <= _MAX_THICKNESS or y1 - y0 <= _MAX_THICKNESS
    if not is_thin and max(x1 - x0, y1 - y0) < _MIN_LENGTH:
        return  # part of a drawing
    if not is_drawn(item):
        return
    if is_thin:
        yield Ruling(x0, y0, x1, y1)
        return
    for corners in _subpaths(item, view):
        yield from _edges(corners, width, height)


def is_drawn(item: PageObject) -> bool:
    """Whether a path is filled or stroked in another colour than white."""
    mode = int_each(calls().draw_mode, item.handle, count=2)
    if mode is None:
        return False
    is_filled, is_stroked = mode[0] != 0, mode[1] != 0
    colors = [
        *([int_each(calls().fill_color, item.handle, count=4)] if is_filled else []),
        *([int_each(calls().stroke_color, item.handle, count=4)] if is_stroked else []),
    ]
    return any(color is None or (min(color[:3]) < WHITE and color[3] > _CLEAR) for color in colors)


def _subpaths(item: PageObject, view: Affine) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a path between its curves; nothing for drawings."""
    call = calls()
    count = call.count_segments(item.handle)
    if not 0 < count <= _MAX_SEGMENTS:
        return
    segments = list(map(call.segment, repeat(item.handle), range(count)))
    kinds = list(map(call.segment_type, segments))
    if count > _MAX_ROUNDED_SEGMENTS and _CURVE in kinds:
        return
    matrix = floats(call.object_matrix, item.handle, count=6) or IDENTITY
    to_view = _as_affine(matrix).then(_as_affine(item.matrix)).then(view)
    points = array("f", bytes(8 * count))
    start = points.buffer_info()[0]
    exhaust(
        map(call.segment_point, segments, range(start, start + 8 * count, 8), range(start + 4, start + 8 * count, 8))
    )
    corners: list[tuple[float, float]] = []
    for kind, x, y in zip(kinds, points[::2], points[1::2], strict=True):
        if kind != _STRAIGHT and corners:
            yield corners
            corners = []
        corners.append(to_view.point(x, y))
    yield corners


def _as_affine(matrix: Matrix) -> Affine:
    """A matrix of a PDF, which goes from (x, y) to (a·x + c·y + e, b·x + d·y + f)."""
    a, b, c, d, e, f = matrix
    return Affine(a, c, b, d, e, f)


def _edges(corners: list[tuple[float, float]], width: float, height: float) -> Iterator[Ruling]:
    """The horizontal and vertical lines between corners; a thin box is one line."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
    if x1 - x0 > _PAGE_SHARE * width and y1 - y0 > _PAGE_SHARE * height:
        return
    if x1 - x0 <= _MAX_THICKNESS or y1 - y0 <= _MAX_THICKNESS:
        yield Ruling(x0, y0, x1, y1)
        return
    for (from_x, from_y), (to_x, to_y) in pairwise([*corners, corners[0]]):
        if abs(from_x - to_x) < _SAME_LINE or abs(from_y - to_y) < _SAME_LINE:
            yield Ruling(min(from_x, to_x), min(from_y, to_y), max(from_x, to_x), max(from_y, to_y))


def _is_on_page(piece: Ruling, width: float, height: float) -> bool:
    return piece.x1 > 0 and piece.y1 > 0 and piece.x0 < width and piece.y0 < height


def _join(pieces: list[Ruling]) -> Iterator[Ruling]:
    """Level lines, those made of dots and dashes as one."""
    last: Ruling | None = None
    for piece in sorted(pieces, key=lambda piece: (round(piece.y0 / _SAME_LINE), piece.x0)):
        if last and abs(piece.y0 - last.y0) <= _SAME_LINE and piece.x0 - last.x1 <= _MAX_GAP:
            last = Ruling(last.x0, min(last.y0, piece.y0), max(last.x1, piece.x1), max(last.y1, piece.y1))
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _transpose(piece: Ruling) -> Ruling:
    return Ruling(piece.y0, piece.x0, piece.y1, piece.x1)
