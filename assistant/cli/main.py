"""The program ``assistant``: its commands, and what happens around each of them: streams, errors and exit codes.

A command imports what it needs, so that ``--help`` is instant.
"""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import typer
from typer.main import get_command

from assistant.addresses import redact_logins
from assistant.cli import ask, evaluate, index, installation, serve
from assistant.cli import options as opt
from assistant.cli.documents import documents_app
from assistant.cli.users import users_app
from assistant.errors import AssistantError, QuestionError
from assistant.rendering.terminal import PlainFormatter, print_note

app = typer.Typer(cls=opt.Group, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _program(*, home: opt.Home = None, debug: opt.Debug = False, version: opt.Version = False) -> None:
    """Answers questions from your documents, and cites the exact sentences that carry every statement."""


app.command("index", cls=opt.Command)(index.index)
app.command("ask", cls=opt.Command)(ask.ask)
app.command("search", cls=opt.Command)(ask.search)
app.command("serve", cls=opt.Command)(serve.serve)
app.command("verify", cls=opt.Command)(ask.verify)
app.command("export", cls=opt.Command)(index.export)
app.command("import", cls=opt.Command)(index.import_)
app.command("pull", cls=opt.Command)(installation.pull)
app.command("eval", cls=opt.Command)(evaluate.evaluate)
app.command("doctor", cls=opt.Command)(installation.doctor)
app.add_typer(documents_app, name="documents")
app.add_typer(users_app, name="users")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, by default that of this process, and shows any error as one sentence.

    Returns:
        The exit code: 0 done (a refusal is), 1 something failed and the message on stderr says what to do,
        2 wrong usage, 130 interrupted.
    """
    _prepare_streams()
    global_options = opt.GlobalOptions()
    try:
        get_command(app).main(arguments, prog_name="assistant", obj=global_options)
    except SystemExit as system_exit:
        exit_code = system_exit.code if isinstance(system_exit.code, int) else 0
        if exit_code == 130:
            print_note("Interrupted.")
    except Exception as error:  # noqa: BLE001 — no traceback reaches a user who didn't ask for one
        exit_code = _report_error(error, debug=global_options.debug) if _is_writable(sys.stdout) else 1
    if arguments is None:
        gc.freeze()  # the process ends now: spares it a last walk of the collector through all that was imported
    return _flush_stdout(exit_code)


def _report_error(error: Exception, *, debug: bool) -> int:
    """Shows an error on stderr and returns its exit code."""
    if debug:
        import traceback

        for line in redact_logins("".join(traceback.format_exception(error))).rstrip("\n").split("\n"):
            print_note(line)
    if isinstance(error, AssistantError):
        print_note(f"Error: {redact_logins(str(error))}")
    else:
        description = redact_logins(f"{type(error).__name__}: {error}")
        print_note(
            f"Error: something unforeseen went wrong inside ({description}). Run it again with --debug to see where."
        )
    return 2 if isinstance(error, QuestionError) else 1


def _is_writable(stream: TextIO) -> bool:
    """Whether a stream can be written to; where it can't, that is the error, and it is reported once, at the end."""
    try:
        stream.flush()
    except OSError:
        return False
    return True


def _flush_stdout(exit_code: int) -> int:
    """Writes out what is left, and returns the exit code; a reader that has gone away is no reason for a complaint."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print_note(f"Error: the output cannot be written: {error.strerror}. Send it elsewhere.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_code or 1
    return exit_code


def _prepare_streams() -> None:
    """Makes every text printable in any locale, and sends warnings and worse to stderr."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # The exporter's own errors: assistant.observability warns of them, once.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
