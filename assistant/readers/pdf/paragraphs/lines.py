"""Lines of text with what tells paragraphs apart: weight, the edges of their column, the room at their end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Column, Phrase
from assistant.readers.pdf.paragraphs.item_marks import begins_with_box, begins_with_bullet

_MOSTLY = 0.9  # the share of the characters of a line that is bold or italic
_SPACE = 0.25  # the width of a space, in type sizes
_MIN_SIZE = 1.0  # points
_FEW_LINES = 4  # a column of fewer doesn't show how wide it is
_MIN_CENTRED = 3.0  # type sizes left free on both sides
_TIED_CHARS = 2  # of a word that may be tied to the next one, so that no line ends between them
_ROW_GAP = 2.0  # type sizes between the cells of a row
_MAX_MARK_CHARS = 6  # of an item's mark
_OPTION_GAP = 3.0  # type sizes between boxes to tick below each other
_RAGGED = 1.5  # type sizes by which the fullest lines of a column differ
_STRETCH = 5  # lines that show how far text runs beside a figure
_PROSE_FILL = 0.85  # the share of their width that lines of running text fill


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column.

    Attributes:
        phrase: its words.
        text: its words, with spaces between them.
        left: the left edge of its column, in points.
        right: the right edge of its column, or of the text beside a figure, in points.
        em: the size of its type, in points.
        is_bold: whether nearly all of its characters are bold, and the body is not.
        is_italic: whether nearly all of its characters are italic, and the body is not.
        is_monospaced: whether most of its characters are set in a font whose characters are all of one width, and the
            body isn't.
        is_row: whether wide gaps separate its words, as in the rows of a table.
    """

    phrase: Phrase
    text: str
    left: float
    right: float
    em: float
    is_bold: bool = False
    is_italic: bool = False
    is_monospaced: bool = False
    is_row: bool = False

    @property
    def indent(self) -> float:
        """How far it begins from the left edge of its column, in type sizes."""
        return (self.phrase.x0 - self.left) / self.em

    @property
    def room(self) -> float:
        """How far it ends from the right edge of its column, in type sizes."""
        return (self.right - self.phrase.x1) / self.em

    @property
    def is_centred(self) -> bool:
        """Whether it stands in the middle of its column."""
        return self.indent > _MIN_CENTRED and abs(self.indent - self.room) < 1


def column_lines(column: Column, style: BodyStyle) -> list[Line]:
    """The lines of a column; phrases on one baseline are one line."""
    rows = list(_rows(column.lines))
    phrases = [_join_phrases(row) for row in rows]
    if not phrases:
        return []
    left, right = min(phrase.x0 for phrase in phrases), _right_edge(phrases)
    if len(phrases) < _FEW_LINES:
        right = max(right, min(left + style.width, column.right))
    return [
        _line(phrase, left, _edge_at(phrases, index, right), style, is_row=len(row) > 1 and _has_wide_gap(row))
        for index, (phrase, row) in enumerate(zip(phrases, rows, strict=True))
    ]


def has_room_for(line: Line, below: Line) -> bool:
    """Whether a line had room for the first word of the line below: then it ends where it was meant to.

    A figure or a short word may be tied to the next one, and is taken together with it.
    """
    free = line.room * line.em + (line.indent * line.em if line.is_centred else 0)
    first, *others = below.phrase.words
    is_tied = len(first.text) <= _TIED_CHARS or first.text[0].isdecimal()
    last = others[0] if others and is_tied else first
    return (_SPACE + 0.1) * line.em + abs(last.x1 - first.x0) < free


def _line(phrase: Phrase, left: float, right: float, style: BodyStyle, *, is_row: bool) -> Line:
    em = max(phrase.size, _MIN_SIZE)
    fonts = {word.font for word in phrase.words}
    if fonts == {style.font}:
        return Line(phrase, phrase.text, left, right, em, is_row=is_row)
    characters = sum(len(word.text) for word in phrase.words)
    enough = _MOSTLY * characters
    return Line(
        phrase, phrase.text, left, right, em,
        is_bold=sum(len(word.text) for word in phrase.words if style.is_bold(word.font)) >= enough,
        is_italic=sum(len(word.text) for word in phrase.words if style.is_italic(word.font)) >= enough,
        is_monospaced=2 * sum(len(word.text) for word in phrase.words if word.font in style.monospaced) > characters,
        is_row=is_row,
    )  # fmt: skip


