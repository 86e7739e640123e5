"""Makes Word and PowerPoint files of before 2007, byte by byte: no library writes them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.support.outlook import compound_file


@dataclass(frozen=True)
class DocParagraph:
    """A paragraph of `doc`.

    Attributes:
        runs: its text, and what stands out of it: "raised", "lowered", "struck", "deleted" or "hidden"; or plain text.
        style: the number of its style: 0 for text, 1 to 3 for headings, 4 for the contents.
        list: the number of its list: 0 for none, 1 for a numbered one, 2 for bullets.
        level: in the list, from 0.
        table: "cell" where it ends a cell, "row" for what ends a row.
    """

    runs: str | Sequence[tuple[str, str]]
    style: int = 0
    list: int = 0
    level: int = 0
    table: Literal["", "cell", "row"] = ""


_RUNS = {
    "": b"",
    "raised": b"\x48\x2a\x01",
    "lowered": b"\x48\x2a\x02",
    "struck": b"\x37\x08\x01",
    "deleted": b"\x00\x08\x01",
    "hidden": b"\x3c\x08\x01",
}
_TEXT_AT = 1536
_STYLES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 19}  # Word's numbers for them


def doc(
    paragraphs: Sequence[DocParagraph | str],
    *,
    is_from_macintosh: bool = False,
    footnotes: Sequence[DocParagraph | str] = (),
    first_footnote: int = 1,
) -> bytes:
    """A Word 97 document; from a Macintosh its characters take a byte each.

    In its text the character 2 refers to the next footnote by a number, "*" by that sign; the notes begin with them.
    """
    width, encoding = (1, "mac_roman") if is_from_macintosh else (2, "utf-16-le")
    count = len(paragraphs)
    whole = [one if isinstance(one, DocParagraph) else DocParagraph(one) for one in (*paragraphs, *footnotes)]
    text, ends, runs = "", [], []
    for paragraph in whole:
        for words, style in [(paragraph.runs, "")] if isinstance(paragraph.runs, str) else paragraph.runs:
            text += _units(words)
            runs.append((len(text), _RUNS[style]))
        text += "\x07" if paragraph.table else "\r"
        ends.append(len(text))
    runs.append((len(text), b""))
    story, stories = ends[count - 1], text
    if footnotes:
        text += "\r"
        runs[-1] = (len(text), b"")
    table, places = _table(text, width)
    parts = _notes(stories[:story], [end - story for end in ends[count:]], first_footnote)
    for name, part in parts.items():
        places[name] = (len(table), len(part) if footnotes else 0)
        table += part
    main = bytearray(_TEXT_AT)
    main += text.encode(encoding, "surrogatepass")
    pages = []
    formats = [_paragraph_format(paragraph) for paragraph in whole]
    for borders, records in (
        ([end for end, _ in runs], [bytes([len(style)]) + style if style else b"" for _, style in runs]),
        (ends, formats),
    ):
        main += bytes(-len(main) % 512)
        pages.append(len(main) // 512)
        main += _page([_TEXT_AT, *(_TEXT_AT + width * end for end in borders)], records, 1 if len(pages) == 1 else 13)
    for name, page in zip(("characters", "paragraphs"), pages, strict=True):
        places[name] = (len(table), 12)
        table += struct.pack("<III", _TEXT_AT, _TEXT_AT + width * len(text), page)
    main[:32] = struct.pack("<HHHHHHHBBHHIIHH", 0xA5EC, 0xC1, 0, 0x409, 0, 0x0200, 0xBF, 0, 0, 0, 0, _TEXT_AT,
                            _TEXT_AT + width * len(text), 0, 0)[:32]  # fmt: skip
    struct.pack_into("<H", main, 20, 256 if is_from_macintosh else 0)
    struct.pack_into("<H", main, 32, 14)
    struct.pack_into("<H", main, 62, 22)
    struct.pack_into("<I", main, 64, len(main))
    struct.pack_into("<II", main, 76, story, len(stories) - story)
    struct.pack_into("<H", main, 152, 93)
    numbers = {"styles": 1, "characters": 12, "paragraphs": 13, "pieces": 33, "lists": 73, "list overrides": 74}
    numbers |= {"footnote references": 2, "footnote texts": 3, "settings": 31}
    for name, number in numbers.items():
        struct.pack_into("<II", main, 154 + 8 * number, *places[name])
    return compound_file({"WordDocument": bytes(main), "1Table": table})


def ppt(slides: Sequence[tuple[str, Sequence[str]]], *, label: str = "", comment: str = "", notes: str = "") -> bytes:
    """A PowerPoint 97 deck: each slide's title, its points and a label; for the first slide a comment and notes."""
    outline, containers = b"", []
    for number, (title, points) in enumerate(slides):
        outline += _record(0x03F3, struct.pack("<IIIII", number + 2, 0, 0, 256 + number, 0))
        for kind, words in ((0, title), (1, "\r".join(points))):
            outline += _record(0x0F9F, struct.pack("<I", kind))
            outline += _record(0x0FA0, words.encode("utf-16-le")) if words else b""
        boxes = b"".join(_text_box(_record(0x0F9E, struct.pack("<I", place))) for place in (0, 1))
        if label:
            boxes += _text_box(_record(0x0F9F, struct.pack("<I", 4)) + _record(0x0FA0, label.encode("utf-16-le")))
        parts = _record(0x03EF, bytes(24), 2) + _drawing(boxes) + (b"" if number else _comment(comment))
        containers.append(_record(0x03EE, parts, 15))
    note_list = b""
    if notes:
        note_list = _record(0x0FF0, _record(0x03F3, struct.pack("<IIIII", len(slides) + 2, 0, 0, 512, 0)), 47)
        box = _record(0x0F9F, struct.pack("<I", 2)) + _record(0x0FA0, notes.encode("utf-16-le"))
        head = _record(0x03F1, struct.pack("<II", 256, 0), 1)
        containers.append(_record(0x03F0, head + _drawing(_text_box(box)), 15))
    document = _record(
        0x03E8, _record(0x03E9, bytes(40), 1) + _record(0x0FF0, outline, 15) + note_list + _record(0x03EA, b""), 15
    )
    stream, offsets = b"", []
    for container in (document, *containers):
        offsets.append(len(stream))
        stream += container
    directory_at = len(stream)
    stream += _record(0x1772, struct.pack(f"<I{len(offsets)}I", 1 | len(offsets) << 20, *offsets))
    edit_at = len(stream)
    stream += _record(0x0FF5, struct.pack("<IHBBIIIIHH", 256, 0, 0, 3, 0, directory_at, 1, len(offsets) + 1, 1, 0))
    user = _record(0x0FF6, struct.pack("<IIIHHBBH", 20, 0xE391C05F, edit_at, 0, 0x03F4, 3, 0, 0))
    return compound_file({"PowerPoint Document": stream, "Current User": user})


