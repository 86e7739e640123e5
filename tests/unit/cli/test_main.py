import gc
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import pytest
from typer.main import get_command

from assistant import paths
from assistant.cli import main as cli
from assistant.errors import LockedError, QuestionError
from assistant.evaluation.command import EvalOptions
from assistant.types import Answer, Document, Hit, IndexReport, Sentence, Skipped

EVERYWHERE = {"--home", "--debug", "--help"}
NARROWED = {"--document", "--kind", "--since", "--until", "--author", "--language"}
CONTRACT = {
    "": {"--version"} | EVERYWHERE,
    "index": {"PATH", "--rebuild", "--workers", "--ray", "--watch", "--rescan", "--json"} | EVERYWHERE,
    "ask": {"QUESTION", "--mode", "--explain", "--json"} | NARROWED | EVERYWHERE,
    "search": {"TEXT", "-k", "--json"} | NARROWED | EVERYWHERE,
    "documents": {"--json"} | EVERYWHERE,
    "documents show": {"ID", "--json"} | EVERYWHERE,
    "documents remove": {"ID", "--json"} | EVERYWHERE,
    "eval": {
        "CASES",
        "--json",
        "--dataset",
        "--only",
        "--max",
        "--repeat",
        "--workers",
        "--junit",
        "--markdown",
        "--report",
        "--compare",
        "--accept",
        "--judge",
    }
    | EVERYWHERE,
    "export": {"FILE", "--force", "--json"} | EVERYWHERE,
    "import": {"FILE", "--json"} | EVERYWHERE,
    "pull": {"MODEL"} | EVERYWHERE,
    "serve": {"--host", "--port", "--watch", "--rescan"} | EVERYWHERE,
    "users": {"--json"} | EVERYWHERE,
    "users add": {"NAME", "--role"} | EVERYWHERE,
    "users remove": {"NAME"} | EVERYWHERE,
    "calibrate": {"CASES", "--json"} | EVERYWHERE,
    "verify": {"FILE", "--json"} | EVERYWHERE,
    "doctor": {"--json"} | EVERYWHERE,
}
DOCUMENT = Document(id="d1", title="T", source="/x/a.txt", text="It was 2,517.", kind="txt")
HIT = Hit(Sentence("d1", 0, 0, 13, "It was 2,517."), DOCUMENT, 0.5)


@dataclass(frozen=True)
class Summary:
    """A stand-in for a document in the list."""

    id: str
    title: str
    source: str
    kind: str
    date: date | None
    sentences: int
    notes: tuple[str, ...]


LISTED = Summary("d1", "T", "/x/a.txt", "txt", date(2025, 1, 2), 1, ())


class StandIn:
    """An Assistant that notes what it is asked, and can be told to fail."""

    calls: list[Any]
    listed: list[Summary]
    report = IndexReport(added=("a.txt",))
    failure: BaseException | None = None

    def __init__(self, which: str, home: Path | None = None, **settings: object) -> None:
        self.calls.append((which, home, settings))

    @classmethod
    def open(cls, home: Path | None = None, **settings: object) -> "StandIn":
        """The user's own."""
        return cls("own", home, **settings)

    @classmethod
    def sample(cls, home: Path | None = None, **settings: object) -> "StandIn":
        """The sample."""
        return cls("sample", home, **settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append("closed")

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure

    def index(self, paths: list[Path], *, workers: int, ray: str | None, progress: Any) -> IndexReport:
        """Indexes nothing, in one step."""
        self._note("index", [str(path) for path in paths], ray or workers)
        progress(1, 1, "a.txt")
        return self.report

    def ask(self, question: str, **within: object) -> Answer:
        """Refuses."""
        self._note("ask", question, within)
        return Answer(question, question, "Not there.", refused=True, reason=None, score=0.1, mode="quotes", model="m")

    def explain(self, question: str, **within: object) -> SimpleNamespace:
        """Refuses, at length."""
        self._note("explain", question, within)
        return SimpleNamespace(answer=self.ask(question), hits=(HIT,), features=({},), prompt="", dropped_markers=0)

    def search(self, text: str, **within: object) -> list[Hit]:
        """Finds one sentence."""
        self._note("search", text, within)
        return [HIT]

    def documents(self) -> list[Summary]:
        """What the test says is indexed."""
        return self.listed

    def document(self, id_: str) -> Document:
        """The one document."""
        self._note("document", id_)
        return DOCUMENT

    def remove(self, *ids: str) -> None:
        """Removes nothing."""
        self._note("remove", ids)


QUOTES = {"mode": "quotes"}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[StandIn]]:
    """The command line over a stand-in whose index holds one document, in a folder where homes seem to be."""
    monkeypatch.chdir(tmp_path)
    for home in (".assistant", "h"):
        (tmp_path / home / "chroma").mkdir(parents=True)
    module = ModuleType("assistant.client")
    fresh: type[StandIn] = type("Assistant", (StandIn,), {"calls": [], "listed": [LISTED]})
    module.__dict__["Assistant"] = fresh
    monkeypatch.setitem(sys.modules, "assistant.client", module)
    for name in ("OPENAI_API_KEY", "ASSISTANT_MODE", "ASSISTANT_EMBEDDING"):
        monkeypatch.delenv(name, raising=False)
    yield fresh
    logging.getLogger("assistant").setLevel(logging.NOTSET)


