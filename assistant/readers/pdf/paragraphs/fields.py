"""Fields: a label with a colon, and its value behind a wide gap."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise
from typing import NamedTuple

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Cell, Phrase, Piece, TableArea, Word, join_words
from assistant.readers.pdf.paragraphs.lines import Line
from assistant.readers.pdf.wording.caption_labels import is_caption
from assistant.readers.pdf.wording.sentences import COLONS

_WIDE_GAP_RATIO = 2.0  # times the usual gap of the line: justified lines have wide spaces
_WIDE_GAP = 0.8  # type sizes between a label and its value
_MAX_LABEL_CHARS = 80  # of a field
_LABELS_SHARE = 0.7  # of the cells of a column of labels, and of the rows of a form, at least
_SAME_INDENT = 0.5  # type sizes


class Field(NamedTuple):
    """A label and its value."""

    label: str  # without its colon
    label_words: tuple[Word, ...]
    first_line: Phrase  # of the value


def field_of(line: Line) -> Field | None:
    """The field that a line holds, or that begins with it; None where it holds none."""
    if not any(colon in line.text[1:_MAX_LABEL_CHARS] for colon in COLONS) or is_caption(line.text):
        return None
    words = line.phrase.words
    index = next((index for index, word in enumerate(words) if word.text.endswith(COLONS)), len(words))
    label = join_words(words[: index + 1])
    if index + 1 >= len(words) or len(label) > _MAX_LABEL_CHARS or not _is_set_apart(words, index, line.em):
        return None
    return Field(label[:-1].rstrip(), words[: index + 1], phrase_of(words[index + 1 :]))


def is_in_value(line: Line, field: Field) -> bool:
    """Whether a line stands below the first one of a value, and goes on with it."""
    return abs(line.phrase.x0 - field.first_line.x0) < _SAME_INDENT * line.em


def fields_of(table: TableArea) -> list[Piece]:
    """The fields of a form that is laid out as a table; nothing for any other table.

    Each of its labels stands left of its value, in a column of labels, most of which end with a colon.
    """
    rows = [_by_column(row) for row in table.rows]
    labels: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for row in rows:
        filled.update(column for column, cell in row.items() if cell.lines)
        labels.update(column for column, cell in row.items() if cell.text.endswith(COLONS))
    label_columns = {column for column, count in labels.items() if count >= _LABELS_SHARE * filled[column]}
    first_columns = [min((column for column, cell in row.items() if cell.lines), default=-1) for row in rows]
    named = sum(column in label_columns for column in first_columns)
    if (
        not label_columns
        or named < _LABELS_SHARE * len(rows)
        or 2 * sum(filled[column] for column in label_columns) < filled.total()
    ):
        return []
    title = [Piece("caption", table.title)] if table.title else []
    return [*title, *(field for row in rows for field in _row_fields(row, label_columns))]


def _by_column(row: Sequence[Cell]) -> dict[int, Cell]:
    """The cells of a row by the column that they begin in."""
    columns = accumulate((cell.columns for cell in row), initial=0)
    return dict(zip(columns, row, strict=False))


def _row_fields(row: dict[int, Cell], label_columns: AbstractSet[int]) -> Iterator[Piece]:
    """The fields in a row; a label without a value is a paragraph, and so is a value without a label."""
    label: tuple[Phrase, ...] = ()
    values: tuple[Phrase, ...] = ()
    for column, cell in [*sorted(row.items()), (min(label_columns), Cell())]:
        if column not in label_columns:
            values += cell.lines
            continue
        if label and values:
            words = tuple(word for line in label for word in line.words)
            yield Piece("field", values, label=join_words(words).rstrip(": \uff1a"), mark_words=words)
        elif label or values:
            yield Piece("paragraph", label or values)
        label, values = cell.lines, ()


def _is_set_apart(words: Sequence[Word], index: int, em: float) -> bool:
    """Whether the gap behind a word of a line is wider than the line's usual one."""
    gaps = [right.x0 - left.x1 for left, right in pairwise(words)]
    others = gaps[:index] + gaps[index + 1 :]
    return gaps[index] > max(_WIDE_GAP * em, _WIDE_GAP_RATIO * statistics.median(others) if others else 0)
