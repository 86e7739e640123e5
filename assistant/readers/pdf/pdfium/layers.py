"""Which text of a page belongs to a layer that may be switched off.

PDFium doesn't tell which layers are; but it draws none that is.
"""

import re
from ctypes import addressof, c_ulong, create_string_buffer
from functools import lru_cache
from typing import NamedTuple

from assistant.readers.pdf.pdfium.calls import calls
from assistant.readers.pdf.pdfium.objects import Drawing

_LAYERS_IN_DICTIONARY, _PACKED_OBJECTS = b"/OCProperties", b"/ObjStm"
_LAYER_OF_FORM = re.compile(rb"/OC(?:\s{1,9}\d{1,9}\s{1,9}\d{1,5}\s{1,9}R|\s{0,9}<<)")
_LAYER_MARK = "OC".encode("utf-16-le") + b"\0\0"
_MAX_MARKS = 16  # of a text object that are looked at
_MAX_NAME_BYTES = 64


class Layers(NamedTuple):
    """How a file may say that text is part of a layer.

    Attributes:
        by_marks: text objects may be marked.
        by_forms: forms may be.
    """

    by_marks: bool
    by_forms: bool


def layers_in(data: bytes) -> Layers:
    """How a file may say that text is part of a layer, as far as its bytes tell without being unpacked."""
    may_have_layers = _LAYERS_IN_DICTIONARY in data or _PACKED_OBJECTS in data
    return Layers(may_have_layers, may_have_layers and bool(_LAYER_OF_FORM.search(data)))


def layered_texts(drawing: Drawing, layers: Layers) -> frozenset[int]:
    """PDFium's handles of the text objects of a page that may be part of a layer.

    Args:
        drawing: of the page.
        layers: as the file has them.
    """
    in_forms = [item.handle for item in drawing.form_texts]
    by_forms = in_forms if layers.by_forms else []
    if not layers.by_marks:
        return frozenset(by_forms)
    is_layer = lru_cache(maxsize=None)(_is_layer)  # text objects that follow each other have the same marks
    call = calls()
    texts = [*drawing.texts, *in_forms]
    marked = (
        text
        for text, count in zip(texts, map(call.count_marks, texts), strict=True)
        if count > 0 and any(is_layer(call.mark(text, number)) for number in range(min(count, _MAX_MARKS)))
    )
    return frozenset([*marked, *by_forms])


def _is_layer(mark: int) -> bool:
    name, length = create_string_buffer(_MAX_NAME_BYTES), c_ulong()
    is_named = calls().mark_name(mark, addressof(name), _MAX_NAME_BYTES, addressof(length))
    return bool(is_named) and name.raw[: len(_LAYER_MARK)] == _LAYER_MARK
