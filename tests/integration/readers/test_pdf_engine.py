"""What PDFium's edge makes of PDFs: glyphs and words where people see them, rulings, fields, metadata, failures."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from fpdf import FPDF
from reportlab.lib.colors import transparent
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.pdf.page import PageContent, Word, join_words
from assistant.readers.pdf.pdfium.file import open_pdf
from assistant.readers.pdf.reader import read_pdf
from assistant.readers.pdf.words.words import words_of
from assistant.structure.word_packing import unpack_words
from tests.support.files import pdf, pdf_page, pdf_stream, raw_pdf

LIMIT = 1_000_000
PICTURE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
)


def page_of(data: bytes, number: int = 1) -> PageContent:
    with open_pdf(data) as file:
        return file.page(number)


def words(data: bytes, number: int = 1) -> list[Word]:
    return words_of(page_of(data, number))


def texts(data: bytes, number: int = 1) -> list[str]:
    return [word.text for word in words(data, number)]


def drawn(content: str, resources: bytes = b"", more: dict[int, bytes] | None = None, *, page: bytes = b"") -> bytes:
    """A page of 600 by 800 points with this content stream, and F1 as Helvetica."""
    objects = pdf_page(pdf_stream(content.encode("latin-1")), resources) | (more or {})
    objects[3] = objects[3].replace(b"/Type /Page ", b"/Type /Page " + page)
    return raw_pdf(objects)


def line(text: str, x: float = 72, y: float = 700, size: float = 12, extra: str = "") -> str:
    """The operators that print a line."""
    escaped = text.replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {extra} 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"


@contextmanager
def canvas(size: tuple[float, float] = (600, 800)) -> Iterator[tuple[Canvas, io.BytesIO]]:
    """A canvas of reportlab, and what it writes."""
    file = io.BytesIO()
    drawing = Canvas(file, pagesize=size)
    yield drawing, file
    drawing.save()


def read(data: bytes) -> ExtractedDocument:
    return read_pdf(data, LIMIT)


class TestWords:
    """Words as people see them, whatever spaces a file claims."""

    def test_letters_pulled_together_over_claimed_spaces_are_a_word(self) -> None:
        """Spaces that are printed and taken back again leave no gap; the gaps that are left part words."""
        pulled = "[(J) 0 (u) 0 (n) 0 (e) -278 (3) 0 (0) 0 (,)] TJ".replace(" 0 ", " ( ) 278 ")
        assert texts(drawn(f"BT /F1 12 Tf 1 0 0 1 72 700 Tm {pulled} ET")) == ["June", "30,"]

    def test_words_without_spaces_are_parted_by_their_gaps(self) -> None:
        """A file may move on instead of printing a space, inside a line or with a new text object."""
        content = "BT /F1 12 Tf 1 0 0 1 72 700 Tm [(government) -300 (funded)] TJ ET " + line("aid", x=180)
        assert texts(drawn(content)) == ["government", "funded", "aid"]

    def test_a_word_printed_in_pieces_is_one(self) -> None:
        """Letters that adjoin are a word, in whichever order and however many pieces they are printed."""
        width = pdfmetrics.stringWidth("Decembe", "Helvetica", 12)
        pieces = [line("r", x=72 + width), line("Decembe")]
        assert texts(drawn("".join(pieces))) == texts(drawn("".join(reversed(pieces)))) == ["December"]

    @pytest.mark.parametrize("spacing", [1.2, 2.5, 4.0])
    def test_letters_set_apart_are_words(self, spacing: float) -> None:
        """A heading whose letters are set apart has words where its gaps are wider still."""
        assert texts(drawn(line("Annual Report 2023", extra=f"{spacing} Tc"))) == ["Annual", "Report", "2023"]

    def test_columns_of_single_letters_stay_apart(self) -> None:
        """Letters far from each other are words of their own."""
        assert texts(drawn("".join(line(letter, x=72 + 40 * n) for n, letter in enumerate("ABCDE")))) == list("ABCDE")

    def test_ink_that_reaches_over_the_space_does_not_close_it(self) -> None:
        """The f of an italic leans over the space after it; the word still ends there."""
        with canvas() as (drawing, file):
            drawing.setFont("Times-Italic", 20)
            drawing.drawString(72, 700, "half of the staff left")
        assert texts(file.getvalue()) == ["half", "of", "the", "staff", "left"]

    def test_slanted_letters_are_as_wide_as_upright_ones(self) -> None:
        """Letters made to lean by a matrix have the gaps that upright ones have."""
        leaning = "BT /F1 12 Tf 1 0 0.3 1 72 700 Tm (Lit Of Felt Tip) Tj ET"
        assert texts(drawn(leaning)) == ["Lit", "Of", "Felt", "Tip"]

    def test_print_that_is_doubled_counts_once(self) -> None:
        """Words printed twice for a bold look, at once or after the line, or with a shadow, are read once."""
        twice = line("Bold words") + line("Bold words", x=72.3)
        shadow = line("Shadow", y=600, size=30) + line("Other", y=500) + line("Shadow", x=73.5, y=598.5, size=30)
        assert texts(drawn(twice + shadow)) == ["Bold", "words", "Shadow", "Other"]

    def test_letters_doubled_one_by_one_count_once(self) -> None:
        """Each letter may be printed twice before the next one; double letters of words stay."""
        with canvas() as (drawing, file):
            drawing.setFont("Helvetica", 12)
            x = 72.0
            for letter in "Balloon":
                drawing.drawString(x, 700, letter)
                drawing.drawString(x + 1.3, 700, letter)
                x += drawing.stringWidth(letter, "Helvetica", 12)
        assert texts(file.getvalue()) == ["Balloon"]

    def test_italic_letters_printed_one_by_one_are_all_read(self) -> None:
        """Two f whose ink overlaps by more than half are two letters; a letter printed twice is one."""
        with canvas() as (drawing, file):
            drawing.setFont("Times-Italic", 12)
            x = 72.0
            for letter in "adversely affected staff":
                drawing.drawString(x, 700, letter)
                x += (0.9 if letter == "f" else 1) * drawing.stringWidth(letter, "Times-Italic", 12)
            for offset in (0.0, 0.4):
                drawing.drawString(72 + offset, 650, "f")
        assert texts(file.getvalue()) == ["adversely", "affected", "staff", "f"]

    def test_ligatures_are_their_letters(self) -> None:
        """A sign for several letters, as its own character or by the font's table, is these letters."""
        table = b"2 beginbfchar <41> <FB01> <42> <006600660069> endbfchar"
        assert texts(mapped("BT /F2 12 Tf 1 0 0 1 72 700 Tm (A eBx) Tj ET", table)) == ["fi", "effix"]

    def test_characters_beyond_the_basic_plane_are_whole(self) -> None:
        """A mathematical letter beyond U+FFFF is one character."""
        table = b"1 beginbfchar <41> <D835DC65> endbfchar"
        assert texts(mapped("BT /F2 12 Tf 1 0 0 1 72 700 Tm (zAz) Tj ET", table)) == ["z\U0001d465z"]

    def test_a_hyphen_at_a_lines_end_is_a_soft_one(self) -> None:
        """A hyphen that parts a word between two lines is told from one inside a line."""
        found = texts(drawn(line("a well-known econo-") + line("my of scale", y=686)))
        assert found == ["a", "well-known", "econo\u00ad", "my", "of", "scale"]

    @pytest.mark.parametrize("meaning", [b"007F", b"F0B7", b"0001", b"E010"])
    def test_bullets_of_odd_fonts_are_bullets(self, meaning: bytes) -> None:
        """A sign without meaning at the beginning of a line is a bullet, and elsewhere none."""
        items = [line("two oars", x=90), line("12 flares of", x=90, y=686)]
        signs = [line("A", y=y, x=x).replace("F1", "F2") for x, y in ((72, 700), (72, 686), (160, 686))]
        assert texts(mapped("".join(items + signs), b"1 beginbfchar <41> <%b> endbfchar" % meaning)) == [
            "two", "oars", "12", "flares", "of", "•", "•",
        ]  # fmt: skip

    def test_an_accent_printed_over_a_letter_is_part_of_it(self) -> None:
        """TeX's old fonts print the accent, then the letter at the same place."""
        letter = pdfmetrics.stringWidth("K", "Helvetica", 12)
        for accent in (line(r"K\250") + line("oln", x=72 + letter), line("Koln") + line(r"\250", x=73 + letter)):
            objects = pdf_page(pdf_stream(accent.encode("latin-1")))
            objects[3] = objects[3].replace(b"/Helvetica", b"/Helvetica /Encoding /WinAnsiEncoding")
            assert texts(raw_pdf(objects)) == ["Köln"]


