"""Reads pieces of HTML for the tests, as the readers of web pages, books and mails do."""

from typing import Any

from assistant.readers.composition import Composition, compose
from assistant.readers.web.html import html_elements


def composed(html: str) -> Composition:
    return compose(html_elements(html))


def texts(html: str, **wanted: Any) -> list[str]:
    """The texts of a page's blocks whose attributes have these values."""
    read = composed(html)
    return [
        read.text[block.start : block.end]
        for block in read.blocks
        if all(getattr(block, name) == value for name, value in wanted.items())
    ]
