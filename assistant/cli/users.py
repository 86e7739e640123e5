"""The commands ``assistant users …``: who may log in to a served index."""

import sys
from typing import TYPE_CHECKING

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import home_settings
from assistant.rendering.terminal import print_lines, print_note, styled_line

if TYPE_CHECKING:
    from assistant.server.auth.users import UserFile

users_app = typer.Typer(cls=opt.Group, rich_markup_mode=None, invoke_without_command=True)


@users_app.callback(cls=opt.Group, invoke_without_command=True)
def users(ctx: typer.Context, *, as_json: opt.Json = False) -> None:
    """List who may log in; add or remove users."""
    if ctx.invoked_subcommand is not None:
        return
    entries = _user_file(ctx).list_users()
    output.print_result(
        [{"name": entry.name, "role": entry.role} for entry in entries],
        [styled_line(f"{entry.name}  {entry.role}") for entry in entries],
        as_json=as_json,
    )


@users_app.command(cls=opt.Command)
def add(ctx: typer.Context, name: opt.UserName, *, role: opt.Role = "reader") -> None:
    """Add a user, or give one a new role and password.

    The password is asked for, or read from stdin where that is no terminal.
    """
    is_new = _user_file(ctx).add(name, role, _read_password())
    print_lines([styled_line(f"{'added' if is_new else 'changed'} {name}, {role}")])


@users_app.command(cls=opt.Command)
def remove(ctx: typer.Context, name: opt.UserName) -> None:
    """Remove a user, who is logged out at once."""
    users = _user_file(ctx)
    users.remove(name)
    print_lines([styled_line(f"removed {name}")])
    if not users.list_users():
        print_note(
            "No user is left. A server that runs lets nobody in but who shows its token; one that is started anew, "
            "without a token, is open to everybody on this machine."
        )


def _user_file(ctx: typer.Context) -> "UserFile":
    from assistant.server.auth.users import UserFile
    from assistant.settings import load_settings

    return UserFile(load_settings(**home_settings(ctx.obj)).home)


def _read_password() -> str:
    """A password that nobody else sees: no argument, for those are in the list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
