"""Makes sample files of every kind for the tests, with the libraries that people use for real ones."""

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.support.old_sheets import OldSheet, old_workbook
from tests.support.ole_files import DocParagraph, doc, ppt
from tests.support.outlook import compound_file, outlook_mail

ARTICLE = (
    "Police in 116 countries arrested 2,517 people within a week, the organisation said on Wednesday.",
    "Of these arrests, 850 were for the smuggling of migrants or the trafficking of human beings.",
    "In the Philippines, police raided a warehouse where more than 250 people had to run romance scams.",
)
"""Sentences of an invented article, for files whose words do not matter."""
MAIL_HEAD = b"From: Dana Holt <dana@example.org>\nSubject: Arrests\nContent-Type: text/plain; charset=utf-8\n\n"


def page(body: str, head: str = "<title>A page</title>", language: str = "en") -> bytes:
    """A web page with this head and body, in UTF-8."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    ).encode()


def news_page(article: str, title: str = "Operation ends with 2,517 arrests") -> bytes:
    """A news page as sites build it: metadata, navigation, a cookie box, comments and a footer."""
    head = f"""<title>{title} | The Daily</title>
<meta property="og:title" content="{title}"><link rel="canonical" href="https://news.example/operation">
<meta property="article:published_time" content="2024-11-06T10:00:00Z"><script>var tracked = 1;</script>"""
    body = f"""<header><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
</header>
<div class="cookie-banner"><p>We use cookies to improve your experience. Do you accept all of them?</p></div>
<main><article><h1>{title}</h1><time datetime="2024-11-06">6 November 2024</time>{article}</article>

<aside class="sidebar"><h2>Most read</h2><ul><li><a href="/x">Ten cakes to bake</a></li></ul></aside>
<section class="comments"><h2>Comments</h2>
<p>A reader knows it better than all of the police.</p></section></main>
<footer><p>Copyright 2024 The Daily. All rights reserved by the publisher.</p></footer>"""
    return page(body, head)


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    header: str = "",
    footer: str = "",
    password: str | None = None,
    owner: str | None = None,
) -> bytes:
    """A PDF with one list of paragraphs a page; "# " makes a heading, a line feed ends a line.

    Args:
        pages: the paragraphs of each page; a page without any stays blank.
        title: for the metadata.
        header: text at the top of every page.
        footer: text at the bottom of every page; ``{page}`` becomes the page number.
        password: needed to open the file.
        owner: encrypts the file with only an owner password: anyone may open it.
    """
    from fpdf import FPDF
    from fpdf.enums import EncryptionMethod

    class Sheet(FPDF):
        def header(self) -> None:
            if header:
                self.set_font("Helvetica", size=8)
                self.cell(0, 8, header, align="C", new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            if footer:
                self.set_y(-15)
                self.set_font("Helvetica", size=8)
                self.cell(0, 8, footer.format(page=self.page_no()), align="C")

    sheet = Sheet()
    sheet.set_creation_date(datetime(2024, 11, 6, 12, tzinfo=UTC))
    if title is not None:
        sheet.set_title(title)
    if password or owner:
        method = EncryptionMethod.AES_256
        sheet.set_encryption(owner or "owner's", password or "", encryption_method=method)
    for paragraphs in pages:
        sheet.add_page()
        for paragraph in paragraphs:
            large = paragraph.startswith("# ")
            sheet.set_font("Helvetica", "B" if large else "", 16 if large else 11)
            sheet.multi_cell(0, 8 if large else 6, paragraph.removeprefix("# "), new_x="LMARGIN", new_y="NEXT")
            sheet.ln(4)
    return bytes(sheet.output())


def docx(fill: Any = None, *, title: str = "", modified: datetime | None = None) -> bytes:
    """A Word document; ``fill`` is called with the python-docx document to write into."""
    from docx import Document

    document = Document()
    document.core_properties.title = title
    if modified:
        document.core_properties.modified = modified
    if fill:
        fill(document)
    else:
        document.add_heading("Results", level=1)
        for sentence in ARTICLE:
            document.add_paragraph(sentence)
    return _save(document)


def pptx(slides: Sequence[tuple[str, Sequence[str], str]], *, title: str = "") -> bytes:
    """A slide deck: each slide's title, its points and its notes."""
    from pptx import Presentation

    deck = Presentation()
    deck.core_properties.title = title
    for heading, points, notes in slides:
        slide: Any = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text = "\n".join(points)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return _save(deck)


