"""The extractors that readers are measured by find what a file shows, and say why other words are counted apart."""

import io
import zipfile
from collections import Counter
from email.message import EmailMessage

import pytest

from research.fidelity import extraction as apart
from research.fidelity import pandoc
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.extractors import extract, takes
from research.fidelity.number_formats import shown_number
from research.fidelity.words import count_words
from tests.support.ole_files import ppt
from tests.support.outlook import compound_file, outlook_mail

needs_pandoc = pytest.mark.skipif(not pandoc.is_installed(), reason="needs pandoc")

RELATIONS = """<Relationships xmlns="r">{}</Relationships>"""
RELATION = """<Relationship Id="{}" Type="t/{}" Target="{}"/>"""
WORD = """<w:document xmlns:w="w" xmlns:mc="mc" xmlns:r="r"><w:body>{}</w:body></w:document>"""


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of parts by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word_file(body: str, relations: str = "", parts: dict[str, str] | None = None) -> bytes:
    return packed(
        {
            "_rels/.rels": RELATIONS.format(RELATION.format("m", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": RELATIONS.format(relations),
            "word/document.xml": WORD.format(body),
            **(parts or {}),
        }
    )


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def shown(pieces: Pieces) -> Counter[str]:
    return count_words(pieces.text)


def words_apart(pieces: Pieces, reason: str) -> Counter[str]:
    return count_words("".join(pieces.apart.get(reason, [])))


def test_a_word_file_shows_its_text_nodes() -> None:
    """Hidden, struck and deleted runs are counted apart; of a shape for old and new programs the new one counts."""
    raised, not_struck = "<w:vertAlign w:val='superscript'/>", "<w:strike w:val='0'/>"
    runs = run("Eels"), run("vanish", "<w:vanish/>"), run("struck", "<w:strike/>"), run("shown", not_struck)
    deleted = "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
    shape = f"<w:p>{run('shape')}</w:p>"
    body = (
        f"<w:p>{''.join(runs)} {deleted}</w:p><w:p>{run('48,210')}{run('3', raised)}</w:p>"
        f"<mc:AlternateContent><mc:Choice>{shape}</mc:Choice><mc:Fallback>{shape}</mc:Fallback></mc:AlternateContent>"
    )
    (pieces,) = extract(word_file(body), "eels.docx")
    assert {"eelsshown": 1, "48,210": 1, "3": 1, "shape": 1} == dict(shown(pieces))
    assert {"vanish": 1} == dict(words_apart(pieces, apart.HIDDEN))
    assert {"struck": 1, "deleted": 1} == dict(words_apart(pieces, apart.STRUCK))


def test_a_word_file_shows_its_notes_and_each_header_once() -> None:
    """Two sections with one header have its words once; page numbers are computed."""
    page = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>"
    page += f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('17')}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    header = f"<w:hdr xmlns:w='w'><w:p>{run('Report')}{page}</w:p></w:hdr>"
    notes = f"<w:footnotes xmlns:w='w'><w:footnote><w:p>{run('Carp')}</w:p></w:footnote></w:footnotes>"
    relations = "".join(
        RELATION.format(name, kind, f"{name}.xml")
        for name, kind in (("h1", "header"), ("h2", "header"), ("n", "footnotes"))
    )
    parts = {"word/h1.xml": header, "word/h2.xml": header, "word/n.xml": notes}
    data = word_file(f"<w:p>{run('Eels')}</w:p>", relations, parts)
    (pieces,) = extract(data, "eels.docx")
    assert {"eels": 1, "report": 1, "carp": 1} == dict(shown(pieces))
    assert words_apart(pieces, apart.COMPUTED)["17"]


def test_a_cell_that_lies_under_another_is_hidden() -> None:
    """The words of a cell over two rows may stand in both; those that lie under it are shown nowhere."""

    def cell(text: str, merge: str) -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"

    rows = cell("Pond", "<w:vMerge w:val='restart'/>"), cell("under", "<w:vMerge/>")
    (pieces,) = extract(word_file("<w:tbl>{}</w:tbl>".format("".join(f"<w:tr>{row}</w:tr>" for row in rows))), "a.docx")
    assert {"pond": 1} == dict(shown(pieces))
    assert {"under": 1} == dict(words_apart(pieces, apart.HIDDEN))
    assert words_apart(pieces, apart.REPEATED)["pond"] >= 1


def test_a_presentation_shows_its_slides_and_notes() -> None:
    """Hidden slides and the numbers of slides are counted apart, and so is a footer after its first slide."""

    def slide(text: str, attributes: str = "") -> str:
        def shape(kind: str, content: str) -> str:
            return f"<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><a:p>{content}</a:p></p:sp>"

        words = shape("", f"<a:r><a:t>{text}</a:t></a:r>")
        footer = shape("<p:ph type='ftr'/>", "<a:r><a:t>Pond Ltd</a:t></a:r>")
        number = shape("<p:ph type='sldNum'/>", "<a:fld><a:t>4</a:t></a:fld>")
        return f"<p:sld xmlns:p='p' xmlns:a='a' {attributes}>{words}{footer}{number}</p:sld>"

    ids = "".join(f"<p:sldId r:id='s{number}'/>" for number in (1, 2, 3))
    relations = "".join(RELATION.format(f"s{number}", "slide", f"s{number}.xml") for number in (1, 2, 3))
    data = packed({
        "_rels/.rels": RELATIONS.format(RELATION.format("m", "officeDocument", "ppt/p.xml")),
        "ppt/p.xml": f"<p:presentation xmlns:p='p' xmlns:r='r'>{ids}</p:presentation>",
        "ppt/_rels/p.xml.rels": RELATIONS.format(relations),
        "ppt/s1.xml": slide("Eels"), "ppt/s2.xml": slide("Pikes"), "ppt/s3.xml": slide("Carp", "show='0'"),
        "ppt/_rels/s1.xml.rels": RELATIONS.format(RELATION.format("n", "notesSlide", "n.xml")),
        "ppt/n.xml": "<p:notes xmlns:p='p' xmlns:a='a'><p:sp><a:p><a:r><a:t>Say it</a:t></a:r></a:p></p:sp></p:notes>",
    })  # fmt: skip
    (pieces,) = extract(data, "eels.pptx")
    assert {"eels": 1, "pikes": 1, "say": 1, "it": 1, "pond": 1, "ltd": 1} == dict(shown(pieces))
    assert 1 == words_apart(pieces, apart.HIDDEN)["carp"]
    assert 1 == words_apart(pieces, apart.REPEATED)["pond"]


def test_a_workbook_shows_its_cells_as_formatted() -> None:
    """Hidden rows, columns and sheets are counted apart; a merged label may stand in each of its cells."""
    cells = (
        "<c r='A1' t='s'><v>0</v></c><c r='B1' s='1'><v>0.257</v></c><c r='C1'><v>7</v></c>",
        "<c r='A2' t='inlineStr'><is><t>Secret</t></is></c>",
    )
    sheet = (
        "<worksheet xmlns='s'><cols><col min='3' max='3' hidden='1'/></cols><sheetData>"
        f"<row r='1'>{cells[0]}</row><row r='2' hidden='1'>{cells[1]}</row></sheetData>"
        "<mergeCells><mergeCell ref='A1:A3'/></mergeCells></worksheet>"
    )
    data = packed(
        {
            "_rels/.rels": RELATIONS.format(RELATION.format("m", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": (
                "<workbook xmlns='s' xmlns:r='r'><sheets><sheet name='Ponds' r:id='a'/></sheets></workbook>"
            ),
            "xl/_rels/workbook.xml.rels": RELATIONS.format(RELATION.format("a", "worksheet", "a.xml")),
            "xl/a.xml": sheet,
            "xl/sharedStrings.xml": (
                "<sst xmlns='s'><si><r><t>Ee</t></r><r><t>ls</t></r><rPh><t>reading</t></rPh></si></sst>"
            ),
            "xl/styles.xml": "<s xmlns='s'><cellXfs><xf numFmtId='0'/><xf numFmtId='10'/></cellXfs></s>",
        }
    )
    (pieces,) = extract(data, "eels.xlsx")
    assert {"eels": 1, "25.70": 1} == dict(shown(pieces))
    assert {"secret": 1, "7": 1} == dict(words_apart(pieces, apart.HIDDEN))
    assert 2 == words_apart(pieces, apart.REPEATED)["eels"]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        ("1234.5", "#,##0", "1,235"),
        ("-1234.5", "#,##0.00_);(#,##0.00)", "1,234.50"),
        ("0.5", "[$€-407]\\ #,##0.0", "0.5"),
        ("0", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_)', ""),
        ("0.1", "General", "0.1"),
        ("1.1000000000000001", "General", "1.1"),
        ("44927", "yyyy-mm-dd", "2023-01-01"),
        ("44927.75", "#22", "1/1/2023 18:00"),
        ("44927.75", 'd. mmmm yy "at" h:mm AM/PM', "1. January 23 at 6:00 PM"),
        ("44927.7507", "hh:mm:ss", "18:01:00"),
        ("25.824999999999999", "0.00", "25.83"),
        ("44927", "dd/mm/yyyy;@", "01/01/2023"),
        ("1.5", "[h]:mm", None),
        ("1.5", "# ?/?", None),
    ],
)
def test_plain_formats_alone_are_vouched_for(value: str, number_format: str, expected: str | None) -> None:
    """A number in a format that isn't known here is not compared, rather than compared wrongly."""
    assert expected == shown_number(value, number_format)


