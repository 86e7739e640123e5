"""Numbers of pages in the flow of the text, where pages of an earlier print were printed one after the other.

A filing that was written for the web has them: they stand at any height, on lines of their own, and count on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.roles.edges import wording_of

_MAX_CHARS, _MAX_WORDS = 12, 3  # of a number with what is printed around it
_BARE = re.compile(r"[-–—|·\s]*(?:[a-z]{1,2}[-–.]\s?)?#[-–—|·\s]*")
_SAME_MIDDLE = 0.5  # type sizes
_MAX_STEP = 3  # pages between two numbers
_MAX_SIZE = 1.25  # times the usual size of the type
_MIN_NUMBERS = 4  # numbers that count on
_BAND = 3.0  # points: phrases whose baselines are nearer stand on one line


def counting_lines(pages: Sequence[PagePhrases], usual_size: float) -> list[list[Phrase]]:
    """The lines that hold nothing but a number, which counts on from one at the same place of an earlier page.

    Args:
        pages: of the document, in order.
        usual_size: of its type, in points; the number of a chapter is larger.

    Returns:
        Sequences of numbers that count on.
    """
    sequences: list[list[Phrase]] = []
    open_sequences: dict[tuple[str, int], list[Phrase]] = {}  # by their wording and the number that goes on with them
    for phrase in (phrase for page in pages for phrase in _lone_numbers(page)):
        wording, numbers = wording_of(phrase.text)
        if not _BARE.fullmatch(wording) or phrase.size > _MAX_SIZE * usual_size:
            continue
        sequence = open_sequences.pop((wording, numbers[0]), [])
        if not sequence or not _is_in_place(phrase, sequence[-1]):
            sequence = []
            sequences.append(sequence)
        sequence.append(phrase)
        open_sequences[wording, numbers[0] + 1] = sequence
    return [sequence for sequence in sequences if len(sequence) >= _MIN_NUMBERS]


def _is_in_place(phrase: Phrase, last: Phrase) -> bool:
    """Whether a phrase stands on a page behind that of another one, below the same point and in the same type."""
    shift = abs(phrase.x0 + phrase.x1 - last.x0 - last.x1) / 2
    is_alike = shift <= _SAME_MIDDLE * phrase.size and abs(phrase.size - last.size) < 0.1 * phrase.size
    return is_alike and 0 < phrase.page - last.page <= _MAX_STEP


def _lone_numbers(page: PagePhrases) -> Iterator[Phrase]:
    """The short phrases that have a line to themselves."""
    bands = Counter(round(phrase.baseline / _BAND) for phrase in page.phrases)
    for phrase in sorted(page.phrases, key=lambda phrase: phrase.baseline):
        band = round(phrase.baseline / _BAND)
        is_alone = bands[band] == 1 and not bands[band - 1] and not bands[band + 1]
        if is_alone and len(phrase.words) <= _MAX_WORDS and len(phrase.text) <= _MAX_CHARS:
            yield phrase
