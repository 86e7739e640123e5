"""The report's charts: numbers in, SVG out."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import floor

from assistant.evaluation.calibration import ReliabilityBin, ThresholdPoint, threshold_steps
from assistant.evaluation.report import svg
from assistant.evaluation.report.svg import CHART_WIDTH, LEFT, RIGHT, Scale
from assistant.rendering.html import Html, count_noun, format_duration, tag

_LOGARITHMIC_RATIO = 15  # of the slowest to the fastest time, above which the axis of times is logarithmic
_TENTHS = tuple(n / 10 for n in range(11))
_FIFTHS = _TENTHS[::2]
_MIN_LABEL_DISTANCE = 22


def reliability_chart(bins: Sequence[ReliabilityBin], threshold: float) -> Html:
    """A reliability diagram (Niculescu-Mizil and Caruana 2005), and under it how many questions each bin has.

    A bin's point lies where its mean confidence meets the share of its questions that can be answered, with a 95%
    interval; on the diagonal both are equal. Confidence and shares go from 0 to 1.
    """
    x, y = Scale(0, 1, LEFT, RIGHT), Scale(0, 1, 368, 24)
    parts = [
        *svg.grid(x, y, _FIFTHS, _FIFTHS),
        svg.line(x(0), y(0), x(1), y(1), "diagonal"),
        *svg.marker(x(threshold), 24, 368, f"threshold {threshold:.2f}"),
        *_reliability_points(bins, x, y),
        *_question_counts(bins, x, top=392, bottom=468),
        *svg.x_labels(x, _FIFTHS, 484, svg.one_decimal),
        svg.letters(LEFT, 14, "share answerable", "axis"),
        svg.letters(RIGHT, 502, "score of the answer", "axis", "end"),
    ]
    in_words = "; ".join(
        f"scores {bin_.low:.1f} to {bin_.high:.1f}: expected {bin_.mean_confidence:.2f},"
        f" observed {bin_.answerable_share:.2f} of {count_noun(bin_.questions, 'question')}"
        for bin_ in bins
    )
    description = f"Threshold {threshold:.2f}. {in_words}."
    return svg.drawing("reliability", 508, "Reliability of the score", description, parts)


def _reliability_points(bins: Sequence[ReliabilityBin], x: Scale, y: Scale) -> Iterator[Html]:
    """The bins' points, joined, with their intervals."""
    for bin_ in bins:
        low, high = bin_.interval
        yield svg.line(x(bin_.mean_confidence), y(low), x(bin_.mean_confidence), y(high), "spread")
    points = [(x(bin_.mean_confidence), y(bin_.answerable_share)) for bin_ in bins]
    yield svg.curve(points)
    yield from (svg.dot(*point) for point in points)


def _question_counts(bins: Sequence[ReliabilityBin], x: Scale, top: float, bottom: float) -> Iterator[Html]:
    """Bars of how many questions each bin has: the answerable ones below, the others on top of them."""
    most = max((bin_.questions for bin_ in bins), default=1)
    height = Scale(0, most, bottom, top + 14)
    for bin_ in bins:
        left, width = x(bin_.low) + 1.5, x(bin_.high) - x(bin_.low) - 3
        yield svg.bar(left, height(bin_.answerable), width, bottom, "answerable")
        yield svg.bar(left, height(bin_.questions), width, height(bin_.answerable), "unanswerable")
        yield svg.letters(left + width / 2, height(bin_.questions) - 4, str(bin_.questions), "count", "middle")
    yield svg.line(LEFT, bottom, RIGHT, bottom, "base")


def precision_chart(points: Sequence[ThresholdPoint], threshold: float) -> Html:
    """Precision against the share of answerable questions answered, as the threshold rises from right to left.

    Args:
        points: of `assistant.evaluation.calibration.precision_coverage_curve`.
        threshold: the chosen one; the tenths above it are marked, too.
    """
    lowest = max(0.0, floor(min((point.precision for point in points), default=0.0) * 10 - 1) / 10)
    x, y = Scale(0, 1, LEFT, RIGHT), Scale(lowest, 1, 314, 24)
    parts = [
        *svg.grid(x, y, _FIFTHS, [tenth for tenth in _TENTHS if tenth >= lowest]),
        _interval_band(points, x, y),
        svg.curve([(x(point.coverage), y(point.precision)) for point in points]),
        *_threshold_dots(points, threshold, x, y),
        *svg.x_labels(x, _FIFTHS, 330, svg.percent),
        svg.letters(LEFT, 14, "right, of all answered", "axis"),
        svg.letters(RIGHT, 348, "answered, of the answerable", "axis", "end"),
    ]
    in_words = "; ".join(
        f"threshold {step:.2f}: {point.coverage:.0%} answered, {point.precision:.1%} right"
        for step, point in threshold_steps(points, threshold)
    )
    return svg.drawing("precision", 354, "Precision against answered share", f"{in_words}.", parts)


