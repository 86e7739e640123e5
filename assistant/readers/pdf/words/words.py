"""Glyphs → words."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.geometry.frames import Affine
from assistant.readers.pdf.page import Glyph, PageContent, Word
from assistant.readers.pdf.wording.right_to_left import logical_text
from assistant.readers.pdf.words.glyphs import tidy
from assistant.readers.pdf.words.raised_words import raised_fragments
from assistant.readers.pdf.words.word_gaps import are_set_apart, letter_spacing, word_starts
from assistant.readers.pdf.words.word_rows import (
    Fragment,
    Placing,
    glued,
    joined,
    without_doubles,
    without_unknown_signs,
)

_RUN_GAP = 1.0  # of the type size: letters further apart are of two runs
_BACKWARDS = -0.5  # of the type size: by how much a letter may stand before the end of the one before
_MIN_LEADERS = 3  # dots
_LEADERS, _LEADER_RUN = "." * 5, re.compile(r"\.{5,}")
_NARROW_GAP = 0.1  # of the type size: a word behind a gap so narrow is marked, lest it be joined again
_SAME_PLACE = 0.55  # of the width of a letter that is printed twice, offset to look bold


class _GlyphRun(NamedTuple):
    """Glyphs on one baseline, of one font and size, that no wide gap separates."""

    glyphs: list[Glyph]
    claimed: list[bool]  # before which of them the file claims a space
    gaps: list[float]  # before each of them, in type sizes


def words_of(page: PageContent) -> list[Word]:
    """The words of a page, in the order in which they are printed; turned ones follow, angle by angle."""
    words = _words(page.glyphs, page.number)
    for text in page.turned:
        words += _turn(_words(text.glyphs, page.number), text.angle, Affine(*text.to_page))
    return words


def _words(glyphs: Sequence[Glyph], page: int) -> list[Word]:
    fragments = [fragment for run in _glyph_runs(tidy(glyphs)) for fragment in _fragments(run)]
    rows = joined(without_unknown_signs(without_doubles(fragments)))
    raised = raised_fragments(rows)
    glue = glued(rows, raised)
    return [_word(fragment, raised.get(number), number in glue, page) for number, fragment in enumerate(rows.fragments)]


def _glyph_runs(glyphs: Sequence[Glyph]) -> Iterator[_GlyphRun]:
    """The runs of a page, as they are printed."""
    # The lists of the run have names of their own: that spares three look-ups a glyph.
    run = run_glyphs, claimed, gaps = _GlyphRun([], [], [])
    is_claimed = False
    last_text, last_font = "", None
    last_x0 = last_x1 = last_baseline = last_size = 0.0
    for glyph in glyphs:
        text, x0, _, x1, _, baseline, size, font, _ = glyph
        if not text or text.isspace():
            is_claimed = is_claimed or bool(text)
            continue
        if last_text:
            gap = (x0 - last_x1) / size
            offset = baseline - last_baseline
            if text == last_text and abs(x0 - last_x0) < _SAME_PLACE * (x1 - x0) and abs(offset) < 0.1 * size:
                continue
            is_same_line = not offset or -SAME_GLYPH_BASELINE * size < offset < SAME_GLYPH_BASELINE * size
            if is_same_line and font is last_font and size == last_size and _BACKWARDS < gap < _RUN_GAP:
                run_glyphs.append(glyph)
                claimed.append(is_claimed)
                gaps.append(gap)
                last_text, last_x0, last_x1 = text, x0, x1
                last_baseline, is_claimed = baseline, False
                continue
            yield run
        run = run_glyphs, claimed, gaps = _GlyphRun([glyph], [False], [0.0])
        last_text, last_x0, last_x1, last_baseline, is_claimed = text, x0, x1, baseline, False
        last_font, last_size = font, size
    if run_glyphs:
        yield run


def _fragments(run: _GlyphRun) -> Iterator[Fragment]:
    """What stands between the gaps of a run."""
    glyphs, new = run.glyphs, tuple.__new__
    start, spacing = 0, _letter_spacing(run)
    starts = word_starts(*run, spacing)
    texts = [glyph[0] for glyph in glyphs]
    for end in [*_with_leaders(starts, texts), len(glyphs)]:
        _, x0, y0, _, y1, baseline, size, font, _ = glyphs[start]
        text, x1 = "".join(texts[start:end]), glyphs[end - 1].x1
        begins_word = start > 0 and run.gaps[start] < _NARROW_GAP + spacing
        yield new(Fragment, (text, x0, y0, x1, y1, baseline, size, font, spacing * size, begins_word))
        start = end


def _with_leaders(starts: list[int], texts: Sequence[str]) -> list[int]:
    """The indices at which words begin, also where dots begin or end that lead to a figure."""
    if texts.count(".") < len(_LEADERS) or not all(texts):
        return starts
    text = "".join([text[0] for text in texts])
    if _LEADERS not in text:
        return starts
    ends = {index for match in _LEADER_RUN.finditer(text) for index in match.span()}
    return sorted({*starts, *ends} - {0, len(texts)})


def _letter_spacing(run: _GlyphRun) -> float:
    """By how much the letters of a run are set apart; the dots that lead from words to figures tell nothing of it."""
    if not are_set_apart(run.gaps):
        return 0.0
    texts = [glyph.text for glyph in run.glyphs]
    if texts.count(".") < _MIN_LEADERS:
        return letter_spacing(texts, run.gaps, run.claimed)
    letters = [index for index, text in enumerate(texts) if text != "." or not index or texts[index - 1] != "."]
    gaps, claimed = [run.gaps[index] for index in letters], [run.claimed[index] for index in letters]
    return letter_spacing([texts[index] for index in letters], gaps, claimed)


def _word(fragment: Fragment, placing: Placing | None, is_glued: bool, page: int) -> Word:
    text, x0, y0, x1, y1, baseline, size, font, _, _ = fragment
    if not text.isascii():
        text = unicodedata.normalize("NFC", logical_text(text))
    if placing is None:
        return Word(text, page, x0, y0, x1, y1, baseline, size, font, 0, is_glued)
    return Word(text, page, x0, y0, x1, y1, placing.baseline, size, font, placing.rise, is_glued)


def _turn(words: Sequence[Word], angle: int, to_page: Affine) -> Iterator[Word]:
    """Words that are printed at an angle, with the upright rectangles around them."""
    for word in words:
        x0, y0, x1, y1 = to_page.box(word.x0, word.y0, word.x1, word.y1)
        yield Word(
            word.text, word.page, x0, y0, x1, y1, y1, word.size, word.font, word.rise, word.is_glued, angle
        )  # fmt: skip
