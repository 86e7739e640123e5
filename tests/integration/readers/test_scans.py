"""Pages without text: named without the extra "ocr", read by character recognition with it."""

import io
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image

from assistant.errors import ReadingError
from assistant.readers import ReaderPool, read_bytes
from assistant.readers.pdf.recognition import scans
from assistant.types import Document
from tests.support.files import pdf

needs_recognition = pytest.mark.skipif(find_spec("rapidocr") is None, reason="needs the extra 'ocr'")
LIMIT = 50_000_000
ADVICE = "To have scans read, install: pip install 'assistant[ocr]' (uv sync --extra ocr)"
FERRY = (
    "The ferry leaves the northern pier at 7:45 on weekdays.",
    "A ticket for one crossing costs 12.50 euros, children pay half of that.",
    "Dogs travel free of charge, but they must be kept on a lead.",
)
FIGURES = (("Harbour", "2022", "2023"), ("Northern pier", "1,204", "1,377"), ("Old town", "986", "1,015"))


def page_pictures(data: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(data) as file:
        return [page.render(scale=200 / 72, grayscale=True).to_pil().convert("L") for page in file]


def scanned(data: bytes, *, degrees: float = 0, noise: float = 0) -> bytes:
    """A PDF whose pages are pictures of the pages of another one.

    Args:
        data: the other one.
        degrees: by which each page lies aslant.
        noise: the standard deviation that is added to each pixel, of 255.
    """
    sheet = FPDF(unit="pt", format="A4")
    random = np.random.default_rng(5)
    for picture in page_pictures(data):
        turned = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
        greys = np.asarray(turned, float) + random.normal(0, noise, (turned.height, turned.width))
        sheet.add_page()
        sheet.image(Image.fromarray(greys.clip(0, 255).astype(np.uint8)), 0, 0, sheet.w, sheet.h)
    return bytes(sheet.output())


def stamped(data: bytes, text: str) -> bytes:
    """A PDF of scans with a text that is printed over the lower edge of each page."""
    sheet = FPDF(unit="pt", format="A4")
    sheet.set_font("Helvetica", size=10)
    for picture in page_pictures(data):
        sheet.add_page()
        sheet.image(picture, 0, 0, sheet.w, sheet.h)
        sheet.set_xy(60, 700)
        sheet.multi_cell(0, 12, text)
    return bytes(sheet.output())


def table_page(rows: Sequence[Sequence[str]]) -> bytes:
    sheet = FPDF(unit="pt", format="A4")
    sheet.add_page()
    sheet.set_font("Helvetica", size=12)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.text(80 + 150 * column, 120 + 22 * row, cell)
    return bytes(sheet.output())


def read(data: bytes) -> Document:
    return read_bytes(data, "scan.pdf", max_bytes=LIMIT)


class TestWithoutTheExtra:
    @pytest.fixture(autouse=True)
    def _not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scans, "is_installed", lambda: False)

    def test_pages_that_are_pictures_are_named_with_what_reads_them(self) -> None:
        """The note has the numbers of the pages and how the extra is installed; blank pages are told apart."""
        text, scan = pypdfium2.PdfDocument(pdf([["One."], []])), pypdfium2.PdfDocument(scanned(pdf([[FERRY[0]]])))
        joined, data = pypdfium2.PdfDocument.new(), io.BytesIO()
        for file, pages in ((scan, [0]), (text, [0, 1]), (scan, [0])):
            joined.import_pages(file, pages)
        joined.save(data)
        assert read(data.getvalue()).notes == (
            "page 3 is blank",
            f"pages 1, 4 have no text: pictures or scans. {ADVICE}",
        )

    def test_a_file_of_pictures_alone_says_what_to_do(self) -> None:
        """It isn't read; the reason names the extra."""
        with pytest.raises(ReadingError, match=r"scanned, no text\. .*assistant\[ocr\]"):
            read(scanned(pdf([[FERRY[0]]])))

    def test_a_scan_with_a_stamp_is_named_too(self) -> None:
        """The number that an archive prints on each page isn't taken for all of it; a picture in a page of text is."""
        assert read(stamped(scanned(pdf([[FERRY[0]]])), "ARCHIVE-00017")).notes == (
            f"page 1 has little text: a picture or scan. {ADVICE}",
        )
        assert read(stamped(scanned(pdf([[FERRY[0]]])), " ".join(FERRY * 2))).notes == ()

    def test_a_file_of_blank_pages_is_called_that(self) -> None:
        """Nothing would be gained by the extra, so it isn't named."""
        with pytest.raises(ReadingError, match="no text: its pages are blank"):
            read(pdf([[], []]))