def _text_box(content: bytes) -> bytes:
    return _record(0xF004, _record(0xF00A, bytes(8), 2) + _record(0xF00D, content, 15), 15)


def _drawing(boxes: bytes) -> bytes:
    return _record(0x040C, _record(0xF002, _record(0xF003, boxes, 15), 15), 15)


def _comment(text: str) -> bytes:
    """The tags of a slide with a comment of somebody; nothing where there is none."""
    if not text:
        return b""
    strings = ((0, "Jo Roe"), (1, text))
    content = b"".join(_record(0x0FBA, words.encode("utf-16-le"), place << 4) for place, words in strings)
    blob = _record(0x138B, _record(0x2EE0, content, 15))
    tag = _record(0x138A, _record(0x0FBA, "___PPT10".encode("utf-16-le")) + blob, 15)
    return _record(0x1388, tag, 15)


def _record(kind: int, data: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(data)) + data


def _paragraph_format(paragraph: DocParagraph) -> bytes:
    changes = b""
    if paragraph.list:
        changes = struct.pack("<HB", 0x260A, paragraph.level) + struct.pack("<HH", 0x460B, paragraph.list)
    if paragraph.table:
        changes += struct.pack("<HBHB", 0x2416, 1, 0x2417, paragraph.table == "row")
    data = struct.pack("<H", paragraph.style) + changes
    size = (len(data) + 1) // 2
    return bytes([size + 1 - (len(data) % 2 == 0) if len(data) % 2 else 0, *([] if len(data) % 2 else [size])]) + data