def mapped(content: str, table: bytes) -> bytes:
    """A page whose font F2 is Helvetica with a table of its own that says what its codes mean."""
    font = b"/Font << /F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >> /F1"
    meanings = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
        b"1 begincodespacerange <00> <FF> endcodespacerange " + table + b" endcmap end end"
    )
    objects = pdf_page(pdf_stream(content.encode("latin-1"))) | {5: pdf_stream(meanings)}
    objects[3] = objects[3].replace(b"/Font << /F1", font)
    return raw_pdf(objects)


class TestMeanings:
    """What a file says that its signs stand for."""

    def test_signs_without_meaning_inside_words_are_told(self) -> None:
        """What can't be read is shown as such, and a note counts it."""
        document = read(
            mapped(
                "BT /F2 12 Tf 1 0 0 1 72 700 Tm (diAerent eAorts sAff) Tj ET", b"1 beginbfchar <41> <0000> endbfchar"
            )
        )
        assert document.text == "di\ufffderent e\ufffdorts s\ufffdff"
        assert document.notes == ("the file doesn't tell what 3 characters on page 1 mean: they stand as \ufffd",)

    def test_a_text_may_stand_for_other_signs(self) -> None:
        """Where the file gives a text for some signs, that is read, and stands where they do."""
        content = (
            "BT /F1 12 Tf 1 0 0 1 72 700 Tm (The half ) Tj /Span << /ActualText (office of) >> BDC (oxce xx) Tj EMC "
            "( of it) Tj ET"
        )
        found = words(drawn(content))
        assert [word.text for word in found] == ["The", "half", "office", "of", "of", "it"]
        assert all(left.x1 < right.x0 for left, right in pairwise(found))


