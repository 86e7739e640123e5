"""The commands that change or copy the index as a whole: ``index``, ``export`` and ``import``."""

import sys
from functools import partial
from typing import TYPE_CHECKING

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import WITHOUT_MODEL, open_index, rebuild_index
from assistant.rendering.skipped import skipped_lines
from assistant.rendering.terminal import print_note, progress_bar

if TYPE_CHECKING:
    from assistant.types import IndexReport


def index(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    paths: opt.Paths = None,
    *,
    rebuild: opt.Rebuild = False,
    workers: opt.FileWorkers = 1,
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
        message = "it can't be used with --workers: the cluster says how many files are read at a time."
        raise typer.BadParameter(message, param_hint="--ray")
    with progress_bar() as progress:
        if rebuild:
            report = rebuild_index(ctx.obj, paths or (), workers, progress, ray)
        else:
            with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
                report = assistant.index(paths or [data_folder("corpus")], workers=workers, ray=ray, progress=progress)
    _print_report(report, as_json=as_json, indent=None if watch else 2)
    if watch:
        from assistant.ingest.watch import Watcher, WatchTiming, watch_until_stopped

        with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
            print_report = partial(_print_report, as_json=as_json)
            timing = WatchTiming(rescan=60 * rescan)
            watch_until_stopped(Watcher(assistant, paths or [data_folder("corpus")], print_report, timing))
    elif report.failed:
        raise typer.Exit(1)


def export(ctx: typer.Context, file: opt.ArchiveFile, *, force: opt.Force = False, as_json: opt.Json = False) -> None:
    """Write the whole index to one file.

    It holds the documents' texts and their vectors: to keep, or to import elsewhere.
    """
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant, progress_bar() as progress:
        exported = assistant.export(file, force=force, progress=progress)
    output.print_result(exported.to_dict(), [output.export_line(exported)], as_json=as_json)


def import_(ctx: typer.Context, file: opt.ArchiveFile, *, as_json: opt.Json = False) -> None:
    """Bring an exported index into this one.

    Adds what is new, replaces what differs, and leaves what else is here.
    """
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant, progress_bar() as progress:
        report = assistant.import_(file, progress=progress)
    _print_report(report, as_json=as_json, indent=2)


def _print_report(report: "IndexReport", *, as_json: bool, indent: int | None = None) -> None:
    """Writes what there is to say about single files to stderr, and the report to stdout at once."""
    named = [f"{entry.source}: {entry.reason}" for entry in (*report.notes, *report.failed)]
    for line in (*skipped_lines(report.skipped), *named):
        print_note(line)
    output.print_result(report.to_dict(), [output.counts_line(report)], as_json=as_json, indent=indent)
    sys.stdout.flush()
