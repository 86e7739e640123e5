"""Where words end among letters on one baseline: by the gaps that are printed between them.

The spaces that a file claims decide only where a gap could be either: programs set letters apart with them, or none at
all between words.
"""

from collections.abc import Sequence
from itertools import compress, takewhile

from assistant.readers.pdf.page import Glyph

_SURELY_NONE, _SURELY_GAP = 0.08, 0.2  # of the type size: kerning stays below, the spaces between words above
_LIKELY_GAP = 0.14  # of the type size: a wider gap separates words even where the file claims no space
_SPACING_SHARE = 0.5  # of the gaps of letters that are set apart
_MAX_SPACING = 0.55  # of the type size, between letters that are set apart
_GAP_BEYOND_SPACING = 0.12  # of the type size: by so much more are words apart than the letters of spaced type
_MIN_SPACED = 4  # letters: of fewer it isn't known whether they are set apart
_SAME_GAP = 0.02  # of the type size: the gaps between letters that are set apart differ by no more
_MEAN_WORD = 2.5  # letters: where words are shorter on average, the spaces that a file claims aren't believed


def word_starts(glyphs: Sequence[Glyph], claimed: Sequence[bool], gaps: Sequence[float], spacing: float) -> list[int]:
    """The indices at which words begin, but for the first.

    Args:
        glyphs: on one baseline, of one font and size, from left to right, without white space.
        claimed: before which of them the file claims a space.
        gaps: between each and the one before, in type sizes; 0 for the first.
        spacing: by how much the letters are set apart.
    """
    if spacing:
        sure = spacing + _GAP_BEYOND_SPACING
        return [
            index
            for index, gap in enumerate(gaps)
            if index and (gap > sure or (claimed[index] and gap > spacing + _GAP_BEYOND_SPACING / 2))
        ]
    if _are_widths_wrong(glyphs, claimed, gaps):
        return [index for index, gap in enumerate(gaps) if index and (claimed[index] or gap > _SURELY_GAP)]
    starts = [
        index
        for index, gap in enumerate(gaps)
        if gap > _SURELY_NONE and (gap > _LIKELY_GAP or claimed[index]) and index
    ]
    return [index for index in starts if claimed[index] or not _is_even_there(glyphs, claimed, gaps, index)]


def are_set_apart(gaps: Sequence[float]) -> bool:
    """Whether most gaps, given as in `word_starts`, are wider than kerning makes them."""
    if len(gaps) < _MIN_SPACED:
        return False
    return len([True for gap in gaps if gap > _SURELY_NONE]) > _SPACING_SHARE * (len(gaps) - 1)


def letter_spacing(texts: Sequence[str], gaps: Sequence[float], claimed: Sequence[bool]) -> float:
    """By how much letters are set apart, in type sizes; 0 where they aren't. Arguments as in `word_starts`."""
    if not are_set_apart(gaps):
        return 0.0
    ordered = sorted(gaps[1:])
    spacing = ordered[len(ordered) // 2]
    # Letters with a space between any two, and figures with gaps, may as well be words of one character.
    is_even = ordered[-1] <= spacing + _GAP_BEYOND_SPACING
    may_be_words = is_even and (all(claimed[1:]) or (spacing > _SURELY_GAP and not all(map(str.isalpha, texts))))
    is_mixed = ordered[len(ordered) // 5] < spacing / 2
    return 0.0 if spacing > _MAX_SPACING or is_mixed or may_be_words else spacing


def _is_even_there(glyphs: Sequence[Glyph], claimed: Sequence[bool], gaps: Sequence[float], index: int) -> bool:
    """Whether a gap is one of several equal ones in a row: between the letters of a word that are set apart."""
    gap = gaps[index]
    if gap > _SURELY_GAP or not (glyphs[index - 1].text + glyphs[index].text).isalpha():
        return False
    before = range(index - 1, max(index - _MIN_SPACED, 0), -1)
    behind = range(index + 1, min(index + _MIN_SPACED, len(gaps)))

    def is_as_wide(other: int) -> bool:
        letters = glyphs[other - 1].text + glyphs[other].text
        return not claimed[other] and abs(gaps[other] - gap) < _SAME_GAP and letters.isalpha()

    return sum(len(list(takewhile(is_as_wide, indices))) for indices in (before, behind)) + 2 >= _MIN_SPACED


def _are_widths_wrong(glyphs: Sequence[Glyph], claimed: Sequence[bool], gaps: Sequence[float]) -> bool:
    """Whether the font's widths leave no gaps where the file claims spaces, and these look like those between words."""
    count = claimed.count(True)
    if count < 2 or len(glyphs) < _MEAN_WORD * (count + 1):
        return False
    return 2 * len([gap for gap in compress(gaps, claimed) if gap <= _SURELY_NONE]) > count
