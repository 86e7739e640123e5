"""E-books: chapters in order, notes in other files, what is missing or damaged, metadata."""

import datetime as dt

import pytest

from assistant.errors import ReadingError
from assistant.readers.web.epub import read_epub
from tests.support.files import epub, replace_member, zip_file

LIMIT = 10**6
OPF = "OEBPS/book.opf"


def book(chapters: dict[str, str], metadata: str = "", missing: tuple[str, ...] = ()) -> bytes:
    """A book of these chapters, in this order, whose manifest names missing files too."""
    names = [*missing, *chapters]
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:opf="http://www.idpf.org/2007/opf"><metadata>{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    pages = {
        f"OEBPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<body>{content}</body></html>"
        for name, content in chapters.items()
    }
    return zip_file({"mimetype": "application/epub+zip", "META-INF/container.xml": container, OPF: package, **pages})


def test_a_missing_file_is_named_and_the_rest_is_read() -> None:
    """A manifest that names a file which isn't there spoils no other chapter."""
    document = read_epub(book({"one.xhtml": "<p>The kiln holds 30 tons.</p>"}, missing=("cover.xhtml",)), LIMIT)
    assert document.text == "The kiln holds 30 tons."
    assert document.notes == ("cover.xhtml is missing in the book: its other chapters are read",)


def test_damaged_chapters_are_named_and_the_rest_is_read() -> None:
    """A chapter that is no text, or is nested without end, is left out with a note."""
    chapters = {"a.xhtml": "<p>One.</p>", "b.xhtml": "x", "c.xhtml": "<div>" * 5_000, "d.xhtml": "<p>Four.</p>"}
    document = read_epub(replace_member(book(chapters), "OEBPS/b.xhtml", b"\x00\x01\x02" * 99), LIMIT)
    assert document.text == "One.\n\nFour."
    assert document.notes == ("b.xhtml, c.xhtml are damaged in the book: its other chapters are read",)


def test_a_book_without_a_chapter_that_can_be_read_is_damaged() -> None:
    """Nothing but missing files is no book."""
    with pytest.raises(ReadingError, match="none of its chapters can be read"):
        read_epub(book({}, missing=("one.xhtml",)), LIMIT)


@pytest.mark.parametrize(
    "mark", ['<a epub:type="noteref" href="notes.xhtml#n1">1</a>', '<sup><a href="notes.xhtml#n1">1</a></sup>']
)
def test_notes_in_a_file_of_their_own_have_their_anchor(mark: str) -> None:
    """A note mark in one file and its note in another belong together."""
    chapters = {
        "one.xhtml": f"<p>The kiln holds 30{mark} tons.</p>",
        "notes.xhtml": '<h2>Notes</h2><div id="n1"><p>In 1911. <a href="one.xhtml#r1">back</a></p></div>',
    }
    document = read_epub(book(chapters), LIMIT)
    note = document.blocks[-1]
    assert document.text.startswith("The kiln holds 30 ¹ tons.")
    assert (note.kind, note.label, note.anchor) == ("note", "footnote", len("The kiln holds 30 "))


def test_metadata_are_the_books_own() -> None:
    """Authors, language and the day of publication; the day of a conversion is none."""
    metadata = (
        "<dc:title>Kilns</dc:title><dc:creator>Ann Bell</dc:creator><dc:creator>Ben Cole</dc:creator>"
        '<dc:language>en-GB</dc:language><dc:date opf:event="modification">2020-02-02</dc:date>'
        '<dc:date opf:event="publication">2011-05-03</dc:date>'
    )
    document = read_epub(book({"one.xhtml": "<p>Text.</p>"}, metadata), LIMIT)
    assert (document.title, document.author, document.language) == ("Kilns", "Ann Bell, Ben Cole", "en-GB")
    assert document.date == dt.date(2011, 5, 3)


def test_the_table_of_contents_is_called_so() -> None:
    """The book's navigation keeps its words, with their role; alone it is no book."""
    document = read_epub(epub([("one.xhtml", "<h1>One</h1><p>Text.</p>")]), LIMIT)
    assert [block.role for block in document.blocks] == ["contents", "body", "body"]
    assert read_epub(epub([("one.xhtml", "<p> </p>")]), LIMIT).text == ""


def test_chapters_are_read_as_web_pages_are() -> None:
    """Lists, tables and struck text follow the same rules."""
    table = "<table><tr><td rowspan='2'>A</td><td>1</td></tr><tr><td>2</td></tr></table>"
    content = f"<ol start='3'><li>Load</li></ol>{table}<p><del>x</del>y</p>"
    document = read_epub(book({"one.xhtml": content}), LIMIT)
    assert document.text == "3. Load\n\n|  |  |\n|---|---|\n| A | 1 |\n| A | 2 |\n\ny"
