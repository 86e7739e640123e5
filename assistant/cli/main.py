"""The program ``assistant``: its commands, and what happens around each of them: streams, errors and exit codes.

A command imports what it needs, so that ``--help`` is instant.
"""

import gc
import logging
from collections.abc import Sequence

import typer
from typer.main import get_command

from assistant.addresses import redact_logins
from assistant.cli import ask, calibrate, evaluate, index, installation, serve
from assistant.cli import options as opt
from assistant.cli.documents import documents_app
from assistant.cli.interruption import was_interrupted
from assistant.cli.streams import flush_stdout, prepare_streams, stdout_is_writable
from assistant.cli.users import users_app
from assistant.errors import AssistantError, QuestionError
from assistant.rendering.terminal import PlainFormatter, print_note
from assistant.shortages import describe_shortage

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
app.command("calibrate", cls=opt.Command)(calibrate.calibrate)
app.command("doctor", cls=opt.Command)(installation.doctor)
app.add_typer(documents_app, name="documents")
app.add_typer(users_app, name="users")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, by default that of this process, and shows any error as one sentence.

    Returns:
        The exit code: 0 done (a refusal is), 1 something failed and the message on stderr says what to do,
        2 wrong usage, 130 interrupted.
    """
    prepare_streams()
    _prepare_logging()
    global_options = opt.GlobalOptions()
    try:
        get_command(app).main(arguments, prog_name="assistant", obj=global_options)
    except SystemExit as system_exit:
        exit_code = system_exit.code if isinstance(system_exit.code, int) else 0
        if exit_code == 130:
            print_note("Interrupted.")
    except Exception as error:  # noqa: BLE001 — no traceback reaches a user who didn't ask for one
        exit_code = _report_error(error, debug=global_options.debug) if stdout_is_writable() else 1
    if arguments is None:
        gc.freeze()  # the process ends now: spares it a last walk of the collector through all that was imported
    return flush_stdout(exit_code)


def _report_error(error: Exception, *, debug: bool) -> int:
    """Shows an error on stderr and returns its exit code."""
    if was_interrupted(error):
        print_note("Interrupted.")
        return 130
    if debug:
        import traceback

        for line in redact_logins("".join(traceback.format_exception(error))).rstrip("\n").split("\n"):
            print_note(line)
    if isinstance(error, AssistantError):
        print_note(f"Error: {redact_logins(str(error))}")
    elif shortage := describe_shortage(error):
        print_note(f"Error: {shortage[0].upper()}{shortage[1:]}")
    else:
        description = redact_logins(f"{type(error).__name__}: {error}")
        print_note(
            f"Error: something unforeseen went wrong inside ({description}). Run it again with --debug to see where."
        )
    return 2 if isinstance(error, QuestionError) else 1


def _prepare_logging() -> None:
    """Sends warnings and worse to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # The exporter's own errors: assistant.observability warns of them, once.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
