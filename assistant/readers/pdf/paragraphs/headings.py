"""Which lines are headings, and of what level: by size, weight, capitals, numbers and the space around them."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.body_style import BodyStyle, round_size
from assistant.readers.pdf.paragraphs.fields import field_of
from assistant.readers.pdf.paragraphs.item_marks import Mark
from assistant.readers.pdf.paragraphs.lines import Line, has_room_for

_LARGER = 1.12  # times the size of the body
_SMALLER = 0.9  # times that size: no heading is set in smaller type
_MAX_LINES = 4  # of a heading
_MAX_CHARS = 200  # of a heading
_MAX_BODY_SIZE_CHARS = 120  # of a heading that is no larger than the body
_MAX_PLAIN_CHARS = 80  # of a heading that is neither larger nor bold
_MAX_SENTENCE_CHARS = 60  # of a heading that ends like a sentence
_ROOM = 2.0  # type sizes that a heading in plain type leaves free at the end of its line
_SPACE_ABOVE = 1.12  # times the usual distance between lines
_WORD = re.compile(r"[^\W\d_]{2}")
_NUMBER = re.compile(r"(?:[A-Z]\.)?(\d{1,3}(?:\.\d{1,3})*)\.?\s")
_SHORT = 0.4  # the share of its column that a short line leaves free
_FULL = 0.15  # the share of its column that a full line may leave free
_MAX_PLAIN_WORDS = 10  # of a heading in plain type that stands out by its shortness
_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})+\.?\s")
_BLANK = "____"  # to be filled in
_MAX_LEVEL = 6
_FEW_LOOKS = 3  # in a document where each has a level of its own


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around some lines that belong together.

    Attributes:
        space_above: the distance from the line above, in times the usual one; None at the top of a column.
        ends_above: whether a sentence ends above, or nothing stands there.
        space_below: the distance to the line below, in times the usual one.
        below: the line below, in the same column.
        mark_below: of the item that it begins.
    """

    space_above: float | None = None
    ends_above: bool = True
    space_below: float = 0.0
    below: Line | None = None
    mark_below: Mark | None = None


class HeadingLook(NamedTuple):
    """How a heading looks; the larger in this order, the higher its level."""

    size: float
    is_bold: bool
    is_capitals: bool
    is_centred: bool
    is_upright: bool


def is_heading(lines: Sequence[Line], mark: Mark | None, around: Surroundings, style: BodyStyle) -> bool:
    """Whether some lines that belong together are a heading.

    Args:
        lines: at least one.
        mark: that they begin with.
        around: what stands around them.
        style: what is usual in the document.
    """
    text = " ".join(line.text for line in lines)
    if lines[0].phrase.words[0].angle or (mark and mark.symbol) or not _is_brief(lines, text):
        return False
    size_below = around.below.phrase.size if around.below else style.size  # in a box smaller than the body
    size = max(word.size for line in lines for word in line.phrase.words)  # not that of small capitals
    if size < _SMALLER * min(style.size, size_below):
        return False
    is_bold = all(line.is_bold for line in lines)
    if not is_bold and _breaks_early(lines, style.width):
        return False
    if min(line.phrase.size for line in lines) >= _LARGER * max(style.size, style.largest):
        return True
    if is_bold:
        return len(text) <= _MAX_BODY_SIZE_CHARS
    return len(lines) == 1 and len(text) <= _MAX_PLAIN_CHARS and text[-1] not in ".:" and _heads(lines[0], mark, around)


def _is_brief(lines: Sequence[Line], text: str) -> bool:
    """Whether some lines are short enough for a heading, and neither a sentence nor a figure, nor to be filled in."""
    if len(lines) > _MAX_LINES or len(text) > _MAX_CHARS or text[-1] in ",;" or _BLANK in text:
        return False
    if not _WORD.search(text) or sum(map(str.isdigit, text)) > sum(map(str.isalpha, text)):
        return False
    return text[-1] != "." or len(text) <= _MAX_SENTENCE_CHARS


def _breaks_early(lines: Sequence[Line], width: float) -> bool:
    """Whether three lines or more are as short as those of an address: each had room for the next word.

    Args:
        lines: that belong together.
        width: of the lines of the body, in points.
    """
    pairs = [(replace(above, right=max(above.right, above.left + width)), below) for above, below in pairwise(lines)]
    return len(pairs) > 1 and all(has_room_for(above, below) and not above.is_centred for above, below in pairs)


def _heads(line: Line, mark: Mark | None, around: Surroundings) -> bool:
    """Whether a line in plain type has space above, and heads what stands below: fields, or text if it stands out."""
    has_space = around.space_above is None or around.space_above > _SPACE_ABOVE
    if not has_space or around.below is None or field_of(line):
        return False
    if field_of(around.below):
        return line.indent < 1
    return (line.room > _ROOM or line.is_centred) and _stands_out(line, mark, around)


