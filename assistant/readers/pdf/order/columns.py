"""The reading order of a page: columns, boxes, lines across columns, and tables in their places.

A page is cut, again and again, at its gutters: strips without print that have text on both sides. What stands above a
gutter is read first, then its sides, one after the other, then what stands below.
"""

import statistics
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.order.boxes import TextBox, boxes_of, split_at_boxes
from assistant.readers.pdf.order.gutters import Item, Row, Strip, item_of, rows_of, ruling_item, strips_of
from assistant.readers.pdf.order.row_measures import items_of
from assistant.readers.pdf.order.side_captions import captions_after_texts
from assistant.readers.pdf.order.sides import Cut, cut_at
from assistant.readers.pdf.page import Column, PageContent, PageLayout, PagePhrases, Phrase, Ruling, TableArea
from assistant.readers.pdf.words.word_order import reads_right_to_left

_MAX_DEPTH = 12  # of cuts within cuts
_MAX_STRIPS = 40  # that are looked at in one area
_MAX_ITEMS = 20_000  # that are looked at for these strips, all together
_MAX_ROWS = 5_000  # of an area in which columns are looked for
_MIN_RULING_WIDTH = 0.25  # of the page's: of rulings that separate what is above from what is below
_MAX_RULINGS = 1000  # of a page that are looked at
_LONG_WORD = 8.0  # type sizes
_MAX_LONG_WORDS = 50  # of a page that are looked at
_SPACE_BESIDE, _PRINTED_OVER = 0.4, 0.25  # type sizes: between columns; of the height of what is printed over


def lay_out(page: PageContent | PagePhrases, phrases: Sequence[Phrase], tables: Sequence[TableArea]) -> PageLayout:
    """Everything on a page in reading order, turned text last.

    Args:
        page: its measures and rulings.
        phrases: those that stand in no table.
        tables: those that were found on the page.
    """
    size = statistics.median_low([phrase.size for phrase in phrases] or [1.0])
    rulings = [ruling_item(ruling, size) for ruling in _long_rulings(page, tables)]
    upright = [phrase for phrase in phrases if not phrase.words[0].angle]
    turned = (Column((phrase,)) for phrase in phrases if phrase.words[0].angle)
    items = [*_within_columns(list(map(item_of, upright))), *map(item_of, tables), *rulings]
    is_right_to_left = reads_right_to_left([word for phrase in phrases for word in phrase.words])
    rows_of_boxes = boxes_of(page.rulings, upright)
    contents = list(_in_order(items, rows_of_boxes, page.number, is_right_to_left=is_right_to_left))
    parts = split_at_boxes(contents, page.rulings)
    return PageLayout(page.number, page.width, page.height, (*parts, *turned), page.is_recognised)


def _within_columns(items: list[Item]) -> list[Item]:
    """Items, those that are a long word printed over the next column only as wide as there is room."""
    long_words = [index for index, item in enumerate(items) if _is_long_word(item)][:_MAX_LONG_WORDS]
    ends = {index: _room_end(items[index], items) for index in long_words}
    return [item._replace(x1=ends[index]) if index in ends else item for index, item in enumerate(items)]


def _is_long_word(item: Item) -> bool:
    is_word = isinstance(item.content, Phrase) and len(item.content.words) == 1
    return is_word and item.x1 - item.x0 > _LONG_WORD * item.size


def _room_end(word: Item, items: Sequence[Item]) -> float:
    """Where the room ends that a word has: at its own end, or before what it is printed over."""
    space = _SPACE_BESIDE * word.size
    starts = [
        item.x0 - space
        for item in items
        if word.x0 + word.size < item.x0 < word.x1
        and min(item.y1, word.y1) - max(item.y0, word.y0) > _PRINTED_OVER * word.size
    ]
    return min(starts, default=word.x1)


