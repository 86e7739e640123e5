"""Reading an archive gives back what was written, and any other file is rejected."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ArchiveError
from assistant.index.archive.reader import ArchiveReader
from assistant.index.archive.writer import FORMAT, SEAL_BYTES, ArchivedDocument, ArchiveWriter, compute_seal
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.rows import PreparedDocument, Vector
from assistant.segmentation.chunks import split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.structure import Box, Geometry, PlacedWord
from assistant.types import NO_STRUCTURE, Document

MADE = IndexFingerprint("model", 8, "rules")
PLAIN = Document("a", "Cats", "a.txt", "Cats sleep all day. Dogs bark at night — 😀. Eels swim.", "txt")
RICH = Document(
    id="b\0ß", title="Boats \udcff", source="/docs/\udce4.md", kind="md", date=date(2024, 2, 29), url="https://x.example/",
    text="# Ärger\n\nOne boat sank. Two did not.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n" + "Waves rose high. " * 60,
    pages=(0, 9, 9, 30), notes=("not in English: German",),
    geometry=Geometry.of([PlacedWord(9, 12, Box(1, 72, 100, 90, 112)), PlacedWord(13, 17, Box(4, 72, 100, 90, 112))]),
)  # fmt: skip
Parts = list[list[tuple[PreparedDocument, Vector]]]
Member = dict[str, bytes]


def split(document: Document) -> PreparedDocument:
    """A document as it is stored."""
    sentences, chunks = split_chunks(document, split_sentences(document))
    return PreparedDocument(document, f"hash of {document.id}", sentences, chunks)


def unit(count: int, seed: int = 0) -> Vector:
    """Random vectors of length 1."""
    vectors = np.random.default_rng(seed).normal(size=(count, MADE.dimension)).astype(np.float32)
    unit_vectors: Vector = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit_vectors


def packed(*parts: Sequence[Document]) -> bytes:
    """An archive of documents, with random vectors."""
    file = io.BytesIO()
    with ArchiveWriter(file, MADE) as packer:
        for part in parts:
            prepared = [split(item) for item in part]
            packer.write_part(
                ArchivedDocument(
                    item.document, item.file_hash, len(item.sentences), halves(item, unit(len(item.sentences)))
                )
                for item in prepared
            )
    return file.getvalue()


def halves(draft: PreparedDocument, vectors: Vector) -> list[tuple[Any, Vector]]:
    """A document's sentences and vectors in two batches, as a store gives them in several."""
    middle = len(vectors) // 2
    return [(draft.sentences[:middle], vectors[:middle]), (draft.sentences[middle:], vectors[middle:])]


WHOLE = packed([PLAIN, RICH], [Document("c", "C", "c", "Owls hoot.", "txt")])


def read(path: Path) -> Parts:
    """All that is in an archive, with the vectors of each document."""
    parts: Parts = []
    with ArchiveReader(path) as archive:
        for part in archive.parts():
            vectors: dict[str, list[Vector]] = {}
            for sentences, rows in part.batches:
                vectors.setdefault(sentences[0].document_id, []).append(rows)
            parts.append([(prepared, np.concatenate(vectors[prepared.document.id])) for prepared in part.documents])
    return parts


def sealed(data: bytes) -> bytes:
    """The bytes of an archive with the seal that fits them."""
    return data[:-SEAL_BYTES] + compute_seal(io.BytesIO(data), len(data) - SEAL_BYTES)


