"""Small raised or lowered words that stand by themselves: they belong to the line that they stand beside.

Subscripts of subscripts, and marks of notes that are printed apart from their words, would end a paragraph otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.readers.pdf.page import Column, PageLayout, Phrase, Rise, Word

_SMALLER = 0.82  # times the size of the line: the largest size of a stray
_MAX_WORDS = 6  # of a stray
_NEIGHBOURS = 3  # phrases before and after a stray, among which its line is
_MAX_OFFSET = 0.75  # sizes of the line between its baseline and that of a raised or lowered word
_ON_LINE = 0.1  # sizes of the line between two baselines that are the same
_BEHIND = 0.6  # sizes of the line: how far behind its end a mark may stand
_GLUED = 0.2  # sizes of the line between a word and what is glued to it


def with_strays_in_lines(layouts: Sequence[PageLayout]) -> list[PageLayout]:
    """The pages, with small words that stand by themselves in the lines that they belong to."""
    return [
        replace(layout, items=tuple(_in_lines(item) if isinstance(item, Column) else item for item in layout.items))
        for layout in layouts
    ]


def _in_lines(column: Column) -> Column:
    lines = list(column.lines)
    strays: set[int] = set()
    for index, line in enumerate(column.lines):
        host = _host(lines, index, strays)
        if host is not None:
            lines[host] = _with_stray(line, lines[host])
            strays.add(index)
    kept = (line for index, line in enumerate(lines) if index not in strays)
    return replace(column, lines=tuple(kept)) if strays else column


def _host(lines: Sequence[Phrase], index: int, strays: set[int]) -> int | None:
    """The index of the line that a small phrase belongs to; None where it is a line of its own."""
    stray = lines[index]
    if len(stray.words) > _MAX_WORDS:
        return None
    first, end = max(index - _NEIGHBOURS, 0), min(index + _NEIGHBOURS + 1, len(lines))
    hosts = [other for other in range(first, end) if other not in strays and _may_hold(lines[other], stray)]
    return min(hosts, key=lambda other: abs(lines[other].baseline - stray.baseline), default=None)


def _may_hold(line: Phrase, stray: Phrase) -> bool:
    if stray.size > _SMALLER * line.size or abs(stray.baseline - line.baseline) > _MAX_OFFSET * line.size:
        return False
    if not line.x0 < stray.x0 < line.x1 + _BEHIND * line.size or stray.page != line.page:
        return False
    is_from_left = line.words[0].x0 <= line.words[-1].x0
    return is_from_left and not _cover([word for word in line.words if not word.rise], stray)


def _cover(words: Sequence[Word], stray: Phrase) -> bool:
    """Whether words stand where a phrase does, so that this is no part of their line but one above or below it."""
    shared = sum(max(min(word.x1, stray.x1) - max(word.x0, stray.x0), 0.0) for word in words)
    return shared > 0.5 * (stray.x1 - stray.x0)


def _with_stray(stray: Phrase, line: Phrase) -> Phrase:
    """A line with the words of a small phrase in their places."""
    before = [word for word in line.words if word.x0 <= stray.x0]
    shift = (line.baseline - stray.baseline) / line.size
    rise: Rise = 1 if shift > _ON_LINE else -1 if shift < -_ON_LINE else 0
    is_glued = stray.x0 - before[-1].x1 < _GLUED * line.size
    words = [
        replace(
            word, baseline=line.baseline, rise=word.rise or rise, is_glued=is_glued if index == 0 else word.is_glued
        )
        for index, word in enumerate(stray.words)
    ]
    whole = (*before, *words, *line.words[len(before) :])
    return replace(line, words=whole, x1=max(line.x1, stray.x1))