def _page(borders: Sequence[int], records: Sequence[bytes], width: int) -> bytes:
    """A page of properties: the borders of the runs, where the properties of each are, the properties."""
    page = bytearray(512)
    page[511] = len(records)
    struct.pack_into(f"<{len(borders)}I", page, 0, *borders)
    end = 510
    for number, record in enumerate(records):
        if record:
            end = (end - len(record)) // 2 * 2
            page[end : end + len(record)] = record
            page[4 * len(borders) + width * number] = end // 2
    assert end > 4 * len(borders) + width * len(records)
    return bytes(page)


def _units(text: str) -> str:
    """The text with characters that count as two cut in halves."""
    return "".join(map(chr, memoryview(text.encode("utf-16-le")).cast("H")))


def _notes(text: str, ends: Sequence[int], first: int) -> dict[str, bytes]:
    """What the table stream says of footnotes and of how they are numbered."""
    signs = [place for place in range(len(text)) if text[place] in "\x02*"][: len(ends)]
    references = struct.pack(f"<{len(signs) + 1}I", *signs, len(text))
    references += struct.pack(f"<{len(signs)}H", *(text[place] == "\x02" for place in signs))
    texts = struct.pack(f"<{len(ends) + 2}I", 0, *ends, (ends or [0])[-1] + 1)
    settings = bytearray(500)
    struct.pack_into("<H", settings, 2, first << 2)
    return {"footnote references": references, "footnote texts": texts, "settings": bytes(settings)}


def _table(text: str, width: int) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """The beginning of the table stream, and where its parts are."""
    styles = struct.pack("<HHHHHHHHHHH", 18, len(_STYLES), 10, 0, 0, 0, 0, 0, 0, 0, 0)[:20]
    for number, kind in _STYLES.items():
        name = f"style {number}".encode("utf-16-le")
        record = (
            struct.pack("<HHHHH", kind, 1 | 0xFFF << 4, 2, 0, 0) + struct.pack("<H", len(name) // 2) + name + b"\0\0"
        )
        record += bytes(len(record) % 2) + struct.pack("<HH", 2, number) + struct.pack("<H", 0)
        styles += struct.pack("<H", len(record)) + record
    pieces = struct.pack("<BIII", 2, 16, 0, len(text)) + struct.pack(
        "<HIH", 0, _TEXT_AT if width == 2 else 2 * _TEXT_AT | 1 << 30, 0
    )
    lists = struct.pack("<H", 2)
    for identity in (1, 2):
        lists += struct.pack("<ii18xBB", identity, 0, 0, 0)
    heads = len(lists)
    for identity in (1, 2):
        for level in range(9):
            template = "\uf0b7" if identity == 2 else "".join(f"{chr(place)}." for place in range(level + 1))
            number_format = 23 if identity == 2 else 0
            lists += struct.pack("<iBB9xB8xBBBB", 1, number_format, 0, 0, 0, 0, 0, 0)
            lists += struct.pack("<H", len(template)) + template.encode("utf-16-le")
    overrides = struct.pack("<I", 2)
    overrides += b"".join(struct.pack("<i8xBBBB", identity, 0, 0, 0, 0) for identity in (1, 2)) + b"\xff" * 8
    table, places = b"", {}
    for key, part in (("styles", styles), ("pieces", pieces), ("lists", lists), ("list overrides", overrides)):
        places[key] = (len(table), heads if key == "lists" else len(part))
        table += part
    return table, places
