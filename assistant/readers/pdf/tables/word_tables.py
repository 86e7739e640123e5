"""Whether columns of words are a table, which no figures tell from lists or from texts beside each other."""

import re
from collections.abc import Sequence

from assistant.readers.pdf.page import Ruling
from assistant.readers.pdf.tables.columns import GridLine, Zone
from assistant.readers.pdf.tables.lines import is_bold
from assistant.readers.pdf.tables.rows import are_fields

_MIN_ROWS = 3
_MIN_RULED_WIDTH = 0.6  # of the table's: rulings that are as wide part its rows
_SAME_START = 0.3  # type sizes by which the starts of a column's cells differ
_MIN_ALIGNED_SHARE = 0.85  # of the cells that begin where their column does
_LARGER = 1.15  # times the type of the rows: so large are no names of columns, but what a picture shows
_MIN_COLUMNS = 3  # of a table without a header that stands out
_MAX_DISTINCT_SHARE = 0.75  # of the cells of a column, by their texts: in a list all differ
_MIN_FULL_SHARE = 0.7  # of the rows that have something in each column
_MIN_TIMED_SHARE = 0.8  # of the labels that are times or dates
_TIME = re.compile(r"\d{1,2}[:.h]\d\d(\s?[ap]\.?m\.?)?(\s?[-\u2013]\s?(\d{1,2}[:.h]\d\d(\s?[ap]\.?m\.?)?)?)?")
_YEARS = re.compile(r"(19|20)\d\d(\s?[-\u2013/]\s?((19|20)?\d\d)?)?")


def is_word_table(lines: Sequence[GridLine], header: int, zones: Sequence[Zone], rulings: Sequence[Ruling]) -> bool:
    """Whether columns of words are a table: ruled, with names of their own, or with cells that tell of a few things.

    Args:
        lines: by columns.
        header: how many of the first ones name the columns.
        zones: the columns.
        rulings: the horizontal ones between the first line and the last.
    """
    body = [line for line in lines[header:] if len(line.pieces) > 1]
    if len(body) < _MIN_ROWS - (header > 0):  # below names of columns two rows are enough
        return False
    width = zones[-1].x1 - zones[0].x0
    wide = {round(ruling.y0) for ruling in rulings if ruling.x1 - ruling.x0 > _MIN_RULED_WIDTH * width}
    if len(wide) > 1 or (header > 0 and wide):
        return True
    if header == 0 and are_fields(body):
        return True
    return (
        len(body) >= _MIN_ROWS
        and _are_aligned(body, zones)
        and (_is_named(lines, header, zones) or _has_few_values(lines, header, len(zones)) or _are_timed(body))
    )


def _are_aligned(body: Sequence[GridLine], zones: Sequence[Zone]) -> bool:
    """Whether what stands in a column begins where the column does, and nothing reaches over two."""
    pieces = [piece for line in body for piece in line.pieces]
    aligned = sum(
        piece.first == piece.last and piece.phrase.x0 - zones[piece.first].x0 < _SAME_START * piece.phrase.size
        for piece in pieces
    )
    return aligned >= _MIN_ALIGNED_SHARE * len(pieces)


def _is_named(lines: Sequence[GridLine], header: int, zones: Sequence[Zone]) -> bool:
    """Whether bold names stand above all columns, and nothing bold in these."""
    names = [piece for line in lines[:header] for piece in line.pieces]
    body = [piece for line in lines[header:] for piece in line.pieces]
    if len({piece.first for piece in names}) < len(zones) or not all(is_bold(piece.phrase) for piece in names):
        return False
    size = max(piece.phrase.size for piece in body)
    return all(piece.phrase.size < _LARGER * size for piece in names) and not any(
        is_bold(piece.phrase) for piece in body if piece.first > 0
    )


def _has_few_values(lines: Sequence[GridLine], header: int, width: int) -> bool:
    """Whether most rows fill all of three columns or more, and words come again in one of them behind the labels."""
    body = [line for line in lines[header:] if len(line.pieces) > 1]
    if width < _MIN_COLUMNS or sum(len(line.pieces) == width for line in body) < _MIN_FULL_SHARE * len(body):
        return False
    for column in range(1, width):
        texts = [piece.phrase.text for line in body for piece in line.pieces if piece.first == column]
        has_words = sum(any(map(str.isalpha, text)) for text in texts) > 0.5 * len(texts)
        if has_words and len(set(texts)) <= _MAX_DISTINCT_SHARE * len(texts):
            return True
    return False


def _are_timed(body: Sequence[GridLine]) -> bool:
    """Whether the labels are times or years, each of what stands beside it."""
    labels = [line.label.text for line in body if line.label is not None]
    timed = sum(bool(_TIME.fullmatch(label) or _YEARS.fullmatch(label)) for label in labels)
    return timed >= max(_MIN_ROWS, _MIN_TIMED_SHARE * len(labels))