def _in_order(
    items: Sequence[Item], rows_of_boxes: Sequence[Sequence[TextBox]], page: int, *, is_right_to_left: bool
) -> Iterator[Column | TableArea]:
    """What stands on a page in reading order; boxes beside each other one after the other, in their place."""
    insides: list[tuple[TableArea, list[list[Item]]]] = []  # what stands for a row of boxes, and the items of each box
    for row in rows_of_boxes:
        boxes = [[item for item in items if item.content and _is_in(item, box)] for box in row]
        stand_in = TableArea(page, row[0].x0, row[0].y0, row[-1].x1, max(box.y1 for box in row), ())
        outside = [item for item in items if not (item.content and any(_is_in(item, box) for box in row))]
        items = [item_of(stand_in), *(item for item in outside if not _is_border(item, stand_in))]
        insides.append((stand_in, boxes[::-1] if is_right_to_left else boxes))
    for area in _areas(items, 0, is_right_to_left=is_right_to_left):
        for content in _contents(area, is_right_to_left=is_right_to_left):
            boxes = next((boxes for stand_in, boxes in insides if stand_in is content), [])
            if not boxes:
                yield content
            for box in boxes:
                for inner in _areas(box, 1, is_right_to_left=is_right_to_left):
                    yield from _contents(inner, is_right_to_left=is_right_to_left)


def _is_in(item: Item, box: TextBox) -> bool:
    return box.x0 < (item.x0 + item.x1) / 2 < box.x1 and box.y0 < (item.y0 + item.y1) / 2 < box.y1


def _is_border(item: Item, box: TableArea) -> bool:
    is_within = item.x0 >= box.x0 and item.x1 <= box.x1
    return item.content is None and is_within and box.y0 - 1 <= item.y0 <= box.y1 + 1


def _long_rulings(page: PageContent | PagePhrases, tables: Sequence[TableArea]) -> list[Ruling]:
    """The horizontal rulings outside tables that may go across columns."""
    return [
        ruling
        for ruling in page.rulings
        if ruling.is_horizontal
        and ruling.x1 - ruling.x0 > _MIN_RULING_WIDTH * page.width
        and not any(table.y0 <= ruling.y0 <= table.y1 for table in tables)
    ][:_MAX_RULINGS]


def _areas(items: Sequence[Item], depth: int, *, is_right_to_left: bool) -> Iterator[list[Row]]:
    """Areas without columns, in reading order, as rows."""
    rows = rows_of(items)
    cuts = _cuts(rows, is_right_to_left=is_right_to_left) if depth < _MAX_DEPTH else []
    if not cuts:
        yield rows
        return
    start = 0
    for cut in cuts:
        for part in (items_of(rows[start : cut.first_row]), *cut.parts):
            yield from _areas(part, depth + 1, is_right_to_left=is_right_to_left)
        start = cut.end_row
    yield from _areas(items_of(rows[start:]), depth + 1, is_right_to_left=is_right_to_left)


def _cuts(rows: Sequence[Row], *, is_right_to_left: bool) -> list[Cut]:
    """The cuts of an area, from top to bottom: those at the strips that reach furthest, as far as they leave room."""
    cuts: list[Cut] = []
    if len(rows) > _MAX_ROWS:
        return cuts
    most_strips = max(1, min(_MAX_STRIPS, _MAX_ITEMS // max(1, len(items_of(rows)))))
    for strip in strips_of(rows)[:most_strips]:
        if all(strip.end_row <= cut.first_row or strip.first_row >= cut.end_row for cut in cuts):
            cuts += _cuts_at(strip, rows, is_right_to_left=is_right_to_left)
    return sorted(cuts)


def _cuts_at(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Iterator[Cut]:
    """The cuts at a strip: where the first ends before it does, one more may follow."""
    while cut := cut_at(strip, rows, is_right_to_left=is_right_to_left):
        yield cut
        strip = strip._replace(first_row=cut.end_row)


def _contents(rows: Sequence[Row], *, is_right_to_left: bool) -> Iterator[Column | TableArea]:
    """The lines of an area as columns, with the tables between them."""
    lines: list[Phrase] = []
    for row in captions_after_texts(rows):
        for item in reversed(row) if is_right_to_left else row:
            if isinstance(item.content, Phrase):
                lines.append(item.content)
            elif item.content:
                if lines:
                    yield Column(tuple(lines))
                    lines = []
                yield item.content
    if lines:
        yield Column(tuple(lines))
