"""The report's pictures: numbers in, SVG out. `assistant.evaluation.report.template` gives their classes colours.

Lengths are in the drawing's own units; at a width of 400 the smallest letters are readable on a phone.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from assistant.evaluation.calibration import Bin, Point, stops
from assistant.rendering.html import Html, count_noun, format_coordinate, format_duration, join_html, tag

_WIDTH = 400
_LEFT, _RIGHT = 36, 380
_DOT = 4.5  # radius
_WIDE = 15  # times that the slowest is slower than the fastest, from which on the axis of times is a logarithm
_STEPS = (1, 2, 2.5, 5, 10)
_TENTHS = tuple(n / 10 for n in range(11))
_FIFTHS = _TENTHS[::2]
_APART = 22  # so far two labels must be from one another
_CROWDED = 8  # labels that an axis of times has room for


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the drawing."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands."""
        low, high, here = map(log10, (self.low, self.high, value)) if self.logarithmic else (self.low, self.high, value)
        return self.start + (here - low) / (high - low) * (self.end - self.start)


def reliability(bins: Sequence[Bin], threshold: float) -> Html:
    """A reliability diagram (Niculescu-Mizil and Caruana 2005), and under it how many questions each bin holds.

    A point's place is the mean score of its bin and the share of its questions that can be answered, with a 95%
    interval; on the diagonal both agree. Scores and shares from 0 to 1.
    """
    x, y = Scale(0, 1, _LEFT, _RIGHT), Scale(0, 1, 368, 24)
    parts = [
        *_grid(x, y, _FIFTHS, _FIFTHS),
        _line(x(0), y(0), x(1), y(1), "diagonal"),
        *_marker(x(threshold), 24, 368, f"threshold {threshold:.2f}"),
        *_observed(bins, x, y),
        *_strip(bins, x, top=392, bottom=468),
        *_labels_x(x, _FIFTHS, 484, _plain),
        _letters(_LEFT, 14, "share answerable", "axis"),
        _letters(_RIGHT, 502, "score of the answer", "axis", "end"),
    ]
    told = "; ".join(
        f"scores {each.low:.1f} to {each.high:.1f}: expected {each.expected:.2f}, observed {each.observed:.2f}"
        f" of {count_noun(each.questions, 'question')}"
        for each in bins
    )
    return _drawing("reliability", 508, "Reliability of the score", f"Threshold {threshold:.2f}. {told}.", parts)


def _observed(bins: Sequence[Bin], x: Scale, y: Scale) -> Iterator[Html]:
    """The points, joined, with their intervals."""
    for each in bins:
        low, high = each.interval
        yield _line(x(each.expected), y(low), x(each.expected), y(high), "spread")
    points = [(x(each.expected), y(each.observed)) for each in bins]
    yield _path(points)
    yield from (_dot(*point) for point in points)


def _strip(bins: Sequence[Bin], x: Scale, top: float, bottom: float) -> Iterator[Html]:
    """Bars of how many questions each bin holds: the answerable ones below, the others on top of them."""
    most = max((each.questions for each in bins), default=1)
    height = Scale(0, most, bottom, top + 14)
    for each in bins:
        left, width = x(each.low) + 1.5, x(each.high) - x(each.low) - 3
        yield _bar(left, height(each.answerable), width, bottom, "answerable")
        yield _bar(left, height(each.questions), width, height(each.answerable), "unanswerable")
        yield _letters(left + width / 2, height(each.questions) - 4, str(each.questions), "count", "middle")
    yield _line(_LEFT, bottom, _RIGHT, bottom, "base")


def precision(points: Sequence[Point], threshold: float) -> Html:
    """Precision against the share of answerable questions answered, as the threshold rises from right to left.

    Args:
        points: of `assistant.evaluation.calibration.sweep`.
        threshold: the chosen one; tenths above it are marked, too.
    """
    floor_ = max(0.0, floor(min((each.precision for each in points), default=0.0) * 10 - 1) / 10)
    x, y = Scale(0, 1, _LEFT, _RIGHT), Scale(floor_, 1, 314, 24)
    parts = [
        *_grid(x, y, _FIFTHS, [each for each in _TENTHS if each >= floor_]),
        _band(points, x, y),
        _path([(x(each.coverage), y(each.precision)) for each in points]),
        *_stops(points, threshold, x, y),
        *_labels_x(x, _FIFTHS, 330, _percent),
        _letters(_LEFT, 14, "right, of all answered", "axis"),
        _letters(_RIGHT, 348, "answered, of the answerable", "axis", "end"),
    ]
    told = "; ".join(
        f"threshold {step:.2f}: {each.coverage:.0%} answered, {each.precision:.1%} right"
        for step, each in stops(points, threshold)
    )
    return _drawing("precision", 354, "Precision against answered share", f"{told}.", parts)


def _stops(points: Sequence[Point], threshold: float, x: Scale, y: Scale) -> Iterator[Html]:
    """The marked thresholds; their labels stand below the curve, where two would overlap only the first."""
    last_x = last_y = float(_WIDTH)
    for step, each in stops(points, threshold):
        here_x, here_y, chosen = x(each.coverage), y(each.precision), step == threshold
        yield _dot(here_x, here_y, "chosen" if chosen else "stop")
        if chosen or last_x - here_x > _APART or last_y - here_y > _APART:
            label, kind = (f"threshold {step:.2f}", "mark") if chosen else (f"{step:.1f}", "count")
            yield _letters(here_x - 4, here_y + 16, label, kind, "end")
            last_x, last_y = here_x, here_y


