"""The texts of a PowerPoint file before 2007 by its own records, against which office-oxide's are checked.

A file is a tree of records: each has a version, a kind and a length, and those of version 15 hold others.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.readers.extract import collapse_whitespace

_DOCUMENT, _SLIDE, _NOTES = 0x03E8, 0x03EE, 0x03F0
_NOTES_ATOM, _SLIDE_PERSIST, _SLIDE_LIST = 0x03F1, 0x03F3, 0x0FF0
_DRAWING, _TEXT_BOX, _OUTLINE_REFERENCE = 0x040C, 0xF00D, 0x0F9E
_TEXT_KIND, _WIDE_TEXT, _BYTE_TEXT, _STRING = 0x0F9F, 0x0FA0, 0x0FA8, 0x0FBA
_COMMENT, _TAGS = 0x2EE0, (0x1388, 0x138A, 0x138B)
_DIRECTORY, _EDIT = 0x1772, 0x0FF5
TITLE_TEXTS, BODY_TEXTS, NOTES_TEXT = (0, 6), (1, 7, 8), 2  # kinds of text
_CONTAINER = 15
_MAX_DEPTH = 30
_MAX_RECORDS = 500_000
_MAX_EDITS = 1_000


class _Record(NamedTuple):
    version: int
    instance: int
    kind: int
    data: bytes


@dataclass(slots=True)
class SlideTexts:
    """The paragraphs of a slide, with the kind of each, those of its notes, and the comments on it."""

    texts: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read_slide_texts(data: bytes) -> list[SlideTexts]:
    """The texts of each slide; none where the file is damaged."""
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(data) as ole:
            stream = ole.openstream("PowerPoint Document").read()
            user = ole.openstream("Current User").read()
        return list(_slides(stream, user))
    except Exception:  # noqa: BLE001 — olefile raises anything on a damaged file, of which office-oxide may read more
        return []


def _slides(stream: bytes, user: bytes) -> Iterator[SlideTexts]:
    (edit,) = struct.unpack_from("<I", user, 16)
    places, document_key = _places(stream, edit)
    document = _record_at(stream, places[document_key])
    lists = {record.instance: record for record in _children(document) if record.kind == _SLIDE_LIST}
    notes: dict[int, list[str]] = {}
    for key, _, _ in _entries(lists[2]) if 2 in lists else ():
        page = _record_at(stream, places[key])
        slide = next(
            (
                struct.unpack_from("<I", inner_record.data)[0]
                for inner_record in _children(page)
                if inner_record.kind == _NOTES_ATOM
            ),
            0,
        )
        notes[slide] = [text for kind, text in _box_texts(page, []) if kind == NOTES_TEXT]
    for key, slide, outline in _entries(lists[0]) if 0 in lists else ():
        record = _record_at(stream, places[key])
        comments = [_comment(inner_record) for inner_record in _descendants(record, {_COMMENT})]
        yield SlideTexts(list(_box_texts(record, outline)), notes.get(slide, []), comments)


def _places(stream: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Where the newest version of each part stands, and the key of the document among them."""
    places: dict[int, int] = {}
    document_key = 0
    for _ in range(_MAX_EDITS):
        record = _record_at(stream, edit)
        if record.kind != _EDIT:
            break
        _, _, before, directory_at, key = struct.unpack_from("<IIIII", record.data)
        document_key = document_key or key
        directory = _record_at(stream, directory_at).data
        position = 0
        while position + 4 <= len(directory):
            (head,) = struct.unpack_from("<I", directory, position)
            count = min(head >> 20, (len(directory) - position - 4) // 4)
            offsets = struct.unpack_from(f"<{count}I", directory, position + 4)
            for number, offset in enumerate(offsets):
                places.setdefault((head & 0xFFFFF) + number, offset)
            position += 4 + 4 * count
        if not before or before >= edit:  # edits stand one behind the other
            break
        edit = before
    return places, document_key


def _entries(slide_list: _Record) -> Iterator[tuple[int, int, list[tuple[int, str]]]]:
    """The key and the number of each slide in a list, and the texts in the outline that it refers to."""
    entry: tuple[int, int, list[tuple[int, str]]] | None = None
    for record in _children(slide_list):
        if record.kind == _SLIDE_PERSIST:
            if entry:
                yield entry
            key, _, _, slide = struct.unpack_from("<IIII", record.data)
            entry = (key, slide, [])
        elif entry and record.kind == _TEXT_KIND:
            entry[2].append((*struct.unpack_from("<I", record.data), ""))  # an empty one counts, too
        elif entry and entry[2] and record.kind in {_WIDE_TEXT, _BYTE_TEXT}:
            entry[2][-1] = (entry[2][-1][0], _text(record))
    if entry:
        yield entry


def _box_texts(page: _Record, outline: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The kind and the words of each paragraph in the boxes on a page."""
    for kind, text in _whole_box_texts(page, outline):
        yield from ((kind, words) for line in text.split("\r") if (words := collapse_whitespace(line)))


def _whole_box_texts(page: _Record, outline: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for box in _descendants(page, {_TEXT_BOX}):
        kind = -1
        for record in _children(box):
            if record.kind == _TEXT_KIND:
                (kind,) = struct.unpack_from("<I", record.data)
            elif record.kind in {_WIDE_TEXT, _BYTE_TEXT}:
                yield kind, _text(record)
            elif record.kind == _OUTLINE_REFERENCE:
                (number,) = struct.unpack_from("<I", record.data)
                if number < len(outline):
                    yield outline[number]


def _comment(record: _Record) -> str:
    return next(
        (
            _text(inner_record)
            for inner_record in _children(record)
            if inner_record.kind == _STRING and inner_record.instance == 1
        ),
        "",
    )


def _text(record: _Record) -> str:
    return record.data.decode("latin-1" if record.kind == _BYTE_TEXT else "utf-16-le", "replace")


def _descendants(record: _Record, kinds: set[int]) -> Iterator[_Record]:
    """The records of some kinds below another, in order."""
    waiting = [(record, 0)]
    for _ in range(_MAX_RECORDS):
        if not waiting:
            return
        here, depth = waiting.pop()
        if depth and here.kind in kinds:
            yield here
        elif (here.version == _CONTAINER or here.kind in _TAGS) and depth < _MAX_DEPTH:
            waiting += [(inner_record, depth + 1) for inner_record in reversed(list(_children(here)))]


def _children(record: _Record) -> Iterator[_Record]:
    position = 0
    while position + 8 <= len(record.data):
        child = _record_at(record.data, position)
        yield child
        position += 8 + len(child.data)


def _record_at(data: bytes, position: int) -> _Record:
    head, kind, length = struct.unpack_from("<HHI", data, position)
    return _Record(head & 15, head >> 4, kind, data[position + 8 : position + 8 + length])
