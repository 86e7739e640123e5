"""Word and PowerPoint files of before 2007: what their own styles say counts, and none of them harms a reader."""

import datetime as dt
import struct
import time
import zlib
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.elements import Inline
from assistant.readers.old_office.doc_paragraphs import read_formats
from assistant.readers.old_office.ole_guard import count_pictures, without_pictures
from assistant.readers.old_office.ole_properties import ole_properties
from assistant.structure import Block
from assistant.types import Document
from tests.support.files import docx, news_page, pptx, xlsx
from tests.support.ole_files import DocParagraph, doc, ppt
from tests.support.outlook import compound_file, outlook_mail

LIMIT = 1_000_000


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=LIMIT)


def reason(data: bytes, name: str) -> str:
    with pytest.raises(ReadingError) as caught:
        read(data, name)
    return str(caught.value)


def block_at(document: Document, words: str) -> Block:
    """The block that holds these words."""
    place = document.text.index(words)
    return next(block for block in document.blocks if block.start <= place < block.end)


class TestWord:
    """DOC: paragraphs with their styles."""

    def test_headings_are_those_that_the_file_calls_so(self) -> None:
        """A short line, a year or capitals are no heading; a style of headings is."""
        document = read(doc([DocParagraph("Results", 1), "2023", "ALL FREE", DocParagraph("By country", 2)]), "a.doc")
        assert document.text == "# Results\n\n2023\n\nALL FREE\n\n## By country"

    def test_items_have_the_numbers_that_they_show(self) -> None:
        """Numbers go on past deeper items, which count by themselves, and bullets have none."""
        document = read(
            doc([
                DocParagraph("First", list=1),
                DocParagraph("Inner", list=1, level=1),
                DocParagraph("Inner too", list=1, level=1),
                DocParagraph("Second", list=1),
                DocParagraph("Dot", list=2),
                "Between.",
                DocParagraph("Third", list=1),
            ]),
            "a.doc",
        )  # fmt: skip
        assert document.text == ("1. First\n  1.1. Inner\n  1.2. Inner too\n2. Second\n- Dot\n\nBetween.\n\n3. Third")
        assert block_at(document, "Inner too").mark == "1.2."

    def test_a_numbered_heading_keeps_its_number(self) -> None:
        """Headings that are counted as a list show the number before their words."""
        document = read(
            doc([DocParagraph("Scope", 1, list=1), "It is small.", DocParagraph("End", 1, list=1)]), "a.doc"
        )
        assert document.text == "# 1. Scope\n\nIt is small.\n\n# 2. End"

    def test_raised_struck_deleted_and_hidden_words(self) -> None:
        """A raised mark is set off, words that don't count are left out, and notes say so."""
        runs = [("We sold 48,210", ""), ("3", "raised"), (" books for ", ""), ("18", "struck"), ("20 euros", ""),
                (" or less", "deleted"), (" SECRET", "hidden"), (".", "")]  # fmt: skip
        document = read(doc([DocParagraph(runs, list=1)]), "a.doc")
        assert document.text == "1. We sold 48,210 ³ books for 20 euros."
        assert document.notes == (
            "struck out or deleted text in it is left out",
            "hidden text in it is left out",
        )

    def test_footnotes_have_their_numbers_and_their_places(self) -> None:
        """A note is behind the block that refers to it, with the number that stands there."""
        paragraphs: list[DocParagraph | str] = [
            "It cost 48,210 (net)\x02, all in.",
            DocParagraph("Scope\x02", 1),
            DocParagraph("Old\x02", list=1),
        ]
        document = read(doc(paragraphs, footnotes=["\x02 Without tax.", "\x02 As of May.", "\x02 See A."]), "a.doc")
        assert document.text == (
            "It cost 48,210 (net) ¹, all in.\n\n¹ Without tax.\n\n# Scope ²\n\n² As of May.\n\n1. Old ³\n\n³ See A."
        )
        notes = [block for block in document.blocks if block.kind == "note"]
        assert [(block.mark, block.label, document.text[block.anchor or 0]) for block in notes] == [
            ("1", "footnote", "¹"), ("2", "footnote", "²"), ("3", "footnote", "³")
        ]  # fmt: skip
        assert document.notes == ()

    def test_a_footnote_to_a_cell_is_behind_the_table(self) -> None:
        """Its mark stands in that cell, and in no other one with the same words."""
        cells = [DocParagraph(words, table="cell") for words in ("Well", "Depth", "18", "18\x02")]
        row_end = DocParagraph("", table="row")
        paragraphs: list[DocParagraph | str] = ["Before.", *cells[:2], row_end, *cells[2:], row_end, "After."]
        document = read(doc(paragraphs, footnotes=["\x02 In metres."]), "a.doc")
        assert "| 18 | 18 ¹ |" in document.text
        assert document.text.endswith("¹ In metres.\n\nAfter.")
        assert document.notes == ()

    def test_footnotes_are_numbered_from_where_the_file_says(self) -> None:
        """And a number that deleted words refer to is not counted; nor is that note read."""
        runs = [("Dug", ""), ("\x02", "deleted"), (" deep.\x02 Or\x02", "")]
        footnotes: list[DocParagraph | str] = [
            DocParagraph([("\x02 ", ""), ("Gone.", "deleted")]),
            "\x02 Eighteen metres.",
            "\x02 Feet.",
        ]
        document = read(doc([DocParagraph(runs)], footnotes=footnotes, first_footnote=4), "a.doc")
        assert document.text == "Dug deep. ⁴ Or ⁵\n\n⁴ Eighteen metres.\n\n⁵ Feet."

    def test_deleted_and_hidden_words_of_a_footnote_are_left_out(self) -> None:
        """As those of the text, with a note that says so; the others are kept."""
        runs = [("\x02 As of ", ""), ("(1 May)", "deleted"), (" 2 May", ""), (" secretly", "hidden"), (", 😀 net.", "")]
        document = read(doc(["It is dry.\x02"], footnotes=[DocParagraph(runs)]), "a.doc")
        assert document.text == "It is dry. ¹\n\n¹ As of 2 May, 😀 net."
        assert document.notes == ("struck out or deleted text in it is left out", "hidden text in it is left out")

    def test_deleted_and_hidden_words_behind_the_text_are_left_out(self) -> None:
        """Those of headers and comments, which the parser gives whole, are found by all their words."""
        runs = [("Head shown", ""), (" and hidden", "hidden"), (", ", ""), ("gone ", "deleted"), ("18 m.", "")]
        formats = read_formats(doc(["The text."], footnotes=[DocParagraph(runs)]))
        whole = [Inline("Head shown and"), Inline(" hidden, gone 18 m", "raised"), Inline(".")]
        assert [inline.text for inline in formats.seen(whole)] == ["Head shown", ", 18 m", "."]
        others = [Inline("Head shown, 18 m.")]
        assert formats.seen(others) == others

    def test_a_footnote_with_a_typed_mark_is_one_of_its_own(self) -> None:
        """It has no number, and where the text refers to it is not known; notes of several paragraphs stay whole."""
        footnotes = ["* Typed.", "\x02 Counted."]
        document = read(doc(["The end*. It is\x02 so."], footnotes=footnotes), "a.doc")
        assert document.text == "The end*. It is ¹ so.\n\n¹ Counted.\n\n* Typed."
        assert document.notes == ("the place in the text of 1 note in it is not known",)

    @given(st.lists(st.tuples(st.text("ab .,)😀", max_size=6), st.booleans()), min_size=1, max_size=8))
    @settings(max_examples=60, deadline=None)
    def test_a_mark_stands_behind_the_same_words_as_in_the_file(self, parts: list[tuple[str, bool]]) -> None:
        """Whatever the words are, and however many marks stand in them."""
        text = "x" + "".join(words + ("\x02" if is_marked else "") for words, is_marked in parts)
        document = read(doc([text], footnotes=["\x02 N."] * text.count("\x02")), "a.doc")
        before = [sum(map(str.isalpha, part)) for part in accumulate(text.split("\x02")[:-1])]
        anchors = sorted(block.anchor or 0 for block in document.blocks if block.kind == "note")
        assert [sum(map(str.isalpha, document.text[:anchor])) for anchor in anchors] == before

    def test_many_footnotes_take_time_in_proportion(self) -> None:
        """A paragraph of nothing but marks is read at once."""
        started = time.monotonic()
        read(doc(["a\x02" * 9_000]), "a.doc")
        assert time.monotonic() - started < 60  # it would take many minutes otherwise

    def test_text_from_a_macintosh_keeps_its_accents(self) -> None:
        """Its letters have other numbers than Windows'; those that Windows has no letter for are kept too."""
        paragraphs: list[DocParagraph | str] = [
            DocParagraph("La stratégie d’entreprise", 1),
            "Le système coûte 12 £ – à l’été, dit-on…",
        ]
        document = read(doc(paragraphs, is_from_macintosh=True), "a.doc")
        assert document.text == "# La stratégie d’entreprise\n\nLe système coûte 12 £ – à l’été, dit-on…"
        assert read(doc(paragraphs), "a.doc").text == document.text

    def test_the_table_of_contents_is_marked(self) -> None:
        """Lines in a style of contents are no statements of the document."""
        document = read(doc([DocParagraph("Results 3", 4), "It began."]), "a.doc")
        assert block_at(document, "Results 3").role == "contents"
        assert block_at(document, "It began.").role == "body"

    def test_a_file_that_is_cut_off_gives_no_half_of_its_text(self) -> None:
        """Where something goes on in a sector behind the end, the reason says so."""
        last_sector_is_free, it_goes_on = b"\xff\xff\xff\xff", b"\x7f\x00\x00\x00"
        data = doc(["Hello there, this is it."])
        assert data.endswith(last_sector_is_free)
        cut = data.removesuffix(last_sector_is_free) + it_goes_on
        assert reason(cut, "a.doc") == "damaged or not a real .doc file: a part of it is missing"


