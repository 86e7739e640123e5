"""Frames: coordinates of a page turned so that text of some angle runs from left to right; (0, 0) is the top left."""

import math
from typing import NamedTuple

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1."""


class Affine(NamedTuple):
    """From (x, y) to (a·x + b·y + e, c·x + d·y + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        a, b, c, d, e, f = self
        return a * x + b * y + e, c * x + d * y + f

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Rectangle:
        """The upright rectangle around where a rectangle goes."""
        a, b, c, d, e, f = self
        xs = a * x0 + b * y0 + e, a * x0 + b * y1 + e, a * x1 + b * y0 + e, a * x1 + b * y1 + e
        ys = c * x0 + d * y0 + f, c * x0 + d * y1 + f, c * x1 + d * y0 + f, c * x1 + d * y1 + f
        return min(xs), min(ys), max(xs), max(ys)

    def inverse(self) -> "Affine":
        """The way back.

        >>> Affine(0, 1, 1, 0, -2, -3).inverse().point(*Affine(0, 1, 1, 0, -2, -3).point(5, 7))
        (5.0, 7.0)
        """
        a, b, c, d, e, f = self
        determinant = a * d - b * c
        return Affine(
            d / determinant, -b / determinant, -c / determinant, a / determinant,
            (b * f - d * e) / determinant, (c * e - a * f) / determinant,
        )  # fmt: skip

    def then(self, other: "Affine") -> "Affine":
        """This one, and the other after it."""
        a, b, c, d, e, f = self
        x, y = other.point(e, f)
        return Affine(
            other.a * a + other.b * c, other.a * b + other.b * d, other.c * a + other.d * c, other.c * b + other.d * d,
            x, y,
        )  # fmt: skip


def frame(crop_box: Rectangle, angle: float) -> Affine:
    """From the coordinates of a PDF, which rise, to those of a frame, which fall.

    Args:
        crop_box: left, bottom, right and top of what is shown.
        angle: of the text that runs from left to right in it, in degrees anticlockwise; so a page that the file
            turns by 90 degrees clockwise is the frame of the angle 90.

    >>> frame((0, 0, 200, 100), 90).point(0, 10)
    (10.0, 0.0)
    """
    cosine, sine = round(math.cos(math.radians(angle)), 9), round(math.sin(math.radians(angle)), 9)
    left, top, _, _ = Affine(cosine, sine, sine, -cosine, 0, 0).box(*crop_box)
    return Affine(cosine, sine, sine, -cosine, -left, -top)