def _band(points: Sequence[Point], x: Scale, y: Scale) -> Html:
    """The 95% intervals of the precision, each by itself, as far as the axis goes."""
    upper = [(x(each.coverage), y(each.interval[1])) for each in points]
    lower = [(x(each.coverage), y(max(y.low, each.interval[0]))) for each in reversed(points)]
    return tag("polygon", points=_listed([*upper, *lower]), class_="band")


def latency(seconds: Sequence[float], median: float, p95: float) -> Html:
    """A histogram of times; the axis is a logarithm where they are far apart.

    Args:
        seconds: of each question, above 0.
        median: of them, in seconds.
        p95: their 95th percentile, in seconds.
    """
    x = _times(seconds)
    counts = _histogram([x(each) for each in seconds])
    most = max(counts, default=1)
    ticks = [each for each in _round_steps(0, most, 4) if each == int(each)]
    y = Scale(0, max(most, *ticks), 204, 44)
    parts = [
        *_grid(x, y, (), ticks, lambda value: f"{value:.0f}"),
        *_bars(counts, y),
        _line(_LEFT, y(0), _RIGHT, y(0), "base"),
        *_labels_x(x, _ticks(x), 220, format_duration),
        *_marker(x(median), 18, 204, f"median {format_duration(median)}"),
        *_marker(x(p95), 32, 204, f"95% within {format_duration(p95)}", 28),
        _letters(_RIGHT, 238, "time to the whole answer", "axis", "end"),
    ]
    told = (
        f"{count_noun(len(seconds), 'question')}: median {format_duration(median)}, 95% within {format_duration(p95)}."
    )
    return _drawing("latency", 244, "Distribution of the latency", told, parts)


def _times(seconds: Sequence[float]) -> Scale:
    """An axis that holds all the times with a little room."""
    least, most = min(seconds), max(seconds)
    if most / least > _WIDE:
        return Scale(least / 1.1, most * 1.1, _LEFT, _RIGHT, logarithmic=True)
    room = (most - least or most) * 0.04
    return Scale(max(0.0, least - room), most + room, _LEFT, _RIGHT)


def _histogram(places: Sequence[float], count: int = 25) -> list[int]:
    """How many places lie in each of so many equal stretches of the axis."""
    edges = [_LEFT + (_RIGHT - _LEFT) * n / count for n in range(1, count)]
    found = [bisect_right(edges, place) for place in places]
    return [found.count(n) for n in range(count)]


def _bars(counts: Sequence[int], y: Scale) -> Iterator[Html]:
    width = (_RIGHT - _LEFT) / len(counts)
    for place, count in enumerate(counts):
        if count:
            yield _bar(_LEFT + place * width + 0.75, y(count), width - 1.5, y(0), "answerable")


def _ticks(x: Scale) -> list[float]:
    """Round numbers along an axis."""
    if not x.logarithmic:
        return _round_steps(x.low, x.high, 5)
    powers = range(floor(log10(x.low)), ceil(log10(x.high)))
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [factor * 10.0**power for power in powers for factor in factors]
        inside = [each for each in ticks if x.low <= each <= x.high]
        if len(inside) <= _CROWDED:
            break
    return inside


def _round_steps(low: float, high: float, about: int) -> list[float]:
    """Some multiples of a round number between two others."""
    power = 10.0 ** floor(log10((high - low) / about))
    step = next(factor * power for factor in _STEPS if factor * power * about >= (high - low) * 0.999)
    return [n * step for n in range(ceil(low / step), floor(high / step + 1e-9) + 1)]


def _drawing(name: str, height: int, title: str, told: str, parts: Sequence[Html]) -> Html:
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", told, id=f"{name}-told"),
        *parts,
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-told",
        class_="chart",
    )


def _grid(
    x: Scale, y: Scale, across: Sequence[float], up: Sequence[float], shown: Callable[[float], str] | None = None
) -> Iterator[Html]:
    """Thin lines at round numbers, those of the upright axis with their labels."""
    for value in across:
        yield _line(x(value), y.start, x(value), y.end, "grid")
    for value in up:
        yield _line(x.start, y(value), x.end, y(value), "grid")
        yield _letters(x.start - 6, y(value) + 4, (shown or _plain)(value), "tick", "end")


def _labels_x(x: Scale, values: Sequence[float], height: float, shown: Callable[[float], str]) -> Iterator[Html]:
    for value in values:
        yield _letters(x(value), height, shown(value), "tick", "middle")


def _marker(place: float, top: float, bottom: float, words: str, rise: float = 14) -> Iterator[Html]:
    """An upright line with a label at its head, on the side that has room."""
    yield _line(place, top, place, bottom, "mark")
    leftwards = place > _WIDTH / 2
    yield _letters(place + (-5 if leftwards else 5), rise, words, "mark", "end" if leftwards else "start")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def _path(points: Sequence[tuple[float, float]]) -> Html:
    return tag("polyline", points=_listed(points), class_="curve")


def _dot(x: float, y: float, kind: str = "dot") -> Html:
    return tag("circle", cx=x, cy=y, r=_DOT, class_=kind)


def _bar(x: float, top: float, width: float, bottom: float, kind: str) -> Html:
    return tag("rect", x=x, y=top, width=width, height=bottom - top, class_=kind)


def _letters(x: float, y: float, words: str, kind: str, anchor: str = "start") -> Html:
    return tag("text", words, x=x, y=y, text_anchor=anchor, class_=kind)


def _listed(points: Sequence[tuple[float, float]]) -> str:
    return join_html([f"{format_coordinate(x)},{format_coordinate(y)}" for x, y in points], " ")


def _plain(value: float) -> str:
    return f"{value:.1f}"


def _percent(value: float) -> str:
    return f"{value:.0%}"
