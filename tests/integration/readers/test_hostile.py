"""Files that mean harm: each costs at most one line of the report, within its limits, and the rest goes in."""

import io
import os
import re
import socket
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import ReadingError
from assistant.readers import ReaderPool
from tests.support.assistant_server import serve_assistant
from tests.support.files import (
    lying_zip_bomb,
    page,
    pdf_page,
    pdf_stream,
    raw_pdf,
    replace_member,
    sample_files,
    slow_pdf,
    zip_bomb,
    zip_file,
)
from tests.support.indexes import check_index, open_index

LIMIT = 10_000_000
SECONDS = 8.0
SAMPLES = sample_files()
DEEP = 100_000
HELLO = b"BT /F1 12 Tf (Hello there.) Tj ET"
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X %d 0 R >> >>"
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
MEMBERS = {
    "letter.docx": "word/document.xml",
    "deck.pptx": "ppt/slides/slide1.xml",
    "figures.xlsx": "xl/worksheets/sheet1.xml",
    "book.epub": "OEBPS/one.xhtml",
}


@pytest.fixture(scope="module")
def workers() -> Iterator[ReaderPool]:
    with ReaderPool(seconds=SECONDS, memory_mb=1024) as pool:
        yield pool


def outcome(workers: ReaderPool, data: bytes, name: str, limit: int = LIMIT) -> str:
    """The text of a file, or the one line that says why there is none; never later than its time allows."""
    began = time.monotonic()
    try:
        text_or_reason = workers.read(data, name, max_bytes=limit).document.text
    except ReadingError as error:
        text_or_reason = str(error)
        assert "\n" not in text_or_reason
        assert len(text_or_reason) < 200
    assert time.monotonic() - began < SECONDS + 5
    return text_or_reason


def laughs() -> str:
    """An XML prolog whose last entity unfolds to ten thousand million laughs."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol lol">{entities}]>'


def bookish(name: str, href: str, **members: bytes) -> bytes:
    """The sample book with another name of its chapter, and more members."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as old:
        members_by_name = {member: old.read(member) for member in old.namelist()}
    members_by_name["OEBPS/book.opf"] = members_by_name["OEBPS/book.opf"].replace(b"one.xhtml", href.encode())
    return zip_file({**members_by_name, **members})


@pytest.mark.parametrize("name", MEMBERS)
def test_a_bomb_whose_header_lies(workers: ReaderPool, name: str) -> None:
    """An archive that declares ten bytes and unpacks to 100 MB is unpacked no further than it declares."""
    text_or_reason = outcome(workers, lying_zip_bomb(SAMPLES[name], MEMBERS[name], 100_000_000), name)
    assert f"damaged or not a real {name[-5:]} file: it cannot be unpacked" == text_or_reason


@pytest.mark.parametrize("name", MEMBERS)
def test_a_bomb_inside_a_file(workers: ReaderPool, name: str) -> None:
    """What is embedded in a file is never unpacked: its own text is read as always."""
    inner = zip_bomb(SAMPLES[name], MEMBERS[name], 50_000_000)
    folder = MEMBERS[name].split("/")[0]
    data = replace_member(SAMPLES[name], f"{folder}/embeddings/inner{name[-5:]}", inner)
    assert outcome(workers, SAMPLES[name], name) == outcome(workers, data, name)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_packing_that_no_office_file_has(workers: ReaderPool, name: str) -> None:
    """Bzip2 and LZMA pack ten thousand times as tight; no program saves documents so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as repacked:
        for member in old.namelist():
            repacked.writestr(member, old.read(member))
    assert "its parts are compressed as those of none are" in outcome(workers, out.getvalue(), name)


def test_names_that_lead_out_of_an_archive(workers: ReaderPool, tmp_path: Path) -> None:
    """A member's name is a name in the archive and nothing else: nothing is read or written elsewhere."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET of this machine.")
    up = "../" * 30 + str(secret).lstrip("/")
    assert outcome(workers, bookish("book.epub", up), "a.epub").endswith("none of its chapters can be read")
    inside = bookish("book.epub", up, **{up: b"<html><body><p>Mine.</p></body></html>"})
    assert "SECRET" not in outcome(workers, inside, "a.epub")
    rels = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(SAMPLES["letter.docx"])) as letter:
        lead = letter.read(rels).replace(b"styles.xml", f"{up}".encode())
    assert "SECRET" not in outcome(workers, replace_member(SAMPLES["letter.docx"], rels, lead), "a.docx")
    assert "SECRET of this machine." == secret.read_text()
    assert [secret] == list(tmp_path.iterdir())


