"""PDFium's functions as this project calls them: thousands of times a page, with as little overhead as possible."""

from ctypes import (
    PYFUNCTYPE,
    addressof,
    c_double,
    c_float,
    c_int,
    c_size_t,
    c_uint,
    c_ulong,
    c_void_p,
    cast,
    create_string_buffer,
)
from functools import cache
from typing import Any

_MAX_NAME_BYTES = 256


class Calls:
    """PDFium's functions, taking addresses in memory as numbers: that takes a third of the time of ctypes' pointers.

    The handles of a page and of its text are a `c_void_p`.
    """

    def __init__(self) -> None:
        from pypdfium2 import raw

        def function(name: str, result: Any, *arguments: Any) -> Any:
            return PYFUNCTYPE(result, *arguments)(cast(getattr(raw, name), c_void_p).value or 0)

        pointer, handle, text_page = c_void_p, c_void_p, c_void_p
        self.count_chars = function("FPDFText_CountChars", c_int, text_page)
        self.text = function("FPDFText_GetText", c_int, text_page, c_int, c_int, pointer)
        # These take a page, or its text, and a number. Without declared types that takes half the time.
        self.unicode = function("FPDFText_GetUnicode", c_uint)
        self.is_generated = function("FPDFText_IsGenerated", c_int)
        self.is_hyphen = function("FPDFText_IsHyphen", c_int)
        self.has_no_unicode = function("FPDFText_HasUnicodeMapError", c_int)
        self.text_object = function("FPDFText_GetTextObject", handle)
        self.font_size = function("FPDFText_GetFontSize", c_double)
        self.object = function("FPDFPage_GetObject", handle)
        self.loose_box = function("FPDFText_GetLooseCharBox", c_int, text_page, c_int, pointer)
        self.ink_box = function("FPDFText_GetCharBox", c_int, text_page, c_int, pointer, pointer, pointer, pointer)
        self.origin = function("FPDFText_GetCharOrigin", c_int, text_page, c_int, pointer, pointer)
        self.matrix = function("FPDFText_GetMatrix", c_int, text_page, c_int, pointer)
        self.font = function("FPDFTextObj_GetFont", handle, handle)
        self.render_mode = function("FPDFTextObj_GetTextRenderMode", c_int, handle)
        self.font_name = function("FPDFFont_GetBaseFontName", c_size_t, handle, pointer, c_size_t)
        self.font_weight = function("FPDFFont_GetWeight", c_int, handle)
        self.font_flags = function("FPDFFont_GetFlags", c_int, handle)
        self.font_ascent = function("FPDFFont_GetAscent", c_int, handle, c_float, pointer)
        self.font_descent = function("FPDFFont_GetDescent", c_int, handle, c_float, pointer)
        self.glyph_width = function("FPDFFont_GetGlyphWidth", c_int, handle, c_uint, c_float, pointer)
        self.glyph_path = function("FPDFFont_GetGlyphPath", handle, handle, c_uint, c_float)
        self.count_glyph_segments = function("FPDFGlyphPath_CountGlyphSegments", c_int, handle)
        self.glyph_segment = function("FPDFGlyphPath_GetGlyphPathSegment", handle, handle, c_int)
        self.count_objects = function("FPDFPage_CountObjects", c_int, handle)
        self.count_form_objects = function("FPDFFormObj_CountObjects", c_int, handle)
        self.form_object = function("FPDFFormObj_GetObject", handle, handle, c_ulong)
        self.object_type = function("FPDFPageObj_GetType", c_int, handle)
        self.object_bounds = function("FPDFPageObj_GetBounds", c_int, handle, pointer, pointer, pointer, pointer)
        self.object_matrix = function("FPDFPageObj_GetMatrix", c_int, handle, pointer)
        self.count_marks = function("FPDFPageObj_CountMarks", c_int, handle)
        self.mark = function("FPDFPageObj_GetMark", handle, handle, c_ulong)
        self.mark_name = function("FPDFPageObjMark_GetName", c_int, handle, pointer, c_ulong, pointer)
        self.set_active = function("FPDFPageObj_SetIsActive", c_int, handle, c_int)
        self.fill_color = function("FPDFPageObj_GetFillColor", c_int, handle, pointer, pointer, pointer, pointer)
        self.stroke_color = function("FPDFPageObj_GetStrokeColor", c_int, handle, pointer, pointer, pointer, pointer)
        self.stroke_width = function("FPDFPageObj_GetStrokeWidth", c_int, handle, pointer)
        self.draw_mode = function("FPDFPath_GetDrawMode", c_int, handle, pointer, pointer)
        self.count_segments = function("FPDFPath_CountSegments", c_int, handle)
        self.segment = function("FPDFPath_GetPathSegment", handle, handle, c_int)
        self.segment_point = function("FPDFPathSegment_GetPoint", c_int, handle, pointer, pointer)
        self.segment_type = function("FPDFPathSegment_GetType", c_int, handle)


@cache
def calls() -> Calls:
    """PDFium's functions."""
    return Calls()


def floats(call: Any, *arguments: Any, count: int) -> tuple[float, ...] | None:
    """What a function writes into one place for ``count`` numbers; None where it fails."""
    numbers = (c_float * count)()
    return tuple(numbers) if call(*arguments, addressof(numbers)) else None


def float_each(call: Any, *arguments: Any, count: int) -> tuple[float, ...] | None:
    """What a function writes into ``count`` places, one for each number; None where it fails."""
    numbers = (c_float * count)()
    start = addressof(numbers)
    return tuple(numbers) if call(*arguments, *range(start, start + 4 * count, 4)) else None


def double_each(call: Any, *arguments: Any, count: int) -> tuple[float, ...]:
    """As `float_each`, for numbers of double precision; zeros where it fails."""
    numbers = (c_double * count)()
    start = addressof(numbers)
    call(*arguments, *range(start, start + 8 * count, 8))
    return tuple(numbers)


def int_each(call: Any, *arguments: Any, count: int) -> tuple[int, ...] | None:
    """As `float_each`, for whole numbers."""
    numbers = (c_int * count)()
    start = addressof(numbers)
    return tuple(numbers) if call(*arguments, *range(start, start + 4 * count, 4)) else None


def name(call: Any, handle: int) -> str:
    """The name that a function writes."""
    buffer = create_string_buffer(_MAX_NAME_BYTES)
    length = call(handle, addressof(buffer), _MAX_NAME_BYTES)
    return buffer.value.decode("utf-8", "replace") if 0 < length <= _MAX_NAME_BYTES else ""
