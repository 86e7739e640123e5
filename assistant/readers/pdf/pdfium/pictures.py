"""Pages of a PDF as pictures, for character recognition and to tell what is seen."""

import math
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PIXELS_PER_POINT = 150 / 72  # more costs time and gains nothing: docs/evaluation/recognition.md
_MAX_PIXELS = 6_000_000  # two A4 pages and a half; larger pages are drawn with fewer pixels a point
_SIGHT_PIXELS_PER_POINT = 1.5  # enough to tell whether the letters of the smallest type are there
_MAX_SIGHT_PIXELS = 2_000_000  # an A4 page has 1,130,000
_PAGE_SHARE = 0.75  # of a page that a scan of it fills
_MAX_PICTURES = 100  # of a page that are looked at
_FAINT = 24  # of 255: a page whose greys differ by no more is blank


class Picture(NamedTuple):
    """A page in shades of grey.

    Attributes:
        greys: from 0 for black to 255 for white, a row of pixels each.
        scale: pixels a point.
    """

    greys: "NDArray[np.uint8]"
    scale: float

    @property
    def is_blank(self) -> bool:
        """Whether nothing is seen on it."""
        return int(self.greys.max()) - int(self.greys.min()) <= _FAINT


def fills_page(page: Any) -> bool:
    """Whether a picture fills most of a page.

    Args:
        page: of pypdfium2.
    """
    from pypdfium2 import raw

    width, height = page.get_size()
    left, bottom, right, top = page.get_cropbox()
    pictures = islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2), _MAX_PICTURES)
    return any(
        (min(x1, right) - max(x0, left)) * (min(y1, top) - max(y0, bottom)) > _PAGE_SHARE * width * height
        for x0, y0, x1, y1 in (picture.get_bounds() for picture in pictures)
        if x0 < right and x1 > left and y0 < top and y1 > bottom
    )


def draw_colours(page: Any) -> "NDArray[np.uint8]":
    """The colours of a page as it is shown, without the fields of forms: rows of pixels, of three parts each.

    Args:
        page: of pypdfium2.
    """
    scale = _scale(page, _SIGHT_PIXELS_PER_POINT, _MAX_SIGHT_PIXELS)
    with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
        colours: NDArray[np.uint8] = bitmap.to_numpy()[..., :3].copy()
        return colours


def draw(page: Any) -> Picture:
    """A page as it is shown.

    Args:
        page: of pypdfium2.
    """
    scale = _scale(page, _PIXELS_PER_POINT, _MAX_PIXELS)
    with closing(page.render(scale=scale, grayscale=True)) as bitmap:
        return Picture(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy(), scale)


def _scale(page: Any, pixels_per_point: float, max_pixels: int) -> float:
    """The pixels a point that a page is drawn with: fewer where it is large."""
    width, height = page.get_size()
    return min(pixels_per_point, math.sqrt(max_pixels / max(width * height, 1.0)))
