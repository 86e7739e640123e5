"""How elements of a web page look, as far as it changes what they say: hidden, struck out, raised, numbered how.

Of style sheets only rules for a tag, a class or an id alone are followed; those of the page itself, none from outside.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.readers.web.tree import tag_name

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIMPLE_SELECTOR = re.compile(r"[a-z][a-z0-9]*|[a-z0-9]*[.#][\w-]+")
_FOLLOWED = frozenset(("display", "visibility", "text-decoration", "text-decoration-line", "vertical-align", "opacity"))
_FOLLOWED |= {
    "list-style",
    "list-style-type",
    "font-size",
    "left",
    "text-indent",
    "clip",
    "clip-path",
    "height",
    "width",
}
_FOLLOWED |= {"overflow", "position", "page-break-after", "page-break-before", "break-after", "break-before"}
_ZERO = re.compile(r"0*(?:\.0+)?(?:px|pt|em|rem|%)?")
_TINY = re.compile(r"[01](?:px)?")
_FAR_OFF = re.compile(r"-\s*\d{4,}(?:px|em|rem|pt)?")
_MAX_SHEET_CHARS = 1_000_000  # of a page's style sheets together

Declarations = Mapping[str, str]
"""The value of each property that is followed."""


@dataclass(frozen=True, slots=True)
class StyleRules:
    """The rules of a page's own style sheets, by their selectors."""

    declarations: Mapping[str, Declarations]

    def look(self, node: Any) -> Declarations:
        """What holds for an element: its own ``style``, and the rules for its tag, its classes and its id."""
        own = parse_declarations(style) if (style := node.get("style")) else {}
        return {**self._from_sheets(node), **own} if self.declarations else own

    def _from_sheets(self, node: Any) -> dict[str, str]:
        tag = tag_name(node)
        selectors = [tag]
        for name in (node.get("class") or "").lower().split()[:30]:
            selectors += [f".{name}", f"{tag}.{name}"]
        if identity := (node.get("id") or "").lower():
            selectors += [f"#{identity}", f"{tag}#{identity}"]
        declared: dict[str, str] = {}
        for selector in selectors:
            declared |= self.declarations.get(selector, {})
        return declared


def style_rules(root: Any) -> StyleRules:
    """The rules in a page's ``style`` elements. Those for printing or for some screens only are left out."""
    sheets = [node.text or "" for node in root.iter("style") if node.get("media") != "print"]
    declarations: dict[str, dict[str, str]] = {}
    depth = 0
    for rule in _COMMENT.sub(" ", "\n".join(sheets)[:_MAX_SHEET_CHARS]).split("}"):
        selectors, _, body = rule.rpartition("{")
        if not depth and "{" not in selectors and (values := parse_declarations(body)):
            for selector in selectors.lower().split(","):
                if _SIMPLE_SELECTOR.fullmatch(selector.strip()):
                    declarations.setdefault(selector.strip(), {}).update(values)
        depth = max(depth + rule.count("{") - 1, 0)
    return StyleRules(declarations)


@lru_cache(maxsize=2_000)
def parse_declarations(style: str) -> Declarations:
    """The declarations of a ``style`` attribute that are followed.

    >>> dict(parse_declarations("color: red; display:none !important"))
    {'display': 'none'}
    """
    declared = {}
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in _FOLLOWED:
            declared[name.strip()] = value.replace("!important", "").strip()
    return declared


def is_hidden_by(look: Declarations) -> bool:
    """Whether a style makes text invisible."""
    if not look:
        return False
    if look.get("display") == "none" or look.get("visibility") in {"hidden", "collapse"}:
        return True
    if any(_ZERO.fullmatch(look.get(name, "x")) for name in ("font-size", "opacity")):
        return True
    is_clipped = "clip" in look or "clip-path" in look or look.get("overflow") == "hidden"
    if is_clipped and _TINY.fullmatch(look.get("height", "x")) and _TINY.fullmatch(look.get("width", "x")):
        return True
    is_moved = look.get("position") in {"absolute", "fixed"} and _FAR_OFF.match(look.get("left", ""))
    return bool(is_moved or _FAR_OFF.match(look.get("text-indent", "")))


def is_struck_by(look: Declarations) -> bool:
    """Whether a style strikes text out."""
    return any("line-through" in look.get(name, "") for name in ("text-decoration", "text-decoration-line"))
