"""Whether two figures or two dates can mean the same: roundings, bounds, and what excludes each other."""

from datetime import date
from decimal import Decimal

from assistant.nlp.bounds import Bound
from assistant.nlp.dates import Date
from assistant.nlp.numbers import Figure

_MAX_BOUND_RATIO = Decimal("1.5")  # "over 2,000" may stand for 2,517, not for 30,000
_CARRYING_BOUNDS: dict[Bound, tuple[Bound, ...]] = {  # the bounds that a figure may have to carry another bound
    "over": ("exact", "over", "least"), "least": ("exact", "over", "least"),
    "under": ("exact", "under", "most"), "most": ("exact", "under", "most"),
}  # fmt: skip
_MAX_VAGUE_RATIO = 20  # dozens: 12 to 240; hundreds: 100 to 2,000

_Limit = tuple[Decimal, int]  # a value, and 1 or -1 where the value itself is left out, above or below it


def satisfies_rounded(exact: Figure, rounded: Figure) -> bool:
    """Whether a text that gives ``exact`` carries one that says ``rounded``.

    2,517 satisfies "2,517", "about 2,500", "more than 2,500" and "over 2,000"; not "more than 2,600", not
    2,571. "About" holds within half a unit of the last digit that isn't zero, but at least 2% and at most
    10%; a bound holds up to half as much again, as rounding goes that far and no further; "dozens" holds
    from 12 to 240. A bound is never carried as an exact number: "more than 2,500" doesn't satisfy "2,500".
    """
    pair = _in_one_unit(exact, rounded)
    if pair is None:
        return False
    exact, rounded = pair
    if exact == rounded:
        return True
    value, limit = exact.value, rounded.value
    if rounded.kind == "vague":
        return limit <= value <= limit * _MAX_VAGUE_RATIO
    if rounded.bound == "about":
        return exact.kind != "vague" and abs(value - limit) <= _tolerance(limit)
    carrying = _CARRYING_BOUNDS.get(rounded.bound, ())
    if exact.kind == "vague" or exact.bound not in carrying or min(value, limit) < 0:
        return False
    is_lower_bound = rounded.bound in ("over", "least")
    is_near = value <= limit * _MAX_BOUND_RATIO if is_lower_bound else value * _MAX_BOUND_RATIO >= limit
    is_beyond = value > limit if is_lower_bound else value < limit
    is_at_limit = value == limit and (rounded.bound in ("least", "most") or exact.bound in ("over", "under"))
    return is_near and (is_beyond or is_at_limit)


def contradicts(a: Figure, b: Figure) -> bool:
    """Whether no number can be both: 2,517 and 2,571, 2,517 and "more than 2,600"; not 2,517 and "over 100".

    Figures of different kinds or units never contradict each other; whether they count the same thing is for
    the caller to say.
    """
    pair = _in_one_unit(a, b)
    if pair is None or "vague" in (a.kind, b.kind):
        return False
    (low_a, high_a), (low_b, high_b) = map(_limits, pair)
    return max(low_a, low_b) > min(high_a, high_b)


def includes(loose: Date, precise: Date) -> bool:
    """Whether all that ``loose`` says is true of ``precise``.

    "November 2024", "the 2020s" and "Wednesday" include 6 November 2024; it includes none of them.
    """
    if loose.grain in ("decade", "century"):
        years = 10 if loose.grain == "decade" else 100
        if precise.grain == loose.grain or precise.year is None or loose.year is None:
            return precise == loose
        return loose.year <= precise.year < loose.year + years and not (precise.grain == "century" and years == 10)
    fields = ((loose.year, precise.year), (loose.month, precise.month), (loose.day, precise.day))
    agree = all(loose_field is None or loose_field == precise_field for loose_field, precise_field in fields)
    is_fine_grained = precise.grain not in ("decade", "century")
    return agree and is_fine_grained and (loose.weekday is None or loose.weekday == _weekday(precise))


def _weekday(day: Date) -> int | None:
    """The weekday of a date, from Monday, 0; None where it isn't known."""
    if day.weekday is None and day.year and day.month and day.day:
        try:
            return date(day.year, day.month, day.day).weekday()
        except ValueError:  # 31 November, or before Christ
            return None
    return day.weekday


def _in_one_unit(a: Figure, b: Figure) -> tuple[Figure, Figure] | None:
    """The two in one kind and unit; None where they can't be compared. A part is about its percentage."""
    if {a.kind, b.kind} == {"fraction", "percent"}:
        return _as_percent(a), _as_percent(b)
    countable = ("number", "vague")
    same_kind = a.kind == b.kind or (a.kind in countable and b.kind in countable)
    return (a, b) if same_kind and a.unit == b.unit else None


def _as_percent(figure: Figure) -> Figure:
    if figure.kind == "percent":
        return figure
    bound: Bound = "about" if figure.bound == "exact" and figure.value * 100 % 1 else figure.bound
    return Figure("percent", figure.value * 100, "percent", bound)


def _tolerance(value: Decimal) -> Decimal:
    """Half a unit of the last digit that isn't zero, kept between 2% and 10% of the value."""
    size = abs(value)
    exponent = value.normalize().as_tuple().exponent
    half_unit = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
    return min(max(half_unit, size / 50), size / 10)


def _limits(figure: Figure) -> tuple[_Limit, _Limit]:
    """The least and the most that a figure allows."""
    value, bound = figure.value, figure.bound
    if bound == "about":
        return (value - _tolerance(value), 0), (value + _tolerance(value), 0)
    low = (value, int(bound == "over")) if bound in ("exact", "over", "least") else (Decimal("-Infinity"), 0)
    high = (value, -int(bound == "under")) if bound in ("exact", "under", "most") else (Decimal("Infinity"), 0)
    return low, high
