"""Sentences beside the text in their rectangles, read again from the page by pdftotext or by PDFium itself.

Both sides are compared without white space, hyphens, the borders of table rows and square brackets, which the marks of
notes lose, with raised and lowered characters on the line; where there are such, in any order, for an index below an
exponent may come before or behind it. Control characters and others that stand for none are left out. A word of
pdftotext belongs to a rectangle if its middle is in it. Where that differs, because pdftotext glues words of two
sentences say, the text that PDFium has in the rectangle, a little narrowed, may be the same.
"""

import random
import re
import unicodedata
from collections.abc import Sequence
from ctypes import byref, c_double, c_ushort
from pathlib import Path
from typing import Any, NamedTuple

from assistant.errors import ReadingError
from assistant.readers import ReaderPool
from assistant.structure import Box
from assistant.types import Document
from research.command_line import print_now
from research.fidelity.measuring import MAX_BYTES, READING_SECONDS
from research.fidelity.words import words_off_the_line
from research.pdf.page_words import PageWord, page_words

_NOT_COMPARED = re.compile(r"[\s|\[\]\-\u00ad\u2010\u2011\u200b\ufeff\ufffd\x00-\x1f]+")
_INSET = 0.6  # points by which PDFium's rectangles are narrowed, so that neighbours that only touch stay outside
_BAND = (0.3, 0.2)  # shares of a rectangle's height that are left off above and below, likewise
_DEVICE = 100  # units a point


class Checked(NamedTuple):
    """A sentence, and what stands in its rectangles."""

    file: str
    page: int
    sentence: str
    by_pdftotext: str
    by_pdfium: str

    @property
    def is_same(self) -> bool:
        """Whether one of both says what the sentence says."""
        sentence = comparable(self.sentence)
        again = {comparable(self.by_pdftotext), comparable(self.by_pdfium)}
        if words_off_the_line(self.sentence):
            return sorted(sentence) in map(sorted, again)
        return sentence in again


def check_sentences(files: Sequence[Path], *, count: int, seed: int) -> list[Checked]:
    """Checks random sentences, as many of each file.

    Args:
        files: the PDFs; one that can't be read has no sentences.
        count: how many sentences.
        seed: of the draw.
    """
    chance = random.Random(seed)  # noqa: S311 — a draw that can be repeated
    checked: list[Checked] = []
    with ReaderPool(seconds=READING_SECONDS) as readers:
        for place, file in enumerate(files):
            try:
                read = readers.read(file.read_bytes(), file.name, max_bytes=MAX_BYTES)
            except ReadingError as error:
                print_now(f"{file.name}: not read: {error}")
                continue
            share = (count - len(checked)) // (len(files) - place)
            drawn = chance.sample(read.sentences, min(share, len(read.sentences)))
            spans = [(sentence.start, sentence.end) for sentence in drawn]
            checked += _check_file(file, read.document, spans)
    return checked


def comparable(text: str) -> str:
    """A text without what isn't compared."""
    return unicodedata.normalize("NFKC", _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text)))


def words_in(boxes: Sequence[Box], pages: Sequence[Sequence[PageWord]]) -> str:
    """The words of pdftotext whose middle lies in the boxes, box by box, those of a box from left to right."""
    texts = []
    for box in boxes:
        words = pages[box.page - 1] if box.page <= len(pages) else ()
        inside = [word for word in words if _is_in(word.center, box)]
        texts.append(" ".join(word.text for word in sorted(inside, key=lambda word: word.x0)))
    return "\n".join(texts)


def _is_in(point: tuple[float, float], box: Box) -> bool:
    return box.x0 <= point[0] <= box.x1 and box.y0 <= point[1] <= box.y1


def _check_file(file: Path, document: Document, spans: Sequence[tuple[int, int]]) -> list[Checked]:
    import pypdfium2

    pages = page_words(file)
    pdf: Any = pypdfium2.PdfDocument(file)
    checked = []
    try:
        for start, end in spans:
            boxes = document.geometry.boxes(start, end) if document.geometry else ()
            text = document.text[start:end]
            again = "\n".join(_bounded_text(pdf, box) for box in boxes)
            checked.append(Checked(file.name, boxes[0].page if boxes else 0, text, words_in(boxes, pages), again))
    finally:
        pdf.close()
    return checked


def _bounded_text(pdf: Any, box: Box) -> str:
    """The text that PDFium has in a rectangle of a page."""
    import pypdfium2.raw as pdfium

    page = pdf[box.page - 1]
    height = box.y1 - box.y0
    corners = [
        _on_page(page, box.x0 + _INSET, box.y0 + _BAND[0] * height),
        _on_page(page, box.x1 - _INSET, box.y1 - _BAND[1] * height),
    ]
    left, right = sorted(x for x, _ in corners)
    bottom, top = sorted(y for _, y in corners)
    text_page = page.get_textpage()
    size = pdfium.FPDFText_GetBoundedText(text_page.raw, left, top, right, bottom, None, 0)
    buffer = (c_ushort * max(size, 1))()
    pdfium.FPDFText_GetBoundedText(text_page.raw, left, top, right, bottom, buffer, size)
    text_page.close()
    page.close()
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\x00")


def _on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    """A point of the page as it is shown in the page's own coordinates, by PDFium."""
    import pypdfium2.raw as pdfium

    width, height = (round(_DEVICE * edge) for edge in page.get_size())
    page_x, page_y = c_double(), c_double()
    pdfium.FPDF_DeviceToPage(
        *(page.raw, 0, 0, width, height, 0, round(_DEVICE * x), round(_DEVICE * y)), byref(page_x), byref(page_y)
    )
    return page_x.value, page_y.value
