"""What is drawn on a page besides text: thin lines, boxes and pictures."""

from array import array
from collections.abc import Container, Iterator, Sequence
from ctypes import c_void_p
from dataclasses import dataclass
from itertools import islice, repeat
from typing import NamedTuple

from assistant.readers.pdf.geometry.frames import Rectangle
from assistant.readers.pdf.pdfium.calls import calls, floats

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5  # as PDFium numbers them
_MAX_OBJECTS = 50_000  # of a page that are looked at
_MAX_DEPTH = 4  # of forms in forms

Matrix = tuple[float, ...]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PageObject(NamedTuple):
    """Something that is drawn on a page."""

    handle: int
    kind: int
    matrix: Matrix  # from where it stands in its form to the page
    place: int  # in the order of drawing, of the page's own objects
    step: int = 0  # in the order of drawing, within the form at that place
    box: Rectangle | None = None  # left, bottom, right and top of it on the page, if PDFium can tell


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn on a page.

    Attributes:
        objects: all but text, also what the forms on it draw, in the order of drawing.
        last_text: the place of the last of the page's objects that is text; -1 where none is.
        texts: PDFium's handles of the page's own text objects, in the order of printing.
        places: those of these texts among the page's own objects.
        form_texts: the text objects that forms print, without boxes.
    """

    objects: tuple[PageObject, ...]
    last_text: int
    texts: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    form_texts: tuple[PageObject, ...] = ()


def read_drawing(page: c_void_p, known_texts: Container[int]) -> Drawing:
    """What is drawn on a page.

    Args:
        page: PDFium's handle.
        known_texts: PDFium's handles of objects that are known to be text.
    """
    call = calls()
    count = min(max(call.count_objects(page), 0), _MAX_OBJECTS)
    handles = list(map(call.object, repeat(page), range(count)))
    kinds = [TEXT if handle in known_texts else call.object_type(handle) for handle in handles]
    places = tuple([place for place, kind in enumerate(kinds) if kind == TEXT])
    texts = tuple([handles[place] for place in places])
    objects = list(islice(_objects(handles, kinds), _MAX_OBJECTS))
    form_texts = tuple([item for item in objects if item.kind == TEXT])
    if form_texts:
        objects = [item for item in objects if item.kind != TEXT]
    return Drawing(tuple(with_boxes(objects)), places[-1] if places else -1, texts, places, form_texts)


def _objects(handles: list[int], kinds: list[int]) -> Iterator[PageObject]:
    for place, (handle, kind) in enumerate(zip(handles, kinds, strict=True)):
        if kind == FORM:
            drawn = _form_objects(handle, IDENTITY, place, depth=1)
            yield from (item._replace(step=step) for step, item in enumerate(drawn))
        elif kind != TEXT:
            yield PageObject(handle, kind, IDENTITY, place)


def _form_objects(form: int, outer: Matrix, place: int, depth: int) -> Iterator[PageObject]:
    call = calls()
    matrix = _multiply(floats(call.object_matrix, form, count=6) or IDENTITY, outer)
    for number in range(min(max(call.count_form_objects(form), 0), _MAX_OBJECTS)):
        handle = call.form_object(form, number)
        kind = call.object_type(handle)
        if kind == FORM:
            if depth < _MAX_DEPTH:
                yield from _form_objects(handle, matrix, place, depth + 1)
        else:
            yield PageObject(handle, kind, matrix, place)


def _multiply(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies the inner one, and then the outer one."""
    a, b, c, d, e, f = inner
    o, p, q, r, s, t = outer
    return a * o + b * q, a * p + b * r, c * o + d * q, c * p + d * r, e * o + f * q + s, e * p + f * r + t


def with_boxes(objects: Sequence[PageObject]) -> Iterator[PageObject]:
    """Objects with their boxes, which are asked for all at once."""
    numbers = array("f", bytes(16 * len(objects)))
    start = numbers.buffer_info()[0]
    edges = [range(start + offset, start + 16 * len(objects) + offset, 16) for offset in (0, 4, 8, 12)]
    are_known = list(map(calls().object_bounds, [item.handle for item in objects], *edges))
    boxes = zip(numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4], strict=True)
    for item, is_known, box in zip(objects, are_known, boxes, strict=True):
        yield PageObject(*item[:5], _on_page(box, item.matrix)) if is_known else item


def _on_page(box: Rectangle, matrix: Matrix) -> Rectangle:
    """A box on the page, by the matrix of the form that it stands in."""
    if matrix is IDENTITY:
        return box
    left, bottom, right, top = box
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)
