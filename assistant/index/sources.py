"""What documents were read from: files, which may be gone by now, or nothing of ours, where they were handed over."""

import os
from contextlib import suppress
from pathlib import Path

from assistant.index.rows import DocumentEntry

HANDED_OVER = "given:"  # begins the hash of a document that was not read from a file of ours, so none can be missing
MISSING_FILE_NOTE = "its file is not there: the text is the one that was indexed"


def was_read_from_file(entry: DocumentEntry) -> bool:
    """Whether a document was read from a file, rather than handed over."""
    return not entry.file_hash.startswith(HANDED_OVER)


def file_is_missing(entry: DocumentEntry) -> bool:
    """Whether a document was read from a file that is not on this machine now; False where that can't be known."""
    try:
        if was_read_from_file(entry):
            os.stat(entry.source)  # noqa: PTH116 — half the time of a Path's, and an index may have many documents
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # as without permission, or for a file in an archive that is there
        return False
    return False


def file_on_disk(entry: DocumentEntry) -> Path | None:
    """The file that a document was read from, or the archive or mail that it came in; None where none is there."""
    if not was_read_from_file(entry):
        return None
    path = Path(entry.source)
    for place in (path, *path.parents):
        with suppress(OSError, ValueError):  # it can't be looked into now, or no file can have such a name
            if place.is_file():
                return place
            if place.exists():
                return None
    return None
