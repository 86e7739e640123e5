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

from assistant.nlp.number_words import RUN, NumberWords, parse_number_words
from assistant.nlp.spans import Span, overlapping
from assistant.nlp.tokens import lower_same_length
from assistant.nlp.units import CAPITAL_LABELS, CURRENCIES, LABELS, SCALES, UNITS, VULGAR, alternation

FigureKind = Literal["number", "percent", "money", "measure", "ordinal", "fraction", "time", "vague"]
Bound = Literal["exact", "over", "least", "under", "most", "about"]


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


# Repeats are bounded, so that a hostile run of groups costs no more than its length.
_CORE = re.compile(
    r"(?P<digits>(?:(?!0)\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3}){1,6}(?!\d)"
    r"|\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+)(?P<mixed>[½⅓⅔¼¾⅕⅛])?"
    rf"|(?P<vulgar>[½⅓⅔¼¾⅕⅛])|(?P<words>{RUN})"
)
_WORDS = re.compile(rf"(?P<words>{RUN})")  # three times as fast, for a text without digits
_FRACTION = re.compile(r"(?<![\w./])(\d{1,2})/(\d{1,3})(?![\w/])")
_TIME = re.compile(
    r"(?<![\w.:])(?:([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?\s?([ap])\.?m\b|([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?"
    r"|(1[0-2]|0?[1-9])\s?([ap])\.?m\b)(?![\w:])"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+")
_MASKED = re.compile(
    r"\[\d{1,3}\]|^[ \t]*\d{1,3}[.)](?=[ \t])|\+\d[\d\u00a0 ().-]{6,20}\d"
    r"|(?<![\w.-])\d+(?:[.-]\d+){2,}(?![\w-])"
    r"|\(\d{3,5}\)[ -]?\d[\d -]{4,12}\d|(?<![\w.])\d+(?:/\d+)+(?!\w)|#\d+",
    re.MULTILINE,
)
_LAST_WORD = re.compile(r"([^\W\d_]+\.?|№)[\s-]$")
_BOUND = re.compile(
    r"(?<!\w)(?:(?P<most>no (?:more|greater|higher|longer) than|not more than|at (?:the )?most|up to"
    r"|a maximum of|as (?:many|much) as)"
    r"|(?P<least>no (?:fewer|less) than|not (?:fewer|less) than|at (?:the very )?least|a minimum of)"
    r"|(?P<over>(?:more|greater|higher|larger|longer|older) than|over|above|exceed(?:s|ed|ing)?|in excess of"
    r"|upwards? of|beyond|surpass(?:ed|es|ing)?|topp(?:ed|ing))"
    r"|(?P<under>(?:fewer|less|lower|smaller|shorter|younger) than|just under|under|below|nearly|almost"
    r"|close to|approaching)"
    r"|(?P<about>about|around|approximately|approx\.|roughly|some|circa|in the region of"
    r"|an estimated|estimated(?: at)?|(?:an )?average of))\s(?:a )?(?:total of )?(?:the )?(?:an? )?$"
    r"|(?P<mark>[<>≤≥~≈±])\s?$"
)
_MARKS: dict[str, Bound] = {
    "<": "under", ">": "over", "≤": "most", "≥": "least", "~": "about", "≈": "about", "±": "about",
}  # fmt: skip
_MORE = re.compile(r"\+(?!\w)|,? or (more|less|fewer|so)\b|,? (?:or|and) (over|above|older|under|younger)\b")
_CODES = alternation(spelling for spelling in CURRENCIES if spelling.isalpha() and spelling.isupper())
_MONEY_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{_CODES}|[A-Z]{{0,3}}[$€£¥₹₽₩₺₪])\s?$")
_TAIL = re.compile(
    r"(?P<ordinal>(?:st|nd|rd|th)\b)"
    r"|(?P<scale>(?:[\s-]?(?i:hundred|thousand|lakh|million|crore|billion|trillion|dozen)\b){1,2}"
    r"|\s?(?:bn|mn|tn|mln)\b|[KMkBTm](?![\w²³/]))?"
    r"(?:[\s-]?(?P<percent>[%\uff05]|(?i:per\s?cent|pct)\b)(?P<point>[\s-]points?\b)?"
    r"|[\s-](?P<points>percentage points?\b)"
    rf"|[\s-]?(?P<money>(?:{alternation(CURRENCIES)})(?![\w$]))"
    rf"|[\s-]?(?P<unit>(?:{alternation(UNITS)})(?![\w²³]))(?:[\s-]old\b)?)?"
)
_SINGLE = re.compile(r"(?:\b(?:no|some|any|every|each|this|that|which|the|another)\s)$")
_SINGLE_AFTER = re.compile(r"\s(?:of|another|who|that)\b|['’]")
_SECOND_UNIT = re.compile(r"(?:\b(?:an?|per|each|every|split)[\s-]|\d[\s-]?)$")
_SOME_SCALE = re.compile(r"\b(?:several|few|many)\s$")
_PERIOD = re.compile(r"\b(?:the|each|either|other|first|second|third|fourth|final|last|this|that|his|her|its)[\s-]$")
_PART_OF = re.compile(r"\s(?:of|as|in|more|less|are|were|is|was|to)\b|\s*(?:[^\w\s'’-]|$)")
_BETWEEN = re.compile(r"\bbetween\s$")
_FROM = re.compile(r"\bfrom\s$")
_THROUGH = re.compile(r"\s?[-–—]\s?|\s(?:to|through)\s")
_INSIDE_WORD = re.compile(r"[^\W\d][-.’']?$|\d\.$")
_MINUS = re.compile(r"(?:^|[\s(:=$€£])[-−]$")
_LETTER = re.compile(r"[^\W\d]|\d")
_DIGIT = re.compile(r"[\d½⅓⅔¼¾⅕⅛]")
_REACH = 48  # how far back the words of a bound or label may begin
_LONGEST = 18  # more digits than this are an identifier


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure, and the scale that its own words gave it: 10⁶ in "5 million"."""

    figure: Figure
    scale: int = 1


def parse_figures(text: str, taken: Iterable[Span] = ()) -> tuple[Figure, ...]:
    """The figures of a text in reading order, none that meets a ``taken`` span (a date, a name)."""
    low = lower_same_length(text)
    special: list[Figure] = []
    blocked = list(taken)
    if _DIGIT.search(text):
        meets = overlapping(blocked)
        special = [figure for figure in (*_times(text, low), *_slashed(text)) if not meets(figure.start, figure.end)]
        blocked += [(figure.start, figure.end) for figure in special]
        blocked += [match.span() for match in _MASKED.finditer(text)]
        if "@" in text or "://" in text or "www." in text:
            blocked += [match.span() for match in _ADDRESS.finditer(text)]
    meets = overlapping(blocked)
    found: list[_Found] = []
    for core in _cores(text, low):
        behind = found[-1].figure.end if found else 0
        if core.start >= behind and not meets(core.start, core.end) and (new := _figure(text, low, core, behind)):
            found.append(new)
    figures = [one.figure for one in _ranged(text, low, found)]
    return tuple(sorted(figures + special, key=lambda figure: figure.start)) if special else tuple(figures)


def _times(text: str, low: str) -> Iterator[Figure]:
    for match in _TIME.finditer(low):
        hour, minute = match[1] or match[4] or match[6], match[2] or match[5] or "0"
        half = match[3] or match[7]
        hours = int(hour) % 12 + 12 * (half == "p") if half else int(hour)
        start, end = match.span()
        yield Figure("time", Decimal(hours * 60 + int(minute)), "", "exact", start, end, text[start:end])


def _slashed(text: str) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text):
        if 0 < int(match[1]) < int(match[2]):
            yield Figure("fraction", Decimal(match[1]) / Decimal(match[2]), "", "exact", *match.span(), match[0])


def _cores(text: str, low: str) -> Iterator[NumberWords]:
    for match in (_CORE if _DIGIT.search(low) else _WORDS).finditer(low):
        start, end = match.span()
        if match["words"]:
            yield from parse_number_words(low, start, end)
            continue
        digits = "".join(c for c in match["digits"] or "0" if c.isdecimal() or c == ".")
        if len(digits) > _LONGEST or _INSIDE_WORD.search(text, max(0, start - 2), start):
            continue
        value = Decimal(digits)
        if part := match["mixed"] or match["vulgar"]:
            value += Decimal(VULGAR[part][0]) / VULGAR[part][1]
        if _MINUS.search(text, max(0, start - 3), start):
            start, value = start - 1, -value
        yield NumberWords(value, "fraction" if match["vulgar"] else "cardinal", start, end)


def _figure(text: str, low: str, core: NumberWords, behind: int) -> _Found | None:
    """The figure around a core, begun no earlier than ``behind``; None where it is no quantity."""
    start, end, value = core.start, core.end, core.value
    if _labelled(text, start):
        return None
    if core.form in ("ordinal", "fraction", "vague", "scale") and not text[start].isdigit():
        return _wordy(text, low, core)
    spelled = text[end - 1].isalpha()
    if spelled and value == 1 and (_SINGLE.search(low, max(0, start - 9), start) or _SINGLE_AFTER.match(low, end)):
        return None
    before = _MONEY_BEFORE.search(text, max(behind, start - 5), start)
    tail = _TAIL.match(text, end)
    if tail is None or _LETTER.match(text, tail.end()):
        return None
    if tail["ordinal"]:
        return _Found(Figure("ordinal", value, "", "exact", start, tail.end(), text[start : tail.end()]))
    kind, unit, scale = _meaning(tail, before)
    begin, stop = before.start() if before else start, tail.end()
    value = value * scale
    return _Found(Figure(kind, value, unit, _bound(low, begin, stop), begin, stop, text[begin:stop]), scale)


def _labelled(text: str, start: int) -> bool:
    word = _LAST_WORD.search(text, max(0, start - 16), start)
    return word is not None and (word[1].lower() in LABELS or word[1] in CAPITAL_LABELS)


def _meaning(tail: re.Match[str], before: re.Match[str] | None) -> tuple[FigureKind, str, int]:
    """Kind, unit and scale, from what stands right before and behind the number."""
    scale, short = 1, tail["scale"] or ""
    money = (before[0].strip() if before else "") or tail["money"] or ""
    if short == "m" and not money:
        return "measure", "metre", 1
    for word in re.split(r"[\s-]+", short.strip(" -").lower()) if short else ():
        scale *= SCALES[word]
    if money:
        return "money", CURRENCIES.get(money, money), scale * (10**6 if tail["unit"] == "m" else 1)
    if tail["percent"] or tail["points"]:
        return "percent", "point" if tail["point"] or tail["points"] else "percent", scale
    if tail["unit"]:
        return "measure", UNITS[tail["unit"]], scale
    return "number", "", scale


def _bound(low: str, start: int, end: int) -> Bound:
    """What the words before and behind a figure make of it."""
    if behind := _MORE.match(low, end):
        word = behind[1] or behind[2] or "more"
        return "about" if word == "so" else "most" if word in ("less", "fewer", "under", "younger") else "least"
    before = _BOUND.search(low, max(0, start - _REACH), start)
    if before is None:
        return "exact"
    if before["mark"]:
        return _MARKS[before["mark"]]
    names: tuple[Bound, ...] = ("most", "least", "over", "under", "about")
    return next(name for name in names if before[name])


def _wordy(text: str, low: str, core: NumberWords) -> _Found | None:
    """A rank, part or vague number in words, where what surrounds it lets it be one."""
    start, end, value, form = core.start, core.end, core.value, core.form
    word = low[start:end]
    if _idle(low, word, core):
        return None
    if form == "fraction" and word[:2] in ("a ", "an") and "quarter" not in word and not _PART_OF.match(low, end):
        form, value = "ordinal", (1 / value).quantize(Decimal(1))
    bound: Bound = "about" if form in ("vague", "scale") else "exact"
    if form == "fraction":
        bound = _bound(low, start, end)
    kind: FigureKind = "fraction" if form == "fraction" else "ordinal" if form == "ordinal" else "vague"
    return _Found(Figure(kind, value, "", bound, start, end, text[start:end]))


def _idle(low: str, word: str, core: NumberWords) -> bool:
    """Whether a number word counts nothing where it stands: "per second", "the half", "first quarter"."""
    start, end = core.start, core.end
    if core.form == "scale":
        return not _SOME_SCALE.search(low, max(0, start - 9), start)
    if word == "a second":
        return bool(_PART_OF.match(low, end))  # a unit of time; "a second man" is a rank
    if word == "second":
        return bool(_SECOND_UNIT.search(low, max(0, start - 6), start))
    if word == "half":
        return low[end : end + 1] == "-" or bool(_PERIOD.search(low, max(0, start - 8), start))
    return word in ("quarter", "tens", "scores") and not low.startswith(" of", end)


def _ranged(text: str, low: str, found: list[_Found]) -> list[_Found]:
    """Reads ranges: their ends share scale and unit, the lower is the least and the upper the most.

    Not so "from 10 to 21", which may be a change: those stay exact.
    """
    for i in range(len(found) - 1):
        first, second = found[i], found[i + 1]
        a, b = first.figure, second.figure
        gap = text[a.end : b.start]
        if len(gap) > 5 or not {a.kind, b.kind} <= {"number", "percent", "money", "measure"}:
            continue
        between = gap == " and " and bool(_BETWEEN.search(low, max(0, a.start - 8), a.start))
        if not between and not _THROUGH.fullmatch(gap):
            continue
        if first.scale == 1 and a.value < b.value / second.scale:
            a = replace(a, value=a.value * second.scale)
        if a.kind == "number":
            a = replace(a, kind=b.kind, unit=b.unit)
        elif b.kind == "number":
            b = replace(b, kind=a.kind, unit=a.unit)
        changing = bool(_FROM.search(low, max(0, a.start - 5), a.start))
        if not changing and a.bound == b.bound == "exact" and a.value < b.value and a.unit == b.unit:
            a, b = replace(a, bound="least"), replace(b, bound="most")
        found[i], found[i + 1] = replace(first, figure=a), replace(second, figure=b)
    return found
