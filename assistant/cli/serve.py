"""The command ``serve``: the chat page and the HTTP API over an open index."""

import typer

from assistant.cli import options as opt
from assistant.cli.opening import home_settings, note_unused_key, open_index
from assistant.rendering.terminal import print_note


def serve(
    ctx: typer.Context,
    *,
    host: opt.Host = "127.0.0.1",
    port: opt.Port = 7860,
    watch: opt.WatchPaths = None,
    rescan: opt.Rescan = 10,
) -> None:
    """Serve the chat page and the HTTP API.

    Both are at one port of this machine. Ctrl-C ends it once the answers under way are finished.
    """
    from assistant.server import run
    from assistant.server.auth.access import check_binding
    from assistant.server.logs import configure_json_logs
    from assistant.settings import load_settings

    settings = load_settings(**home_settings(ctx.obj))
    check_binding(settings, host)
    with open_index(ctx.obj) as assistant:
        note_unused_key()
        configure_json_logs()
        with run.watch_paths(assistant, watch or (), rescan):
            run.serve(assistant, settings, host, port, _print_address)


def _print_address(address: str) -> None:
    """Writes where the page is to stdout, or else to stderr: a server runs on when nobody takes what it prints."""
    line = f"Open {address} (Ctrl-C ends it)"
    try:
        typer.echo(line)
    except OSError:
        print_note(line)
