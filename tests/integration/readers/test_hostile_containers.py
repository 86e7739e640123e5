"""Archives and mails that mean harm: each costs a line of the report, within bounds of time and memory."""

import io
import time
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import ReaderPool, Unpacked, unpack
from tests.support.files import lying_zip_bomb, sample_files, zip_bomb, zip_file

LIMIT = 1_000_000
SECONDS = 20.0
SAMPLES = {**sample_files(), "a.zip": zip_file({"a.txt": b"A plan.", "b/c.md": b"# Plans"})}
HEAD = b"From: dana@example.org\nSubject: Pumps\n"


@pytest.fixture(scope="module")
def workers() -> Iterator[ReaderPool]:
    with ReaderPool(seconds=SECONDS, memory_mb=1024) as pool:
        yield pool


def outcome(workers: ReaderPool, data: bytes, name: str) -> Unpacked | str:
    """What is in a file, or the one line that says why nothing is read; never later than its time allows."""
    began = time.monotonic()
    try:
        return workers.unpack(data, name, max_bytes=LIMIT)
    except ReadingError as error:
        return str(error)
    finally:
        assert time.monotonic() - began < SECONDS + 5


def nested_zip(depth: int, size: int) -> bytes:
    """An archive in an archive, and so on, with ten files of some size in the deepest."""
    data = zip_file({f"{number}.txt": b" " * size for number in range(10)})
    for _ in range(depth):
        data = zip_file({f"{number}.zip": data for number in range(10)})
    return data


def nested_mail(depth: int) -> bytes:
    """A mail that forwards a mail that forwards a mail, and so on."""
    parts = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\nContent-Type: message/rfc822\n\n" % (n, n)
        for n in range(depth)
    )
    return HEAD + b"".join(parts) + b"\nThe pumps cost 18 euros.\n"


def test_a_file_that_unpacks_to_too_much_is_left_out(workers: ReaderPool) -> None:
    """One that says so, and one that says that it has ten bytes."""
    archive = zip_file({"pumps.txt": "The pumps cost 18 euros.", "big.txt": "x"})
    for bomb in (zip_bomb(archive, "big.txt", 50_000_000), lying_zip_bomb(archive, "big.txt", 50_000_000)):
        unpacked = outcome(workers, bomb, "a.zip")
        assert isinstance(unpacked, Unpacked)
        assert [member.name for member in unpacked.members] == ["pumps.txt"]
        assert [file.source for file in unpacked.failed] == ["big.txt"]


def test_files_that_unpack_to_too_much_together_are_refused(workers: ReaderPool) -> None:
    """Also where they are spread over archives in the archive."""
    for data in (zip_file({f"{number}.txt": b" " * LIMIT for number in range(9)}), nested_zip(1, LIMIT)):
        assert "zip bomb" in str(outcome(workers, data, "a.zip"))


