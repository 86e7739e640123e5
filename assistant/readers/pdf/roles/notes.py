"""Footnotes: lines in smaller type at the foot of a column that begin with a mark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.page import Column, PageLayout, Phrase, Piece, TableArea, Word
from assistant.readers.pdf.roles.note_marks import (
    Opening,
    explained_marks,
    marks_like,
    next_opening,
    opening_of,
    referring_words,
    surely_referring,
    symbols_at_ends,
)
from assistant.readers.pdf.wording.sentences import ends_sentence
from assistant.segmentation.roles import role_of_heading

_SMALLER = 0.94  # times the size of the body: the largest type of notes
_SAME_SIZE = 0.05  # the share by which the lines of one note may differ in size
_LOWER_PART = 0.5  # of the page, in which notes in the size of the body begin
_LABEL = "footnote"


@dataclass(frozen=True, slots=True)
class _Row:
    """The phrases on one baseline of a column."""

    phrases: tuple[Phrase, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """All its words."""
        return tuple(word for phrase in self.phrases for word in phrase.words)

    @property
    def size(self) -> float:
        """Of the type in which most of it is set."""
        return max(self.phrases, key=lambda phrase: phrase.x1 - phrase.x0).size


class _NoteLine(NamedTuple):
    """A line of a note, or the part of one where several notes share it.

    Attributes:
        line: without the note's mark.
        mark: of the note that begins with it; "" where it goes on with the last.
        mark_words: what the mark is printed as.
    """

    line: Phrase
    mark: str = ""
    mark_words: tuple[Word, ...] = ()


def extract_notes(layouts: Sequence[PageLayout], style: BodyStyle) -> tuple[list[PageLayout], list[Piece]]:
    """Takes the footnotes out of the text of the pages.

    They stand at the end of a column, in type that is smaller than that of the body or behind a raised mark that the
    text refers to. A note that isn't at its end goes on at the foot of the next page.

    Args:
        layouts: the pages, without running heads and page numbers.
        style: what is usual in the document.

    Returns:
        The pages without them, and a piece for each note, in order.
    """
    note_lines: list[_NoteLine] = []
    kept: list[PageLayout] = []
    for layout in layouts:
        page = _PageNotes(layout, style)
        items: list[Column | TableArea] = []
        for index, item in enumerate(layout.items):
            rows = _rows(item) if isinstance(item, Column) else []
            start = page.start_of_notes(rows, index, note_lines[-1].line if note_lines else None)
            note_lines += _note_lines(rows[start:], note_lines)
            if start == len(rows):
                items.append(item)
            elif start and isinstance(item, Column):
                items.append(replace(item, lines=tuple(phrase for row in rows[:start] for phrase in row.phrases)))
        kept.append(replace(layout, items=tuple(items)))
    return kept, list(_pieces(note_lines))


class _PageNotes:
    """Tells where the notes of a page begin."""

    def __init__(self, layout: PageLayout, style: BodyStyle) -> None:
        self._layout = layout
        self._small = _SMALLER * style.size
        lines = [line for item in layout.items for line in _lines(item)]
        referring = list(referring_words(lines))
        self._referred = {mark for _, mark in referring}
        self._bracketed = {mark for word, _ in referring for mark in marks_like("[", word.text)}
        self._explained = explained_marks(lines)
        self._surely_referred = surely_referring(lines)
        self._symbols = symbols_at_ends(lines)
        self._line_count = len(lines)
        self._bibliography = next(filter(self._heads_bibliography, range(len(layout.items))), len(layout.items))

    def _heads_bibliography(self, index: int) -> bool:
        return any(role_of_heading(line.text) == "bibliography" for line in _lines(self._layout.items[index]))

    def start_of_notes(self, rows: Sequence[_Row], index: int, last: Phrase | None) -> int:
        """The index of the first row of the notes that end a column; the number of rows where none do.

        Args:
            rows: of the column.
            index: of the column among the items of the page.
            last: the last line of a note before, which may go on here.
        """
        tail = len(rows)
        while tail and rows[tail - 1].size <= self._small:
            tail -= 1
        for start in range(tail, len(rows)):
            is_listed = index >= self._bibliography or _is_in_list(rows[tail : start + 1])
            if (_has_raised_opening(rows[start]) or not is_listed) and self._begins_note(rows[start], is_small=True):
                first = tail if self._goes_on(last, rows[tail:start]) else start
                return first if self._is_at_foot(rows[first:], index) else len(rows)
        if self._goes_on(last, rows[tail:]):
            return tail if self._is_at_foot(rows[tail:], index) else len(rows)
        return self._start_in_body_size(rows, index)

    def _begins_note(self, row: _Row, *, is_small: bool) -> bool:
        opening = opening_of(row.words)
        if opening is None:
            return False
        if opening.form == "raised":
            return is_small or opening.mark in self._referred
        if opening.form == "symbol":
            return is_small and (opening.mark in self._referred or opening.mark in self._symbols)
        return is_small and opening.mark in self._referred_as(opening.word.text)

    def _referred_as(self, printed: str) -> set[str]:
        """The marks that the text refers to by raised words that may mean a mark on the line: "[2]", "2." or "2"."""
        if printed.startswith("["):
            return self._bracketed
        is_bare = printed.isalnum()
        return (self._referred if is_bare else self._surely_referred) - self._explained

    def _start_in_body_size(self, rows: Sequence[_Row], index: int) -> int:
        """Where notes in the size of the body begin: at a raised mark in the lower part of the page."""
        start = len(rows)
        for number in range(len(rows) - 1, -1, -1):
            if rows[number].phrases[0].baseline < _LOWER_PART * self._layout.height:
                break
            if _has_raised_opening(rows[number]) and self._begins_note(rows[number], is_small=False):
                start = number
        return start if start < len(rows) and self._is_at_foot(rows[start:], index) else len(rows)

    def _goes_on(self, last: Phrase | None, rows: Sequence[_Row]) -> bool:
        """Whether rows at the foot of a page go on with a note whose last line stands on the page before."""
        if last is None or not rows or last.page + 1 != self._layout.number or ends_sentence(last.text):
            return False
        return all(abs(row.size - last.size) <= _SAME_SIZE * last.size for row in rows)

    def _is_at_foot(self, rows: Sequence[_Row], index: int) -> bool:
        """Whether no text of the body stands below some rows of a column; only notes with a reference fill pages."""
        opening = opening_of(rows[0].words)
        if 2 * len(rows) > self._line_count and not (opening and opening.mark in self._referred):
            return False
        x0 = min(phrase.x0 for row in rows for phrase in row.phrases)
        x1 = max(phrase.x1 for row in rows for phrase in row.phrases)
        bottom = max(phrase.baseline for row in rows for phrase in row.phrases)
        return not any(
            line.baseline > bottom and line.x0 < x1 and line.x1 > x0 and line.size > self._small
            for number, item in enumerate(self._layout.items)
            if number != index
            for line in _lines(item)
        )


def _is_in_list(rows: Sequence[_Row]) -> bool:
    """Whether the last of some rows goes on with a list of numbers that another one begins, as terms in small print."""
    *above, last = (opening_of(row.words) for row in rows)
    if last is None or last.form != "plain" or not last.mark.isdecimal():
        return False
    return any(other and other.form == "plain" and other.mark == str(int(last.mark) - 1) for other in above)


def _has_raised_opening(row: _Row) -> bool:
    return row.words[0].rise > 0


def _lines(item: Column | TableArea) -> Sequence[Phrase]:
    if isinstance(item, Column):
        return item.lines
    return [line for row in item.rows for cell in row for line in cell.lines]


def _rows(column: Column) -> list[_Row]:
    rows: list[list[Phrase]] = []
    for phrase in column.lines:
        if rows and abs(phrase.baseline - rows[-1][-1].baseline) <= SAME_BASELINE * max(phrase.size, 1.0):
            rows[-1].append(phrase)
        else:
            rows.append([phrase])
    return [_Row(tuple(row)) for row in rows]


def _note_lines(rows: Sequence[_Row], before: Sequence[_NoteLine]) -> list[_NoteLine]:
    """The lines of the notes at the foot of a column; those before the first mark go on with the last note before.

    Args:
        rows: from top to bottom.
        before: the lines of the notes before.
    """
    lines: list[_NoteLine] = []
    last = next((line.mark for line in reversed(before) if line.mark), "")
    for row in rows:
        words, mark = row.words, ""
        mark_words: tuple[Word, ...] = ()
        opening = opening_of(words)
        if opening and _begins_next(opening, last, is_first=not lines):
            mark = last = opening.mark
            mark_words, words = (opening.word,), opening.words
        while (index := next_opening(words, last)) is not None:
            lines.append(_NoteLine(_line(words[:index], row), mark, mark_words))
            mark = last = words[index].text
            mark_words, words = (words[index],), words[index + 1 :]
        lines.append(_NoteLine(_line(words, row), mark, mark_words))
    return lines


def _begins_next(opening: Opening, last: str, *, is_first: bool) -> bool:
    """Whether a row in the notes begins another one; a figure that isn't raised does where it counts on."""
    if is_first or opening.form != "plain" or not opening.mark.isdecimal():
        return True
    return last.isdecimal() and int(opening.mark) == int(last) + 1


def _line(words: Sequence[Word], row: _Row) -> Phrase:
    return replace(
        row.phrases[0],
        words=tuple(words),
        x0=min(word.x0 for word in words),
        x1=max(word.x1 for word in words),
        size=row.size,
    )


def _pieces(lines: Sequence[_NoteLine]) -> Iterator[Piece]:
    """A piece for each note."""
    starts = [index for index, line in enumerate(lines) if line.mark or not index]
    for number, start in enumerate(starts, start=1):
        note = lines[start : starts[number] if number < len(starts) else None]
        yield Piece(
            "note",
            tuple(line.line for line in note),
            mark=note[0].mark,
            key=f"note {number}",
            label=_LABEL,
            mark_words=note[0].mark_words,
        )