class TestSlides:
    """PPT: a slide is a page."""

    def test_slides_are_pages_with_titles_and_points(self) -> None:
        """Titles become headings, several points a list, and the pages are where the slides begin."""
        document = read(ppt([("Results", ["First.", "Second."]), ("End", ["Bye."])]), "a.ppt")
        assert document.text == "## Results\n\n- First.\n- Second.\n\n## End\n\nBye."
        assert document.pages == (0, document.text.index("## End"))

    def test_what_the_library_passes_over_is_read_from_the_records(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A slide refers to its texts by their place in the outline, in which an empty title counts."""
        data = ppt([("Results", ["First."]), ("", ["Second.", "Third."])], label="Museum", notes="Say it slowly.")
        whole = read(data, "a.ppt")
        assert [whole.text.count(word) for word in ("Results", "First", "Second", "Third", "Museum", "slowly")] == [
            1, 1, 1, 1, 2, 1
        ]  # fmt: skip
        empty: dict[str, Any] = {"sections": [{"elements": []}, {"elements": []}]}
        monkeypatch.setattr("assistant.readers.old_office.ppt.parse_office", lambda *_: empty)
        document = read(data, "a.ppt")
        assert document.text == ("## Results\n\nFirst.\n\nMuseum\n\nSay it slowly.\n\n- Second.\n- Third.\n\nMuseum")
        assert document.pages == (0, document.text.index("- Second."))

    def test_notes_and_comments(self) -> None:
        """Speaker's notes and comments are notes with their label."""
        document = read(ppt([("Results", ["We grew."])], comment="Is this so?", notes="Say it slowly."), "a.ppt")
        assert document.text == "## Results\n\nWe grew.\n\nSay it slowly.\n\nIs this so?"
        assert [block.label for block in document.blocks] == ["", "", "speaker's note", "comment"]

    def test_what_ends_most_slides_is_their_footer(self) -> None:
        """A line that comes last on each slide is read once, and marked."""
        slides = [(f"Title {number}", [f"Point {number}."]) for number in range(4)]
        document = read(ppt(slides, label="For staff only"), "a.ppt")
        assert document.text.count("For staff only") == 1
        assert block_at(document, "For staff only").role == "footer"
        assert document.text.count("Point") == 4

    def test_a_file_of_powerpoint_before_97_is_named(self) -> None:
        """It has another layout, in which no text would be found."""
        data = compound_file({"PP40": b"x", "Current User": b"y"})
        assert reason(data, "a.ppt") == "a file of PowerPoint before 97, which has another layout. Save it as .pptx"

    def test_text_in_any_script_is_kept(self) -> None:
        """Letters outside of Latin stay as they are."""
        document = read(ppt([("שלום", ["Þingvellir", "你好"])]), "a.ppt")
        assert document.text == "## שלום\n\n- Þingvellir\n- 你好"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (docx(), "docx"),
        (pptx([("One", ["Two."], "")]), "pptx"),
        (xlsx({"One": [["a", "b"], [1, 2]]}), "xlsx"),
        (rb"{\rtf1\ansi Hello.}", "rtf"),
        (news_page("<p>Hello.</p>"), "html"),
        (b"%PDF-1.4\n", "pdf"),
        (compound_file(outlook_mail({0x1A: "IPM.Note", 0x1000: "Hello."})), "msg"),
    ],
)
@pytest.mark.parametrize("name", ["a.doc", "a.ppt"])
def test_a_file_of_another_kind_is_named(data: bytes, kind: str, name: str) -> None:
    """What a file really is stands in the reason, whatever its ending says."""
    assert reason(data, name) == f"not a real .{name[2:]} file: it is a .{kind} file; give it that ending"


