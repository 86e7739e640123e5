"""Scanned pages: what is on them, and their words by character recognition where the extra for it is installed.

A page counts as scanned if it has no text, or if a picture fills it and the text over that is no longer than a stamp,
such as the number that an archive prints on each page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.readers.pdf.page import Word
from assistant.readers.pdf.pdfium.file import DamagedPageError, PdfFile
from assistant.readers.pdf.pdfium.pictures import Picture
from assistant.readers.pdf.recognition.engine import is_installed, recognise
from assistant.readers.progress import report_progress

_MAX_STAMP_CHARS = 200  # of the text over a scan
_MAX_RECOGNISED = 200  # pages of a file, each of which takes seconds

Outcome = Literal["recognised", "blank", "no words", "not installed", "too many"]
"""What became of a scanned page."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A scanned page.

    Attributes:
        outcome: what became of it.
        words: that are printed on it, and those that were recognised.
        turn: by how many degrees clockwise it was turned to be read: places are those on the turned page.
    """

    outcome: Outcome
    words: Sequence[Word] = ()
    turn: int = 0


class Scans:
    """The scanned pages of a file."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._recognised = 0

    def read(self, number: int, printed: Sequence[Word]) -> ScannedPage | None:
        """Reads a page; None where it isn't scanned.

        Args:
            number: of the page, counted from 1.
            printed: the words that the file has for it.
        """
        try:
            if printed and not self._is_stamped_scan(number, printed):
                return None
            picture = self._file.picture(number)
        except DamagedPageError:
            return None if printed else ScannedPage("no words")
        if picture.is_blank:
            return ScannedPage("blank", printed)
        if not is_installed():
            return ScannedPage("not installed", printed)
        if self._recognised == _MAX_RECOGNISED:
            return ScannedPage("too many", printed)
        return self._recognise(number, picture, printed)

    def _recognise(self, number: int, picture: Picture, printed: Sequence[Word]) -> ScannedPage | None:
        self._recognised += 1
        report_progress()
        words, turn = recognise(picture, number)
        report_progress()
        if turn and words:  # the stamp is on the picture too, and recognised with it
            return ScannedPage("recognised", words, turn)
        if fresh := [word for word in words if not any(_overlap(word, other) for other in printed)]:
            return ScannedPage("recognised", [*printed, *fresh])
        return None if printed else ScannedPage("no words")

    def _is_stamped_scan(self, number: int, printed: Sequence[Word]) -> bool:
        if len(printed) > _MAX_STAMP_CHARS or sum(len(word.text) for word in printed) > _MAX_STAMP_CHARS:
            return False
        return self._file.is_picture(number)


def _overlap(word: Word, other: Word) -> bool:
    return word.x0 < other.x1 and other.x0 < word.x1 and word.y0 < other.y1 and other.y0 < word.y1
