"""The report's comparison with an earlier run: the metrics of both, and the questions that changed."""

from collections.abc import Mapping, Sequence

from assistant.evaluation.comparison import Comparison, MetricDifference, QuestionChange
from assistant.evaluation.report.wording import spaced_name
from assistant.rendering.html import Html, badge, count_noun, join_html, scrolling_table, tag

_P_VALUE_TEXT = "p is how likely chance alone makes a difference at least this large, by a paired permutation test."
_MIN_P_VALUE = 0.001  # a smaller one isn't worth its digits


def comparison_section(comparison: Comparison, links: Mapping[str, str]) -> Html:
    """The section.

    Args:
        comparison: with the earlier run.
        links: to the questions on the page, by their ids.
    """
    heads = ("figure", "before", "now", "difference", "questions", "p", "verdict")
    counts = f"{count_noun(comparison.added, 'question is', 'questions are')} new, {comparison.gone:,} gone."
    caption = "Figures of both runs, over the questions that both have"
    return tag(
        "section",
        tag("h2", f"Compared with: {comparison.earlier_title}", id="compared"),
        tag("p", f"{_P_VALUE_TEXT} {counts}"),
        scrolling_table(caption, heads, map(_difference_row, comparison.differences)),
        _changes_list(comparison.changes, links),
    )


def _difference_row(difference: MetricDifference) -> tuple[str, ...]:
    change = f"{difference.after - difference.before:+.3f}".replace("+0.000", "0.000")
    p_value = f"{difference.p_value:.3f}" if difference.p_value >= _MIN_P_VALUE else f"under {_MIN_P_VALUE}"
    return (
        spaced_name(difference.name),
        f"{difference.before:.3f}",
        f"{difference.after:.3f}",
        change,
        f"{difference.questions:,}",
        p_value,
        _difference_badge(difference),
    )


def _difference_badge(difference: MetricDifference) -> Html:
    if difference.is_unchanged:
        return badge("the same", "quiet")
    if not difference.is_beyond_chance:
        return badge("may be chance", "quiet")
    return badge("better", "good") if difference.after > difference.before else badge("worse", "bad")


def _changes_list(changes: Sequence[QuestionChange], links: Mapping[str, str]) -> Html:
    if not changes:
        return tag("p", "No question changed.")
    worst_first = sorted(changes, key=lambda change: change.gain)
    items = (_change_item(change, links.get(change.id)) for change in worst_first)
    head = tag("h3", f"{count_noun(len(changes), 'question')} changed, those that lost most first")
    return join_html([head, tag("ul", *items, class_="changes")])


def _change_item(change: QuestionChange, link: str | None) -> Html:
    moves = ", ".join(
        f"{spaced_name(name)} {before:.2f} → {after:.2f}" for name, (before, after) in change.scores.items()
    )
    sign = badge("better", "good") if change.is_better else badge("worse", "bad")
    question = tag("a", change.question or change.id, href=link)
    details = tag("small", f"{change.id} · {moves}")
    return tag("li", tag("span", sign), tag("span", question, details, class_="asked"))
