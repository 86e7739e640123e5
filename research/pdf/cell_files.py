"""The files that a draw of cells writes, and a person fills in: one row a cell, as comma-separated values."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from research.pdf.cell_readings import FIELDS, CellReading

_PLACE_COLUMNS = ("number", "picture", "file", "page", "figure", "box")


class CellRow(NamedTuple):
    """A drawn cell, and what somebody reads of it."""

    number: int
    picture: str
    file: str
    page: int
    figure: str
    box: str
    reading: CellReading


def write_rows(path: Path, rows: Iterable[CellRow]) -> None:
    """Writes rows, those of a person with empty readings."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_PLACE_COLUMNS, *FIELDS])
        for row in rows:
            writer.writerow([*row[:-1], *(getattr(row.reading, name) for name in FIELDS)])


def read_rows(path: Path) -> list[CellRow]:
    """The inverse of `write_rows`.

    Raises:
        KeyError: a column is missing.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            CellRow(
                *(int(row["number"]), row["picture"], row["file"], int(row["page"]), row["figure"], row["box"]),
                CellReading(*(row[name].strip() for name in FIELDS)),
            )
            for row in csv.DictReader(file)
        ]
