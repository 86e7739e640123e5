"""What several modules ask of an element of an lxml tree: its tag, its classes, where its links lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LIST_TAGS = frozenset(("ul", "ol", "menu", "dir"))
CELL_TAGS = frozenset(("td", "th"))
BLOCK_TAGS = HEADING_TAGS | LIST_TAGS | CELL_TAGS
BLOCK_TAGS |= {"p", "div", "section", "article", "main", "body", "html", "header", "footer", "aside", "nav", "hgroup"}
BLOCK_TAGS |= {"figure", "figcaption", "li", "dl", "dt", "dd", "blockquote", "pre", "address", "hr", "form", "search"}
BLOCK_TAGS |= {
    "fieldset",
    "legend",
    "center",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
}
BLOCK_TAGS |= {"tr", "dialog", "listing", "xmp", "plaintext", "noscript", "optgroup"}
NO_TEXT_TAGS = frozenset(("script", "style", "noscript", "template", "title", "head", "area", "datalist", "svg"))
NO_TEXT_TAGS |= {"iframe", "object", "embed", "video", "audio", "canvas", "applet", "noframes", "noembed", "annotation"}
_TYPE_ATTRIBUTES = ("role", "epub:type", "{http://www.idpf.org/2007/ops}type")
_LABEL_NAME = re.compile(r"[\s_-](?:label|key|field-?name|term|caption|legend|heading|title)(?=[\s_-])")
_BLOCK_DISPLAYS = frozenset(("block", "list-item", "table", "flex", "grid"))
_MIN_PICTURE_SIZE = 40  # pixels; a smaller one is an ornament
_MAX_NAME_CHARS = 400  # of an element's class, id and role together; a longer one is no name
_WHITE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Markup:
    """A block as its tag and its attributes describe it.

    Attributes:
        node: the element.
        tag: its name.
        names: its classes and id, in lower case, between spaces.
        types: its ARIA roles and ``epub:type``.
        look: the declarations of its style.
    """

    node: Any
    tag: str
    names: str
    types: frozenset[str]
    look: Mapping[str, str]


def markup_of(node: Any, tag: str, look: Mapping[str, str]) -> Markup:
    """An element as its tag and its attributes describe it."""
    return Markup(node, tag, names_of(node), types_of(node), look)


def tag_name(node: Any) -> str:
    """The name of a node's tag in lower case, without a name space; "" for what is no element."""
    tag = getattr(node, "tag", None)
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1_000)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def names_of(node: Any) -> str:
    """The classes and the id of an element, in lower case, between spaces."""
    if "class" not in node.attrib and "id" not in node.attrib:
        return " "
    names = f" {node.get('class') or ''} {node.get('id') or ''} ".lower()
    return names if len(names) <= _MAX_NAME_CHARS else " "


def types_of(node: Any) -> frozenset[str]:
    """The ARIA roles and ``epub:type`` of an element."""
    attributes = node.attrib
    types = " ".join(attributes[name] for name in _TYPE_ATTRIBUTES if name in attributes)
    return frozenset(types.lower().split()) if types else frozenset()


def is_label(node: Any) -> bool:
    """Whether an element is called the label of what stands beside it: a space parts them."""
    return "class" in node.attrib and _LABEL_NAME.search(names_of(node)) is not None


def fragment_of(link: Any) -> str:
    """What a link's target has behind its "#"; "" where it leads to no part of a page."""
    return (link.get("href") or "").partition("#")[2].strip()


def one_space(text: str | None) -> str:
    """The text with every run of white space as one space, those at its ends too."""
    return _WHITE_SPACE.sub(" ", text) if text else ""


def is_block(node: Any, tag: str, look: Mapping[str, str]) -> bool:
    """Whether the words in an element are apart from those around it."""
    if tag == "button":
        return _stands_alone(node)
    return tag in BLOCK_TAGS or (bool(look) and look.get("display") in _BLOCK_DISPLAYS)


def is_picture(image: Any) -> bool:
    """Whether an image is more than an ornament."""
    sizes = (image.get(name) or "" for name in ("width", "height"))
    return not any(size.isdigit() and len(size) < 6 and int(size) < _MIN_PICTURE_SIZE for size in sizes)


def _stands_alone(node: Any) -> bool:
    """Whether no words stand right beside an element, and it is no part of a heading or a paragraph."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None or tag_name(parent) in HEADING_TAGS or tag_name(parent) in {"p", "summary", "a", "label", "span"}:
        return False
    text_before = parent.text if before is None else before.tail
    return not ((text_before or "").strip() or (node.tail or "").strip())
