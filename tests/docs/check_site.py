"""Checks that the built documentation asks nothing of other hosts: ``python -m tests.docs.check_site SITE``.

It looks at what a browser fetches on its own: scripts, style sheets, fonts, images and frames of each page, and what
style sheets fetch; not at links that a person may follow. Two features of the theme fetch by script, diagrams (Mermaid)
and the figures of a repository: no page may have either.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

_FETCHING_ATTRIBUTES = {"src", "srcset", "poster", "data", "background"}
_FETCHING_LINKS = {
    *("stylesheet", "icon", "manifest", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch")
}
_STYLE_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
_SCRIPTED_FETCHES = (("class", "mermaid"), ("data-md-component", "source"))


class _PageParser(HTMLParser):
    """Collects what a page fetches on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.scripted: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        for name in _FETCHING_ATTRIBUTES & values.keys():
            self.addresses += [part.split()[0] for part in values[name].split(",") if part.strip()]
        if tag == "link" and _FETCHING_LINKS & set(values.get("rel", "").lower().split()):
            self.addresses.append(values.get("href", ""))
        self.addresses += _style_addresses(values.get("style", ""))
        self.scripted += [word for name, word in _SCRIPTED_FETCHES if word in values.get(name, "").split()]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.addresses += _style_addresses(data)


def foreign_fetches(site: Path) -> Iterator[str]:
    """Everything that the pages and style sheets of a site fetch from other hosts, each in words."""
    for page in sorted(site.rglob("*.html")):
        parser = _PageParser()
        parser.feed(page.read_text(encoding="utf-8"))
        yield from (f"{page}: fetches {address}" for address in parser.addresses if urlsplit(address).netloc)
        yield from (f"{page}: has {name}, which fetches by script" for name in parser.scripted)
    for sheet in sorted(site.rglob("*.css")):
        addresses = _style_addresses(sheet.read_text(encoding="utf-8"))
        yield from (f"{sheet}: fetches {address}" for address in addresses if urlsplit(address).netloc)


def _style_addresses(style: str) -> list[str]:
    addresses = [first or second for first, second in _STYLE_ADDRESS.findall(style)]
    return [address for address in addresses if not address.startswith("data:")]


def main(site: Path) -> int:
    """Prints what is wrong with a built site; returns the exit code."""
    faults = list(foreign_fetches(site))
    pages = len(list(site.rglob("*.html")))
    print("\n".join(faults) or f"{pages} pages ask nothing of other hosts")  # noqa: T201 — a script's output
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
