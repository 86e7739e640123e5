"""The report's sections with a picture: how far to believe the score, what other thresholds would do, how long it took.

Each has its chart, what it says in words, and its numbers in a table.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean

from assistant.evaluation import calibration
from assistant.evaluation.calibration import Bin, Point, Scored
from assistant.evaluation.metrics import ScoredAnswer, times
from assistant.evaluation.report import charts
from assistant.evaluation.scorecard import Scorecard
from assistant.rendering.html import Html, count_noun, format_duration, html_table, join_html, tag

_BELIEVED = (
    "Each answer has a score: the chance that the documents answer its question, by the fitted model. Below the "
    "threshold of {threshold:.2f} it is refused. Where the score can be believed, the points lie on the dashed "
    "diagonal: of the questions scored 0.7, seven in ten can be answered. Upright lines are 95% intervals."
)
_RISK = (
    "As the threshold rises, fewer questions are answered (to the left), and those should be the surer ones "
    "(upwards): the risk-coverage curve of El-Yaniv and Wiener (2010), with precision for 1 − risk. An answer is "
    "right if nothing of it failed; to answer an unanswerable question is always wrong."
)
_COVERED = (
    "The curve covers thresholds from the chosen {threshold:.2f} upwards only: what this run refused has no answer to "
    "judge. What a lower threshold would do, only a run with it can tell."
)
_BANDED = "The shaded band is the 95% interval of each point by itself; at the far left it is wide, for few are left."
_TIMED = (
    "From the question to the whole answer: half took {median} or less, 95% took {p95} or less, the slowest {slowest}. "
    "Times depend on the machine and on what else it does; they are in no gate."
)


def reliability(card: Scorecard) -> Html:
    """Whether a score of .7 means that seven in ten such questions can be answered."""
    pairs = calibration.scored(card.marked)
    if not pairs:
        return _without("reliability", "Can the score be believed?", "No question was scored.")
    bins, threshold = calibration.binned(pairs), _threshold(card)
    words = (
        _BELIEVED.format(threshold=threshold),
        _errors(pairs, bins),
        _refused(card.marked),
        _left_out(len(card.marked) - len(pairs), "score"),
    )
    rows = [
        (f"{each.low:.1f}–{each.high:.1f}", f"{each.questions:,}", f"{each.answerable:,}", f"{each.expected:.2f}",
         f"{each.observed:.2f}", f"{each.interval[0]:.2f}–{each.interval[1]:.2f}")
        for each in bins
    ]  # fmt: skip
    heads = ("score", "questions", "answerable", "expected", "observed", "95% interval")
    key = join_html([_key(""), " answerable, ", _key(" other"), " unanswerable questions by score"])
    return _pair(
        ("reliability", "Can the score be believed?"),
        (charts.reliability(bins, threshold), key),
        words,
        html_table("The same in numbers", heads, rows, "numbers"),
    )


def _errors(pairs: Sequence[Scored], bins: Sequence[Bin]) -> str:
    share = fmean(true for _, true in pairs)
    error, brier = calibration.calibration_error(bins) or 0.0, calibration.brier(pairs) or 0.0
    return (
        f"The expected calibration error is {error:.3f}: so far the score and the observed share lie apart, in ten "
        "bins, averaged over the questions (Guo et al. 2017). The Brier score, the mean squared difference of score "
        f"and truth, is {brier:.3f}; to say {share:.2f} of every question, the share of answerable ones here, would "
        f"give {share * (1 - share):.3f}. Less is better in both."
    )


def _refused(marked: Sequence[ScoredAnswer]) -> str:
    could = [each.answer.refused for each in marked if each.answerable]
    not_ = [each.answer.refused for each in marked if not each.answerable]
    return (
        f"Of {count_noun(len(could), 'answerable question')} {sum(could):,} were refused; "
        f"of {count_noun(len(not_), 'unanswerable question')} {len(not_) - sum(not_):,} were answered."
    )


def _left_out(count: int, wanted: str) -> str:
    return (
        f"Not drawn, for want of a {wanted}: {count_noun(count, 'question')} that could not be asked." if count else ""
    )


def precision(card: Scorecard) -> Html:
    """What a higher threshold would win and lose."""
    points, threshold = calibration.sweep(card.marked), _threshold(card)
    if not points:
        why = "There is no curve: nothing was answered, or no question is answerable."
        return _without("precision", "What would another threshold do?", why)
    words = (_RISK, _COVERED.format(threshold=threshold), _BANDED)
    heads = ("threshold", "coverage", "answered", "right", "95% interval")
    rows = [_stop(step, each) for step, each in calibration.stops(points, threshold)]
    return _pair(
        ("precision", "What would another threshold do?"),
        (charts.precision(points, threshold), f"The filled point is the chosen threshold, {threshold:.2f}."),
        words,
        html_table("The same in numbers; coverage is the share of the answerable ones", heads, rows, "numbers"),
    )


def _stop(step: float, each: Point) -> tuple[str, ...]:
    low, high = each.interval
    return f"{step:.2f}", f"{each.coverage:.1%}", f"{each.answered:,}", f"{each.precision:.1%}", f"{low:.1%}–{high:.1%}"


def latency(card: Scorecard) -> Html:
    """How long the answers took."""
    seconds = sorted(each.seconds for each in card.marked if each.seconds > 0)
    if not seconds:
        return _without("latency", "How long did it take?", "No answer's time was taken.")
    median, p95 = (value or 0.0 for value in times(seconds).values())
    words = (
        _TIMED.format(median=format_duration(median), p95=format_duration(p95), slowest=format_duration(seconds[-1])),
        _left_out(len(card.marked) - len(seconds), "time"),
    )
    rows = [
        ("fastest", format_duration(seconds[0])),
        ("median", format_duration(median)),
        ("95th percentile", format_duration(p95)),
        ("slowest", format_duration(seconds[-1])),
    ]
    return _pair(
        ("latency", "How long did it take?"),
        (charts.latency(seconds, median, p95), f"{count_noun(len(seconds), 'answer')} by the time they took."),
        words,
        html_table("The same in numbers", ("answer", "time"), rows, "numbers"),
    )


def _pair(head: tuple[str, str], drawn: tuple[Html, str], words: Iterable[str], numbers: Html) -> Html:
    """A section: its name and heading, its chart and caption on the left, words and numbers on the right."""
    chart, caption = drawn
    figure = tag("figure", chart, tag("figcaption", tag("small", caption)))
    told = tag("div", *(tag("p", each) for each in words if each), tag("div", numbers, class_="scroll"))
    return _section(*head, tag("div", figure, told, class_="pair"))


def _without(name: str, title: str, why: str) -> Html:
    return _section(name, title, tag("p", why))


def _section(name: str, title: str, body: Html) -> Html:
    return tag("section", tag("h2", title, id=name), body)


def _key(kind: str) -> Html:
    return tag("span", class_=f"key{kind}", aria_hidden="true")


def _threshold(card: Scorecard) -> float:
    return calibration.threshold_of(str(card.made_with.get("mode", "")))
