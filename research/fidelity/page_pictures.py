"""Pictures of PDF pages, by pdftoppm: which words of a page nobody can see in them."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from research.pdf.page_words import PageWord

_SECONDS = 300
_DOTS_PER_INCH, _POINTS_PER_INCH = 36, 72
_MIN_CONTRAST = 6  # of 255, between the lightest and the darkest dot where a word stands
_HEAD = re.compile(rb"P5\s+(\d+)\s+(\d+)\s+255\s")


class GrayPicture(NamedTuple):
    """A picture in shades of gray, row by row."""

    width: int
    height: int
    shades: bytes

    def contrast(self, word: PageWord) -> int:
        """Between the lightest and the darkest dot where a word stands; the full one where it stands outside."""
        scale = _DOTS_PER_INCH / _POINTS_PER_INCH
        left, right = max(int(word.x0 * scale), 0), min(ceil(word.x1 * scale), self.width)
        top, bottom = max(int(word.y0 * scale), 0), min(ceil(word.y1 * scale), self.height)
        rows = [self.shades[row * self.width + left : row * self.width + right] for row in range(top, bottom)]
        dots = b"".join(rows)
        return max(dots) - min(dots) if dots else 255


class PagePictures(NamedTuple):
    """The pages of a file, and whether nothing went wrong when they were drawn."""

    pictures: list[GrayPicture]
    is_complete: bool


def page_pictures(file: Path) -> PagePictures:
    """A small picture of each page; none where pdftoppm isn't installed, or can't draw them."""
    if not shutil.which("pdftoppm"):
        return PagePictures([], is_complete=False)
    with TemporaryDirectory() as folder:
        command = ["pdftoppm", "-gray", "-cropbox", "-r", str(_DOTS_PER_INCH), str(file), f"{folder}/page"]
        try:
            process = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 — a fixed command
        except subprocess.TimeoutExpired:
            return PagePictures([], is_complete=False)
        pictures = [_picture(path.read_bytes()) for path in sorted(Path(folder).iterdir())]
    return PagePictures(pictures, is_complete=b"Error" not in process.stderr)


def unseen_words(words: Sequence[PageWord], picture: GrayPicture) -> list[PageWord]:
    """The words that the picture of their page shows nothing of: white on white, or behind something."""
    return [word for word in words if picture.contrast(word) < _MIN_CONTRAST]


def _picture(data: bytes) -> GrayPicture:
    head = _HEAD.match(data)
    return GrayPicture(int(head[1]), int(head[2]), data[head.end() :]) if head else GrayPicture(0, 0, b"")