class TestRaisedAndLowered:
    """Marks, exponents and indices are told from the words that they stand at."""

    def test_marks_exponents_and_indices(self) -> None:
        """Smaller characters off the baseline are raised or lowered, and glued where no space is between."""
        content = line("lent 48,210") + line(
            "3", x=72 + pdfmetrics.stringWidth("lent 48,210", "Helvetica", 12), y=704, size=7
        )
        content += (
            line("books", x=146) + line("H", y=600) + line("2", x=72 + 8.7, y=597.5, size=8) + line("O", x=85.2, y=600)
        )
        found = [(word.text, word.rise, word.is_glued) for word in words(drawn(content))]
        assert found == [
            ("lent", 0, False), ("48,210", 0, False), ("3", 1, True), ("books", 0, False),
            ("H", 0, False), ("2", -1, True), ("O", 0, True),
        ]  # fmt: skip

    def test_a_raised_mark_has_the_baseline_of_its_words(self) -> None:
        """Before the text of a note, or after the word, a mark stands on the line of the words beside it."""
        note = line("1", y=104, size=6) + line("Raised in July.", x=77, y=100, size=10)
        mark, *rest = words(drawn(note))
        assert (mark.text, mark.rise) == ("1", 1)
        assert {mark.baseline} == {word.baseline for word in rest}

    def test_small_capitals_are_one_word(self) -> None:
        """A large initial and smaller capitals on one baseline are glued, not raised."""
        width = pdfmetrics.stringWidth("I", "Helvetica", 12)
        found = words(drawn(line("I", size=12) + line("NTRODUCTION", x=72 + width, size=9.6)))
        assert join_words(found) == "INTRODUCTION"
        assert {word.rise for word in found} == {0}

    @pytest.mark.parametrize("gap", [0.5, 1.3])
    def test_small_capitals_stand_loosely_behind_their_initial(self, gap: float) -> None:
        """Between an initial and its word there may be more room than between other letters, but less than a space."""
        width = pdfmetrics.stringWidth("C", "Helvetica", 12)
        found = words(drawn(line("C", size=12) + line("APACITY", x=72 + width + gap, size=8.4)))
        assert join_words(found) == "CAPACITY"
        found = words(drawn(line("A", size=12) + line("CAPACITY", x=72 + width + 3, size=8.4)))
        assert join_words(found) == "A CAPACITY"

    def test_text_beside_an_initial_over_lines_is_not_raised(self) -> None:
        """The lines beside a drop cap are smaller than it and off its baseline, and yet no marks at it."""
        lines = ["he library was founded in", "the year of the great flood", "and rebuilt after the fire"]
        cap = line("T", y=676, size=28) + "".join(line(text, x=90, y=690 - 12 * n) for n, text in enumerate(lines))
        found = words(drawn(cap))
        assert found[0].text == "T"
        assert {word.rise for word in found} == {0}


