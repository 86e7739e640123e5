"""The documents: what they link to and name exists, and the reference says what the code says."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from assistant import errors
from assistant.cli.main import app
from assistant.client import Assistant
from assistant.readers.registry import FILE_KINDS
from assistant.server.app import create_app
from assistant.server.error_responses import http_status
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Citation, Statement

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), *ROOT.glob("*/README.md")]
}
WORKED_EXAMPLES = {  # of CONTRIBUTING: whoever follows it makes them
    "assistant/readers/plain/vcard.py",
    "prompts/judge-complete.md",
    "tests/unit/readers/test_vcard.py",
}
ALL_TEXT = "\n".join(PAGES.values())

_CODE_BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_HOME_AND_DEBUG = {"--home", "--debug", "--help"}  # every command has them; the page says so once


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub and MkDocs make it for the letters that we use."""
    plain = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", plain)


def links(page: str) -> Iterator[str]:
    """Where the links and pictures of a page lead, but for other hosts."""
    for match in _LINK.finditer(_CODE_BLOCK.sub("", PAGES[page])):
        target = match[1] or match[2]
        if "://" not in target:
            yield target


def table_rows(page: str, heading: str | None = None) -> list[list[str]]:
    """The cells of the rows of all tables of a page, or of those under one heading; without the heads."""
    text = PAGES[page]
    if heading is not None:
        text = re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.lstrip().startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    return [row for row, after in zip(cells, [*cells[1:], [""]], strict=False) if "---" not in row[0] + after[0]]


def codes(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A command and those below it, each with the words that call it."""
    yield name, command
    for word, subcommand in getattr(command, "commands", {}).items():
        yield from commands(subcommand, f"{name} {word}")


PROGRAM: Any = get_command(app)
COMMANDS = dict(commands(PROGRAM, "assistant"))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every link to a file leads to a file of this repository, and one to a heading to a heading of it."""
    for link in links(page):
        name, _, fragment = link.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), link
        if fragment:
            headings = _HEADING.findall(_CODE_BLOCK.sub("", path.read_text(encoding="utf-8")))
            assert fragment in map(anchor, headings), link


def test_modules_that_are_run_exist() -> None:
    """Every module of a command ``python -m MODULE`` can be found."""
    modules = set(re.findall(r"python -m\s+([\w.]*\w)", ALL_TEXT))
    assert len(modules) > 5
    assert [] == [module for module in sorted(modules) if importlib.util.find_spec(module) is None]


def test_commands_that_are_named_exist() -> None:
    """Wherever a document has a command of the assistant in code, there is such a command."""
    in_code = _CODE_BLOCK.findall(ALL_TEXT) + re.findall(r"`[^`\n]+`", _CODE_BLOCK.sub("", ALL_TEXT))
    named = {
        word
        for code in in_code
        for word in re.findall(r"(?<![\w/.-])assistant (?:--home \S+ )?([a-z]+)\b", code)
        if "python" not in code.splitlines()[0]
    }
    assert {"ask", "index", "serve"} <= named
    assert set() == named - set(PROGRAM.commands)


def test_tests_that_are_named_exist() -> None:
    """Every file and folder of tests that a document names is there."""
    named = set(re.findall(r"\btests/[\w/.]*[\w/]", ALL_TEXT))
    assert len(named) > 15
    assert [] == [name for name in sorted(named - WORKED_EXAMPLES) if not (ROOT / name).exists()]


def test_files_that_are_named_exist() -> None:
    """Every file of the package, of research, of the data and the examples that stands in backticks is there."""
    named = set(re.findall(r"`((?:assistant|research|evals|prompts|corpus|examples|docs)/[\w/.-]+)`", ALL_TEXT))
    assert [] == [name for name in sorted(named - WORKED_EXAMPLES) if not (ROOT / name).exists()]


def test_the_readme_is_short() -> None:
    """A stranger reads it in three minutes."""
    assert len(PAGES["README.md"].splitlines()) <= 130


def test_the_glossary_is_short() -> None:
    """The words of the project fit one screen."""
    glossary = PAGES["docs/architecture.md"].split("\n## Glossary\n", 1)[1]
    assert len(glossary.strip().splitlines()) <= 40


