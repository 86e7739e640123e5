"""The numbers of lists as a browser shows them."""

import re
from dataclasses import dataclass
from typing import Any

from assistant.readers.office.list_numbers import shown_number
from assistant.readers.web.styles import Declarations
from assistant.readers.web.tree import tag_name

_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_FORMATS = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
            "upper-roman": "I"}  # fmt: skip
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")
_NUMBER_STYLE = re.compile(
    r"\b(?:decimal-leading-zero|decimal|(?:lower|upper)-(?:alpha|latin|roman)|lower-greek|none|disc|circle|square)\b"
)


@dataclass(slots=True)
class ListNumbers:
    """Counts the items of one list.

    Attributes:
        depth: in how many lists it stands.
        number: of its next item.
        step: to the one after; 0 for a list without numbers.
        style: how a number is written, as CSS names it.
    """

    depth: int
    number: int = 0
    step: int = 0
    style: str = ""

    def next_mark(self, item: Any, look: Declarations) -> str:
        """The mark of the next item, as in "3."; "" where it has no number."""
        if not self.step:
            return ""
        self.number = _integer(item.get("value"), self.number)
        style = _number_style(item, look) or self.style
        written = write_number(self.number, style)
        self.number += self.step
        return f"{written}." if written else ""


def start_list(node: Any, look: Declarations, depth: int) -> ListNumbers:
    """The numbers of a list that begins."""
    if tag_name(node) != "ol":
        return ListNumbers(depth)
    is_reversed = node.get("reversed") is not None
    first = sum(tag_name(child) == "li" for child in node) if is_reversed else 1
    style = _number_style(node, look) or "decimal"
    return ListNumbers(depth, _integer(node.get("start"), first), -1 if is_reversed else 1, style)


def write_number(number: int, style: str) -> str:
    """A number as a list of this style shows it.

    >>> write_number(28, "lower-alpha"), write_number(14, "upper-roman"), write_number(3, "decimal")
    ('ab', 'XIV', '3')
    """
    if style in {"none", "disc", "circle", "square"}:
        return ""
    if style == "lower-greek" and number > 0:
        return _greek(number)
    return f"{number:02d}" if style == "decimal-leading-zero" else shown_number(number, _FORMATS.get(style, "1"))


def _number_style(node: Any, look: Declarations) -> str:
    stated = _NUMBER_STYLE.search(look.get("list-style-type") or look.get("list-style") or "")
    return stated[0] if stated else _TYPES.get(node.get("type") or "", "")


def _integer(value: str | None, default: int) -> int:
    stated = _INTEGER.match(value) if value else None
    return int(stated[1]) if stated else default


def _greek(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number - 1, len(_GREEK))
        letters = _GREEK[place] + letters
    return letters
