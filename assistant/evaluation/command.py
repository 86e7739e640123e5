"""What ``assistant eval`` does: runs an evaluation, shows and writes its results, tells whether the gate is open."""

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from assistant.errors import CasesError
from assistant.evaluation import gate
from assistant.evaluation.comparison import compare_runs, load_run
from assistant.evaluation.jobs import RunOptions, cases_job, dataset_job, run_job, sheet_job
from assistant.evaluation.report.junit import junit_xml
from assistant.evaluation.report.page import report_page
from assistant.evaluation.report.tables import print_scorecard, scorecard_markdown
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.spreadsheets import find_sheet
from assistant.paths import data_folder

EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class EvalOptions:
    """The options of ``assistant eval``, one field each."""

    cases: tuple[Path, ...] = ()  # files and folders of cases over the bundled corpus; by default the bundled ones
    dataset: Path | None = None  # a folder with corpus.jsonl and questions.jsonl, or with questions.csv and documents
    only: str | None = None  # the tag of the cases to run
    maximum: int | None = None  # the most questions to ask, a sample drawn with a fixed seed
    repeat: int = 1  # rounds, for models that vary
    workers: int = 1  # questions asked at a time
    json_file: Path | None = None
    junit_file: Path | None = None
    markdown_file: Path | None = None
    report: Path | None = None  # the folder for the HTML page
    compare: Path | None = None  # the file of an earlier --json
    accept: bool = False  # make this run the baseline for later ones
    judge: bool = False  # let the language model judge the answers; no part of the gate


def evaluate(options: EvalOptions, console: Console | None = None) -> int:
    """Runs the evaluation, shows the scorecard, and writes the files that the options name.

    Returns:
        The exit code: 0, 1 when the gate is shut, 130 when it was interrupted.

    Raises:
        CasesError: malformed cases or data, or options that don't go together.
    """
    _check_options(options)
    earlier = load_run(options.compare) if options.compare else None
    card = run_evaluation(options)
    comparison = compare_runs(card, earlier) if earlier else None
    print_scorecard(card, console or Console(), comparison)
    if options.json_file:
        _write(options.json_file, json.dumps(card.to_dict(), ensure_ascii=False, indent=1) + "\n")
    if options.junit_file:
        _write(options.junit_file, junit_xml(card))
    if options.markdown_file:
        _write(options.markdown_file, scorecard_markdown(card, comparison))
    if options.report:
        options.report.mkdir(exist_ok=True)
        _write(options.report / "index.html", report_page(card, comparison))
    if options.accept:
        _accept(card)
    return EXIT_INTERRUPTED if card.interrupted else 0 if card.passed else 1


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")


def _check_options(options: EvalOptions) -> None:
    """Refuses what can't work before anything is asked."""
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


def run_evaluation(options: EvalOptions) -> Scorecard:
    """Asks the questions that the options select, and scores the answers.

    Raises:
        CasesError: malformed cases or data, or options that don't go together.
    """
    run_options = RunOptions(options.repeat, options.workers, options.judge)
    if options.dataset is None:
        return run_job(cases_job(options.cases, options.only, options.maximum), run_options)
    if sheet := find_sheet(options.dataset):
        return run_job(sheet_job(sheet, options.only, options.maximum), run_options)
    if options.only:
        raise CasesError("The questions of this data set have no tags: leave out --only.")
    return run_job(dataset_job(options.dataset, options.maximum), run_options)


def _accept(card: Scorecard) -> None:
    if card.unfinished:
        raise CasesError(f"The run is not accepted: {card.unfinished}")
    gate.accept_run(data_folder("evals") / gate.BASELINE_FILE, card.section, card.results)
