"""Which text of a page may be out of sight, as far as the places and the order of what is drawn tell.

Much of it is seen all the same: a box may be translucent, cut off or no box at all. The picture of the page tells.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.readers.pdf.geometry.frames import Rectangle
from assistant.readers.pdf.pdfium.calls import calls, int_each
from assistant.readers.pdf.pdfium.objects import IDENTITY, IMAGE, PATH, TEXT, Drawing, PageObject, with_boxes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MIN_SIDE = 3.0  # points: what is thinner covers no text
_CELL = 2.0  # points: the sides of the cells by which covers and text are compared
_MAX_CELLS = 400  # along each side of a page; those of larger pages are larger
_MAX_STEPS = 1 << 17  # more than a form has objects that are looked at


def covered_texts(drawing: Drawing, crop_box: Rectangle, *, may_pictures_cover: bool) -> frozenset[int]:
    """PDFium's handles of the text objects over which something is drawn later.

    Args:
        drawing: of the page.
        crop_box: left, bottom, right and top of what is shown.
        may_pictures_cover: whether pictures count; those of a scan don't, since its text is that of its picture.
    """
    first = min((_order(item.place, item.step) for item in _first_texts(drawing)), default=None)
    if first is None:
        return frozenset()
    covers = [
        (order, item.box)
        for item in drawing.objects
        if item.box
        and math.isfinite(sum(item.box))
        and (order := _order(item.place, item.step)) > first
        and min(item.box[2] - item.box[0], item.box[3] - item.box[1]) >= _MIN_SIDE
        and (_is_filled(item) if item.kind == PATH else may_pictures_cover or item.kind != IMAGE)
    ]
    if not covers:
        return frozenset()
    last = max(order for order, _ in covers)
    texts = [item for item in _texts(drawing) if _order(item.place, item.step) < last]
    return frozenset(_below(list(with_boxes(texts)), covers, crop_box))


def _order(place: int, step: int) -> int:
    """A number that grows in the order of drawing."""
    return place * _MAX_STEPS + min(step, _MAX_STEPS - 1)


def _first_texts(drawing: Drawing) -> Iterator[PageObject]:
    """The first text object of the page's own, and the first that a form prints."""
    if drawing.texts:
        yield PageObject(drawing.texts[0], TEXT, IDENTITY, drawing.places[0])
    yield from drawing.form_texts[:1]


def _texts(drawing: Drawing) -> Iterator[PageObject]:
    for text, place in zip(drawing.texts, drawing.places, strict=True):
        yield PageObject(text, TEXT, IDENTITY, place)
    yield from drawing.form_texts


def _is_filled(path: PageObject) -> bool:
    mode = int_each(calls().draw_mode, path.handle, count=2)
    return mode is not None and mode[0] != 0


def _below(texts: Sequence[PageObject], covers: Iterable[tuple[int, Rectangle]], crop_box: Rectangle) -> Iterator[int]:
    """The handles of the texts over the middle of which something is drawn later.

    Each cell of the page knows what is drawn on it last, so that the time grows with the number of objects.
    """
    import numpy as np

    left, bottom, right, top = crop_box
    across, up = (max(_CELL, (end - start) / _MAX_CELLS) for start, end in ((left, right), (bottom, top)))
    size = int((top - bottom) / up) + 1, int((right - left) / across) + 1
    last_drawn: NDArray[np.int64] = np.full(size, -1, np.int64)

    def cells(box: Rectangle) -> tuple[slice, slice]:
        columns = max(int((box[0] - left) / across), 0), max(int((box[2] - left) / across) + 1, 0)
        rows = max(int((box[1] - bottom) / up), 0), max(int((box[3] - bottom) / up) + 1, 0)
        return slice(*rows), slice(*columns)

    ordered = sorted(covers)
    for order, box in ordered:
        last_drawn[cells(box)] = order
    lefts, bottoms, rights, tops = zip(*(box for _, box in ordered), strict=True)
    x0, y0, x1, y1 = min(lefts), min(bottoms), max(rights), max(tops)  # around all covers
    for text in texts:
        if (
            text.box
            and math.isfinite(sum(text.box))
            and text.box[0] < x1
            and text.box[2] > x0
            and text.box[1] < y1
            and text.box[3] > y0
        ):
            rows, columns = cells(_middle(text.box))
            if last_drawn[rows, columns].max(initial=-1) > _order(text.place, text.step):
                yield text.handle


def _middle(box: Rectangle) -> Rectangle:
    """The line through the middle of a box, along its longer side."""
    x0, y0, x1, y1 = box
    if x1 - x0 >= y1 - y0:
        return x0, (y0 + y1) / 2, x1, (y0 + y1) / 2
    return (x0 + x1) / 2, y0, (x0 + x1) / 2, y1
