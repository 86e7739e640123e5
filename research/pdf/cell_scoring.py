"""A person's reading of cells beside the program's: label with groups, headers, unit and title, each right or wrong.

What is compared are words, without case, punctuation and order. The figures in them must be the same. Of the other
words a fifth may differ, for a person leaves out the mark of a note, or writes "2019" for "2019 (1)".
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from research.fidelity.words import count_words, figures
from research.pdf.cell_files import CellRow
from research.pdf.cell_readings import CellReading

_MIN_SHARE = 0.8  # of the words
_MAX_MORE = 6  # words that a title may have besides those that a person writes: a date, or the company's name


class Verdict(NamedTuple):
    """Which parts of a reading are wrong; none where the program reads the cell as the person does."""

    row: CellRow  # the person's
    program: CellReading
    wrong: tuple[str, ...]


def score(person: Iterable[CellRow], program: Iterable[CellRow]) -> list[Verdict]:
    """The verdicts on the cells that a person has read; those with a remark are no cells, and left out."""
    readings = {row.number: row.reading for row in program}
    return [
        Verdict(row, readings[row.number], _wrong_parts(row.reading, readings[row.number]))
        for row in person
        if row.number in readings and not row.reading.remark
    ]


def _wrong_parts(person: CellReading, program: CellReading) -> tuple[str, ...]:
    if program.remark:
        return (program.remark,)
    parts = {
        "label": _are_same(f"{person.group} {person.label}", f"{program.group} {program.label}"),
        "headers": _are_same(person.headers, program.headers),
        "unit": _holds(person.unit, f"{program.unit} {program.headers} {program.title}", most_more=None),
        "title": _holds(person.title, program.title, most_more=_MAX_MORE),
    }
    return tuple(name for name, is_right in parts.items() if not is_right)


def _are_same(one: str, other: str) -> bool:
    """Whether two readings have the same figures, and nearly the same words."""
    first, second = count_words(one), count_words(other)
    if figures(first) - figures(second):
        return False
    return _shares(first, second) and _shares(second, first)


def _holds(wanted: str, reading: str, *, most_more: int | None) -> bool:
    """Whether a reading has the wanted words, and not many more."""
    wanted_words, words = count_words(wanted), count_words(reading)
    if not _shares(wanted_words, words):
        return False
    return most_more is None or (words - wanted_words).total() <= max(most_more, wanted_words.total())


def _shares(wanted: Counter[str], words: Counter[str]) -> bool:
    return (wanted & words).total() >= _MIN_SHARE * wanted.total()
