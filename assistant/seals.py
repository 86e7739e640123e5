"""A seal on files that change only all at once: their checksums beside them, looked at before anything reads them.

Chroma believes what its vector files say. Of one flipped bit in them it dies of a segmentation fault, or finds other
sentences without a word. It is damage that is looked for, not deceit, so a CRC is enough: 2.4 GB a second and core,
where SHA-256 takes twice as long.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_NAME = "seal.json"
_BLOCK = 1 << 22  # bytes read at a time
_SHA256 = 64  # digits


def seal(folder: Path) -> None:
    """Notes the checksums of all files in the folders of this folder; raises OSError where it can't be written."""
    files = list(_files(folder))
    with ThreadPoolExecutor() as threads:
        sums = list(threads.map(_checksum, files))
    told = {file.relative_to(folder).as_posix(): each for file, each in zip(files, sums, strict=True)}
    (folder / _NAME).write_text(json.dumps(told), "utf-8")


def broken(folder: Path) -> str | None:
    """The first file that is not as it was sealed; None where all are, or no seal was made yet."""
    try:
        told = dict(json.loads((folder / _NAME).read_text("utf-8")))
        with ThreadPoolExecutor() as threads:
            sound = threads.map(lambda name: _is_sound(folder / name, told[name]), told)
            return next((name for name, whole in zip(told, sound, strict=True) if not whole), None)
    except FileNotFoundError as error:
        return None if str(error.filename) == str(folder / _NAME) else str(error.filename)
    except (OSError, ValueError, AttributeError, TypeError):
        return _NAME


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("*/**/*")) if file.is_file())


def _is_sound(file: Path, noted: str) -> bool:
    return noted == (_hash(file) if len(noted) == _SHA256 else _checksum(file))


def _checksum(file: Path) -> str:
    found = 0
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            found = zlib.crc32(block, found)
    return f"{found:08x}"


def _hash(file: Path) -> str:
    """What indexes of before November 2026 are sealed with."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
