"""Paragraphs that go on in the next column or on the next page, whatever stands between their parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.readers.pdf.page import Piece
from assistant.readers.pdf.paragraphs.breaks import OTHER_SIZE
from assistant.readers.pdf.paragraphs.joining import HYPHENS
from assistant.readers.pdf.paragraphs.lines import Line, has_room_for
from assistant.readers.pdf.wording.caption_labels import is_caption
from assistant.readers.pdf.wording.sentences import ends_sentence, reads_on

_MAX_PAGES = 2  # from one part to the next: a page of tables may stand between them
_MAX_SPAN = 10  # pages that a paragraph goes over
_INDENT = 0.7  # type sizes
_SAME_WIDTH = 0.25  # the share by which the columns of a paragraph that goes on differ in width
_NEARLY_FULL = 0.2  # the share of its column that a nearly full line may leave free


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece with the lines that it is made of.

    Attributes:
        piece: the piece.
        lines: as they stand in their columns; none for a table.
        is_first: whether it is the first of its column.
        is_last: whether it is the last of its column.
        is_boxed: whether a box is around its column.
    """

    piece: Piece
    lines: tuple[Line, ...] = ()
    is_first: bool = False
    is_last: bool = False
    is_boxed: bool = False


def join_over_breaks(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, with paragraphs joined that go on in the next column or on the next page.

    What stands between the parts of a paragraph, such as a figure's caption or a table, follows it. The last paragraph
    that is unfinished at the end of a column goes on with the next that looks like it, or not at all. Where first lines
    are indented, so does one that ends with a sentence in a full line, if the next one's first line isn't indented.
    """
    indents = _indents_first_lines(passages)
    tops = _at_edge([passage.is_first for passage in passages], passages)
    bottoms = _at_edge([passage.is_last for passage in reversed(passages)], passages[::-1])[::-1]
    joined: list[Passage] = []
    unfinished: int | None = None  # the index of a paragraph that may go on, among those joined
    for passage, is_at_top, is_at_bottom in zip(passages, tops, bottoms, strict=True):
        if unfinished is not None and is_at_top and _is_candidate(joined[unfinished], passage):
            if _goes_on(joined[unfinished], passage):
                joined[unfinished] = _join(joined[unfinished], passage)
                unfinished = unfinished if is_at_bottom and _is_unfinished(passage, indents=indents) else None
                continue
            unfinished = None
        if unfinished is not None and _ends_section(passage, joined[unfinished]):
            unfinished = None
        joined.append(passage)
        is_beside = unfinished is not None and _stands_beside(passage, joined[unfinished])
        if is_at_bottom and not is_beside and _is_unfinished(passage, indents=indents):
            unfinished = len(joined) - 1
    return joined


def _at_edge(at_edge: Sequence[bool], passages: Sequence[Passage]) -> list[bool]:
    """For each passage whether nothing but captions separates it from the edge of its column."""
    edges: list[bool] = []
    for index, is_at_edge in enumerate(at_edge):
        edges.append(is_at_edge or (index > 0 and edges[-1] and _is_caption(passages[index - 1])))
    return edges


def _is_caption(passage: Passage) -> bool:
    return bool(passage.lines) and is_caption(passage.lines[0].text)


def _indents_first_lines(passages: Sequence[Passage]) -> bool:
    """Whether most paragraphs of several lines begin with an indent; those at the top of a column don't count."""
    paragraphs = [
        passage
        for passage in passages
        if passage.piece.kind == "paragraph" and len(passage.lines) > 1 and not passage.is_first
    ]
    indented = sum(
        passage.lines[0].phrase.x0 - passage.lines[1].phrase.x0 > _INDENT * passage.lines[0].em
        for passage in paragraphs
    )
    return 2 * indented > len(paragraphs)


def _is_unfinished(passage: Passage, *, indents: bool) -> bool:
    """Whether a passage at the end of a column may go on elsewhere.

    Args:
        passage: the passage.
        indents: whether the first lines of the document's paragraphs are indented.
    """
    if passage.piece.kind not in {"paragraph", "item"} or _is_caption(passage) or passage.lines[-1].is_row:
        return False
    return not ends_sentence(passage.lines[-1].text) or (indents and len(passage.lines) > 1)


def _is_candidate(above: Passage, below: Passage) -> bool:
    """Whether a passage at the top of a column may go on with a paragraph at the end of another, by its looks.

    A single line that is no sentence, such as what stands below a picture, is none.
    """
    if below.piece.kind != "paragraph" or _is_caption(below) or above.is_boxed != below.is_boxed:
        return False
    last, first = above.lines[-1], below.lines[0]
    if first.phrase.page - last.phrase.page > _MAX_PAGES or first.phrase.page - above.lines[0].phrase.page > _MAX_SPAN:
        return False
    is_like = abs(first.em - last.em) <= OTHER_SIZE * last.em and first.is_bold == last.is_bold
    is_label = len(below.lines) == 1 and not below.is_last and not ends_sentence(first.text)
    return is_like and (not is_label or reads_on(last.text, first.text))


def _goes_on(above: Passage, below: Passage) -> bool:
    """Whether a paragraph goes on in a passage: its last line is full, and no new paragraph begins behind it."""
    last, first = above.lines[-1], below.lines[0]
    is_straight_below = _is_lower(first, last) and _overlap(first, last)
    if _is_lower(first, last) and not is_straight_below:
        return False
    if last.text.endswith(HYPHENS):
        return True
    if is_straight_below and len(above.lines) == 1 and not reads_on(last.text, first.text):
        return False  # a lone line above a table or picture: nothing shows how far it might have run
    if first.phrase.page == last.phrase.page and _differ_in_width(last, first) and not reads_on(last.text, first.text):
        return False
    if ends_sentence(last.text):
        return first.indent < _INDENT and not has_room_for(last, first)
    is_nearly_full = last.room * last.em < _NEARLY_FULL * (last.right - last.left)
    return not has_room_for(last, first) or (is_nearly_full and reads_on(last.text, first.text))


def _ends_section(passage: Passage, above: Passage) -> bool:
    """Whether a passage is a heading that stands below a paragraph in its column, so that the paragraph ends there."""
    if passage.piece.kind != "heading":
        return False
    heading, last = passage.lines[0], above.lines[-1]
    return _is_lower(heading, last) and _overlap(heading, last)


def _stands_beside(passage: Passage, above: Passage) -> bool:
    """Whether a passage on the page of a paragraph is set in smaller type, as a caption is, or in a box."""
    if not passage.lines:
        return False
    line, last = passage.lines[0], above.lines[-1]
    is_smaller = line.em < (1 - OTHER_SIZE) * last.em
    return line.phrase.page == last.phrase.page and (is_smaller or passage.is_boxed > above.is_boxed)


def _is_lower(line: Line, other: Line) -> bool:
    return line.phrase.page == other.phrase.page and line.phrase.y0 > other.phrase.y0


def _overlap(line: Line, other: Line) -> bool:
    """Whether some of a line stands above or below some of another."""
    return line.phrase.x0 < other.phrase.x1 and other.phrase.x0 < line.phrase.x1


def _differ_in_width(line: Line, other: Line) -> bool:
    """Whether columns are of different widths, as a text and what stands beside it in the margin are."""
    narrow, wide = sorted((line.right - line.left, other.right - other.left))
    return narrow < (1 - _SAME_WIDTH) * wide


def _join(above: Passage, below: Passage) -> Passage:
    piece = replace(above.piece, lines=above.piece.lines + below.piece.lines)
    return replace(above, piece=piece, lines=above.lines + below.lines, is_last=below.is_last)
