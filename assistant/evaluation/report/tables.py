"""The scorecard as people read it: tables on a terminal, plain text in a pipe, Markdown in a pull request."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.evaluation.comparison import Comparison, MetricDifference
from assistant.evaluation.metrics import (
    REFUSED_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    Metrics,
    ScoredAnswer,
    compute_metrics,
)
from assistant.evaluation.report.wording import interval_text
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNT_SCORES
from assistant.evaluation.statistics import Interval, bootstrap_intervals
from assistant.rendering.terminal import sanitize

_TAG_COLUMNS = {
    "facts": "facts",
    "citation_recall": "recall",
    "citation_precision": "precision",
    "quotes_exact": "exact quotes",
    REFUSED_ANSWERABLE: "refused wrongly",
    REFUSED_UNANSWERABLE: "refused rightly",
}
_MAX_LINE_CHARS = 300  # of an answer or a sentence
_MAX_MARKDOWN_ITEMS = 50  # failures, and changed questions: a comment on a pull request is bounded
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=mailto):|(?<=www)\.", re.IGNORECASE)

Row = tuple[str, ...]


def print_scorecard(card: Scorecard, console: Console, comparison: Comparison | None = None) -> None:
    """Prints the tables, the failures, what changed, and the verdict."""
    _print_line(console, card.title)
    for heads, rows in _tables(card):
        _print_table(console, heads, rows)
    for result in card.failures:
        for line in _failure_lines(result):
            _print_line(console, line)
    for line in _comparison_lines(comparison) if comparison else ():
        _print_line(console, line)
    for line in _verdict_lines(card):
        _print_line(console, line)


def scorecard_markdown(card: Scorecard, comparison: Comparison | None = None) -> str:
    """The scorecard for a pull request: the verdict, the tables, and folded what changed and what failed."""
    lines = [f"### {_escape(card.title)}", "", *(f"**{_escape(line)}**" for line in _verdict_lines(card)), ""]
    for heads, rows in _tables(card):
        lines += [_markdown_row(heads), _markdown_row(["---", *["---:"] * (len(heads) - 1)])]
        lines += [*map(_markdown_row, rows), ""]
    if comparison:
        lines += _folded("What changed", list(_comparison_lines(comparison, _MAX_MARKDOWN_ITEMS)))
    if card.failures:
        failures = [line for result in card.failures[:_MAX_MARKDOWN_ITEMS] for line in _failure_lines(result)]
        lines += _folded(f"{len(card.failures)} failures", failures)
    return "\n".join(lines)


def _tables(card: Scorecard) -> Iterator[tuple[Row, list[Row]]]:
    """Each table's heads and rows."""
    if card.results_by_tag:
        yield ("tag", "questions", *_TAG_COLUMNS.values()), list(_tag_rows(card))
    names = [name for name in card.metrics if not card.results_by_tag or name not in _TAG_COLUMNS]
    yield (
        ("figure", "value", "95% interval"),
        [(name, _value_text(name, card.metrics[name]), interval_text(card.intervals.get(name))) for name in names],
    )
    if card.judge_metrics:
        heads = ("judged by the model, no part of the gate", "value")
        yield heads, [(name, _value_text(name, value)) for name, value in card.judge_metrics.items()]


def _tag_rows(card: Scorecard) -> Iterator[Row]:
    for tag, results in card.results_by_tag.items():
        yield _tag_row(tag, results, compute_metrics(results), bootstrap_intervals(results))
    yield _tag_row("all", card.results, card.metrics, card.intervals)


def _tag_row(tag: str, results: Sequence[ScoredAnswer], metrics: Metrics, intervals: Mapping[str, Interval]) -> Row:
    cells = (
        f"{_value_text(name, metrics.get(name))} {interval_text(intervals.get(name))}".strip() for name in _TAG_COLUMNS
    )
    return tag, str(len({result.id for result in results})), *cells


def _failure_lines(result: ScoredAnswer) -> Iterator[str]:
    round_ = f" (round {result.round})" if result.round > 1 else ""
    yield f"Failed: {result.id}{round_}: {_bounded_line(result.question)}"
    yield f"  answer: {_bounded_line(result.answer.text)}"
    for citation in result.answer.citations:
        yield f"  [{citation.number}] {_bounded_line(citation.title)}: “{_bounded_line(citation.quote)}”"
    for name, score in result.scores.items():
        if score.why:
            yield f"  {name}: {_bounded_line(score.why)}"


def _comparison_lines(comparison: Comparison, max_changes: int | None = None) -> Iterator[str]:
    yield f"Compared with: {_bounded_line(comparison.earlier_title)}"
    for difference in comparison.differences:
        values = f"{difference.before:.3f} → {difference.after:.3f}"
        yield f"  {difference.name}: {values} over {difference.questions} questions: {_chance_text(difference)}"
    for change in comparison.changes[:max_changes]:
        sign = "better" if change.is_better else "worse "
        moves = ", ".join(f"{name} {before:.2f} → {after:.2f}" for name, (before, after) in change.scores.items())
        yield f"  {sign} {change.id}: {_bounded_line(change.question)} ({moves})"
    if comparison.added or comparison.gone:
        yield f"  {comparison.added} questions are new, {comparison.gone} are gone"
    if not comparison.changes:
        yield "  No question changed."


def _chance_text(difference: MetricDifference) -> str:
    if difference.is_unchanged:
        return "the same"
    verdict = "beyond chance" if difference.is_beyond_chance else "may be chance"
    return f"{verdict} (p = {difference.p_value:.3f})"


def _verdict_lines(card: Scorecard) -> Iterator[str]:
    if card.judge.unfinished:
        yield f"Judging did not finish: {card.judge.unfinished}"
    for lost in card.gate.lost:
        yield f"Worse than accepted: {lost}."
    for missed in card.gate.missed:
        yield f"Missed: {missed}."
    if card.unfinished:
        yield f"Not finished: {card.unfinished} The gate judges whole runs alone."
    elif not card.gate.missed:
        yield "Every threshold is met." if card.gate.thresholds else "There are no thresholds for this set."


def _print_table(console: Console, heads: Row, rows: Sequence[Row]) -> None:
    """A framed table on a terminal, aligned lines in a pipe."""
    if console.is_terminal:
        table = Table()
        for number, head in enumerate(heads):
            table.add_column(head, justify="right" if number else "left")
        for row in rows:
            table.add_row(*(Text(_bounded_line(cell)) for cell in row))
        console.print(table)
        return
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        _print_line(console, "  ".join((row[0].ljust(widths[0]), *numbers)))


def _print_line(console: Console, text: str) -> None:
    console.print(Text(sanitize(text)), soft_wrap=True)


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    """The Markdown lines of a block that is closed at first."""
    fenced = [sanitize(line).replace("```", "` ` `") for line in lines]
    return ["<details>", f"<summary>{title}</summary>", "", "```text", *fenced, "```", "", "</details>", ""]


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    """A text in which Markdown sees no markup, no link and no end of a table's cell."""
    return _MARKUP.sub(r"\\\g<0>", sanitize(text))


def _bounded_line(text: str) -> str:
    """A document's text on one line of bounded length, harmless to a terminal."""
    line = sanitize(text)
    return line if len(line) <= _MAX_LINE_CHARS else f"{line[: _MAX_LINE_CHARS - 1]}…"


def _value_text(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name.startswith("seconds"):
        return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.1f} s"
    return f"{value:.0f}" if name in AMOUNT_SCORES else f"{value:.3f}"
