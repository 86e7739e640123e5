"""Pages without text: what is on them, and their words by character recognition where the extra for it is installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.readers.pdf.page import Word
from assistant.readers.pdf.pdfium import DamagedPageError, PdfFile
from assistant.readers.pdf.recognition import is_installed, recognise
from assistant.readers.progress import report_progress

_MOST_RECOGNISED = 200  # pages of a file, each of which takes seconds

Outcome = Literal["recognised", "blank", "no words", "not installed", "too many"]
"""What became of a page without text."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page without text.

    Attributes:
        outcome: what became of it.
        words: that were recognised on it.
    """

    outcome: Outcome
    words: Sequence[Word] = ()


class Scans:
    """The pages without text of a file."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._recognised = 0

    def read(self, number: int) -> ScannedPage:
        """Reads a page without text.

        Args:
            number: of the page, counted from 1.
        """
        try:
            picture = self._file.picture(number)
        except DamagedPageError:
            return ScannedPage("no words")
        if picture.is_blank:
            return ScannedPage("blank")
        if not is_installed():
            return ScannedPage("not installed")
        if self._recognised == _MOST_RECOGNISED:
            return ScannedPage("too many")
        self._recognised += 1
        report_progress()
        words = recognise(picture, number)
        report_progress()
        return ScannedPage("recognised", words) if words else ScannedPage("no words")
