"""Captions of figures and tables: a word such as "Figure", a number, and what there is to see; numbers at axes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.readers.pdf.page import Phrase, Piece
from assistant.readers.pdf.paragraphs.style import BodyStyle

_LABEL = re.compile(
    r"(?P<word>[^\W\d_]{2,14}\.?)\s{0,2}"
    r"(?P<number>(?:[A-Z]{1,2}[.–-]?)?\d{1,4}(?:[.–-]\d{1,3}){0,3}[a-z]?|[IVXLC]{1,7}|[A-Z])"
    r"(?P<end>\s?[:.|–—](?=\s|$)|\s?$|\s)"
)
_SMALLER = 0.96  # times the size of the body
_LEAST_WORDS = 4  # behind the label: a caption with fewer states nothing
_BARE_NUMBER = re.compile(r"[^\w\s]{0,2}\s?\d{1,9}(?:[.,]\d{1,9}){0,4}\s?[^\w\s]{0,2}")
_WORD = re.compile(r"[^\W\d_]{2}")


class Label(NamedTuple):
    """What a caption begins with.

    Attributes:
        text: as in "Fig. 3:".
        is_closed: whether a colon, full stop or dash ends it, or nothing follows.
    """

    text: str
    is_closed: bool


def _caption_label(text: str) -> Label | None:
    """The label that a text begins with; None where it begins with none.

    >>> _caption_label("Abb. 2.1 – Verlauf"), _caption_label("Chapter 3: On tides")
    (Label(text='Abb. 2.1 –', is_closed=True), None)
    """
    label = _LABEL.match(text)
    if label is None or label["word"].casefold() not in lexicon.entries("caption_words"):
        return None
    return Label(label[0].rstrip(), is_closed=bool(label["end"].strip()) or label.end() == len(text))


def is_caption(text: str) -> bool:
    """Whether a text begins with the label of a caption, closed by a colon, full stop or dash."""
    label = _caption_label(text)
    return label is not None and label.is_closed


def mark_captions(pieces: Sequence[Piece], style: BodyStyle) -> list[Piece]:
    """The pieces with captions marked as such; those that are hardly more than a label have the role of a title.

    A number that stands by itself, as at the axis of a chart, counts as one: it states nothing.

    Args:
        pieces: of the document.
        style: what is usual in it.
    """
    return [
        _as_caption(piece) if _is_caption(piece, pieces[max(place - 1, 0) : place + 2], style) else piece
        for place, piece in enumerate(pieces)
    ]


def _is_caption(piece: Piece, around: Sequence[Piece], style: BodyStyle) -> bool:
    """Whether a piece is a caption.

    Args:
        piece: of the document.
        around: that piece with the one before and the one behind it.
        style: what is usual in the document.
    """
    if piece.kind not in {"paragraph", "heading"} or piece.role != "body" or not piece.lines:
        return False
    first = piece.lines[0]
    if piece.kind == "paragraph" and _is_bare_number(piece):
        return True
    label = _caption_label(first.text)
    if label is None:
        return False
    if label.is_closed:
        return True
    behind = first.text[len(label.text) :].lstrip()
    stands_out = first.size <= _SMALLER * style.size or _has_bold_label(first) or any(other.table for other in around)
    return behind[:1].isupper() and stands_out


def _is_bare_number(piece: Piece) -> bool:
    """Whether a piece is nothing but one number, with a sign before or behind it."""
    return len(piece.lines) == 1 and _BARE_NUMBER.fullmatch(piece.lines[0].text) is not None


def _has_bold_label(line: Phrase) -> bool:
    """Whether a line begins in bold and goes on in plain type."""
    return line.words[0].font.is_bold and not line.words[-1].font.is_bold


def _as_caption(piece: Piece) -> Piece:
    text = " ".join(line.text for line in piece.lines)
    label = _caption_label(text)
    words = _WORD.findall(text[len(label.text) if label else 0 :])
    return replace(piece, kind="caption", level=0, role="body" if len(words) >= _LEAST_WORDS else "title")
