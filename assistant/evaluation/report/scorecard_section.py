"""The report's scorecard: the metrics with their intervals and thresholds, by tag, and as a model judged."""

from collections.abc import Mapping, Sequence

from assistant.evaluation.metrics import (
    REFUSAL_BALANCED,
    REFUSED_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    Metrics,
    ScoredAnswer,
    compute_metrics,
)
from assistant.evaluation.report.wording import format_value, interval_text, spaced_name
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNT_SCORES
from assistant.evaluation.statistics import Interval, bootstrap_intervals
from assistant.rendering.html import Html, join_html, scrolling_table, tag

_MEANINGS = {
    "facts": "answers that say all they must, and nothing that they must not",
    "forbidden": "answers that say nothing they must not",
    "citation_recall": "statements with a citation that bears the case out",
    "citation_precision": "citations that bear the case out",
    "number_accuracy": "figures and dates that stand in the sentences cited for them",
    "verdicts": "what the check said of the statements: supported 1, partial ½",
    "quotes_exact": "citations whose offsets give exactly their quote",
    "answered": "answerable questions that were answered",
    "evidence_hit": "answers that cite any evidence",
    REFUSED_ANSWERABLE: "answerable questions that were refused: less is better",
    REFUSED_UNANSWERABLE: "unanswerable questions that were refused",
    REFUSAL_BALANCED: "balanced accuracy of refusing",
    "seconds_median": "half of the answers took no longer",
    "seconds_p95": "95% of the answers took no longer",
    "tokens": "read and written by the model for an answer, on average",
}
_TAG_COLUMNS = (
    "facts", "citation_recall", "citation_precision", "quotes_exact", REFUSED_ANSWERABLE, REFUSED_UNANSWERABLE
)  # fmt: skip
_TILES = (
    "facts", "citation_recall", "citation_precision", "first_1", "own_evidence_hit", REFUSAL_BALANCED, "quotes_exact"
)  # fmt: skip


def metric_tiles(card: Scorecard) -> Html:
    """The few metrics that say most, and how many questions failed."""
    metrics = [
        tag(
            "li",
            tag("b", format_value(name, card.metrics[name])),
            tag("span", spaced_name(name)),
            tag("small", interval_text(card.intervals.get(name))),
        )
        for name in _TILES
        if card.metrics.get(name) is not None
    ]
    failed = tag(
        "li",
        tag("b", f"{len(card.failures):,}"),
        tag("span", "failed"),
        tag("small", f"of {len(card.results):,} answers"),
    )
    return tag("ul", *metrics, failed, class_="tiles")


def scorecard_section(card: Scorecard) -> Html:
    """All metrics, those by tag, and the judging model's."""
    thresholds = card.gate.thresholds
    rows = [
        (
            join_html([spaced_name(name), tag("small", _MEANINGS.get(name, ""))]),
            _metric_cell(name, value, card.intervals.get(name), thresholds.get(name)),
            f"{thresholds[name]:.3f}" if name in thresholds else "",
        )
        for name, value in card.metrics.items()
    ]
    legend = "Thin lines on the bars are bootstrap 95% intervals, upright strokes what the gate needs."
    return tag(
        "section",
        tag("h2", "Scorecard", id="scorecard"),
        scrolling_table(legend, ("figure", "value", "needs"), rows, "figures"),
        _tag_table(card) if card.results_by_tag else Html(),
        _judge_table(card.judge_metrics) if card.judge_metrics else Html(),
    )


def _tag_table(card: Scorecard) -> Html:
    heads = ("tag", "questions", *map(spaced_name, _TAG_COLUMNS))
    rows = [
        _tag_row(name, results, compute_metrics(results), bootstrap_intervals(results))
        for name, results in card.results_by_tag.items()
    ]
    rows.append(_tag_row("all", card.results, card.metrics, card.intervals))
    return join_html([tag("h3", "By tag"), scrolling_table("A question may have several tags", heads, rows, "tags")])


def _tag_row(
    name: str, results: Sequence[ScoredAnswer], metrics: Metrics, intervals: Mapping[str, Interval]
) -> tuple[str, ...]:
    cells = (_metric_cell(column, metrics.get(column), intervals.get(column)) for column in _TAG_COLUMNS)
    return name, f"{len({result.id for result in results}):,}", *cells


def _judge_table(metrics: Metrics) -> Html:
    rows = [(name, _metric_cell(name, value, None)) for name, value in metrics.items()]
    return scrolling_table("As judged by the model; it has no say in the gate", ("judgement", "share"), rows)


def _metric_cell(name: str, value: float | None, interval: Interval | None, threshold: float | None = None) -> Html:
    """A value, its interval in brackets, and for a share both as a bar with the threshold."""
    text = join_html([format_value(name, value), " ", tag("small", interval_text(interval))])
    if value is None or name in AMOUNT_SCORES or name.startswith("seconds"):
        return tag("span", text, class_="share")
    marks = [tag("i", style=f"--l:{interval[0]:.3f};--h:{interval[1]:.3f}")] if interval else []
    marks += [tag("u", style=f"--n:{threshold:.3f}")] if threshold is not None else []
    cost = " cost" if name == REFUSED_ANSWERABLE else ""
    return tag(
        "span",
        text,
        tag("span", *marks, class_=f"bar{cost}", style=f"--v:{value:.3f}", aria_hidden="true"),
        class_="share",
    )
