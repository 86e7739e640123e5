"""The dates in a text: days, months, years, weekdays, decades, centuries and the ranges of them. English.

Decisions: ``06/11/2024`` doesn't say which is the month, so that only its year is read (``06.11.2024`` is
day first, as where it is written so); BC years are negative; a lone four-digit number is a year where it
stands like one ("in 2024", "the 2024 games", "2024"), not where it counts something ("2000 arrests", "over
1500").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.nlp import lexicon
from assistant.nlp.lexicon import alternation
from assistant.nlp.number_words import ORDINALS
from assistant.nlp.spans import Span, overlap_test
from assistant.nlp.tokens import STOP_WORDS, lower_same_length
from assistant.nlp.units import LABELS, UNITS

Grain = Literal["day", "month", "year", "decade", "century", "weekday"]


@dataclass(frozen=True, slots=True)
class Date:
    """One point in time, as exactly as the text says it. Equal when they mean the same, wherever they stand.

    ``year`` is the first year where ``grain`` is decade (1990 for "the 1990s") or century (801 for "9th
    century"); before Christ it is negative. ``weekday`` counts from Monday, 0, and is left out where the day
    and the year say it. In a range each end is a date, and the first takes the month and year that only the
    last one states: "10 to 21 November 2025".
    """

    grain: Grain
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    text: str = field(default="", compare=False)


def _calendar(unit: str) -> tuple[list[str], list[str]]:
    """The names of the months or of the weekdays in order, and their abbreviations."""
    names = [(name, abbreviations) for label, name, *abbreviations in lexicon.rows("calendar") if label == unit]
    return [name for name, _ in names], [short for _, abbreviations in names for short in abbreviations]


_MONTH_NAMES, _MONTH_ABBREVIATIONS = _calendar("month")
_WEEKDAY_NAMES, _WEEKDAY_ABBREVIATIONS = _calendar("weekday")
# By their first three letters, which every abbreviation has too.
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name[:3]: number for number, name in enumerate(_WEEKDAY_NAMES)}
_MONTH = rf"(?:{alternation(_MONTH_NAMES)}|(?:{alternation(_MONTH_ABBREVIATIONS)})\b\.?)"
_WEEKDAY = rf"(?:{alternation(_WEEKDAY_NAMES)}|(?:{alternation(_WEEKDAY_ABBREVIATIONS)})\b\.?)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d{2}|21\d{2})(?![\d,.]\d|\d)"
_ERA = r"(?:BCE?|B\.C\.(?:E\.)?|CE|AD|A\.D\.)(?!\w)"
_TO = r"(?:\s?[-–—/]\s?|\s(?:to|and|or|until|till|through|&)\s(?:the\s)?)"
_NAMED_DATE = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY}),?\s(?:the\s)?)?(?:"
    rf"(?P<d1>{_DAY})(?:{_TO}(?P<d2>{_DAY}))?(?:\sof|\sday\sof)?[\s-](?P<m1>{_MONTH})(?!\w)(?:(?:,?\s|-|,?\sof\s)(?P<y1>{_YEAR}))?"
    rf"|(?P<m2>{_MONTH})\s(?:the\s)?(?P<d3>{_DAY})(?!\w|[.,]\d)(?:{_TO}(?P<d4>{_DAY})(?!\w|[.,]\d))?(?:,?\s(?P<y2>{_YEAR}))?"
    rf"|(?P<m3>{_MONTH})(?!\w)(?:{_TO}(?P<m4>{_MONTH})(?!\w))?(?:,?\s|\sof\s|-)(?P<y3>{_YEAR})"
    rf"|(?P<m5>{_MONTH})(?!\w)"
    r")"
    rf"|\b(?P<lone>{_WEEKDAY}s?)(?!\w)"
)
_ISO_DATE = re.compile(
    r"(?<![\w.,/-])(\d{4})([-/.])(0\d|1[0-2])\2([0-2]\d|3[01])"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
)
_NUMERIC_DATE = re.compile(r"(?<![\w.,/-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?![\w-]|[./]\d)")
_RANK = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{alternation(ORDINALS)}|twenty[\s-]first)"
_CENTURY = re.compile(
    rf"\b(?P<first>{_RANK})(?:(?:{_TO})(?P<last>{_RANK}))?"
    rf"[\s-]centur(?:y|ies)\b(?:\s(?P<era>{_ERA.lower()}))?"
)
_DECADE = re.compile(r"(?<![\w,.])(?:(\d{3}0)['’]?s|['’](\d0)s)\b")
_ERA_YEAR = re.compile(rf"(?<![\w,.])(?:(?:AD|A\.D\.)\s(\d{{1,4}})|(\d{{1,4}})(?:{_TO}(\d{{1,4}}))?\s({_ERA}))(?!\w)")
_YEAR_RANGE = re.compile(
    rf"(?<![\w,.:/$€£-])(?:mid-|pre-|post-|early-|late-)?({_YEAR})\s?[-–—/]\s?(\d{{4}}|\d{{2}})(?![\w%-]|[.,]\d)"
)
_LONE_YEAR = re.compile(r"(?<![\w,.:/$€£#+-])(?:mid-|pre-|post-|early-|late-)?(\d{3,4})(?![\w%°€£]|[.,:/-]\d|-[a-z])")
_WORD_BEFORE = re.compile(r"([^\W\d_]+|['’]s|[^\w\s])[ \u00a0]?$")
_WORD_AFTER = re.compile(r"[ \u00a0]([^\W\d_]+)")
_YEAR_CONTEXT = lexicon.words_by_class("year_context")
_BEFORE_MAY_AS_MONTH = re.compile(
    r"\b(?:in|since|until|by|of|during|early|late|mid|last|this|next|from|to|on|between|and|every|each)[\s-]$"
)
_BETWEEN_ENDS = re.compile(_TO)
# Cheap tests whether a costly pattern can match at all.
_ERA_HINT = re.compile(r"\b(?:bc|ce|ad|b\.c|a\.d)")
_NAME_HINT = re.compile(rf"\b(?:{alternation([*_MONTHS, *_WEEKDAYS])})")
_TWO_DIGITS = re.compile(r"\d\d")

_MIN_PLAIN_YEAR = 1500  # a number from here on is a year even where nothing says so
_MAX_YEAR = 2100  # of a number that stands alone
_MAX_RANGE_END = 2200


def parse_dates(text: str) -> tuple[Date, ...]:
    """The dates of a text in reading order, none inside another."""
    low = lower_same_length(text)
    parsers = [_parse_centuries] if "centur" in low else []
    has_digits = bool(_TWO_DIGITS.search(low))
    if has_digits:
        parsers += [_parse_numeric_dates, _parse_decades, _parse_era_years]
    if _NAME_HINT.search(low):
        parsers.append(_parse_named_dates)
    if has_digits:
        parsers += [_parse_year_ranges, _parse_lone_years]
    dates: list[Date] = []
    for parse in parsers:  # the surest first: a later one finds nothing inside an earlier one's dates
        overlaps = overlap_test((date.start, date.end) for date in dates)
        dates += [date for date in parse(text, low) if not overlaps(date.start, date.end)]
    dates.sort(key=lambda date: date.start)
    return tuple(_complete_ranges(low, dates))


def _date(text: str, grain: Grain, span: Span, **fields: int | None) -> Date:
    start, end = span
    return Date(grain, **fields, start=start, end=end, text=text[start:end])


def _complete_ranges(low: str, dates: list[Date]) -> Iterator[Date]:
    """Gives the first day or month of a range the year that only its last one states."""
    for date, following in zip(dates, [*dates[1:], None], strict=False):
        if (
            following
            and date.year is None
            and date.grain == following.grain
            and (date.month or 0) <= (following.month or 0)
            and following.start - date.end < 12
            and _BETWEEN_ENDS.fullmatch(low, date.end, following.start)
        ):
            yield replace(date, year=following.year)
        else:
            yield date


def _parse_numeric_dates(text: str, low: str) -> Iterator[Date]:
    """Dates in digits alone: 2024-11-06, 06.11.2024; of 06/11/2024 the year."""
    for match in _ISO_DATE.finditer(text):
        yield _date(text, "day", match.span(), year=int(match[1]), month=int(match[3]), day=int(match[4]))
    for match in _NUMERIC_DATE.finditer(low):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if month > 12 >= day:
            day, month = month, day
        if not (0 < month <= 12 and 0 < day <= 31):
            continue
        is_ambiguous = match[2] != "." and day <= 12 and day != month
        fields = {} if is_ambiguous else {"month": month, "day": day}
        yield _date(text, "year" if is_ambiguous else "day", match.span(), year=year, **fields)


def _parse_centuries(text: str, low: str) -> Iterator[Date]:
    """Centuries, one or a range: "the 20th and 21st centuries", "ninth century BC"."""
    for match in _CENTURY.finditer(low):
        for group in ("first", "last"):
            if ordinal := match[group]:
                digits = "".join(filter(str.isdecimal, ordinal))
                number = int(digits) if digits else ORDINALS.get(ordinal, 21)
                year = -100 * number if (match["era"] or "").startswith("b") else 100 * number - 99
                end = match.end(group) if match["last"] and group == "first" else match.end()
                yield _date(text, "century", (match.start(group), end), year=year)


def _parse_decades(text: str, low: str) -> Iterator[Date]:
    for match in _DECADE.finditer(low):
        yield _date(text, "decade", match.span(), year=int(match[1]) if match[1] else 1900 + int(match[2]))


def _parse_era_years(text: str, low: str) -> Iterator[Date]:
    """Years with an era, one or a range: "AD 79", "1200–900 BC"."""
    if not _ERA_HINT.search(low):
        return
    for match in _ERA_YEAR.finditer(text):
        sign = -1 if (match[4] or "").startswith("B") else 1
        for group in (1, 2, 3):
            if match[group]:
                start = match.start() if group < 3 else match.start(3)
                end = match.end(2) if group == 2 and match[3] else match.end()
                yield _date(text, "year", (start, end), year=sign * int(match[group]))


def _parse_named_dates(text: str, low: str) -> Iterator[Date]:
    """Dates with the name of a month or of a weekday."""
    for match in _NAMED_DATE.finditer(low):
        group = next((group for group in ("m1", "m2", "m3", "m5") if match[group]), None)
        if group is None:
            if match[0].removesuffix("s") in _WEEKDAY_NAMES and text[match.start()].isupper():
                yield _date(text, "weekday", match.span(), weekday=_WEEKDAYS[match[0][:3]])
            continue
        year = match["y1"] or match["y2"] or match["y3"]
        if year or _is_month(text, low, match, group):
            weekday = _WEEKDAYS[match["weekday"][:3]] if match["weekday"] and not year else None
            yield from _split_ends(text, match, _MONTHS[match[group][:3]], int(year) if year else None, weekday)


def _split_ends(text: str, match: re.Match[str], month: int, year: int | None, weekday: int | None) -> Iterator[Date]:
    """The one or two dates of a match: "10 to 21 November 2025", "September 29–30", "March to May 2024"."""
    first, last = ("d1", "d2") if match["d1"] else ("d3", "d4")
    start, end = match.span()
    if match["m4"]:
        yield _date(text, "month", (start, match.end("m3")), year=year, month=month)
        yield _date(text, "month", (match.start("m4"), end), year=year, month=_MONTHS[match["m4"][:3]])
    elif not match[first]:
        yield _date(text, "month", (start, end), year=year, month=month)
    else:
        first_end = match.end(first) if match[last] else end
        day = _day_number(match[first])
        yield _date(text, "day", (start, first_end), year=year, month=month, day=day, weekday=weekday)
        if match[last]:
            yield _date(text, "day", (match.start(last), end), year=year, month=month, day=_day_number(match[last]))


def _day_number(day: str) -> int:
    return int("".join(filter(str.isdecimal, day)))


def _is_month(text: str, low: str, match: re.Match[str], group: str) -> bool:
    """Whether a month without a year is one: "May 5" but not "may 5", "in May" but not "May we"."""
    name, start = match[group], match.start(group)
    if group != "m5":
        return text[start].isupper() or name not in ("may", "mar", "march", "dec", "jan", "sun")
    if not text[start].isupper() or name not in _MONTH_NAMES:
        return False
    return name not in ("may", "march") or bool(_BEFORE_MAY_AS_MONTH.search(low, max(0, start - 8), start))


def _parse_year_ranges(text: str, low: str) -> Iterator[Date]:
    """Two years with a dash or slash between: "1914–18"; "2024-11" is a month too, if it can be."""
    for match in _YEAR_RANGE.finditer(low):
        first, last = int(match[1]), int(match[2])
        if len(match[2]) == 2:
            if 0 < last <= min(first % 100, 12):
                yield _date(text, "month", match.span(), year=first, month=last)
            last += first - first % 100
        if first < last <= _MAX_RANGE_END and _is_year(text, low, match.span(), first):
            yield _date(text, "year", (match.start(), match.end(1)), year=first)
            yield _date(text, "year", match.span(2), year=last)


def _parse_lone_years(text: str, low: str) -> Iterator[Date]:
    for match in _LONE_YEAR.finditer(low):
        if _is_year(text, low, match.span(), int(match[1])):
            yield _date(text, "year", match.span(), year=int(match[1]))


def _is_year(text: str, low: str, span: Span, year: int) -> bool:
    """Whether a number of three or four digits is a year, by the words on both sides."""
    start, end = span
    left = _WORD_BEFORE.search(low, max(0, start - 16), start)
    right = _WORD_AFTER.match(text, end)
    before, after = left[1] if left else "", right[1] if right else ""
    if year < 1000:
        return before in ("in", "since", "year", "until", "circa") and (not after or after in STOP_WORDS)
    if year > _MAX_YEAR or before in _YEAR_CONTEXT["counted before"] or before in LABELS:
        return False
    is_counting = _is_plural(after) or after in _YEAR_CONTEXT["counted after"] or after in UNITS
    if is_counting:
        return year >= _MIN_PLAIN_YEAR and before in _YEAR_CONTEXT["firmly before"]
    return year >= _MIN_PLAIN_YEAR or before in _YEAR_CONTEXT["before"] or before in "(,;"


def _is_plural(word: str) -> bool:
    """Whether a word behind a number looks like the plural that it counts: "arrests" of "2000 arrests"."""
    return word.islower() and word.endswith("s") and len(word) > 3 and word not in _YEAR_CONTEXT["no plural"]
