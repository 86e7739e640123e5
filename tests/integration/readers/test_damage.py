"""Damaged, mislabelled and hostile files give a document or one line of reason, and raise nothing else."""

import logging
import os
import sys
import threading
import warnings
from pathlib import Path
from types import FunctionType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import KIND_BY_SUFFIX, load_bytes, read_bytes, read_file, registry
from assistant.readers.extract import ExtractedDocument
from assistant.readers.registry import file_kind
from assistant.types import Document
from tests.support.files import docx, epub, pdf, png, replace_member, sample_files, zip_bomb, zip_file

LIMIT = 1_000_000
SAMPLES = sample_files()
LOCKED = pdf([["Text."]], password="x")  # noqa: S106 — of a file that is made here
ZIPPED = [name for name, data in SAMPLES.items() if data.startswith(b"PK")]
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY leak SYSTEM "file://{}">]>'


def document_or_reason(data: bytes, name: str) -> Document | str:
    """The document that a file gives, or the reason for which it gives none."""
    try:
        return read_bytes(data, name, max_bytes=LIMIT)
    except ReadingError as error:
        return str(error)


def reason(data: bytes, name: str, limit: int = LIMIT) -> str:
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, name, max_bytes=limit)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("suffix", KIND_BY_SUFFIX)
def test_an_empty_file_is_called_empty(suffix: str) -> None:
    """A file of no bytes, of whatever kind, is empty and not damaged."""
    assert reason(b"", f"a{suffix}").startswith("empty")


