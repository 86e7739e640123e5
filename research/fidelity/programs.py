"""Files of before 2007: the programs catdoc, catppt, xls2csv and antiword read them, where they are installed."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.plain import extract_csv

_SECONDS = 60
_PAGE_BREAK = "\f"


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
    return [extract_csv(_required(["xls2csv", "-d", "utf-8"], data, "file.xls").replace(_PAGE_BREAK, "\n").encode())]


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
