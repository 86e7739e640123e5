"""The styles of an OpenDocument file: what they make of characters, and which lists and levels they stand for."""

import re
from typing import Any, NamedTuple

from assistant.readers.opendocument.package import OdfFile, attribute, child, children, node_name, number_attribute

_MAX_PARENTS = 20  # a damaged file may name a style as its own parent
_MAX_LEVELS = 10  # of a list
_ENCODED = re.compile(r"_([0-9a-f]{2,4})_")  # a character in a style's name


class TextLook(NamedTuple):
    """What styles make of characters; None where they don't say."""

    position: str | None = None  # "raised", "lowered" or ""
    is_struck: bool | None = None
    is_hidden: bool | None = None

    def over(self, other: "TextLook") -> "TextLook":
        """This look where it says something, the other where not."""
        return TextLook(
            other.position if self.position is None else self.position,
            other.is_struck if self.is_struck is None else self.is_struck,
            other.is_hidden if self.is_hidden is None else self.is_hidden,
        )


class ListLevel(NamedTuple):
    """How the items of a level of a list are numbered."""

    number_format: str = ""  # as in "1", "a", "I"; empty for bullets
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown_levels: int = 1  # how many numbers are shown, as in "2.1.3"
    template: str = ""  # as in "%1%.%2%", where a file has one


ListStyle = dict[int, ListLevel]
"""The levels of a list, from 1."""


class Styles:
    """The styles that hold in a part of a file."""

    def __init__(self, file: OdfFile, *, of_pages: bool = False) -> None:
        """Collects the styles of the text, or those of the headers and footers of its pages."""
        self._styles: dict[tuple[str, str], Any] = {}
        self._lists: dict[str, Any] = {}
        self._looks: dict[tuple[str, str], TextLook] = {}
        self._list_styles: dict[str, ListStyle] = {}
        self.outline: ListStyle = {}
        automatic = file.styles if of_pages else file.content
        for root, name in ((file.styles, "office:styles"), (automatic, "office:automatic-styles")):
            group = child(root, name)
            for style in children(group) if group is not None else ():
                self._collect(style)

    def look(self, family: str, name: str) -> TextLook:
        """What a style makes of characters, with what it inherits."""
        key = (family, name)
        if key not in self._looks:
            look = TextLook()
            for style in self._chain(family, name):
                look = look.over(_own_look(style))
            self._looks[key] = look
        return self._looks[key]

    def names(self, family: str, name: str) -> list[str]:
        """The names of a style and of those that it inherits from, as people see them."""
        return [
            attribute(style, "style:display-name") or decode_name(attribute(style, "style:name"))
            for style in self._chain(family, name)
        ] or [decode_name(name)]

    def list_style_name(self, paragraph_style: str) -> str:
        """The name of the list style that a paragraph's style stands for; "" where there is none."""
        own = self._chain("paragraph", paragraph_style)
        return next(filter(None, (attribute(style, "style:list-style-name") for style in own)), "")

    def is_unnumbered(self, paragraph_style: str) -> bool:
        """Whether a style takes a heading's number away: it names the list style ""."""
        for style in self._chain("paragraph", paragraph_style):
            if any(name.endswith("}list-style-name") for name in style.attrib):
                return not attribute(style, "style:list-style-name")
        return False

    def list_style(self, name: str) -> ListStyle:
        """The levels of a list style."""
        if name not in self._list_styles:
            style = self._lists.get(name)
            self._list_styles[name] = _levels(style) if style is not None else {}
        return self._list_styles[name]

    def property(self, family: str, name: str, group: str, property_name: str) -> str:
        """A property of a style, with what it inherits; "" where none says it.

        Args:
            family: of the style.
            name: of the style.
            group: of properties, such as "style:table-properties".
            property_name: its attribute.
        """
        for style in self._chain(family, name):
            properties = child(style, group)
            if properties is not None and (value := attribute(properties, property_name)):
                return value
        return ""

    def _collect(self, style: Any) -> None:
        name = attribute(style, "style:name")
        if node_name(style) == "style:style":
            self._styles[attribute(style, "style:family"), name] = style
        elif node_name(style) == "text:list-style":
            self._lists[name] = style
        elif node_name(style) == "text:outline-style":
            self.outline = _levels(style)

    def _chain(self, family: str, name: str) -> list[Any]:
        """A style and those that it inherits from, the nearest first."""
        chain: list[Any] = []
        while name and len(chain) < _MAX_PARENTS and (style := self._styles.get((family, name))) is not None:
            chain.append(style)
            name = attribute(style, "style:parent-style-name")
        return chain


def decode_name(name: str) -> str:
    """A style's name as people see it.

    >>> decode_name("Heading_20_1")
    'Heading 1'
    """
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), name)


def _own_look(style: Any) -> TextLook:
    properties = child(style, "style:text-properties")
    if properties is None:
        return TextLook()
    line_styles = {attribute(properties, f"style:text-line-through-{name}") for name in ("style", "type")} - {""}
    display = attribute(properties, "text:display")
    return TextLook(
        _position(attribute(properties, "style:text-position")),
        any(line != "none" for line in line_styles) if line_styles else None,
        display == "none" if display else None,
    )


def _position(value: str) -> str | None:
    """What a text position such as "super 58%" or "-33% 58%" says."""
    place = value.split(maxsplit=1)[0] if value.strip() else ""
    if place in {"super", "sub"}:
        return "raised" if place == "super" else "lowered"
    if not re.fullmatch(r"-?[\d.]+%", place):
        return None
    return "lowered" if place.startswith("-") else "" if not place.strip("0.%") else "raised"


def _levels(style: Any) -> ListStyle:
    levels: ListStyle = {}
    for element in children(style):
        level = number_attribute(element, "text:level", 0)
        if 1 <= level <= _MAX_LEVELS:
            levels[level] = ListLevel(
                attribute(element, "style:num-format"),
                attribute(element, "style:num-prefix"),
                attribute(element, "style:num-suffix"),
                number_attribute(element, "text:start-value", 1),
                number_attribute(element, "text:display-levels", 1),
                attribute(element, "loext:num-list-format") or attribute(element, "style:num-list-format"),
            )
    return levels
