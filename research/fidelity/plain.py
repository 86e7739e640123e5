"""Files of text: decoded, and taken apart by Python's own parsers."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from charset_normalizer import from_bytes

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20_000
_HEADER_ROWS = 3
_MAX_PATH = 40  # names of the elements around one
_CONTROLS = re.compile("[\x80-\x9f]")  # where one byte is a character they are in no text: it has another encoding
_ADOC_MARKUP = re.compile(r"\[.*\]$|:[\w!-]+:|//|include::|ifdef::|endif::|[|!]={3,}$|\+$")
_ADOC_MACRO = re.compile(r"\b\w+::?[^\s\[]*(?=\[)|<<[^,>]*[,>]|\[[^\]]*\](?=[#*_`])|\b\d*[.<^>a-z0-9+]*(?=\|)")
_CUE_TIME = re.compile(r"^.*-->.*$", re.MULTILINE)
_CUE_NUMBER = re.compile(r"^\d+[ \t]*\r?\n(?=.*-->)", re.MULTILINE)
_CUE_NOTE = re.compile(r"^(?:WEBVTT|NOTE|STYLE|REGION)(?=\s).*?(?:\r?\n[ \t]*\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_CUE_TAG = re.compile(r"<(?:v[ .][^>]*|/?\w[^>]*)>")
_CUE_VOICE = re.compile(r"<v(?:\.\S+)? ([^>]*)>")


def decode(data: bytes, declared: str = "", usual: str = "") -> str:
    """The text of a file: by its mark, as it declares, in UTF-8, by its null bytes, as is usual, or by a guess.

    Args:
        data: the file.
        declared: the encoding that it says it has; empty where it says nothing.
        usual: the encoding where nothing is said and it is not UTF-8; empty where none is usual.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    head = data[:_SAMPLE]
    if head.count(0) > len(head) // 4:
        zeros = [head[place::4].count(0) for place in range(4)]
        if zeros.count(max(zeros)) >= 3 or sorted(zeros)[1] > len(head) // 5:  # three of four bytes are null
            return data.decode("utf-32-be" if zeros[0] > zeros[3] else "utf-32-le", "replace")
        return data.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", "replace")
    for encoding in (declared, "utf-8", usual):
        try:
            text = data.decode(encoding or "ascii")
            if encoding == "utf-8" or not _CONTROLS.search(text):
                return text
        except (UnicodeDecodeError, LookupError):
            continue
    best = from_bytes(data[: 10 * _SAMPLE]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def extract_text(data: bytes) -> Pieces:
    """All of it."""
    return Pieces([decode(data)])


def extract_adoc(data: bytes) -> Pieces:
    """The lines of AsciiDoc; attributes, fences of blocks, and names and targets of macros are counted apart."""
    pieces = Pieces()
    for line in decode(data).splitlines():
        if _ADOC_MARKUP.match(line):
            pieces.add_apart(apart.MARKUP, [line])
        else:
            pieces.add_apart(apart.MARKUP, [match[0] for match in _ADOC_MACRO.finditer(line)])
            pieces.add(f"{_ADOC_MACRO.sub(' ', line)}\n")
    return pieces


def extract_csv(data: bytes) -> Pieces:
    """The cells of a table, by the delimiter that parts it most evenly."""
    text = decode(data)
    delimiter = max(",;\t|", key=lambda mark: _evenness(text[:_SAMPLE], mark))
    csv.field_size_limit(1 << 30)
    rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    pieces = Pieces()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            pieces.add(f"{cell}\n")
            following = next((other for other in range(place + 1, len(row)) if row[other].strip()), len(row))
            if number < _HEADER_ROWS and cell.strip() and 0 < place < following - 1:
                pieces.add_apart(apart.REPEATED, [cell], following - place - 1)  # a header over several columns
    return pieces


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row][:-1]
    except csv.Error:
        return 0, 0
    wide = [width for width in widths if width > 1]
    return (max((wide.count(width) for width in set(wide)), default=0), max(wide, default=0))