@needs_recognition
class TestWithTheExtra:
    def test_a_scan_is_read_and_marked(self) -> None:
        """All words come out; every block, and so every citation, says that they were recognised; so does a note."""
        document = read(scanned(pdf([[" ".join(FERRY)]])))
        assert " ".join(document.text.split()) == " ".join(FERRY)
        assert all(block.is_recognised for block in document.blocks)
        assert document.notes == ("page 1 was read by character recognition: compare with the picture",)

    def test_pages_with_text_are_read_as_they_are(self) -> None:
        """Recognition has only the pages without text, and marks only these."""
        joined, data = pypdfium2.PdfDocument.new(), io.BytesIO()
        for part in (pdf([["Printed words stay exact."]]), scanned(pdf([[FERRY[0]]]))):
            joined.import_pages(pypdfium2.PdfDocument(part))
        joined.save(data)
        document = read(data.getvalue())
        place = document.text.index(FERRY[0])
        assert document.page_at(place) == 2
        assert document.is_recognised(place, place + 5)
        assert not document.is_recognised(0, document.text.index("exact."))
        assert document.notes == ("page 2 was read by character recognition: compare with the picture",)

    @pytest.mark.parametrize(("degrees", "noise"), [(0.8, 12.0), (-1.2, 0.0)])
    def test_a_page_that_lies_aslant_is_set_straight(self, degrees: float, noise: float) -> None:
        """Its lines make one paragraph in their order, in spite of noise."""
        text = " ".join(FERRY * 2)
        document = read(scanned(pdf([[text]]), degrees=degrees, noise=noise))
        assert " ".join(document.text.split()) == text
        assert len(document.blocks) == 1

    @pytest.mark.parametrize("degrees", [90, 270])
    def test_a_page_that_lies_on_its_side_is_turned(self, degrees: int) -> None:
        """Whichever side it lies on."""
        sheet = FPDF(unit="pt", format="A4", orientation="landscape")
        (picture,) = page_pictures(pdf([[" ".join(FERRY)]]))
        sheet.add_page()
        sheet.image(picture.rotate(degrees, expand=True), 0, 0, sheet.w, sheet.h)
        document = read(bytes(sheet.output()))
        assert " ".join(document.text.split()) == " ".join(FERRY)

    def test_a_table_keeps_its_cells(self) -> None:
        """Figures stand in the columns in which they are printed."""
        document = read(scanned(table_page(FIGURES)))
        (table,) = [block.table for block in document.blocks if block.table]
        assert [column.name for column in table.columns] == list(FIGURES[0])
        assert [table.cells(document.text, row) for row in range(2)] == list(FIGURES[1:])

    def test_words_stand_where_they_are_printed(self) -> None:
        """The box of a recognised sentence is that of the printed one, but for a few points."""
        printed = read(pdf([[FERRY[0]]]))
        recognised = read(scanned(pdf([[FERRY[0]]])))
        assert printed.geometry
        assert recognised.geometry
        (expected,), (box,) = (
            document.geometry.boxes(0, len(document.text)) for document in (printed, recognised) if document.geometry
        )
        assert box.page == expected.page
        assert max(abs(ours - theirs) for ours, theirs in zip(box[1:], expected[1:], strict=True)) < 6

    def test_recognition_is_the_same_each_time(self) -> None:
        """A noisy page gives the same text and places twice, also in a process of its own."""
        data = scanned(pdf([[" ".join(FERRY)]]), noise=25)
        first = read(data)
        with ReaderPool() as workers:
            second = workers.read(data, "scan.pdf", max_bytes=LIMIT).document
        assert (second.text, second.geometry) == (first.text, first.geometry)

    def test_a_scan_with_a_stamp_is_read_beside_it(self) -> None:
        """The printed words stand as they are, once; the scan's beside them."""
        document = read(stamped(scanned(pdf([[FERRY[0]]])), "ARCHIVE-00017"))
        assert sorted(document.text.split("\n\n")) == ["ARCHIVE-00017", FERRY[0]]
        assert all(block.is_recognised for block in document.blocks)

    def test_more_pages_than_are_recognised_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first ones are read; the others are named with what to do."""
        monkeypatch.setattr(scans, "_MAX_RECOGNISED", 1)
        document = read(scanned(pdf([[FERRY[0]], [FERRY[1]], [FERRY[2]]])))
        assert document.text.strip() == FERRY[0]
        assert document.notes[1].startswith("pages 2-3 have no text")
        assert "split it" in document.notes[1]
