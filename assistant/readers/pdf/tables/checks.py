"""Whether lines in columns are a table, rather than a list, contents, or prose in columns."""

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.readers.pdf.page import Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, Zone
from assistant.readers.pdf.tables.word_tables import is_word_table
from assistant.readers.pdf.wording.figures import is_figure
from assistant.readers.pdf.wording.sentences import COLONS, ends_sentence

_MARK = re.compile(
    r"[^\w\s]{1,2}|[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxlcIVXLC]{1,6})[.)\]:]{0,2}|\(?\*+\)?|[†‡§]+"
)
_NUMBERED = re.compile(r"[(\[](\d{1,4})[a-z]?[)\]]")
_PAGE = re.compile(r"(?:[A-Z]{1,2}-?)?(\d{1,4})|[ivxlc]{1,7}")
_PROSE_WIDTH, _PROSE_FILL = 10.0, 0.8  # of a line of prose, in type sizes; and as a share of its column
_FIELDS_SHARE = 0.8  # of the lines of a form
_MARKS_SHARE, _WORDS_SHARE = 0.7, 0.5  # of the labels of a list that are marks, and of the rest that is words
_MIN_ENTRIES, _MIN_BARE_ENTRIES = 3, 5  # of contents, and of contents without leaders
_PAGES_SHARE, _RISING_SHARE = 0.8, 0.9  # of the lines of contents that end with pages, and of these that rise
_MAX_FIGURES_SHARE = 0.2  # of the lines of contents: so many may have several figures
_LEADERS_SHARE = 0.5  # of the lines of contents with leaders
_BREAK = 1.25  # of the usual distance of lines: what is further down begins after a space
_FILLED_SHARE, _ROWS_SHARE = 0.6, 0.8  # of the columns that the first line of a row fills, and of such lines
_FIGURES_SHARE = 0.5  # of what stands in a column of figures
_LINES_BESIDE_NOTE, _MIN_PARAGRAPHS = 2.5, 2  # lines of a paragraph with a note beside it, and such paragraphs
_AXIS_SHARE = 0.75  # of what stands along the axis of a chart: so much is figures
_ENDS_SHARE = 0.8  # of such paragraphs that end with a sentence


def is_table(lines: Sequence[GridLine], header: int, zones: Sequence[Zone], rulings: Sequence[Ruling]) -> bool:
    """Whether lines in columns are a table.

    Args:
        lines: by columns.
        header: how many of the first ones name the columns.
        zones: the columns.
        rulings: the horizontal ones between the first line and the last.
    """
    body = lines[header:]
    several = [line for line in body if len(line.pieces) > 1]
    if not several or len(zones) < 2 or len(several) + header < 2:
        return False
    if (
        _is_form(lines)
        or _is_list(several, zones)
        or _is_contents(several)
        or (header == 0 and _are_numbered(several))
        or (_is_running_text(lines, zones) and not _has_rows(body))
        or (header == 0 and _is_beside_notes(lines, zones))
    ):
        return False
    with_figures = sum(line.has_figures for line in several)
    if with_figures >= 2 and _has_figure_column(several, len(zones)):
        return True
    is_only_row = with_figures == 1 and header > 0
    if is_only_row and len(several) == 1 and not rulings and _is_axis(several[0]):
        return False
    return is_only_row or is_word_table(lines, header, zones, rulings)


def _is_axis(line: GridLine) -> bool:
    """Whether a line is figures, with one where a label would be, as the marks along the axis of a chart."""
    figures = sum(is_figure(piece.phrase) for piece in line.pieces)
    return line.label is not None and is_figure(line.label) and figures >= _AXIS_SHARE * len(line.pieces)


def _is_form(lines: Sequence[GridLine]) -> bool:
    """Whether the lines hold fields of a form: each value has a label of its own before it, that ends with a colon."""
    several = [line for line in lines if len(line.pieces) > 1]
    fields = sum(
        line.pieces[0].phrase.text.endswith(COLONS)
        and 2 * sum(piece.phrase.text.endswith(COLONS) for piece in line.pieces) >= len(line.pieces)
        for line in several
    )
    return fields >= _FIELDS_SHARE * len(several)


def _is_list(lines: Sequence[GridLine], zones: Sequence[Zone]) -> bool:
    """Whether the lines are items, with their marks in the first of two columns."""
    marks = [line.label for line in lines if line.label is not None]
    texts = [piece.phrase for line in lines for piece in line.values]
    return (
        len(zones) == 2
        and sum(_MARK.fullmatch(mark.text) is not None for mark in marks) >= _MARKS_SHARE * len(marks)
        and sum(not is_figure(text) for text in texts) >= _WORDS_SHARE * len(texts)
    )