def test_old_and_new_kinds_are_told_apart() -> None:
    """A file of before 2007 with the ending of a newer kind, or of each other, is named too."""
    word, slides = doc(["Hello."]), ppt([("Hello", [])])
    assert reason(word, "a.docx") == "not a real .docx file: it is a .doc file; give it that ending"
    assert reason(slides, "a.pptx") == "not a real .pptx file: it is a .ppt file; give it that ending"
    assert reason(slides, "a.doc") == "not a real .doc file: it is a .ppt file; give it that ending"
    assert reason(b"Just some words.", "a.doc") == "not a real .doc file: no Office before 2007 saved it"


def test_an_encrypted_file_needs_its_password() -> None:
    """Word says in its header that a document is encrypted; the reason says what to do."""
    data = bytearray(doc(["Hello there, this is it."]))
    place = data.index(struct.pack("<HH", 0xA5EC, 0xC1))
    data[place + 11] |= 1
    assert reason(bytes(data), "a.doc") == "encrypted: it needs a password. Save a copy without one"


def picture_bomb(size: int) -> bytes:
    """The record of a metafile that unpacks to so many bytes."""
    packed = zlib.compress(bytes(size), 9)
    head = bytes(16) + struct.pack("<I24xIBB", size, len(packed), 0, 254)
    return struct.pack("<HHI", 0x3D40, 0xF01A, len(head) + len(packed)) + head + packed


