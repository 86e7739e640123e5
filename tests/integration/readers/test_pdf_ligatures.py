"""Ligatures that a file gives no meaning are told by their font; other signs stay what the file says."""

import pytest

from assistant.readers.pdf.reader import read_pdf
from tests.support.files import pdf_page, pdf_stream, raw_pdf


def read(text: str, *, glyphs: str, meanings: str) -> str:
    """The text of a page in Times, some of whose codes have glyphs and meanings of their own."""
    table = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
    table += f"1 begincodespacerange <00> <FF> endcodespacerange {meanings} endcmap end end"
    font = f"""/Font << /F2 << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 5 0 R
        /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [{glyphs}] >> >> /F1"""
    content = f"BT /F2 12 Tf 1 0 0 1 72 700 Tm ({text}) Tj ET"
    objects = pdf_page(pdf_stream(content.encode("latin-1"))) | {5: pdf_stream(table.encode())}
    objects[3] = objects[3].replace(b"/Font << /F1", font.encode())
    return read_pdf(raw_pdf(objects), 10_000).text


@pytest.mark.parametrize("meaning", ["0000", "21B5", "0003", "FFFD"])
@pytest.mark.parametrize(("glyph", "letters"), [("fi", "fi"), ("fl", "fl")])
def test_a_ligature_without_meaning_is_told_by_its_glyph(glyph: str, letters: str, meaning: str) -> None:
    """A sign that the file calls nothing or an arrow is the ligature whose glyph it has."""
    text = read("re!ect", glyphs=f"33 /{glyph}", meanings=f"1 beginbfchar <21> <{meaning}> endbfchar")
    assert text == f"re{letters}ect"


def test_two_ligatures_of_one_width_are_not_guessed() -> None:
    """Where a font has two that are as wide, and neither has a meaning, none is made up."""
    text = read('re!ect bene"t', glyphs="33 /fl /fi", meanings="1 beginbfrange <21> <22> <0000> endbfrange")
    assert "fl" not in text
    assert "\ufffd" in text


@pytest.mark.parametrize("glyph", ["exclam", "f"])
def test_other_glyphs_are_no_ligatures(glyph: str) -> None:
    """A sign with another glyph stays what the file says."""
    text = read("to ! go", glyphs=f"33 /{glyph}", meanings="1 beginbfchar <21> <21B5> endbfchar")
    assert text == "to ↵ go"
