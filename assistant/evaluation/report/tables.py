"""The scorecard as a person reads it: tables on a terminal, plain text in a pipe, Markdown in a pull request."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.evaluation.comparison import Change, Comparison, Difference
from assistant.evaluation.metrics import RIGHTLY, WRONGLY, Figures, ScoredAnswer, figures
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNTS
from assistant.evaluation.statistics import Interval, intervals
from assistant.rendering.terminal import sanitize

_COLUMNS = {
    "facts": "facts",
    "citation_recall": "recall",
    "citation_precision": "precision",
    "quotes_exact": "exact quotes",
    WRONGLY: "refused wrongly",
    RIGHTLY: "refused rightly",
}
_LONGEST = 300  # characters of an answer or a sentence that a line shows
_MOST = 50  # failures and changes that Markdown lists: a comment on a pull request has an end
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=mailto):|(?<=www)\.", re.IGNORECASE)

Row = tuple[str, ...]


def show(card: Scorecard, console: Console, comparison: Comparison | None = None) -> None:
    """Shows the card: tables, the failures, what changed, the verdict."""
    _line(console, card.title)
    for heads, rows in _tables(card):
        _table(console, heads, rows)
    for each in card.failures:
        for text in _failure(each):
            _line(console, text)
    for text in _comparison(comparison) if comparison else ():
        _line(console, text)
    for text in _verdict(card):
        _line(console, text)


def markdown(card: Scorecard, comparison: Comparison | None = None) -> str:
    """The card for a pull request: the verdict first, the tables, then what changed and what failed, folded."""
    lines = [f"### {_escaped(card.title)}", "", *(f"**{_escaped(text)}**" for text in _verdict(card)), ""]
    for heads, rows in _tables(card):
        lines += [_piped(heads), _piped(["---", *["---:"] * (len(heads) - 1)]), *map(_piped, rows), ""]
    if comparison:
        lines += _folded("What changed", list(_comparison(comparison, _MOST)))
    if card.failures:
        told = [text for each in card.failures[:_MOST] for text in _failure(each)]
        lines += _folded(f"{len(card.failures)} failures", told)
    return "\n".join(lines)


def _tables(card: Scorecard) -> Iterator[tuple[Row, list[Row]]]:
    if card.groups:
        yield ("tag", "questions", *_COLUMNS.values()), list(_tag_rows(card))
    names = [name for name in card.figures if not card.groups or name not in _COLUMNS]
    yield (
        ("figure", "value", "95% interval"),
        [(name, _shown(name, card.figures[name]), _interval(card.intervals.get(name))) for name in names],
    )
    if card.judgements:
        heads = ("judged by the model, no part of the gate", "value")
        yield heads, [(name, _shown(name, value)) for name, value in card.judgements.items()]


def _tag_rows(card: Scorecard) -> Iterator[Row]:
    for tag, group in card.groups.items():
        yield _row(tag, group, figures(group), intervals(group))
    yield _row("all", card.marked, card.figures, card.intervals)


def _row(tag: str, group: Sequence[ScoredAnswer], found: Figures, chance: Mapping[str, Interval]) -> Row:
    cells = (f"{_shown(name, found.get(name))} {_interval(chance.get(name))}".strip() for name in _COLUMNS)
    return tag, str(len({each.id for each in group})), *cells


def _failure(each: ScoredAnswer) -> Iterator[str]:
    again = f" (round {each.round})" if each.round > 1 else ""
    yield f"Failed: {each.id}{again}: {_clean(each.question)}"
    yield f"  answer: {_clean(each.answer.text)}"
    for citation in each.answer.citations:
        yield f"  [{citation.number}] {_clean(citation.title)}: “{_clean(citation.quote)}”"
    for name, score in each.scores.items():
        if score.why:
            yield f"  {name}: {_clean(score.why)}"


def _comparison(found: Comparison, most: int | None = None) -> Iterator[str]:
    yield f"Compared with: {_clean(found.title)}"
    for each in found.differences:
        yield f"  {each.name}: {each.before:.3f} → {each.after:.3f} over {each.questions} questions: {_chance(each)}"
    for change in found.changes[:most]:
        yield f"  {_sign(change)} {change.id}: {_clean(change.question)} ({_moves(change)})"
    if found.added or found.gone:
        yield f"  {found.added} questions are new, {found.gone} are gone"
    if not found.changes:
        yield "  No question changed."


def _chance(each: Difference) -> str:
    if each.before == each.after and each.chance == 1:
        return "the same"
    return f"{'beyond chance' if each.is_beyond_chance else 'may be chance'} (p = {each.chance:.3f})"


def _sign(change: Change) -> str:
    return "better" if change.is_better else "worse "


def _moves(change: Change) -> str:
    return ", ".join(f"{name} {before:.2f} → {after:.2f}" for name, (before, after) in change.scores.items())


def _verdict(card: Scorecard) -> Iterator[str]:
    if card.judged.unfinished:
        yield f"Judging did not finish: {card.judged.unfinished}"
    for lost in card.gate.lost:
        yield f"Worse than accepted: {lost}."
    for miss in card.gate.missed:
        yield f"Missed: {miss}."
    if card.unfinished:
        yield f"Not finished: {card.unfinished} The gate judges whole runs alone."
    elif not card.gate.missed:
        yield "Every threshold is met." if card.gate.thresholds else "There are no thresholds for this set."


def _table(console: Console, heads: Row, rows: Sequence[Row]) -> None:
    if console.is_terminal:
        table = Table()
        for number, head in enumerate(heads):
            table.add_column(head, justify="right" if number else "left")
        for row in rows:
            table.add_row(*(Text(_clean(cell)) for cell in row))
        console.print(table)
        return
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        _line(console, "  ".join((row[0].ljust(len(first)), *others)))


def _line(console: Console, text: str) -> None:
    console.print(Text(sanitize(text)), soft_wrap=True)


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    fenced = [sanitize(line).replace("```", "` ` `") for line in lines]
    return ["<details>", f"<summary>{title}</summary>", "", "```text", *fenced, "```", "", "</details>", ""]


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    """A text in which nothing is markup, a link or the end of a table's cell."""
    return _MARKUP.sub(r"\\\g<0>", sanitize(text))


def _clean(text: str) -> str:
    """A document's text on one bounded line, harmless to a terminal."""
    line = sanitize(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name.startswith("seconds"):
        return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.1f} s"
    return f"{value:.0f}" if name in AMOUNTS else f"{value:.3f}"


def _interval(ends: Interval | None) -> str:
    return f"({ends[0]:.2f}–{ends[1]:.2f})" if ends else ""
