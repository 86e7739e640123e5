"""Text that is out of sight: covered, too small, or on a layer that is switched off. Nobody reads it, nor do we."""

import io
import time

import pytest
from fpdf import FPDF
from reportlab.pdfgen.canvas import Canvas

from assistant.readers.pdf.page import join_words
from assistant.readers.pdf.reader import read_pdf
from assistant.readers.pdf.words.words import words_of
from tests.support.files import pdf_page, pdf_stream, raw_pdf
from tests.support.pdf_pages import content_of

BOX = "0 g 60 690 300 30 re f "
COVERED = "BT /F1 12 Tf 1 0 0 1 72 700 Tm (Covered figure) Tj ET "
OPEN = "BT /F1 12 Tf 1 0 0 1 72 600 Tm (Open words) Tj ET "


def drawn(content: str, resources: bytes = b"", more: dict[int, bytes] | None = None, catalogue: bytes = b"") -> bytes:
    """A page of 600 by 800 points with this content stream, and F1 as Helvetica."""
    objects = pdf_page(pdf_stream(content.encode()), resources) | (more or {})
    objects[1] = objects[1].replace(b"/Type /Catalog", b"/Type /Catalog " + catalogue)
    return raw_pdf(objects)


def shown(data: bytes) -> str:
    return join_words(words_of(content_of(data)))


class TestCovers:
    """What is drawn over text hides it."""

    def test_a_redaction_hides_what_is_under_it(self) -> None:
        """The words under a black box are left out, those beside it and on other lines stay, and a note tells."""
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=(600, 800))
        canvas.drawString(72, 700, "The witness is Henrike Baumgarten of Kiel.")
        canvas.drawString(72, 680, "She lives by the harbour.")
        start = 72 + canvas.stringWidth("The witness is ")
        canvas.rect(start - 1, 696, canvas.stringWidth("Henrike Baumgarten") + 2, 14, fill=1, stroke=0)
        canvas.save()
        assert shown(file.getvalue()) == "The witness is of Kiel. She lives by the harbour."
        assert read_pdf(file.getvalue(), 1_000_000).notes == (
            "text that nobody sees is left out: 17 characters on page 1",
        )

    @pytest.mark.parametrize("colour", [(255, 255, 255), (200, 30, 30), (0, 0, 0)])
    def test_boxes_of_any_colour_hide(self, colour: tuple[int, int, int]) -> None:
        """White correction covers as black ink does; the text printed over it is read."""
        sheet = FPDF(unit="pt", format=(600, 800))
        sheet.add_page()
        sheet.set_font("Helvetica", size=12)
        sheet.text(72, 100, "Price: 500 euros")
        sheet.set_fill_color(*colour)
        sheet.rect(70, 88, 200, 16, style="F")
        sheet.set_text_color(0 if colour[0] else 255)
        sheet.text(72, 100, "Price: 700 euros")
        assert shown(bytes(sheet.output())) == "Price: 700 euros"

    def test_what_is_drawn_before_text_hides_nothing(self) -> None:
        """A background is under its text."""
        assert shown(drawn("0.8 g 60 590 300 130 re f 0 g " + COVERED + OPEN)) == "Covered figure Open words"

    def test_form_objects_count_in_the_order_of_drawing(self) -> None:
        """A box that a form draws hides text before it, and text of a form is hidden by a box after it."""
        for inner, content, expected in (
            (BOX, COVERED + OPEN + "/X Do", "Open words"),
            (BOX, "/X Do 1 g " + COVERED + "0 g " + OPEN, "Covered figure Open words"),
            (COVERED, "/X Do " + OPEN + BOX, "Open words"),
            (COVERED + OPEN + BOX, "/X Do", "Open words"),
        ):
            font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
            form = pdf_stream(inner.encode(), b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] " + font)
            assert shown(drawn(content, b"/XObject << /X 5 0 R >>", {5: form})) == expected

    def test_what_shows_through_is_read(self) -> None:
        """A translucent marker, a frame that isn't filled and a box that is cut off hide nothing."""
        state = b"/ExtGState << /A << /ca 0.4 >> /M << /BM /Multiply >> >>"
        marker = "1 1 0 rg 60 690 300 30 re f"
        for cover in (f"/A gs {marker}", f"/M gs {marker}", "60 690 300 30 re S", f"400 0 9 9 re W n {marker}"):
            assert shown(drawn(COVERED + f"q {cover} Q " + OPEN, state)) == "Covered figure Open words"

    def test_a_picture_hides_too(self) -> None:
        """A picture is pasted over text as a box is; one with holes shows what is under these."""
        image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        clear = image + b"/Length 1 >>\nstream\n\x00\nendstream"
        for mask, expected in ((b"", "Open words"), (b"/SMask 6 0 R ", "Covered figure Open words")):
            more = {5: image + mask + b"/Length 1 >>\nstream\n\x80\nendstream", 6: clear}
            pasted = COVERED + "q 300 0 0 30 60 690 cm /I Do Q " + OPEN
            assert shown(drawn(pasted, b"/XObject << /I 5 0 R >>", more)) == expected

    def test_a_word_is_hidden_if_most_of_its_letters_are(self) -> None:
        """A box over the last letter leaves the word; one over all but the first doesn't; nor one up to its middle."""
        for x, expected in ((170, "Unforgettably Open words"), (90, "Open words")):
            word = "BT /F1 16 Tf 1 0 0 1 72 700 Tm (Unforgettably) Tj ET "
            assert shown(drawn(word + f"{x} 690 300 30 re f " + OPEN)) == expected
        assert shown(drawn(COVERED + "60 690 300 16.5 re f " + OPEN)) == "Open words"

    def test_a_box_laid_over_the_page_hides_too(self) -> None:
        """Programs for notes black words out with a box that is no part of the page's own drawing."""
        objects = pdf_page(pdf_stream((COVERED + OPEN).encode()))
        objects[3] = objects[3].replace(b"/Type /Page ", b"/Type /Page /Annots [6 0 R] ")
        objects[5] = pdf_stream(b"0 g 60 690 300 30 re f", b"/Type /XObject /Subtype /Form /BBox [60 690 360 720]")
        objects[6] = b"<< /Type /Annot /Subtype /Square /F 4 /Rect [60 690 360 720] /AP << /N 5 0 R >> >>"
        assert shown(raw_pdf(objects)) == "Open words"

    def test_boxes_and_text_at_impossible_places_do_no_harm(self) -> None:
        """Numbers beyond all bounds, in a box or in a matrix, leave the rest of the page as it is."""
        huge = "9" * 39
        for stray in (f"0 0 {huge} {huge} re f", f"{huge} 0 0 {huge} 0 0 cm 1 1 9 9 re f"):
            assert "Open words" in shown(drawn(COVERED + f"q {stray} Q 0 g " + BOX + OPEN))
        assert "Open words" in shown(drawn(f"BT /F1 12 Tf 1 0 0 1 {huge} 700 Tm (Far) Tj ET " + COVERED + BOX + OPEN))

    def test_turned_pages(self) -> None:
        """Covers hide text also on a page that the file turns."""
        data = drawn(COVERED + BOX + OPEN).replace(b"/Type /Page ", b"/Rotate 90 /Type /Page ")
        assert [word.text for word in words_of(content_of(data))] == ["Open", "words"]

    def test_many_boxes_over_much_text_take_little_time(self) -> None:
        """Ten times as many boxes and lines take about ten times as long."""

        def seconds(count: int) -> float:
            texts = "".join(f"1 0 0 1 {n % 30 * 20} {n // 30 * 2 % 800} Tm (abcdefgh) Tj " for n in range(count))
            boxes = "".join(f"{n % 60 * 10} {n // 60 * 3 % 800} 600 400 re f " for n in range(count))
            data = drawn(f"BT /F1 2 Tf {texts} ET {boxes}")
            start = time.process_time()
            content_of(data)
            return time.process_time() - start

        assert seconds(10_000) < 30 * max(seconds(1_000), 0.05)