def test_an_opendocument_text_shows_its_text_nodes() -> None:
    """Struck styles, deletions, hidden sections and templates are counted apart; a header counts once."""
    names = "xmlns:office='o' xmlns:text='t' xmlns:style='s'"
    struck = "<style:style style:name='S'><style:text-properties style:text-line-through-style='solid'/></style:style>"
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:index-title-template>Contents</text:index-title-template>"
        "<text:section text:display='none'><text:p>secret</text:p></text:section>"
        "<text:p>Eels<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Carp</text:p>"
        "</text:note-body></text:note> <text:span text:style-name='S'>struck</text:span> live</text:p>"
    )
    header = "<style:header><text:p>Report</text:p></style:header>"
    data = packed(
        {
            "content.xml": f"<office:c {names}>{struck}<office:body>{body}</office:body></office:c>",
            "styles.xml": f"<office:s {names}>{header}{header}</office:s>",
            "meta.xml": f"<office:m {names}>Ann Lee</office:m>",
        }
    )
    (pieces,) = extract(data, "eels.odt")
    assert {"eels": 1, "carp": 1, "live": 1, "report": 1} == dict(shown(pieces))
    assert {"deleted": 1, "struck": 1} == dict(words_apart(pieces, apart.STRUCK))
    assert {"secret": 1} == dict(words_apart(pieces, apart.HIDDEN))
    assert {"1": 1} == dict(words_apart(pieces, apart.COMPUTED))