def _are_numbered(lines: Sequence[GridLine]) -> bool:
    """Whether the lines end with numbers in brackets that count on, as equations do."""
    ends = [_NUMBERED.fullmatch(line.pieces[-1].phrase.text) for line in lines]
    numbers = [int(end[1]) for end in ends if end]
    return len(numbers) == len(ends) and all(left < right <= left + 2 for left, right in pairwise(numbers))


def _is_contents(lines: Sequence[GridLine]) -> bool:
    """Whether the lines end with the numbers of pages, which go up."""
    ends = [line.pieces[-1].phrase.text for line in lines if len(line.pieces) > 1]
    pages = [match for end in ends if (match := _PAGE.fullmatch(end.split("-")[0] if end[0].isdigit() else end))]
    if len(ends) < _MIN_ENTRIES or len(pages) < _PAGES_SHARE * len(ends):
        return False
    figure_counts = [sum(is_figure(piece.phrase) for piece in line.values) for line in lines]
    if sum(count > 1 for count in figure_counts) > _MAX_FIGURES_SHARE * len(lines):
        return False
    numbers = [int(page[1]) for page in pages if page[1]]
    rising = sum(left <= right for left, right in pairwise(numbers))
    has_leaders = sum(line.line.has_leaders for line in lines) > _LEADERS_SHARE * len(lines)
    return rising >= _RISING_SHARE * (len(numbers) - 1) and (has_leaders or len(numbers) >= _MIN_BARE_ENTRIES)


def _is_running_text(lines: Sequence[GridLine], zones: Sequence[Zone]) -> bool:
    """Whether text flows in two columns at least: three lines in a row fill each."""
    return sum(_flows(lines, column, zone) for column, zone in enumerate(zones)) > 1


def _is_beside_notes(lines: Sequence[GridLine], zones: Sequence[Zone]) -> bool:
    """Whether paragraphs of prose have short notes beside them, such as years: each ends with a sentence."""
    wide = max(range(len(zones)), key=lambda column: zones[column].x1 - zones[column].x0)
    starts = [index for index, line in enumerate(lines) if len(line.pieces) > 1]
    paragraphs = len(starts) - 1  # whose ends are known: the last one may go on below the lines
    if len(zones) != 2 or paragraphs < _MIN_PARAGRAPHS or not _flows(lines, wide, zones[wide]):
        return False
    last_lines = [lines[index - 1].pieces for index in starts[1:]]
    ends = [piece.phrase.text for pieces in last_lines for piece in pieces if piece.first == piece.last == wide]
    is_long = starts[-1] - starts[0] >= _LINES_BESIDE_NOTE * paragraphs
    return is_long and sum(map(ends_sentence, ends)) >= _ENDS_SHARE * paragraphs


def _has_rows(lines: Sequence[GridLine]) -> bool:
    """Whether lines after a space begin in most columns, as rows of several lines do."""
    distances = [below.line.baseline - above.line.baseline for above, below in pairwise(lines)]
    if not distances:
        return False
    usual = sorted(distances)[len(distances) // 4]
    starts = [line for distance, line in zip(distances, lines[1:], strict=True) if distance > _BREAK * usual]
    most = max(len(line.pieces) for line in lines)
    filled = sum(len(line.pieces) > _FILLED_SHARE * most for line in starts)
    return len(starts) > 1 and filled >= _ROWS_SHARE * len(starts)


def _flows(lines: Sequence[GridLine], column: int, zone: Zone) -> bool:
    """Whether text flows in a column: three lines in a row fill it."""
    run = 0
    for line in lines:
        phrase = next((piece.phrase for piece in line.pieces if piece.first == piece.last == column), None)
        run = run + 1 if phrase is not None and _is_full(phrase, zone) else 0
        if run > 2:
            return True
    return False


def _is_full(phrase: Phrase, zone: Zone) -> bool:
    width = zone.x1 - zone.x0
    return width > _PROSE_WIDTH * phrase.size and phrase.x1 - phrase.x0 > _PROSE_FILL * width and len(phrase.words) > 3


def _has_figure_column(lines: Sequence[GridLine], width: int) -> bool:
    """Whether half of what stands in a column is figures."""
    figures, filled = [0] * width, [0] * width
    for line in lines:
        for piece in line.values:
            filled[piece.first] += 1
            figures[piece.first] += is_figure(piece.phrase)
    return any(count > 1 and count >= _FIGURES_SHARE * among for count, among in zip(figures, filled, strict=True))
