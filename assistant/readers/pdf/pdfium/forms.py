"""The fields of forms and the notes laid over a page: what they show becomes part of the page."""

import statistics
import textwrap
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_ushort
from dataclasses import dataclass
from typing import Any, Literal

from assistant.readers.pdf.geometry.frames import Affine, Rectangle
from assistant.readers.pdf.page import PLAIN_FONT, Glyph

_MAX_ANNOTATIONS = 5_000  # of a page
_MAX_VALUE_BYTES = 64_000  # of a field
_WIDGET, _FREE_TEXT, _STAMP = 20, 3, 13  # kinds of annotations that print text
_SQUARE, _CIRCLE, _POLYGON = 5, 6, 7  # kinds of annotations that may cover text
_CHECK_BOX, _RADIO_BUTTON, _CHOICE, _LIST, _TEXT = 2, 3, 4, 5, 6  # kinds of fields
_UNSEEN_FLAGS = 0x1 | 0x2 | 0x20  # invisible, hidden, not to be viewed
_MAX_LINES = 200  # of a value
_TYPE_SHARE, _MAX_TYPE = 0.8, 11.0  # of the height of a field; points
_MIN_TYPE = 0.5  # points
_MAX_ON_LINE = 2_000  # glyphs on the line of a field that are looked at
_MAX_OFFSET = 0.8  # type sizes between the baselines of a label and of its value
_SEVERAL_LINES = 2.5  # type sizes: a field that is higher has room for several lines
_LEADING = 1.25  # type sizes, between lines
_USUAL_WIDTH = 0.5  # of a character, in type sizes
_PASSWORD_FLAG = 1 << 13


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form.

    Attributes:
        kind: a box that is ticked or not, or a text.
        box: left, bottom, right and top, in the coordinates of the page.
        value: its text; ☒ or ☐ for a box.
    """

    kind: Literal["box", "text"]
    box: Rectangle
    value: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is laid over a page: the fields of a form, and whether there is anything that prints or covers text."""

    fields: tuple[FormField, ...]
    print_text: bool


def read_annotations(page: Any, form: Any) -> Annotations:
    """What is laid over a page.

    Args:
        page: PDFium's handle.
        form: PDFium's handle of the form of the document; None where there is none.
    """
    from pypdfium2 import raw

    fields: list[FormField] = []
    print_text = False
    for number in range(min(max(raw.FPDFPage_GetAnnotCount(page), 0), _MAX_ANNOTATIONS)):
        with _annotation(page, number) as annotation:
            kind = raw.FPDFAnnot_GetSubtype(annotation) if annotation else 0
            print_text = print_text or kind in (_WIDGET, _FREE_TEXT, _STAMP, _SQUARE, _CIRCLE, _POLYGON)
            field = _free_text(annotation) if kind == _FREE_TEXT else None
            if kind == _WIDGET and form:
                field = _field(annotation, form)
            if field:
                fields.append(field)
    return Annotations(tuple(fields), print_text)


@contextmanager
def _annotation(page: Any, number: int) -> Iterator[Any]:
    from pypdfium2 import raw

    annotation = raw.FPDFPage_GetAnnot(page, number)
    try:
        yield annotation
    finally:
        if annotation:
            raw.FPDFPage_CloseAnnot(annotation)


def _field(annotation: Any, form: Any) -> FormField | None:
    """The field of an annotation; None for one that shows nothing."""
    from pypdfium2 import raw

    box = _seen_box(annotation)
    if box is None:
        return None
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (_CHECK_BOX, _RADIO_BUTTON):
        return FormField("box", box, "☒" if raw.FPDFAnnot_IsChecked(form, annotation) else "☐")
    is_secret = kind == _TEXT and raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD_FLAG
    if kind in (_CHOICE, _LIST, _TEXT) and not is_secret:
        return FormField("text", box, _text(raw.FPDFAnnot_GetFormFieldValue, form, annotation))
    return None


def _free_text(annotation: Any) -> FormField | None:
    """A text that somebody has put on the page; None where it isn't shown."""
    from pypdfium2 import raw

    box = _seen_box(annotation)
    text = _text(raw.FPDFAnnot_GetStringValue, annotation, b"Contents")
    return FormField("text", box, text) if box and text else None


