"""Pages of words without a PDF: what the rooms that make paragraphs of them are tested with."""

from collections.abc import Sequence

from assistant.readers.composition import Composition, compose
from assistant.readers.pdf.document import document_elements
from assistant.readers.pdf.page import Column, Font, PageLayout, Phrase, TableArea, Word

BOLD = Font("Sans-Bold", is_bold=True)
PLAIN = Font("Serif")
MONOSPACED = Font("Courier")
LEFT = 72.0
CHARACTER = 0.5  # the width of most characters, in sizes of the type
_WIDTHS = dict.fromkeys("fijlrt.,:;'", 0.3) | dict.fromkeys("mwMW", 0.8)  # of the others, but in monospaced fonts
SPACE = 0.25


def words_of(
    text: str, *, x: float = LEFT, y: float = 100.0, size: float = 10.0, font: Font = PLAIN, page: int = 1
) -> list[Word]:
    """Words that follow each other on a line; more spaces between two make a wider gap."""
    words: list[Word] = []
    gap = 0.0
    for part in text.split(" "):
        if not part:
            gap += SPACE * size
            continue
        x += gap
        width = _width(part, size, font)
        words.append(Word(part, page, x, y - 0.8 * size, x + width, y + 0.2 * size, y, size, font))
        x, gap = x + width, SPACE * size
    return words


def phrase(words: Sequence[Word]) -> Phrase:
    """A line of some words."""
    return Phrase(
        tuple(words), words[0].page, words[0].x0, words[0].y0, words[-1].x1, words[0].y1, words[0].baseline,
        words[-1].size,
    )  # fmt: skip


def line(
    text: str, *, x: float = LEFT, y: float = 100.0, size: float = 10.0, font: Font = PLAIN, page: int = 1
) -> Phrase:
    """A line of words."""
    return phrase(words_of(text, x=x, y=y, size=size, font=font, page=page))


def column(
    *texts: str, x: float = LEFT, y: float = 100.0, size: float = 10.0, leading: float = 12.0, font: Font = PLAIN,
    page: int = 1,
) -> Column:  # fmt: skip
    """Lines below each other.

    A leading ">" indents a line by two sizes of the type; an empty line leaves half a line free.
    """
    lines: list[Phrase] = []
    for text in texts:
        if not text:
            y += leading / 2
            continue
        shift = 2 * size * (len(text) - len(text.lstrip(">")))
        lines.append(line(text.lstrip(">"), x=x + shift, y=y, size=size, font=font, page=page))
        y += leading
    return Column(tuple(lines))


def columns(*parts: Column) -> Column:
    """Several runs of lines as one column."""
    return Column(tuple(line for part in parts for line in part.lines))


def page(*items: Column | TableArea, number: int = 1) -> PageLayout:
    """A page of columns and tables in reading order."""
    return PageLayout(number, 595.0, 842.0, items)


def composed(*pages: PageLayout) -> Composition:
    """The canonical text of some pages."""
    return compose(document_elements(pages))


def blocks(*pages: PageLayout) -> list[tuple[str, str]]:
    """The kinds and texts of the blocks of some pages."""
    whole = composed(*pages)
    return [(block.kind, whole.text[block.start : block.end]) for block in whole.blocks]


def wrap(text: str, width: float = 280.0, size: float = 10.0) -> list[str]:
    """The lines of a text, each as full as its words allow.

    Args:
        text: words.
        width: of a line, in points.
        size: of the type.
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(text: str, size: float, font: Font = PLAIN) -> float:
    widths = {" ": SPACE} if font == MONOSPACED else {" ": SPACE} | _WIDTHS
    return size * sum(widths.get(character, CHARACTER) for character in text)