def test_old_presentations_and_outlook_s_mails_are_extracted_by_their_records() -> None:
    """The texts of slides without those of the masters; the subject and the body of a mail."""
    slides = extract(ppt([("Eels", ["Carp live here"])]), "eels.ppt")
    assert all(shown(pieces)["carp"] for pieces in slides)
    mail = outlook_mail({0x0037: "Ponds", 0x1000: "Eels live here."})
    (pieces,) = extract(compound_file(mail), "eels.msg")
    assert {"ponds", "eels", "live", "here"} <= shown(pieces).keys()


def test_a_mail_is_extracted_in_both_its_versions() -> None:
    """Its text, its HTML, and in both what is attached; what no extractor takes is left out."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ida@pond.example", "Eels"
    mail["Date"] = "Fri, 16 Dec 2022 17:04:16 -0500"
    mail.set_content("plain words")
    mail.add_alternative("<p>rich <s>struck</s> words</p>", subtype="html")
    mail.add_attachment("Pond;Eels\nNorth;1,5\n", filename="ponds.csv")
    mail.add_attachment(b"BLENDER", maintype="model", subtype="x", filename="pond.blend")
    plain, rich = extract(mail.as_bytes(), "eels.eml")
    assert (1, 0) == (shown(plain)["plain"], shown(plain)["rich"])
    assert (0, 1) == (shown(rich)["plain"], shown(rich)["rich"])
    assert all(pieces_words["1,5"] == 1 for pieces_words in map(shown, (plain, rich)))
    assert 1 == words_apart(rich, apart.STRUCK)["struck"]
    assert words_apart(plain, apart.COMPUTED)["2022"] >= 1
    assert 0 == shown(plain)["blender"]


@pytest.mark.parametrize("with_pandoc", [pytest.param(True, marks=needs_pandoc), False])
def test_a_page_shows_what_is_neither_hidden_nor_struck(monkeypatch: pytest.MonkeyPatch, *, with_pandoc: bool) -> None:
    """With pandoc and without it; an element that isn't closed hides nothing behind it."""
    monkeypatch.setattr(pandoc, "is_installed", lambda: with_pandoc)
    html = (
        "<html><head><title>Title</title><style>p {}</style></strong><body><h1>Eels</h1>"
        "<p hidden>Nobody<p>One &amp; all"
        "<div style='display: none'>Secret <p>deep</div><ul><li>first<li>second</ul><del>gone</del><script>x()</script>"
    )
    (pieces,) = extract(html.encode(), "page.html")
    assert {"eels": 1, "one": 1, "all": 1, "first": 1, "second": 1} == dict(shown(pieces))
    assert {"nobody": 1, "secret": 1, "deep": 1} == dict(words_apart(pieces, apart.HIDDEN))
    assert {"gone": 1} == dict(words_apart(pieces, apart.STRUCK))
    assert {"title": 1} == dict(words_apart(pieces, apart.METADATA))


