"""Glyphs → words: where one ends is told by the gaps that are printed, not by the spaces that a file claims."""

import unicodedata
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.page import Glyph, PageContent, Rise, Word

_WORD_GAP = 0.15  # of the type's size: letters further apart belong to two words


def words_of(page: PageContent) -> list[Word]:
    """The words of a page, in the order in which they are printed."""
    return [_word(glyphs, page.number) for glyphs in _runs(page.glyphs)]


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The glyphs of a word at a time."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            continue
        if run and _starts_word(run[-1], glyph):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _starts_word(last: Glyph, glyph: Glyph) -> bool:
    if abs(last.baseline - glyph.baseline) > 0.08 * last.size or last.font != glyph.font:
        return True
    return not -_WORD_GAP * glyph.size * 4 < glyph.x0 - last.x1 < _WORD_GAP * glyph.size


def _word(glyphs: Sequence[Glyph], page: int) -> Word:
    text = unicodedata.normalize("NFC", "".join(glyph.text for glyph in glyphs))
    rise: Rise = 0
    return Word(
        text,
        page,
        min(glyph.x0 for glyph in glyphs),
        min(glyph.y0 for glyph in glyphs),
        max(glyph.x1 for glyph in glyphs),
        max(glyph.y1 for glyph in glyphs),
        glyphs[0].baseline,
        glyphs[0].size,
        glyphs[0].font,
        rise,
    )
