"""The HTML of a mail as elements."""

from assistant.errors import ReadingError
from assistant.readers.elements import Element
from assistant.readers.html import html_elements
from assistant.readers.mail_text import mark_heads


def html_mail_elements(text: str) -> tuple[Element, ...]:
    """The elements of a mail's HTML; of one without any text, none."""
    try:
        return tuple(mark_heads(html_elements(text)))
    except ReadingError:
        return ()
