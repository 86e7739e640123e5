"""The report's sections with a chart: is the confidence reliable, what would other thresholds do, how long did it take?

Each has its chart, what it shows in words, and its numbers in a table.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean

from assistant.evaluation import calibration
from assistant.evaluation.calibration import Prediction, ReliabilityBin, ThresholdPoint
from assistant.evaluation.metrics import ScoredAnswer, time_metrics
from assistant.evaluation.report import charts
from assistant.evaluation.scorecard import Scorecard
from assistant.rendering.html import Html, count_noun, format_duration, html_table, join_html, tag

_RELIABILITY_TEXT = (
    "Each answer has a score: the chance that the documents answer its question, by the fitted model. Below the "
    "threshold of {threshold:.2f} it is refused. Where the score can be believed, the points lie on the dashed "
    "diagonal: of the questions scored 0.7, seven in ten can be answered. Upright lines are 95% intervals."
)
_CURVE_TEXT = (
    "As the threshold rises, fewer questions are answered (to the left), and those should be the surer ones "
    "(upwards): the risk-coverage curve of El-Yaniv and Wiener (2010), with precision for 1 − risk. An answer is "
    "right if nothing of it failed; to answer an unanswerable question is always wrong."
)
_RANGE_TEXT = (
    "The curve covers thresholds from the chosen {threshold:.2f} upwards only: what this run refused has no answer to "
    "judge. What a lower threshold would do, only a run with it can tell."
)
_BAND_TEXT = (
    "The shaded band is the 95% interval of each point by itself; at the far left it is wide, for few are left."
)
_LATENCY_TEXT = (
    "From the question to the whole answer: half took {median} or less, 95% took {p95} or less, the slowest {slowest}. "
    "Times depend on the machine and on what else it does; they are in no gate."
)


def reliability_section(card: Scorecard) -> Html:
    """Whether a confidence of .7 means that seven in ten such questions can be answered."""
    pairs = calibration.predictions(card.results)
    if not pairs:
        return _section_without_chart("reliability", "Can the score be believed?", "No question was scored.")
    bins, threshold = calibration.reliability_bins(pairs), _threshold(card)
    paragraphs = (
        _RELIABILITY_TEXT.format(threshold=threshold),
        _error_text(pairs, bins),
        _refusal_text(card.results),
        _left_out_text(len(card.results) - len(pairs), "score"),
    )
    rows = [
        (
            f"{bin_.low:.1f}–{bin_.high:.1f}",
            f"{bin_.questions:,}",
            f"{bin_.answerable:,}",
            f"{bin_.mean_confidence:.2f}",
            f"{bin_.answerable_share:.2f}",
            f"{bin_.interval[0]:.2f}–{bin_.interval[1]:.2f}",
        )
        for bin_ in bins
    ]
    heads = ("score", "questions", "answerable", "expected", "observed", "95% interval")
    legend = join_html([_colour_key(""), " answerable, ", _colour_key(" other"), " unanswerable questions by score"])
    return _section_with_chart(
        ("reliability", "Can the score be believed?"),
        (charts.reliability_chart(bins, threshold), legend),
        paragraphs,
        html_table("The same in numbers", heads, rows, "numbers"),
    )


def _error_text(pairs: Sequence[Prediction], bins: Sequence[ReliabilityBin]) -> str:
    share = fmean(is_answerable for _, is_answerable in pairs)
    error = calibration.expected_calibration_error(bins) or 0.0
    brier_score = calibration.brier_score(pairs) or 0.0
    return (
        f"The expected calibration error is {error:.3f}: so far the score and the observed share lie apart, in ten "
        "bins, averaged over the questions (Guo et al. 2017). The Brier score, the mean squared difference of score "
        f"and truth, is {brier_score:.3f}; to say {share:.2f} of every question, the share of answerable ones here, "
        f"would give {share * (1 - share):.3f}. Less is better in both."
    )


def _refusal_text(results: Sequence[ScoredAnswer]) -> str:
    answerable = [result.answer.refused for result in results if result.answerable]
    unanswerable = [result.answer.refused for result in results if not result.answerable]
    return (
        f"Of {count_noun(len(answerable), 'answerable question')} {sum(answerable):,} were refused; of "
        f"{count_noun(len(unanswerable), 'unanswerable question')} {len(unanswerable) - sum(unanswerable):,} were "
        "answered."
    )


def _left_out_text(count: int, missing: str) -> str:
    """How many questions the chart leaves out for want of a score or a time; empty where it leaves out none."""
    if not count:
        return ""
    return f"Not drawn, for want of a {missing}: {count_noun(count, 'question')} that could not be asked."


def precision_section(card: Scorecard) -> Html:
    """What a higher threshold would win and lose."""
    points, threshold = calibration.precision_coverage_curve(card.results), _threshold(card)
    if not points:
        why = "There is no curve: nothing was answered, or no question is answerable."
        return _section_without_chart("precision", "What would another threshold do?", why)
    paragraphs = (_CURVE_TEXT, _RANGE_TEXT.format(threshold=threshold), _BAND_TEXT)
    heads = ("threshold", "coverage", "answered", "right", "95% interval")
    rows = [_threshold_row(step, point) for step, point in calibration.threshold_steps(points, threshold)]
    return _section_with_chart(
        ("precision", "What would another threshold do?"),
        (charts.precision_chart(points, threshold), f"The filled point is the chosen threshold, {threshold:.2f}."),
        paragraphs,
        html_table("The same in numbers; coverage is the share of the answerable ones", heads, rows, "numbers"),
    )


def _threshold_row(step: float, point: ThresholdPoint) -> tuple[str, ...]:
    low, high = point.interval
    shares = f"{point.coverage:.1%}", f"{point.answered:,}", f"{point.precision:.1%}"
    return f"{step:.2f}", *shares, f"{low:.1%}–{high:.1%}"


def latency_section(card: Scorecard) -> Html:
    """How long the answers took."""
    seconds = sorted(result.seconds for result in card.results if result.seconds > 0)
    if not seconds:
        return _section_without_chart("latency", "How long did it take?", "No answer's time was taken.")
    median, p95 = (value or 0.0 for value in time_metrics(seconds).values())
    slowest = format_duration(seconds[-1])
    paragraphs = (
        _LATENCY_TEXT.format(median=format_duration(median), p95=format_duration(p95), slowest=slowest),
        _left_out_text(len(card.results) - len(seconds), "time"),
    )
    rows = [
        ("fastest", format_duration(seconds[0])),
        ("median", format_duration(median)),
        ("95th percentile", format_duration(p95)),
        ("slowest", slowest),
    ]
    return _section_with_chart(
        ("latency", "How long did it take?"),
        (charts.latency_chart(seconds, median, p95), f"{count_noun(len(seconds), 'answer')} by the time they took."),
        paragraphs,
        html_table("The same in numbers", ("answer", "time"), rows, "numbers"),
    )


def _section_with_chart(
    name_and_title: tuple[str, str], chart_and_caption: tuple[Html, str], paragraphs: Iterable[str], numbers: Html
) -> Html:
    """A section with its chart and caption on the left, the words and numbers on the right."""
    chart, caption = chart_and_caption
    figure = tag("figure", chart, tag("figcaption", tag("small", caption)))
    text = tag("div", *(tag("p", words) for words in paragraphs if words), tag("div", numbers, class_="scroll"))
    return _section(*name_and_title, tag("div", figure, text, class_="pair"))


def _section_without_chart(name: str, title: str, why: str) -> Html:
    return _section(name, title, tag("p", why))


def _section(name: str, title: str, body: Html) -> Html:
    return tag("section", tag("h2", title, id=name), body)


def _colour_key(kind: str) -> Html:
    return tag("span", class_=f"key{kind}", aria_hidden="true")


def _threshold(card: Scorecard) -> float:
    return calibration.threshold_for_mode(str(card.made_with.get("mode", "")))