def commands(command: object, name: str = "") -> Iterator[str]:
    """The full names of a command and all those under it; the program's own is empty."""
    yield name
    for sub_name, sub in getattr(command, "commands", {}).items():
        yield from commands(sub, f"{name} {sub_name}".strip())


def test_the_commands_are_those_of_the_contract() -> None:
    """No command is missing, and none was added unseen."""
    assert set(CONTRACT) == set(commands(get_command(cli.app)))


@pytest.mark.parametrize("name", CONTRACT)
def test_the_options_are_those_of_the_contract(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What --help lists, command by command, is what users were promised."""
    assert cli.main([*name.split(), "--help"]) == 0
    listed = re.split("^Commands:", capsys.readouterr().out, flags=re.MULTILINE)[0].partition("\n\n")[2]
    options = set(re.findall(r"^  (-\S+|[A-Z]+\b(?= <))", listed, flags=re.MULTILINE))
    assert CONTRACT[name] == options


def test_help_imports_no_vendor() -> None:
    """--help is instant because nothing that answers questions is loaded for it."""
    code = (
        "import sys\nfrom assistant.cli.main import main\nmain(['ask', '--help'])\n"
        "vendors = ('chromadb', 'onnxruntime', 'llama_index', 'numpy', 'openai', 'rich')\n"
        "print([x for x in vendors if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.splitlines()[-1]


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """--version names the program and its version."""
    assert cli.main(["--version"]) == 0
    assert f"assistant {version('assistant')}\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["ask"],
        ["ask", ""],
        ["ask", " ", "\n"],
        ["ask", "--since", "yesterday", "x"],
        ["ask", "--mode", "poem", "x"],
        ["search", "-k", "0", "x"],
        ["search", "-k", "many", "x"],
        ["documents", "show"],
        ["documents", "remove"],
        ["index", "--nothing"],
        ["--home"],
    ],
)
def test_wrong_usage_exits_with_2(
    arguments: list[str], stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """A command line that makes no sense does nothing, says why on stderr, and writes no result."""
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert ("", True) == (out, bool(err))
    assert [] == stand_in.calls


@pytest.mark.parametrize(
    "arguments", [["--home", "h", "documents"], ["documents", "--home", "h"], ["documents", "--home=h"]]
)
def test_home_stands_before_or_after_the_command(arguments: list[str], stand_in: type[StandIn]) -> None:
    """The folder that holds the index is the same wherever it was named."""
    assert cli.main(arguments) == 0
    assert [("own", Path("h"), QUOTES), "closed"] == stand_in.calls


@pytest.mark.parametrize(
    "arguments", [["documents", "--home", "h", "show", "d1"], ["documents", "show", "d1", "--home", "h"]]
)
def test_home_holds_for_a_command_of_a_group(arguments: list[str], stand_in: type[StandIn]) -> None:
    """``documents show`` takes --home in the middle and at the end."""
    assert cli.main(arguments) == 0
    assert ("own", Path("h"), QUOTES) == stand_in.calls[0]


def test_the_nearest_home_counts(stand_in: type[StandIn]) -> None:
    """Named twice, the one after the command is meant."""
    cli.main(["--home", "a", "documents", "--home", "b"])
    assert ("own", Path("b"), QUOTES) == stand_in.calls[0]


def test_without_home_the_settings_decide(stand_in: type[StandIn]) -> None:
    """The command line leaves the default to ASSISTANT_HOME and the settings."""
    cli.main(["documents"])
    assert ("own", None, QUOTES) == stand_in.calls[0]


def test_the_words_of_a_question_are_joined(stand_in: type[StandIn]) -> None:
    """Quotation marks in the shell are optional."""
    assert cli.main(["ask", "How", "many", "--kind", "pdf", "arrests?"]) == 0
    assert "How many arrests?" == stand_in.calls[1][1]


def test_a_dash_reads_the_question_from_stdin(stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    """A lone dash takes the whole of stdin, without the spaces around it."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(" How many\narrests?\n"))
    assert cli.main(["ask", "-"]) == 0
    assert "How many\narrests?" == stand_in.calls[1][1]


def test_an_argument_that_is_not_utf_8_is_no_trouble(stand_in: type[StandIn]) -> None:
    """A stray byte, which Python hands over as a surrogate, becomes a question mark."""
    assert cli.main(["ask", "How\udcff many?"]) == 0
    assert "How? many?" == stand_in.calls[1][1]


@pytest.mark.parametrize("command", ["ask", "search"])
def test_what_narrows_the_documents_is_handed_on(command: str, stand_in: type[StandIn]) -> None:
    """Documents and kinds repeat; dates are dates."""
    options = "--document a --document b --kind pdf --kind md --since 2025-01-02 --until 2025-03-04 --author Doe"
    options += " --language de"
    assert cli.main([command, "x", *options.split()]) == 0
    expected = {
        "documents": ["a", "b"],
        "kinds": ["pdf", "md"],
        "since": date(2025, 1, 2),
        "until": date(2025, 3, 4),
        "authors": ["Doe"],
        "languages": ["de"],
    }
    assert expected.items() <= stand_in.calls[1][2].items()


def test_nothing_narrows_unless_asked(stand_in: type[StandIn]) -> None:
    """Without the options every document counts."""
    cli.main(["ask", "x"])
    unrestricted = dict.fromkeys(("documents", "kinds", "since", "until", "authors", "languages"))
    assert unrestricted == stand_in.calls[1][2]


def test_search_takes_a_number_of_sentences(stand_in: type[StandIn]) -> None:
    """-k is the number, ten without it."""
    cli.main(["search", "x", "-k", "3"])
    cli.main(["search", "x"])
    assert [3, 10] == [call[2]["k"] for call in stand_in.calls if call[0] == "search"]


@pytest.mark.parametrize("command", ["ask", "search"])
def test_the_sample_answers_only_while_nothing_is_indexed(
    command: str, stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty index gives way to the sample, and one line on stderr says so; a filled one never does."""
    assert cli.main([command, "x"]) == 0
    assert "" == capsys.readouterr().err
    assert ["own"] == [call[0] for call in stand_in.calls if call[0] in {"own", "sample"}]
    stand_in.calls.clear()
    stand_in.listed = []
    assert cli.main([command, "x", "--home", "h"]) == 0
    assert 1 == len(capsys.readouterr().err.splitlines())
    settings = QUOTES if command == "search" else {}  # only a question needs a model
    assert [("own", Path("h"), settings), "closed", ("sample", Path("h"), settings)] == stand_in.calls[:3]
    stand_in.calls.clear()
    assert cli.main([command, "x", "--home", "new"]) == 0
    assert ("sample", Path("new"), settings) == stand_in.calls[0], "a home without an index isn't opened"
    assert 1 == len(capsys.readouterr().err.splitlines())
    assert gc.isenabled()


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"OPENAI_API_KEY": "sk-secret"}, 1),
        ({"OPENAI_API_KEY": "sk-secret", "ASSISTANT_EMBEDDING": "m"}, 0),
        ({}, 0),
    ],
)
def test_a_key_in_the_environment_is_mentioned_once(
    environment: dict[str, str],
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Quotes mode says that a key sends nothing, unless texts go to an endpoint; never its value."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["ask", "x"]) == 0
    err = capsys.readouterr().err
    assert expected == len(err.splitlines()) == err.count("OPENAI_API_KEY")
    assert "sk-secret" not in err


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["ask", "x", "--json"], ("answer", "Not there.")),
        (["ask", "x", "--json", "--explain"], ("explained", {"prompt": "", "dropped_marks": 0})),
        (["search", "x", "--json"], ("quote", "It was 2,517.")),
        (["documents", "--json"], ("date", "2025-01-02")),
        (["documents", "--json", "show", "d1"], ("text", "It was 2,517.")),
        (["documents", "show", "d1", "--json"], ("sha256", DOCUMENT.sha256)),
        (["documents", "remove", "d1", "d2", "--json"], ("removed", ["d1", "d2"])),
        (["index", "p", "--json"], ("added", ["a.txt"])),
    ],
)
def test_json_is_all_that_stdout_holds(
    arguments: list[str], expected: tuple[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every --json prints one parsable value with what was asked for."""
    assert cli.main(arguments) == 0
    record = json.loads(capsys.readouterr().out)
    record = record[0] if isinstance(record, list) else record
    name, value = expected
    assert value.items() <= record[name].items() if isinstance(value, dict) else value == record[name]


@pytest.mark.usefixtures("stand_in")
def test_a_refusal_is_a_success(capsys: pytest.CaptureFixture[str]) -> None:
    """The documents not holding it is an answer: exit 0, on stdout."""
    assert cli.main(["ask", "x"]) == 0
    assert "Not there.\n" == capsys.readouterr().out


def test_explain_shows_what_was_retrieved(stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    """--explain asks for the explanation and shows it under the answer."""
    assert cli.main(["ask", "x", "--explain"]) == 0
    assert "explain" == stand_in.calls[1][0]
    assert "Retrieved\n1. T, sentence 1" in capsys.readouterr().out


def test_index_without_paths_takes_the_bundled_corpus(
    stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """The default is the corpus; progress goes to stderr and the counts to stdout."""
    assert cli.main(["index"]) == 0
    assert ("index", [str(paths.data_folder("corpus"))], 1) == stand_in.calls[1]
    out, err = capsys.readouterr()
    assert "added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n" == out
    assert "1/1 a.txt\n" == err


def test_index_hands_on_its_paths(stand_in: type[StandIn]) -> None:
    """Paths reach the library in their order."""
    cli.main(["index", "b", "a", "--workers", "2"])
    assert ("index", ["b", "a"], 2) == stand_in.calls[1]


def test_index_on_a_cluster(stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    """The cluster's address reaches the library; with a number of workers it is wrong usage."""
    assert 2 == cli.main(["index", "a", "--ray", "auto", "--workers", "2"])
    assert not stand_in.calls
    assert "--ray: it can't be used with --workers" in capsys.readouterr().err
    assert 0 == cli.main(["index", "a", "--ray", "auto"])
    assert ("index", ["a"], "auto") == stand_in.calls[1]


def test_a_file_that_failed_is_named_and_the_exit_code_is_1(
    stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """One harmless line a failed file, with its reason; then the counts as ever."""
    stand_in.report = IndexReport(
        failed=(Skipped("bad\x1b[2J.pdf", "encrypted"),), notes=(Skipped("de.txt", "not in English"),)
    )
    assert cli.main(["index", "p"]) == 1
    out, err = capsys.readouterr()
    assert ["1/1 a.txt", "de.txt: not in English", "bad\\x1b[2J.pdf: encrypted"] == err.splitlines()
    assert out.endswith("failed 1\n")


def test_documents_are_listed_shown_and_removed(stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    """The three forms of the command reach the library."""
    for arguments, expected in (([], "d1\tT\t"), (["show", "d1"], "id: d1"), (["remove", "d1"], "removed 1")):
        assert cli.main(["documents", *arguments]) == 0
        assert capsys.readouterr().out.startswith(expected)
    assert [("document", "d1"), ("remove", ("d1",))] == [
        call for call in stand_in.calls if call[0] in {"document", "remove"}
    ]


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (LockedError("Process 7 holds the index.\x1b[2J"), 1, "Error: Process 7 holds the index.\\x1b[2J"),
        (QuestionError("Too long."), 2, "Error: Too long."),
        (KeyError("inside"), 1, "KeyError: 'inside'"),
        (KeyboardInterrupt(), 130, "Interrupted."),
    ],
)
def test_a_failure_is_one_line_and_a_code(
    failure: BaseException, code: int, message: str, stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback and no escape sequence; what was opened is closed."""
    stand_in.failure = failure
    assert code == cli.main(["ask", "x"])
    out, err = capsys.readouterr()
    assert "" == out
    assert message in err
    assert 1 == len(err.splitlines())
    assert "closed" == stand_in.calls[-1]


def test_the_mode_is_handed_on(stand_in: type[StandIn]) -> None:
    """--mode wins over the environment and reaches the library."""
    cli.main(["ask", "x", "--mode", "quotes"])
    assert ("own", None, {"mode": "quotes"}) == stand_in.calls[0]


def test_eval_hands_on_its_options_and_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is a thin door: what is evaluated and whether it passes is decided behind it."""
    all_options = []

    def evaluate(options: EvalOptions) -> int:
        all_options.append(options)
        return 1

    monkeypatch.setattr("assistant.evaluation.command.evaluate", evaluate)
    command_line = (
        "eval a.yaml b --json out --dataset d --only t --max 3 --repeat 2 --workers 4 --junit j --markdown m --report r"
    )
    assert cli.main([*command_line.split(), "--compare", "c", "--accept", "--judge"]) == 1
    expected = EvalOptions(
        (Path("a.yaml"), Path("b")), Path("d"), "t", 3, repeat=2, workers=4, json_file=Path("out"),
        junit_file=Path("j"), markdown_file=Path("m"), report=Path("r"), compare=Path("c"), accept=True, judge=True,
    )  # fmt: skip
    assert [expected] == all_options


def test_the_unforeseen_names_debug(stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    """Who meets a bug is told how to see more of it."""
    stand_in.failure = ZeroDivisionError("oops")
    cli.main(["ask", "x"])
    assert "with --debug" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--debug", "ask", "x"], ["ask", "x", "--debug"]])
def test_debug_shows_the_traceback(
    arguments: list[str], stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --debug the traceback comes, before the same sentence, and the log is at its most talkative."""
    stand_in.failure = LockedError("Held.")
    assert cli.main(arguments) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.endswith("Error: Held.\n")
    assert logging.getLogger("assistant").isEnabledFor(logging.DEBUG)
