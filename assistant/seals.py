"""A seal on files that change only all at once: their hashes beside them, looked at before anything reads them.

Chroma believes what its vector files say. Of one flipped bit in them it dies of a segmentation fault, or finds other
sentences without a word.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

_NAME = "seal.json"


def seal(folder: Path) -> None:
    """Notes the hashes of all files in the folders of this folder; raises OSError where it can't be written."""
    told = {file.relative_to(folder).as_posix(): _hash(file) for file in _files(folder)}
    (folder / _NAME).write_text(json.dumps(told), "utf-8")


def broken(folder: Path) -> str | None:
    """The first file that is not as it was sealed; None where all are, or no seal was made yet."""
    try:
        told = json.loads((folder / _NAME).read_text("utf-8"))
        return next((name for name, noted in told.items() if noted != _hash(folder / name)), None)
    except FileNotFoundError as error:
        return None if str(error.filename) == str(folder / _NAME) else str(error.filename)
    except (OSError, ValueError, AttributeError):
        return _NAME


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("*/**/*")) if file.is_file())


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
