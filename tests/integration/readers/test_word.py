"""Word files: what Word shows of them, with the structure that their XML has."""

import datetime as dt
import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.docx.numbering import format_number
from assistant.readers.docx.reader import read_docx
from assistant.readers.extract import ExtractedDocument
from assistant.structure import Block
from tests.support.files import docx, replace_member, zip_file
from tests.support.timing import assert_linear
from tests.support.word_files import cell, field, in_list, numbered_list, paragraph, row, run, table, word_file

LIMIT = 5_000_000
RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'


def read(body: str, links: dict[str, str] | None = None, **parts: str) -> ExtractedDocument:
    return read_docx(word_file(body, links, **parts), LIMIT)


def lines(document: ExtractedDocument) -> list[str]:
    return [line for line in document.text.split("\n") if line]


def block(document: ExtractedDocument, words: str) -> Block:
    """The block with these words."""
    return next(block for block in document.blocks if words in document.text[block.start : block.end])


def style(style_id: str, name: str, more: str = "", kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{more}</w:style>'


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def math(xml: str) -> str:
    return f"<m:oMath>{xml}</m:oMath>"


def symbols(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def construct(name: str, properties: str = "", **parts: str) -> str:
    """A construct of an equation; capital names stand for a second part of the same name."""
    inner = "".join(f"<m:{'e' if part == 'E' else part}>{symbols(text)}</m:{'e' if part == 'E' else part}>"
                    for part, text in parts.items())  # fmt: skip
    return f"<m:{name}>{properties}{inner}</m:{name}>"


class TestNotes:
    """Footnotes, endnotes and comments stand behind what refers to them."""

    FOOTNOTE = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    SEPARATOR = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'

    def test_footnotes_are_numbered_as_word_shows_them(self) -> None:
        """The order of the references counts, not the ids, and each note knows where it is referred to."""
        notes = (
            f'{self.SEPARATOR}<w:footnote w:id="7">{paragraph("<w:r><w:footnoteRef/></w:r>", " Two paid it back.")}'
            f'</w:footnote><w:footnote w:id="3">{paragraph("It received 19,500 dollars.")}</w:footnote>'
        )
        first, second = self.FOOTNOTE.format(7), self.FOOTNOTE.format(3)
        body = paragraph("It gave 24 choirs a grant in 2022", first, ". The largest", second, " went north.")
        document = read(body + paragraph("After."), footnotes=notes)
        assert lines(document) == [
            "It gave 24 choirs a grant in 2022 ¹. The largest ² went north.",
            "¹ Two paid it back.",
            "² It received 19,500 dollars.",
            "After.",
        ]
        note = block(document, "Two paid")
        assert (note.kind, note.label, note.mark, note.anchor) == ("note", "footnote", "1", document.text.index("¹"))

    def test_marks_of_ones_own_and_other_formats(self) -> None:
        """An author's sign is the mark; endnotes are counted in Roman numerals unless the file says otherwise."""
        own = (
            "<w:r><w:rPr>"
            + RAISED
            + '</w:rPr><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>*</w:t></w:r>'
        )
        end = '<w:r><w:endnoteReference w:id="{}"/></w:r>'
        body = paragraph("Prices", own, " rise") + paragraph("Oats", end.format(1)) + paragraph("Rye", end.format(2))
        document = read(
            body,
            footnotes=f'<w:footnote w:id="1">{paragraph("Without tax.")}</w:footnote>',
            endnotes="".join(f'<w:endnote w:id="{one}">{paragraph(f"Note {one}.")}</w:endnote>' for one in (1, 2)),
        )
        assert lines(document) == ["Prices * rise", "* Without tax.", "Oats ⁱ", "ⁱ Note 1.", "Rye ⁱⁱ", "ⁱⁱ Note 2."]

    def test_a_mark_that_is_not_ones_own_is_counted(self) -> None:
        """Some programs say of each reference that no mark of its own follows."""
        mark = '<w:r><w:footnoteReference w:customMarkFollows="0" w:id="0"/></w:r>'
        notes = f'<w:footnote w:id="0">{paragraph("Two paid it back.")}</w:footnote>'
        assert lines(read(paragraph("It gave grants", mark, "."), footnotes=notes))[0] == "It gave grants ¹."

    def test_a_note_of_several_paragraphs_and_of_a_cell(self) -> None:
        """Nothing of a note is lost, and one of a cell stands behind the table."""
        notes = f'<w:footnote w:id="1">{paragraph("First.")}{paragraph("Second.")}</w:footnote>'
        cells = cell(paragraph("48", self.FOOTNOTE.format(1)))
        document = read(table(row("Plot", "Trees"), row("North", cells)) + paragraph("After."), footnotes=notes)
        assert lines(document)[2:] == ["| North | 48 ¹ |", "¹ First.", "Second.", "After."]
        assert {one.anchor for one in document.blocks if one.kind == "note"} == {document.text.index("¹")}

    def test_a_comment_says_who_wrote_it_when_and_about_what(self) -> None:
        """It has no mark; its anchor is the end of the words that it is about."""
        comment = (
            '<w:comment w:id="0" w:author="Ada Quill" w:date="2024-05-12T09:00:00Z">'
            f"{paragraph('<w:r><w:annotationRef/></w:r>', 'Is this sum right?')}</w:comment>"
        )
        mark = '<w:r><w:commentReference w:id="0"/></w:r>'
        document = read(paragraph("It costs 300 euros", mark, " a year."), comments=comment)
        assert lines(document) == ["It costs 300 euros a year.", "Ada Quill, 2024-05-12: Is this sum right?"]
        note = block(document, "Is this sum")
        assert (note.kind, note.label, note.anchor) == ("note", "comment", len("It costs 300 euros"))

    def test_a_deleted_reference_is_not_counted(self) -> None:
        """The mark behind a deleted one is that which Word shows when the change is accepted."""
        notes = "".join(f'<w:footnote w:id="{one}">{paragraph(f"Note {one}.")}</w:footnote>' for one in (1, 2))
        body = paragraph("One", f"<w:del>{self.FOOTNOTE.format(1)}</w:del>", " and two", self.FOOTNOTE.format(2))
        assert lines(read(body, footnotes=notes)) == ["One and two ¹", "¹ Note 2."]

    def test_a_note_that_many_refer_to_is_read_once(self) -> None:
        """No file grows by naming one note again and again, nor by notes that refer to each other."""
        mark = '<w:r><w:commentReference w:id="1"/></w:r>'
        comment = f'<w:comment w:id="1">{paragraph("Long. ", mark)}</w:comment>'
        document = read(paragraph("A", *[mark] * 500), comments=comment)
        assert document.text.count("Long.") == 1


class TestLooks:
    """Raised, lowered, struck, hidden and changed characters."""

    def test_a_raised_mark_is_set_off_and_an_exponent_stays(self) -> None:
        """A note mark that was typed never makes another figure of the one before it."""
        body = paragraph("It measures 1,250 m", run("2", RAISED), " and holds 48", run("1", RAISED), " trees of CO",
                         run("2", LOWERED), ".")  # fmt: skip
        assert read(body).text == "It measures 1,250 m² and holds 48 ¹ trees of CO₂."

    def test_a_style_raises_and_strikes_too(self) -> None:
        """What a character style or a paragraph style says holds as what a run says, and a run can undo it."""
        styles = (
            style("Ref", "Note mark", f"<w:rPr>{RAISED}</w:rPr>", "character")
            + style("Sub", "Other", '<w:basedOn w:val="Ref"/>', "character")
            + style("Old", "Obsolete", "<w:rPr><w:strike/></w:rPr>")
        )
        body = paragraph("48,210", run("3", '<w:rStyle w:val="Sub"/>'), " books") + paragraph(
            "Gone. ", run("Kept.", '<w:strike w:val="0"/>'), style="Old"
        )
        document = read(body, styles=styles)
        assert lines(document) == ["48,210 ³ books", "Kept."]
        assert "struck out or deleted text in it is left out" in document.notes

    def test_a_mark_in_two_runs_is_one(self) -> None:
        """Word cuts words into runs anywhere: 1 and 2 raised next to each other are 12."""
        assert read(paragraph("See", run("1", RAISED), run("2", RAISED), ".")).text == "See ¹²."

    def test_smaller_characters_above_the_line_are_raised(self) -> None:
        """A position above the line with a smaller size is what others call superscript; alone it is none."""
        styles = '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
        small = '<w:position w:val="6"/><w:sz w:val="14"/>'
        body = paragraph("481", run("2", small), " and ", run("7", '<w:position w:val="4"/>'))
        assert read(body, styles=styles).text == "481 ² and 7"

    @pytest.mark.parametrize("switch", ["<w:vanish/>", '<w:rStyle w:val="Hid"/>'])
    def test_hidden_text_is_left_out_and_said(self, switch: str) -> None:
        """Neither a run's own property nor its style lets hidden text in."""
        styles = style("Hid", "Hidden", "<w:rPr><w:vanish/></w:rPr>", "character")
        document = read(paragraph("Seen.", run(" Obey me.", switch)), styles=styles)
        assert document.text == "Seen."
        assert document.notes == ("hidden text in it is left out",)

    def test_deleted_and_moved_text_is_left_out(self) -> None:
        """Insertions and the new place of what was moved are read."""
        body = paragraph(
            "The fee is ",
            "<w:del><w:r><w:delText>300</w:delText></w:r></w:del>",
            f"<w:ins>{run('400')}</w:ins>",
            f"<w:moveFrom>{run(' euros')}</w:moveFrom>",
            f"<w:moveTo>{run(' pounds')}</w:moveTo>",
            ".",
        )
        document = read(body)
        assert document.text == "The fee is 400 pounds."
        assert document.notes == ("struck out or deleted text in it is left out",)

    def test_a_change_within_a_word_or_figure_leaves_no_gap(self) -> None:
        """White space that is deleted is gone, so that a corrected figure stays one."""
        deleted = '<w:del><w:r><w:delText xml:space="preserve">070 </w:delText></w:r></w:del>'
        body = paragraph("Section 18.33.", deleted, f"<w:ins>{run('060 ')}</w:ins>", "holds.")
        assert read(body).text == "Section 18.33.060 holds."

    def test_a_deleted_paragraph_end_joins_two_paragraphs(self) -> None:
        """Where the end of a paragraph is deleted, the next one goes on with it."""
        first = paragraph("The fee is", properties="<w:rPr><w:del/></w:rPr>")
        assert read(first + paragraph(" 400 pounds.") + paragraph("After.")).text == "The fee is 400 pounds.\n\nAfter."
        assert read(first).text == "The fee is"

    def test_what_goes_on_nowhere_stays_a_paragraph(self) -> None:
        """Before a table the text stands by itself, with the box that is anchored in it."""
        box = f"<w:r><w:pict><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></w:pict></w:r>"
        first = paragraph("The fees", box, properties="<w:rPr><w:del/></w:rPr>")
        document = read(first + table(row("Group", "Fee"), row("Choir", "40")))
        assert lines(document)[:3] == ["In a box.", "The fees", "| Group | Fee |"]

    def test_a_large_initial_begins_its_word(self) -> None:
        """A drop cap is the first letter of the paragraph below it."""
        initial = paragraph("O", properties='<w:framePr w:dropCap="drop" w:lines="3"/>')
        assert read(initial + paragraph("ats grow.")).text == "Oats grow."

    def test_a_deleted_row_is_left_out(self) -> None:
        """A row that was deleted with changes tracked is no row."""
        rows = [row("Seat", "Price"), row("Stalls", "18", properties="<w:del/>"), row("Circle", "21")]
        document = read(table(*rows))
        assert lines(document) == ["| Seat | Price |", "|---|---|", "| Circle | 21 |"]
        assert document.notes

    def test_a_link_has_its_target(self) -> None:
        """A hyperlink and the field of one are runs with the address; a place in the file itself is none."""
        links = {"out": "https://example.com/a"}
        body = paragraph(f'<w:hyperlink r:id="out">{run("the report")}</w:hyperlink>', " and ",
                         field(' HYPERLINK "https://example.com/b" ', "the list"),
                         f'<w:hyperlink w:anchor="x">{run(" below")}</w:hyperlink>')  # fmt: skip
        document = read(body, links)
        assert document.text == "the report and the list below"
        assert [(document.text[one.start : one.end], one.target) for one in document.blocks[0].runs] == [
            ("the report", "https://example.com/a"), ("the list", "https://example.com/b"),
        ]  # fmt: skip

    def test_figures_on_two_lines_are_two(self) -> None:
        """A tab or a line end between digits never makes one figure of two; between words it is a space."""
        body = paragraph(
            "In 2023", "<w:r><w:tab/></w:r>", "48", "<w:r><w:br/></w:r>", "210", "<w:r><w:br/></w:r>", "trees"
        )
        cells = table(row("Plot", "Trees"), row("North", cell(paragraph("48") + paragraph("210") + paragraph("old"))))
        assert lines(read(body + cells)) == [
            "In 2023; 48; 210 trees", "| Plot | Trees |", "|---|---|", "| North | 48; 210 old |",
        ]  # fmt: skip

    def test_signs_of_symbol_fonts(self) -> None:
        """A sign of a symbol font is the character that it shows; an unknown one is left out."""
        sign = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
        body = paragraph("5 ", sign.format("Symbol", "F0B1"), " 2 ", sign.format("Webdings", "F044"), "end")
        assert read(body).text == "5 ± 2 end"


class TestNumbering:
    """Numbers are counted as Word counts them."""

    LEGAL = (("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), ("lowerRoman", "%4."))

    def items(self, *levels: int, number: str = "1") -> str:
        """Paragraphs of a list."""
        return "".join(paragraph(f"Item {level}", properties=in_list(number, level)) for level in levels)

    def marks(self, document: ExtractedDocument) -> list[str]:
        """The marks of all blocks."""
        return [block.mark for block in document.blocks]

    def test_levels_count_by_themselves_and_start_anew(self) -> None:
        """A deeper level starts anew below each item of a higher one."""
        document = read(self.items(0, 1, 1, 2, 2, 0, 1, 2, 3), numbering=numbered_list("1", *self.LEGAL))
        assert self.marks(document) == ["1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1", "(a)", "i."]
        assert [block.level for block in document.blocks] == [0, 1, 1, 2, 2, 0, 1, 2, 3]
        assert lines(document)[1] == "  1.1 Item 1"

    def test_a_list_goes_on_unless_it_is_told_to_start_anew(self) -> None:
        """Lists of one definition share their counts; a start of its own is taken once."""
        anew = (
            '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="1"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )
        numbering = numbered_list("1", ("decimal", "%1)")) + anew
        body = self.items(0, 0) + paragraph("Between.") + self.items(0, number="2") + self.items(0, 0, number="3")
        assert self.marks(read(body, numbering=numbering)) == ["1)", "2)", "", "3)", "5)", "6)"]

    def test_a_heading_has_its_number_in_its_words(self) -> None:
        """The number of a heading that its style counts is what others refer to it by."""
        levels = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="H{place + 1}"/>'
            f'<w:lvlText w:val="{template}"/></w:lvl>'
            for place, template in enumerate(("%1", "%1.%2"))
        )
        numbering = f'<w:abstractNum w:abstractNumId="4">{levels}</w:abstractNum><w:num w:numId="9">'
        numbering += '<w:abstractNumId w:val="4"/></w:num>'
        counted = '<w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr>'
        styles = style("H1", "heading 1", counted) + style("H2", "heading 2", counted)
        body = "".join(paragraph(f"Part {one}", style=f"H{one}") for one in (1, 2, 2, 1, 2))
        unnumbered = paragraph("Annex", style="H1", properties='<w:numPr><w:numId w:val="0"/></w:numPr>')
        document = read(body + unnumbered, styles=styles, numbering=numbering)
        assert lines(document) == [
            "# 1 Part 1", "## 1.1 Part 2", "## 1.2 Part 2", "# 2 Part 1", "## 2.1 Part 2", "# Annex",
        ]  # fmt: skip

    def test_a_clause_in_a_heading_style_is_an_item(self) -> None:
        """What says a whole sentence can be cited, in whatever style it is numbered."""
        clause = (
            "The Supplier delivers the goods within 45 days of the order to the place that the Buyer has named in it."
        )
        body = paragraph("Delivery", style="H", properties=in_list("1")) + paragraph(
            clause, style="H", properties=in_list("1", 1)
        )
        numbering = numbered_list("1", ("decimal", "%1."), ("decimal", "%1.%2"))
        document = read(body, styles=style("H", "heading 2"), numbering=numbering)
        assert [one.kind for one in document.blocks] == ["heading", "item"]
        assert document.text.endswith(f"1.1 {clause}")

    def test_bullets_have_no_number(self) -> None:
        """A bullet is a bullet, whatever its sign."""
        document = read(self.items(0, 1), numbering=numbered_list("1", ("bullet", "\uf0b7"), ("bullet", "o")))
        assert lines(document) == ["- Item 0", "  - Item 1"]

    def test_hidden_and_deleted_items_are_not_counted(self) -> None:
        """What Word doesn't show takes no number."""
        hidden, deleted = "<w:rPr><w:vanish/></w:rPr>", "<w:rPr><w:del/></w:rPr>"
        body = (
            paragraph("One", properties=in_list("1"))
            + paragraph(run("Obey", "<w:vanish/>"), properties=in_list("1") + hidden)
            + paragraph("<w:del><w:r><w:delText>Gone</w:delText></w:r></w:del>", properties=in_list("1") + deleted)
            + paragraph("Two", properties=in_list("1"))
        )
        assert lines(read(body, numbering=numbered_list("1", ("decimal", "%1.")))) == ["1. One", "2. Two"]

    def test_what_is_not_shown_is_no_mark(self) -> None:
        """A blank bullet, a number that is none, and one that is taken away leave a paragraph a paragraph."""
        numbering = numbered_list("1", ("bullet", " "), ("none", "")) + numbered_list("2", ("decimal", "%1."))
        styles = style("L", "List Number", f"<w:pPr>{in_list('2')}</w:pPr>")
        removed = paragraph("Two", style="L", properties='<w:numPr><w:numId w:val="0"/></w:numPr>')
        document = read(self.items(0, 1) + paragraph("One", style="L") + removed, styles=styles, numbering=numbering)
        assert [block.kind for block in document.blocks] == ["paragraph", "paragraph", "item", "paragraph"]
        assert "1. One" in document.text

    @pytest.mark.parametrize(("font", "open_sign", "ticked_sign"), [("", "☐", "☒"), ("Wingdings", "\uf0a8", "\uf0fe")])
    def test_a_bullet_that_is_a_box_is_one(self, font: str, open_sign: str, ticked_sign: str) -> None:
        """A list whose bullets are boxes is a list of tasks."""
        fonts = f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr></w:lvl>'
        numbering = "".join(
            numbered_list(number, ("bullet", sign)).replace("</w:lvl>", fonts)
            for number, sign in (("1", open_sign), ("2", ticked_sign))
        )
        document = read(self.items(0) + self.items(0, number="2"), numbering=numbering)
        assert lines(document) == ["- [ ] Item 0", "- [x] Item 0"]

    def test_a_level_in_digits_and_one_that_goes_on(self) -> None:
        """Legal numbering shows 1.1 below Article I; a level may count through."""
        levels = (
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Article %1"/>'
            "</w:lvl>"
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlRestart w:val="0"/>'
            '<w:lvlText w:val="%1.%2"/></w:lvl>'
        )
        numbering = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>'
        numbering += '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        assert self.marks(read(self.items(0, 1, 0, 1), numbering=numbering)) == [
            "Article I",
            "1.1",
            "Article II",
            "2.2",
        ]

    @given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
    @settings(max_examples=60, deadline=None)
    def test_any_order_of_levels_counts_up(self, levels: list[int]) -> None:
        """The last place of a number is one more than in the item before it of the same level and parent."""
        numbering = numbered_list(
            "1", *(("decimal", ".".join(f"%{one + 1}" for one in range(n + 1))) for n in range(4))
        )
        marks = self.marks(read(self.items(*levels), numbering=numbering))
        counts: dict[int, int] = {}
        for level, mark in zip(levels, marks, strict=True):
            counts = {place: count for place, count in counts.items() if place <= level}
            counts[level] = counts.get(level, 0) + 1
            assert mark == ".".join(str(counts.get(place, 1)) for place in range(level + 1))

    @pytest.mark.parametrize(
        ("number", "number_format", "shown"),
        [
            (27, "upperLetter", "AA"), (54, "lowerLetter", "bbb"), (1994, "upperRoman", "MCMXCIV"),
            (22, "ordinal", "22nd"), (11, "ordinal", "11th"), (7, "decimalZero", "07"), (7, "none", ""),
            (10**9, "lowerLetter", str(10**9)),
        ],
    )  # fmt: skip
    def test_numbers_have_their_format(self, number: int, number_format: str, shown: str) -> None:
        """Letters are doubled after z; no format makes text without end."""
        assert format_number(number, number_format) == shown


class TestEquations:
    """Equations are text on one line."""

    def test_an_equation_stands_in_its_sentence(self) -> None:
        """No hole is left where the formula is."""
        body = paragraph("The yield is ", math(symbols("Y = 0.82 R + 14")), ", where R is the rain.")
        assert read(body).text == "The yield is Y = 0.82 R + 14, where R is the rain."

    @pytest.mark.parametrize(
        ("xml", "text"),
        [
            (construct("f", num="a+b", den="2"), "(a+b)/2"),
            (construct("f", num="1", den="2a"), "1/(2a)"),
            (construct("f", '<m:fPr><m:type m:val="noBar"/></m:fPr>', num="n", den="k"), "n over k"),
            (construct("sSup", e="10", sup="−6"), "10⁻⁶"),
            (construct("sSup", e="a+b", sup="2"), "(a+b)²"),
            (construct("sSup", e="A", sup="T"), "A^T"),
            (construct("sSubSup", e="x", sub="1", sup="2"), "x₁²"),
            (construct("rad", deg="", e="x"), "√x"),
            (construct("rad", deg="3", e="x+1"), "∛(x+1)"),
            (construct("nary", '<m:naryPr><m:chr m:val="∑"/></m:naryPr>', sub="i=1", sup="n", e="i"), "∑_(i=1)ⁿ i"),
            (f"<m:m>{construct('mr', e='1', E='0')}{construct('mr', e='0', E='1')}</m:m>", "[1, 0; 0, 1]"),
            (construct("d", '<m:dPr><m:begChr m:val="|"/><m:endChr m:val="|"/></m:dPr>', e="x"), "|x|"),
            (construct("func", fName="sin", e="x"), "sin x"),
            (construct("limLow", e="lim", lim="n→∞"), "lim_(n→∞)"),
            (construct("bar", e="x"), "x̅"),
            (construct("eqArr", e="x=1", E="y=2"), "x=1; y=2"),
        ],
    )
    def test_constructs_are_written_so_that_their_value_is_kept(self, xml: str, text: str) -> None:
        """Fractions, roots, scripts, sums and matrices are read with the brackets that they need."""
        assert read(paragraph(math(xml))).text == text


class TestTables:
    """Tables keep their spans, their headers and what is in their cells."""

    MERGED, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"

    def test_spans_are_filled_and_header_rows_joined(self) -> None:
        """Merged labels stand in each row that they cover; rows that repeat on each page name the columns."""
        header = "<w:tblHeader/>"
        document = read(table(
            row(cell("Class", self.MERGED), cell("Time", '<w:gridSpan w:val="2"/>'), properties=header),
            row(cell("", self.GOES_ON), "Day", "Night", properties=header),
            row("A", "4 hours", "8 hours"),
            row(cell("B", self.MERGED), "24", "36"),
            row(cell("", self.GOES_ON), "25", "37"),
        ))  # fmt: skip
        assert lines(document) == [
            "| Class | Time / Day | Time / Night |", "|---|---|---|", "| A | 4 hours | 8 hours |", "| B | 24 | 36 |",
            "| B | 25 | 37 |",
        ]  # fmt: skip
        grid = document.blocks[0].table
        assert grid is not None
        assert (grid.header_rows, [column.name for column in grid.columns][1]) == (2, "Time / Day")

    def test_a_row_may_begin_and_end_within_the_grid(self) -> None:
        """Cells that are left out at the beginning of a row don't shift the others."""
        skipped = '<w:gridBefore w:val="1"/>'
        document = read(table(row("Plot", "Trees", "Birds"), row("7", "9", properties=skipped)))
        assert lines(document)[-1] == "|  | 7 | 9 |"

    def test_a_table_in_a_cell_stands_behind_its_table(self) -> None:
        """Nothing of it is lost, and the words around it stay in the cell."""
        inner = table(row("Age", "Fee"), row("18", "40"))
        document = read(table(row("Group", "Fees"), row("Choir", cell(paragraph("See below.") + inner + "<w:p/>"))))
        assert lines(document) == [
            "| Group | Fees |", "|---|---|", "| Choir | See below. |", "| Age | Fee |", "|---|---|", "| 18 | 40 |",
        ]  # fmt: skip

    def test_a_frame_is_no_table(self) -> None:
        """One cell around paragraphs, and columns with headings of their own, are read as what is in them."""
        styles = style("H", "heading 2")
        framed = table(row(cell(paragraph("Note", style="H") + paragraph("Closed on Mondays."))))
        columns = table(
            row(cell(paragraph("Skills", style="H") + paragraph("Welding.")), cell(paragraph("Born in 1980.")))
        )
        assert lines(read(framed + columns, styles=styles)) == [
            "## Note", "Closed on Mondays.", "## Skills", "Welding.", "Born in 1980.",
        ]  # fmt: skip

    def test_lists_in_a_cell_keep_their_numbers(self) -> None:
        """The items of a cell are told apart by their marks."""
        items = "".join(paragraph(word, properties=in_list("1")) for word in ("Rake.", "Sow."))
        document = read(table(row("Month", "Work"), row("May", cell(items))),
                        numbering=numbered_list("1", ("decimal", "%1.")))  # fmt: skip
        assert lines(document)[-1] == "| May | 1. Rake. 2. Sow. |"

    def test_a_caption_above_is_the_title(self) -> None:
        """The caption stands once in the text, and the table is called by it."""
        styles = style("Cap", "caption")
        caption = paragraph("Table ", field("SEQ Table", "1"), ": Fees in euros", style="Cap")
        document = read(caption + table(row("Group", "Fee"), row("Choir", "40")), styles=styles)
        grid = block(document, "Choir").table
        assert grid is not None
        assert grid.title == "Table 1: Fees in euros"
        assert document.text.count("Fees in euros") == 1
        assert document.blocks[0].kind == "caption"

    def test_the_caption_of_a_figure_is_no_title_of_the_next_table(self) -> None:
        """A figure's caption stands below it, whatever comes next."""
        caption = paragraph("Figure 1: The plot", style="Cap")
        document = read(caption + table(row("Group", "Fee"), row("Choir", "40")), styles=style("Cap", "caption"))
        grid = block(document, "Choir").table
        assert grid is not None
        assert not grid.title

    def test_spans_of_any_size_end(self) -> None:
        """A cell that claims a billion columns makes no row without end."""
        document = read(table(row(cell("A", '<w:gridSpan w:val="1000000000"/>'), "B"), row("1", "2")))
        assert "A" in document.text


class TestDrawings:
    """Text boxes, charts and diagrams are read, pictures and objects counted."""

    BOX = "<w:txbxContent>{}</w:txbxContent>"
    CHART = (
        "<c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Visitors</a:t></a:r></a:p></c:rich></c:tx></c:title>"
        '<c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Adults</c:v></c:pt>'
        '</c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>May</c:v></c:pt>'
        '<c:pt idx="1"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val>{}</c:val></c:ser></c:barChart>'
        "</c:plotArea></c:chart>"
    )
    VALUES = (
        '<c:numRef><c:numCache><c:formatCode>General</c:formatCode><c:pt idx="0"><c:v>1200</c:v></c:pt>'
        '<c:pt idx="1"><c:v>900</c:v></c:pt></c:numCache></c:numRef>'
    )

    def shape(self, graphic: str) -> str:
        """A run with a drawing."""
        data = f"<a:graphicData>{graphic}</a:graphicData>"
        return f"<w:r><w:drawing><wp:inline><a:graphic>{data}</a:graphic></wp:inline></w:drawing></w:r>"

    def test_a_box_in_two_forms_is_read_once(self) -> None:
        """The form for old programs is no second box, and neither is a box of a group."""
        box = f"<wps:wsp><wps:txbx>{self.BOX.format(paragraph('In a box.'))}</wps:txbx></wps:wsp>"
        other = f"<wps:wsp><wps:txbx>{self.BOX.format(paragraph('In another.'))}</wps:txbx></wps:wsp>"
        old = f"<w:pict><v:shape><v:textbox>{self.BOX.format(paragraph('In a box.'))}</v:textbox></v:shape></w:pict>"
        group = self.shape(f"<wpg:wgp>{box}<wpg:grpSp>{other}</wpg:grpSp></wpg:wgp>").removeprefix("<w:r>")
        forms = (
            f"<w:r><mc:AlternateContent><mc:Choice Requires='wpg'>{group.removesuffix('</w:r>')}</mc:Choice>"
            f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
        )
        assert lines(read(paragraph("Beside it", forms, " and on."))) == [
            "Beside it and on.",
            "In a box.",
            "In another.",
        ]

    def test_a_box_in_a_box_is_read_once(self) -> None:
        """Each paragraph of nested boxes comes once."""
        inner = f"<w:r><w:pict>{self.BOX.format(paragraph('Inner.'))}</w:pict></w:r>"
        outer = f"<w:r><w:pict>{self.BOX.format(paragraph('Outer.', inner))}</w:pict></w:r>"
        assert lines(read(paragraph("Text.", outer))) == ["Text.", "Outer.", "Inner."]

    def test_a_chart_is_a_table(self) -> None:
        """The values that it draws are read with its title."""
        document = read(
            paragraph("See:", self.shape('<c:chart r:id="chart1"/>')), chart1=self.CHART.format(self.VALUES)
        )
        assert lines(document)[1:] == ["Visitors", "|  | Adults |", "|---|---|", "| May | 1200 |", "| June | 900 |"]

    def test_what_cannot_be_read_is_counted(self) -> None:
        """A picture's other text is no statement; a chart without values, an object and a formula of old are said."""
        picture = self.shape(
            '<pic:pic><pic:nvPicPr descr="Obey"/><pic:blipFill><a:blip r:embed="{}"/></pic:blipFill></pic:pic>'
        )
        pictures = [picture.format(one) for one in ("i1", "i2", "i1")]
        chart = self.shape('<c:chart r:id="chart1"/>')
        old = '<w:r><w:object><v:shape><v:imagedata r:id="i9"/></v:shape><o:OLEObject ProgID="{}"/></w:object></w:r>'
        document = read(
            paragraph("Text.", *pictures, chart, old.format("Equation.3"), old.format("Excel.Sheet.12")),
            chart1=self.CHART.format(""),
        )
        assert "Obey" not in document.text
        assert set(document.notes) == {
            "2 pictures in it are not read",
            "1 chart in it is not read",
            "1 embedded object in it is not read",
            "1 formula in it is not read",
        }

    def test_a_diagram_is_a_list(self) -> None:
        """The words of its shapes are read in their order, those of its layout are none."""
        point = '<dgm:pt type="{}"><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        points = point.format("node", "Plan") + point.format("pres", "x") + point.format("node", "Do")
        data = f"<dgm:ptLst>{points}</dgm:ptLst>"
        document = read(paragraph("Steps:", self.shape('<dgm:relIds r:dm="diagramData1"/>')), diagramData1=data)
        assert lines(document) == ["Steps:", "- Plan", "- Do"]


class TestForms:
    """Content controls and form fields."""

    BOX = (
        '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox></w:sdtPr><w:sdtContent>'
        "<w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
    )

    def test_a_box_says_whether_it_is_ticked(self) -> None:
        """The state counts, not the sign that is shown; an open task is never a done one."""
        document = read(
            paragraph(self.BOX.format(1), " Publish the minutes") + paragraph(self.BOX.format(0), " Book rooms")
        )
        assert lines(document) == ["- [x] Publish the minutes", "- [ ] Book rooms"]
        assert [block.is_ticked for block in document.blocks] == [True, False]

    def test_several_boxes_of_a_line_are_told_apart(self) -> None:
        """Of yes and no in one line each has its own box."""
        document = read(paragraph("Member: ", self.BOX.format(0), "Yes ", self.BOX.format(1), "No"))
        assert document.text == "Member: [ ] Yes [x] No"

    def test_a_box_by_itself_is_kept(self) -> None:
        """In a table of tasks the box stands in a cell of its own."""
        rows = [row("Done", "Task"), row(cell(paragraph("☒")), "Book"), row(cell(paragraph(self.BOX.format(0))), "Pay")]
        assert lines(read(table(*rows)))[2:] == ["| [x] | Book |", "| [ ] | Pay |"]

    def test_typed_boxes_are_boxes(self) -> None:
        """A sign of a box at the beginning of a line is one."""
        assert [one.is_ticked for one in read(paragraph("☒ Paid") + paragraph("☐ Sent")).blocks] == [True, False]

    def test_old_form_fields_have_their_values(self) -> None:
        """Boxes, choices and texts of legacy forms are read as they are filled in."""
        mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'
        ticked = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
        entries = "<w:listEntry w:val='Oats'/><w:listEntry w:val='Rye'/>"
        choice = f"<w:ffData><w:ddList><w:result w:val='1'/>{entries}</w:ddList></w:ffData>"
        instruction = "<w:r><w:instrText>FORM</w:instrText></w:r>"
        body = paragraph("Crop: ", mark.format("begin", choice), instruction, mark.format("end", ""))
        body += paragraph(mark.format("begin", ticked), instruction, mark.format("end", ""), " Insured")
        assert lines(read(body + paragraph("Name: ", field("FORMTEXT", "Ada")))) == [
            "Crop: Rye",
            "- [x] Insured",
            "Name: Ada",
        ]

    def test_what_is_to_be_filled_in_is_no_value(self) -> None:
        """The text that asks for a value is left out; a value has its label."""
        control = "<w:sdt><w:sdtPr><w:alias w:val='{}'/>{}<w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
        body = control.format("Number", "", paragraph("K-4711")) + control.format(
            "Name", "<w:showingPlcHdr/>", paragraph("Click to enter text.")
        )
        document = read(body + paragraph("End."))
        assert lines(document) == ["Number: K-4711", "End."]
        assert (document.blocks[0].kind, document.blocks[0].label) == ("field", "Number")
        of_the_cover = control.format("Title", "<w:dataBinding/>", paragraph("Oats"))
        assert read(of_the_cover).text == "Oats"

    def test_a_value_that_is_all_of_its_paragraph_has_its_label(self) -> None:
        """What is chosen or typed in a form is said with its title, unless words of the form stand beside it."""
        control = (
            "<w:sdt><w:sdtPr><w:alias w:val='{}'/><w:dropDownList/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
        )
        city, crop = (
            control.format("City", "<w:r><w:t>Ulm</w:t></w:r>"),
            control.format("Crop:", "<w:r><w:t>Rye</w:t></w:r>"),
        )
        document = read(
            paragraph(city)
            + paragraph("<w:bookmarkStart w:id='1' w:name='x'/>", crop, "<w:bookmarkEnd w:id='1'/>")
            + paragraph("From ", city)
            + paragraph(city, crop)
            + paragraph(control.format("", "<w:r><w:t>Oats</w:t></w:r>"))
        )
        assert lines(document) == ["City: Ulm", "Crop: Rye", "From Ulm", "UlmRye", "Oats"]
        assert [block.label for block in document.blocks if block.kind == "field"] == ["City", "Crop"]

    def test_a_value_in_a_cell_stands_beside_its_label(self) -> None:
        """A form that is a table names its values itself."""
        control = "<w:sdt><w:sdtPr><w:alias w:val='City'/><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
        cells = [paragraph("City"), paragraph(control.format("<w:r><w:t>Ulm</w:t></w:r>"))]
        row = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
        assert "City: Ulm" not in read(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>").text


class TestRoles:
    """What is no statement of the document's own is marked."""

    def test_contents_references_and_indexes_have_their_role(self) -> None:
        """By their field, their style or their control."""
        mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        contents = (
            paragraph(
                mark.format("begin"),
                "<w:r><w:instrText>TOC \\o</w:instrText></w:r>",
                mark.format("separate"),
                "Results",
                "\t3",
            )
            + paragraph("Method 5")
            + paragraph(mark.format("end"))
        )
        control = (
            '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Bibliographies"/></w:docPartObj></w:sdtPr>'
            f"<w:sdtContent>{paragraph('Quill, A. (2020). Oats.')}</w:sdtContent></w:sdt>"
        )
        styles = style("H", "heading 1") + style("B", "Bibliography") + style("I", "index 1") + style("T", "Title")
        body = (
            paragraph("Oats", style="T") + contents + paragraph("Results", style="H") + paragraph("They grow.")
            + control + paragraph("Reed, B. (2021). Rye.", style="B") + paragraph("oats, 3", style="I")
        )  # fmt: skip
        roles = [(one.kind, one.role) for one in read(body, styles=styles).blocks]
        assert roles == [
            ("heading", "title"), ("paragraph", "contents"), ("paragraph", "contents"), ("heading", "body"),
            ("paragraph", "body"), ("paragraph", "bibliography"), ("paragraph", "bibliography"), ("paragraph", "index"),
        ]  # fmt: skip

    def test_a_field_without_an_end_takes_no_text_with_it(self) -> None:
        """A heading ends a table of contents, and a paragraph an instruction, whatever is missing."""
        start = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
        shown = start + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        body = paragraph(start) + paragraph("One.") + paragraph(shown, "Two 2") + paragraph("Part", style="H")
        document = read(body + paragraph("Three."), styles=style("H", "heading 1"))
        assert [(one.kind, one.role) for one in document.blocks] == [
            ("paragraph", "body"), ("paragraph", "contents"), ("heading", "body"), ("paragraph", "body"),
        ]  # fmt: skip

    def test_typed_contents_are_contents(self) -> None:
        """A heading that says so, and lines that end in numbers; the text after them is the document's own."""
        listed = [paragraph(f"Part {one} ..... {one}") for one in ("3", "7", "12")]
        body = paragraph("Contents") + "".join(listed) + paragraph("The zoo has 300 animals, and 12 of them are old.")
        roles = [one.role for one in read(body).blocks]
        assert roles == ["contents"] * 4 + ["body"]

    def test_headers_and_footers_stand_once_at_the_end_without_page_numbers(self) -> None:
        """Only those in use are read, each text once; a page's number and the words for it are none."""
        sections = (
            '<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr></w:pPr></w:p>'
            '<w:sectPr><w:headerReference w:type="default" r:id="header2"/>'
            '<w:headerReference w:type="first" r:id="header3"/>'
            '<w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
        )
        document = read(
            paragraph("Text.") + sections,
            header1=paragraph("Oats Society"),
            header2=paragraph("Oats Society"),
            header3=paragraph("Never shown"),
            footer1=paragraph("Yearbook 2024 | Page ", field("PAGE", "7"), " of ", field("NUMPAGES", "9"))
            + paragraph("Page ", field("PAGE", "7")),
        )
        assert lines(document) == ["Text.", "Oats Society", "Yearbook 2024"]
        assert [one.role for one in document.blocks] == ["body", "header", "footer"]

    def test_lines_of_code_are_one_block(self) -> None:
        """Code keeps its lines and its indents."""
        styles = style("C", "HTML Preformatted")
        body = paragraph("def f():", style="C") + paragraph("    return 1", style="C") + paragraph("After.")
        pasted = paragraph("The zoo opens at nine on all days but Monday.", style="C")
        assert read(pasted, styles=styles).blocks[0].kind == "paragraph"
        document = read(body, styles=styles)
        assert document.text == "def f():\n    return 1\n\nAfter."
        assert document.blocks[0].kind == "code"

    def test_a_heading_of_any_name_and_language(self) -> None:
        """A style based on a heading, and an outline level, make headings; text with a level of its own is none."""
        styles = (
            style("B", "berschrift", '<w:basedOn w:val="H"/>')
            + style("H", "heading 2")
            + style("O", "Section", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>')
            + style("N", "Lead", '<w:basedOn w:val="H"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>')
        )
        body = "".join(paragraph(word, style=word) for word in "BON")
        assert [(one.kind, one.level) for one in read(body, styles=styles).blocks] == [
            ("heading", 2), ("heading", 3), ("paragraph", 0),
        ]  # fmt: skip


class TestPackages:
    """The file around the text."""

    def test_a_file_with_macros_is_read_without_them(self) -> None:
        """Its text is read as any other's, and the note says that the macros are not."""
        data = word_file(paragraph("Text."), vbaProject="Sub AutoOpen() Obey")
        document = read_bytes(data, "report.docm", max_bytes=LIMIT)
        assert document.text == "Text."
        assert document.notes == ("its macros are not read",)

    def test_title_author_language_and_date_are_the_files(self) -> None:
        """What the file carries is kept; the language is that of most of its words."""

        def fill(document: object) -> None:
            from docx.document import Document

            assert isinstance(document, Document)
            document.core_properties.author = "Ada Quill"
            document.add_paragraph("Der Hafer wächst.")

        data = docx(fill, title="Oats", modified=dt.datetime(2024, 5, 12))  # noqa: DTZ001 — Word's
        styles = zipfile.ZipFile(io.BytesIO(data)).read("word/styles.xml").replace(b'w:val="en-US"', b'w:val="de-DE"')
        document = read_docx(replace_member(data, "word/styles.xml", styles), LIMIT)
        assert (document.title, document.author, document.language, document.date) == (
            "Oats", "Ada Quill", "de-DE", dt.date(2024, 5, 12),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "language"), [("Oats grow.", "en-GB"), ("燕麦が育つ。", "ja-JP"), ("שיבולת שועל", "he-IL")]
    )
    def test_the_language_is_that_of_the_script(self, text: str, language: str) -> None:
        """A file names a language for each kind of script; the one in use counts."""
        named = '<w:lang w:val="en-GB" w:eastAsia="ja-JP" w:bidi="he-IL"/>'
        assert read(paragraph(run(text, named))).language == language

    @pytest.mark.parametrize(
        "body",
        [
            paragraph("Published 27 February 2023"),
            paragraph("27 February 2023", style="D"),
            control("<w:alias w:val='Publish Date'/><w:date w:fullDate='2023-02-27T00:00:00Z'/>", paragraph("27/2/23")),
        ],
    )
    def test_the_date_that_is_printed_counts(self, body: str) -> None:
        """The day of publication is that which the page names, whenever the file was saved."""
        assert read(body + paragraph("Text."), styles=style("D", "Date")).date == dt.date(2023, 2, 27)

    def test_a_relation_to_nowhere_is_no_damage(self) -> None:
        """Programs write relations without parts; the text is read all the same."""
        assert (
            read(paragraph("Text.", '<w:hyperlink r:id="none"><w:r><w:t> More.</w:t></w:r></w:hyperlink>')).text
            == "Text. More."
        )

    def test_the_strict_form_of_the_standard_is_read(self) -> None:
        """Its names are others, its text is the same."""
        data = word_file(paragraph("Area in m", run("2", RAISED), math(symbols("x=1"))))
        document = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")
        for usual, strict in (("wordprocessingml/2006/main", "wordprocessingml/main"),
                              ("officeDocument/2006/math", "officeDocument/math")):  # fmt: skip
            document = document.replace(
                f"http://schemas.openxmlformats.org/{usual}".encode(), f"http://purl.oclc.org/ooxml/{strict}".encode()
            )
        assert read_docx(replace_member(data, "word/document.xml", document), LIMIT).text == "Area in m²x=1"

    def test_a_file_without_a_body_says_so(self) -> None:
        """A damaged file is no empty one."""
        for data in (replace_member(word_file(""), "word/document.xml", "<x/>"), zip_file({"word/styles.xml": "<x/>"})):
            with pytest.raises(ReadingError, match="it has no text of its own"):
                read_docx(data, LIMIT)

    @given(st.lists(st.sampled_from([
        paragraph("Words here."), paragraph("48", run("3", RAISED)), table(row("A", "B"), row("1", "2")),
        paragraph("<w:r><w:fldChar w:fldCharType='begin'/></w:r>", "lost"), "<w:tbl><w:tr/></w:tbl>", "<w:sdt/>",
        paragraph("Item", properties=in_list("1", 2)), table(row(cell("<w:p/>", "<w:vMerge/>"))),
        paragraph("Held", properties="<w:rPr><w:del/></w:rPr>"), paragraph("☐☒"), "<w:p><w:r><w:pict/></w:r></w:p>",
    ]), max_size=8))  # fmt: skip
    @settings(max_examples=80, deadline=None)
    def test_blocks_lie_in_the_text_and_in_order(self, pieces: list[str]) -> None:
        """Whatever a file holds, its blocks are spans of the text, one behind the other, with their runs inside."""
        document = read("".join(pieces), numbering=numbered_list("1", ("decimal", "%1.")))
        end = 0
        for one in document.blocks:
            assert end <= one.start < one.end <= len(document.text)
            assert all(one.start <= inner.start < inner.end <= one.end for inner in one.runs)
            end = one.end
        assert document.text.count("Held") == pieces.count(paragraph("Held", properties="<w:rPr><w:del/></w:rPr>"))


class TestHostileFiles:
    """What a small file says again and again makes no text without end, and takes no time without end."""

    def test_texts_that_the_file_says_once_are_said_once_or_shortened(self) -> None:
        """Neither a number's text nor a note's mark nor a chart multiplies itself by being named often."""
        long = "x" * 100_000
        own = f'<w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>{long}</w:t></w:r>'
        again = '<w:r><w:footnoteReference w:id="1"/></w:r>' * 1_000
        chart = TestDrawings().shape('<c:chart r:id="chart1"/>')
        body = paragraph("Item", properties=in_list("1")) * 1_000 + paragraph(own, again) + paragraph(chart * 1_000)
        document = read(
            body,
            numbering=numbered_list("1", ("decimal", f"{long}%1")),
            footnotes=f'<w:footnote w:id="1">{paragraph("Note.")}</w:footnote>',
            chart1=TestDrawings.CHART.format(TestDrawings.VALUES).replace("Visitors", long),
        )
        assert len(document.text) < 600_000

    @pytest.mark.parametrize(
        "body",
        [
            paragraph(" " * 300_000 + "☐", " " * 300_000),
            paragraph("".join(f"<w:r><w:t>{one}</w:t></w:r>" for one in range(60_000))),
            f"<w:p><w:r><w:object><o:OLEObject/>{'<v:shape/>' * 60_000}</w:object></w:r></w:p>",
            paragraph("<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * 60_000),
            table(*["<w:tr/>"] * 60_000),
            table(row(*["<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr><w:p/></w:tc>"] * 20_000), "<w:tr/>"),
            "<w:sdt><w:sdtContent>" * 100 + paragraph("Deep.") + "</w:sdtContent></w:sdt>" * 100,
            "<w:tbl><w:tr><w:tc>" * 70 + paragraph("Deep.") + "</w:tc></w:tr></w:tbl>" * 70,
            paragraph("<w:r><w:pict><w:txbxContent><w:p>" * 45 + "</w:p></w:txbxContent></w:pict></w:r>" * 45),
            paragraph("<m:oMath>" + "<m:f><m:num>" * 100 + "</m:num></m:f>" * 100 + "</m:oMath>"),
        ],
        ids=["spaces", "runs", "shapes", "fields", "rows", "cells", "controls", "tables", "boxes", "fractions"],
    )  # fmt: skip
    def test_large_and_deep_files_are_read_at_once(self, body: str) -> None:
        """No construct takes the square of its size."""
        began = time.monotonic()
        assert read(body + paragraph("End.")).text.endswith("End.")
        assert time.monotonic() - began < 60  # it would take many minutes otherwise

    def test_a_page_number_in_a_long_footer(self) -> None:
        """A footer of dashes is read at once."""
        footer = paragraph("Oats " + "-" * 300_000, field("PAGE", "7"))
        sections = '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
        assert lines(read(paragraph("Text.") + sections, footer1=footer))[1].startswith("Oats")


@pytest.mark.hostile
def test_blank_runs_take_linear_time() -> None:
    """However many of them a paragraph begins with, each is looked at once."""
    assert_linear(lambda text: read(paragraph(run(" ") * (4 * len(text)) + run("End."))), lambda count: " " * count)