def test_no_document_names_this_machine() -> None:
    """No path of the machine that it was written on is in a document."""
    assert [] == re.findall(r"(?<![\w.])/(?:home|root|work|Users)/\S+", ALL_TEXT)


def test_the_command_line_is_as_it_says() -> None:
    """The page has a section for every command, with each of its options, and none that doesn't exist."""
    page = "docs/reference/command-line.md"
    assert set(COMMANDS) == set(re.findall(r"^## `(assistant[^`]*)`$", PAGES[page], re.MULTILINE))
    for name, command in COMMANDS.items():
        options = {opt for param in command.params for opt in param.opts if opt.startswith("-")} | {"--help"}
        expected = options if command is PROGRAM else options - _HOME_AND_DEBUG
        documented = {codes(row[0])[0].split()[0] for row in table_rows(page, f"`{name}`")}
        assert expected == documented, name


def test_the_settings_are_as_it_says() -> None:
    """The page has every setting's variable, with its default, and none that doesn't exist."""
    defaults = {
        str(field.validation_alias or f"ASSISTANT_{name.upper()}"): field.default
        for name, field in Settings.model_fields.items()
    }
    rows = [row for row in table_rows("docs/reference/settings.md") if len(row) == 3 and "OTEL" not in row[0]]
    documented = {codes(row[0])[0]: row[1].strip("`") for row in rows}
    assert set(defaults) == set(documented)
    for variable, default in defaults.items():
        if variable != "ASSISTANT_CACHE":  # made by a function: it differs by user
            words = {None: "none", "": "empty"}
            assert words.get(default, str(default)) == documented[variable], variable


def test_the_variables_that_are_named_exist() -> None:
    """Every variable of this program that a document names is a setting's."""
    variables = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields}
    assert set() == set(re.findall(r"\bASSISTANT_[A-Z]+(?:_[A-Z]+)*\b", ALL_TEXT)) - variables


@pytest.fixture
def record() -> dict[str, Any]:
    """A record with a statement and a citation."""
    citation = Citation(1, "d", "Title", "/d.md", None, 0, 0, 2, "So", "0" * 64)
    statement = Statement("So", "supported", "", (citation,))
    answer = Answer("?", "?", "So [1]", False, None, 1.0, "quotes", "m", (statement,), (), (citation,))  # noqa: FBT003 — in order
    return answer.to_dict()


def test_the_record_is_as_it_says(record: dict[str, Any]) -> None:
    """The page has every field of the record, of a statement and of a citation, in their order."""
    page = "docs/reference/record.md"

    def fields(heading: str) -> list[str]:
        return [field for row in table_rows(page, heading) for field in codes(row[0])]

    assert list(record) == fields("Fields of the record")
    assert list(record["statements"][0]) == fields("Fields of a statement")
    assert list(record["citations"][0]) == fields("Fields of a citation")


def test_the_routes_are_as_it_says(tmp_path: Path) -> None:
    """The page has every route that the API describes, and none that doesn't exist."""
    with Assistant.open(tmp_path) as assistant:
        paths = create_app(assistant, load_settings(home=tmp_path), page=False).openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    rows = table_rows("docs/reference/http.md", "Routes")
    assert described == {(row[0], codes(row[1])[0]) for row in rows}


def test_the_errors_are_as_it_says() -> None:
    """The page has every class of errors, with its name over HTTP and its status."""
    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.AssistantError)
    ]
    expected = {f"{kind.__name__} {kind.type_name()} {http_status(kind('x'))}" for kind in classes}
    rows = [row for row in table_rows("docs/reference/errors.md") if len(row) == 4]
    assert expected == {f"{codes(row[0])[0]} {codes(row[1])[0]} {row[2]}" for row in rows}


def test_the_file_kinds_are_as_it_says() -> None:
    """The guide has every file kind that can be read, with its suffixes."""
    rows = table_rows("docs/guide/documents.md", "What is read")
    assert {kind.name: list(kind.suffixes) for kind in FILE_KINDS.values()} == {
        codes(kind)[0]: suffixes.split() for kind, suffixes in rows
    }


def test_every_page_is_in_the_navigation() -> None:
    """The site leads to every page of the folder, and to none that isn't there."""
    named = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