def extract_json(data: bytes) -> Pieces:
    """Keys, each at least once, and values as written; one value a line is read too.

    Raises:
        ExtractorError: it is no JSON.
    """
    text = decode(data)
    try:
        values = [_load(text)]
    except ValueError:
        try:
            values = [_load(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise ExtractorError("no JSON") from None
    pieces, seen = Pieces(), set()
    for path, value in _leaves(values):
        for key in path:
            pieces.add(f"\n{key}\n", apart.KEYS if key in seen or key.isdigit() else "")
            seen.add(key)
        pieces.add(f"\n{value}\n")
    return pieces


def _leaves(values: list[Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value that holds no other, with the keys and places that lead to it."""
    pending: list[tuple[tuple[str, ...], Any]] = [((), value) for value in reversed(values)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict) and value:
            pending += [((*path, str(key)), part) for key, part in reversed(value.items())]
        elif isinstance(value, list) and value:
            pending += [((*path, str(place)), part) for place, part in reversed([*enumerate(value)])]
        else:
            yield path, "" if isinstance(value, dict | list) else value


def _load(text: str) -> Any:
    words = {None: "null", True: "true", False: "false"}
    value = json.loads(text, parse_float=str, parse_int=str)
    return words.get(value, value) if value is None or isinstance(value, bool) else _spell(value, words)


def _spell(value: Any, words: dict[bool | None, str]) -> Any:
    if isinstance(value, dict):
        return {key: _spell(part, words) for key, part in value.items()}
    if isinstance(value, list):
        return [_spell(part, words) for part in value]
    return words[value] if value is None or isinstance(value, bool) else value


def extract_xml(data: bytes) -> Pieces:
    """The text of each element; the names of elements and their attributes apart.

    Raises:
        ExtractorError: it is no XML.
    """
    root = _xml_root(data)
    pieces = Pieces()
    pending: list[tuple[ET.Element, tuple[str, ...]]] = [(root, ())]
    while pending:
        element, path = pending.pop()
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        pieces.add("\n".join(("", *path, name, "")), apart.KEYS)
        for key, value in element.items():
            pieces.add("\n".join(("", *path, name, key.rpartition("}")[2], value, "")), apart.KEYS)
        pieces.add(f"\n{element.text or ''}\n")
        below = (*path[-_MAX_PATH:], name)
        pending += [(part, (*below, str(place))) for place, part in reversed([*enumerate(element)])]
        pieces.add(f"\n{element.tail or ''}\n")
    return pieces


def _xml_root(data: bytes) -> ET.Element:
    for content in (data, decode(data)):  # a file may declare an encoding that it doesn't have
        try:
            return ET.fromstring(content)  # noqa: S314 — the developer's own test files
        except ET.ParseError:
            continue
    raise ExtractorError("no XML")


def extract_cues(data: bytes) -> Pieces:
    """The words of a transcript's cues and who speaks them; times and numbers apart."""
    text = decode(data)
    pieces = Pieces()
    times = _CUE_TIME.findall(text)
    pieces.add_apart(apart.COMPUTED, [re.sub(r"\D+", " ", line) for line in times])
    pieces.add_apart(apart.METADATA, _CUE_NOTE.findall(text))
    pieces.add_apart(apart.COMPUTED, _CUE_NUMBER.findall(text))
    words = _CUE_NOTE.sub("\n", _CUE_NUMBER.sub("", text).removeprefix("\ufeff"))
    pieces.add(_CUE_TAG.sub("", _CUE_VOICE.sub(" \\1 ", _CUE_TIME.sub("", words))))
    return pieces


def extract_yaml(data: bytes) -> Pieces:
    """All of it; comments are counted apart, and so are the keys that lead to each value."""
    import yaml

    pieces = Pieces()
    try:
        values = [*yaml.safe_load_all(decode(data))]
    except yaml.YAMLError:
        values = []
    pieces.add_apart(apart.KEYS, [key for path, _ in _leaves(values) for key in path])
    for line in decode(data).splitlines():
        words, mark, comment = line.partition(" #") if not line.lstrip().startswith("#") else ("", "#", line)
        pieces.add(f"{words}\n")
        if mark:
            pieces.add(f"{comment}\n", apart.MARKUP)
    return pieces
