"""The parts that the report's charts are drawn from, as SVG elements.

Lengths are in the drawing's own units; at a width of 400 the smallest letters are readable on a phone.
`assistant.evaluation.report.template` gives the elements' classes their colours.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from assistant.rendering.html import Html, format_coordinate, join_html, tag

CHART_WIDTH = 400
LEFT, RIGHT = 36, 380  # the ends of the horizontal axis
_DOT_RADIUS = 4.5
_STEP_FACTORS = (1, 2, 2.5, 5, 10)
_MAX_LOGARITHMIC_TICKS = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to coordinates on the drawing, linearly or by their logarithms."""

    low: float
    high: float
    start: float  # the coordinate of ``low``
    end: float  # the coordinate of ``high``
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """The coordinate of a value."""
        low, high, position = (
            map(log10, (self.low, self.high, value)) if self.logarithmic else (self.low, self.high, value)
        )
        return self.start + (position - low) / (high - low) * (self.end - self.start)


def drawing(name: str, height: int, title: str, description: str, parts: Sequence[Html]) -> Html:
    """A whole chart.

    Args:
        name: what the ids in it begin with.
        height: of the drawing.
        title: what it shows.
        description: the same in words, for those who don't see it.
        parts: its elements.
    """
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-told"),
        *parts,
        viewBox=f"0 0 {CHART_WIDTH} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-told",
        class_="chart",
    )


def grid(
    x: Scale,
    y: Scale,
    x_values: Sequence[float],
    y_values: Sequence[float],
    label: Callable[[float], str] | None = None,
) -> Iterator[Html]:
    """Thin lines at round numbers, those of the vertical axis with labels; by default one decimal."""
    for value in x_values:
        yield line(x(value), y.start, x(value), y.end, "grid")
    for value in y_values:
        yield line(x.start, y(value), x.end, y(value), "grid")
        yield letters(x.start - 6, y(value) + 4, (label or one_decimal)(value), "tick", "end")


def x_labels(x: Scale, values: Sequence[float], height: float, label: Callable[[float], str]) -> Iterator[Html]:
    """The labels of the horizontal axis."""
    for value in values:
        yield letters(x(value), height, label(value), "tick", "middle")


def marker(position: float, top: float, bottom: float, words: str, label_height: float = 14) -> Iterator[Html]:
    """A vertical line with a label at its head, on the side that has room."""
    yield line(position, top, position, bottom, "mark")
    is_right_half = position > CHART_WIDTH / 2
    label_x = position + (-5 if is_right_half else 5)
    yield letters(label_x, label_height, words, "mark", "end" if is_right_half else "start")


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    """A line between two points."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def curve(points: Sequence[tuple[float, float]]) -> Html:
    """Points joined by lines."""
    return tag("polyline", points=point_list(points), class_="curve")


def dot(x: float, y: float, kind: str = "dot") -> Html:
    """A filled circle."""
    return tag("circle", cx=x, cy=y, r=_DOT_RADIUS, class_=kind)


def bar(x: float, top: float, width: float, bottom: float, kind: str) -> Html:
    """A filled rectangle."""
    return tag("rect", x=x, y=top, width=width, height=bottom - top, class_=kind)


def letters(x: float, y: float, words: str, kind: str, anchor: str = "start") -> Html:
    """A text; the anchor tells which end of it stands at ``x``."""
    return tag("text", words, x=x, y=y, text_anchor=anchor, class_=kind)


def point_list(points: Sequence[tuple[float, float]]) -> str:
    """Points as SVG's ``points`` attribute wants them."""
    return join_html([f"{format_coordinate(x)},{format_coordinate(y)}" for x, y in points], " ")


def ticks(axis: Scale) -> list[float]:
    """Round numbers along an axis."""
    if not axis.logarithmic:
        return round_numbers(axis.low, axis.high, 5)
    powers = range(floor(log10(axis.low)), ceil(log10(axis.high)))
    for factors in ((1, 2, 5), (1, 3), (1,)):
        candidates = [factor * 10.0**power for power in powers for factor in factors]
        inside = [value for value in candidates if axis.low <= value <= axis.high]
        if len(inside) <= _MAX_LOGARITHMIC_TICKS:
            break
    return inside


def round_numbers(low: float, high: float, count: int) -> list[float]:
    """About ``count`` multiples of a round number between two others."""
    power = 10.0 ** floor(log10((high - low) / count))
    step = next(factor * power for factor in _STEP_FACTORS if factor * power * count >= (high - low) * 0.999)
    return [n * step for n in range(ceil(low / step), floor(high / step + 1e-9) + 1)]


def one_decimal(value: float) -> str:
    """A label with one decimal."""
    return f"{value:.1f}"


def percent(value: float) -> str:
    """A label in per cent."""
    return f"{value:.0%}"
