"""Plain text: encodings, what is no text, and titles."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.plain.text import decode_text
from assistant.types import Document

LIMIT = 1_000_000
FRENCH = (
    "Près de deux cents personnes ont été arrêtées à l'étranger, déclare le secrétaire général. « "
    "L'opération a été menée grâce à la coopération de 116 pays », ajoute-t-il. Où et quand ? Déjà annoncé.\n"
)
RUSSIAN = (
    "Полиция сообщила, что в ходе операции были задержаны две тысячи пятьсот человек в разных странах мира. "
    "Операция продолжалась одну неделю и закончилась в октябре.\n"
)
JAPANESE = (
    "警察は一週間で二千五百人以上を逮捕したと発表した。作戦は九月に始まり、十月に終わった。多くの被害者が救出された。\n"
)


def read(data: bytes, name: str = "a.txt", limit: int = LIMIT) -> Document:
    return read_bytes(data, name, max_bytes=limit)


@given(st.text(min_size=1).filter(lambda text: text.strip() and not text.startswith("\ufeff")))
def test_a_text_file_is_its_text(text: str) -> None:
    """The canonical text is the file decoded, but for line ends; what is no text, or no UTF-8 by its zeros, is not."""
    try:
        document = read(text.encode("utf-8", "surrogatepass"))
    except ReadingError:
        assert any(ord(char) < 32 or "\ud800" <= char <= "\udfff" for char in text)
    else:
        if not any("\ud800" <= char <= "\udfff" or char in "\x00\x1b" for char in text):
            assert document.text == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_dropped(mark: bytes, encoding: str) -> None:
    """Each Unicode encoding is known by its mark, and Windows' and old Macs' line ends become line feeds."""
    assert read(mark + "Zoë\r\nsaid\ryes 😀".encode(encoding)).text == "Zoë\nsaid\nyes 😀"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_other_encodings_are_found_out_and_told(text: str, encoding: str) -> None:
    """A file in an older encoding is read right, with a note that its encoding is a guess."""
    document = read(text.encode(encoding))
    assert document.text == text
    assert "not in UTF-8" in document.notes[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("No,Client,Town\n1,東京商店,横浜\n2,Green Hill Ltd,大阪\n", "shift_jis"),
        ("Name: 山田", "shift_jis"),
        ("売上", "shift_jis"),
        ("井戸の深さは十八メートルです。", "euc_jp"),
        ("井戸の深さは十八メートルです。", "iso2022_jp"),
        ("No,Client\n1,北京商店\n", "gb18030"),
        ("會議定於三月五日舉行。", "big5"),
        ("이름,도시\n김철수,서울\n", "euc_kr"),
        ("Привет, мир", "cp1251"),
        ("Name,City\nИван,Омск\n", "cp1251"),  # noqa: RUF001 — Russian
        ("Колодец имеет глубину 18 метров.", "koi8-r"),
        ("Łódź;Kraków\nWrocław;Gdańsk", "cp1250"),
        ("Zażółć gęślą jaźń. Książka leży na półce.", "iso8859-2"),
        ("Name;Ort\nMüller;Köln\n", "cp1252"),
        ("25 °C in the room; ½ of it", "cp1252"),
        ("Der Preis beträgt 30 € pro Stück.", "cp1252"),
        ("Price: £5", "cp1252"),
        ("It’s “cheap” – really • yes", "cp1252"),
        ("§ 5: ½ cup, 10 µm, 100 m² × 2", "cp1252"),
        ("The café is open. Müller came.", "cp437"),
        ("Kuyu on sekiz metre derinliğindedir. Şehir küçük.", "cp1254"),
        ("Το πηγάδι έχει βάθος 18 μέτρα.", "cp1253"),  # noqa: RUF001 — Greek
        ("שלום עולם", "cp1255"),
        ("บ่อน้ำลึกสิบแปดเมตร", "cp874"),
    ],
)
def test_a_few_words_in_an_older_encoding_are_read_right(text: str, encoding: str) -> None:
    """A short file, such as a table with a few names, is read in its encoding, with a note that it's a guess."""
    document = read(text.encode(encoding))
    assert text == document.text
    assert document.notes[0].endswith("a guess from its bytes")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text",
    ["The well at Ørsta is 18 m deep.\r\n", "ab", "Привет, мир\n", "井戸の深さは 18 メートルです。\n一番深い。\n"],
)
def test_unicode_without_a_byte_order_mark_is_read(text: str, encoding: str) -> None:
    """UTF-16 and UTF-32 are told by their zero bytes, in any script, and a note says that it's a guess."""
    document = read(text.encode(encoding))
    assert text.replace("\r\n", "\n") == document.text
    assert (f"not in UTF-8: read as {encoding}, a guess from its bytes",) == document.notes


@pytest.mark.parametrize("text", ["Ring \x07 now.\n", "Page one\n\x0cPage two\n", "The end.\n\x1a"])
def test_a_bell_or_a_form_feed_does_not_make_a_text_binary(text: str) -> None:
    """One control character, as printers and old editors left them, is no reason to refuse a short text."""
    assert text == read(text.encode()).text


def test_a_text_with_a_zero_byte_is_refused() -> None:
    """A zero byte in what is otherwise ASCII is no text in any encoding."""
    with pytest.raises(ReadingError, match="not text"):
        read(b"The well is deep.\x00The mill is old. And so on.")


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """Whatever the bytes, they become a text without zeros, or are refused."""
    try:
        text, _ = decode_text(data)
    except ReadingError:
        return
    assert "\x00" not in text


def test_the_guess_at_a_long_file_looks_at_its_start_alone() -> None:
    """A long file in an older encoding is read whole, though only its start is looked at."""
    text = RUSSIAN * 3000
    assert read(text.encode("cp1251"), limit=len(text)).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not text"),
        (bytes(range(1, 32)) * 9, "not text"),
        (b"\x00\x01\xff" * 50, "not text"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "damaged"),
        (b"%PDF-1.7\n...", "it is a .pdf file"),
        (b"x" * (LIMIT + 1), "too large: 1.0 MB, the limit is 1.0 MB"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, reason: str) -> None:
    """Each way not to be text has a reason that says so, in one line."""
    with pytest.raises(ReadingError, match=reason) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_an_unsupported_kind_names_those_that_are_supported() -> None:
    """The reason for a file of another kind lists what could be read."""
    with pytest.raises(ReadingError, match=r"'\.exe'.*\.pdf"):
        read(b"text", "a.exe")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Results of the week\n\nThey were good.", "Results of the week"),
        ("They were good. Very good.\n\nMore text.", "My notes"),
        ("and then it ended\nin a way.", "My notes"),
        ("A single line", "My notes"),
    ],
)
def test_a_text_files_first_line_is_its_title_if_it_looks_like_one(text: str, title: str) -> None:
    """A short first line that is no sentence is the title; otherwise the file's name is."""
    assert read(text.encode(), "my-notes.txt").title == title