def remade(change: Callable[[Member], None], *, hashed: bool = True, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive with changed members, a fitting seal, and the right hashes in its manifest."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    original_manifest = members["manifest.json"]
    change(members)
    if hashed and members.get("manifest.json") == original_manifest:  # else its change is the one that counts
        _hash(members)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new_zip:
        for name, data in members.items():
            new_zip.writestr(name, data, zipfile.ZIP_STORED if name.endswith("f32") else compression)
        new_zip.comment = bytes(SEAL_BYTES)
    return sealed(file.getvalue())


def _hash(members: Member) -> None:
    manifest = json.loads(members["manifest.json"])
    for name, data in members.items():
        if name in manifest["members"]:
            manifest["members"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    members["manifest.json"] = json.dumps(manifest).encode()


def manifest(**changed: object) -> Callable[[Member], None]:
    """A change of what the manifest says."""

    def change(members: Member) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changed).encode()

    return change


def line(number: int, change: Callable[[Any], Any]) -> Callable[[Member], None]:
    """A change of a line of the first part."""

    def changed(members: Member) -> None:
        lines = members["000000.jsonl"].split(b"\n")
        lines[number] = json.dumps(change(json.loads(lines[number]))).encode()
        members["000000.jsonl"] = b"\n".join(lines)

    return changed


def facts(**changed: object) -> Callable[[Member], None]:
    """A change of the first document's facts."""
    return line(0, lambda document_facts: document_facts | changed)


def places(change: Callable[[bytes], bytes]) -> Callable[[Member], None]:
    """A change of where the words of the second document stand, which is at the end of the first part's texts."""
    assert RICH.geometry is not None
    whole = RICH.geometry.to_bytes()

    def changed(members: Member) -> None:
        new = change(whole)
        members["000000.txt"] = members["000000.txt"].removesuffix(whole) + new
        lines = members["000000.jsonl"]
        members["000000.jsonl"] = lines.replace(b'"geometry_bytes":%d' % len(whole), b'"geometry_bytes":%d' % len(new))

    return changed


def place(position: int, value: object) -> Callable[[Member], None]:
    """A change of the second sentence."""
    return line(2, lambda sentence: [value if index == position else field for index, field in enumerate(sentence)])


def vectors(value: float) -> Callable[[Member], None]:
    """A change of the first number of the last vector."""

    def change(members: Member) -> None:
        members["000001.f32"] = np.float32(value).tobytes() + members["000001.f32"][4:]

    return change


def data(name: str, change: Callable[[bytes], bytes]) -> Callable[[Member], None]:
    """A change of a member's bytes."""
    return lambda members: members.update({name: change(members[name])})


def test_what_was_packed_comes_out(tmp_path: Path) -> None:
    """Every field of each document, every sentence and chunk, and every bit of the vectors come back."""
    (tmp_path / "x").write_bytes(WHOLE)

    parts = read(tmp_path / "x")

    expected = [split(PLAIN), split(RICH)]
    assert len(expected[1].chunks) > 2
    assert [2, 1] == [len(part) for part in parts]
    for expected_document, (prepared, rows) in zip(expected, parts[0], strict=True):
        assert expected_document.document == prepared.document
        assert (expected_document.file_hash, expected_document.sentences, expected_document.chunks) == (
            prepared.file_hash,
            prepared.sentences,
            prepared.chunks,
        )
        assert unit(len(expected_document.sentences)).tobytes() == rows.tobytes()
    with ArchiveReader(tmp_path / "x") as archive:
        manifest = archive.manifest
    assert (MADE, 3, sum(len(prepared.sentences) for prepared in expected) + 1) == (
        manifest.fingerprint,
        manifest.documents,
        manifest.sentences,
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_byte_may_differ(tmp_path: Path, position: int, flip: int) -> None:
    """A single changed byte, wherever it is, is an error."""
    damaged = bytearray(WHOLE)
    damaged[position] ^= flip
    (tmp_path / "x").write_bytes(damaged)
    with pytest.raises(ArchiveError, match="damaged"):
        read(tmp_path / "x")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_no_byte_may_be_missing(tmp_path: Path, length: int) -> None:
    """An archive that was cut short is an error."""
    (tmp_path / "x").write_bytes(WHOLE[:length])
    with pytest.raises(ArchiveError, match="damaged"):
        read(tmp_path / "x")


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - SEAL_BYTES - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_who_seals_anew_what_was_changed_gets_no_further(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    """Changed bytes under a fitting seal give a clear error or the same content, and nothing else."""
    changed = bytearray(WHOLE)
    for position, value in changes:
        changed[position] = value
    (tmp_path / "x").write_bytes(sealed(bytes(changed)))
    try:
        parts = read(tmp_path / "x")
    except ArchiveError:
        return
    assert [PLAIN, RICH] == [prepared.document for prepared, _ in parts[0]]
    assert unit(len(parts[0][0][0].sentences)).tobytes() == parts[0][0][1].tobytes()


HOSTILE: dict[str, tuple[Callable[[Member], None], str]] = {
    "a newer format": (manifest(format=FORMAT + 1, more=1), "a later one"),
    "format is no number": (manifest(format="1"), "manifest"),
    "a field more": (manifest(more=1), "manifest"),
    "no dimension": (manifest(dimension=0), "manifest"),
    "a huge dimension": (manifest(dimension=10**9), "manifest"),
    "another dimension": (manifest(dimension=7), "length 1"),
    "more documents than there are": (manifest(documents=10**15), "another number"),
    "more sentences than there are": (manifest(sentences=10**15), "another number"),
    "more parts than there are": (manifest(parts=10**15), "another number"),
    "fewer parts than none": (manifest(parts=-1), "another number"),
    "members are no objects": (manifest(members={"000000.jsonl": 7}), "manifest"),
    "the manifest is no object": (data("manifest.json", lambda _: b"[]"), "manifest"),
    "the manifest is no JSON": (data("manifest.json", lambda _: b"{"), "manifest"),
    "the manifest is nested": (data("manifest.json", lambda _: b"[" * 100_000), "manifest"),
    "no manifest": (lambda members: members.clear(), "manifest"),
    "a member more": (lambda members: members.update({"../../evil": b"x"}), "another number"),
    "a member elsewhere": (
        lambda members: members.update({"../000001.txt": members.pop("000001.txt")}),
        "missing in it",
    ),
    "a member missing": (lambda members: members.__delitem__("000001.txt"), "another number"),
    "texts too long": (data("000000.txt", lambda text: text + b" "), "longer"),
    "texts too short": (data("000001.txt", lambda text: text[:-1]), "shorter"),
    "another text": (data("000001.txt", lambda text: text.replace(b"hoot", b"moan")), "doesn't fit its text"),
    "a text that is no Unicode": (data("000001.txt", lambda text: text[:-1] + b"\xff"), "doesn't fit its text"),
    "no lines": (data("000001.jsonl", lambda _: b""), "not as it should be"),
    "a line that is no JSON": (data("000001.jsonl", lambda text: b"{\n" + text), "facts"),
    "a line that isn't whole": (data("000001.jsonl", lambda text: text[:-1]), "not whole"),
    "a sentence missing": (data("000001.jsonl", lambda text: text[: text.index(b"\n") + 1]), "a sentence"),
    "a line too long": (data("000001.jsonl", lambda text: b" " * 9_000_000 + text), "longer than a line"),
    "a document twice": (facts(id="c"), "twice"),
    "no id": (facts(id=""), "doesn't fit"),
    "an id that is no Unicode": (facts(id="\ud800"), "doesn't fit"),
    "a title that is no text": (facts(title=None), "facts"),
    "a field of a document more": (facts(more=1), "facts"),
    "no such day": (facts(date="2024-02-30"), "doesn't fit"),
    "pages out of order": (facts(pages=[5, 3]), "doesn't fit"),
    "a page out of the text": (facts(pages=[0, 10**9]), "doesn't fit"),
    "pages that are no numbers": (facts(pages=[0, "1"]), "doesn't fit"),
    "notes that are no texts": (facts(notes=[{}]), "doesn't fit"),
    "a text of less than nothing": (facts(bytes=-1), "shorter"),
    "a text without end": (facts(bytes=10**18), "shorter"),
    "places of less than nothing": (facts(geometry_bytes=-1), "shorter"),
    "places without end": (facts(geometry_bytes=10**18), "larger"),
    "places that are cut off": (places(lambda whole: whole[:-1]), "doesn't fit"),
    "places that are none": (places(lambda whole: b"\xff" * len(whole)), "doesn't fit"),
    "places on no page": (places(lambda whole: whole[:8] + b"\5" + whole[9:]), "doesn't fit"),
    "places behind the text": (places(lambda whole: whole[:4] + b"\xff\xff" + whole[6:]), "doesn't fit"),
    "places before others": (places(lambda whole: whole + whole), "doesn't fit"),
    "no sentence": (facts(sentences=0), "facts"),
    "sentences without end": (facts(sentences=10**18), "more than a part may"),
    "a sentence too many": (facts(sentences=4), "a sentence"),
    "the hash of another text": (facts(sha256="0" * 64), "doesn't fit"),
    "a sentence that begins before the last one ends": (place(0, 3), "a sentence"),
    "a sentence that ends before it begins": (place(1, 20), "a sentence"),
    "a sentence out of the text": (place(1, 10**6), "a sentence"),
    "a place that is no whole number": (place(0, 20.0), "a sentence"),
    "a place that is no number": (place(0, None), "a sentence"),
    "an unknown kind": (place(2, "poem"), "a sentence"),
    "headings that are no Unicode": (place(3, "\ud800"), "a sentence"),
    "a chunk out of turn": (place(4, 2), "a sentence"),
    "a sentence that is an object": (line(2, lambda _: {}), "a sentence"),
    "a vector with no number": (vectors(float("nan")), "length 1"),
    "a vector without end": (vectors(float("inf")), "length 1"),
    "a vector that overflows": (vectors(3e38), "length 1"),
    "a vector too long": (vectors(1.5), "length 1"),
    "a vector too few": (data("000000.f32", lambda rows: rows[: -4 * MADE.dimension]), "shorter"),
    "a vector too many": (data("000000.f32", lambda rows: rows + rows[: 4 * MADE.dimension]), "longer"),
    "half a number": (data("000000.f32", lambda rows: rows + b"\0"), "longer"),
}


@pytest.mark.parametrize("number", [1, 2])
def test_archives_of_earlier_formats_are_read(tmp_path: Path, number: int) -> None:
    """An archive without places, or without structure too, gives its documents without them."""

    def change(members: Member) -> None:
        document_facts, *sentences = members["000001.jsonl"].split(b"\n")
        old = json.loads(document_facts)
        del old["geometry_bytes"]
        if number == 1:
            for name in ("author", "language", "structure_bytes"):
                del old[name]
            members["000001.txt"] = members["000001.txt"].removesuffix(b"[]")
        members["000001.jsonl"] = b"\n".join([json.dumps(old).encode(), *sentences])
        for name in [name for name in members if name.startswith("000000")]:
            members[name] = members.pop(name.replace("000000", "000001"))
        listed = json.loads(members["manifest.json"])
        listed |= {"format": number, "documents": 1, "sentences": 1, "parts": 1}
        listed["members"] = {name: value for name, value in listed["members"].items() if name in members}
        members["manifest.json"] = json.dumps(listed).encode()
        _hash(members)

    (tmp_path / "x").write_bytes(remade(change))
    ((prepared, _),) = read(tmp_path / "x")[0]
    assert ("Owls hoot.", None) == (prepared.document.text, prepared.document.geometry)
    assert (number == 1) == (NO_STRUCTURE in prepared.document.notes)


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_under_right_hashes_is_found(tmp_path: Path, what: str) -> None:
    """An archive written by hand, with all hashes right, is rejected with what is wrong in it."""
    change, message = HOSTILE[what]
    (tmp_path / "x").write_bytes(remade(change))
    with pytest.raises(ArchiveError, match=message) as raised:
        read(tmp_path / "x")
    assert str(tmp_path / "x") in str(raised.value)


def test_a_member_whose_hash_is_another_is_found(tmp_path: Path) -> None:
    """The hashes in the manifest are compared too, not only the seal over the whole file."""
    shifted = data("000001.f32", lambda rows: np.roll(np.frombuffer(rows, "<f4"), 1).tobytes())
    (tmp_path / "x").write_bytes(remade(shifted, hashed=False))
    with pytest.raises(ArchiveError, match="its hash is not the one"):
        read(tmp_path / "x")


def test_an_archive_that_swells_is_not_unpacked(tmp_path: Path) -> None:
    """A file of a few kilobytes that claims to unpack to gigabytes is rejected before it is unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new_zip:
        new_zip.writestr("000000.txt", b"")
        new_zip.infolist()[0].file_size = 10**10
        new_zip.comment = bytes(SEAL_BYTES)
    (tmp_path / "x").write_bytes(sealed(file.getvalue()))
    with pytest.raises(ArchiveError, match="zip bomb"):
        ArchiveReader(tmp_path / "x")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_compressing_are_refused(tmp_path: Path, compression: int) -> None:
    """Only the compression that an export uses is read: with others the memory has no bound."""
    (tmp_path / "x").write_bytes(remade(lambda _: None, compression=compression))
    with pytest.raises(ArchiveError, match="another way"):
        ArchiveReader(tmp_path / "x")


def test_a_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    """Of two members with the same name, one could be hashed and the other read."""
    file = io.BytesIO(WHOLE)
    with zipfile.ZipFile(file, "a") as new_zip, pytest.warns(UserWarning, match="Duplicate"):
        new_zip.writestr("000001.txt", b"Owls moan.")
    (tmp_path / "x").write_bytes(sealed(file.getvalue()))
    with pytest.raises(ArchiveError, match="twice"):
        ArchiveReader(tmp_path / "x")


@pytest.mark.parametrize("content", [b"", b"Cats sleep.", sealed(b"PK" + bytes(100)), sealed(bytes(SEAL_BYTES))])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    """Other files, even with a fitting seal, are a clear error."""
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ArchiveError, match="can't be used"):
        ArchiveReader(tmp_path / "x")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are a clear error."""
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ArchiveError, match="can't be opened"):
            ArchiveReader(path)
