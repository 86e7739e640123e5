"""Short captions beside a text, such as those below a picture: they are read after its paragraph, not inside it."""

from collections.abc import Iterator, Sequence

from assistant.readers.pdf.order.gutters import Item, Row, height_of

_SMALLER = 0.95  # of the text's type size, at most
_MIN_WIDTH = 20  # type sizes: of a line of running text
_CLOSE = 1.5  # type sizes: from a line of a paragraph to the next
_SAME_EDGE = 0.5  # type sizes


def captions_after_texts(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows, with what stands in smaller type beside the lines of a paragraph behind the last of them.

    Args:
        rows: of an area without columns, from top to bottom.
    """
    line: Item | None = None  # the last one of running text
    captions: list[Row] = []
    for row in rows:
        if line and _is_beside(row[0], line):
            captions.append(row)
            continue
        if not (line and _goes_on(line, row[0])):
            yield from captions
            captions = []
        line = row[0] if row[0].x1 - row[0].x0 > _MIN_WIDTH * row[0].size > 0 else None
        if line and len(row) > 1 and _is_beside(row[1], line):
            yield row[:1]
            captions.append(row[1:])
        else:
            yield row
    yield from captions


def _goes_on(item: Item, below: Item) -> bool:
    """Whether two lines in one type, at one left edge, stand as close as those of a paragraph."""
    is_alike = below.size == item.size and abs(below.x0 - item.x0) < _SAME_EDGE * item.size
    return is_alike and height_of(below) - height_of(item) < _CLOSE * item.size


def _is_beside(item: Item, line: Item) -> bool:
    """Whether a phrase stands right of a line, or of the space below it, in smaller type."""
    is_right = item.x0 > line.x1 and item.y0 < line.y1 + _CLOSE * line.size
    return is_right and 0 < item.size < _SMALLER * line.size
