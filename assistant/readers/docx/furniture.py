"""What stands at the top and the foot of the pages of Word files: each text once, without the pages' numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.docx.blocks import BlockReader
from assistant.readers.docx.fields import PAGE_NUMBER, Fields
from assistant.readers.docx.story import Story
from assistant.readers.docx.tables import element_inlines
from assistant.readers.docx.xml import has_switch
from assistant.readers.elements import Content, Element, inlines_of
from assistant.readers.office.package import attribute, descendants, local_name
from assistant.structure import Role

_KINDS: dict[str, Role] = {"headerReference": "header", "footerReference": "footer"}
_MAX_LINE_CHARS = 1_000  # in which the words for a page's number are looked for
_PAGE_WORDS = r"(?:page|pg\.?|p\.|seite|s\.|página|pagina|pág\.|side|sida|blz\.|strona|sivu|стр\.?|страница)"
_OF_WORDS = r"(?:of|von|de|di|van|av|af|z|из|/|sur)"
_CHAPTER = r"(?:[0-9A-Z]{1,4}\s?[-–.]\s?)"
_NUMBERING = re.compile(
    rf"[\s|–—-]*(?:\b{_PAGE_WORDS}\s*)?{_CHAPTER}?{PAGE_NUMBER}+(?:\s*{_OF_WORDS}\s*{PAGE_NUMBER}+)?(?:[\s|–—-]+$)?",
    re.IGNORECASE,
)
_SPREAD_PAGE = re.compile(r"\s*(?:p\s*a\s*g\s*e)?\W*", re.IGNORECASE)


def furniture_elements(story: Story, settings: Any | None) -> Iterator[Element]:
    """The texts of headers and footers that are in use.

    Args:
        story: of the body.
        settings: the root of the part of settings; None where the file has none.
    """
    has_even = has_switch(settings, "evenAndOddHeaders")
    seen_parts: set[str] = set()
    seen_texts: set[str] = set()
    for section in descendants(story.part.root, "sectPr"):
        if section.getparent() is None or local_name(section.getparent()) == "sectPrChange":
            continue
        for reference in section:
            role = _KINDS.get(local_name(reference))
            kind = attribute(reference, "type") or "default"
            is_used = kind == "default" or (kind == "even" and has_even) or has_switch(section, "titlePg")
            part = story.part.related(attribute(reference, "id")) if role and is_used else None
            if role is None or part is None or part.name in seen_parts:
                continue
            seen_parts.add(part.name)
            own_story = replace(story, part=part, is_furniture=True, fields=Fields())
            for element in _lines(BlockReader(own_story).read(part.root), role):
                text = " ".join("".join(inline.text for inline in element_inlines(element)).split())
                if text not in seen_texts and any(map(str.isalnum, text)):
                    seen_texts.add(text)
                    yield element


def _lines(elements: Iterator[Element], role: Role) -> Iterator[Element]:
    """The paragraphs, those in tables too."""
    for element in elements:
        if element.table is not None:
            for row in element.table.rows:
                for cell in row:
                    yield Element("paragraph", _without_page_numbers(cell.content), role)
        else:
            yield Element("paragraph", _without_page_numbers(tuple(element_inlines(element))), role)


def _without_page_numbers(content: Content) -> Content:
    """A text without the numbers of pages, and without the words that only introduce them."""
    inlines = inlines_of(content)
    if not any(PAGE_NUMBER in inline.text for inline in inlines):
        return content
    text = "".join(inline.text for inline in inlines if inline.style != "struck")
    if len(text) > _MAX_LINE_CHARS:
        return text.replace(PAGE_NUMBER, "")
    text = _NUMBERING.sub(" ", text)
    return "" if _SPREAD_PAGE.fullmatch(text) else text
