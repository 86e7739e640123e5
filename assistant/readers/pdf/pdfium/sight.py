"""Whether text that may be out of sight is seen: the picture of its page is another one without it.

So it doesn't matter what hides it: a box drawn over it, translucent or not, or a layer that is switched off.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assistant.readers.pdf.geometry.frames import Affine, Rectangle, frame
from assistant.readers.pdf.page import Glyph
from assistant.readers.pdf.pdfium.calls import calls
from assistant.readers.pdf.pdfium.pictures import draw_colours
from assistant.readers.pdf.pdfium.text import PrintedRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FAINT = 24  # of 255: what differs less from its ground can't be read
_BAND = (0.5, 0.05)  # type sizes above the baseline, between which every letter and figure has ink
_SEEN_SHARE = 0.5  # of the letters of a word: one of which less is seen is out of sight


def seen_runs(
    runs: Sequence[PrintedRun], doubtful: Collection[int], page: Any, crop_box: Rectangle, rotation: int
) -> list[PrintedRun]:
    """Runs without the words that are out of sight.

    A letter is seen if anything between its baseline and half its size above is; a word if half its letters are.

    Args:
        runs: of a page.
        doubtful: PDFium's handles of the text objects that are looked at.
        page: of pypdfium2.
        crop_box: left, bottom, right and top of what is shown.
        rotation: by which the file turns the page, in degrees clockwise.
    """
    traces = _traces(page, doubtful)
    shown = frame(crop_box, rotation)
    left, top, right, bottom = shown.box(*crop_box)
    height, width = traces.shape
    to_pixels = Affine(width / max(right - left, 1), 0, 0, height / max(bottom - top, 1), 0, 0)
    return [
        PrintedRun(
            run.look, list(_seen(run, traces, frame(crop_box, run.look.angle).inverse().then(shown).then(to_pixels)))
        )
        if run.text_object in doubtful and not run.look.is_invisible
        else run
        for run in runs
    ]


def _traces(page: Any, texts: Collection[int]) -> "NDArray[np.bool_]":
    """The pixels of a page that are other ones without some text objects."""
    import numpy as np

    with_texts = draw_colours(page).astype(np.int16)
    _switch(texts, is_on=False)
    try:
        without = draw_colours(page)
    finally:
        _switch(texts, is_on=True)
    differs: NDArray[np.bool_] = np.abs(with_texts - without) > _FAINT
    return differs[..., 0] | differs[..., 1] | differs[..., 2]


def _switch(texts: Collection[int], *, is_on: bool) -> None:
    for text in texts:
        calls().set_active(text, int(is_on))


def _seen(run: PrintedRun, traces: "NDArray[np.bool_]", to_pixels: Affine) -> Iterator[Glyph]:
    """The glyphs of the words that are seen, and the spaces."""
    for is_space, glyphs in groupby(run.glyphs, lambda glyph: glyph.text.isspace()):
        word = list(glyphs)
        letters = [glyph for glyph in word if glyph.text.isalnum()] or word
        if is_space or sum(_has_trace(glyph, traces, to_pixels) for glyph in letters) >= _SEEN_SHARE * len(letters):
            yield from word


def _has_trace(glyph: Glyph, traces: "NDArray[np.bool_]", to_pixels: Affine) -> bool:
    above, below = (_BAND[0], _BAND[1]) if glyph.text.isalnum() else (1.0, -0.3)
    x0, y0, x1, y1 = to_pixels.box(
        glyph.x0, glyph.baseline - above * glyph.size, glyph.x1, glyph.baseline - below * glyph.size
    )
    if not math.isfinite(x0 + y0 + x1 + y1):
        return False
    rows = slice(max(int(y0), 0), max(int(y1) + 1, 0))
    return bool(traces[rows, max(int(x0), 0) : max(int(x1) + 1, 0)].any())
