"""Pieces of a document → elements, whose inlines carry the place of each word."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from assistant.readers.elements import Element, Inline, InlineStyle, TableCell, TableContent
from assistant.readers.pdf.page import Cell, Phrase, Piece, Rise, TableArea, Word
from assistant.readers.pdf.paragraphs.joining import Vocabulary, join_words_at_end, shown
from assistant.structure import Box

_BRACKETED = re.compile(r"\[[^\[\]]+\]")
_STYLES: dict[Rise, InlineStyle] = {-1: "lowered", 0: "plain", 1: "raised"}


def elements_of(pieces: Sequence[Piece], vocabulary: Vocabulary) -> Iterator[Element]:
    """The elements that pieces become, in their order.

    Args:
        pieces: of the document.
        vocabulary: its words, by which hyphens at line ends are kept or dropped.
    """
    for piece in pieces:
        yield Element(
            piece.kind,
            _code(piece.lines) if piece.kind == "code" else _inlines(piece.lines, vocabulary, dict(piece.note_keys)),
            role=piece.role,
            level=piece.level,
            mark=piece.mark,
            is_ticked=piece.is_ticked,
            label=piece.label,
            key=piece.key,
            mark_box=_box_around(piece.mark_words),
            is_recognised=piece.is_recognised,
            table=_table(piece.table, vocabulary, dict(piece.note_keys)) if piece.table else None,
        )


def _inlines(lines: Sequence[Phrase], vocabulary: Vocabulary, note_keys: dict[int, str]) -> list[Inline]:
    """The words of some lines, each with its place; a space stands before the word that follows it."""
    inlines: list[Inline] = []
    gap = ""
    number = 0  # of the word among all
    new_box = tuple.__new__  # as nearly every word of a document gets a box: spares a call
    for index, line in enumerate(lines):
        *words, last = line.words
        for word in words:
            text = word.text if word.is_glued else gap + word.text
            if word.rise or number in note_keys:
                inlines += _marks(text, word, note_keys.get(number))
            else:
                box = new_box(Box, (word.page, word.x0, word.y0, word.x1, word.y1))
                inlines.append(Inline(text, "plain", "", box))
            gap = " "
            number += 1
        below = lines[index + 1].words[0].text if index + 1 < len(lines) else ""
        text, next_gap = join_words_at_end(last.text, below, vocabulary) if below else (shown(last.text), "")
        text = text if last.is_glued else gap + text
        if last.rise or number in note_keys:
            inlines += _marks(text, last, note_keys.get(number))
        else:
            inlines.append(Inline(text, box=Box(last.page, last.x0, last.y0, last.x1, last.y1)))
        gap = next_gap
        number += 1
    return inlines


def _marks(text: str, word: Word, key: str | None) -> Iterator[Inline]:
    """A word that may be raised, lowered or refer to a note; marks that stand together, as in "[13][14]", one by one.

    Args:
        text: of the word, with the space before it, if any.
        word: the word.
        key: of the note that it refers to, if it does.
    """
    marks = _BRACKETED.findall(text) if word.rise > 0 and key is None else []
    if len(marks) < 2 or "".join(marks) != text.strip():
        style: InlineStyle = "note_mark" if key is not None else _STYLES[word.rise]
        yield Inline(text, style, key or "", Box(word.page, word.x0, word.y0, word.x1, word.y1))
        return
    width, left = (word.x1 - word.x0) / len(text.strip()), word.x0
    for index, mark in enumerate(marks):
        right = left + width * len(mark)
        before = "" if index else text[: len(text) - len(text.lstrip())]
        yield Inline(before + mark, "raised", box=Box(word.page, left, word.y0, right, word.y1))
        left = right


def _box_around(words: Sequence[Word]) -> Box | None:
    """The rectangle around some words of one line; None for no words."""
    if not words:
        return None
    return Box(
        words[0].page,
        min(word.x0 for word in words), min(word.y0 for word in words),
        max(word.x1 for word in words), max(word.y1 for word in words),
    )  # fmt: skip


def _code(lines: Sequence[Phrase]) -> list[Inline]:
    """Lines of code with their indents, by the width of their characters."""
    widths = [(line.x1 - line.x0) / len(line.text) for line in lines if line.text]
    width, left = (sorted(widths)[len(widths) // 2] or 1.0), min(line.x0 for line in lines)
    inlines: list[Inline] = []
    for line in lines:
        indent = " " * min(round((line.x0 - left) / width), 100)
        for index, word in enumerate(line.words):
            before = ("\n" if inlines else "") + indent if index == 0 else "" if word.is_glued else " "
            inlines.append(Inline(before + word.text, box=Box(word.page, word.x0, word.y0, word.x1, word.y1)))
    return inlines


def _table(table: TableArea, vocabulary: Vocabulary, note_keys: dict[int, str]) -> TableContent:
    cells = (cell for row in table.rows for cell in row)
    starts = accumulate((sum(len(line.words) for line in cell.lines) for cell in cells), initial=0)
    rows = [[_cell(cell, vocabulary, note_keys, next(starts)) for cell in row] for row in table.rows]
    title, unit_line = (_inlines(lines, vocabulary, {}) for lines in (table.title, table.unit_lines))
    return TableContent(rows, table.header_rows, title, table.unit, unit_line, groups=table.groups)


def _cell(cell: Cell, vocabulary: Vocabulary, note_keys: dict[int, str], start: int) -> TableCell:
    """A cell.

    Args:
        cell: as it was found.
        vocabulary: the words of the document.
        note_keys: of the words of the table that refer to notes, by their indices among all its words.
        start: the index of the cell's first word among these.
    """
    keys: dict[int, str] = {}
    if note_keys:
        count = sum(len(line.words) for line in cell.lines)
        keys = {index: note_keys[start + index] for index in range(count) if start + index in note_keys}
    return TableCell(_inlines(cell.lines, vocabulary, keys), cell.rows, cell.columns)