class TestWhatIsSeen:
    """Text that nobody sees is left out, and the document says so."""

    def test_hidden_text_is_left_out(self) -> None:
        """Text drawn in no way, in white on white, too small, or off the page is no text of the page."""
        content = (
            line("Seen") + line("Invisible", y=650, extra="3 Tr") + "0 Tr 1 g " + line("White", y=600) + "0 g "
            + line("Tiny", y=550, size=0.2) + line("Outside", x=700) + line("Below", y=-40)
        )  # fmt: skip
        assert texts(drawn(content)) == ["Seen"]
        assert read(drawn(content)).notes == ("text that nobody sees is left out: 18 characters on page 1",)

    def test_white_text_on_a_coloured_box_is_seen(self) -> None:
        """The header of a table is often white on a dark ground."""
        content = "0 0 0.5 rg 60 690 200 30 re f 1 g " + line("Header")
        assert texts(drawn(content)) == ["Header"]

    def test_a_crop_box_clips(self) -> None:
        """What a file crops away is not on the page, and places count from the crop's corner."""
        page = page_of(drawn(line("Cut", y=780) + line("Kept", x=110), page=b"/CropBox [100 100 500 750] "))
        (word,) = words_of(page)
        assert (page.width, page.height, word.text) == (400, 650, "Kept")
        assert (round(word.x0), round(word.baseline)) == (10, 50)

    def test_the_size_of_a_page_may_be_that_of_the_tree(self) -> None:
        """A media box that a page inherits is its own."""
        objects = pdf_page(pdf_stream(line("High", y=1100).encode()))
        objects[3] = objects[3].replace(b"/MediaBox [0 0 600 800]", b"")
        objects[2] = objects[2].replace(b"/Type /Pages", b"/Type /Pages /MediaBox [0 0 700 1200]")
        page = page_of(raw_pdf(objects))
        assert (page.width, page.height, [word.text for word in words_of(page)]) == (700, 1200, ["High"])

    def test_a_scan_with_a_text_layer_is_read_and_told(self) -> None:
        """Invisible text over a picture that fills the page is somebody's character recognition."""
        content = "q 600 0 0 800 0 0 cm /I Do Q " + line("Recognised words", extra="3 Tr")
        data = drawn(content, b"/XObject << /I 5 0 R >>", {5: PICTURE + b"\nstream\n\x80\nendstream"})
        assert page_of(data).is_recognised
        document = read(data)
        assert "Recognised words" in document.text
        assert document.notes == ("1 of 1 pages is a scan with a text layer of somebody's character recognition",)

    def test_text_under_a_picture_that_fills_the_page_is_recognised_too(self) -> None:
        """Some programs print the text first and the scan over it; a picture below the text is a background."""
        picture, text = "q 600 0 0 800 0 0 cm /I Do Q ", line("Some words")
        resources, more = b"/XObject << /I 5 0 R >>", {5: PICTURE + b"\nstream\n\x80\nendstream"}
        assert page_of(drawn(text + picture, resources, more)).is_recognised
        assert not page_of(drawn(picture + text, resources, more)).is_recognised

    def test_pages_without_text_are_named(self) -> None:
        """A note names the pages; a file without any text says what reads it."""
        document = read(pdf([[], ["Text."], [], [], ["More."]]))
        assert document.notes[0].startswith("pages 1, 3-4 ")
        with pytest.raises(ReadingError, match="no text"):
            read(pdf([[], []]))


