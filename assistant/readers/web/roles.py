"""What stands on a web page around its text: navigation, teasers, newsletter boxes, buttons, contents, references."""

import re
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.web.notes import is_list_of_notes, is_note
from assistant.readers.web.survey import Measure, Survey
from assistant.readers.web.tree import HEADING_TAGS, LIST_TAGS, Markup, tag_name
from assistant.structure import Role

_TYPE_ROLES: dict[str, Role] = {
    "toc": "contents", "doc-toc": "contents", "landmarks": "contents", "page-list": "contents", "lot": "contents",
    "loi": "contents", "doc-pagelist": "contents", "bibliography": "bibliography",
    "doc-bibliography": "bibliography", "biblioentry": "bibliography", "index": "index", "doc-index": "index",
    "navigation": "navigation", "doc-pagebreak": "page_number", "pagebreak": "page_number", "banner": "header",
    "contentinfo": "footer", "search": "navigation", "complementary": "navigation", "menu": "navigation",
    "menubar": "navigation", "tablist": "navigation", "toolbar": "navigation",
}  # fmt: skip
_FURNITURE_NAME = re.compile(
    r"(?<=[\s_-])(?:newsletters?|related|teasers?|promo|recommend(?:ed|ations?)|shar(?:e|ing)|social|subscribe"
    r"|advert(?:s|isement|ising)?|ads?|sponsored|comments?|breadcrumbs?|paywall|outbrain|taboola|sidebar|footer"
    r"|read-?(?:also|more|next|later)|see-?also|most-?read|trending|site-header|menu|navbar|skip-link|pagination|pager|catlinks)"
    r"(?=[\s_-])"
)
_CONTENTS_NAME = re.compile(
    r"(?<=[\s_-])(?:toc|table-?of-?contents|tableofcontents|page-toc|toctree-wrapper)(?=[\s_-])"
)
_REFERENCES_NAME = re.compile(
    r"(?<=[\s_-])(?:references|reflist|bibliography|citation-list|ref-list|csl-bib-body)(?=[\s])"
)
_FOOTER_NAME = re.compile(r"(?<=[\s_-])footer(?=[\s_-])")
_HEADER_NAME = re.compile(r"(?<=[\s_-])site-header(?=[\s_-])")
_TEASER_TAGS = frozenset(("p", "div", "h2", "h3", "h4", "li"))
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
_MAX_TEASER_CHARS = 300
_MAX_TEASER_BOX_CHARS = 600
_MIN_NAMED_CHARS = 400  # a name of an element with fewer characters always tells
_MAX_NAMED_SHARE = 3  # one with more than a third of the page is a wrapper: its name says nothing
_MIN_STATEMENT_CHARS = 200  # of running text beside a page's main part, which makes it part of the text
_MAX_MENU_ENTRY_CHARS = 40
_IN_ARTICLE = frozenset(("article", "main", "blockquote", "section", "figure", "td"))


def role_of(markup: Markup, survey: Survey) -> Role | None:
    """The role that an element gives to the blocks in it; None where it gives none."""
    node, tag = markup.node, markup.tag
    measure = survey.measure(node)
    typed = next((_TYPE_ROLES[kind] for kind in markup.types if kind in _TYPE_ROLES), None)
    if typed is not None:
        return typed
    if is_note(tag, markup.types, markup.names) or is_list_of_notes(tag, markup.types, markup.names):
        return None
    if tag == "nav":
        return "contents" if _CONTENTS_NAME.search(markup.names) or is_contents(measure) else "navigation"
    if tag in {"header", "footer"} and not _is_inside(node, _IN_ARTICLE):
        has_title = tag == "header" and node.find(".//{*}h1") is not None
        return None if has_title else "header" if tag == "header" else "footer"
    is_wrapper = measure.chars > max(survey.page.chars / _MAX_NAMED_SHARE, _MIN_NAMED_CHARS)
    is_aside = tag == "aside" and not is_wrapper
    is_teaser_box = tag in {"section", "div"} and measure.chars <= _MAX_TEASER_BOX_CHARS and _has_teaser_heading(node)
    if (is_aside or is_teaser_box) and not _is_inside(node, frozenset(("article",))):
        return "navigation"
    return None if tag in HEADING_TAGS or is_wrapper else _named_role(tag, markup.names)


def _has_teaser_heading(node: Any) -> bool:
    """Whether a box has a heading that only leads on, such as "Discover"."""
    heading = next((child for child in node if tag_name(child) in HEADING_TAGS), None)
    if heading is None:
        return False
    text = collapse_whitespace("".join(heading.itertext()))
    return _BUTTON.fullmatch(text) is not None or _TEASER.match(text) is not None


def _named_role(tag: str, names: str) -> Role | None:
    """The role that the classes and the id of an element say; None where they say none."""
    if len(names) < 2:  # no name between the spaces
        return None
    if _CONTENTS_NAME.search(names):
        return "contents"
    if _REFERENCES_NAME.search(names) and tag in {"ol", "ul", "div", "section", "dl"}:
        return "bibliography"
    if _FURNITURE_NAME.search(names):
        return "footer" if _FOOTER_NAME.search(names) else "header" if _HEADER_NAME.search(names) else "navigation"
    return None


def is_menu(tag: str, measure: Measure, *, is_before_title: bool) -> bool:
    """Whether a list, or a cell of a table that lays out a page, is a menu: little but short links.

    Args:
        tag: of the list or cell.
        measure: what it holds.
        is_before_title: whether no heading of the page has come yet.
    """
    if measure.headings or measure.linked_chars > measure.links * _MAX_MENU_ENTRY_CHARS:
        return False
    if tag in {"td", "th"}:
        return measure.links >= 2 and measure.linked_chars >= 0.8 * measure.chars
    least = 3 if tag in LIST_TAGS else 2 if tag in {"p", "div", "center"} else measure.links + 1
    return is_before_title and measure.links >= least and measure.linked_chars >= 0.9 * measure.chars


def is_beside_main(node: Any, survey: Survey) -> bool:
    """Whether an element stands beside the main part of the page, and makes no statements of its own."""
    measure = survey.measure(node)
    return measure.chars - measure.linked_chars < _MIN_STATEMENT_CHARS and not measure.headings


def is_teaser(node: Any, tag: str, measure: Measure) -> bool:
    """Whether an element is a button, or a call to read another article."""
    if tag not in _TEASER_TAGS or not 0 < measure.chars <= _MAX_TEASER_CHARS or measure.paragraphs > 1:
        return False
    text = collapse_whitespace("".join(node.itertext()))
    if _BUTTON.fullmatch(text.strip(" .:|>»→")):
        return tag not in HEADING_TAGS or bool(measure.links)
    is_called = _TEASER.match(text) is not None
    return is_called and (measure.linked_chars >= 0.4 * len(text) or len(text.split()) <= 4)


def is_contents(measure: Measure) -> bool:
    """Whether a block is links to parts of the same page."""
    is_linked = measure.linked_chars >= 0.6 * measure.chars
    return is_linked and measure.fragment_links >= 3 and measure.fragment_links >= 0.8 * measure.links


def _is_inside(node: Any, tags: frozenset[str]) -> bool:
    return any(tag_name(around) in tags for around in node.iterancestors())
