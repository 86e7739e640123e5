"""The text of shapes on slides: paragraphs, bullets and numbers as they are shown, and the runs that stand out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assistant.readers.elements import Element, Inline, InlineStyle
from assistant.readers.office.math import math_text
from assistant.readers.office.package import Relation, attribute, child, local_name, named, whole_number
from assistant.readers.pptx.numbers import ParagraphNumbers

_BULLETS = ("buNone", "buChar", "buAutoNum", "buBlip")
_BOXES = {"☐": False, "☑": True, "☒": True, "✅": True}
_MAX_LEVEL = 8
_CONTROL = re.compile("_x00[01][0-9A-Fa-f]_|[\0-\x1f]")

ListStyles = Sequence[Any]
"""Elements with the properties of each level of text, the nearest first; one that is missing is None."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a shape.

    Attributes:
        inlines: its text.
        level: how deep it is nested, from 0.
        mark: its number as shown, "" for a bullet; None for a paragraph without either.
        is_ticked: where its bullet is a box to tick.
    """

    inlines: tuple[Inline, ...]
    level: int = 0
    mark: str | None = None
    is_ticked: bool | None = None


def read_paragraphs(body: Any, styles: ListStyles, links: Mapping[str, Relation]) -> Iterator[Paragraph]:
    """The paragraphs of a text body that are not empty.

    Args:
        body: the element that holds the paragraphs.
        styles: what gives the paragraphs their bullets, unless they have their own.
        links: the relations of the part by their ids.
    """
    numbers = ParagraphNumbers()
    own_styles = [child(body, "lstStyle"), *styles]
    for paragraph in named(body, "p"):
        inlines = tuple(_merged(_inlines(paragraph, links)))
        if not any(inline.text.strip() for inline in inlines):
            continue
        properties = child(paragraph, "pPr")
        level = min(max(whole_number(attribute(properties, "lvl")), 0), _MAX_LEVEL)
        bullet = _bullet(properties, level, own_styles)
        name = local_name(bullet) if bullet is not None else "buNone"
        if name == "buAutoNum":
            start = whole_number(bullet.get("startAt"), 1)
            mark = numbers.next_mark(level, bullet.get("type", ""), start)
            yield Paragraph(inlines, level, mark)
            continue
        numbers.pass_over(level)
        box = _BOXES.get(bullet.get("char", "")) if name == "buChar" else None
        yield Paragraph(inlines, level, None if name == "buNone" else "", box)


def paragraph_element(paragraph: Paragraph) -> Element:
    """A paragraph as an item or a paragraph."""
    if paragraph.mark is None:
        return Element("paragraph", paragraph.inlines)
    return Element("item", paragraph.inlines, level=paragraph.level, mark=paragraph.mark, is_ticked=paragraph.is_ticked)


def joined_paragraphs(paragraphs: Sequence[Paragraph]) -> tuple[Inline, ...]:
    """Paragraphs as one text, with the numbers that they show."""
    inlines: list[Inline] = []
    for paragraph in paragraphs:
        inlines += [Inline(f" {paragraph.mark or ''} "), *paragraph.inlines]
    return tuple(inlines)


def _bullet(properties: Any, level: int, styles: ListStyles) -> Any:
    """What says which bullet or number a paragraph has; None where nothing does."""
    for source in (properties, *(child(style, f"lvl{level + 1}pPr") for style in styles)):
        for element in source if source is not None else ():
            if local_name(element) in _BULLETS:
                return element
    return None


def _inlines(paragraph: Any, links: Mapping[str, Relation]) -> Iterator[Inline]:
    for element in paragraph:
        name = local_name(element)
        if name == "br":
            yield Inline(" ")
        elif name in {"r", "fld"}:
            text = child(element, "t")
            yield _run(child(element, "rPr"), _visible((text.text or "") if text is not None else ""), links)
        elif name == "m":
            yield Inline(f" {math_text(element)} ")
        elif name == "AlternateContent":
            yield from _inlines(next(iter(element), ()), links)


def _run(properties: Any, text: str, links: Mapping[str, Relation]) -> Inline:
    if properties is None:
        return Inline(text)
    if properties.get("strike", "noStrike") != "noStrike":
        return Inline(text, "struck")
    raised_by = whole_number(properties.get("baseline", "").removesuffix("%"))
    if raised_by:
        style: InlineStyle = "raised" if raised_by > 0 else "lowered"
        return Inline(text, style)
    link = links.get(attribute(child(properties, "hlinkClick"), "id") or "")
    if link and link.is_external:
        return Inline(text, "link", link.target)
    return Inline(text)


def _merged(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Neighbours of one style as one: a raised mark may be cut into several runs."""
    for (style, target), alike in groupby(inlines, key=lambda inline: (inline.style, inline.target)):
        yield Inline("".join(inline.text for inline in alike), style, target)


def _visible(text: str) -> str:
    """Text without control characters, which are written as in "_x000B_": that one ends a line, and becomes a space."""
    return _CONTROL.sub(" ", text)
