"""Tables of contents that were typed as paragraphs: a heading that says so, and lines that end in a page's number."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.nlp import lexicon
from assistant.readers.composition import inline_text
from assistant.readers.elements import Element

_MAX_HEADING_CHARS = 60
_MAX_LINE_CHARS = 200
_MAX_GAP = 4  # lines without a number in a row, as those over several lines and those of parts
_MIN_LINES = 3
_ENDS_IN_NUMBER = re.compile(r"(?:[\s.…·_]|(?<=[^\W\d]))(?:[A-Z]{1,2}[-–.])?(?:\d{1,4}(?:[-–.]\d{1,4})?|[ivxlc]{1,7})$")
_KINDS = frozenset(("paragraph", "item"))


def mark_typed_contents(elements: Sequence[Element]) -> list[Element]:
    """The elements, those of a typed table of contents with its role."""
    marked = list(elements)
    place = 0
    while place < len(marked):
        place += 1
        if _is_contents_heading(marked[place - 1]):
            end = _end_of_contents(marked, place)
            if end > place:
                marked[place - 1 : end] = [replace(element, role="contents") for element in marked[place - 1 : end]]
                place = end
    return marked


def _is_contents_heading(element: Element) -> bool:
    if element.role != "body" or element.kind not in {"paragraph", "heading"}:
        return False
    text = inline_text(element.content) if _length(element) <= _MAX_HEADING_CHARS else ""
    return lexicon.mapping("section_headings").get(text.strip(" :").casefold()) == "contents"


def _end_of_contents(elements: Sequence[Element], start: int) -> int:
    """Where the lines of a table of contents end that may begin at a place; that place where none does."""
    end, count = start, 0
    for place in range(start, len(elements)):
        element = elements[place]
        if element.kind not in _KINDS or _length(element) > _MAX_LINE_CHARS or place - end >= _MAX_GAP:
            break
        if _ENDS_IN_NUMBER.search(inline_text(element.content)):
            end, count = place + 1, count + 1
    return end if count >= _MIN_LINES else start


def _length(element: Element) -> int:
    return len(element.content) if isinstance(element.content, str) else sum(len(one.text) for one in element.content)
