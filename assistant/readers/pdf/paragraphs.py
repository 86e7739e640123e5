"""Lines of columns → paragraphs, headings, items and code, within their columns and over columns and pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.readers.pdf.headings import is_heading, with_levels
from assistant.readers.pdf.lines import Line, column_lines, has_room_for, phrase_of_words
from assistant.readers.pdf.list_marks import Mark, accepted_marks
from assistant.readers.pdf.page import Column, PageLayout, Piece
from assistant.readers.pdf.style import BodyStyle

_SENTENCE_ENDS = frozenset(".!?…:;。！？：；؟।")
_CLOSING = "\"'”’»«)]}›“"
_OTHER_SIZE = 0.12  # the share by which lines of one paragraph may differ in size
_WIDE_GAP = 1.3  # times the usual distance between lines
_NARROW_GAP = 1.12  # times that distance: tells a new paragraph where something else does, too
_INDENT = 0.7  # sizes of the type
_MAX_INDENT = 8.0  # sizes of the type, of a paragraph's first line


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece with the lines that it is made of, as they stand in their columns."""

    piece: Piece
    lines: tuple[Line, ...] = ()


def paragraphs_of(layouts: Sequence[PageLayout], style: BodyStyle) -> list[Piece]:
    """The paragraphs, headings, items and tables of a document.

    Args:
        layouts: its pages, without running heads, page numbers and footnotes.
        style: what is usual in it.
    """
    passages = [passage for layout in layouts for passage in _page_passages(layout, style)]
    return with_levels([passage.piece for passage in join_over_breaks(passages)])


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with a text."""
    return text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS


def _page_passages(layout: PageLayout, style: BodyStyle) -> Iterator[Passage]:
    for item in layout.items:
        passages = _column_passages(item, style) if isinstance(item, Column) else [Passage(Piece("table", table=item))]
        for passage in passages:
            yield replace(passage, piece=replace(passage.piece, is_recognised=layout.is_recognised))


def _column_passages(column: Column, style: BodyStyle) -> Iterator[Passage]:
    lines = column_lines(column)
    marks = accepted_marks(lines)
    hanging = _hangs(lines)
    start = 0
    for place in range(1, len(lines) + 1):
        if place == len(lines) or _begins(lines, marks, start, place, style, hanging=hanging):
            yield Passage(_piece(lines[start:place], marks[start], style), tuple(lines[start:place]))
            start = place


def _begins(
    lines: Sequence[Line], marks: Sequence[Mark | None], start: int, place: int, style: BodyStyle, *, hanging: bool
) -> bool:
    """Whether a line begins a paragraph of its own rather than going on with the lines from the start."""
    last, line = lines[place - 1], lines[place]
    if marks[place] or line.is_monospaced != last.is_monospaced:
        return True
    distance = line.phrase.baseline - last.phrase.baseline
    leading = _leading(lines, start, place, style)
    if line.is_monospaced and last.is_monospaced:
        return not 0 <= distance <= 2 * _WIDE_GAP * leading
    if abs(line.em - last.em) > _OTHER_SIZE * last.em or not 0 < distance <= _WIDE_GAP * leading:
        return True
    is_closed = ends_sentence(last.text)
    has_room = has_room_for(last, line)
    if line.is_bold != last.is_bold and (has_room or is_closed):
        return True
    if last.is_bold and line.is_bold and not style.is_bold:
        return has_room and distance > _NARROW_GAP * leading
    if has_room and (is_closed or not line.text[0].islower()):
        return True
    if is_closed and distance > _NARROW_GAP * leading:
        return True
    shift = (line.phrase.x0 - last.phrase.x0) / line.em
    if marks[start] and place == start + 1:
        return shift < -_INDENT
    if hanging:
        return shift < -_INDENT
    return _INDENT < shift < _MAX_INDENT and is_closed


def _leading(lines: Sequence[Line], start: int, place: int, style: BodyStyle) -> float:
    """The distance between the lines of a paragraph, or the usual one where it has one line as yet."""
    if place - start > 1:
        return (lines[place - 1].phrase.baseline - lines[start].phrase.baseline) / (place - 1 - start)
    return style.leading(lines[place].phrase.size)


def _hangs(lines: Sequence[Line]) -> bool:
    """Whether the first lines of paragraphs stand further left than the others, as in a bibliography."""
    score = 0
    for above, below in zip(lines, lines[1:], strict=False):
        shift = (below.phrase.x0 - above.phrase.x0) / below.em
        if _INDENT < abs(shift) < _MAX_INDENT:
            is_end = has_room_for(above, below) or ends_sentence(above.text)
            score += 1 if is_end == (shift < 0) else -1
    return score > 0


def _piece(lines: Sequence[Line], mark: Mark | None, style: BodyStyle) -> Piece:
    phrases = tuple(line.phrase for line in lines)
    if is_heading(lines, style):
        return Piece("heading", phrases)
    if mark:
        first = phrase_of_words(phrases[0].words[1:])
        return Piece("item", (first, *phrases[1:]), mark=mark.text or mark.symbol, is_ticked=mark.is_ticked)
    if all(line.is_monospaced for line in lines) and not style.is_monospaced:
        return Piece("code", phrases)
    return Piece("paragraph", phrases)


def join_over_breaks(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, with paragraphs joined that go on in the next column or on the next page."""
    joined: list[Passage] = []
    for passage in passages:
        if joined and _goes_on(joined[-1], passage):
            last = joined[-1]
            piece = replace(last.piece, lines=last.piece.lines + passage.piece.lines)
            joined[-1] = Passage(piece, last.lines + passage.lines)
        else:
            joined.append(passage)
    return joined


def _goes_on(above: Passage, below: Passage) -> bool:
    """Whether a paragraph goes on behind a break between columns or pages."""
    if below.piece.kind != "paragraph" or above.piece.kind not in {"paragraph", "item"}:
        return False
    last, first = above.lines[-1], below.lines[0]
    is_below = first.phrase.page == last.phrase.page and first.phrase.y0 - last.phrase.y0 > 0
    if is_below or abs(first.em - last.em) > _OTHER_SIZE * last.em or ends_sentence(last.text):
        return False
    return first.text[0].islower() or last.text[-1] in "\u00ad-\u2010," or not has_room_for(last, first)
