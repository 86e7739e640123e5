"""The numbers of list items and headings in OpenDocument: the file has only how they are counted."""

import re
from typing import Any

from assistant.readers.office.list_numbers import shown_number
from assistant.readers.opendocument.package import attribute, number_attribute
from assistant.readers.opendocument.styles import ListLevel, ListStyle

_Counts = dict[int, int]  # the last number of each level, from 1


class Numbering:
    """Counts the lists and headings of a text in reading order."""

    def __init__(self, outline: ListStyle) -> None:
        self._outline = outline
        self._heading_counts: _Counts = {}
        self._lists_by_id: dict[str, _Counts] = {}
        self._last_lists: dict[str, _Counts] = {}  # by the name of the list style

    def begin_list(self, list_element: Any, style_name: str) -> _Counts:
        """The counts of a list that is in no other: new ones, or those of the list that it continues."""
        counts: _Counts = {}
        continued = self._lists_by_id.get(attribute(list_element, "text:continue-list"))
        if continued is not None:
            counts = continued
        elif attribute(list_element, "text:continue-numbering") == "true":
            counts = self._last_lists.get(style_name, counts)
        self._last_lists[style_name] = counts
        if list_id := attribute(list_element, "xml:id"):
            self._lists_by_id[list_id] = counts
        return counts

    def item_mark(self, item: Any, counts: _Counts, style: ListStyle, level: int) -> str:
        """The number of a list item as it is shown; "" for a bullet."""
        start = number_attribute(item, "text:start-value", -1)
        _count(counts, style, level, start)
        return _mark(counts, style, level)

    def heading_mark(self, heading: Any, level: int) -> str:
        """The number of a heading that is in no list; "" where headings of its level have none."""
        restarts = attribute(heading, "text:restart-numbering") == "true"
        start = number_attribute(heading, "text:start-value", 1 if restarts else -1)
        _count(self._heading_counts, self._outline, level, start)
        return _mark(self._heading_counts, self._outline, level)


def _count(counts: _Counts, style: ListStyle, level: int, start: int) -> None:
    if start < 0:
        start = counts[level] + 1 if level in counts else style.get(level, ListLevel()).start
    counts[level] = start
    for deeper in [other for other in counts if other > level]:
        del counts[deeper]


def _mark(counts: _Counts, style: ListStyle, level: int) -> str:
    own = style.get(level)
    if own is None or not own.number_format:
        return ""

    def number(place: int) -> str:
        place_style = style.get(place, ListLevel())
        return shown_number(counts.get(place, place_style.start), place_style.number_format)

    if own.template:
        return re.sub(r"%(\d{1,2})%", lambda match: number(int(match[1])), own.template).strip()
    shown = [number(place) for place in range(max(1, level - own.shown_levels + 1), level + 1)]
    return f"{own.prefix}{'.'.join(filter(None, shown))}{own.suffix}".strip()
