"""Words whose halves stand in two columns: what stands below the first column is moved from between them."""

from collections.abc import Sequence

from assistant.readers.pdf.page import Column, TableArea
from assistant.readers.pdf.paragraphs.joining import HYPHENS

_MAX_LINES = 4  # below a column that are looked at
_APART = 1.6  # type sizes between the baselines of text and of what stands below it
_OTHER_SIZE = 0.1  # the share by which what stands below differs in size


def with_words_together(items: Sequence[Column | TableArea]) -> list[Column | TableArea]:
    """The columns and tables of a page; where a word goes over two columns, what stands below them follows the second.

    Args:
        items: in reading order.
    """
    ordered: list[Column | TableArea] = []
    below: Column | None = None  # what stands below the column before
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else None
        end = _end(item, following) if isinstance(item, Column) and isinstance(following, Column) and not below else 0
        if isinstance(item, Column) and end:
            ordered.append(Column(item.lines[:end]))
            below = Column(item.lines[end:])
            continue
        ordered.append(item)
        if below:
            ordered.append(below)
            below = None
    return ordered


def _end(column: Column, following: Column) -> int:
    """How many lines of a column stand before the half of a word that goes on in the next one; 0 where none does."""
    first = following.lines[0]
    if not first.text[:1].islower():
        return 0
    lowest = max(line.baseline for line in following.lines)
    count = len(column.lines)
    for end in range(count - 1, max(count - 1 - _MAX_LINES, 0), -1):
        last, line = column.lines[end - 1], column.lines[end]
        if line.baseline <= lowest:
            return 0
        is_apart = (
            line.baseline - last.baseline > _APART * last.size or abs(line.size - last.size) > _OTHER_SIZE * last.size
        )
        if last.text.endswith(HYPHENS) and is_apart and first.x0 >= last.x1 and first.y0 < last.y0:
            return end
    return 0
