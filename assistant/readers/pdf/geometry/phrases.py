"""Words of one line as a phrase."""

import statistics
from collections.abc import Sequence

from assistant.readers.pdf.page import Phrase, Word


def phrase_of(words: Sequence[Word]) -> Phrase:
    """Some words of one line as a phrase, with their bounding box.

    Its baseline and type size are those of the words that are neither raised nor lowered, where there are any.

    Args:
        words: at least one, in reading order.
    """
    x0, y0, x1, y1 = zip(*[(word.x0, word.y0, word.x1, word.y1) for word in words], strict=True)
    level = [word for word in words if not word.rise] or words
    return Phrase(
        words=tuple(words),
        page=words[0].page,
        x0=min(x0),
        y0=min(y0),
        x1=max(x1),
        y1=max(y1),
        baseline=statistics.median_low([word.baseline for word in level]),
        size=_usual_size(level),
    )


def _usual_size(words: Sequence[Word]) -> float:
    """The type size of most characters, the first of two that are as common."""
    chars_by_size: dict[float, int] = {}
    for word in words:
        chars_by_size[word.size] = chars_by_size.get(word.size, 0) + len(word.text)
    return max(chars_by_size, key=chars_by_size.__getitem__)