def test_packed_pictures_are_never_unpacked() -> None:
    """No parser gets to see the stream of pictures, however its name is padded; the pictures are counted."""
    data = compound_file({"Pictures": picture_bomb(50_000_000), "PowerPoint Document": b"The Pictures\0"})
    hidden = without_pictures(data)
    assert "Pictures\0".encode("utf-16-le") in data
    assert "Pictures\0".encode("utf-16-le") not in hidden
    assert b"The Pictures" in hidden
    assert len(hidden) == len(data)
    assert count_pictures(data) == 1


def test_damaged_properties_hold_nobody_up() -> None:
    """A property that counts thousands of millions of values costs nothing, and the others are read."""
    section = struct.pack("<IIIIII", 0, 2, 2, 24, 13, 40) + struct.pack("<II8s", 30, 8, b"Minutes\0")
    section += struct.pack("<II", 0x101E, 0xFFFFFFFF)
    summary = struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48) + section
    began = time.monotonic()
    properties = ole_properties(compound_file({"\x05SummaryInformation": summary}))
    assert time.monotonic() - began < 60  # it would take many minutes otherwise
    assert (properties.title, properties.date) == ("Minutes", None)


def test_a_day_of_the_last_save_is_read() -> None:
    """Times are counted from 1601 in tenths of a microsecond."""
    saved = dt.datetime(2024, 11, 6, 10) - dt.datetime(1601, 1, 1)  # noqa: DTZ001 — as the file counts
    section = struct.pack("<IIII", 0, 1, 13, 16) + struct.pack("<IQ", 64, int(saved.total_seconds()) * 10_000_000)
    summary = struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48) + section
    assert ole_properties(compound_file({"\x05SummaryInformation": summary})).date == dt.date(2024, 11, 6)
