"""Paragraphs that go on in the next column or on the next page, whatever stands between their parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.readers.pdf.breaks import OTHER_SIZE, ends_sentence, reads_on
from assistant.readers.pdf.captions import is_caption
from assistant.readers.pdf.lines import Line, has_room_for
from assistant.readers.pdf.page import Piece

_LOOK_AHEAD = 20  # pieces: figures, tables and notes between the parts of a paragraph
_MAX_PAGES = 2  # from one part to the next: a page of tables may stand between them


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece with the lines that it is made of.

    Attributes:
        piece: the piece.
        lines: as they stand in their columns; none for a table.
        is_first: whether it is the first of its column.
        is_last: whether it is the last of its column.
    """

    piece: Piece
    lines: tuple[Line, ...] = ()
    is_first: bool = False
    is_last: bool = False


def join_over_breaks(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, with paragraphs joined that go on in the next column or on the next page.

    What stands between the parts of a paragraph, such as a figure's caption or a table, follows it.
    """
    joined: list[Passage] = []
    taken: set[int] = set()
    for place, passage in enumerate(passages):
        if place in taken:
            continue
        whole = passage
        following = _continuation(whole, passages, place, taken)
        while following is not None:
            taken.add(following)
            whole = _join(whole, passages[following])
            following = _continuation(whole, passages, following, taken)
        joined.append(whole)
    return joined


def _continuation(above: Passage, passages: Sequence[Passage], place: int, taken: set[int]) -> int | None:
    """The place of the passage that a paragraph goes on in; None where it ends."""
    if not above.is_last or above.piece.kind not in {"paragraph", "item"} or ends_sentence(above.lines[-1].text):
        return None
    if is_caption(above.lines[0].text):
        return None
    likely: int | None = None
    for other in range(place + 1, min(place + 1 + _LOOK_AHEAD, len(passages))):
        below = passages[other]
        if not below.lines or other in taken:
            continue
        if below.lines[0].phrase.page - above.lines[-1].phrase.page > _MAX_PAGES:
            break
        if not _may_go_on(above, below):
            continue
        if reads_on(above.lines[-1].text, below.lines[0].text):
            return other
        if likely is None and not has_room_for(above.lines[-1], below.lines[0]):
            likely = other
    return likely


def _may_go_on(above: Passage, below: Passage) -> bool:
    """Whether a passage at the top of a column may go on with a paragraph at the end of another, by its looks."""
    last, first = above.lines[-1], below.lines[0]
    if below.piece.kind != "paragraph" or not below.is_first or is_caption(first.text):
        return False
    is_like = abs(first.em - last.em) <= OTHER_SIZE * last.em and first.is_bold == last.is_bold
    is_below = first.phrase.page == last.phrase.page and first.phrase.y0 > last.phrase.y0
    overlaps = first.phrase.x0 < last.phrase.x1 and last.phrase.x0 < first.phrase.x1
    return is_like and not (is_below and not overlaps)


def _join(above: Passage, below: Passage) -> Passage:
    piece = replace(above.piece, lines=above.piece.lines + below.piece.lines)
    return Passage(piece, above.lines + below.lines, above.is_first, below.is_last)
