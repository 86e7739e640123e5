"""The commands ``assistant documents …``: the list of what is indexed, one document whole, and removal."""

from dataclasses import asdict

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import WITHOUT_MODEL, open_index
from assistant.rendering.terminal import styled_line

documents_app = typer.Typer(cls=opt.Group, rich_markup_mode=None, invoke_without_command=True)


@documents_app.callback(cls=opt.Group, invoke_without_command=True)
def documents(ctx: typer.Context, *, as_json: opt.Json = False) -> None:
    """List what is indexed; show or remove documents."""
    if ctx.invoked_subcommand is not None:
        return
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        summaries = assistant.documents()
    if as_json:
        output.print_json([asdict(summary) for summary in summaries])
    else:
        output.print_documents(summaries)


@documents_app.command(cls=opt.Command)
def show(ctx: typer.Context, id_: opt.DocumentId, *, as_json: opt.Json = False) -> None:
    """Show what is known of a document, and its text."""
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        document = assistant.document(id_)
    output.print_result(document.to_dict(), output.document_lines(document), as_json=as_json)


@documents_app.command(cls=opt.Command)
def remove(ctx: typer.Context, ids: opt.DocumentIds, *, as_json: opt.Json = False) -> None:
    """Forget documents: their files stay as they are."""
    with open_index(ctx.obj, **WITHOUT_MODEL) as assistant:
        assistant.remove(*ids)
    output.print_result({"removed": ids}, [styled_line(f"removed {len(ids)}")], as_json=as_json)