class TestTurned:
    """Pages and text that are turned."""

    @pytest.mark.parametrize("rotation", [0, 90, 180, 270])
    def test_a_page_is_read_as_it_is_turned(self, rotation: int) -> None:
        """Text printed so that it is upright when the page is turned is upright, with the page's turned size."""
        matrix = {0: "1 0 0 1 72 700", 90: "0 1 -1 0 100 72", 180: "-1 0 0 -1 500 700", 270: "0 -1 1 0 100 700"}[
            rotation
        ]
        content = f"BT /F1 12 Tf {matrix} Tm (Hello of the world) Tj ET"
        page = page_of(drawn(content, page=b"/Rotate %d " % rotation))
        assert (page.width, page.height) == ((800, 600) if rotation % 180 else (600, 800))
        found = words_of(page)
        assert [word.text for word in found] == ["Hello", "of", "the", "world"]
        assert all(left.x1 < right.x0 and left.baseline == right.baseline for left, right in pairwise(found))
        assert (page.turn, page.turned) == (0, [])

    def test_a_page_whose_text_lies_is_set_upright(self) -> None:
        """A landscape table on an upright page is read as if the page were turned."""
        content = "BT /F1 12 Tf 0 1 -1 0 100 72 Tm (A table that lies on its side) Tj ET " + line("7", x=300, y=40)
        page = page_of(drawn(content))
        assert (page.width, page.height, page.turn) == (800, 600, 90)
        assert join_words(words_of(page)) == "A table that lies on its side 7"

    @pytest.mark.parametrize("matrix", ["0 1 -1 0 100 72", "0 -1 1 0 100 572", "-1 0 0 -1 500 700"])
    def test_places_are_those_of_the_page_as_shown(self, matrix: str) -> None:
        """Though such a page is read as if it were turned, its words lie where the page shows them."""
        document = read(drawn(f"BT /F1 12 Tf {matrix} Tm (Some words that are set to lie) Tj ET"))
        assert document.geometry is not None
        page = page_of(drawn(f"BT /F1 12 Tf {matrix} Tm (Some) Tj ET " + line("The page is upright, of course.")))
        (expected,) = [word for word in words_of(page) if word.text == "Some"]
        found = next(word for group in document.geometry.groups for word in unpack_words(group)).box
        assert found[1:] == pytest.approx((expected.x0, expected.y0, expected.x1, expected.y1), abs=0.6)

    @pytest.mark.parametrize(
        ("matrix", "angle"), [("0 1 -1 0", 90), ("0 -1 1 0", 270), ("-1 0 0 -1", 180), ("0.5 0.866 -0.866 0.5", 60)]
    )
    def test_turned_text_in_an_upright_page_is_apart(self, matrix: str, angle: int) -> None:
        """A note in the margin comes whole, after the text, with its angle and the rectangle around it."""
        content = line("The text of this page is upright") + f"BT /F1 10 Tf {matrix} 400 400 Tm (In the margin) Tj ET"
        found = words(drawn(content + line("and goes on below.", y=686)))
        assert [word.text for word in found if word.angle] == ["In", "the", "margin"]
        assert {word.angle for word in found[-3:]} == {angle}
        assert all(300 < word.x0 < word.x1 < 500 and 300 < word.y0 < word.y1 < 500 for word in found[-3:])

    def test_lines_that_run_down_are_read_from_right_to_left(self) -> None:
        """Japanese may be set in columns of characters below each other, the first one at the right."""
        font = UnicodeCIDFont("HeiseiKakuGo-W5", isVertical=True)
        pdfmetrics.registerFont(font)
        with canvas() as (drawing, file):
            drawing.setFont(font.fontName, 12)
            drawing.drawString(480, 600, "つぎに本を読む。")
            drawing.drawString(500, 600, "はじめに文を読む。")
        page = page_of(file.getvalue())
        found = sorted(words_of(page), key=lambda word: word.baseline)
        assert page.turn == 270
        assert [word.text for word in found] == ["はじめに文を読む。", "つぎに本を読む。"]
        assert all(90 < word.x1 - word.x0 < 120 for word in found)

    def test_a_slight_slope_is_none(self) -> None:
        """Text that slopes by a degree, as in mended scans, is upright text."""
        assert texts(drawn("BT /F1 12 Tf 0.9998 0.0175 -0.0175 0.9998 72 700 Tm (Sloping a bit) Tj ET")) == [
            "Sloping",
            "a",
            "bit",
        ]


