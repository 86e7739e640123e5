"""Numbers of list items and headings in Word files, counted as Word does: the file has only how they are counted."""

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from assistant.readers.docx.symbols import symbol
from assistant.readers.docx.xml import has_switch, value
from assistant.readers.office.list_numbers import shown_number
from assistant.readers.office.package import attribute, child, descendants, named, whole_number

_MAX_LEVELS = 9
_MAX_TEMPLATE_CHARS = 200  # of the text around numbers
_REPEATED = {
    "lowerLetter": ascii_lowercase,
    "upperLetter": ascii_uppercase,
    "chicago": "*†‡§",
}  # z is followed by aa, bb
_MAX_REPEATED = 780  # up to where Word counts so
_BOXES = {"☐": False, "☑": True, "☒": True}
_PLACE = re.compile(r"%([1-9])")
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


class ShownMark(NamedTuple):
    """What is shown before a paragraph of a list."""

    number: str = ""  # empty for a bullet
    is_ticked: bool | None = None  # where the bullet is a box


class _Level(NamedTuple):
    """How a level of a list is counted and shown."""

    start: int = 1
    number_format: str = "decimal"
    template: str = ""  # "%1.%2." for the numbers of the first two levels
    is_legal: bool = False  # whether all numbers in it are in digits
    restarts_after: int | None = None  # the level, counted from 1, that lets it start anew; 0: none, None: any above
    style_id: str = ""  # of the paragraph style that has this level
    font: str = ""  # of the number or bullet
    has_picture: bool = False  # whether the bullet is one


class _List(NamedTuple):
    """A list as paragraphs refer to it."""

    counts: dict[int, int]  # the last number of each level, shared by all lists of one definition
    levels: dict[int, _Level]
    starts: dict[int, int]  # by level: the number with which this list starts anew
    started: set[int]  # the levels that have done so


class Numbering:
    """Counts the lists and numbered headings of a file in reading order.

    Args:
        root: of the part that defines lists; None where the file has none.
    """

    def __init__(self, root: Any | None) -> None:
        definitions = {attribute(element, "abstractNumId"): element for element in named(root, "abstractNum")}
        self._elements = {attribute(element, "numId") or "": element for element in named(root, "num")}
        self._definitions = {key or "": element for key, element in definitions.items()}
        self._by_style = {
            value(element, "styleLink"): key
            for key, element in self._definitions.items()
            if value(element, "styleLink")
        }
        self._counts: dict[str, dict[int, int]] = {}
        self._lists: dict[str, _List | None] = {}

    def level_of(self, number: str, style_ids: tuple[str, ...]) -> int | None:
        """The level that the nearest of some paragraph styles has in a list; None where it has none."""
        numbered = self._list(number)
        levels = {level.style_id: place for place, level in numbered.levels.items()} if numbered else {}
        return next((levels[style_id] for style_id in style_ids if style_id in levels), None)

    def count(self, number: str, level: int) -> ShownMark | None:
        """Counts a paragraph; returns what Word shows before it, None where it shows nothing."""
        numbered = self._list(number)
        if numbered is None or level not in numbered.levels:
            return None
        counts, own = numbered.counts, numbered.levels[level]
        if level in numbered.starts and level not in numbered.started:
            numbered.started.add(level)
            counts[level] = numbered.starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else own.start
        for deeper in [place for place in counts if place > level]:
            limit = numbered.levels.get(deeper, _Level()).restarts_after
            if limit is None or level < limit:
                del counts[deeper]
        return _bullet(own) if own.number_format == "bullet" else self._shown(numbered, own)

    def _shown(self, numbered: _List, own: _Level) -> ShownMark | None:
        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            level = numbered.levels.get(place, _Level())
            count = numbered.counts.get(place, level.start)
            return format_number(count, "decimal" if own.is_legal else level.number_format)

        text = _PLACE.sub(number, own.template).strip()
        return ShownMark(text) if text else None

    def _list(self, number: str) -> _List | None:
        if number not in self._lists:
            element = self._elements.get(number)
            self._lists[number] = None if element is None else self._read_list(element)
        return self._lists[number]

    def _read_list(self, element: Any) -> _List:
        key = value(element, "abstractNumId")
        key = self._by_style.get(value(self._definitions.get(key), "numStyleLink"), key)
        levels = dict(map(_read_level, named(self._definitions.get(key), "lvl")[:_MAX_LEVELS]))
        starts: dict[int, int] = {}
        for override in named(element, "lvlOverride")[:_MAX_LEVELS]:
            place = whole_number(attribute(override, "ilvl"))
            if start := value(override, "startOverride"):
                starts[place] = whole_number(start, 1)
            if (changed := child(override, "lvl")) is not None:
                levels[place] = _read_level(changed)[1]
        return _List(self._counts.setdefault(key, {}), levels, starts, set())


def format_number(number: int, number_format: str) -> str:
    """A number in one of Word's formats; in digits in one that isn't known.

    >>> format_number(28, "lowerLetter"), format_number(4, "upperRoman"), format_number(3, "decimalZero")
    ('bb', 'IV', '03')
    """
    if number_format == "none":
        return ""
    if number_format in {"lowerRoman", "upperRoman"}:
        return shown_number(number, "i" if number_format == "lowerRoman" else "I")
    if number_format in _REPEATED and 0 < number <= _MAX_REPEATED:
        signs = _REPEATED[number_format]
        repeats, place = divmod(number - 1, len(signs))
        return signs[place] * (repeats + 1)
    if number_format == "decimalZero":
        return f"{number:02}"
    if number_format == "ordinal":
        return f"{number}{'th' if number % 100 in {11, 12, 13} else _ORDINALS.get(number % 10, 'th')}"
    return str(number)


def _bullet(level: _Level) -> ShownMark | None:
    """A bullet; None for one that nobody sees."""
    is_seen = bool(level.template.strip()) or level.has_picture
    sign = symbol(level.font, ord(level.template)) if len(level.template) == 1 else ""
    return ShownMark(is_ticked=_BOXES.get(sign)) if is_seen else None


def _read_level(element: Any) -> tuple[int, _Level]:
    number_format = value(element, "numFmt")
    if not number_format:  # a newer format stands in one of two forms
        number_format = next((attribute(found, "val") or "" for found in descendants(element, "numFmt")), "decimal")
    restart = value(element, "lvlRestart")
    level = _Level(
        whole_number(value(element, "start"), 1),
        number_format,
        value(element, "lvlText")[:_MAX_TEMPLATE_CHARS],
        has_switch(element, "isLgl"),
        whole_number(restart) if restart else None,
        value(element, "pStyle"),
        attribute(child(element, "rPr", "rFonts"), "ascii") or "",
        child(element, "lvlPicBulletId") is not None,
    )
    return whole_number(attribute(element, "ilvl")), level