def _threshold_dots(points: Sequence[ThresholdPoint], threshold: float, x: Scale, y: Scale) -> Iterator[Html]:
    """The marked thresholds; their labels stand below the curve, and where two would overlap only the first."""
    labelled_x = labelled_y = float(CHART_WIDTH)
    for step, point in threshold_steps(points, threshold):
        point_x, point_y, is_chosen = x(point.coverage), y(point.precision), step == threshold
        yield svg.dot(point_x, point_y, "chosen" if is_chosen else "stop")
        has_room = labelled_x - point_x > _MIN_LABEL_DISTANCE or labelled_y - point_y > _MIN_LABEL_DISTANCE
        if is_chosen or has_room:
            label, kind = (f"threshold {step:.2f}", "mark") if is_chosen else (f"{step:.1f}", "count")
            yield svg.letters(point_x - 4, point_y + 16, label, kind, "end")
            labelled_x, labelled_y = point_x, point_y


def _interval_band(points: Sequence[ThresholdPoint], x: Scale, y: Scale) -> Html:
    """The 95% intervals of the precision, each point's by itself, cut off at the end of the axis."""
    upper = [(x(point.coverage), y(point.interval[1])) for point in points]
    lower = [(x(point.coverage), y(max(y.low, point.interval[0]))) for point in reversed(points)]
    return tag("polygon", points=svg.point_list([*upper, *lower]), class_="band")


def latency_chart(seconds: Sequence[float], median: float, p95: float) -> Html:
    """A histogram of times; the axis is logarithmic where they are far apart.

    Args:
        seconds: of each question, above 0.
        median: of them, in seconds.
        p95: their 95th percentile, in seconds.
    """
    x = _time_axis(seconds)
    counts = _histogram([x(time) for time in seconds])
    most = max(counts, default=1)
    count_ticks = [number for number in svg.round_numbers(0, most, 4) if number == int(number)]
    y = Scale(0, max(most, *count_ticks), 204, 44)
    parts = [
        *svg.grid(x, y, (), count_ticks, lambda value: f"{value:.0f}"),
        *_histogram_bars(counts, y),
        svg.line(LEFT, y(0), RIGHT, y(0), "base"),
        *svg.x_labels(x, svg.ticks(x), 220, format_duration),
        *svg.marker(x(median), 18, 204, f"median {format_duration(median)}"),
        *svg.marker(x(p95), 32, 204, f"95% within {format_duration(p95)}", 28),
        svg.letters(RIGHT, 238, "time to the whole answer", "axis", "end"),
    ]
    in_words = (
        f"{count_noun(len(seconds), 'question')}: median {format_duration(median)}, 95% within {format_duration(p95)}."
    )
    return svg.drawing("latency", 244, "Distribution of the latency", in_words, parts)


def _time_axis(seconds: Sequence[float]) -> Scale:
    """An axis that holds all the times with a little room."""
    least, most = min(seconds), max(seconds)
    if most / least > _LOGARITHMIC_RATIO:
        return Scale(least / 1.1, most * 1.1, LEFT, RIGHT, logarithmic=True)
    room = (most - least or most) * 0.04
    return Scale(max(0.0, least - room), most + room, LEFT, RIGHT)


def _histogram(positions: Sequence[float], count: int = 25) -> list[int]:
    """How many positions lie in each of ``count`` equal ranges of the axis."""
    edges = [LEFT + (RIGHT - LEFT) * n / count for n in range(1, count)]
    bins = [bisect_right(edges, position) for position in positions]
    return [bins.count(n) for n in range(count)]


def _histogram_bars(counts: Sequence[int], y: Scale) -> Iterator[Html]:
    width = (RIGHT - LEFT) / len(counts)
    for number, count in enumerate(counts):
        if count:
            yield svg.bar(LEFT + number * width + 0.75, y(count), width - 1.5, y(0), "answerable")
