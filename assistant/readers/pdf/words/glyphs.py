"""Glyphs made ready for words: accents join their letters, lines from right to left stand from left to right."""

import unicodedata
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.wording.right_to_left import has_right_to_left

_SPACING_ACCENTS = {
    "`": "\u0300", "\u00b4": "\u0301", "\u02c6": "\u0302", "\u02dc": "\u0303", "¯": "\u0304", "\u02d8": "\u0306",
    "\u02d9": "\u0307", "¨": "\u0308", "\u02da": "\u030a", "\u02dd": "\u030b", "\u02c7": "\u030c", "\u00b8": "\u0327",
    "\u02db": "\u0328",
}  # fmt: skip
_DOTLESS = {"\u0131": "i", "\u0237": "j"}
_LOOK_BACK = 40  # glyphs before an accent, among which its letter may be
_CELL = 8.0  # points: the sides of the squares by which letters are looked up
_MAX_IN_CELL = 20  # letters of a cell that are looked at
_MAX_OFFSET = 0.5  # of the type size, between the baselines of a letter and of its accent


def tidy(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """Glyphs in which accents are part of their letters, and lines from right to left stand from left to right.

    A letter and its accent are one glyph also where the file prints them one over the other.
    """
    text = "".join([glyph[0] for glyph in glyphs])
    if text.isascii() and "`" not in text:
        return glyphs
    if any(accent in text for accent in _SPACING_ACCENTS) or any(map(unicodedata.combining, set(text))):
        glyphs = _with_accents(glyphs)
    return _from_left(glyphs) if has_right_to_left(text) else glyphs


def _with_accents(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs in which accents are part of the letter before or after them over which they stand."""
    tidied: list[Glyph] = []
    pending: Glyph | None = None  # an accent that is printed before its letter
    for glyph in glyphs:
        if pending is not None:
            accent, pending = pending, None
            if _stands_over(accent, glyph):
                tidied.append(_accented(glyph, accent))
                continue
            tidied.append(accent)
        if not _is_accent(glyph):
            tidied.append(glyph)
        elif (index := _letter_below(glyph, tidied)) is not None:
            tidied[index] = _accented(tidied[index], glyph)
        else:
            pending = glyph
    return _with_accents_from_afar(tidied if pending is None else [*tidied, pending])


def _with_accents_from_afar(glyphs: list[Glyph]) -> list[Glyph]:
    """Glyphs in which accents that the file prints long before or after their letters are part of them, too."""
    accents = {index: glyph for index, glyph in enumerate(glyphs) if _is_accent(glyph)}
    lines = {round(accent.baseline) + offset for accent in accents.values() for offset in (-1, 0, 1)}
    letters: dict[tuple[int, int], list[int]] = {}
    for index, glyph in enumerate(glyphs if accents else ()):
        if round(glyph.baseline) in lines and glyph.text[:1].isalpha():
            letters.setdefault(_cell(glyph), []).append(index)
    accented: dict[int, Glyph] = {}
    moved: set[int] = set()
    for accent_index, accent in accents.items():
        row, column = _cell(accent)
        cells = [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        near = (index for cell in cells for index in letters.get(cell, ())[:_MAX_IN_CELL])
        below = next((index for index in near if index not in accented and _stands_over(accent, glyphs[index])), None)
        if below is not None:
            accented[below] = _accented(glyphs[below], accent)
            moved.add(accent_index)
    return [accented.get(index, glyph) for index, glyph in enumerate(glyphs) if index not in moved]


def _cell(glyph: Glyph) -> tuple[int, int]:
    """The row and column of a glyph in a grid of squares as large as letters."""
    return round(glyph.baseline / _CELL), round((glyph.x0 + glyph.x1) / 2 / _CELL)


def _letter_below(accent: Glyph, glyphs: Sequence[Glyph]) -> int | None:
    """The index of the glyph that an accent stands over, among those printed last; None where it stands over none."""
    last = len(glyphs) - 1
    return next(
        (index for index in range(last, last - _LOOK_BACK, -1) if index >= 0 and _stands_over(accent, glyphs[index])),
        None,
    )


def _is_accent(glyph: Glyph) -> bool:
    return glyph.text in _SPACING_ACCENTS or (len(glyph.text) == 1 and unicodedata.combining(glyph.text) > 0)


def _stands_over(accent: Glyph, letter: Glyph) -> bool:
    middle = (accent.x0 + accent.x1) / 2
    return (
        letter.text[:1].isalpha()
        and letter.x0 - 0.1 * letter.size < middle < letter.x1 + 0.1 * letter.size
        and abs(accent.baseline - letter.baseline) < _MAX_OFFSET * letter.size
    )


def _accented(letter: Glyph, accent: Glyph) -> Glyph:
    mark = _SPACING_ACCENTS.get(accent.text, accent.text)
    base = _DOTLESS.get(letter.text, letter.text)
    return letter._replace(text=unicodedata.normalize("NFC", base + mark))


def _from_left(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs, those of lines with letters from right to left sorted by their left and right edges."""
    ordered: list[Glyph] = []
    for line in _lines(glyphs):
        is_from_right = has_right_to_left("".join([glyph.text for glyph in line]))
        ordered += sorted(line, key=lambda glyph: glyph.x0 + glyph.x1) if is_from_right else line
    return ordered


def _lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs on one baseline that are printed one after the other."""
    line: list[Glyph] = []
    for glyph in glyphs:
        if line and abs(glyph.baseline - line[-1].baseline) > SAME_GLYPH_BASELINE * glyph.size:
            yield line
            line = []
        line.append(glyph)
    if line:
        yield line