def test_an_archive_of_very_many_files_is_refused(workers: ReaderPool) -> None:
    """A hundred thousand of them, empty or in archives in the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}.txt", b"")
    assert "holds more than" in str(outcome(workers, out.getvalue(), "a.zip"))
    many = zip_file({f"{number}.txt": b"x" for number in range(300)})
    assert "holds more than" in str(outcome(workers, zip_file({f"{number}.zip": many for number in range(5)}), "a.zip"))


def test_archives_in_archives_are_opened_so_deep_only(workers: ReaderPool) -> None:
    """What is deeper is named."""
    data = zip_file({"a.txt": "A plan."})
    for number in range(50):
        data = zip_file({f"{number}.zip": data})
    unpacked = outcome(workers, data, "a.zip")
    assert isinstance(unpacked, Unpacked)
    assert not unpacked.members
    assert [file.source for file in unpacked.failed] == ["49.zip/48.zip"] or len(unpacked.failed) == 1


def test_an_archive_that_overlaps_itself_is_bounded(workers: ReaderPool) -> None:
    """Many entries that share the bytes of one are either refused or unpacked once for each, within the bounds."""
    data = zip_file({"a.txt": b" " * 900_000})
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entries = data[start:end] * 500
    tail = bytearray(data[end:])
    tail[8:12] = (500).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    result = outcome(workers, data[:start] + entries + bytes(tail), "a.zip")
    assert isinstance(result, str) or sum(len(member.content) for member in result.members) <= 4 * LIMIT


@pytest.mark.parametrize("depth", [30, 3_000])
def test_mails_in_mails_without_end_are_refused(workers: ReaderPool, depth: int) -> None:
    """By the reader, and by what lists their files."""
    data = nested_mail(depth)
    assert "in one another" in str(outcome(workers, data, "a.eml"))
    with pytest.raises(ReadingError, match="in one another"):
        workers.read(data, "a.eml", max_bytes=LIMIT)


def test_parts_in_parts_without_end_are_refused(workers: ReaderPool) -> None:
    """Of any kind."""
    for kind in (b"mixed", b"alternative", b"related"):
        part = b"Content-Type: multipart/" + kind + b"; boundary=b%d\n\n--b%d\n"
        data = HEAD + b"".join(part % (number, number) for number in range(500)) + b"\nHello.\n"
        with pytest.raises(ReadingError, match="in one another"):
            workers.read(data, "a.eml", max_bytes=LIMIT)


def test_a_mail_of_very_many_files_is_refused(workers: ReaderPool) -> None:
    """Each of a few bytes."""
    part = b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"
    data = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 10_100 + b"--b--\n"
    assert "holds more than 10,000 files" in str(outcome(workers, data, "a.eml"))


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"To: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nHello there.",
        HEAD + b"To: " + b'"' * 900_000 + b"\n\nHello there.",
        HEAD + b"To: " + b"<a@b.c>, " * 90_000 + b"\n\nHello there.",
        HEAD + b"\n" + b">" * 900_000 + b" Hello there.",
        HEAD + b"\n" + b"> " * 400_000 + b"\nHello there.",
        HEAD + b"\nHello there.\n" + b"From: a\n" * 100_000,
        HEAD + b"\nHello there.\n" + b"On x wrote\n" * 80_000,
        HEAD + b"\nHello there.\n" + b"-----Original Message-----\n" * 30_000,
        HEAD + b"\nHello there.\n" + b"a " * 450_000 + b"wrote:",
        HEAD + b"\nHello there.\n" + b"-----BEGIN PGP SIGNATURE-----\n" * 30_000,
        HEAD + b"\nHello there.\n" + b"_" * 900_000 + b"x",
        HEAD + b"Content-Type: text/plain; " + b"charset" * 100_000 + b"\n\nHello there.",
        HEAD + b"Content-Type: text/plain; " + b"".join(b"name*%d=a; " % n for n in range(9_000)) + b"\n\nHello there.",
        HEAD + b"Content-Type: text/html\n\nHello there." + b"<div>" * 150_000,
    ],
    ids=range(14),
)
def test_no_text_of_a_mail_takes_long(workers: ReaderPool, data: bytes) -> None:
    """Whatever is repeated in it, it is read in seconds or refused with a reason."""
    began = time.monotonic()
    try:
        text_or_reason = workers.read(data, "a.eml", max_bytes=LIMIT).document.text
    except ReadingError as error:
        text_or_reason = str(error)
    assert not text_or_reason.startswith(("takes longer", "reading it crashed", "needs more memory")), text_or_reason
    assert time.monotonic() - began < SECONDS


@given(st.sampled_from(["mail.eml", "box.mbox", "mail.msg", "a.zip"]), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_gives_files_or_a_reason(name: str, data: st.DataObject) -> None:
    """Bytes overwritten anywhere never raise anything but the one error, and names stay harmless."""
    sound = SAMPLES[name]
    start = data.draw(st.integers(0, len(sound)))
    damage = data.draw(st.binary(min_size=1, max_size=40))
    try:
        unpacked = unpack(sound[:start] + damage + sound[start + len(damage) :], name, LIMIT)
    except ReadingError:
        return
    for member in unpacked.members:
        assert ".." not in member.name.split("/")
        assert not member.name.startswith("/")
        assert member.name.isprintable()
