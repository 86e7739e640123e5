"""How the places of a document's words become rows of the store, and back: one for each 100,000 characters of its text.

So a citation needs one row, or two, however large its document is.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable

from assistant.index.rows import DocumentEntry, Row, number_of, report_damage
from assistant.structure import WINDOW, Geometry
from assistant.types import Document

_CHECKSUM_CHARS = 16  # that tell of a flipped bit


def geometry_key(version: str, number: int) -> str:
    """The key of the places of some words."""
    return f"{version}:g{number}"


def geometry_keys(entry: DocumentEntry, start: int, end: int) -> list[str]:
    """The keys of the rows that a span of a document's text needs."""
    last = min(end // WINDOW + 1, entry.geometries)
    return [geometry_key(entry.version, number) for number in range(start // WINDOW, last)]


def pack_geometry(document: Document, version: str) -> list[Row]:
    """The places of a document's words as rows; none where they aren't known."""
    windows = document.geometry.windows(len(document.text)) if document.geometry else []
    return [
        Row(geometry_key(version, number), version, _checksum(window) + b64encode(window).decode())
        for number, window in enumerate(windows)
    ]


@report_damage
def read_geometry(rows: Iterable[Row]) -> Geometry | None:
    """The places of the words of some rows that follow each other, given in any order."""
    windows = []
    for row in sorted(rows, key=lambda row: number_of(row.key)):
        window = b64decode(row.data[_CHECKSUM_CHARS:], validate=True)
        if _checksum(window) != row.data[:_CHECKSUM_CHARS]:
            raise ValueError(f"'{row.key}' is not what was written")
        windows.append(window)
    return Geometry.of_bytes(b"".join(windows))


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_CHECKSUM_CHARS]