class TestRightToLeft:
    """Scripts that run from right to left, with figures between."""

    @pytest.fixture(autouse=True)
    def font(self) -> None:
        """A font with Hebrew letters."""
        path = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
        if not path.exists():
            pytest.skip("needs a font with Hebrew letters")
        pdfmetrics.registerFont(TTFont("Wide", str(path)))

    def test_hebrew_with_figures(self) -> None:
        """Letters printed from left to right as they stand become words in reading order; figures stay as they are."""
        sentence = "הספרייה נפתחה בשנת 1952 והיא מחזיקה 14000 ספרים."
        with canvas() as (drawing, file):
            drawing.setFont("Wide", 12)
            visual = " ".join(word if word.isdigit() else word[::-1] for word in reversed(sentence.split()))
            drawing.drawString(72, 700, visual)
        assert read(file.getvalue()).text == sentence

    def test_hebrew_printed_word_by_word(self) -> None:
        """Words printed each in its place, from the right or from the left, are read alike."""
        sentence = "המנהלת היא דינה לוי."
        for order in (1, -1):
            with canvas() as (drawing, file):
                drawing.setFont("Wide", 12)
                x, placed = 400.0, []
                for word in sentence.split():
                    x -= drawing.stringWidth(word, "Wide", 12)
                    placed.append((x, word[::-1]))
                    x -= drawing.stringWidth(" ", "Wide", 12)
                for place, word in placed[::order]:
                    drawing.drawString(place, 700, word)
            assert read(file.getvalue()).text == sentence


class TestRulings:
    """Lines and the edges of boxes."""

    def test_lines_boxes_and_dots(self) -> None:
        """A stroke, a thin box, a row of dots and a dashed line are a ruling each; a box has four edges."""
        dots = "".join(f"{72 + 2 * n} 500 1 1 re f " for n in range(100))
        content = "72 700 m 272 700 l S 72 650 200 0.5 re f [3 2] 0 d 72 600 m 272 600 l S [] 0 d " + dots
        level = sorted(page_of(drawn(content)).rulings, key=lambda ruling: ruling.y0)
        places = [(ruling.x0, ruling.x1, ruling.y0) for ruling in level]
        expected = [(72, 272, 100), (72, 272, 150), (72, 272, 200), (72, 271, 299)]
        assert places == [pytest.approx(place, abs=1.1) for place in expected]
        box = page_of(drawn("0.9 g 100 300 200 100 re f")).rulings
        assert len(box) == 4
        assert sum(ruling.x1 - ruling.x0 > 100 for ruling in box) == 2

    def test_what_is_white_or_the_pages_ground_is_none(self) -> None:
        """A white box and a box as large as the page show no edges."""
        assert page_of(drawn("1 g 100 300 200 100 re f 0.9 g 0 0 600 800 re f")).rulings == ()

    def test_lines_drawn_by_forms_count(self) -> None:
        """A table that is pasted in as a drawing has its rulings where it is shown."""
        form = pdf_stream(b"0 0 m 100 0 l S", b"/Type /XObject /Subtype /Form /BBox [-5 -5 200 200]")
        (ruling,) = page_of(drawn("q 2 0 0 2 50 400 cm /X Do Q", b"/XObject << /X 5 0 R >>", {5: form})).rulings
        assert (ruling.x0, ruling.x1, ruling.y0) == pytest.approx((50, 250, 400), abs=1.1)

    def test_rulings_turn_with_the_page(self) -> None:
        """On a page turned by the file, a line that was upright is level."""
        (ruling,) = page_of(drawn("100 100 m 100 300 l S", page=b"/Rotate 90 ")).rulings
        assert ruling.x1 - ruling.x0 > 190 > ruling.y1 - ruling.y0


