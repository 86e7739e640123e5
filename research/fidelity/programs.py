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


def extract_ppt(data: bytes) -> list[Pieces]:
    """What catppt reads of a presentation.

    Raises:
        ExtractorError: it is not installed, or can't read it.
    """
    return [Pieces([_required(["catppt", "-d", "utf-8"], data, "file.ppt").replace(_PAGE_BREAK, "\n")])]


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
    import olefile  # type: ignore[import-untyped]  # it has no types

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
