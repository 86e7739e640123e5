"""Large first letters that stand beside several lines of a paragraph: they begin the first of those."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Column, PageLayout, Phrase, Word
from assistant.readers.pdf.paragraphs.joining import Vocabulary

_LARGER = 1.7  # times the size of the words beside it
_MAX_CHARS = 2  # a quotation mark may stand before the letter
_MAX_LINES = 8  # that it stands beside


def with_drop_caps(layouts: Sequence[PageLayout], vocabulary: Vocabulary) -> list[PageLayout]:
    """The pages, with each large first letter at the beginning of its paragraph's first line.

    Args:
        layouts: of the pages.
        vocabulary: the words of the document, which tell whether the letter is a word by itself.
    """
    return [_with_caps_in_place(layout, vocabulary) for layout in layouts]


def _with_caps_in_place(layout: PageLayout, vocabulary: Vocabulary) -> PageLayout:
    columns = [item for item in layout.items if isinstance(item, Column)]
    if not any(_begins_with_cap(line) for column in columns for line in column.lines):
        return layout
    items = (_in_place(item, vocabulary) if isinstance(item, Column) else item for item in layout.items)
    return replace(layout, items=tuple(items))


def _begins_with_cap(line: Phrase) -> bool:
    word = line.words[0]
    if len(word.text) > _MAX_CHARS or not word.text[-1].isupper() or word.rise:
        return False
    return len(line.words) == 1 or word.size >= _LARGER * line.words[1].size


def _in_place(column: Column, vocabulary: Vocabulary) -> Column:
    lines: list[Phrase | None] = list(column.lines)
    for index, line in enumerate(column.lines):
        cap, *words = line.words
        beside = list(_lines_beside(cap, column.lines, index)) if _begins_with_cap(line) else []
        if not beside:
            continue
        lines[index] = phrase_of(words) if words else None
        for other in beside:
            lines[other] = replace(lines[other] or line, x0=cap.x0)
        lines[beside[0]] = _with_cap(cap, lines[beside[0]] or line, vocabulary)
    return replace(column, lines=tuple(line for line in lines if line))


def _lines_beside(cap: Word, lines: Sequence[Phrase], index: int) -> Iterator[int]:
    """The indices of the lines right of a large letter, from top to bottom."""
    for other in range(max(index - _MAX_LINES, 0), min(index + 2, len(lines))):
        line = lines[other]
        words = line.words[1:] if other == index else line.words
        is_smaller = bool(words) and cap.size >= _LARGER * words[0].size
        if (
            is_smaller
            and words[0].x0 > cap.x1 - 0.1 * cap.size
            and cap.y0 < line.baseline <= cap.baseline + 0.1 * line.size
        ):
            yield other


def _with_cap(cap: Word, line: Phrase, vocabulary: Vocabulary) -> Phrase:
    """A line that begins with a large letter, which is part of its first word, or a word by itself."""
    first, *others = line.words
    letter, whole = cap.text[-1].casefold(), f"{cap.text[-1]}{first.text}".casefold().strip(".,;:!?")
    is_word = vocabulary.counts[letter] > 1 and vocabulary.counts[whole] == 0  # the letter itself is counted once
    return replace(line, words=(cap, replace(first, is_glued=not is_word), *others), x0=cap.x0)
