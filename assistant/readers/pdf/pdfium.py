"""The edge to PDFium: what is printed on the pages of a PDF, as glyphs and rulings.

PDFium can do one thing at a time in a process: a file is read in a worker process of its own.
"""

from collections import deque
from collections.abc import Iterator
from ctypes import PYFUNCTYPE, addressof, c_double, c_float, c_int, c_uint, c_void_p, cast, create_string_buffer
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from types import TracebackType
from typing import Any, Self

from assistant.errors import ReadingError
from assistant.readers.pdf.page import PLAIN_FONT, Font, Glyph, PageContent, Ruling

_MAX_GLYPHS = 300_000  # of a page
_HYPHEN = 2  # the character that PDFium gives for a hyphen that parts a word at a line's end


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself; "" where it says nothing."""

    title: str = ""
    author: str = ""
    created: str = ""
    language: str = ""


class PdfFile:
    """An open PDF; a context manager."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        return len(self._document)

    def metadata(self) -> Metadata:
        """What it says about itself."""
        values = self._document.get_metadata_dict()
        return Metadata(values.get("Title", ""), values.get("Author", ""), values.get("CreationDate", ""))

    def page(self, number: int) -> PageContent:
        """What is printed on a page.

        Args:
            number: of the page, counted from 1.
        """
        page = self._document[number - 1]
        try:
            return _page_content(page, number)
        finally:
            page.close()


def open_pdf(data: bytes) -> PdfFile:
    """Opens a PDF.

    Raises:
        ReadingError: it needs a password, or is too damaged to be mended.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ReadingError("encrypted: it needs a password. Save a copy without one") from error
        raise ReadingError("damaged or not a real .pdf file") from error
    if document.get_formtype():
        document.init_forms()
    return PdfFile(document)


@dataclass(frozen=True, slots=True)
class _View:
    """From the coordinates of a page to points from the top left of the page as it is shown."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int  # in degrees, clockwise

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turn % 180 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turn == 0:
            return x - self.left, self.top - y
        if self.turn == 90:
            return y - self.bottom, x - self.left
        if self.turn == 180:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _page_content(page: Any, number: int) -> PageContent:
    left, bottom, right, top = page.get_cropbox()
    view = _View(left, bottom, right, top, page.get_rotation())
    width, height = view.size
    text_page = page.get_textpage()
    try:
        glyphs = tuple(
            glyph
            for glyph in _glyphs(text_page.raw, view)
            if glyph.x1 > 0 and glyph.x0 < width and glyph.y1 > 0 and glyph.y0 < height
        )
    finally:
        text_page.close()
    return PageContent(number, width, height, glyphs, tuple(_rulings(page, view)))


def _glyphs(text_page: Any, view: _View) -> Iterator[Glyph]:
    calls = _calls()
    count = min(calls.count_chars(text_page), _MAX_GLYPHS)
    codes = [calls.unicode(text_page, place) for place in range(count)]
    objects = [calls.text_object(text_page, place) for place in range(count)]
    boxes, tight_boxes, origins = (c_float * (4 * count))(), (c_double * (4 * count))(), (c_double * (2 * count))()
    _fill(calls.loose_box, text_page, boxes, 16, count)
    for place in range(count):
        start = _address(origins) + 16 * place
        calls.origin(text_page, place, start, start + 8)
        start = _address(tight_boxes) + 32 * place
        calls.tight_box(text_page, place, start, start + 8, start + 16, start + 24)
    fonts: dict[int, tuple[Font, float, bool]] = {}
    for place, code in enumerate(codes):
        text_object = objects[place]
        if not text_object or code == 0:
            continue
        if text_object not in fonts:
            fonts[text_object] = _font(text_page, place, text_object)
        font, size, is_turned = fonts[text_object]
        left, top, right, bottom = boxes[4 * place : 4 * place + 4]
        if is_turned:
            left, right, bottom, top = tight_boxes[4 * place : 4 * place + 4]
        x0, y0, x1, y1 = view.box(left, bottom, right, top)
        _, baseline = view.point(*origins[2 * place : 2 * place + 2])
        is_hyphen = code == _HYPHEN
        yield Glyph("\u00ad" if is_hyphen else chr(code), x0, y0, x1, y1, baseline, size, font, is_hyphen)


def _font(text_page: Any, place: int, text_object: int) -> tuple[Font, float, bool]:
    calls = _calls()
    matrix = (c_float * 6)()
    calls.matrix(text_page, place, _address(matrix))
    a, b, c, d, _, _ = matrix
    size = calls.font_size(text_page, place) * (c * c + d * d) ** 0.5
    handle = calls.font(text_object)
    buffer = create_string_buffer(128)
    length = calls.font_name(handle, addressof(buffer), 128)
    name = buffer.value.decode("utf-8", "replace") if 0 < length <= 128 else ""
    lower_name = name.lower()
    weight = calls.font_weight(handle)
    is_bold = weight >= 600 or "bold" in lower_name or "black" in lower_name
    is_italic = "italic" in lower_name or "oblique" in lower_name
    return (Font(name, is_bold, is_italic) if name else PLAIN_FONT), size, abs(b) > abs(a)


def _rulings(page: Any, view: _View) -> Iterator[Ruling]:
    from pypdfium2 import raw

    for path in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        x0, y0, x1, y1 = view.box(*path.get_bounds())
        width, height = x1 - x0, y1 - y0
        if (height < 2 and width > 8) or (width < 2 and height > 4):
            yield Ruling(x0, y0, x1, y1)
        elif width > 8 and height > 4 and path.container is None:
            yield Ruling(x0, y0, x1, y0)
            yield Ruling(x0, y1, x1, y1)
            yield Ruling(x0, y0, x0, y1)
            yield Ruling(x1, y0, x1, y1)


def _fill(call: Any, text_page: Any, array: Any, stride: int, count: int) -> None:
    start = _address(array)
    deque(map(call, repeat(text_page), range(count), range(start, start + stride * count, stride)), maxlen=0)


def _address(array: Any) -> int:
    return addressof(array)


class _Calls:
    """PDFium's functions, with places in memory as numbers: a call costs a third of what it does with pointers."""

    def __init__(self) -> None:
        from pypdfium2 import raw

        def function(name: str, result: Any, *arguments: Any) -> Any:
            address = cast(getattr(raw, name), c_void_p).value or 0
            return PYFUNCTYPE(result, *arguments)(address)

        self.count_chars = function("FPDFText_CountChars", c_int, c_void_p)
        self.unicode = function("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
        self.text_object = function("FPDFText_GetTextObject", c_void_p, c_void_p, c_int)
        self.loose_box = function("FPDFText_GetLooseCharBox", c_int, c_void_p, c_int, c_void_p)
        self.tight_box = function("FPDFText_GetCharBox", c_int, c_void_p, c_int, *[c_void_p] * 4)
        self.origin = function("FPDFText_GetCharOrigin", c_int, c_void_p, c_int, c_void_p, c_void_p)
        self.matrix = function("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)
        self.font_size = function("FPDFText_GetFontSize", c_double, c_void_p, c_int)
        self.font = function("FPDFTextObj_GetFont", c_void_p, c_void_p)
        self.font_name = function("FPDFFont_GetBaseFontName", c_int, c_void_p, c_void_p, c_int)
        self.font_weight = function("FPDFFont_GetWeight", c_int, c_void_p)


@cache
def _calls() -> _Calls:
    return _Calls()
