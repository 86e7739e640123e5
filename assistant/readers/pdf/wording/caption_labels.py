"""The labels that captions of figures and tables begin with: a word such as "Figure", and a number."""

import re
from typing import NamedTuple

from assistant.nlp import lexicon

_LABEL = re.compile(
    r"(?P<word>[^\W\d_]{2,14}\.?)\s{0,2}"
    r"(?P<number>(?:[A-Z]{1,2}[.–-]?)?\d{1,4}(?:[.–-]\d{1,3}){0,3}[a-z]?|[IVXLC]{1,7}|[A-Z])"
    r"(?P<end>\s?[:.|–—](?=\s|$)|\s?$|\s)"
)


class CaptionLabel(NamedTuple):
    """What a caption begins with.

    Attributes:
        text: as in "Fig. 3:".
        is_closed: whether a colon, full stop or dash ends it, or nothing follows.
    """

    text: str
    is_closed: bool


def caption_label(text: str) -> CaptionLabel | None:
    """The label that a text begins with; None where it begins with none.

    >>> caption_label("Abb. 2.1 – Verlauf"), caption_label("Chapter 3: On tides")
    (CaptionLabel(text='Abb. 2.1 –', is_closed=True), None)
    """
    label = _LABEL.match(text)
    if label is None or label["word"].casefold() not in lexicon.entries("caption_words"):
        return None
    return CaptionLabel(label[0].rstrip(), is_closed=bool(label["end"].strip()) or label.end() == len(text))


def is_caption(text: str) -> bool:
    """Whether a text begins with the label of a caption, closed by a colon, full stop or dash."""
    label = caption_label(text)
    return label is not None and label.is_closed
