"""What stands on a web page around its text: navigation, teasers, newsletter boxes, buttons, hidden elements."""

import re
from itertools import islice
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.html_blocks import HEADING_TAGS, NO_TEXT_TAGS

_KEPT_TAGS = {"html", "body", "head", "main", "article", "h1"}
_FURNITURE_TAGS = NO_TEXT_TAGS | {"form", "button", "aside", "dialog", "footer"}
_TEASER_TAGS = {"p", "div", "span", "h2", "h3", "h4", "strong", "a", "li"}
_FURNITURE_NAME = re.compile(
    r"(?:^|[-_ ])(?:newsletters?|related|teasers?|promo|recommend(?:ed|ations?)|cookies?|consent|gdpr"
    r"|shar(?:e|ing)|social|subscribe|advert(?:s|isement|ising)?|ads?|sponsored|comments?|breadcrumbs?|paywall"
    r"|outbrain|taboola|sidebar|read-?(?:also|more|next|later)|see-?also|most-?read|trending|footer|site-header"
    r"|menu|skip-link)(?:$|[-_ ])",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"\W*(?:(?:read|see|watch|listen|hear|explore|learn|find out|discover)\s+(?:also|more|next|later|too)\b"
    r"|also\s+(?:read|see|watch|on)\b|(?:related|recommended|further|more)\s+(?:story|stories|articles?|reading"
    r"|coverage|news)\b|more (?:from|on) this\b|(?:story|article) continues|article reserved for"
    r"|lire (?:aussi|plus)|à lire|voir aussi|lesen sie auch|mehr zum thema|lee también|leer más|leggi anche"
    r"|lees ook)",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"advertisement|discover|share(?: this| article)?|subscribe(?: now)?|sign (?:up|in)|log in|print|save"
    r"|menu|home|follow us|comments|(?:read|see|show) (?:more|later|also)|more|newsletter|back to top"
    r"|skip to content|related|next|previous|copy link|loading|sponsored|accept all|listen",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_TEASER_CHARS = 300
_MAX_TEASER_ELEMENTS = 25  # nested that deep it is no teaser, only slow to read


def drop_furniture(tree: Any) -> None:
    """Removes from a tree what is never a page's own words: by tag, by visibility, by class, by wording.

    Args:
        tree: of lxml.html; it is changed in place.
    """
    page_size = len(tree.text_content())
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _KEPT_TAGS:
            continue
        if element.getparent() is None or not _is_furniture(element):
            continue
        # A class on a wrapper of the whole page ("has-sidebar") says nothing about the text inside.
        if element.tag in {"script", "style"} or len(element.text_content()) < max(page_size / 3, 400):
            if element.tag == "script" and element.get("type") == "application/ld+json":
                continue  # the metadata
            element.drop_tree()


def _is_furniture(element: Any) -> bool:
    tag = element.tag
    if tag == "title":
        return False
    if tag in _FURNITURE_TAGS or (tag == "header" and element.find(".//h1") is None) or _is_invisible(element):
        return True
    if tag == "sup":  # the number of a note, "[12]", would be taken for one of our citation markers
        return bool(re.fullmatch(r"\s*\[?\w{1,3}\]?\s*", element.text_content())) and element.find(".//a") is not None
    names = f"{element.get('class') or ''} {element.get('role') or ''}"
    if tag not in HEADING_TAGS and (
        _FURNITURE_NAME.search(names) or _FURNITURE_NAME.fullmatch(element.get("id") or "")
    ):
        return True
    return tag in _TEASER_TAGS and _is_teaser(element)


def _is_invisible(element: Any) -> bool:
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return is_hidden or bool(_HIDDEN_STYLE.search(element.get("style") or ""))


def _is_teaser(element: Any) -> bool:
    """Whether an element is a button, a link to another article, or a call to read one."""
    if len(list(islice(element.iter(), _MAX_TEASER_ELEMENTS))) == _MAX_TEASER_ELEMENTS:
        return False
    text = collapse_whitespace(element.text_content())
    if len(text) > _MAX_TEASER_CHARS or not text:
        return False
    linked_chars = sum(len(collapse_whitespace(link.text_content())) for link in element.iter("a"))
    if _BUTTON.fullmatch(text.strip(" .:|>»→")):
        return True
    if element.tag == "p" and linked_chars >= 0.9 * len(text):
        return True
    return bool(_TEASER.match(text)) and (linked_chars >= 0.4 * len(text) or len(text.split()) <= 4)
