"""Placeholders of slides: what each is for, and what it takes over from the slide's layout and master."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.readers.office.package import Part, attribute, child, descendants, named, whole_number
from assistant.readers.office.reading_order import Box
from assistant.readers.pptx.text import ListStyles

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("dt", "ftr", "sldNum", "hdr")
_SHAPES = ("sp", "pic", "graphicFrame", "grpSp", "cxnSp", "contentPart")


@dataclass(frozen=True)
class Slide:
    """A slide with what lies under it.

    Attributes:
        part: its own part, or that of its notes.
        layout: of its layout; None where that is missing.
        master: of its master; None where that is missing.
        default_style: the text style of the whole deck; None where there is none.
    """

    part: Part
    layout: Part | None
    master: Part | None
    default_style: Any

    @cached_property
    def shape_tree(self) -> Any:
        """The element that holds the slide's shapes; None where there is none."""
        return child(self.part.root, "cSld", "spTree")

    def list_styles(self, shape: Any) -> ListStyles:
        """What gives the text of a shape its bullets, the nearest first."""
        kind = placeholder_kind(shape)
        master_styles = child(self.master.root, "txStyles") if self.master else None
        if kind is None:
            return (child(master_styles, "otherStyle"), self.default_style)
        name = "titleStyle" if kind in _TITLES else "otherStyle" if kind in _FURNITURE else "bodyStyle"
        inherited = (child(base, "txBody", "lstStyle") for base in self._bases(shape))
        return (*inherited, child(master_styles, name), self.default_style)

    def box(self, shape: Any) -> Box | None:
        """Where a shape stands; None where the file doesn't say."""
        boxes = (_own_box(one) for one in (shape, *self._bases(shape)))
        return next((box for box in boxes if box), None)

    def _bases(self, shape: Any) -> Iterator[Any]:
        """The placeholders of the layout and of the master that a placeholder is made from."""
        kind = placeholder_kind(shape)
        if kind is None:
            return
        index = _placeholder(shape).get("idx")
        base = self._layout_placeholders.get(index) if index else None
        base = base if base is not None else self._layout_placeholders.get(_base_kind(kind))
        if base is not None:
            yield base
            kind = placeholder_kind(base) or kind
        if (master := self._master_placeholders.get(_base_kind(kind))) is not None:
            yield master

    @cached_property
    def _layout_placeholders(self) -> dict[str, Any]:
        return _placeholders_by_key(self.layout)

    @cached_property
    def _master_placeholders(self) -> dict[str, Any]:
        return _placeholders_by_key(self.master)


def placeholder_kind(shape: Any) -> str | None:
    """What a placeholder is for, as in "title"; None for a shape that is none."""
    placeholder = _placeholder(shape)
    return None if placeholder is None else placeholder.get("type", "obj")


def shape_name(shape: Any) -> Any:
    """The element with a shape's name and whether it is hidden; None where there is none."""
    return next(descendants(shape, "cNvPr"), None)


def _placeholder(shape: Any) -> Any:
    for properties in shape:
        if (placeholder_element := child(properties, "nvPr", "ph")) is not None:
            return placeholder_element
    return None


def _placeholders_by_key(part: Part | None) -> dict[str, Any]:
    """The placeholders of a layout or master by their indexes and by what they are for; the first counts."""
    placeholder_element: dict[str, Any] = {}
    tree = child(part.root, "cSld", "spTree") if part else None
    for shape in descendants(tree, *_SHAPES):
        if (kind := placeholder_kind(shape)) is not None:
            for key in (_placeholder(shape).get("idx"), _base_kind(kind)):
                if key:
                    placeholder_element.setdefault(key, shape)
    return placeholder_element


def _base_kind(kind: str) -> str:
    """The kind of the master's placeholder that one of this kind is made from."""
    if kind in _TITLES:
        return "title"
    return kind if kind in _FURNITURE else "body"


def _own_box(shape: Any) -> Box | None:
    for properties in (*named(shape, "spPr"), *named(shape, "grpSpPr"), shape):
        transform = child(properties, "xfrm")
        offset, extent = child(transform, "off"), child(transform, "ext")
        if offset is not None and extent is not None:
            left, top = whole_number(attribute(offset, "x")), whole_number(attribute(offset, "y"))
            width, height = whole_number(attribute(extent, "cx")), whole_number(attribute(extent, "cy"))
            return Box(left, top, left + max(width, 0), top + max(height, 0))
    return None
