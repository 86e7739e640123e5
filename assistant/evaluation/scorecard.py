"""The scorecard: a run's figures, judged and shown."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.errors import CasesError
from assistant.evaluation.measures import (
    Asked,
    CaseResult,
    Figures,
    QuestionResult,
    case_figures,
    dataset_figures,
)
from assistant.showing import plain

Thresholds = Mapping[str, float]

_COLUMNS = (
    "facts",
    "cites",
    "citation_precision",
    "quotes_exact",
    "refused_answerable",
    "refused_unanswerable",
)
_HEADS = ("tag", "cases", "facts", "cites", "precision", "exact quotes", "refused wrongly", "refused rightly")
_LONGEST = 300  # characters of an answer or a sentence that a line shows


@dataclass(frozen=True)
class Scorecard:
    """A run over cases or over a data set, with what it had to reach."""

    title: str
    results: tuple[CaseResult, ...] | tuple[QuestionResult, ...]
    figures: Figures
    by_tag: Mapping[str, Figures]
    thresholds: Thresholds

    @property
    def missed(self) -> tuple[str, ...]:
        """In words, each threshold that its figure falls short of; one without a figure isn't judged."""
        return tuple(
            f"{name} is {_share(value)}, needs {_share(least)}"
            for name, least in self.thresholds.items()
            if (value := self.figures[name]) is not None and value < least
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "title": self.title,
            "figures": self.figures,
            "by_tag": dict(self.by_tag),
            "thresholds": dict(self.thresholds),
            "missed": list(self.missed),
            "results": [_record(result) for result in self.results],
        }


def cases_card(title: str, results: Sequence[CaseResult], thresholds: Thresholds) -> Scorecard:
    """The card of a run over cases, in total and by tag."""
    tags = sorted({tag for result in results for tag in result.case.tags})
    by_tag = {tag: case_figures([r for r in results if tag in r.case.tags]) for tag in tags}
    return Scorecard(title, tuple(results), case_figures(results), by_tag, thresholds)


def dataset_card(title: str, results: Sequence[QuestionResult], thresholds: Thresholds) -> Scorecard:
    """The card of a run over a data set."""
    return Scorecard(title, tuple(results), dataset_figures(results), {}, thresholds)


def load_thresholds(path: Path, dataset: str | None = None, *, mode: str = "quotes") -> Thresholds:
    """The least that each figure must be: of the cases in this mode, or of the data set with this name.

    Raises:
        CasesError: no TOML, a figure that doesn't exist, or a least that is no number; names file and field.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{path}: {error}. Put the file right; it ships with the package.") from None
    cases = "cases" if mode == "quotes" else f"cases_{mode}"
    section = f"datasets.{dataset}" if dataset else cases
    table = given.get("datasets", {}).get(dataset, {}) if dataset else given.get(cases, {})
    known = dataset_figures(()) if dataset else case_figures(())
    for name, least in table.items():
        if name not in known:
            raise CasesError(f"{path}: {section}.{name}: there is no such figure.")
        if isinstance(least, bool) or not isinstance(least, int | float):
            raise CasesError(f"{path}: {section}.{name}: a number is expected, not {least!r}.")
    return {name: float(least) for name, least in table.items()}


def show(card: Scorecard, console: Console) -> None:
    """Shows the card: tables on a terminal, aligned plain text in a pipe; the failures; the verdict."""
    _line(console, card.title)
    if card.by_tag:
        _table(console, _HEADS, list(_tag_rows(card)))
    names = [name for name in card.figures if not card.by_tag or name not in _COLUMNS]
    _table(console, ("figure", "value"), [(name, _shown(name, card.figures[name])) for name in names])
    for result in card.results:
        if isinstance(result, CaseResult) and result.failed:
            for line in _failure(result):
                _line(console, line)
    for miss in card.missed:
        _line(console, f"Missed: {miss}.")
    if not card.missed:
        _line(console, "Every threshold is met." if card.thresholds else "There are no thresholds for this set.")


def _tag_rows(card: Scorecard) -> Iterator[tuple[str, ...]]:
    for tag, figures in (*card.by_tag.items(), ("all", card.figures)):
        number = sum(tag == "all" or tag in r.case.tags for r in card.results if isinstance(r, CaseResult))
        yield tag, str(number), *(_shown(name, figures[name]) for name in _COLUMNS)


def _failure(result: CaseResult) -> Iterator[str]:
    yield f"\nFailed: {result.case.id}: {_clean(result.case.question)}"
    yield f"  answer: {_clean(result.answer.text)}"
    for citation in result.answer.citations:
        yield f"  [{citation.number}] {_clean(citation.title)}: “{_clean(citation.quote)}”"
    for name, score in result.scores.items():
        if score.why:
            yield f"  {name}: {_clean(score.why)}"


def _table(console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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
    console.print(Text(text), soft_wrap=True)


def _clean(text: str) -> str:
    """A document's text on one bounded line, harmless to a terminal."""
    line = plain(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value * 1000:.1f} ms" if name.startswith("seconds") else _share(value)


def _share(value: float) -> str:
    return f"{value:.3f}"


def _record(result: CaseResult | QuestionResult) -> dict[str, Any]:
    if isinstance(result, CaseResult):
        return {
            **asdict(result.case),
            "failed": result.failed,
            "scores": {name: asdict(score) for name, score in result.scores.items()},
            "seconds": result.seconds,
            "answer": result.answer.to_dict(),
        }
    return {
        "id": result.question.id,
        "question": result.question.text,
        "answerable": result.question.answerable,
        "evidence_sets": [_listed(evidence) for evidence in result.question.evidence_sets],
        "found": [_listed(hit) for hit in result.found],
        "everywhere": _asked(result.everywhere),
        "own": _asked(result.own),
    }


def _asked(asked: Asked | None) -> dict[str, Any] | None:
    if asked is None:
        return None
    cited = [_listed(span) for span in asked.cited]
    return {"cited": cited, "seconds": asked.seconds, "answer": asked.answer.to_dict()}


def _listed(evidence: Iterable[tuple[str, int]]) -> list[list[str | int]]:
    return [[document, number] for document, number in sorted(evidence)]
