"""Lines of an area as they matter to tables: what stands apart on them, with signs at their figures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Phrase, Word
from assistant.readers.pdf.tables.leaders import has_leaders, runs_between_leaders
from assistant.readers.pdf.wording.figures import is_currency, is_figure, is_part_of_figure

_SPACE = 0.2  # of the type size: less than a space
_WIDE_SPACE = 0.45  # of the type size: more than a space
_SIGN_REACH = 2.0  # type sizes: how far behind its figure a bracket or a percent sign stands
_OPENING = re.compile(r"[^\w\s]{0,2}[(\[]|[+±<>≤≥~≈]")
_CLOSING = re.compile(r"[)\]%‰]{1,3}")
_MARK = re.compile(r"[(\[]?(?:[*†‡§#]{1,3}|\d{1,2}|[a-z])[)\]]?")
_MAX_MARK_SIZE, _MAX_MARK_RISE, _MAX_MARK_GAP = 0.75, 0.7, 0.6  # of the type size; the gap is before it
_MAX_SIGN_CHARS = 4  # characters of a sign, as in "US$" and "(["
_SENTENCE_ENDS = (".", ",", ";", ":", "?", "!")


@dataclass(frozen=True, slots=True)
class SplitLine:
    """What stands on one baseline of an area, split at its wide gaps.

    Attributes:
        parts: what wide gaps separate.
        baseline: that of the first part.
        size: the type size of the first part.
        phrases: what it is made of.
        has_leaders: whether dots lead from one part to the next.
    """

    parts: tuple[Phrase, ...]
    baseline: float
    size: float
    phrases: tuple[Phrase, ...]
    has_leaders: bool = False

    @property
    def is_bold(self) -> bool:
        """Whether all its words are bold."""
        return all(map(is_bold, self.parts))

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self.parts[0].x0

    @property
    def x1(self) -> float:
        """Its right edge."""
        return max(part.x1 for part in self.parts)

    @property
    def y0(self) -> float:
        """Its top."""
        return min(part.y0 for part in self.parts)

    @property
    def y1(self) -> float:
        """Its bottom."""
        return max(part.y1 for part in self.parts)


def is_bold(phrase: Phrase) -> bool:
    """Whether all words of a phrase are bold, but for raised and lowered ones."""
    return all(word.font.is_bold for word in phrase.words if not word.rise)


def lines_of(phrases: Sequence[Phrase]) -> list[SplitLine]:
    """Phrases by lines, from top to bottom."""
    rows: list[list[Phrase]] = []
    for phrase in sorted(phrases, key=lambda phrase: phrase.baseline):
        if rows and phrase.baseline - rows[-1][0].baseline <= SAME_BASELINE * min(phrase.size, rows[-1][0].size):
            rows[-1].append(phrase)
        else:
            rows.append([phrase])
    lines: list[SplitLine] = []
    marks: list[Phrase] = []  # of the row above, which belong to the next one
    for row, below in pairwise([*rows, []]):
        raised: list[Phrase] = []
        rest: list[Phrase] = []
        for phrase in row:
            is_raised = not marks and _is_raised_mark(phrase, below)
            (raised if is_raised else rest).append(phrase)
        if marks or rest:
            lines.append(_line(sorted([*marks, *rest], key=lambda phrase: phrase.x0)))
        marks = raised
    return lines


def _is_raised_mark(mark: Phrase, below: Sequence[Phrase]) -> bool:
    """Whether a phrase is the mark of a note, which stands right behind something on the next row, and higher."""
    if len(mark.words) > 1 or not below or mark.size > _MAX_MARK_SIZE * below[0].size or not _MARK.fullmatch(mark.text):
        return False
    size = below[0].size
    if below[0].baseline - mark.baseline > _MAX_MARK_RISE * size:
        return False
    return any(-_SPACE * size < mark.x0 - phrase.x1 < _MAX_MARK_GAP * size for phrase in below)


def _line(phrases: Sequence[Phrase]) -> SplitLine:
    row = _with_marks(phrases)
    are_led = list(map(has_leaders, row))
    pieces = [
        piece
        for phrase, is_led, after_sign in zip(row, are_led, _are_after_signs(row), strict=True)
        for piece in _pieces(phrase, is_led=is_led, after_sign=after_sign)
    ]
    parts = tuple(_join_signs(pieces)) or tuple(row)
    return SplitLine(parts, row[0].baseline, row[0].size, tuple(phrases), any(are_led))


def _with_marks(row: Sequence[Phrase]) -> list[Phrase]:
    """The phrases of a row, raised marks of notes joined with what they stand behind."""
    whole = list(row[:1])
    for phrase in row[1:]:
        last = whole[-1]
        if phrase.baseline < last.baseline - SAME_BASELINE * last.size and phrase.size < _MAX_MARK_SIZE * last.size:
            whole[-1] = phrase_of([*last.words, *(replace(word, rise=1, is_glued=True) for word in phrase.words)])
        else:
            whole.append(phrase)
    return whole


def _are_after_signs(row: Sequence[Phrase]) -> list[bool]:
    """For each phrase of a row whether the sign of its first figure ends the phrase before, where signs stand first."""
    are_after = [False]
    for phrase in row[:-1]:
        first, last = phrase.words[0].text, phrase.words[-1].text
        are_after.append(is_currency(last) and (are_after[-1] or is_currency(first)))
    return are_after


def _pieces(phrase: Phrase, *, is_led: bool, after_sign: bool) -> Iterator[Phrase]:
    """The parts of a phrase: between leaders, if it has any, and between figures that are more than a space apart."""
    if len(phrase.words) == 1 and not is_led:  # as most cells
        yield phrase
        return
    runs = list(runs_between_leaders(phrase.words)) if is_led else [list(phrase.words)]
    for run in runs:
        signs_first = after_sign or any(is_currency(word.text) or is_currency(word.text[:1]) for word in run[:1])
        figures_from = _figures_from(run)
        cuts = [
            index
            for index, two in enumerate(pairwise(run), 1)
            if _starts_figure(*two, signs_first=signs_first, are_figures=index >= figures_from)
            and not _is_amount_in_sentence(run, index)
        ]
        if not cuts and len(runs) == 1 and len(run) == len(phrase.words):
            yield phrase
            return
        for start, end in zip([0, *cuts], [*cuts, len(run)], strict=True):
            yield phrase_of(run[start:end])


def _figures_from(words: Sequence[Word]) -> int:
    """The index from which on words are figures and their signs alone."""
    index = len(words)
    while index and (is_part_of_figure(words[index - 1].text) or not any(map(str.isalnum, words[index - 1].text))):
        index -= 1
    return index


def _starts_figure(last: Word, word: Word, *, signs_first: bool, are_figures: bool) -> bool:
    """Whether a figure or its sign begins behind another figure, more than a space away: in the next column.

    Args:
        last: a word of a line.
        word: the next one.
        signs_first: whether the sign of a currency stands before the first of the words.
        are_figures: whether the rest of the line is figures and signs: between them less than a wide space will do.
    """
    gap = word.x0 - last.x1
    if gap < _SPACE * word.size or word.is_glued or word.rise:
        return False
    if gap < _WIDE_SPACE * word.size:
        if not are_figures or not is_currency(word.text[:1]):
            return False
        if not signs_first and len(word.text) == 1 and is_part_of_figure(last.text):
            return False
    if is_currency(last.text) or not is_part_of_figure(word.text):
        return False
    return is_part_of_figure(last.text) or is_currency(word.text) or gap > word.size


def _is_amount_in_sentence(words: Sequence[Word], index: int) -> bool:
    """Whether the sign of an amount stands right behind words, and more words or the end of a sentence behind it."""
    sign = words[index]
    if not is_currency(sign.text[:1]) or sign.x0 - words[index - 1].x1 > _WIDE_SPACE * sign.size:
        return False
    behind = enumerate(pairwise(words[index:]), index + 1)
    end = next((number for number, two in behind if two[1].x0 - two[0].x1 > _WIDE_SPACE * sign.size), len(words))
    last = words[end - 1].text
    return not is_part_of_figure(last) or last.endswith(_SENTENCE_ENDS)


def _join_signs(pieces: Sequence[Phrase]) -> Iterator[Phrase]:
    """The parts of a line: a currency sign joined with the figure behind it, a bracket with the one before."""
    held: list[Phrase] = []
    for index, piece in enumerate(pieces):
        is_end = index == len(pieces) - 1
        if held and not (_belongs_behind(held[-1], piece) or (is_end and _is_sign_behind(held[-1], piece))):
            yield joined(held)
            held = []
        held.append(piece)
    if held:
        yield joined(held)


def _belongs_behind(last: Phrase, piece: Phrase) -> bool:
    """Whether a sign stands in one of two neighbouring pieces, and its figure in the other."""
    last_word, word = last.words[-1].text, piece.words[0].text
    if len(last.words) == 1 and (is_currency(last_word) or _OPENING.fullmatch(last_word)):
        return is_figure(piece) or (is_currency(word) and len(piece.words) > 1)
    is_near = piece.x0 - last.x1 < _SIGN_REACH * piece.size
    return is_near and len(piece.words) == 1 and _CLOSING.fullmatch(word) is not None and is_figure(last)


def _is_sign_behind(last: Phrase, piece: Phrase) -> bool:
    """Whether a piece is the currency of the figure before it, as in "12 €"."""
    is_near = piece.x0 - last.x1 < _SIGN_REACH * piece.size
    return is_near and len(piece.words) == 1 and is_currency(piece.words[0].text) and is_figure(last)


def joined(phrases: Sequence[Phrase]) -> Phrase:
    """Neighbouring phrases as one; signs stand at their figures without a space."""
    if len(phrases) == 1 and len(phrases[0].words) == 1:
        return phrases[0]
    words = [word for phrase in phrases for word in phrase.words]
    if len(phrases) == 1 and not [word for word in words if _may_be_sign(word.text)]:
        return phrases[0]
    glued = [words[0], *(_glued(left, right) for left, right in pairwise(words))]
    if len(phrases) == 1 and glued == words:
        return phrases[0]
    return phrase_of(glued)


def _may_be_sign(text: str) -> bool:
    """Whether a word is short enough for a currency sign with its country, or for brackets, and no mere word."""
    return len(text) <= _MAX_SIGN_CHARS and not text.isalnum()


def _glued(left: Word, right: Word) -> Word:
    """The right one of two words, glued to the left if one is the sign of the other."""
    if right.is_glued or (left.text.isalnum() and right.text.isalnum()):
        return right
    opens = is_currency(left.text) or _OPENING.fullmatch(left.text) is not None
    follows = right.text[0].isdigit() or right.text[0] in "(-\u2013\u2014\u2212." or is_currency(right.text)
    closes = _CLOSING.fullmatch(right.text) is not None and (
        left.text[-1].isdigit() or left.text[-1] in ")-\u2013\u2014"
    )
    return replace(right, is_glued=True) if (opens and follows) or closes else right
