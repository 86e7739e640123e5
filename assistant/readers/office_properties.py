"""Title and date of Word documents and PowerPoint decks: both keep the same properties."""

from datetime import date
from typing import Any

from assistant.readers.metadata import clean_title, parse_date

# python-docx's and python-pptx's own, which most who write with them leave as they are.
_TEMPLATE_DATES = {date(2013, 12, 23), date(2013, 1, 27)}


def read_properties(properties: Any) -> tuple[str, date | None]:
    """The title, and the day of the last save, up to which somebody looked after the text.

    Args:
        properties: ``core_properties`` of python-docx or python-pptx.
    """
    saved = None
    for name in ("modified", "created"):
        try:
            saved = saved or parse_date(getattr(properties, name))
        except (ValueError, TypeError):  # a malformed date is no reason to lose the text
            continue
    return clean_title(properties.title), None if saved in _TEMPLATE_DATES else saved
