"""What a sheet shows for a number: its format applied, days in ISO form where the format leaves their order open."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.readers.sheets.sheet import CellKind

_MAX_FORMAT_CHARS = 255  # as in Excel
_MAX_EXACT = 10**15  # up to which a sheet keeps each digit of a whole number
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_PLAIN = re.compile(r"(#,##)?0(\.0{1,9})?%?")
_BARE_DOT = re.compile(r'("[^"]*"|\\.|_.|\*.|\[[^\]]*\])|\.(?!0)')
_DAY_OR_TIME = re.compile(r"[dmyhs]", re.IGNORECASE)
# Formats that show days as the reader's own system does, by which 03-04-21 would be the third of April or the fourth
# of March.
_SYSTEM_FORMATS = {
    "mm-dd-yy": "yyyy-mm-dd",
    "m/d/yy h:mm": "yyyy-mm-dd hh:mm",
    "m/d/yyyy": "yyyy-mm-dd",
    "m/d/yy": "yyyy-mm-dd",
}
_FIGURE = re.compile(r"[(<>~±+−-]?\s?[$€£¥]?\s?[+−-]?[\d][\d.,'’\s]*\s?(?:%|‰|[$€£¥]|°C?)?\)?")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}:\d\d(:\d\d)?")
_NO_FIGURE = frozenset(("-", "–", "—", "−", "--", "..", "...", "…", "n/a", "n.a.", "na", "k.a.", "null", "nan"))
_SYSTEM_DATE, _SYSTEM_TIME = "[$-F800]", "[$-F400]"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a cell shows a number."""

    code: str
    is_date: bool  # whether it shows a day, a time or a duration
    decimals: int | None = None  # of a plain format, which has no more than decimals, thousands and a percent sign


def number_format(code: str | None) -> NumberFormat:
    """A number format by its code, as in ``#,##0.00``."""
    if not code or len(code) > _MAX_FORMAT_CHARS:
        return NumberFormat("General", is_date=False)
    upper = code.upper()
    if upper.startswith(_SYSTEM_DATE):
        return NumberFormat("yyyy-mm-dd", is_date=True)
    if upper.startswith(_SYSTEM_TIME):
        return NumberFormat("hh:mm:ss", is_date=True)
    first_section = _QUOTED.sub("", code).split(";")[0]
    words = _BRACKETED.sub("", first_section).lower().replace("general", "")
    is_date = _DAY_OR_TIME.search(words) is not None
    if plain := _PLAIN.fullmatch(code):
        return NumberFormat(code, is_date=False, decimals=max(len(plain[2] or "") - 1, 0))
    code = _SYSTEM_FORMATS.get(code.removesuffix(";@"), code)
    # xlfmt takes a dot in a day for a decimal point: 06.11.2024 became 06112024.
    return NumberFormat(_BARE_DOT.sub(lambda part: part[1] or r"\.", code) if is_date else code, is_date)


def shown_number(value: float, style: NumberFormat, *, is_1904: bool) -> tuple[str, CellKind]:
    """What a cell shows for a number, and the kind of that value.

    Args:
        value: the number; of a day, how many there are since the first one of the workbook.
        style: the cell's format.
        is_1904: whether the workbook counts days from 1904.

    Returns:
        The text, which is empty where the format hides the value.
    """
    from xlfmt import format_value

    kind: CellKind = "date" if style.is_date else "number"
    is_whole = value == int(value) and abs(value) < _MAX_EXACT if abs(value) < float("inf") else False
    if style.code == "General" and is_whole:
        return str(int(value)), kind
    try:
        number = int(value) if is_whole else value
        if style.decimals is not None:
            return _plain_number(number, style.code, style.decimals), kind
        shown = " ".join(str(format_value(number, style.code, date1904=is_1904)).split())
    except (ValueError, ArithmeticError, TypeError, IndexError):  # a format or a number that cannot be
        return f"{value:.15g}", kind
    return (f"{value:.15g}", "number") if "#" in shown and not any(map(str.isdigit, shown)) else (shown, kind)


def _plain_number(value: float, code: str, decimals: int) -> str:
    """A number in a plain format, as xlfmt shows it too, in a tenth of the time: large sheets are full of them."""
    is_share = code.endswith("%")
    exact = Decimal(str(value)) * (100 if is_share else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    grouping = "," if code.startswith("#") else ""
    return f"{rounded or abs(rounded):{grouping}.{decimals}f}{'%' if is_share else ''}"


def shown_text(text: str, style: NumberFormat) -> str:
    """What a cell shows for a text: a format may add words to it, or hide it."""
    if "@" not in style.code and style.code.count(";") < 3:
        return text
    if style.code == "@":
        return text
    from xlfmt import format_value

    try:
        return str(format_value(text, style.code))
    except (ValueError, ArithmeticError, TypeError, IndexError):
        return text


def text_kind(text: str) -> CellKind:
    """The kind of a value that is given as text: figures, days and marks for missing figures may be.

    >>> text_kind("1,250"), text_kind("2024-11-06"), text_kind("n/a"), text_kind("Mali")
    ('number', 'date', 'number', 'text')
    """
    words = text.strip()
    if not words or len(words) > 40:
        return "text"
    if _DAY.fullmatch(words):
        return "date"
    return "number" if _FIGURE.fullmatch(words) or words.casefold() in _NO_FIGURE else "text"
