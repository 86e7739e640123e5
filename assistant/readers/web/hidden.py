"""Which elements of a web page nobody sees, and which of them a reader opens with a click."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from assistant.readers.web.styles import Declarations, is_hidden_by
from assistant.readers.web.survey import Survey
from assistant.readers.web.tree import NO_TEXT_TAGS, names_of, tag_name, types_of

_PANEL_NAME = re.compile(
    r"[\s_-](?:accordions?|collaps(?:e|ed|ible)|panels?|tab[_-]?(?:pane|panel|content|body)s?|tabs?|answers?|faqs?"
    r"|toggles?|togglable|expand(?:ed|able|er)?|spoilers?|disclosure|details?|read[_-]?more|show[_-]?more)(?=[\s_-])"
)
_NEVER_NAME = re.compile(
    r"[\s_-](?:cookies?|consent|gdpr|modals?|dialogs?|popups?|overlays?|lightbox|menus?|nav|navbar|navigation|newsletter"
    r"|dropdown|drawer|offcanvas|search|login|tooltips?|toast|templates?)(?=[\s_-])"
)
_SPOKEN_NAME = re.compile(
    r"[\s](?:sr-only|visually-?hidden|screen-?reader(?:s|-text|-only)?|screenreader|a11y-hidden|assistive-text"
    r"|u-hidden-visually|is-visually-hidden|element-invisible|mw-jump-link|hidden-text|(?:a-)?offscreen)(?=\s)"
)
_COOKIE_NAME = re.compile(
    r"[\s_-](?:cookies?|gdpr|ccpa|consent)(?:[_-]?(?:banner|notice|bar|popup|pop-up|dialog|modal|wall|overlay|message"
    r"|law|info|consent|settings|preferences|manager|policy-banner|box|layer|container|disclaimer))*(?=\s)"
    r"|[\s_-](?:onetrust|cookiebot|usercentrics|didomi|truste)(?=[\s_-])"
)
_LEFT_OUT_NAMES = (" mw-editsection", " mw-cite-backlink", " headerlink ", " linenos ", " lineno ", " gutter ")
_MIN_NAMED_CHARS = 400  # a name of an element with fewer characters always tells
_OPENER_TAGS = frozenset(("button", "summary"))
_OPENING_ATTRIBUTES = ("aria-controls", "aria-expanded", "data-toggle", "data-bs-toggle", "data-target")
_CLICK_ATTRIBUTES = ("aria-expanded", "onclick", "@click", "x-on:click", "v-on:click", "ng-click", "data-toggle")
_PANEL_TYPES = frozenset(("footnote", "endnote", "doc-footnote", "doc-endnote", "tabpanel", "region", "doc-qna"))


def is_hidden(node: Any, look: Declarations) -> bool:
    """Whether an element isn't shown when the page opens."""
    attributes = node.attrib
    if attributes.get("hidden") == "until-found":
        return False
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true" or is_hidden_by(look):
        return True
    if tag_name(node) == "dialog" and "open" not in attributes:
        return True
    is_spoken = "class" in attributes and _SPOKEN_NAME.search(names_of(node)) is not None
    return is_spoken and not _stands_for_unspoken(node)


def is_panel(node: Any, survey: Survey) -> bool:
    """Whether a hidden element is a panel that a reader opens with a click, as in a list of questions and answers."""
    names = names_of(node)
    if _NEVER_NAME.search(names) or "aria-modal" in node.attrib or tag_name(node) in {"dialog", "template"}:
        return False
    types = types_of(node)
    if (
        node in survey.notes.notes
        or types & _PANEL_TYPES
        or node.get("id") in survey.panels
        or _PANEL_NAME.search(names)
    ):
        return True
    before, parent = node.getprevious(), node.getparent()
    if before is not None and _opens(before):
        return True
    around = names_of(parent) if parent is not None else " "
    return bool(_PANEL_NAME.search(around)) and not _NEVER_NAME.search(around) and "aria-hidden" not in node.attrib


def is_opener(node: Any) -> bool:
    """Whether an element opens a panel: its words are the panel's title."""
    tag = tag_name(node)
    if tag == "summary" or any(name in node.attrib for name in _OPENING_ATTRIBUTES):
        return True
    behind = node.getnext()
    return bool(_PANEL_NAME.search(names_of(node)) or (behind is not None and _PANEL_NAME.search(names_of(behind))))


def _stands_for_unspoken(node: Any) -> bool:
    """Whether words for those who listen stand for signs beside them that are for the eye, such as stars."""
    beside = filter(tag_name, (node.getprevious(), node.getnext()))
    return any((other.get("aria-hidden") or "").lower() == "true" for other in beside)


def _opens(node: Any) -> bool:
    """Whether an element is, or holds right inside, what opens the one behind it."""
    around = [candidate for candidate in (node, *list(node)[:2]) if tag_name(candidate)]
    return any(
        tag_name(candidate) in _OPENER_TAGS or any(name in candidate.attrib for name in _CLICK_ATTRIBUTES)
        for candidate in around
    )


def is_named_out(node: Any, survey: Survey) -> bool:
    """Whether an element's classes or id say that it is a dialog about cookies, or a link of the program's own."""
    if "class" not in node.attrib and "id" not in node.attrib:
        return False
    names = names_of(node)
    is_small = survey.measure(node).chars < max(survey.page.chars / 3, _MIN_NAMED_CHARS)
    return any(name in names for name in _LEFT_OUT_NAMES) or (is_small and _COOKIE_NAME.search(names) is not None)


def holds_formula(node: Any) -> bool:
    """Whether an element holds a formula that is shown as a picture."""
    return any(tag_name(inner) == "math" for inner in islice(node.iterdescendants("*"), 3))


def count_words(node: Any) -> int:
    """How many words are in an element, those of scripts not counted."""
    return sum(any(map(str.isalnum, word)) for text in _shown_text(node) for word in text.split())


def _shown_text(node: Any) -> Iterator[str]:
    """The text in an element, without that of scripts."""
    for inner in node.iter("*"):
        if tag_name(inner) not in NO_TEXT_TAGS:
            yield inner.text or ""
        if inner is not node:
            yield inner.tail or ""
