"""Numbers as the plainest formats of a sheet show them; of any other format nothing is claimed."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_BUILT_IN = {
    "#0": "General",
    "#1": "0",
    "#2": "0.00",
    "#3": "#,##0",
    "#4": "#,##0.00",
    "#9": "0%",
    "#10": "0.00%",
    "#37": "#,##0",
    "#38": "#,##0",
    "#39": "#,##0.00",
    "#40": "#,##0.00",
    "#49": "@",
}
_PLAIN = re.compile(r"(#,##)?0(?:\.(0+))?(%)?")
_NOISE = re.compile(r'\[(?:\$[^\]]*|[A-Za-z]+)\]|"[^"\d]*"|\\.|_.|\*.|[$€£¥ ()+-]')
_DATE_PARTS = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dd": "%d"}
_DATE = re.compile(r"(yyyy|yy|mmmm|mmm|mm|dd)([-/. ,]*)")
_GENERAL_DIGITS = 11


def shown_number(value: str, number_format: str, *, starts_1904: bool = False) -> str | None:
    """What a cell shows of a number, without sign and currency; None where the format isn't a plain one.

    >>> shown_number("0.257", "0.0%"), shown_number("1234.5", "#,##0"), shown_number("2", "[h]:mm")
    ('25.7%', '1,235', None)
    """
    code = _BUILT_IN.get(number_format, number_format)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if code in {"General", "@", ""}:
        return _general(number)
    date_code = re.sub(r"\[\$[^\]]*\]|\\|;@", "", code)
    if date_code and _DATE.sub("", date_code) == "" and number >= 61:  # before it, Excel counts a day that never was
        epoch = dt.datetime(1904, 1, 1) if starts_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 — sheets know no zones
        pattern = _DATE.sub(lambda part: _DATE_PARTS[part[1]] + part[2], date_code)
        return (epoch + dt.timedelta(days=float(number))).strftime(pattern)
    sections = code.split(";")
    section = sections[2] if not number and len(sections) > 2 else sections[0]
    if not re.search(r"[#0?]", _NOISE.sub("", section)):
        return "" if not number and len(sections) > 2 else None  # a dash for nothing, say
    match = _PLAIN.fullmatch(_NOISE.sub("", section))
    if match:
        return _plain(abs(number), thousands=bool(match[1]), decimals=len(match[2] or ""), percent=bool(match[3]))
    return None


def _general(number: Decimal) -> str | None:
    """As many digits as a wide cell shows; None for what it shows with an exponent."""
    if number and not Decimal("1e-4") <= abs(number) < Decimal("1e11"):
        return None if number != number.to_integral_value() or abs(number) >= Decimal("1e11") else f"{number:f}"
    whole_digits = len(str(int(abs(number))))
    rounded = number.quantize(Decimal(1).scaleb(-(max(_GENERAL_DIGITS - 1 - whole_digits, 0))), ROUND_HALF_UP)
    text = f"{abs(rounded):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(number: Decimal, *, thousands: bool, decimals: int, percent: bool) -> str:
    scaled = (number * 100 if percent else number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return (f"{scaled:,f}" if thousands else f"{scaled:f}") + ("%" if percent else "")
