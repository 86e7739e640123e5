"""Web pages: pandoc reads what is shown of them; without pandoc, the text of Python's own parser counts."""

import re
from html import unescape
from html.parser import HTMLParser

from research.fidelity import extraction as apart
from research.fidelity import pandoc
from research.fidelity.extraction import Pieces
from research.fidelity.plain import decode

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_UNSHOWN = frozenset(("datalist", "option", "script", "style", "template", "noscript", "head"))
_STRUCK = frozenset(("del", "s", "strike"))
_IN_HEAD = frozenset(("base", "head", "link", "meta", "noscript", "script", "style", "template", "title"))
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "dfn",
        "em",
        "font",
        "i",
        "kbd",
        "mark",
        "q",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
    )
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


def extract_html(data: bytes) -> Pieces:
    """What a web page shows.

    Raises:
        ExtractorError: pandoc can't read it.
    """
    declared = _CHARSET.search(data[:4000])
    return extract_html_text(decode(data, declared[1].decode() if declared else "", usual="cp1252"))


def extract_html_text(html: str) -> Pieces:
    """What a web page that is decoded shows."""
    parser = _ShownPart()
    parser.feed(html)
    parser.close()
    if pandoc.is_installed():
        pieces = pandoc.extract("".join(parser.shown).encode("utf-8", "replace"), "html")
    else:
        pieces = Pieces(["".join(parser.text)])
    pieces.add_apart(apart.HIDDEN, ["".join(parser.hidden)])
    pieces.add_apart(apart.STRUCK, ["".join(parser.struck)])
    pieces.add_apart(apart.METADATA, map(unescape, _TITLE.findall(html)))
    pieces.add_apart(apart.METADATA, parser.descriptions)
    return pieces


class _ShownPart(HTMLParser):
    """Parts a page in what is shown, as HTML and as text, and what is hidden or struck."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.shown: list[str] = []
        self.text: list[str] = []
        self.hidden: list[str] = []
        self.struck: list[str] = []
        self.descriptions: list[str] = []
        self._open: list[tuple[str, str]] = []  # names of elements, and why their words are left out

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Follows an element that opens."""
        values = {name: value or "" for name, value in attributes}
        if tag == "meta":
            self.descriptions.append(values.get("content", ""))
        self.descriptions += [values[name] for name in ("alt", "title", "placeholder", "value") if name in values]
        if tag not in _VOID:
            self._close_implied(tag)
            self._open.append((tag, self._reason or _reason_of(tag, values)))
        self._markup(self.get_starttag_text() or "")
        if tag not in _INLINE:
            self._characters("\n")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An element that closes itself is none but in foreign languages; HTML opens it."""
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """Follows an element that closes."""
        self._markup(f"</{tag}>")
        if tag not in _INLINE:
            self._characters("\n")
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Takes characters."""
        self._markup(data)
        self._characters(data)

    def handle_entityref(self, name: str) -> None:
        """Takes a character that is named."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Takes a character by its number."""
        self.handle_data(f"&#{name};")

    @property
    def _reason(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _markup(self, html: str) -> None:
        if not self._reason:
            self.shown.append(html)

    def _characters(self, text: str) -> None:
        if self._open and self._open[-1][0] == "option":
            self.descriptions.append(unescape(text))
        by_reason = {"": self.text, apart.HIDDEN: self.hidden, apart.STRUCK: self.struck}
        if self._reason in by_reason:
            by_reason[self._reason].append(unescape(text))

    def _close_implied(self, tag: str) -> None:
        """A paragraph, item or cell ends where the next begins, the head where anything else does."""
        closed_by = {"p": _ENDS_PARAGRAPH, "li": {"li"}, "td": {"td", "th", "tr"}, "th": {"td", "th", "tr"}}
        if (self._open and tag in closed_by.get(self._open[-1][0], ())) or (
            self._open and self._open[-1][0] == "head" and tag not in _IN_HEAD
        ):
            self._open.pop()


_ENDS_PARAGRAPH = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "div",
        "dl",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    )
)


def _reason_of(tag: str, values: dict[str, str]) -> str:
    if tag in _UNSHOWN:
        return "unshown"
    if tag in _STRUCK or "line-through" in values.get("style", ""):
        return apart.STRUCK
    return apart.HIDDEN if "hidden" in values or _HIDING.search(values.get("style", "")) else ""
