"""The command ``eval``: the evaluation suite and its scorecard."""

import typer

from assistant.cli import options as opt


def evaluate(  # noqa: PLR0913 — Typer makes each parameter an option
    cases: opt.Cases = None,
    *,
    dataset: opt.Dataset = None,
    only: opt.OnlyTag = None,
    maximum: opt.MaxQuestions = None,
    repeat: opt.Repeat = 1,
    workers: opt.QuestionWorkers = 1,
    json_file: opt.JsonFile = None,
    junit_file: opt.JunitFile = None,
    markdown_file: opt.MarkdownFile = None,
    report: opt.ReportFolder = None,
    compare: opt.EarlierRun = None,
    accept: opt.Accept = False,
    judge: opt.Judge = False,
) -> None:
    """Run the evaluation suite, and show the scorecard.

    It works in an index of its own, never yours, and exits with 1 when a threshold is missed.
    """
    from assistant.evaluation import command

    options = command.EvalOptions(
        cases=tuple(cases or ()),
        dataset=dataset,
        only=only,
        maximum=maximum,
        repeat=repeat,
        workers=workers,
        json_file=json_file,
        junit_file=junit_file,
        markdown_file=markdown_file,
        report=report,
        compare=compare,
        accept=accept,
        judge=judge,
    )
    raise typer.Exit(command.evaluate(options))
