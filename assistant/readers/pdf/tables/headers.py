"""Which lines of a table name its columns."""

import re
from collections.abc import Sequence

from assistant.readers.header_rows import is_header_row
from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.tables.columns import GridLine
from assistant.readers.pdf.tables.rows import are_fields
from assistant.readers.pdf.wording.figures import is_figure, is_year

_NEXT_LINE = 1.3  # type sizes between the baselines of two lines of a name
_NOTE_SIZE = 0.85  # of the size of the names above: the marks of notes are smaller
_YEAR = re.compile(r"\(?(19|20)\d\d([-/\u2013]\d{2,4})?\)?[^\w\s%.,]?(\(\w\))?")
_NUMBER = re.compile(r"\d{1,2}[^\W\d]{0,2}|\d+\s?[-\u2013](\s?\d+)?")  # as in "1st quarter", or "1 - 5 years"
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")


def count_header_lines(lines: Sequence[GridLine]) -> int:
    """How many of the first lines name the columns: those before the first with a figure, or with a label alone."""
    count = 0
    while count < len(lines) and (
        _names_columns(lines[count], lines[count - 1] if count else None)
        or _stands_between(lines[count - 1 : count + 2])
        or _begins_names(lines[count : count + 2])
    ):
        count += 1
    if are_fields(lines):
        return 0
    body = [line for line in lines[count:] if line.values]
    if body and sum(line.has_figures for line in body) >= 0.5 * len(body):
        return count
    return _count_set_off(lines) or int(len(lines) > 2 and len(lines[0].pieces) > 2 and _is_plain_header(lines))


def next_header(lines: Sequence[GridLine], header: int) -> int:
    """The index of the line below the header and some rows that names columns anew; the number of lines if none does.

    It has the names of the header again, or no label, and names that can't be values: years above other figures, or
    bold words.
    """
    names = [piece.phrase.text for piece in lines[header - 1].values] if header else []
    for index in range(header + 2, len(lines) - 1):
        line, below = lines[index], lines[index + 1]
        if len(names) > 1 and [piece.phrase.text for piece in line.values] == names:
            return _start_of_names(lines, index, header)
        has_figures = below.has_figures or (index + 2 < len(lines) and lines[index + 2].has_figures)
        if line.label is None and below.label is not None and _renames(line) and has_figures:
            return index
    return len(lines)


def _start_of_names(lines: Sequence[GridLine], index: int, header: int) -> int:
    """The index at which a header begins again: at a line of names, or above it at lines over several columns."""
    while index > header + 1 and lines[index - 1].label is None and not lines[index - 1].has_figures_but_years:
        index -= 1
    return index


def _renames(line: GridLine) -> bool:
    names = line.line.parts  # which may reach over several columns of the rows above
    if len(names) < 2 or not all(map(may_name_column, names)):
        return False
    return any(map(is_year, names)) or (line.line.is_bold and not any(map(is_figure, names)))


def _names_columns(line: GridLine, above: GridLine | None) -> bool:
    """Whether a line names columns; the first one, or one below a line that does."""
    values = [piece.phrase for piece in line.values]
    if not values or (len(line.pieces) > 1 and all(": " in piece.phrase.text for piece in line.pieces)):
        return False  # nothing, or fields with their values
    if all(may_name_column(value) or (above is not None and _is_note_mark(value, above)) for value in values):
        return True
    has_words = 2 * sum(map(is_figure, values)) <= len(values)
    return has_words and above is not None and (line.label is None or (line.line.is_bold and above.line.is_bold))


def _begins_names(lines: Sequence[GridLine]) -> bool:
    """Whether the first of two lines holds the numbers with which names begin that go on in the second."""
    if len(lines) < 2 or lines[0].label is not None or not lines[0].values:
        return False
    upper, lower = ([piece.phrase for piece in line.values] for line in lines)
    is_near = lines[1].line.baseline - lines[0].line.baseline < _NEXT_LINE * lines[0].line.size
    are_numbers = all(may_name_column(name) or _NUMBER.fullmatch(name.text) for name in upper)
    return is_near and are_numbers and bool(lower) and not any(map(is_figure, lower))


def _is_note_mark(value: Phrase, above: GridLine) -> bool:
    """Whether what looks like a figure is the mark of a note, in smaller type than the names above."""
    return value.size < _NOTE_SIZE * above.line.size


def _stands_between(lines: Sequence[GridLine]) -> bool:
    """Whether the second of three lines is the name of the labels, half way between lines of other names."""
    if len(lines) < 3 or lines[1].values or lines[2].label is not None:
        return False
    is_near = lines[2].line.baseline - lines[0].line.baseline < 2 * lines[1].line.size
    return is_near and all(may_name_column(piece.phrase) for piece in lines[2].values)


def may_name_column(phrase: Phrase) -> bool:
    """Whether a cell may name a column: words, a year or a date, but no other figure."""
    text = "".join(word.text for word in phrase.words if not word.rise)
    return not is_figure(phrase) or _YEAR.fullmatch(text) is not None or _DATE.fullmatch(text) is not None


def _count_set_off(lines: Sequence[GridLine]) -> int:
    """How many of the first lines of a table without figures are bold, where none of the next ones is."""
    count = next((index for index, line in enumerate(lines) if not line.line.is_bold), 0)
    return 0 if any(line.line.is_bold for line in lines[count:]) else count


def _is_plain_header(lines: Sequence[GridLine]) -> bool:
    """Whether the first line of a table of words names its columns: there is a name for each."""
    names = [piece.phrase.text for piece in lines[0].pieces]
    is_whole = len(names) == max(len(line.pieces) for line in lines) and lines[1].label is not None
    return is_whole and is_header_row(names) and not any(name.endswith(":") for name in names)
