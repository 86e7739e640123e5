"""The words of PDF pages with their places, by pdftotext, which shares no code with the readers."""

import html
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

_SECONDS = 300
_PAGE = re.compile(r"<page ")
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


class PageWord(NamedTuple):
    """A word of a page, in points from the top left of the page as it is shown."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        """Of the type, about."""
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        """The point in its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def page_words(file: Path) -> list[list[PageWord]]:
    """The words of each page of a PDF; of none where it can't be read.

    Raises:
        subprocess.TimeoutExpired: it takes pdftotext minutes.
    """
    command = ["pdftotext", "-bbox", "-cropbox", "-enc", "UTF-8", str(file), "-"]
    process = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 — a fixed command
    pages = _PAGE.split(process.stdout.decode(errors="replace"))[1:]
    return [[_word(*match.groups()) for match in _WORD.finditer(page)] for page in pages]


def lines_of(words: list[PageWord]) -> list[list[PageWord]]:
    """Words by the lines that they stand on, from top to bottom, those of a line from left to right."""
    lines: list[list[PageWord]] = []
    for word in sorted(words, key=lambda word: word.center[1]):
        if lines and abs(lines[-1][0].center[1] - word.center[1]) < min(lines[-1][0].height, word.height) / 2:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x0) for line in lines]


def _word(x0: str, y0: str, x1: str, y1: str, text: str) -> PageWord:
    return PageWord(html.unescape(text), float(x0), float(y0), float(x1), float(y1))
