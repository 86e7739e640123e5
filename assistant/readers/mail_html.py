"""The HTML of a mail as elements."""

from assistant.readers.elements import Element
from assistant.readers.html import html_content
from assistant.readers.html_page import unread_notes
from assistant.readers.mail_text import mark_heads


def html_mail_elements(text: str) -> tuple[tuple[Element, ...], tuple[str, ...]]:
    """The elements of a mail's HTML, and notes about what of it is left out.

    Raises:
        ReadingError: nested too deeply.
    """
    content = html_content(text)
    return tuple(mark_heads(content.elements)), unread_notes([content])
