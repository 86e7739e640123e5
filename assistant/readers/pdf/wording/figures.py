"""Figures, years and currencies, by how they are written."""

import re
import unicodedata

from assistant.readers.pdf.page import Phrase

# Digits with any marks, and at the end a unit of one or two letters: "$ (1,234.5)", "12%", "1.5x", "45pp".
_FIGURE = re.compile(r"\W*(?:[A-Z]{1,3}[$\u20ac\u00a3]\W*)?\d[\d\W]*(?:(?<![-\u2013/\s])[^\W\d_]{1,2}\W*)?")
_NOTHING = re.compile(r"[-\u2010-\u2015\u2212]{1,3}")
_YEAR = re.compile(r"(19|20)\d\d")


def is_figure(phrase: Phrase) -> bool:
    """Whether a cell holds a figure, or the dash of nothing."""
    text = " ".join([word.text for word in phrase.words if not word.rise])
    return _FIGURE.fullmatch(text) is not None or _NOTHING.fullmatch(text) is not None


def is_year(phrase: Phrase) -> bool:
    """Whether a cell holds a year alone, which may name a column."""
    return _YEAR.fullmatch("".join([word.text for word in phrase.words if not word.rise])) is not None


def is_currency(text: str) -> bool:
    """Whether a word is the sign of a currency, as in "US$"."""
    if text.isalnum():  # as most words
        return False
    country = text[:-1]
    return unicodedata.category(text[-1:] or " ") == "Sc" and len(country) <= 3 and (not country or country.isupper())


def is_part_of_figure(text: str) -> bool:
    """Whether a word has digits, or is a currency or the dash of nothing."""
    return any(map(str.isdigit, text)) or is_currency(text) or _NOTHING.fullmatch(text) is not None