SLIDE = zipfile.ZipFile(io.BytesIO(SAMPLES["deck.pptx"])).read(MEMBERS["deck.pptx"]).decode().split("?>", 1)[1]
LAUGHING: dict[str, Callable[[], bytes]] = {
    "word.docx": lambda: replace_member(SAMPLES["letter.docx"], MEMBERS["letter.docx"], laughs() + WORD.format(
        "<w:p><w:r><w:t>Text &a10; here.</w:t></w:r></w:p>")),
    "slide.pptx": lambda: replace_member(SAMPLES["deck.pptx"], MEMBERS["deck.pptx"],
                                   laughs() + SLIDE.replace("Results", "Results &a10;")),
    "sheet.xlsx": lambda: replace_member(SAMPLES["figures.xlsx"], MEMBERS["figures.xlsx"],
                                   laughs() + SHEET.format(CELL.format("Text &a10;"))),
    "strings.xlsx": lambda: replace_member(SAMPLES["figures.xlsx"], "xl/sharedStrings.xml", laughs() + (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&a10;</t></si></sst>')),
    "chapter.epub": lambda: replace_member(SAMPLES["book.epub"], MEMBERS["book.epub"], laughs() + (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Text &a10; is here.</p></body></html>')),
    "container.epub": lambda: replace_member(SAMPLES["book.epub"], "META-INF/container.xml", laughs() + (
        "<container><rootfile full-path='OEBPS/book.opf'/><x>&a10;</x></container>")),
    "page.html": f"{laughs()}<html><body><p>Text &a10; is here.</p></body></html>".encode,
    "page.xhtml": f"{laughs()}<html><body><p>Text &a10; is here.</p></body></html>".encode,
}  # fmt: skip


@pytest.mark.parametrize("name", LAUGHING)
def test_a_billion_laughs(workers: ReaderPool, name: str) -> None:
    """No entity unfolds: the file is damaged, or is read without it."""
    text_or_reason = outcome(workers, LAUGHING[name](), name)
    assert text_or_reason.count("lol") < 3
    assert len(text_or_reason) < 10_000


def test_nothing_is_fetched(workers: ReaderPool) -> None:
    """Entities, style sheets, pictures, frames and relations that name an address are not looked at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        head = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{address}" [<!ENTITY e SYSTEM "{address}">'
        head += f'<!ENTITY % p SYSTEM "{address}"> %p;]>'
        links = f'<link rel="stylesheet" href="{address}"><base href="{address}"><meta http-equiv="refresh" '
        links += f'content="0;url={address}"><script src="{address}"></script>'
        body = f'<p>Text is here. &e;</p><img src="{address}"><iframe src="{address}"></iframe>'
        rels = "word/_rels/document.xml.rels"
        with zipfile.ZipFile(io.BytesIO(SAMPLES["letter.docx"])) as letter:
            relation = letter.read(rels).decode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
        more = f'<Relationship Id="x9" Type="{kind}" Target="{address}" TargetMode="External"/></Relationships>'
        files = {
            "a.html": head.encode() + page(body, links),
            "a.xhtml": f"{head}<html><body>{body}</body></html>".encode(),
            "a.epub": replace_member(
                SAMPLES["book.epub"], MEMBERS["book.epub"], f"{head}<html><body>{body}</body></html>"
            ),
            "b.epub": replace_member(
                SAMPLES["book.epub"], "META-INF/container.xml", f"{head}<container>&e;</container>"
            ),
            "a.docx": replace_member(SAMPLES["letter.docx"], rels, relation.replace("</Relationships>", more)),
            "b.docx": replace_member(
                SAMPLES["letter.docx"], MEMBERS["letter.docx"], head + WORD.format("<w:p>&e;</w:p>")
            ),
            "a.xlsx": replace_member(
                SAMPLES["figures.xlsx"], MEMBERS["figures.xlsx"], head + SHEET.format(CELL.format("Text &e;"))
            ),
        }
        for name, data in files.items():
            assert outcome(workers, data, name)
        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.accept()


def catalogue(pages: bytes, **more: bytes) -> bytes:
    """A PDF with this page tree at number 2."""
    return raw_pdf(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pages} | {int(n[1:]): content for n, content in more.items()}
    )


def form_in_itself() -> bytes:
    """A page that shows a picture that shows itself twice."""
    shown = pdf_page(pdf_stream(b"/X Do " + HELLO), b"/XObject << /X 5 0 R >>")
    return raw_pdf(shown | {5: pdf_stream(b"/X Do /X Do", FORM % 5)})


def nested_forms() -> bytes:
    """A page that shows a picture of ten pictures of ten pictures …, ten to the twelfth in all."""
    forms = {5 + n: pdf_stream(b"/X Do " * 10, FORM % (6 + n)) for n in range(12)}
    shown = pdf_page(pdf_stream(b"/X Do"), b"/XObject << /X 5 0 R >>")
    return raw_pdf(shown | forms | {17: pdf_stream(HELLO, FORM % 17)})


PACKED = zlib.compress(b" " * 200_000_000)
PDFS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a page tree that holds itself": (lambda: catalogue(b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "damaged"),
    "two that hold each other": (
        lambda: catalogue(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                          n3=b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 2 0 R] /Count 2 >>"), "damaged"),
    "a parent that is its child": (
        lambda: catalogue(b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>", n4=pdf_stream(HELLO),
                          n3=b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"), "Hello there."),
    "an object that is itself": (lambda: raw_pdf({1: b"1 0 R"}), "damaged"),
    "contents that are themselves": (lambda: raw_pdf(pdf_page(b"4 0 R")), "no text"),
    "a length that is its stream": (
        lambda: raw_pdf(pdf_page(b"<< /Length 4 0 R >>\nstream\nBT (x) Tj ET\nendstream")), "no text"),
    "a table that comes before itself": (
        lambda: raw_pdf(pdf_page(pdf_stream(HELLO)), b"/Prev 496"), "Hello there."),
    "a thousand million pages, it says": (
        lambda: raw_pdf(pdf_page(pdf_stream(HELLO)) | {2: b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"}),
        "Hello there."),
    "a deep array": (
        lambda: raw_pdf(pdf_page(pdf_stream(HELLO), b"/X " + b"[" * DEEP + b"]" * DEEP)), "Hello there."),
    "deep contents": (lambda: raw_pdf(pdf_page(pdf_stream(b"[" * DEEP + HELLO))), "no text"),
    "a stream of 200 MB": (
        lambda: raw_pdf(pdf_page(pdf_stream(PACKED, b"/Filter /FlateDecode"))), "no text"),
    "a stream packed twice": (
        lambda: raw_pdf(pdf_page(pdf_stream(zlib.compress(PACKED, 9), b"/Filter [/FlateDecode /FlateDecode]"))),
        "no text"),
    "a page of boundless size": (
        lambda: raw_pdf(pdf_page(pdf_stream(b"BT /F1 12 Tf 1" + b"0" * 30 + b" 0 0 1" + b"0" * 30 + b" 0 0 Tm "
                                            b"(Hello there.) Tj (And here.) Tj ET"))), "no text"),
}  # fmt: skip


@pytest.mark.parametrize("case", PDFS)
def test_a_pdf_that_runs_in_circles_or_unfolds(workers: ReaderPool, case: str) -> None:
    """Each ends with what it holds, or with its one line."""
    make, expected = PDFS[case]
    assert expected in outcome(workers, make(), "a.pdf")


@pytest.mark.slow
def test_what_only_the_time_ends(workers: ReaderPool) -> None:
    """Pictures by the million million, one in itself, 100,000 pages and as many attributes end with their time.

    A form in itself ends with its memory where the machine is fast.
    """
    assert len(outcome(workers, nested_forms(), "a.pdf")) < LIMIT
    attributes = "<p " + " ".join(f"a{n}='x'" for n in range(DEEP)) + ">Text."
    expected = "takes longer to read than the 8 seconds"
    ended_by_a_limit = re.compile(f"{expected}|needs more than the 1024 MB of memory")
    assert ended_by_a_limit.search(outcome(workers, form_in_itself(), "a.pdf"))
    assert expected in outcome(workers, slow_pdf(), "a.pdf")
    assert expected in outcome(workers, attributes.encode(), "a.html")


DEPTHS: dict[str, tuple[str, str]] = {
    "div.html": ("<p>Some text.</p>" + "<div>" * DEEP + "deep down", "nested deeper than 256 levels"),
    "b.html": ("<p>Some text.</p>" + "<b>" * DEEP + "deep" + "</b>" * DEEP, "nested deeper than 256 levels"),
    "list.html": ("<ul><li>" * DEEP + "deep down", "nested deeper than 256 levels"),
    "table.html": ("<table><tr><td>" * DEEP + "deep down", "nested deeper than 256 levels"),
    "svg.xhtml": ("<svg>" * DEEP, "nested deeper than 256 levels"),
    "quotes.md": ("> " * DEEP + "Deep down.", "Deep down."),
    "lists.md": ("\n".join("  " * n + "- Deep down." for n in range(3_000)), "Deep down."),
    "brackets.md": ("[" * DEEP + "Deep down" + "]" * DEEP, "Deep down"),
    "stars.md": ("*" * DEEP + "Deep down" + "*" * DEEP, "Deep down"),
    "fences.md": ("```\n" * DEEP + "Deep down", "Deep down"),
    "matter.md": ("---\na: " + "[" * 3_000 + "\n---\nDeep down.", "Deep down."),
    "tags.md": ("---\ntitle: !!int ''\ndate: !!timestamp x\n---\nDeep down.", "Deep down."),
    "merges.md": (
        "---\na0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 99))
        + "---\nDeep down.", "Deep down."),
    "quotes.csv": ('"' * DEEP + "\nDeep,down\n", ""),
    "columns.csv": ("," * DEEP + "\nDeep,down\n", "Deep"),
}  # fmt: skip


@pytest.mark.parametrize("name", DEPTHS)
def test_depths(workers: ReaderPool, name: str) -> None:
    """A hundred thousand levels are read, or are named as what they are; no text is lost without a word."""
    text, expected = DEPTHS[name]
    assert expected in outcome(workers, text.encode(), name)


@pytest.mark.parametrize("name", ["deep.docx", "tables.docx"])
def test_depths_of_a_letter(workers: ReaderPool, name: str) -> None:
    """Controls inside controls, and tables inside cells, end as damage."""
    start, end = ("<w:sdt>", "</w:sdt>") if name == "deep.docx" else ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>")
    data = replace_member(SAMPLES["letter.docx"], MEMBERS["letter.docx"], WORD.format(start * DEEP + end * DEEP))
    assert "damaged or not a real .docx file (XMLSyntaxError)" == outcome(workers, data, name)


def test_a_cell_at_the_end_of_the_sheet(workers: ReaderPool) -> None:
    """A lone cell in the last row is read at once, and one beyond that row is not waited for."""
    for row in (1_048_576, 10**12):
        cells = CELL.format("First.") + f'<row r="{row}"><c r="XFD{row}" t="inlineStr"><is><t>Far.</t></is></c></row>'
        data = replace_member(SAMPLES["figures.xlsx"], MEMBERS["figures.xlsx"], SHEET.format(cells))
        assert "First." in outcome(workers, data, "a.xlsx")


@pytest.mark.slow
def test_lines_of_100_mb(tmp_path: Path) -> None:
    """One is larger than a file may be, which is found out without reading it all; the rest goes in."""
    (tmp_path / "docs").mkdir()
    line = b"word " * 20_000_000
    for name in ("a.txt", "a.md", "a.html"):
        (tmp_path / "docs" / name).write_bytes(line)
    (tmp_path / "docs" / "good.txt").write_text("The zoo opens at nine.")
    with open_index(tmp_path / "home") as index:
        report = index.synchronise(tmp_path / "docs", max_bytes=50_000_000)
        expected = "too large: 100.0 MB, the limit is 50.0 MB. Split it, or raise ASSISTANT_MAX_FILE_MB"
        assert [expected] * 3 == [failure.reason for failure in report.failed]
        assert 1 == len(report.added)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "needs more memory to read than the 512 MB|takes longer to read than the 60 seconds"),
        ("a.md", "needs more memory to read than the 512 MB|takes longer to read than the 60 seconds"),
        ("a.html", "one paragraph is over 10 MB"),
        ("a.csv", "needs more memory to read than the 512 MB"),
    ],
)
def test_one_line_of_100_mb_where_that_is_allowed(name: str, expected: str) -> None:
    """With a raised limit it is read up to its memory and time, and no further."""
    with ReaderPool(seconds=60, memory_mb=512) as workers:
        with pytest.raises(ReadingError, match=expected):
            workers.read(b"word " * 20_000_000, name, max_bytes=200_000_000)
        assert workers.read(SAMPLES["report.pdf"], "a.pdf", max_bytes=LIMIT).sentences


def test_a_folder_of_all_of_them(tmp_path: Path) -> None:
    """The sound files of a folder are indexed, and each hostile one is one line of the report."""
    folder = tmp_path / "docs"
    folder.mkdir()
    hostile = {
        "slow.pdf": slow_pdf(),
        "deep.html": DEPTHS["div.html"][0].encode(),
        "lying.docx": lying_zip_bomb(SAMPLES["letter.docx"], MEMBERS["letter.docx"], 100_000_000),
        "laughs.docx": LAUGHING["word.docx"](),
        "circle.pdf": PDFS["two that hold each other"][0](),
    }
    for name, data in (SAMPLES | hostile).items():
        (folder / name).write_bytes(data)
    (folder / "loop").symlink_to(folder)
    (folder / "out").symlink_to(tmp_path)
    for name, target in (("zero.txt", "/dev/zero"), ("random.pdf", "/dev/urandom"), ("self.txt", "self.txt")):
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.md")
    with open_index(tmp_path / "home") as index, ReaderPool(seconds=3) as workers:
        report = index.synchronise(folder, readers=workers)
        assert sorted(hostile) == sorted(Path(failure.source).name for failure in report.failed)
        assert sorted(SAMPLES) == sorted(Path(source).name for source in report.added)
        skipped = {Path(skipped.source).name: skipped.reason for skipped in report.skipped}
        assert {"loop", "out", "zero.txt", "random.pdf", "self.txt", "pipe.md"} == set(skipped)
        assert "a link out of the folder: give that file's own path" == skipped["zero.txt"]
        check_index(index)


def test_a_file_name_that_is_no_unicode(tmp_path: Path) -> None:
    """A file whose name no encoding explains is read in its process as any other."""
    folder = tmp_path / "docs"
    folder.mkdir()
    try:
        Path(os.fsdecode(bytes(folder) + b"/caf\xe9.pdf")).write_bytes(SAMPLES["report.pdf"])
    except OSError:
        pytest.skip("this file system takes Unicode names alone")
    with open_index(tmp_path / "home") as index:
        report = index.synchronise(folder)
        assert ((), 1) == (report.failed, len(report.added))
        assert report.added == index.synchronise(folder).unchanged
        check_index(index)


@pytest.mark.slow
def test_ten_thousand_tiny_files(tmp_path: Path) -> None:
    """They are indexed at hundreds a second, and a second run that changes nothing takes seconds."""
    folder = tmp_path / "docs"
    for number in range(10_000):
        path = folder / f"{number // 100:02}" / f"{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"File {number} says {number}.")
    with open_index(tmp_path / "home") as index:
        began = time.monotonic()
        assert 10_000 == len(index.synchronise(folder).added)
        first = time.monotonic() - began
        assert 10_000 == len(index.synchronise(folder).unchanged)
        again = time.monotonic() - began - first
        assert first < 240
        assert again < 30


def test_an_upload_that_means_harm(tmp_path: Path) -> None:
    """A slow upload is one failed outcome after its seconds, and others are answered all the while."""
    with serve_assistant(tmp_path / "home", reading_seconds=3.0) as served:
        files = [("files", ("../../slow.pdf", slow_pdf())), ("files", ("good.pdf", SAMPLES["report.pdf"]))]
        responses: list[list[dict[str, str]]] = []

        def upload() -> None:
            responses.append(served.client.post("/api/v1/documents", files=files).json())

        thread = threading.Thread(target=upload)
        thread.start()
        time.sleep(1)
        began = time.monotonic()
        assert 200 == served.client.get("/api/v1/health").status_code
        assert time.monotonic() - began < 1.5
        thread.join(30)
        (outcomes,) = responses
        assert "takes longer to read than the 3 seconds" in str(outcomes)
        assert 1 == len(served.assistant.documents())