class TestLayers:
    """Text of a layer that is switched off isn't shown."""

    @pytest.mark.parametrize("state", ["ON", "OFF"])
    def test_a_layer_by_its_marks(self, state: str) -> None:
        """Marked text is read if its layer is switched on."""
        content = f"/OC /L BDC {COVERED} EMC {OPEN}"
        expected = "Open words" if state == "OFF" else "Covered figure Open words"
        assert shown(layered(content, b"/Properties << /L 6 0 R >>", state)) == expected

    @pytest.mark.parametrize("state", ["ON", "OFF"])
    def test_a_layer_of_a_form(self, state: str) -> None:
        """A form may belong to a layer as a whole."""
        font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        form = pdf_stream(COVERED.encode(), b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /OC 6 0 R " + font)
        expected = "Open words" if state == "OFF" else "Covered figure Open words"
        assert shown(layered("/X Do " + OPEN, b"/XObject << /X 5 0 R >>", state, {5: form})) == expected


def layered(content: str, resources: bytes, state: str, more: dict[int, bytes] | None = None) -> bytes:
    """A page of a file with a layer, its object 6, in this state."""
    layers = f"/OCProperties << /OCGs [6 0 R] /D << /{state} [6 0 R] /Order [6 0 R] >> >> ".encode()
    layer = {6: b"<< /Type /OCG /Name (Drafts) >>"}
    return drawn(content, resources, (more or {5: b"null"}) | layer, layers)


class TestSmallType:
    """Type that is too small to be read."""

    def test_half_a_point_is_too_small_however_it_comes_about(self) -> None:
        """The size counts as printed, be it the font's or the matrix's; a note tells what is left out."""
        for tiny in ("/F1 0.5 Tf 1 0 0 1 72 700 Tm", "/F1 10 Tf 0.05 0 0 0.05 72 700 Tm"):
            data = drawn(f"BT {tiny} (Tiny) Tj ET " + OPEN)
            assert shown(data) == "Open words"
            assert content_of(data).hidden == 4
        assert shown(drawn("BT /F1 0.5 Tf 20 0 0 20 72 700 Tm (Large) Tj ET")) == "Large"

    def test_small_type_on_a_small_page_is_read(self) -> None:
        """A page of a hundred points that is shown as large as the screen has small type that everybody reads."""
        objects = pdf_page(pdf_stream(b"BT /F1 0.8 Tf 1 0 0 1 10 50 Tm (Label) Tj ET"))
        objects[3] = objects[3].replace(b"[0 0 600 800]", b"[0 0 80 100]")
        assert shown(raw_pdf(objects)) == "Label"