def xlsx(sheets: dict[str, Sequence[Sequence[Any]]], *, title: str | None = None) -> bytes:
    """A workbook: the rows of each sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.properties.title = title
    return _save(book)


def epub(
    chapters: Sequence[tuple[str, str]], *, title: str = "A book", extra: dict[str, str | bytes] | None = None
) -> bytes:
    """An EPUB 3 book: each chapter's file name and the inside of its body, in the order of the spine.

    Args:
        chapters: names and XHTML.
        title: for the metadata.
        extra: more files of the archive by name.
    """
    kind = "application/xhtml+xml"
    manifest = "".join(f'<item id="c{n}" href="{name}" media-type="{kind}"/>' for n, (name, _) in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:date>2021-03-04</dc:date>
</metadata><manifest>
<item id="nav" href="nav.xhtml" properties="nav" media-type="{kind}"/>{manifest}</manifest>
<spine><itemref idref="nav"/>{spine}</spine></package>"""
    shell = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": package,
        "OEBPS/nav.xhtml": shell.format("<nav><ol><li>Table of contents of the book</li></ol></nav>"),
        **{f"OEBPS/{name}": shell.format(body) for name, body in chapters},
        **(extra or {}),
    }
    return zip_file(files)


_ODS_TABLE = "<table:table table:name='Arrests'>" + "".join(
    f"<table:table-row><table:table-cell><text:p>{country}</text:p></table:table-cell>"
    f"<table:table-cell><text:p>{arrests}</text:p></table:table-cell></table:table-row>"
    for country, arrests in (("Country", "Arrests"), ("Mali", "24"), ("Brazil", "7"))
) + "</table:table>"  # fmt: skip

_ODP_SLIDE = "<draw:page><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>"


def opendocument(kind: str, body: str) -> bytes:
    """An OpenDocument file with this body; `odf_files` makes those with styles and metadata."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
    )
    content = f"<office:document-content {names}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
    mime_type = f"application/vnd.oasis.opendocument.{kind}"
    return zip_file({"mimetype": mime_type, "content.xml": f"{content}</office:document-content>"})


def zip_file(files: dict[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as members:
        for name, content in files.items():
            members.writestr(name, content)
    return out.getvalue()


def replace_member(data: bytes, member: str, content: str | bytes) -> bytes:
    """The same zip file with another content of one member."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zip_file({**{name: old.read(name) for name in old.namelist()}, member: content})


def zip_bomb(data: bytes, member: str, size: int) -> bytes:
    """The same zip file with one member that unpacks to ``size`` bytes."""
    return replace_member(data, member, b" " * size)


def lying_zip_bomb(data: bytes, member: str, size: int) -> bytes:
    """As `zip_bomb`, with headers that claim 10 bytes."""
    whole = zip_bomb(data, member, size)
    assert 2 == whole.count(struct.pack("<I", size))
    return whole.replace(struct.pack("<I", size), struct.pack("<I", 10))


def raw_pdf(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of exactly these objects; number 1 is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offsets.get(number, 0) for number in range(1, size))
    return bytes(out) + b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, table)


def pdf_stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream as an object of `raw_pdf`."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def pdf_page(content: bytes, resources: bytes = b"") -> dict[int, bytes]:
    """The objects of a PDF of one page with this content object."""
    font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 600 800] /Resources << %b %b >> >>"
        % (font, resources),
        4: content,
    }


def slow_pdf() -> bytes:
    """A valid PDF of half a megabyte that takes minutes to read: its one page is named as 100,000 pages."""
    pages = {2: b"<< /Type /Pages /Kids [%b] >>" % (b"3 0 R " * 100_000)}
    return raw_pdf(pdf_page(pdf_stream(b"BT /F1 12 Tf (Hello there.) Tj ET")) | pages)


