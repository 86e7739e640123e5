"""Fields: a label with a colon, and its value behind a wide gap."""

import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.captions import is_caption
from assistant.readers.pdf.lines import Line, phrase_of_words
from assistant.readers.pdf.page import Phrase, Word, join_words

_COLONS = (":", "：")  # noqa: RUF001 — a wide colon is meant
_WIDE_GAP_RATIO = 2.0  # times the usual gap of the line: justified lines have wide spaces
_WIDE_GAP = 0.8  # sizes of the type between a label and its value
_MAX_LABEL_CHARS = 80
_SAME_INDENT = 0.5  # sizes of the type


class Field(NamedTuple):
    """A label and its value."""

    label: str  # without its colon
    label_words: tuple[Word, ...]
    first_line: Phrase  # of the value


def field_of(line: Line) -> Field | None:
    """The field that a line holds, or that begins with it; None where it holds none."""
    if not any(colon in line.text[1:_MAX_LABEL_CHARS] for colon in _COLONS) or is_caption(line.text):
        return None
    words = line.phrase.words
    place = next((place for place, word in enumerate(words) if word.text.endswith(_COLONS)), len(words))
    label = join_words(words[: place + 1])
    if place + 1 >= len(words) or len(label) > _MAX_LABEL_CHARS or not _is_set_apart(words, place, line.em):
        return None
    return Field(label[:-1].rstrip(), words[: place + 1], phrase_of_words(words[place + 1 :]))


def is_in_value(line: Line, field: Field) -> bool:
    """Whether a line stands below the first one of a value, and goes on with it."""
    return abs(line.phrase.x0 - field.first_line.x0) < _SAME_INDENT * line.em


def _is_set_apart(words: Sequence[Word], place: int, em: float) -> bool:
    """Whether more than the line's usual space stands behind one of its words."""
    gaps = [right.x0 - left.x1 for left, right in pairwise(words)]
    others = gaps[:place] + gaps[place + 1 :]
    return gaps[place] > max(_WIDE_GAP * em, _WIDE_GAP_RATIO * statistics.median(others) if others else 0)
