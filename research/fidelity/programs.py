"""Files of before 2007: the programs catdoc, catppt, xls2csv and antiword read them, where they are installed."""

import io
import shutil
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from research.fidelity.extraction import METADATA, ExtractorError, Pieces
from research.fidelity.plain import extract_csv

_SECONDS = 60
_PAGE_BREAK = "\f"
_MASTERS = (0x03F8, 0x0FC9, 0x0FD9)  # of slides and handouts; and headers and footers
_TEXT_LIST = 0x0FF0  # with 1 in its head, that of the masters
_TEXT_ENCODINGS = {0x0FA0: "utf-16-le", 0x0FA8: "latin-1"}
_SHEET_RECORD = 0x85  # it has a sheet's name, behind its place, state, and the name's length and kind
_NAME_START = 8


def extract_doc(data: bytes) -> list[Pieces]:
    """What antiword and catdoc read of a Word file, of which neither reads all.

    Raises:
        ExtractorError: neither is installed, or can read it.
    """
    commands = (["antiword", "-m", "UTF-8.txt", "-w", "0"], ["catdoc", "-d", "utf-8", "-w"])
    texts = [_output(command, data, "file.doc") for command in commands if shutil.which(command[0])]
    found = [Pieces([text]) for text in texts if text.strip()]
    if not found:
        raise ExtractorError("antiword and catdoc are not installed, or read nothing in it")
    return found


def extract_rtf(data: bytes) -> list[Pieces]:
    """What catdoc reads of Rich Text; nothing where it isn't installed."""
    text = _output(["catdoc", "-d", "utf-8", "-w"], data, "file.rtf") if shutil.which("catdoc") else ""
    return [Pieces([text])] if text.strip() else []


def extract_ppt(data: bytes) -> list[Pieces]:
    """What catppt reads of a presentation, and what the text records in its stream hold.

    Raises:
        ExtractorError: neither is anything.
    """
    found = [_slide_texts(data)]
    if shutil.which("catppt"):
        found.append(_output(["catppt", "-d", "utf-8"], data, "file.ppt").replace(_PAGE_BREAK, "\n"))
    if not any(map(str.strip, found)):
        raise ExtractorError("no text is found in it")
    return [Pieces([text]) for text in found if text.strip()]


def _slide_texts(data: bytes) -> str:
    """The text records of the slides and their notes; not those of the masters, which say "Click to edit"."""
    import olefile  # type: ignore[import-untyped]  # it has no types

    if not olefile.isOleFile(io.BytesIO(data)):
        return ""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        stream = file.openstream("PowerPoint Document").read() if file.exists("PowerPoint Document") else b""
    texts, place = [], 0
    while place + 8 <= len(stream):
        version, kind, length = struct.unpack_from("<HHI", stream, place)
        place += 8
        is_of_masters = kind in _MASTERS or (kind == _TEXT_LIST and version >> 4 == 1)
        if version & 15 == 15 and not is_of_masters:
            continue  # what it contains comes next
        if kind in _TEXT_ENCODINGS:
            texts.append(stream[place : place + length].decode(_TEXT_ENCODINGS[kind], "replace"))
        place += length
    return "\n".join(texts).replace("\r", "\n").replace("\v", "\n")


def extract_xls(data: bytes) -> list[Pieces]:
    """What xls2csv reads of a workbook.

    Raises:
        ExtractorError: it is not installed, or can't read it.
    """
    pieces = extract_csv(_required(["xls2csv", "-d", "utf-8"], data, "file.xls").replace(_PAGE_BREAK, "\n").encode())
    pieces.add_apart(METADATA, _sheet_names(data), 2)
    return [pieces]


def _sheet_names(data: bytes) -> list[str]:
    """The names of the sheets, which xls2csv doesn't give, from the records of the workbook's stream."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        stream = file.openstream("Workbook" if file.exists("Workbook") else "Book").read()
    names, place = [], 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == _SHEET_RECORD and length > _NAME_START:
            record = stream[place + 4 : place + 4 + length]
            names.append(record[_NAME_START:].decode("utf-16-le" if record[7] & 1 else "cp1252", "replace"))
        place += 4 + length
    return names


def _required(command: list[str], data: bytes, name: str) -> str:
    if not shutil.which(command[0]):
        raise ExtractorError(f"{command[0]} is not installed")
    text = _output(command, data, name)
    if not text.strip():
        raise ExtractorError(f"{command[0]} reads nothing in it")
    return text


def _output(command: list[str], data: bytes, name: str) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            process = subprocess.run([*command, path], capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 — fixed commands
        except subprocess.TimeoutExpired:
            raise ExtractorError(f"{command[0]} takes more than {_SECONDS} s") from None
    return process.stdout.decode(errors="replace")
