"""Whether the first row of a table names its columns, where the file doesn't say."""

import re
from collections.abc import Sequence

_NUMBER_LIKE = re.compile(r"[\s.,:/%€$£+()-]*\d[\s\d.,:/%€$£+()-]*|[\s–-]+")  # a unit alone is none
_MAX_LABEL_CHARS = 80  # of a cell that may name a column


def is_header_row(row: Sequence[str]) -> bool:
    """Whether a first row looks like a header: short, distinct labels, no figures but years, no whole sentences."""
    labels = [cell for cell in row if cell]
    return (
        len(labels) >= max(2, 2 * len(row) / 3)
        and len(set(labels)) == len(labels)
        and all(len(label) <= _MAX_LABEL_CHARS and not label.endswith((".", "!", "?")) for label in labels)
        and not any(_NUMBER_LIKE.fullmatch(label) and not _is_year(label) for label in labels)
    )


def _is_year(label: str) -> bool:
    return label.isdigit() and 1900 <= int(label) <= 2100
