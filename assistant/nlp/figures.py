"""The door: the figures, dates and names in a text, normalised and with their spans.

Pure functions of English text; whatever the text, they raise nothing, take time linear in its length and
give spans for which ``text[start:end]`` is what was read. A year in a date is no figure, nor is a number in
a name ("Resolution 2331", "COVID-19", "Liberterra II"). How each is read stands in numbers.py, dates.py and
names.py.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from assistant.nlp.dates import Date, parse_dates
from assistant.nlp.names import Name, parse_names
from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.numbers import Bound, Figure, FigureKind, parse_figures
from assistant.nlp.spans import overlapping
from assistant.nlp.tokens import AUXILIARIES, PREPOSITIONS, STOP_WORDS, tokenize, word_set

__all__ = [
    "Bound", "Date", "Figure", "FigureKind", "Name",
    "contradicts", "counted_words", "find_dates", "find_figures", "find_names", "includes", "satisfies_rounded",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    figures: tuple[Figure, ...]
    dates: tuple[Date, ...]
    names: tuple[Name, ...]


@lru_cache(maxsize=1024)
def _read(text: str) -> _Read:
    found = parse_dates(text)
    spans = [(date.start, date.end) for date in found]
    named = parse_names(text, spans)
    counts = parse_figures(text, spans + [(name.start, name.end) for name in named])
    meets = overlapping((figure.start, figure.end) for figure in counts)
    # "USD" and "GB" look like names until a number stands beside them.
    return _Read(counts, found, tuple(name for name in named if not meets(name.start, name.end)))


def find_figures(text: str) -> tuple[Figure, ...]:
    """The quantities of a text in reading order: numbers, percentages, money, measures, ranks, parts."""
    return _read(text).figures


def find_dates(text: str) -> tuple[Date, ...]:
    """The dates of a text in reading order; each end of a range is one."""
    return _read(text).dates


def find_names(text: str) -> tuple[Name, ...]:
    """The proper names of a text in reading order."""
    return _read(text).names


_BREAK = re.compile(r"[^\w\s'’“”\"-]|\n")
_ENDS = AUXILIARIES | (PREPOSITIONS - {"of"}) | {"that", "which", "who", "whom", "whose", "but", "when", "where"}
_SKIPPED = word_set("of the a an these those them its their his her our your all such or more other so and")
_UNCOUNTED = STOP_WORDS | NUMBER_WORDS
_NOUNS = 4  # words of a noun group
_REACH = 120  # how far a noun group may reach, in characters


def counted_words(text: str, figure: Figure) -> tuple[str, ...]:
    """What a figure counts: up to four folded words of the noun group behind it, or else before it.

    "3,222 potential victims of human trafficking" gives ("potential", "victims", "human", "trafficking"),
    "arrests: 2,517" and "arrests rose to 2,517" what stands before. A measure's or a currency's own word
    counts too: "5 days".
    """
    own = [word.text for word in tokenize(figure.text)] if figure.kind in ("measure", "money") else []
    found = [word for word in own if not word[0].isdigit() and word not in NUMBER_WORDS]
    at = 0
    behind = text[figure.end : figure.end + _REACH]
    for word in tokenize(behind):
        ended = (
            _BREAK.search(behind, at, word.start)
            or word.text in _ENDS
            or word.text[0].isdigit()
            or len(found) >= _NOUNS
        )
        if ended or (word.text == "and" and found):
            break
        if word.text not in _SKIPPED:
            found.append(word.text)
        at = word.end
    return tuple(found) or _before(text, figure)


def _before(text: str, figure: Figure) -> tuple[str, ...]:
    begin = max(0, figure.start - _REACH)
    ahead = re.split(r"[.;!?|\n]", text[begin : figure.start])[-1]
    found = (word.text for word in tokenize(ahead) if word.text not in _UNCOUNTED)
    return tuple(word for word in found if not word[0].isdigit())[-_NOUNS:]


_FAR = Decimal("1.5")  # "over 2,000" may stand for 2,517, not for 30,000
_SIDES: dict[Bound, tuple[Bound, ...]] = {  # the bounds that a figure may have to carry each bound
    "over": ("exact", "over", "least"), "least": ("exact", "over", "least"),
    "under": ("exact", "under", "most"), "most": ("exact", "under", "most"),
}  # fmt: skip
_VAGUE_SPAN = 20  # dozens: 12 to 240; hundreds: 100 to 2,000


def satisfies_rounded(exact: Figure, rounded: Figure) -> bool:
    """Whether a text that gives ``exact`` carries one that says ``rounded``.

    2,517 satisfies "2,517", "about 2,500", "more than 2,500" and "over 2,000"; not "more than 2,600", not
    2,571. "About" holds within half a unit of the last digit that isn't zero, but at least 2% and at most
    10%; a bound holds up to half as much again, as rounding goes that far and no further; "dozens" holds
    from 12 to 240. A bound is never carried as an exact number: "more than 2,500" doesn't satisfy "2,500".
    """
    pair = _alike(exact, rounded)
    if pair is None:
        return False
    exact, rounded = pair
    if exact == rounded:
        return True
    value, limit = exact.value, rounded.value
    if rounded.kind == "vague":
        return limit <= value <= limit * _VAGUE_SPAN
    if rounded.bound == "about":
        return exact.kind != "vague" and abs(value - limit) <= _tolerance(limit)
    side = _SIDES.get(rounded.bound, ())
    if exact.kind == "vague" or exact.bound not in side or min(value, limit) < 0:
        return False
    upward = rounded.bound in ("over", "least")
    near = value <= limit * _FAR if upward else value * _FAR >= limit
    beyond = value > limit if upward else value < limit
    touching = value == limit and (rounded.bound in ("least", "most") or exact.bound in ("over", "under"))
    return near and (beyond or touching)


def contradicts(a: Figure, b: Figure) -> bool:
    """Whether no number can be both: 2,517 and 2,571, 2,517 and "more than 2,600"; not 2,517 and "over 100".

    Figures of different kinds or units never contradict each other; whether they count the same thing is for
    the caller to say.
    """
    pair = _alike(a, b)
    if pair is None or "vague" in (a.kind, b.kind):
        return False
    (low, high), (lower, higher) = map(_interval, pair)
    return max(low, lower) > min(high, higher)


def includes(loose: Date, precise: Date) -> bool:
    """Whether all that ``loose`` says is true of ``precise``.

    "November 2024", "the 2020s" and "Wednesday" include 6 November 2024; it includes none of them.
    """
    if loose.grain in ("decade", "century"):
        span = 10 if loose.grain == "decade" else 100
        if precise.grain == loose.grain or precise.year is None or loose.year is None:
            return precise == loose
        return loose.year <= precise.year < loose.year + span and not (precise.grain == "century" and span == 10)
    said = ((loose.year, precise.year), (loose.month, precise.month), (loose.day, precise.day))
    same = all(mine is None or mine == theirs for mine, theirs in said)
    graded = precise.grain not in ("decade", "century")
    return same and graded and (loose.weekday is None or loose.weekday == _weekday(precise))


def _weekday(day: Date) -> int | None:
    if day.weekday is None and day.year and day.month and day.day:
        try:
            return date(day.year, day.month, day.day).weekday()
        except ValueError:  # 31 November, or before Christ
            return None
    return day.weekday


def _alike(a: Figure, b: Figure) -> tuple[Figure, Figure] | None:
    """The two in one kind and unit; None where they can't be compared. A part is about its percentage."""
    if {a.kind, b.kind} == {"fraction", "percent"}:
        return _percent(a), _percent(b)
    countable = ("number", "vague")
    same_kind = a.kind == b.kind or (a.kind in countable and b.kind in countable)
    return (a, b) if same_kind and a.unit == b.unit else None


def _percent(figure: Figure) -> Figure:
    if figure.kind == "percent":
        return figure
    bound: Bound = "about" if figure.bound == "exact" and figure.value * 100 % 1 else figure.bound
    return Figure("percent", figure.value * 100, "percent", bound)


def _tolerance(value: Decimal) -> Decimal:
    """Half a unit of the last digit that isn't zero, kept between 2% and 10% of the value."""
    size = abs(value)
    exponent = value.normalize().as_tuple().exponent
    half = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
    return min(max(half, size / 50), size / 10)


def _interval(figure: Figure) -> tuple[tuple[Decimal, int], tuple[Decimal, int]]:
    """The least and the most that a figure allows; beside it 1 or -1 where that end itself is left out."""
    value, bound = figure.value, figure.bound
    if bound == "about":
        return (value - _tolerance(value), 0), (value + _tolerance(value), 0)
    low = (value, int(bound == "over")) if bound in ("exact", "over", "least") else (Decimal("-Infinity"), 0)
    high = (value, -int(bound == "under")) if bound in ("exact", "under", "most") else (Decimal("Infinity"), 0)
    return low, high
