"""A person's reading of cells beside the program's: label with groups, headers, unit and title, each right or wrong.

What is compared are words, without case, punctuation and order. The figures in them must be the same, but for single
digits, which are marks of notes. Of the words a fifth may differ. A person parts what they read by " > ", and writes a
question mark before a part that a reading may leave out: the company above a statement, the sentence before a table.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from research.fidelity.words import count_words, figures
from research.pdf.cell_files import CellRow
from research.pdf.cell_readings import CellReading

_MIN_SHARE = 0.8  # of the words
_PART, _OPTIONAL = " > ", "?"
# Words that a title may have besides those that a person writes, as a date: so many, and this share of its words.
_MAX_MORE, _MAX_MORE_SHARE = 6, 0.6


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
    anywhere = f"{program.unit} {program.headers} {program.title}"
    parts = {
        "label": _says(f"{person.group} > {person.label}", f"{program.group} {program.label}"),
        "headers": _says(f"{person.headers} > ?{person.unit}", program.headers),
        "unit": _holds(_Wanted.of(person.unit).required, count_words(anywhere)),
        "title": _names(f"{person.title} > ?{person.unit}", program.title),
    }
    return tuple(name for name, is_right in parts.items() if not is_right)


class _Wanted(NamedTuple):
    """The words that a person wants, and those that may be there or not."""

    required: Counter[str]
    optional: Counter[str]

    @classmethod
    def of(cls, text: str) -> "_Wanted":
        parts = [part.strip() for part in text.split(_PART)]
        return cls(
            count_words(" ".join(part for part in parts if not part.startswith(_OPTIONAL))),
            count_words(" ".join(part for part in parts if part.startswith(_OPTIONAL))),
        )


def _says(person: str, reading: str) -> bool:
    """Whether a reading has what a person wants, and hardly anything that they don't."""
    wanted, words = _Wanted.of(person), count_words(reading)
    surplus = _surplus(wanted, words)
    is_more = surplus.total() > round((1 - _MIN_SHARE) * words.total()) or bool(figures(surplus))
    return _holds(wanted.required, words) and not is_more


def _names(person: str, title: str) -> bool:
    """Whether a title is the one that a person wants, with a few words more at most."""
    wanted, words = _Wanted.of(person), count_words(title)
    allowed = min(_MAX_MORE, _MAX_MORE_SHARE * words.total())
    return _holds(wanted.required, words) and _surplus(wanted, words).total() <= allowed


def _surplus(wanted: _Wanted, words: Counter[str]) -> Counter[str]:
    surplus = words - wanted.required - wanted.optional
    return Counter({word: count for word, count in surplus.items() if len(word) > 1})


def _holds(wanted: Counter[str], words: Counter[str]) -> bool:
    """Whether the wanted figures are all among some words, and nearly all of the wanted words."""
    return not figures(wanted) - words and (wanted & words).total() >= _MIN_SHARE * wanted.total()
