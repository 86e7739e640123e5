"""Captions of figures and tables: a word such as "Figure", a number, and what there is to see; numbers at axes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.page import Phrase, Piece
from assistant.readers.pdf.wording.caption_labels import caption_label

_SMALLER = 0.96  # times the size of the body
_MIN_WORDS = 4  # behind the label: a caption with fewer states nothing
_BARE_NUMBER = re.compile(r"[^\w\s]{0,2}\s?\d{1,9}(?:[.,]\d{1,9}){0,4}\s?[^\w\s]{0,2}")
_WORD = re.compile(r"[^\W\d_]{2}")


def mark_captions(pieces: Sequence[Piece], style: BodyStyle) -> list[Piece]:
    """The pieces with captions marked as such; those that are hardly more than a label have the role of a title.

    A number that stands by itself, as at the axis of a chart, counts as one: it states nothing.

    Args:
        pieces: of the document.
        style: what is usual in it.
    """
    return [
        _as_caption(piece) if _is_caption(piece, pieces[max(index - 1, 0) : index + 2], style) else piece
        for index, piece in enumerate(pieces)
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
    label = caption_label(first.text)
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
    label = caption_label(text)
    words = _WORD.findall(text[len(label.text) if label else 0 :])
    return replace(piece, kind="caption", level=0, role="body" if len(words) >= _MIN_WORDS else "title")
