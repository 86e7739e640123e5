"""The title of a document: that which it gives itself on its first page, or that of its metadata."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, takewhile

from assistant.readers.metadata import clean_title, is_like_file_name
from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.page import Piece
from assistant.structure import Block

_LARGER = 1.25  # times the size of the body
_SAME_SIZE = 0.05  # the share by which the lines of a title may differ in size
_NOTE_MARKS = re.compile(r"\s[*∗†‡§¶⁰¹²³⁴-⁹,]{1,4}$")  # noqa: RUF001 — the asterisk of mathematics is meant, too
_FIRST_PIECES = 30  # of the document, among which the title stands


def mark_title(pieces: Sequence[Piece], style: BodyStyle) -> list[Piece]:
    """The pieces, with the role of a title for the largest heading of the first page and those in its size behind it.

    Args:
        pieces: of the document, in reading order.
        style: what is usual in it.
    """
    marked = list(pieces)
    on_first_page = [
        index
        for index, piece in enumerate(pieces[:_FIRST_PIECES])
        if piece.kind == "heading" and piece.role == "body" and piece.lines and piece.lines[0].page == 1
    ]
    if not on_first_page:
        return marked
    size = max(pieces[index].lines[0].size for index in on_first_page)
    if size < _LARGER * style.size:
        return marked
    index = next(index for index in on_first_page if pieces[index].lines[0].size >= (1 - _SAME_SIZE) * size)
    while index in on_first_page and pieces[index].lines[0].size >= (1 - _SAME_SIZE) * size:
        marked[index] = replace(pieces[index], role="title")
        index += 1
    return marked


def document_title(stated: str, text: str, blocks: Sequence[Block]) -> str:
    """The title of a document: of its metadata, unless a program put it there or it looks like the name of a file.

    Args:
        stated: in the metadata.
        text: of the document.
        blocks: of it, with the role of a title for what it calls itself.
    """
    own = clean_title(_NOTE_MARKS.sub("", " ".join(text[block.start : block.end] for block in _title_blocks(blocks))))
    title = clean_title(stated)
    return own if own and (not title or is_like_file_name(title)) else title


def _title_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """The successive headings that are the title; other blocks with that role, as bare captions, don't count."""
    from_title = dropwhile(lambda block: not _is_title(block), blocks)
    return takewhile(_is_title, from_title)


def _is_title(block: Block) -> bool:
    return block.kind == "heading" and block.role == "title"