class TestForms:
    """What the fields of a form hold is text of the page."""

    def test_values_and_boxes(self) -> None:
        """Values stand where the form shows them; a box that is ticked differs from one that isn't."""
        with canvas() as (drawing, file):
            for number, (label, value) in enumerate(
                (("Name of the applicant:", "Henrike Baumgarten"), ("Boat:", "Seeadler III"))
            ):
                drawing.drawString(72, 700 - 40 * number, label)
                drawing.acroForm.textfield(
                    name=f"f{number}", value=value, x=220, y=692 - 40 * number, width=200, height=20
                )
            for number, checked in enumerate((True, False)):
                drawing.drawString(72, 600 - 40 * number, f"Berth {number}:")
                drawing.acroForm.checkbox(name=f"c{number}", checked=checked, x=220, y=595 - 40 * number)
        found = words(file.getvalue())
        rows = {label: [word.text for word in found if abs(word.baseline - place.baseline) < 10 and word.x0 > 200]
                for label in ("Name", "Boat:", "Berth") for place in found if place.text == label}  # fmt: skip
        assert rows["Name"] == ["Henrike", "Baumgarten"]
        assert rows["Boat:"] == ["Seeadler", "III"]
        assert [word.text for word in found if word.text in "☒☐"] == ["☒", "☐"]

    def test_a_value_without_an_appearance_is_set_into_its_field(self) -> None:
        """Some programs store a value and leave it to the viewer to draw it."""
        found = words(form_file(b"/FT /Tx /T (name) /V (Ada Lovelace) /Rect [200 690 400 710] /DA (/F1 10 Tf 0 g)"))
        assert [word.text for word in found] == ["Name:", "Ada", "Lovelace"]
        assert all(200 <= word.x0 < word.x1 <= 400 and 90 < word.baseline < 110 for word in found[1:])

    @pytest.mark.parametrize("height", [40, 60, 90])
    def test_a_value_of_several_lines_belongs_to_its_label(self, height: float) -> None:
        """A high field shows its value at its top, off the label's baseline and in larger type."""
        with canvas() as (drawing, file):
            drawing.setFont("Helvetica", 10)
            drawing.drawString(72, 700, "The applicant fills in all of the fields below and signs.")
            drawing.drawString(72, 600, "Remarks:")
            drawing.acroForm.textfield(
                name="r", value="Needs a berth near\nthe north entrance.", fieldFlags="multiline",
                x=200, y=610 - height, width=300, height=height,
            )  # fmt: skip
        document = read(file.getvalue())
        (field,) = [block for block in document.blocks if block.kind == "field"]
        assert document.text[field.start : field.end] == "Remarks: Needs a berth near the north entrance."

    def test_a_long_value_without_an_appearance_is_wrapped_in_its_field(self) -> None:
        """A viewer would set it from the top of the field, in lines as wide as that."""
        value = b"The berth lies near the north entrance of the harbour and has room for two boats."
        found = words(form_file(b"/FT /Tx /Ff 4096 /T (r) /V (" + value + b") /Rect [200 640 330 706]"))
        assert " ".join(word.text for word in found) == f"Name: {value.decode()}"
        assert len({word.baseline for word in found}) > 2
        assert {word.baseline for word in found if word.text == "Name:"} == {found[1].baseline}

    def test_fields_over_each_other_show_a_value_once(self) -> None:
        """Where two fields lie over the same words, these are words of the page once."""
        with canvas() as (drawing, file):
            drawing.drawString(72, 700, "Name:")
            drawing.drawString(220, 700, "Ada Lovelace")
            for number in range(2):
                drawing.acroForm.textfield(
                    name=f"f{number}", x=200 + number, y=692, width=200, height=20, fillColor=transparent
                )
        assert texts(file.getvalue()) == ["Name:", "Ada", "Lovelace"]

    def test_hidden_fields_and_passwords_are_not_shown(self) -> None:
        """What the viewer doesn't show is no text; for a password it shows asterisks at most."""
        for field in (b"/F 2 /FT /Tx /T (name) /V (Secret)", b"/Ff 8192 /FT /Tx /T (name) /V (Secret)"):
            found = texts(form_file(field + b" /Rect [200 690 400 710] /DA (/F1 10 Tf 0 g)"))
            assert "".join(found).rstrip("*") == "Name:"
        assert texts(form_file(b"/FT /Tx /T (name) /V (Flat) /Rect [200 690 400 690]")) == ["Name:"]

    def test_a_note_laid_over_the_page_is_text(self) -> None:
        """Free text that somebody has put on a page is read like its own."""
        sheet = FPDF(unit="pt", format=(600, 800))
        sheet.set_font("Helvetica", size=12)
        sheet.add_page()
        sheet.text(72, 100, "Original")
        sheet.free_text_annotation("Typed on top", x=72, y=200, w=200, h=40)
        assert join_words(words(bytes(sheet.output()))) == "Original Typed on top"


