"""What the rows on the sides of a strip are: running text, marks of a list, or cells."""

import statistics
from collections.abc import Callable, Sequence

from assistant.readers.pdf.geometry.baselines import SAME_WORD_BASELINE
from assistant.readers.pdf.order.gutters import Row, height_of
from assistant.readers.pdf.order.row_measures import has_height, heights_of, items_of, size_of, spaces_of, width_of
from assistant.readers.pdf.page import Phrase, TableArea
from assistant.readers.pdf.wording.sentences import COLONS

_MIN_LINES_OF_PROSE = 3  # of a column
_PROSE_FILL = 0.6  # of the width of a column of prose: how much its lines fill
_MIN_PROSE_WIDTH = 12.0  # type sizes, of its lines
_MARK_WIDTH = 3.0  # type sizes: the marks of a list and the numbers of lines are no wider
_WIDE_SPACE = 0.6  # type sizes: more than between the lines of a text
_NEARLY_ALL, _MOST, _HALF, _FEW = 0.9, 0.8, 0.5, 0.2  # shares


def is_prose(rows: Sequence[Row]) -> bool:
    """Whether rows are long and fill the width of their column, as text does and cells do not."""
    if len(rows) < _MIN_LINES_OF_PROSE:
        return False
    if statistics.median(item.x1 - item.x0 for item in items_of(rows)) < _MIN_PROSE_WIDTH * size_of(rows):
        return False
    return statistics.median(sum(item.x1 - item.x0 for item in row) for row in rows) > _PROSE_FILL * width_of(rows)


def are_marks(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether one side holds the marks or numbers of the lines on the other."""
    is_narrow = any(width_of(rows) < _MARK_WIDTH * size_of(rows) for rows in (first, second))
    return is_narrow and _shared_rows(first, second) >= _HALF


def are_notes_of_prose(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether the second side holds notes to paragraphs, such as years, each beside a full line.

    Numbers of equations stand beside short lines, and those of lines beside each.
    """
    if not is_prose(first):
        return False
    heights, width = heights_of(second), width_of(first)
    beside = [row for row in first if has_height(heights, height_of(row[0]), SAME_WORD_BASELINE * row[0].size)]
    full = [row for row in beside if sum(item.x1 - item.x0 for item in row) > _MOST * width]
    return len(full) >= _NEARLY_ALL * len(second) and _MIN_LINES_OF_PROSE * len(second) <= len(first)


def are_cells(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether short lines are cells: on one baseline figures, labels and what they label, or lines set wide apart.

    Args:
        first: the side that is read first.
        second: the other.
    """
    if any(isinstance(item.content, TableArea) for item in items_of([*first, *second])):
        return False
    is_beside_prose = is_prose(first) or is_prose(second)
    if _shared_rows(first, second) < (_NEARLY_ALL if is_beside_prose else _HALF):
        return len(first) + len(second) < 2 * _MIN_LINES_OF_PROSE
    if _share(second, is_mostly_digits) > _HALF:
        return True
    return not is_prose(first) and (_are_wide_apart(first, second) or _does_one_label(first, second))


def _are_wide_apart(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether there is more space between the lines of a side than in a text."""
    return any(statistics.median(spaces_of(rows)) > _WIDE_SPACE * size_of(rows) for rows in (first, second))


def _does_one_label(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether one side labels the other: by single words, words before a colon, bold ones, or figures."""
    if max(_share(first, is_mostly_digits), _share(first, _is_label), _share(second, _is_label)) > _HALF:
        return True
    first_bold, second_bold = _share(first, _is_bold), _share(second, _is_bold)
    return max(first_bold, second_bold) >= _MOST and min(first_bold, second_bold) <= _FEW


def _shared_rows(first: Sequence[Row], second: Sequence[Row]) -> float:
    """The share of the rows of the shorter side that stand on the baseline of one on the other side."""
    heights = heights_of(second)
    shared = sum(has_height(heights, height_of(row[0]), SAME_WORD_BASELINE * row[0].size) for row in first)
    return shared / min(len(first), len(second))


def _share(rows: Sequence[Row], test: Callable[[Phrase], bool]) -> float:
    """The share of the phrases in some rows that a test holds for."""
    phrases = [item.content for item in items_of(rows) if isinstance(item.content, Phrase)]
    return sum(map(test, phrases)) / max(1, len(phrases))


def is_mostly_digits(phrase: Phrase) -> bool:
    """Whether a phrase has more digits than letters, as years and times have."""
    text = phrase.text
    return sum(character.isalpha() for character in text) < sum(character.isdigit() for character in text)


def _is_label(phrase: Phrase) -> bool:
    return sum(not word.is_glued for word in phrase.words) == 1 or phrase.words[-1].text.endswith(COLONS)


def _is_bold(phrase: Phrase) -> bool:
    return all(word.font.is_bold for word in phrase.words)
