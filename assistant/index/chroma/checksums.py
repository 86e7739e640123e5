"""A seal on files that change only all at once: their checksums beside them, looked at before anything reads them.

Chroma believes what its vector files say. Of one flipped bit in them it dies of a segmentation fault, or finds other
sentences without a word. It is damage that is looked for, not deceit, so a CRC is enough: 2.4 GB a second and core,
where SHA-256 takes twice as long.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

_NAME = "seal.json"
_BLOCK = 1 << 24  # bytes of a file that one thread reads
_SHA256 = 64  # digits


def seal(folder: Path) -> None:
    """Notes the checksums of all files in the folders of this folder; raises OSError where it can't be written."""
    with ThreadPoolExecutor() as threads:
        told = {file.relative_to(folder).as_posix(): _checksum(file, threads) for file in _files(folder)}
    (folder / _NAME).write_text(json.dumps(told), "utf-8")


def broken(folder: Path) -> str | None:
    """The first file that is not as it was sealed; None where all are, or no seal was made yet."""
    try:
        told = dict(json.loads((folder / _NAME).read_text("utf-8")))
        with ThreadPoolExecutor() as threads:
            return next((name for name, noted in told.items() if not _is_sound(folder / name, noted, threads)), None)
    except FileNotFoundError as error:
        return None if str(error.filename) == str(folder / _NAME) else str(error.filename)
    except (OSError, ValueError, AttributeError, TypeError):
        return _NAME


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("*/**/*")) if file.is_file())


def _is_sound(file: Path, noted: str, threads: Executor) -> bool:
    return noted == (_hash(file) if len(noted) == _SHA256 else _checksum(file, threads))


def _checksum(file: Path, threads: Executor) -> str:
    """The CRC of the CRCs of a file's blocks, with its size."""
    size = file.stat().st_size
    sums = threads.map(lambda start: _block(file, start), range(0, size, _BLOCK))
    return f"{size}-{zlib.crc32(','.join(map(str, sums)).encode()):08x}"


def _block(file: Path, start: int) -> int:
    with file.open("rb") as opened:
        opened.seek(start)
        return zlib.crc32(opened.read(_BLOCK))


def _hash(file: Path) -> str:
    """What indexes of before November 2026 are sealed with."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