def form_file(field: bytes) -> bytes:
    """A PDF with one field."""
    objects = pdf_page(pdf_stream(line("Name:").encode()))
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>"
    objects[3] = objects[3].replace(b"/Type /Page ", b"/Type /Page /Annots [6 0 R] ")
    objects[6] = b"<< /Type /Annot /Subtype /Widget " + field + b" >>"
    return raw_pdf(objects)


class TestFiles:
    """Files as a whole: what they say about themselves, and what is wrong with them."""

    def test_what_a_file_says_about_itself(self) -> None:
        """Title, author, day and language are those of the file; a program's placeholder is none."""
        sheet = FPDF()
        sheet.set_title("Tides of the Wadden Sea")
        sheet.set_author("Henrike Baumgarten")
        sheet.set_lang("de-DE")
        sheet.set_creation_date(datetime(2024, 11, 6, 12, tzinfo=UTC))
        sheet.set_font("Helvetica", size=12)
        sheet.add_page()
        sheet.cell(text="Text.")
        document = read(bytes(sheet.output()))
        assert (document.title, document.author, document.language) == (
            "Tides of the Wadden Sea",
            "Henrike Baumgarten",
            "de-DE",
        )
        assert str(document.date) == "2024-11-06"
        with canvas() as (drawing, file):
            drawing.drawString(72, 700, "Text.")
        assert (read(file.getvalue()).title, read(file.getvalue()).author) == ("", "")

    def test_attached_files_are_told(self, tmp_path: Path) -> None:
        """Files inside a PDF are counted in a note."""
        (tmp_path / "a.csv").write_text("a,b")
        sheet = FPDF()
        sheet.set_font("Helvetica", size=12)
        sheet.add_page()
        sheet.cell(text="Text.")
        sheet.embed_file(str(tmp_path / "a.csv"))
        assert read(bytes(sheet.output())).notes == ("1 attached file is not read",)

    def test_a_form_in_xfa_is_told(self) -> None:
        """Of a form that only one program can show, the note says what is read."""
        objects = pdf_page(pdf_stream(line("Please wait").encode()))
        objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA [(template) 5 0 R] >> >>"
        objects[5] = pdf_stream(b"<template/>")
        assert read(raw_pdf(objects)).notes == ("it holds a form in XFA, of which only what its pages print is read",)

    def test_a_file_that_opens_without_a_password_is_read(self) -> None:
        """An owner's password forbids printing, not reading; a user's password is named."""
        assert "Text." in read(pdf([["Text."]], owner="secret")).text
        with pytest.raises(ReadingError, match=r"encrypted: it needs a password\. Save a copy without one"):
            open_pdf(pdf([["Text."]], password="secret"))  # noqa: S106

    def test_damage_is_mended(self) -> None:
        """A file without its table of objects, or cut off before it, is read."""
        sound = drawn(line("Still here"))
        table = sound.rindex(b"xref\n0")
        assert "Still here" in read(sound.replace(b"startxref", b"startxyzw")).text
        assert "Still here" in read(sound[:table] + b"trailer << /Root 1 0 R >>").text
        assert "Still here" in read(sound[:table]).text
        assert read(sound[:table]).notes == ("the file is damaged: what could be mended of it is read",)
        assert read(sound).notes == ()
        with pytest.raises(ReadingError, match=r"damaged or not a real \.pdf file"):
            open_pdf(sound[: len(sound) // 8])

    def test_a_damaged_page_does_not_cost_the_others(self) -> None:
        """Pages that can't be opened are named, and the others read."""
        objects = pdf_page(pdf_stream(line("Page one.").encode()))
        objects[2] = b"<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>"
        document = read(raw_pdf(objects))
        assert "Page one." in document.text
        assert document.notes == ("page 2 is damaged and left out",)

    def test_more_text_than_allowed_is_refused(self) -> None:
        """The bound on text holds also for what nobody sees."""
        for hidden in ("", "3 Tr"):
            with pytest.raises(ReadingError, match="holds more text than a file may"):
                read_pdf(drawn("".join(line("x" * 90, y=700 - 14 * n, extra=hidden) for n in range(20))), 1_000)
