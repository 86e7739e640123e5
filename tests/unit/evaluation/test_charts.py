from typing import Any

import pytest
from lxml import etree

from assistant.evaluation.calibration import ReliabilityBin, ThresholdPoint
from assistant.evaluation.report.charts import latency_chart, precision_chart, reliability_chart

LEFT, WIDE = 36, 344  # the axis from 0 to 1 in both square charts


def parse_svg(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def of_class(root: etree._Element, kind: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in elements_of(root, "*", kind)]


def words(root: etree._Element, kind: str) -> list[str]:
    return [element.text for element in elements_of(root, "text", kind)]


def elements_of(root: etree._Element, name: str, kind: str) -> Any:
    return root.xpath(f"//{name}[@class='{kind}']")


BINS = [ReliabilityBin(0.2, 0.3, 4, 1, 0.25), ReliabilityBin(0.9, 1.0, 10, 10, 0.95)]


def test_a_point_stands_where_expected_and_observed_meet() -> None:
    """A bin's point has its mean score for x and its answerable share for y, on axes from 0 to 1."""
    first, second = of_class(parse_svg(reliability_chart(BINS, 0.45)), "dot")
    assert (LEFT + 0.25 * WIDE, 368 - 0.25 * WIDE) == (float(first["cx"]), float(first["cy"]))
    assert (LEFT + 0.95 * WIDE, 368 - WIDE) == pytest.approx((float(second["cx"]), float(second["cy"])))


def test_the_diagonal_goes_from_corner_to_corner() -> None:
    """It joins 0, 0 with 1, 1."""
    (line,) = of_class(parse_svg(reliability_chart(BINS, 0.45)), "diagonal")
    assert ["36", "368", "380", "24"] == [line[name] for name in ("x1", "y1", "x2", "y2")]


def test_the_threshold_is_a_line_with_its_number() -> None:
    """The chosen threshold is drawn at its score."""
    root = parse_svg(reliability_chart(BINS, 0.45))
    line, _ = of_class(root, "mark")
    assert (line["x1"], line["x2"]) == ("190.8", "190.8")
    assert words(root, "mark") == ["threshold 0.45"]


def test_the_bars_show_how_many_questions_a_bin_holds() -> None:
    """The tallest bar is of the fullest bin; the answerable ones are the lower part, the count stands above."""
    root = parse_svg(reliability_chart(BINS, 0.45))
    low, high = [
        [float(element["height"]) for element in of_class(root, kind)] for kind in ("answerable", "unanswerable")
    ]
    assert low == pytest.approx([6.2, 62.0])
    assert high == pytest.approx([18.6, 0.0])
    assert words(root, "count") == ["4", "10"]


def test_a_chart_is_an_image_with_words_for_it() -> None:
    """Title and description are tied to the image, and the description holds the numbers."""
    root = parse_svg(reliability_chart(BINS, 0.45))
    ids = [root.findtext("title"), root.findtext("desc")]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "reliability-title reliability-told"
    assert ids[0] == "Reliability of the score"
    assert "scores 0.2 to 0.3: expected 0.25, observed 0.25 of 4 questions" in str(ids[1])


def test_an_empty_diagram_has_axes_alone() -> None:
    """Without bins the frame and the threshold are drawn, and no point."""
    root = parse_svg(reliability_chart([], 0.4))
    assert of_class(root, "dot") == []
    assert words(root, "mark") == ["threshold 0.40"]


POINTS = [ThresholdPoint(0.9, 0.25, 1, 1), ThresholdPoint(0.7, 0.5, 2, 2), ThresholdPoint(0.5, 0.75, 4, 3)]


def test_the_curve_goes_through_coverage_and_precision() -> None:
    """Across is the share answered, upwards the share right on an axis that starts a tenth or two below the least."""
    (curve,) = of_class(parse_svg(precision_chart(POINTS, 0.45)), "curve")
    assert ["122,24", "208,24", "294,205.25"] == curve["points"].split()  # .75 on an axis from .6 to 1, 290 high


def test_the_chosen_threshold_is_marked_on_the_curve() -> None:
    """The filled point is what the chosen threshold answered; the tenths above it are open points."""
    root = parse_svg(precision_chart(POINTS, 0.45))
    (chosen,) = of_class(root, "chosen")
    assert (chosen["cx"], chosen["cy"]) == ("294", "205.25")
    assert {"294", "208", "122"} == {element["cx"] for element in of_class(root, "stop")}
    assert words(root, "mark") == ["threshold 0.45"]


def test_labels_of_near_points_are_left_out() -> None:
    """.5 falls on the chosen threshold's own point, and .6 on that of .7: one label each."""
    assert words(parse_svg(precision_chart(POINTS, 0.45)), "count") == ["0.6", "0.8"]


def test_the_band_stays_on_the_axis() -> None:
    """However wide an interval is, it isn't drawn below the axis."""
    (band,) = of_class(parse_svg(precision_chart([ThresholdPoint(0.9, 1.0, 1, 1)], 0.45)), "band")
    heights = [float(point.split(",")[1]) for point in band["points"].split()]
    assert heights == [24, 314]


def test_times_are_counted_where_they_lie() -> None:
    """Ten equal times and one twice as long: two bars, one ten times as high as the other."""
    root = parse_svg(latency_chart([0.01] * 10 + [0.02], 0.01, 0.02))
    left, right = [(float(element["x"]), float(element["height"])) for element in of_class(root, "answerable")]
    assert left[0] < right[0]
    assert left[1] == pytest.approx(right[1] * 10)


def test_median_and_tail_are_marked() -> None:
    """Both lines stand at their values, on an axis that reaches from .0096 to .0204 s."""
    root = parse_svg(latency_chart([0.01] * 10 + [0.02], 0.01, 0.02))
    median, p95 = [float(element["x1"]) for element in of_class(root, "mark") if "x1" in element]
    assert (median, p95) == pytest.approx((LEFT + WIDE * 0.04 / 1.08, LEFT + WIDE * 1.04 / 1.08), abs=0.01)
    assert words(root, "mark") == ["median 10 ms", "95% within 20 ms"]


def test_times_far_apart_get_a_logarithmic_axis() -> None:
    """From 10 ms to 10 s equal distances are equal factors: 10, 100 ms and 1 s are as far from one another."""
    root = parse_svg(latency_chart([0.01, 0.1, 1.0, 10.0], 0.55, 10.0))
    ticks = {label.text: float(label.get("x")) for label in elements_of(root, "text", "tick")}
    assert pytest.approx(ticks["100 ms"] - ticks["10 ms"], abs=0.02) == ticks["1 s"] - ticks["100 ms"]
    assert len(ticks) <= 8 + 2  # with those of the upright axis


@pytest.mark.parametrize("seconds", [[0.02], [3.0, 3.0], [1e-6, 1000.0]])
def test_odd_times_are_drawn(seconds: list[float]) -> None:
    """One time, equal ones and extreme ones give a drawing within its frame."""
    bars = of_class(parse_svg(latency_chart(seconds, seconds[0], seconds[-1])), "answerable")
    assert bars
    assert all(36 <= float(element["x"]) <= 380 for element in bars)
