"""Files that are written whole or not at all, and files that only their owner may read."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FORMER_SUFFIX = ".former"


def create_private(path: Path) -> BinaryIO:
    """Creates a file with permission bits 0600 and opens it for writing.

    Raises:
        OSError: the file exists already, or cannot be created.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def make_private_folder(folder: Path) -> None:
    """Creates a folder with permission bits 0700, and those above it as the umask has them. One that exists stays.

    Raises:
        OSError: it cannot be created, or is no folder.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)


def former_path(path: Path) -> Path:
    """Where a file is set aside while a new one takes its place; `assistant.home` puts it back after a kill."""
    return path.with_name(f".{path.name}{FORMER_SUFFIX}")


def flush_to_disk(file: BinaryIO) -> None:
    """Returns once the disk holds what was written so far, so that not even a power cut loses it."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def replace_file(path: Path, *, private: bool = False, draft_folder: Path | None = None) -> Iterator[BinaryIO]:
    """Opens a draft to write to; it takes the place of a file when the block ends without an error.

    Readers see the former file or the new one, never half of one. The draft has a hidden name that ends in
    ``.part``, which no folder walk takes for a document; after an error it is deleted.

    Args:
        path: the file to replace or create.
        private: whether only the owner may read it (permission bits 0600). Otherwise the process's umask decides,
            and the draft may be read back while it is written.
        draft_folder: where the draft is written, on the same file system; the file's own folder by default.

    Raises:
        OSError: the draft cannot be created or written, or cannot replace the file, which is then as it was.
    """
    draft = (draft_folder or path.parent) / f".{secrets.token_hex(8)}.part"
    draft_file = create_private(draft) if private else draft.open("xb+")
    try:
        with draft_file:
            yield draft_file
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
