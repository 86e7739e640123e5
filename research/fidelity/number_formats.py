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
_BUILT_IN_DATES = {
    "#14": "m/d/yyyy",
    "#15": "d-mmm-yy",
    "#16": "d-mmm",
    "#17": "mmm-yy",
    "#18": "h:mm AM/PM",
    "#19": "h:mm:ss AM/PM",
    "#20": "h:mm",
    "#21": "h:mm:ss",
    "#22": "m/d/yyyy h:mm",
}
_DATE_PARTS = {
    "yyyy": "%Y",
    "yy": "%y",
    "mmmm": "%B",
    "mmm": "%b",
    "dddd": "%A",
    "ddd": "%a",
    "dd": "%d",
    "ss": "%S",
    "am/pm": "%p",
}
_DATE = re.compile(r'yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm|[-/. ,:]+|"[^"]*"|\\.', re.IGNORECASE)
_GENERAL_DIGITS = 11


def shown_number(value: str, number_format: str, *, starts_1904: bool = False) -> str | None:
    """What a cell shows of a number, without sign and currency; None where the format isn't a plain one.

    >>> shown_number("0.257", "0.0%"), shown_number("1234.5", "#,##0"), shown_number("2", "[h]:mm")
    ('25.7%', '1,235', None)
    """
    code = _BUILT_IN.get(number_format, number_format)
    try:
        number = Decimal(f"{float(value):.15g}")  # the digits that a sheet computes with
    except (InvalidOperation, ValueError):
        return value
    if code in {"General", "@", ""}:
        return _general(number)
    shown_date = _shown_date(number, code, starts_1904=starts_1904)
    if shown_date is not None:
        return shown_date
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


def _shown_date(number: Decimal, code: str, *, starts_1904: bool) -> str | None:
    """What a format of days and hours shows; None for any other, and for the days of 1900 that never were."""
    first = re.sub(r"\[\$[^\]]*\]|;@", "", _BUILT_IN_DATES.get(code, code)).split(";")[0]
    parts = [part.lower() for part in _DATE.findall(first)]
    is_date = any(part[0] in "ymdhs" for part in parts) and "".join(parts) == first.lower()
    if not is_date or not 61 <= number < 2_958_466:
        return None
    epoch = dt.datetime(1904, 1, 1) if starts_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 — sheets know no zones
    moment = epoch + dt.timedelta(seconds=round(float(number) * 86_400))
    hour = (moment.hour % 12 or 12) if "am/pm" in parts else moment.hour
    shown, last = [], ""
    for place, part in enumerate(parts):
        following = next((other for other in parts[place + 1 :] if other[0].isalpha()), "")
        is_minute = part in {"m", "mm"} and (last.startswith("h") or following.startswith("s"))
        values = {"d": moment.day, "h": hour, "s": moment.second, "m": moment.minute if is_minute else moment.month}
        if part in {"m", "mm", "h", "hh", "d", "s"}:
            shown.append(f"{values[part[0]]:0{len(part)}}")
        else:
            shown.append(moment.strftime(_DATE_PARTS[part]) if part in _DATE_PARTS else part.strip('"\\'))
        last = part if part[0].isalpha() else last
    return "".join(shown)
