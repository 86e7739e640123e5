"""Lines of columns → paragraphs, headings, items and code, within their columns and over columns and pages."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from assistant.readers.pdf.body_style import WIDE_LEADING, BodyStyle
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Column, PageLayout, Piece, TableArea
from assistant.readers.pdf.paragraphs.breaks import ColumnText, begins_passage
from assistant.readers.pdf.paragraphs.fields import field_of, fields_of
from assistant.readers.pdf.paragraphs.flow import Passage, join_over_breaks
from assistant.readers.pdf.paragraphs.headings import Surroundings, heading_levels, is_heading
from assistant.readers.pdf.paragraphs.idle_headings import without_idle_headings
from assistant.readers.pdf.paragraphs.lines import column_lines
from assistant.readers.pdf.paragraphs.list_levels import with_item_levels
from assistant.readers.pdf.paragraphs.list_marks import accepted_marks
from assistant.readers.pdf.paragraphs.split_words import with_words_together
from assistant.readers.pdf.wording.sentences import ends_sentence

_ADDRESS_SIGNS = ("@", "://", "www.")  # papers set addresses in the type of code
_UNEVEN = 0.35  # the share by which character recognition may get the sizes of lines wrong


def paragraphs_of(layouts: Sequence[PageLayout], style: BodyStyle) -> list[Piece]:
    """The paragraphs, headings, items and tables of a document.

    Args:
        layouts: its pages, without running heads, page numbers and footnotes.
        style: what is usual in it.
    """
    passages = [passage for layout in layouts for passage in _page_passages(layout, style)]
    passages = without_idle_headings(join_over_breaks(passages), style)
    return [passage.piece for passage in with_item_levels(_with_heading_levels(passages))]


def _page_passages(layout: PageLayout, style: BodyStyle) -> Iterator[Passage]:
    for item in _join_columns(with_words_together(layout.items), style):
        if isinstance(item, Column):
            passages = _column_passages(_with_even_sizes(item) if layout.is_recognised else item, style)
        else:
            passages = map(Passage, fields_of(item) or [Piece("table", table=item)])
        for passage in passages:
            piece = replace(passage.piece, is_recognised=True) if layout.is_recognised else passage.piece
            yield replace(passage, piece=piece)


def _with_even_sizes(column: Column) -> Column:
    """A column whose lines are of one size where they are nearly so: character recognition tells sizes badly."""
    usual = statistics.median(line.size for line in column.lines)
    return Column(
        tuple(replace(line, size=usual) if abs(line.size - usual) < _UNEVEN * usual else line for line in column.lines)
    )


def _join_columns(items: Sequence[Column | TableArea], style: BodyStyle) -> list[Column | TableArea]:
    """The columns and tables of a page; columns whose lines go on right below each other are one."""
    joined: list[Column | TableArea] = []
    for item in items:
        last = joined[-1] if joined else None
        if isinstance(item, Column) and isinstance(last, Column) and _is_right_below(item, last, style):
            joined[-1] = Column(last.lines + item.lines)
        else:
            joined.append(item)
    return joined


def _is_right_below(column: Column, above: Column, style: BodyStyle) -> bool:
    last, first = above.lines[-1], column.lines[0]
    distance = first.baseline - last.baseline
    overlaps = first.x0 < last.x1 and last.x0 < first.x1
    return overlaps and 0 < distance <= WIDE_LEADING * style.leading(max(first.size, last.size))


def _column_passages(column: Column, style: BodyStyle) -> Iterator[Passage]:
    """The passages of a column, in their order."""
    lines = column_lines(column, style)
    text = ColumnText(lines, accepted_marks(lines), style)
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or begins_passage(text, start, index):
            yield Passage(
                _piece(text, start, index), tuple(lines[start:index]),
                is_first=start == 0, is_last=index == len(lines), is_boxed=column.right < inf,
            )  # fmt: skip
            start = index


def _piece(text: ColumnText, start: int, end: int) -> Piece:
    """Some lines of a column as a piece."""
    lines, mark = text.lines[start:end], text.marks[start]
    phrases = tuple(line.phrase for line in lines)
    if is_heading(lines, mark, _surroundings(text, start, end), text.style):
        return Piece("heading", phrases)
    if mark:
        mark_word, *words = phrases[0].words
        return Piece(
            "item", (phrase_of(words), *phrases[1:]),
            mark=mark.shown, mark_words=(mark_word,), is_ticked=mark.is_ticked,
        )  # fmt: skip
    if field := field_of(lines[0]):
        return Piece("field", (field.first_line, *phrases[1:]), label=field.label, mark_words=field.label_words)
    is_address = len(lines) == 1 and any(sign in lines[0].text for sign in _ADDRESS_SIGNS)
    if all(line.is_monospaced for line in lines) and not is_address:
        return Piece("code", phrases)
    return Piece("paragraph", phrases)


def _surroundings(text: ColumnText, start: int, end: int) -> Surroundings:
    """What stands around some lines of a column."""
    is_first, is_last = start == 0, end == len(text.lines)
    return Surroundings(
        None if is_first else _distance(text, start),
        is_first or ends_sentence(text.lines[start - 1].text),
        0.0 if is_last else _distance(text, end),
        None if is_last else text.lines[end],
        None if is_last else text.marks[end],
    )


def _distance(text: ColumnText, index: int) -> float:
    """How far a line stands below the one above, in times the usual distance."""
    above, line = text.lines[index - 1].phrase, text.lines[index].phrase
    return (line.baseline - above.baseline) / text.style.leading(line.size)


def _with_heading_levels(passages: Sequence[Passage]) -> list[Passage]:
    levels = iter(heading_levels([passage.lines[0] for passage in passages if passage.piece.kind == "heading"]))
    return [
        replace(passage, piece=replace(passage.piece, level=next(levels)))
        if passage.piece.kind == "heading"
        else passage
        for passage in passages
    ]