def _stands_out(line: Line, mark: Mark | None, around: Surroundings) -> bool:
    """Whether a line in plain type is set in capitals or italics, numbered, or short, with text below it."""
    if line.text.isupper() and sum(map(str.isalpha, line.text)) > 0.6 * len(line.text):
        return True
    if line.is_italic and around.below is not None and not around.below.is_italic:
        return True
    if _is_short_above_text(line, around):
        return True
    is_numbered = _NUMBERED.match(line.text) is not None or (mark is not None and mark.text[:1].isdigit())
    return is_numbered and not around.mark_below and line.phrase.words[1].text[0].isupper()


def _is_short_above_text(line: Line, around: Surroundings) -> bool:
    """Whether a line is much shorter than the one below, with space below it, and above it the end of a sentence."""
    if around.below is None or around.space_below <= _SPACE_ABOVE or not around.ends_above:
        return False
    below, width = around.below, line.right - line.left
    is_short = line.room * line.em > _SHORT * width and len(line.phrase.words) <= _MAX_PLAIN_WORDS
    is_full_below = below.room * below.em < _FULL * width
    is_aligned = line.indent < max(1, below.indent + 0.5)  # with the first line below, which may be indented
    return is_short and is_full_below and is_aligned and line.text[0].isupper()


def heading_look(line: Line) -> HeadingLook:
    """How a heading looks by its first line."""
    size = round_size(max(word.size for word in line.phrase.words))  # not that of its small capitals
    return HeadingLook(size, line.is_bold, line.text.isupper(), line.is_centred, not line.is_italic)


def heading_levels(first_lines: Sequence[Line]) -> list[int]:
    """The levels of the headings of a document, 1 to 6, consistent for headings that look the same.

    Looks that occur on one page only, such as those of a cover, and rare ones have the level of the next lower one
    that is common. The deeper the number, the lower the level, whatever the look.

    Args:
        first_lines: of each heading, in their order.
    """
    looks = [heading_look(line) for line in first_lines]
    depths: dict[HeadingLook, set[int]] = defaultdict(set)
    for look, line in zip(looks, first_lines, strict=True):
        depths[look].add(_depth(line.text))
    common = _common_looks(looks, first_lines)
    levels: dict[HeadingLook, int] = {}
    level = 1
    for look in _in_order(looks, first_lines):
        levels[look] = level
        if look in common:
            level += max(len(depths[look] - {0}), 1)
    return [
        min(levels[look] + _rank(_depth(line.text), depths[look]), _MAX_LEVEL)
        for look, line in zip(looks, first_lines, strict=True)
    ]


def _in_order(looks: Sequence[HeadingLook], first_lines: Sequence[Line]) -> list[HeadingLook]:
    """The looks from the highest level to the lowest; that of "2 Methods" stands before that of "2.1 Gardens"."""
    ordered = sorted(set(looks), reverse=True)
    numbers: dict[str, HeadingLook] = {}
    above: Counter[tuple[HeadingLook, HeadingLook]] = Counter()  # how often a section of one look holds one of another
    for look, line in zip(looks, first_lines, strict=True):
        if number := _NUMBER.match(line.text):
            numbers[number[1]] = look
            parent = numbers.get(number[1].rpartition(".")[0])
            if parent and parent != look:
                above[parent, look] += 1
    for (parent, part), count in above.items():
        index = ordered.index(part)
        if ordered.index(parent) > index and count > above[part, parent]:
            ordered.remove(parent)
            ordered.insert(index, parent)
    return ordered


def _common_looks(looks: Sequence[HeadingLook], first_lines: Sequence[Line]) -> set[HeadingLook]:
    """The looks of headings that have a level of their own: those that occur most, on more than one page."""
    pages: dict[HeadingLook, set[int]] = defaultdict(set)
    for look, line in zip(looks, first_lines, strict=True):
        pages[look].add(line.phrase.page)
    if len(pages) <= _FEW_LOOKS:
        return set(pages)
    repeated = [look for look, count in Counter(looks).most_common() if len(pages[look]) > 1]
    return set(repeated[: _MAX_LEVEL - 1])


def _depth(text: str) -> int:
    """How many numbers count a heading: 2 for "2.1 Results", 0 for one without a number."""
    number = _NUMBER.match(text)
    return number[1].count(".") + 1 if number else 0


def _rank(depth: int, depths: set[int]) -> int:
    """How many levels a heading stands below the others of its look."""
    return sum(0 < other < depth for other in depths)