@needs_pandoc
def test_pandoc_s_tree_is_walked() -> None:
    """Notes, tables, code, lists and definitions are shown; addresses, formulas and struck words are counted apart."""
    text = (
        "Eels :sup:`2` live_ here [1]_. ``code``\n\n.. _live: https://eels.example\n.. [1] A note.\n\n"
        "term\n  meaning\n\n1. first\n2. second\n\n:math:`x_2`\n\n== ==\nA  B\n== ==\n1  2\n== ==\n"
    )
    (pieces,) = extract(text.encode(), "eels.rst")
    assert {"eels": 1, "2": 2, "note": 1, "code": 1, "term": 1, "meaning": 1, "first": 1} == {
        word: shown(pieces)[word] for word in ("eels", "2", "note", "code", "term", "meaning", "first")
    }
    assert 1 == words_apart(pieces, apart.ADDRESSES)["example"]
    assert 1 == words_apart(pieces, apart.FORMULAS)["2"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_texts_are_decoded_by_their_marks_and_null_bytes(encoding: str) -> None:
    """An encoding that no mark tells is told by where its null bytes are."""
    (pieces,) = extract("Aale leben in Tümpeln, 12 davon.".encode(encoding), "eels.txt")
    assert "tümpeln" in shown(pieces)


@pytest.mark.parametrize(
    ("name", "content", "words", "reason"),
    [
        ("a.json", '[{"pond": "North", "eels": 12.50}, {"pond": null}]', "pond north eels 12.50 null", apart.KEYS),
        ("a.jsonl", '{"pond": 1}\n{"pond": 2}', "pond 1 2", apart.KEYS),
        ("a.xml", "<ponds><pond eels='12'>North</pond> deep</ponds>", "north deep", apart.KEYS),
        ("a.yaml", "pond: North # the big one\n", "pond north", apart.MARKUP),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nEels <i>live</i> here\n", "eels live here", apart.COMPUTED),
        ("a.csv", "Pond;Eels\nNorth;1,5\n", "pond eels north 1,5", ""),
    ],
)  # fmt: skip
def test_files_of_text_are_taken_apart(name: str, content: str, words: str, reason: str) -> None:
    """Values count as written, a key once; names of elements, comments and times are counted apart."""
    (pieces,) = extract(content.encode(), name)
    assert Counter(words.split()) == shown(pieces)
    assert not reason or words_apart(pieces, reason)


def test_files_in_archives_are_extracted() -> None:
    """Each by its own kind; one that no extractor takes is left out."""
    inner = packed({"eels.txt": "Eels live here.", "pond.blend": "BLENDER"})
    (pieces,) = extract(packed({"inner.zip": inner, "table.csv": "Pond,North\n"}), "all.zip")
    assert {"eels": 1, "live": 1, "here": 1, "pond": 1, "north": 1} == dict(shown(pieces))


@pytest.mark.parametrize(
    "name", ["a.docx", "a.pptx", "a.xlsx", "a.ods", "a.zip", "a.json", "a.xml", "a.msg", "a.blend", "a"]
)
def test_what_can_t_be_extracted_is_said(name: str) -> None:
    """A damaged file, or one of a kind that no extractor takes, ends in a reason."""
    with pytest.raises(ExtractorError):
        extract(b"no such file at all {", name)
    assert takes(name) == (name not in {"a.blend", "a"})
