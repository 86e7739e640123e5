"""Lines of text with what tells paragraphs apart: their weight, their column's edges, the width of their words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.readers.pdf.page import Column, Phrase, Word

_SAME_BASELINE = 0.25  # the distance in sizes of the type up to which two phrases stand on one line
_BOLD_SHARE = 0.9  # of the characters of a line that is bold
_SPACE = 0.25  # the width of a space, in sizes of the type
_EM_MIN = 1.0  # points


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column.

    Attributes:
        phrase: its words.
        text: its words, with spaces between them.
        left: the left edge of its column, in points.
        right: the right edge of its column, in points.
        is_bold: whether nearly all of its characters are bold.
        is_monospaced: whether it is set in a font whose characters are all of one width, as far as its name tells.
    """

    phrase: Phrase
    text: str
    left: float
    right: float
    is_bold: bool = False
    is_monospaced: bool = False

    @property
    def em(self) -> float:
        """The size of its type, in points."""
        return max(self.phrase.size, _EM_MIN)

    @property
    def indent(self) -> float:
        """How far it begins from the left edge of its column, in sizes of its type."""
        return (self.phrase.x0 - self.left) / self.em

    @property
    def room(self) -> float:
        """How far it ends from the right edge of its column, in sizes of its type."""
        return (self.right - self.phrase.x1) / self.em


def column_lines(column: Column) -> list[Line]:
    """The lines of a column; phrases on one baseline are one line."""
    phrases = [_join_phrases(row) for row in _rows(column.lines)]
    if not phrases:
        return []
    left, right = min(phrase.x0 for phrase in phrases), max(phrase.x1 for phrase in phrases)
    return [_line(phrase, left, right) for phrase in phrases]


def has_room_for(line: Line, below: Line) -> bool:
    """Whether the first word of the line below would have stood on a line: then the line ends where it was meant to."""
    word = below.phrase.words[0]
    return line.phrase.x1 + _SPACE * line.em + (word.x1 - word.x0) < line.right - 0.1 * line.em


def _line(phrase: Phrase, left: float, right: float) -> Line:
    characters = sum(len(word.text) for word in phrase.words)
    bold_characters = sum(len(word.text) for word in phrase.words if word.font.is_bold)
    return Line(
        phrase, phrase.text, left, right,
        is_bold=bold_characters >= _BOLD_SHARE * characters,
        is_monospaced=all(is_monospaced(word.font.name) for word in phrase.words),
    )  # fmt: skip


def is_monospaced(name: str) -> bool:
    """Whether the characters of a font are all of one width, as far as its name tells."""
    name = name.casefold()
    return any(part in name for part in ("mono", "courier", "consolas", "typewriter", "menlo", "cmtt", "code"))


def _rows(phrases: Sequence[Phrase]) -> Iterator[list[Phrase]]:
    """Phrases that follow each other on one baseline."""
    row: list[Phrase] = []
    for phrase in phrases:
        if row and not _is_beside(phrase, row[-1]):
            yield row
            row = []
        row.append(phrase)
    if row:
        yield row


def _is_beside(phrase: Phrase, last: Phrase) -> bool:
    is_on_baseline = abs(phrase.baseline - last.baseline) <= _SAME_BASELINE * max(phrase.size, _EM_MIN)
    return is_on_baseline and phrase.page == last.page and (phrase.x0 >= last.x1 or phrase.x1 <= last.x0)


def _join_phrases(row: Sequence[Phrase]) -> Phrase:
    """The phrases of one line as one."""
    return row[0] if len(row) == 1 else phrase_of_words([word for phrase in row for word in phrase.words])


def phrase_of_words(words: Sequence[Word]) -> Phrase:
    """Some words on one line, at least one, as a phrase."""
    sizes: dict[float, int] = {}
    for word in words:
        if not word.rise:
            sizes[word.size] = sizes.get(word.size, 0) + len(word.text)
    size = max(sizes, key=lambda each: sizes[each]) if sizes else words[0].size
    return Phrase(
        tuple(words), words[0].page,
        min(word.x0 for word in words), min(word.y0 for word in words),
        max(word.x1 for word in words), max(word.y1 for word in words),
        words[0].baseline, size,
    )  # fmt: skip
