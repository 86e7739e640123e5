"""The quantities in an English text: digits and number words, with the currency, unit and bound around them.

Decisions: ``1.500`` is one and a half (a point is a decimal point); ``2 517`` with a plain or a no-break
space is one number; what belongs to a label (``Article 5``), a version, an address, a telephone number or a
word (``COVID-19``) is no quantity; neither are "one of", "no one", "the second half" and the like.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from assistant.nlp import lexicon
from assistant.nlp.bounds import Bound, parse_bound
from assistant.nlp.lexicon import alternation
from assistant.nlp.number_words import MULTIPLIERS, NUMBER_WORD_RUN, SCALES, NumberSpan, parse_number_words
from assistant.nlp.spans import Span, overlap_test
from assistant.nlp.tokens import lower_same_length
from assistant.nlp.units import CAPITAL_LABELS, CURRENCIES, LABELS, UNITS

FigureKind = Literal["number", "percent", "money", "measure", "ordinal", "fraction", "time", "vague"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity. Two figures are equal when they mean the same; where they stand doesn't count.

    ``value`` counts ``unit``: a currency's ISO code for money, "percent" or "point", a measure's name in the
    singular ("kilometre", "year"), "" for a plain number. A fraction is its value (``a third`` is 0.333…), a
    time of day its minutes since midnight, a vague figure its least (``dozens`` 12, ``hundreds of
    thousands`` 100,000). ``bound`` is what the words around it make of it: more than, at least, less than,
    at most, about. ``text`` is the figure as written, with its currency and unit, without the words of its
    bound.
    """

    kind: FigureKind
    value: Decimal
    unit: str = ""
    bound: Bound = "exact"
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    text: str = field(default="", compare=False)


