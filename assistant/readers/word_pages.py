"""Where the pages of a file start in the canonical text, by the places of its words."""

from collections.abc import Sequence

from assistant.readers.extract import fill_page_starts
from assistant.structure import PlacedWord


def page_starts(text: str, words: Sequence[PlacedWord], page_count: int) -> tuple[int, ...]:
    """The offset at which each page starts, in rising order.

    A page starts at the first word on it, or at the start of that word's line where no word stands before it there.
    One without words starts where the next one with words does.

    Args:
        text: the canonical text.
        words: in the order of the text.
        page_count: the number of pages of the file.
    """
    starts: list[int | None] = [None] * page_count
    previous_end = 0
    for word in words:
        place = word.box.page - 1
        if 0 <= place < page_count and starts[place] is None:
            line_start = text.rfind("\n", previous_end, word.start) + 1
            starts[place] = line_start or (word.start if previous_end else 0)
        previous_end = word.end
    return fill_page_starts(_rising(starts), len(text))


def _rising(starts: Sequence[int | None]) -> list[int | None]:
    """The starts, none behind that of a later page."""
    rising: list[int | None] = []
    least: int | None = None
    for start in reversed(starts):
        if start is not None:
            least = start if least is None else min(start, least)
        rising.append(None if start is None else least)
    return rising[::-1]
