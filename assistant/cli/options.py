"""The options and arguments of the command line, each declared once.

--home and --debug belong to the program: a command takes them too, so they may stand before or after it.
"""

import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from assistant.options import SearchKeywords


@dataclass
class GlobalOptions:
    """The values of the options that every command takes."""

    home: Path | None = None
    debug: bool = False


class Command(TyperCommand):
    """A command that takes the program's own --home and --debug too, so they may stand after it."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters, then those of every command."""
        return [*super().get_params(ctx), *_program_params(ctx)]


class Group(TyperGroup):
    """A group of commands that takes --home and --debug too."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters, then those of every command."""
        return [*super().get_params(ctx), *_program_params(ctx)]


def _program_params(ctx: Any) -> list[Any]:
    """The program's own --home and --debug, unless the program itself is the command."""
    root = ctx.find_root().command
    return [] if ctx.command is root else [param for param in root.params if param.name in ("home", "debug")]


def _set_home(ctx: typer.Context, value: Path | None) -> None:
    if value is not None:
        ctx.obj.home = value


def _set_debug(ctx: typer.Context, value: bool) -> None:
    if value:
        ctx.obj.debug = True
        logging.getLogger("assistant").setLevel(logging.DEBUG)


def _set_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"assistant {version('assistant')}")
        raise typer.Exit


def _inherit_flag(ctx: typer.Context, param: typer.CallbackParam, value: bool) -> bool:
    """A flag given to ``documents`` holds for ``documents show`` as well."""
    return value or bool(ctx.parent and ctx.parent.params.get(str(param.name)))


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date. Write it as 2025-11-30.") from None


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        callback=_set_home,
        expose_value=False,
        help="The folder that holds the index (or ASSISTANT_HOME; default ./.assistant).",
    ),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", callback=_set_debug, expose_value=False, help="Log more, and show tracebacks."),
]
Version = Annotated[
    bool,
    typer.Option("--version", callback=_set_version, is_eager=True, help="Show the version and leave."),
]
Json = Annotated[bool, typer.Option("--json", callback=_inherit_flag, help="Write JSON to stdout, and nothing else.")]
OnlyDocuments = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID", help="Only this document; may be repeated."),
]
OnlyKinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help="Only files of this kind, such as pdf; may be repeated."),
]
OnlyAuthors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Only documents with this in their author's name; may be repeated."),
]
OnlyLanguages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="TAG", help="Only documents in this language, such as de; may be repeated."),
]
Since = Annotated[
    date | None,
    typer.Option("--since", metavar="DATE", parser=_parse_date, help="Only documents dated then or later."),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", parser=_parse_date, help="Only documents dated then or earlier."),
]
Mode = Annotated[
    Literal["quotes", "llm"] | None,
    typer.Option("--mode", help="How the answer is made (or ASSISTANT_MODE; default quotes)."),
]
Question = Annotated[list[str], typer.Argument(metavar="QUESTION", help="The question; a lone - reads it from stdin.")]
SearchText = Annotated[
    list[str], typer.Argument(metavar="TEXT", help="What to look for; a lone - reads it from stdin.")
]
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="Files and folders; default: the bundled corpus.")
]
DocumentId = Annotated[str, typer.Argument(metavar="ID", help="The document's id, from the list.")]
DocumentIds = Annotated[list[str], typer.Argument(metavar="ID", help="The documents' ids, from the list.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Make the index anew from all that is in it, and PATH.")]
Watch = Annotated[bool, typer.Option("--watch", help="Go on: index what changes there, until Ctrl-C.")]
WatchPaths = Annotated[
    list[Path] | None,
    typer.Option("--watch", metavar="PATH", help="Keep the index in line with this file or folder; may be repeated."),
]
Rescan = Annotated[
    float,
    typer.Option(
        "--rescan", metavar="MINUTES", min=0.1, help="While watching, look at everything this often (network drives)."
    ),
]
FileWorkers = Annotated[
    int,
    typer.Option("--workers", metavar="N", min=1, max=64, help="Read so many files at a time, each in its process."),
]
Ray = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Read and embed on this Ray cluster: auto, HOST:PORT, ray://…, or local."
    ),
]
Explain = Annotated[bool, typer.Option("--explain", help="Show what was retrieved, the exact prompt, and times too.")]
HitCount = Annotated[int, typer.Option("-k", min=1, help="How many sentences.")]
Host = Annotated[
    str,
    typer.Option("--host", metavar="ADDRESS", help="Listen here; others than this machine's need users or a token."),
]
Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="Listen there; 0 takes a free one.")]
UserName = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
Role = Annotated[
    Literal["reader", "editor"], typer.Option("--role", help="An editor may upload and remove documents too.")
]
Cases = Annotated[
    list[Path] | None,
    typer.Argument(metavar="CASES", help="YAML files and folders of cases; default: the bundled ones."),
]
CalibrationCases = Annotated[
    list[Path],
    typer.Argument(metavar="CASES", help="Your cases: YAML files and folders, or CSV files as eval --dataset takes."),
]
RecordFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="What 'assistant ask --json' wrote: a record, or a list of them.")
]
ArchiveFile = Annotated[Path, typer.Argument(metavar="FILE", help="The archive: one file, a zip.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
ModelName = Annotated[
    str | None, typer.Argument(metavar="MODEL", help="The model; without it the one that 'local' means.")
]
Dataset = Annotated[
    Path | None,
    typer.Option(
        "--dataset",
        metavar="DIR",
        help="Run this folder instead: corpus.jsonl and questions.jsonl, or questions.csv and its documents.",
    ),
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write everything to this file, as JSON.")
]
OnlyTag = Annotated[str | None, typer.Option("--only", metavar="TAG", help="Run only the cases with this tag.")]
MaxQuestions = Annotated[
    int | None,
    typer.Option("--max", metavar="N", min=1, help="Ask so many at most: a sample with a fixed seed."),
]
Repeat = Annotated[int, typer.Option("--repeat", metavar="N", min=1, help="Ask so many times: models vary.")]
QuestionWorkers = Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Ask so many at a time.")]
JunitFile = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML to this file, for a CI system.")
]
MarkdownFile = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write Markdown to this file, for a pull request.")
]
ReportFolder = Annotated[
    Path | None, typer.Option("--report", metavar="DIR", help="Write one HTML page with charts into this folder.")
]
EarlierRun = Annotated[
    Path | None, typer.Option("--compare", metavar="FILE", help="Say what changed since this earlier --json.")
]
Accept = Annotated[
    bool, typer.Option("--accept", help="Make this the run that later ones are held against (evals/baseline.json).")
]
Judge = Annotated[
    bool, typer.Option("--judge", help="Ask the model set by ASSISTANT_MODEL about the answers, apart from the gate.")
]


def search_keywords(  # noqa: PLR0913 — the options of one command
    *,
    documents: list[str] | None,
    kinds: list[str] | None,
    since: date | None,
    until: date | None,
    authors: list[str] | None,
    languages: list[str] | None,
) -> SearchKeywords:
    """The options that narrow the documents, as ``Assistant.ask`` and ``Assistant.search`` take them."""
    return {
        "documents": documents,
        "kinds": kinds,
        "since": since,
        "until": until,
        "authors": authors,
        "languages": languages,
    }
