"""What PDFium says about the characters of a page, one by one, with as few calls as possible."""

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from ctypes import c_void_p
from itertools import repeat
from typing import NamedTuple

from assistant.readers.pdf.pdfium.calls import calls

_MAX_CHARACTERS = 300_000  # of a page; those of books have 5,000
_NO_MEANING = 0xFFFE  # in the text: a hyphen at a line's end, or a character without meaning


class Characters(NamedTuple):
    """The characters of a page.

    Attributes:
        text_page: PDFium's handle.
        codes: what they mean, in Unicode.
        objects: the handles of the text objects that print them; None for those that PDFium makes up.
        boxes: four numbers a character: left, top, right and bottom of its ink and its width.
    """

    text_page: c_void_p
    codes: list[int]
    objects: list[int | None]
    boxes: "array[float]"


def read_characters(text_page: c_void_p) -> Characters:
    """The characters of a page, by PDFium's handle of its text."""
    call = calls()
    count = min(max(call.count_chars(text_page), 0), _MAX_CHARACTERS)
    boxes = array("f", bytes(16 * count))
    start = boxes.buffer_info()[0]
    exhaust(map(call.loose_box, repeat(text_page), range(count), range(start, start + 16 * count, 16)))
    objects = list(map(call.text_object, repeat(text_page), range(count)))
    return Characters(text_page, _codes(text_page, count), objects, boxes)


def has_more_text(text_page: c_void_p) -> bool:
    """Whether a page has more characters than are read, by PDFium's handle of its text."""
    return bool(calls().count_chars(text_page) > _MAX_CHARACTERS)


def read_origins(text_page: c_void_p, places: Sequence[int]) -> tuple[Sequence[float], Sequence[float]]:
    """How far to the right and how far up some characters of a page are printed.

    Args:
        text_page: PDFium's handle of the text of the page.
        places: of the characters in that text.
    """
    origins = array("d", bytes(16 * len(places)))
    start = origins.buffer_info()[0]
    end = start + 16 * len(places)
    exhaust(map(calls().origin, repeat(text_page), places, range(start, end, 16), range(start + 8, end + 8, 16)))
    return origins[::2], origins[1::2]


def joined(text: str, more: str) -> str:
    """The characters of one sign; the halves of one beyond U+FFFF come one by one."""
    return (text + more).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def exhaust(iterator: Iterable[object]) -> None:
    """Runs an iterator to its end, for its effects."""
    deque(iterator, maxlen=0)


def _codes(text_page: c_void_p, count: int) -> list[int]:
    """The codes of the characters: from the text as a whole, where none of them is left out of it."""
    call = calls()
    text = array("H", bytes(2 * count + 2))
    if call.text(text_page, 0, count, text.buffer_info()[0]) != count + 1:
        return list(map(call.unicode, repeat(text_page), range(count)))
    codes = text[:count].tolist()
    if _NO_MEANING in codes:
        return [call.unicode(text_page, place) if code == _NO_MEANING else code for place, code in enumerate(codes)]
    return codes