def _seen_box(annotation: Any) -> Rectangle | None:
    """Where an annotation is shown: left, bottom, right and top; None where it isn't."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    if raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN_FLAGS or not raw.FPDFAnnot_GetRect(annotation, byref(box)):
        return None
    return min(box.left, box.right), min(box.bottom, box.top), max(box.left, box.right), max(box.bottom, box.top)


def _text(call: Any, *arguments: Any) -> str:
    """The text that a function of PDFium writes in UTF-16."""
    size = min(call(*arguments, None, 0), _MAX_VALUE_BYTES)
    buffer = (c_ushort * (size // 2 + 1))()
    call(*arguments, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0")


def with_fields(glyphs: Sequence[Glyph], fields: Sequence[FormField], view: Affine) -> Sequence[Glyph]:
    """Glyphs with what the fields hold: the states of boxes, and the values that the file doesn't print itself.

    Args:
        glyphs: of a page.
        fields: on it.
        view: from its coordinates to the places of the glyphs.
    """
    if not fields:
        return glyphs
    places = sorted((glyph.baseline, number) for number, glyph in enumerate(glyphs))
    dropped: set[int] = set()
    added: list[Glyph] = []
    usual_size = statistics.median(glyph.size for glyph in glyphs) if glyphs else _MAX_TYPE
    for field in fields:
        box = view.box(*field.box)
        within = _glyphs_in(box, glyphs, places) - dropped
        dropped |= within
        if field.kind == "box":
            added += _line(field.value, box)
        else:
            value = [glyphs[number] for number in sorted(within)] or list(_lines(field.value, box, usual_size))
            added += _beside_label(value, glyphs, places, usual_size)
    return [*(glyph for number, glyph in enumerate(glyphs) if number not in dropped), *added]


def _glyphs_in(box: Rectangle, glyphs: Sequence[Glyph], places: Sequence[tuple[float, int]]) -> set[int]:
    """The numbers of the glyphs that stand in a box."""
    x0, y0, x1, y1 = box
    first, last = bisect_left(places, (y0, -1)), bisect_right(places, (y1 + 1, -1))
    return {
        number
        for _, number in places[first:last]
        if x0 < (glyphs[number].x0 + glyphs[number].x1) / 2 < x1 and not glyphs[number].text.isspace()
    }


def _beside_label(
    value: Sequence[Glyph], glyphs: Sequence[Glyph], places: Sequence[tuple[float, int]], usual_size: float
) -> Sequence[Glyph]:
    """A value on the baseline of the label that stands left of it, and in type that is no larger than usual.

    Args:
        value: its glyphs.
        glyphs: of the page.
        places: the baseline of each and its number, in order.
        usual_size: the size of type that is usual on the page.
    """
    if not value:
        return value
    first, left = min(glyph.baseline for glyph in value), min(glyph.x0 for glyph in value)
    reach = _MAX_OFFSET * min(usual_size, value[0].size)
    near = places[bisect_left(places, (first - reach, -1)) : bisect_right(places, (first + reach, len(glyphs)))]
    near = near[:_MAX_ON_LINE]
    before = [glyphs[number] for _, number in near if glyphs[number].x1 <= left and not glyphs[number].text.isspace()]
    shift = max(before, key=lambda glyph: glyph.x1).baseline - first if before else 0.0
    return [
        glyph._replace(baseline=glyph.baseline + shift, size=min(glyph.size, usual_size) if usual_size else glyph.size)
        for glyph in value
    ]


def _lines(text: str, box: Rectangle, usual_size: float) -> Iterator[Glyph]:
    """A text of one or more lines, set into a box: into a high one from its top, wrapped at its width."""
    x0, y0, x1, y1 = box
    lines = text.splitlines()[:_MAX_LINES]
    if y1 - y0 > _SEVERAL_LINES * usual_size > _MIN_TYPE:
        columns = max(int((x1 - x0) / (_USUAL_WIDTH * usual_size)), 1)
        lines = [part for line in lines for part in textwrap.wrap(line, columns)][:_MAX_LINES]
        y1 = min(y1, y0 + len(lines) * _LEADING * usual_size)
    height = (y1 - y0) / max(len(lines), 1)
    for number, line in enumerate(lines):
        yield from _line(line, (x0, y0 + number * height, x1, y0 + (number + 1) * height))


def _line(text: str, box: Rectangle) -> Iterator[Glyph]:
    """A line of text, set into a box as large as fits."""
    x0, y0, x1, y1 = box
    size = min(_TYPE_SHARE * (y1 - y0), _MAX_TYPE)
    if not size > _MIN_TYPE:
        return  # nobody sees it
    width = min(_USUAL_WIDTH * size, (x1 - x0) / max(len(text), 1))
    baseline = (y0 + y1) / 2 + 0.35 * size
    for place, character in enumerate(text):
        left = x0 + place * width
        yield Glyph(
            character, left, baseline - 0.8 * size, left + width, baseline + 0.2 * size, baseline, size, PLAIN_FONT
        )