_VULGAR = {sign: Decimal(top) / Decimal(bottom) for sign, top, bottom in lexicon.rows("vulgar_fractions")}
_VULGAR_SIGNS = "".join(_VULGAR)
# Repeats are bounded, so that a hostile run of groups costs no more than its length.
_NUMBER = re.compile(
    r"(?P<digits>(?:(?!0)\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3}){1,6}(?!\d)"
    r"|\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+)"
    rf"(?P<mixed>[{_VULGAR_SIGNS}])?"
    rf"|(?P<vulgar>[{_VULGAR_SIGNS}])|(?P<words>{NUMBER_WORD_RUN})"
)
_WORDS_ONLY = re.compile(rf"(?P<words>{NUMBER_WORD_RUN})")  # three times as fast, for a text without digits
_SLASHED_FRACTION = re.compile(r"(?<![\w./])(\d{1,2})/(\d{1,3})(?![\w/])")
_TIME = re.compile(
    r"(?<![\w.:])(?:([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?\s?([ap])\.?m\b|([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?"
    r"|(1[0-2]|0?[1-9])\s?([ap])\.?m\b)(?![\w:])"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+")
# Citation markers, list numbers, telephone numbers, versions, IP addresses, rows of slashes, numbers behind "#".
_NOT_A_QUANTITY = re.compile(
    r"\[\d{1,3}\]|^[ \t]*\d{1,3}[.)](?=[ \t])|\+\d[\d\u00a0 ().-]{6,20}\d"
    r"|(?<![\w.-])\d+(?:[.-]\d+){2,}(?![\w-])"
    r"|\(\d{3,5}\)[ -]?\d[\d -]{4,12}\d|(?<![\w.])\d+(?:/\d+)+(?!\w)|#\d+",
    re.MULTILINE,
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+\.?|№)[\s-]$")
_MONEY_BEFORE = re.compile(
    rf"(?<![A-Za-z])(?:{alternation(code for code in CURRENCIES if code.isalpha() and code.isupper())}"
    r"|[A-Z]{0,3}[$€£¥₹₽₩₺₪])\s?$"
)
_BEHIND = re.compile(
    r"(?P<ordinal>(?:st|nd|rd|th)\b)"
    rf"|(?P<scale>(?:[\s-]?(?ai:{alternation(MULTIPLIERS)})\b){{1,2}}"
    r"|\s?(?:bn|mn|tn|mln)\b|[KMkBTm](?![\w²³/]))?"
    r"(?:[\s-]?(?P<percent>[%\uff05]|(?i:per\s?cent|pct)\b)(?P<point>[\s-]points?\b)?"
    r"|[\s-](?P<points>percentage points?\b)"
    rf"|[\s-]?(?P<money>(?:{alternation(CURRENCIES)})(?![\w$]))"
    rf"|[\s-]?(?P<unit>(?:{alternation(UNITS)})(?![\w²³]))(?:[\s-]old\b)?)?"
)
# "no one", "one of", "one who": a one that counts nothing.
_BEFORE_IDLE_ONE = re.compile(r"(?:\b(?:no|some|any|every|each|this|that|which|the|another)\s)$")
_BEHIND_IDLE_ONE = re.compile(r"\s(?:of|another|who|that)\b|['’]")
_BEFORE_SECOND_AS_UNIT = re.compile(r"(?:\b(?:an?|per|each|every|split)[\s-]|\d[\s-]?)$")
_SEVERAL = re.compile(r"\b(?:several|few|many)\s$")
_BEFORE_HALF_AS_PERIOD = re.compile(
    r"\b(?:the|each|either|other|first|second|third|fourth|final|last|this|that|his|her|its)[\s-]$"
)
_BEHIND_PART = re.compile(r"\s(?:of|as|in|more|less|are|were|is|was|to)\b|\s*(?:[^\w\s'’-]|$)")
_BETWEEN = re.compile(r"\bbetween\s$")
_FROM = re.compile(r"\bfrom\s$")
_RANGE_SIGN = re.compile(r"\s?[-–—]\s?|\s(?:to|through)\s")
_INSIDE_WORD = re.compile(r"[^\W\d][-.’']?$|\d\.$")
_MINUS = re.compile(r"(?:^|[\s(:=$€£])[-−]$")
_LETTERS = re.compile(r"[^\W\d_]+")
_LETTER_OR_DIGIT = re.compile(r"[^\W\d]|\d")
_ANY_DIGIT = re.compile(rf"[\d{_VULGAR_SIGNS}]")
_MAX_LABEL_CHARS = 16  # before a number, in which its label stands
_MAX_DIGITS = 18  # more are an identifier


@dataclass(frozen=True, slots=True)
class _ScaledFigure:
    """A figure, and the scale that its own words gave it: 10⁶ in "5 million"."""

    figure: Figure
    scale: int = 1


def parse_figures(text: str, excluded: Iterable[Span] = ()) -> tuple[Figure, ...]:
    """The figures of a text in reading order, none that overlaps an ``excluded`` span (a date, a name)."""
    low = lower_same_length(text)
    special: list[Figure] = []  # times and slashed fractions, which have patterns of their own
    blocked = list(excluded)
    if _ANY_DIGIT.search(text):
        overlaps = overlap_test(blocked)
        candidates = (*_parse_times(text, low), *_parse_slashed_fractions(text))
        special = [figure for figure in candidates if not overlaps(figure.start, figure.end)]
        blocked += [(figure.start, figure.end) for figure in special]
        blocked += [match.span() for match in _NOT_A_QUANTITY.finditer(text)]
        if "@" in text or "://" in text or "www." in text:
            blocked += [match.span() for match in _ADDRESS.finditer(text)]
    overlaps = overlap_test(blocked)
    scaled: list[_ScaledFigure] = []
    for number in _parse_numbers(text, low):
        previous_end = scaled[-1].figure.end if scaled else 0
        if number.start >= previous_end and not overlaps(number.start, number.end):
            figure = _parse_figure(text, low, number, previous_end)
            if figure is not None:
                scaled.append(figure)
    figures = [item.figure for item in _join_ranges(text, low, scaled)]
    return tuple(sorted(figures + special, key=lambda figure: figure.start)) if special else tuple(figures)


def _parse_times(text: str, low: str) -> Iterator[Figure]:
    for match in _TIME.finditer(low):
        hour, minute = match[1] or match[4] or match[6], match[2] or match[5] or "0"
        half_of_day = match[3] or match[7]
        hours = int(hour) % 12 + 12 * (half_of_day == "p") if half_of_day else int(hour)
        start, end = match.span()
        yield Figure("time", Decimal(hours * 60 + int(minute)), "", "exact", start, end, text[start:end])


def _parse_slashed_fractions(text: str) -> Iterator[Figure]:
    for match in _SLASHED_FRACTION.finditer(text):
        if 0 < int(match[1]) < int(match[2]):
            yield Figure("fraction", Decimal(match[1]) / Decimal(match[2]), "", "exact", *match.span(), match[0])


def _parse_numbers(text: str, low: str) -> Iterator[NumberSpan]:
    """The bare numbers of a text in digits and words, without what stands around them."""
    for match in (_NUMBER if _ANY_DIGIT.search(low) else _WORDS_ONLY).finditer(low):
        start, end = match.span()
        if match["words"]:
            yield from parse_number_words(low, start, end)
            continue
        digits = "".join(c for c in match["digits"] or "0" if c.isdecimal() or c == ".")
        if len(digits) > _MAX_DIGITS or _INSIDE_WORD.search(text, max(0, start - 2), start):
            continue
        value = Decimal(digits)
        if sign := match["mixed"] or match["vulgar"]:
            value += _VULGAR[sign]
        if _MINUS.search(text, max(0, start - 3), start):
            start, value = start - 1, -value
        yield NumberSpan(value, "fraction" if match["vulgar"] else "cardinal", start, end)


def _parse_figure(text: str, low: str, number: NumberSpan, previous_end: int) -> _ScaledFigure | None:
    """The figure around a number; None where it is no quantity.

    Args:
        text: the text.
        low: the text in lower case.
        number: the number.
        previous_end: where the figure before it ends, and this one may begin.
    """
    start, end = number.start, number.end
    if _has_label(text, start):
        return None
    if number.form != "cardinal" and not text[start].isdigit():
        return _parse_word_figure(text, low, number)
    if text[end - 1].isalpha() and number.value == 1 and _is_idle_one(low, start, end):
        return None
    before = _MONEY_BEFORE.search(text, max(previous_end, start - 5), start)
    behind = _BEHIND.match(text, end)
    if behind is None or _LETTER_OR_DIGIT.match(text, behind.end()):
        return None
    whole_end = behind.end()
    if behind["ordinal"]:
        return _ScaledFigure(Figure("ordinal", number.value, "", "exact", start, whole_end, text[start:whole_end]))
    kind, unit, scale = _kind_unit_scale(before, behind)
    whole_start = before.start() if before else start
    bound = parse_bound(low, whole_start, whole_end)
    written = text[whole_start:whole_end]
    return _ScaledFigure(Figure(kind, number.value * scale, unit, bound, whole_start, whole_end, written), scale)


def _has_label(text: str, start: int) -> bool:
    """Whether the word before a number is a label, which the number names: "Article 5"."""
    label = _WORD_BEFORE.search(text, max(0, start - _MAX_LABEL_CHARS), start)
    return label is not None and (label[1].lower() in LABELS or label[1] in CAPITAL_LABELS)


def _is_idle_one(low: str, start: int, end: int) -> bool:
    """Whether a "one" counts nothing where it stands."""
    return bool(_BEFORE_IDLE_ONE.search(low, max(0, start - 9), start) or _BEHIND_IDLE_ONE.match(low, end))


def _kind_unit_scale(before: re.Match[str] | None, behind: re.Match[str]) -> tuple[FigureKind, str, int]:
    """Kind, unit and scale of a figure, from what stands right before and behind its number."""
    scale, scale_words = 1, behind["scale"] or ""
    money = (before[0].strip() if before else "") or behind["money"] or ""
    if scale_words == "m" and not money:
        return "measure", "metre", 1
    for word in _LETTERS.findall(scale_words):
        scale *= SCALES[word.lower()]
    if money:
        return "money", CURRENCIES.get(money, money), scale * (10**6 if behind["unit"] == "m" else 1)
    if behind["percent"] or behind["points"]:
        return "percent", "point" if behind["point"] or behind["points"] else "percent", scale
    if behind["unit"]:
        return "measure", UNITS[behind["unit"]], scale
    return "number", "", scale


def _parse_word_figure(text: str, low: str, number: NumberSpan) -> _ScaledFigure | None:
    """A rank, part or vague number in words, where what surrounds it lets it be one."""
    start, end, value, form = number.start, number.end, number.value, number.form
    words = low[start:end]
    if _is_idle_word(low, words, number):
        return None
    if form == "fraction":
        has_article = words[:2] in ("a ", "an")
        if has_article and "quarter" not in words and not _BEHIND_PART.match(low, end):
            form, value = "ordinal", (1 / value).quantize(Decimal(1))  # "a third man"
    kind: FigureKind
    bound: Bound
    if form == "fraction":
        kind, bound = "fraction", parse_bound(low, start, end)
    elif form == "ordinal":
        kind, bound = "ordinal", "exact"
    else:
        kind, bound = "vague", "about"
    return _ScaledFigure(Figure(kind, value, "", bound, start, end, text[start:end]))


def _is_idle_word(low: str, words: str, number: NumberSpan) -> bool:
    """Whether a number word counts nothing where it stands: "per second", "the half", "first quarter"."""
    start, end = number.start, number.end
    if number.form == "scale":
        return not _SEVERAL.search(low, max(0, start - 9), start)
    if words == "a second":
        return bool(_BEHIND_PART.match(low, end))  # a unit of time; "a second man" is a rank
    if words == "second":
        return bool(_BEFORE_SECOND_AS_UNIT.search(low, max(0, start - 6), start))
    if words == "half":
        return low[end : end + 1] == "-" or bool(_BEFORE_HALF_AS_PERIOD.search(low, max(0, start - 8), start))
    return words in ("quarter", "tens", "scores") and not low.startswith(" of", end)


def _join_ranges(text: str, low: str, scaled: list[_ScaledFigure]) -> list[_ScaledFigure]:
    """The figures with the two ends of each range joined: they share scale and unit."""
    joined = list(scaled)
    for i in range(len(joined) - 1):
        first, second = joined[i], joined[i + 1]
        if _is_range(text, low, first.figure, second.figure):
            joined[i], joined[i + 1] = _join_range(low, first, second)
    return joined


def _is_range(text: str, low: str, first: Figure, second: Figure) -> bool:
    gap = text[first.end : second.start]
    if len(gap) > 5 or not {first.kind, second.kind} <= {"number", "percent", "money", "measure"}:
        return False
    is_between = gap == " and " and bool(_BETWEEN.search(low, max(0, first.start - 8), first.start))
    return is_between or bool(_RANGE_SIGN.fullmatch(gap))


def _join_range(low: str, first: _ScaledFigure, second: _ScaledFigure) -> tuple[_ScaledFigure, _ScaledFigure]:
    """The two ends with the same scale and unit; the lower is the least and the upper the most.

    Not so "from 10 to 21", which may be a change: those stay exact.
    """
    lower, upper = first.figure, second.figure
    if first.scale == 1 and lower.value < upper.value / second.scale:
        lower = replace(lower, value=lower.value * second.scale)
    if lower.kind == "number":
        lower = replace(lower, kind=upper.kind, unit=upper.unit)
    elif upper.kind == "number":
        upper = replace(upper, kind=lower.kind, unit=lower.unit)
    may_be_change = bool(_FROM.search(low, max(0, lower.start - 5), lower.start))
    if (
        not may_be_change
        and lower.bound == upper.bound == "exact"
        and lower.value < upper.value
        and lower.unit == upper.unit
    ):
        lower, upper = replace(lower, bound="least"), replace(upper, bound="most")
    return replace(first, figure=lower), replace(second, figure=upper)