@pytest.mark.parametrize("suffix", KIND_BY_SUFFIX)
def test_a_picture_under_another_name_is_refused(suffix: str) -> None:
    """Binary data with a document's ending is no document."""
    assert reason(png(), f"a{suffix}")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_truncated_file_gives_what_it_holds_or_a_reason(name: str) -> None:
    """Half a file never raises anything but the one error."""
    outcome = document_or_reason(SAMPLES[name][: len(SAMPLES[name]) // 2], name)
    if isinstance(outcome, str):
        assert "damaged" in outcome
    else:
        kind = file_kind(name)
        assert kind is not None
        assert kind.is_plain_text or kind.name in {"html", "eml", "mbox", "mht", "json", "yaml", "rtf", "pdf"}
        assert outcome.text


@given(st.sampled_from(sorted(KIND_BY_SUFFIX)), st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_under_any_ending_raise_the_one_error_at_most(suffix: str, data: bytes) -> None:
    """Whatever is in a file, it gives a document with text or one line of reason."""
    outcome = document_or_reason(data, f"a{suffix}")
    if isinstance(outcome, str):
        assert "\n" not in outcome
    else:
        assert outcome.text.strip()
        assert outcome.text.encode()


@given(st.sampled_from(sorted(SAMPLES)), st.floats(0, 1), st.binary(min_size=1, max_size=40))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sound_file_with_bytes_overwritten_raises_the_one_error_at_most(
    name: str, position: float, data: bytes
) -> None:
    """Damage at any place of a real file ends in a document or in one line of reason."""
    sound = SAMPLES[name]
    start = int(position * len(sound))
    outcome = document_or_reason(sound[:start] + data + sound[start + len(data) :], name)
    if isinstance(outcome, str):
        assert "\n" not in outcome
    else:
        assert all(0 <= page <= len(outcome.text) for page in outcome.pages)
        assert list(outcome.pages) == sorted(outcome.pages)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (LOCKED, "a.pdf", "encrypted: it needs a password"),
        (pdf([[], []]), "a.pdf", "no text: its pages are blank"),
        (b"%PDF-1.7\nnothing", "a.pdf", "damaged or not a real .pdf file"),
        (SAMPLES["report.pdf"], "a.docx", "it is a .pdf file"),
        (SAMPLES["deck.pptx"], "a.docx", "it is a .pptx file"),
        (SAMPLES["letter.docx"], "a.epub", "it is a .docx file"),
        (SAMPLES["letter.docx"], "a.pdf", "not a real .pdf file: it is a .docx file; give it that ending"),
        (zip_file({"a.txt": "text"}), "a.pdf", "not a real .pdf file: it is some other zip file"),
        (SAMPLES["mail.msg"], "a.pdf", "not a real .pdf file: it is a .msg file; give it that ending"),
        (b"\n<!DOCTYPE html><html><p>Text.</p></html>", "a.pdf", "not a real .pdf file: it is a .html file; give"),
        (rb"{\rtf1 Text.}", "a.pdf", "not a real .pdf file: it is a .rtf file; give it that ending"),
        (SAMPLES["letter.docx"], "a.txt", "not text"),
        (zip_file({"a.txt": "text"}), "a.xlsx", "it is some other zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.docx", "before 2007. Save it as .docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "encrypted: it needs a password",
        ),
        (docx(lambda _: None), "a.docx", "empty: there is no text"),
        (epub([("one.xhtml", "<p> </p>")]), "a.epub", "empty: there is no text"),
        (b"<html><head></head><body><script>x()</script></body></html>", "a.html", "no text in this page"),
        (b"<!-- only a comment -->", "a.html", "no text in this page"),
    ],
)
def test_each_failing_has_its_reason(data: bytes, name: str, expected: str) -> None:
    """What is wrong with a file is said in words that tell what to do."""
    assert expected in reason(data, name)


def test_a_pdf_may_begin_with_lines_of_another_program() -> None:
    """What a printer or a server has written before it changes nothing."""
    for before in (b"<html>\n", b"PK\x03\x04\n"):
        assert "Text." in read_bytes(before + pdf([["Text."]]), "a.pdf", max_bytes=LIMIT).text


def test_a_fault_of_the_program_is_not_laid_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that our own code does not know is our fault; one that a library does not know comes of the file."""

    def read_with_fault(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001
        return missing  # type: ignore[name-defined,no-any-return] # noqa: F821

    def raise_in_library(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001
        raise NameError

    expected = "could not be read because of a fault in this program (NameError). Please report it"
    for reader, module, said in (
        (read_with_fault, "assistant.readers.plain.text", expected),
        (raise_in_library, "vendor", "damaged or not a real .txt file (NameError)"),
    ):
        in_module = FunctionType(reader.__code__, {"__name__": module, "NameError": NameError})
        monkeypatch.setattr(registry, "_load", lambda _, in_module=in_module: in_module)
        assert said in reason(b"Text.", "a.txt")


def test_a_protected_book_is_called_encrypted() -> None:
    """A book whose chapters are encrypted is told apart from one with encrypted fonts alone."""
    rights = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData><CipherData>'
        '<CipherReference URI="OEBPS/{}"/></CipherData></EncryptedData></encryption>'
    )
    chapters = [("one.xhtml", "<p>Text.</p>")]
    book = epub(chapters, extra={"META-INF/encryption.xml": rights.format("one.xhtml")})
    assert reason(book, "a.epub").startswith("encrypted: it is protected")
    fonts = epub(chapters, extra={"META-INF/encryption.xml": rights.format("font.otf")})
    assert read_bytes(fonts, "a.epub", max_bytes=LIMIT).text.endswith("Text.")


@pytest.mark.parametrize("name", ZIPPED)
def test_a_zip_bomb_is_not_unpacked(name: str) -> None:
    """A small archive that unpacks to far more is refused by what it declares."""
    member = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}
    path = member.get(name.rpartition(".")[2], "OEBPS/one.xhtml")
    assert "zip bomb" in reason(zip_bomb(SAMPLES[name], path, 900_000), name, limit=200_000)
    assert "zip bomb" in reason(zip_bomb(SAMPLES[name], "media/film.bin", 4_100_000), name, limit=200_000)


def test_no_entity_is_taken_from_outside(tmp_path: Path) -> None:
    """A file that asks for another file of this machine does not get it."""
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    head = XXE.format(secret)
    document = (
        f'{head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
        "<w:r><w:t>Text &leak;</w:t></w:r></w:p></w:body></w:document>"
    )
    sheet = (
        f'{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Text &leak;</t></is></c></row></sheetData></worksheet>'
    )
    container = f"{head}<container><rootfile full-path='OEBPS/book.opf'/><x>&leak;</x></container>"
    files = {
        "a.docx": replace_member(SAMPLES["letter.docx"], "word/document.xml", document),
        "a.xlsx": replace_member(SAMPLES["figures.xlsx"], "xl/worksheets/sheet1.xml", sheet),
        "a.epub": replace_member(SAMPLES["book.epub"], "META-INF/container.xml", container),
        "a.html": f"{head}<html><body><p>Text &leak;</p></body></html>".encode(),
    }
    for name, data in files.items():
        outcome = document_or_reason(data, name)
        assert "SECRET" not in (outcome if isinstance(outcome, str) else outcome.text)


def test_one_chapter_named_many_times_is_read_once() -> None:
    """A book cannot grow by naming the same chapter again and again."""
    book = epub([("one.xhtml", "<p>Text.</p>")] * 50)
    assert read_bytes(book, "a.epub", max_bytes=LIMIT).text.count("Text.") == 1


def test_more_text_than_a_file_may_have_is_refused() -> None:
    """A PDF whose streams unpack to more text than the limit is refused."""
    data = pdf([["word " * 700] for _ in range(6)])
    assert len(data) < 16_000
    assert "more text" in reason(data, "a.pdf", limit=16_000)


def test_a_file_is_opened_once_and_bounded(tmp_path: Path) -> None:
    """A missing, too large or unreadable path gives its reason."""
    path = tmp_path / "a.txt"
    with pytest.raises(ReadingError, match="no longer there"):
        load_bytes(path, max_bytes=LIMIT)
    with pytest.raises(ReadingError, match="no regular file"):
        load_bytes(tmp_path, max_bytes=LIMIT)
    path.write_bytes(b"x" * 2_500_000)
    with pytest.raises(ReadingError, match=r"too large: 2\.5 MB, the limit is 1\.0 MB"):
        load_bytes(path, max_bytes=LIMIT)
    path.write_bytes(b"x" * LIMIT)
    assert len(load_bytes(path, max_bytes=LIMIT)) == LIMIT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe with a document's ending is refused at once."""
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ReadingError, match="no regular file"):
        read_file(tmp_path / "a.txt", max_bytes=LIMIT)


def test_vendors_are_quiet_and_their_settings_are_put_back(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged files make vendors warn: nothing of it is seen, and logging is afterwards as it was before."""
    before = logging.getLogger("pypdfium2").level
    filters = list(warnings.filters)
    for name, data in SAMPLES.items():
        document_or_reason(data[: -len(data) // 4], name)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert logging.getLogger("pypdfium2").level == before
    assert warnings.filters == filters


def test_many_threads_may_read_at_once() -> None:
    """Reading from several threads gives each its own document."""
    results: dict[str, str] = {}

    def work(name: str) -> None:
        results[name] = read_bytes(SAMPLES[name], name, max_bytes=LIMIT).kind

    threads = [threading.Thread(target=work, args=(name,)) for name in SAMPLES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {name: KIND_BY_SUFFIX[Path(name).suffix] for name in SAMPLES}
