"""The HTML of a mail as elements."""

from assistant.readers.elements import Element
from assistant.readers.mail.text import mark_heads
from assistant.readers.web.html import html_content
from assistant.readers.web.page import unread_notes


def html_mail_elements(text: str) -> tuple[tuple[Element, ...], tuple[str, ...]]:
    """The elements of a mail's HTML, and notes about what of it is left out.

    Raises:
        ReadingError: nested too deeply.
    """
    content = html_content(text)
    return tuple(mark_heads(content.elements)), unread_notes([content], untold_words=0)