def _right_edge(phrases: Sequence[Phrase]) -> float:
    """How far the lines of a column run, but for a single one that sticks out, as a long address may."""
    ends = sorted((phrase.x1 for phrase in phrases), reverse=True)
    if len(ends) < 2 * _FEW_LINES:
        return ends[0]
    em = max(phrases[0].size, _MIN_SIZE)
    return next((end for end, other in zip(ends, ends[2:], strict=False) if end - other < _RAGGED * em), ends[0])


def _edge_at(phrases: Sequence[Phrase], index: int, right: float) -> float:
    """How far a line might run: to the edge of its column, or of the lines around it where all of them are shorter.

    Text beside a figure is narrower than its column; the lines above or below show how far it runs.
    """
    phrase = phrases[index]
    if right - phrase.x1 < _RAGGED * phrase.size:
        return right
    around = (phrases[max(index - _STRETCH + 1, 0) : index + 1], phrases[index : index + _STRETCH])
    return min((edge for edge in map(_edge, around) if edge is not None), default=right)


def _edge(phrases: Sequence[Phrase]) -> float | None:
    """The right edge of some lines if they are running text; None if they are too few, or of different lengths."""
    if len(phrases) < _STRETCH:
        return None
    ends = sorted(phrase.x1 for phrase in phrases)
    left, right = min(phrase.x0 for phrase in phrases), ends[-1]
    return right if ends[len(ends) // 2] - left >= _PROSE_FILL * (right - left) else None


def _rows(phrases: Sequence[Phrase]) -> Iterator[list[Phrase]]:
    """Phrases that follow each other on one baseline; each of several boxes to tick begins one of its own."""
    row: list[Phrase] = []
    options = _options(phrases)
    for phrase in phrases:
        if row and (
            (phrase.x0, phrase.baseline) in options or not (_is_beside(phrase, row[-1]) and _is_of_row(phrase, row))
        ):
            yield row
            row = []
        row.append(phrase)
    if row:
        yield row


def _options(phrases: Sequence[Phrase]) -> set[tuple[float, float]]:
    """The places of boxes to tick that stand right below each other, or on one line with nothing else before them."""
    boxes = [
        phrase
        for phrase, following in pairwise([*phrases, None])
        if phrase and begins_with_box(phrase) and (len(phrase.words) > 1 or _is_right_of(following, phrase))
    ]
    places = {(box.x0, box.baseline) for box in boxes}
    options: set[tuple[float, float]] = set()
    by_edge = sorted(boxes, key=lambda box: (round(box.x0), box.baseline))
    for above, below in pairwise(by_edge):
        distance = below.baseline - above.baseline
        if round(above.x0) == round(below.x0) and distance < _OPTION_GAP * max(below.size, _MIN_SIZE):
            options |= {(box.x0, box.baseline) for box in (above, below)}
    starts_with_box = False
    last: Phrase | None = None
    for phrase in phrases:
        is_new = last is None or not _is_beside(phrase, last)
        starts_with_box = begins_with_box(phrase) if is_new else starts_with_box
        if starts_with_box and (phrase.x0, phrase.baseline) in places:
            options.add((phrase.x0, phrase.baseline))
        last = phrase
    return options


def _is_right_of(phrase: Phrase | None, box: Phrase) -> bool:
    """Whether words stand behind a box, and no further off than belongs to it."""
    if phrase is None or begins_with_box(phrase) or not _is_beside(phrase, box):
        return False
    return 0 <= phrase.x0 - box.x1 < _ROW_GAP * max(box.size, _MIN_SIZE)


def _is_beside(phrase: Phrase, last: Phrase) -> bool:
    is_on_baseline = abs(phrase.baseline - last.baseline) <= SAME_BASELINE * max(phrase.size, _MIN_SIZE)
    return is_on_baseline and phrase.page == last.page and (phrase.x0 >= last.x1 or phrase.x1 <= last.x0)


def _has_wide_gap(row: Sequence[Phrase]) -> bool:
    """Whether a wide gap separates the words of a line, but for the one behind an item's mark."""
    return any(
        max(right.x0 - left.x1, left.x0 - right.x1) > _ROW_GAP * max(right.size, _MIN_SIZE)
        and (index > 0 or len(left.words) > 1 or len(left.text) > _MAX_MARK_CHARS)
        for index, (left, right) in enumerate(pairwise(row))
    )


def _is_of_row(phrase: Phrase, row: Sequence[Phrase]) -> bool:
    """Whether a phrase belongs to those left of it, rather than being an item, or another field, beside them."""
    if begins_with_bullet(phrase):
        return False
    return not (phrase.text.endswith(":") and any(":" in other.text for other in row))


def _join_phrases(row: Sequence[Phrase]) -> Phrase:
    """The phrases of one line as one."""
    return row[0] if len(row) == 1 else phrase_of([word for phrase in row for word in phrase.words])
