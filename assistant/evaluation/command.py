"""What ``assistant eval`` does: runs, shows, writes, and says whether the gate is open."""

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from assistant import paths as resources
from assistant.errors import CasesError
from assistant.evaluation import gate
from assistant.evaluation.comparison import compare, load_run
from assistant.evaluation.jobs import Manner, bundled, carry_out, dataset, spreadsheet
from assistant.evaluation.report.junit import junit
from assistant.evaluation.report.page import page
from assistant.evaluation.report.tables import markdown, show
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.spreadsheets import sheet_of

INTERRUPTED = 130


@dataclass(frozen=True)
class EvalOptions:
    """What ``assistant eval`` was asked for, a field for each of its options."""

    cases: tuple[Path, ...] = ()  # YAML files and folders of cases for the bundled corpus; else the bundled ones
    dataset: Path | None = None  # a folder with corpus.jsonl and questions.jsonl, or with questions.csv and documents
    only: str | None = None  # the tag of the cases to run
    maximum: int | None = None  # so many questions at most, a sample drawn with a fixed seed
    repeat: int = 1  # rounds, for models that vary
    workers: int = 1  # questions at a time
    json_file: Path | None = None
    junit_file: Path | None = None
    markdown_file: Path | None = None
    report: Path | None = None  # a folder for the HTML page
    compare: Path | None = None  # an earlier --json
    accept: bool = False  # make this the run that later ones are held against
    judge: bool = False  # ask the model what it thinks of the answers, beside the gate


def evaluate(options: EvalOptions, console: Console | None = None) -> int:
    """What ``assistant eval`` does: runs, shows the scorecard, writes what is wished, and says whether all is met.

    Returns:
        The exit code: 0, 1 when the gate is shut, 130 when it was interrupted.

    Raises:
        CasesError: malformed cases or data, or options that don't go together.
    """
    _check(options)
    earlier = load_run(options.compare) if options.compare else None
    card = run(options)
    comparison = compare(card, earlier) if earlier else None
    show(card, console or Console(), comparison)
    if options.json_file:
        _write(options.json_file, json.dumps(card.to_dict(), ensure_ascii=False, indent=1) + "\n")
    if options.junit_file:
        _write(options.junit_file, junit(card))
    if options.markdown_file:
        _write(options.markdown_file, markdown(card, comparison))
    if options.report:
        options.report.mkdir(exist_ok=True)
        _write(options.report / "index.html", page(card, comparison))
    if options.accept:
        _accept(card)
    return INTERRUPTED if card.interrupted else 0 if card.passed else 1


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")


def _check(options: EvalOptions) -> None:
    if options.dataset and options.cases:
        raise CasesError("A data set brings its own questions: leave out CASES, or --dataset.")
    if options.accept and (options.cases or options.dataset or options.only or options.maximum):
        raise CasesError("--accept takes a run over all bundled cases: leave out what narrows it.")
    files = filter(None, (options.json_file, options.junit_file, options.markdown_file))
    for path in (*files, *filter(None, [options.report])):
        if not path.resolve().parent.is_dir():
            raise CasesError(f"{path}: its folder doesn't exist. Make it, or name another file.")
        if path.exists() and path.is_dir() != (path == options.report):
            raise CasesError(f"{path}: --report takes a folder, the others a file. Name another.")


def run(options: EvalOptions) -> Scorecard:
    """Asks and marks all that the options name."""
    given, narrowed = options.dataset, (options.only, options.maximum)
    how = Manner(options.repeat, options.workers, options.judge)
    if given is None:
        return carry_out(bundled(options.cases, *narrowed), how)
    if sheet := sheet_of(given):
        return carry_out(spreadsheet(sheet, *narrowed), how)
    if options.only:
        raise CasesError("The questions of this data set have no tags: leave out --only.")
    return carry_out(dataset(given, options.maximum), how)


def _accept(card: Scorecard) -> None:
    if card.unfinished:
        raise CasesError(f"The run is not accepted: {card.unfinished}")
    gate.accept(resources.data_folder("evals") / gate.BASELINE, card.section, card.marked)
