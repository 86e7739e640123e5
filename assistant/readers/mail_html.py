"""The HTML of a mail as elements."""

from assistant.errors import ReadingError
from assistant.readers.elements import Element
from assistant.readers.html import parse_html
from assistant.readers.html_blocks import html_blocks
from assistant.readers.mail_text import mark_heads


def html_mail_elements(text: str) -> tuple[Element, ...]:
    """The elements of a mail's HTML; of one without any text, none."""
    try:
        tree = parse_html(text)
    except ReadingError:
        return ()
    body = tree.find("body")
    blocks = html_blocks(body if body is not None else tree)
    elements = (
        Element("item", block.text.removeprefix("- ")) if block.is_item else Element("paragraph", block.text)
        for block in blocks
    )
    return tuple(mark_heads(elements))