def png() -> bytes:
    """The beginning of a PNG picture: binary, whatever its name says."""
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0) + bytes(range(256))


def sample_files() -> dict[str, bytes]:
    """One small, valid file of every supported kind, by file name."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in ARTICLE)
    return {
        "notes.txt": "\n".join(ARTICLE).encode(),
        "brief.md": ("# A brief\n\n" + "\n\n".join(ARTICLE)).encode(),
        "news.html": news_page(paragraphs),
        "report.pdf": pdf([ARTICLE[:2], ARTICLE[2:]], title="A report"),
        "letter.docx": docx(title="A letter"),
        "deck.pptx": pptx([("Results", ARTICLE, "Say this slowly.")], title="A deck"),
        "minutes.doc": doc([DocParagraph("Results", 1), *(DocParagraph(sentence, list=1) for sentence in ARTICLE)]),
        "talk.ppt": ppt([("Results", ARTICLE), ("Thanks", ["To all."])]),
        "countries.csv": b"Country,Arrests\nMali,24\nBrazil,7\n",
        "figures.xlsx": xlsx({"Arrests": [["Country", "Arrests"], ["Mali", 24], ["Brazil", 7]]}),
        "arrests.xls": compound_file(
            {"Workbook": old_workbook(OldSheet("Arrests", [["Country", "Arrests"], ["Mali", 24.0], ["Brazil", 850.0]]))}
        ),
        "book.epub": epub([("one.xhtml", f"<h1>One</h1>{paragraphs}")]),
        "mail.eml": MAIL_HEAD + "\n\n".join(ARTICLE).encode(),
        "box.mbox": b"From dana@example.org Wed Nov  6 10:12:00 2024\n" + MAIL_HEAD + "\n\n".join(ARTICLE).encode(),
        "mail.msg": compound_file(outlook_mail({0x1A: "IPM.Note", 0x37: "Arrests", 0x1000: "\r\n".join(ARTICLE)})),
        "saved.mht": b"Subject: Arrests\nContent-Type: text/html; charset=utf-8\n\n" + news_page(paragraphs),
        "guide.rst": ("A guide\n=======\n\n" + "\n\n".join(ARTICLE)).encode(),
        "plan.org": ("* A plan\n\n" + "\n\n".join(ARTICLE)).encode(),
        "manual.adoc": ("= A manual\n\n" + "\n\n".join(ARTICLE)).encode(),
        "paper.tex": ("\\section{A paper}\n\n" + "\n\n".join(ARTICLE)).encode(),
        "server.log": "\n".join(f"2024-11-06 10:00:00 INFO {sentence}" for sentence in ARTICLE).encode(),
        "talk.srt": "\n\n".join(f"00:00:0{n},000 --> 00:00:0{n},900\n{s}" for n, s in enumerate(ARTICLE)).encode(),
        "arrests.json": b'[{"Country": "Mali", "Arrests": 24}, {"Country": "Brazil", "Arrests": 850}]',
        "run.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": list(ARTICLE)}]}).encode(),
        "article.xml": f"<article><title>An article</title>{paragraphs}</article>".encode(),
        "settings.yaml": "\n".join(f"s{number}: '{s}'" for number, s in enumerate(ARTICLE)).encode(),
        "script.py": "\n".join(f"# {sentence}" for sentence in ARTICLE).encode(),
        "minutes.odt": opendocument("text", "".join(f"<text:p>{sentence}</text:p>" for sentence in ARTICLE)),
        "budget.ods": opendocument("spreadsheet", _ODS_TABLE),
        "talk.odp": opendocument("presentation", "".join(_ODP_SLIDE.format(sentence) for sentence in ARTICLE)),
        "contract.rtf": b"{\\rtf1\\ansi " + b"\\par ".join(sentence.encode() for sentence in ARTICLE) + b"}",
    }


def _save(file: Any) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()
