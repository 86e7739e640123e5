"""The evaluation suite as `assistant eval` runs it: small corpora, real indexes, every option."""

import io
import json
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from assistant import paths
from assistant.cli.main import main
from assistant.client import Assistant
from assistant.errors import CasesError, SettingsError
from assistant.evaluation.command import EXIT_INTERRUPTED, EvalOptions, evaluate, run_evaluation
from assistant.evaluation.datasets import load_dataset
from assistant.evaluation.gate import BASELINE_FILE
from assistant.evaluation.runner import DatasetAsker
from assistant.evaluation.scorecard import Scorecard
from tests.support import openai_stub
from tests.support.openai_stub import Exchange, fails, says, streams

LIGHTHOUSE = (
    "The lighthouse of Port Arlen was built in 1871.",
    "Its lamp can be seen from forty kilometres away.",
    "Mary Collins kept the light for thirty years.",
)
BAKERY = (
    "The bakery on Mill Street sells 240 loaves of rye bread a day.",
    "It was opened by the Novak family.",
    "On Sundays it stays closed.",
)
BUILT, LOAVES = (
    "When was the lighthouse of Port Arlen built?",
    "How many loaves of rye bread does the bakery sell a day?",
)
ABSENT = "What is the gross domestic product of Bolivia?"
CASES = f"""
- id: built
  question: {BUILT}
  answerable: true
  must_say: ["1871"]
  must_cite: [{{document: lighthouse.md, quote: built in 1871}}]
  tags: [when, model]
- id: loaves
  question: {LOAVES}
  answerable: true
  must_say: ["240"]
  must_not_say: ["420"]
  must_cite: [{{document: bakery.txt, quote: 240 loaves of rye bread}}]
  tags: [how-many]
- {{id: budget, question: "{ABSENT}", answerable: false, tags: [unanswerable]}}
- {{id: empty, question: "", answerable: false, tags: [unanswerable]}}
"""
THRESHOLDS = """
[cases.quotes]
facts = 0.9
citation_recall = 0.9
refusal_balanced = 0.9
quotes_exact = 1.0
[cases.llm]
facts = 0.4
[datasets.bakery]
facts = 1.0
"""
KEY = "sk-distinctive-0123456789"

pytestmark = pytest.mark.usefixtures("bundle")


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small corpus, cases and thresholds in place of the bundled ones, and a working folder that stays empty."""
    package = tmp_path / "package"
    for folder in ("corpus", "evals/cases", "evals/injected"):
        (package / folder).mkdir(parents=True)
    (package / "corpus" / "lighthouse.md").write_text(f"# Port Arlen\n\n{' '.join(LIGHTHOUSE)}\n", encoding="utf-8")
    (package / "corpus" / "bakery.txt").write_text(f"{' '.join(BAKERY)}\n", encoding="utf-8")
    (package / "evals" / "cases" / "small.yaml").write_text(CASES, encoding="utf-8")
    (package / "evals" / "thresholds.toml").write_text(THRESHOLDS, encoding="utf-8")
    shutil.copytree(paths.data_folder("prompts"), package / "prompts")
    monkeypatch.setattr(paths, "_PACKAGE_FOLDER", package)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return package


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for what a run writes."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def run_and_print(options: EvalOptions) -> tuple[int, str]:
    """The exit code of a run, and what it shows."""
    printed = io.StringIO()
    return evaluate(options, Console(file=printed, width=100)), printed.getvalue()


def record(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def timeless(value: Any) -> Any:
    """A record without anything called seconds."""
    if isinstance(value, dict):
        return {name: timeless(item) for name, item in value.items() if name != "seconds"}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def text_of(card: Scorecard) -> str:
    """The record of a run as it is written, but for its times."""
    return json.dumps(timeless(card.to_dict()), ensure_ascii=False, indent=1)


def damage(bundle: Path, old: str, new: str) -> None:
    """Changes a word in the small corpus."""
    path = bundle / "corpus" / "bakery.txt"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# The cases


def test_the_cases_are_measured() -> None:
    """Plain questions are answered, cited and refused as they should be, an empty one too: the gate is open."""
    card = run_evaluation(EvalOptions())
    right = ("facts", "citation_recall", "quotes_exact", "number_accuracy", "refusal_balanced", "refused_unanswerable")
    assert dict.fromkeys(right, 1.0) == {name: card.metrics[name] for name in right}
    assert (0.0, True, ()) == (card.metrics["refused_answerable"], card.passed, card.failures)
    assert ["built", "loaves", "budget", "empty"] == [result.id for result in card.results]
    assert (card.metrics["seconds_median"] or 0) > 0


def test_the_record_says_what_it_was_made_with(bundle: Path) -> None:
    """A result carries its versions, model, settings and the documents' hash, which changes with a word of them."""
    made_with = run_evaluation(EvalOptions(maximum=1)).to_dict()["made_with"]
    assert {"mode", "model", "versions", "prompts", "settings", "documents"} == set(made_with)
    assert ("quotes", {}) == (made_with["mode"], made_with["prompts"])
    assert {"assistant", "file_reader", "splitter", "embedding", "reader"} == set(made_with["versions"])
    assert (2, 64) == (made_with["documents"]["count"], len(made_with["documents"]["sha256"]))
    damage(bundle, "closed", "open")
    again = run_evaluation(EvalOptions(maximum=1)).to_dict()["made_with"]
    assert made_with | {"documents": {}} == again | {"documents": {}}
    assert made_with["documents"] != again["documents"]


def test_two_runs_are_equal_to_the_byte() -> None:
    """Over the same documents a second run, with three workers too, writes the same but for what is called seconds."""
    once, again, crowded = (
        run_evaluation(EvalOptions()),
        run_evaluation(EvalOptions()),
        run_evaluation(EvalOptions(workers=3)),
    )
    assert text_of(once) == text_of(again) == text_of(crowded)


def test_every_format_is_written(out: Path) -> None:
    """The JSON, JUnit and Markdown of one run tell the same, and the terminal shows it."""
    options = EvalOptions(json_file=out / "run.json", junit_file=out / "run.xml", markdown_file=out / "run.md")
    code, text = run_and_print(options)
    assert 0 == code
    assert text.startswith("4 cases over the bundled corpus, quotes mode\n")
    assert text.endswith("Every threshold is met.\n")
    assert ["built", "loaves", "budget", "empty"] == [result["id"] for result in record(out / "run.json")["results"]]
    (suite,) = ET.parse(out / "run.xml").getroot()  # noqa: S314 — our own file
    assert ("5", "0") == (suite.get("tests"), suite.get("failures"))
    assert (out / "run.md").read_text(encoding="utf-8").startswith("### 4 cases over the bundled corpus, quotes mode\n")


def test_a_run_leaves_nothing_but_its_record(
    bundle: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run works in a folder of its own that is gone afterwards, and doesn't touch the user's index."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "here" / "home"))
    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    assert 0 == evaluate(EvalOptions(json_file=out / "run.json"), Console(file=io.StringIO()))
    assert [] == [*(tmp_path / "here").iterdir(), *(tmp_path / "temporary").iterdir()]
    assert before == {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}


def test_a_question_is_asked_in_every_round(out: Path) -> None:
    """With --repeat each round is asked whole, told apart, and counts for the question it is of."""
    code, text = run_and_print(
        EvalOptions(repeat=3, only="when", json_file=out / "run.json", junit_file=out / "run.xml")
    )
    assert 0 == code
    assert [("built", 1), ("built", 2), ("built", 3)] == [
        (result["id"], result["round"]) for result in record(out / "run.json")["results"]
    ]
    assert "\nwhen           1  " in text
    (suite,) = ET.parse(out / "run.xml").getroot()  # noqa: S314 — our own file
    assert [f"built: {BUILT}", f"built: {BUILT} (round 2)", f"built: {BUILT} (round 3)"] == [
        case.get("name") for case in suite
    ][:3]


def test_one_tag_is_run_alone() -> None:
    """--only asks the cases with a tag, in their order; a tag that no case has is an error that names the others."""
    card = run_evaluation(EvalOptions(only="unanswerable"))
    assert ["budget", "empty"] == [result.id for result in card.results]
    assert card.passed
    with pytest.raises(CasesError, match=r"'whatever'\. The tags are: how-many, model, unanswerable, when\."):
        run_evaluation(EvalOptions(only="whatever"))


def test_a_sample_is_stated_and_the_same_each_time() -> None:
    """--max asks a seeded sample in the cases' order, and the title says so; more than there are is all of them."""
    first, second = (run_evaluation(EvalOptions(maximum=2)) for _ in range(2))
    assert first.title == "2 of 4 (a sample, seed 0) cases over the bundled corpus, quotes mode"
    assert [result.id for result in first.results] == [result.id for result in second.results]
    names = [result.id for result in first.results]
    assert names == [name for name in ("built", "loaves", "budget", "empty") if name in names]
    assert run_evaluation(EvalOptions(maximum=9)).title.startswith("4 cases")
    with pytest.raises(CasesError, match="--max 0"):
        run_evaluation(EvalOptions(maximum=0))


def test_cases_of_ones_own_are_run_over_the_corpus(out: Path) -> None:
    """Files and folders of cases that are named are run in place of the bundled ones."""
    mine = out / "mine.yaml"
    mine.write_text(f"- {{id: mine, question: '{BUILT}', answerable: true, must_say: ['1871']}}\n", encoding="utf-8")
    assert ["mine"] == [result.id for result in run_evaluation(EvalOptions(cases=(mine,))).results]


# The gate


def test_a_missed_threshold_is_exit_code_one(out: Path) -> None:
    """A case that demands what no document says fails: exit code 1, with what was said and what was missed."""
    wrong = out / "wrong.yaml"
    wrong.write_text(
        f"- id: wrong\n  question: {BUILT}\n  answerable: true\n  must_say: ['123,456,789']\n"
        "  must_cite: [{document: nowhere.md, quote: nothing}]\n  tags: [impossible]\n",
        encoding="utf-8",
    )
    code, text = run_and_print(EvalOptions(cases=(wrong,)))
    assert 1 == code
    for part in ("Failed: wrong", "doesn't say “123,456,789”", "Missed: facts is 0.000, needs 0.900.",
                 "Missed: case wrong cites nowhere.md, which isn't among the documents."):  # fmt: skip
        assert part in text
    assert "Missed: quotes_exact" not in text


def test_a_swapped_digit_is_missed(bundle: Path, out: Path) -> None:
    """A document that says 420 where 240 is known fails by its quote and by its fact, and CI's report says both."""
    damage(bundle, "240", "420")
    code, text = run_and_print(EvalOptions(junit_file=out / "run.xml", markdown_file=out / "run.md"))
    assert 1 == code
    missed = "case loaves: bakery.txt doesn't say “240 loaves of rye bread”"
    assert f"Missed: {missed}.\n" in text
    assert "  facts: doesn't say “240” and says “420”\n" in text
    (suite,) = ET.parse(out / "run.xml").getroot()  # noqa: S314 — our own file
    assert "2" == suite.get("failures")
    assert missed in (suite[-1][0].text or "")
    assert f"**Missed: {missed}.**" in (out / "run.md").read_text(encoding="utf-8")


def test_a_quote_that_only_a_left_out_case_expects_is_not_missed(bundle: Path) -> None:
    """With --only the gate looks at the quotes of the cases that are asked."""
    damage(bundle, "240", "420")
    assert run_evaluation(EvalOptions(only="when")).passed


def test_the_accepted_run_is_held_against_later_ones(bundle: Path) -> None:
    """After --accept a case that gets worse is lost, which shuts the gate though every threshold is met."""
    assert 0 == run_and_print(EvalOptions(accept=True))[0]
    accepted = record(bundle / "evals" / BASELINE_FILE)
    assert ["cases.quotes"] == list(accepted)
    assert ["built", "loaves", "budget", "empty"] == list(accepted["cases.quotes"])
    assert 0 == run_and_print(EvalOptions())[0]
    (bundle / "evals" / "thresholds.toml").write_text("[cases.quotes]\nquotes_exact = 1.0\n", encoding="utf-8")
    cases = bundle / "evals" / "cases" / "small.yaml"
    cases.write_text(CASES.replace('must_say: ["240"]', 'must_say: ["240", "Sundays"]'), encoding="utf-8")
    code, text = run_and_print(EvalOptions())
    assert 1 == code
    assert "Worse than accepted: loaves: facts 1.00 → 0.00.\n" in text
    assert "Missed: 1 cases are worse than in the accepted run, 0 may be.\n" in text
    assert 1 == run_and_print(EvalOptions(accept=True))[0]
    assert 0 == run_and_print(EvalOptions())[0]


@pytest.mark.parametrize(
    "narrowed",
    [
        EvalOptions(accept=True, only="when"),
        EvalOptions(accept=True, maximum=2),
        EvalOptions(accept=True, cases=(Path("small.yaml"),)),
        EvalOptions(accept=True, dataset=Path("set")),
    ],
)
def test_only_a_run_over_everything_is_accepted(bundle: Path, narrowed: EvalOptions) -> None:
    """A narrowed run would make the left-out cases new ones: it is refused before anything is asked."""
    with pytest.raises(CasesError, match="--accept takes a run over all bundled cases"):
        evaluate(narrowed)
    assert not (bundle / "evals" / BASELINE_FILE).exists()


def test_a_damaged_accepted_run_is_made_anew(bundle: Path) -> None:
    """An accepted run that can't be read says to delete it and make it anew with --accept, and that works."""
    (bundle / "evals" / BASELINE_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(CasesError, match="Delete the file, and make it anew with: assistant eval --accept"):
        evaluate(EvalOptions())
    (bundle / "evals" / BASELINE_FILE).unlink()
    assert 0 == run_and_print(EvalOptions(accept=True))[0]


# Beside an earlier run


def test_a_run_beside_an_earlier_one(bundle: Path, out: Path) -> None:
    """--compare marks what changed and says whether that is chance; beside the same run nothing changed."""
    run_and_print(EvalOptions(json_file=out / "before.json"))
    assert "  No question changed.\n" in run_and_print(EvalOptions(compare=out / "before.json"))[1]
    damage(bundle, "240", "420")
    code, text = run_and_print(EvalOptions(compare=out / "before.json", markdown_file=out / "run.md"))
    assert 1 == code
    assert "Compared with: 4 cases over the bundled corpus, quotes mode\n" in text
    assert f"  worse  loaves: {LOAVES} (facts 1.00 → 0.00" in text
    assert "  facts: 1.000 → 0.500 over 2 questions: may be chance (p = 1.000)\n" in text
    assert "<summary>What changed</summary>" in (out / "run.md").read_text(encoding="utf-8")


def test_what_is_no_run_is_told_before_anything_is_asked(bundle: Path, out: Path) -> None:
    """A file that isn't there is an error before the cases are even read."""
    (bundle / "evals" / "cases" / "small.yaml").write_text("no cases", encoding="utf-8")
    with pytest.raises(CasesError, match="no run to compare with"):
        evaluate(EvalOptions(compare=out / "none.json"))


# Options


def test_options_that_do_not_go_together_are_refused(bundle: Path, out: Path, dataset: Path) -> None:
    """Wrong options are one clear line."""
    with pytest.raises(CasesError, match="leave out CASES, or --dataset"):
        evaluate(EvalOptions(cases=(bundle,), dataset=dataset))
    with pytest.raises(CasesError, match="leave out --only"):
        evaluate(EvalOptions(dataset=dataset, only="when"))
    with pytest.raises(CasesError, match=r"corpus\.jsonl: missing"):
        evaluate(EvalOptions(dataset=out))


@pytest.mark.parametrize("name", ["json_file", "junit_file", "markdown_file", "report"])
def test_a_folder_that_is_not_there_is_named(bundle: Path, out: Path, name: str) -> None:
    """Where a result can't be written is told before anything is asked."""
    (bundle / "evals" / "cases" / "small.yaml").write_text("no cases", encoding="utf-8")
    with pytest.raises(CasesError, match=r"its folder doesn't exist"):
        evaluate(EvalOptions(**{name: out / "nowhere" / "run"}))  # type: ignore[arg-type]  # all are paths


@pytest.mark.parametrize("name", ["json_file", "junit_file", "markdown_file", "report"])
def test_a_place_that_cannot_be_written_is_named(bundle: Path, out: Path, name: str) -> None:
    """So is a folder in place of a file, and a file in place of a folder: an hour's answers would be lost."""
    (bundle / "evals" / "cases" / "small.yaml").write_text("no cases", encoding="utf-8")
    (out / "file").touch()
    place = out / "file" if name == "report" else out
    with pytest.raises(CasesError, match=re.escape(f"{place}")):
        evaluate(EvalOptions(**{name: place}))  # type: ignore[arg-type]  # all are paths


def test_a_document_that_cannot_be_read_stops_the_run(bundle: Path) -> None:
    """A document that can't be read is named: figures without it would be of another corpus."""
    (bundle / "corpus" / "broken.pdf").write_bytes(b"no PDF at all")
    with pytest.raises(CasesError, match=r"broken\.pdf: .+The evaluation needs every document\."):
        run_evaluation(EvalOptions())


# The command line


def test_the_command_runs_it(bundle: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`assistant eval` takes all of it: the scorecard on stdout, progress on stderr, the exit code of the gate."""
    arguments = ["--only", "how-many", "--max", "1", "--repeat", "2", "--workers", "2", "--json", str(out / "run.json"),
                 "--junit", str(out / "run.xml"), "--markdown", str(out / "run.md")]  # fmt: skip
    assert 0 == main(["eval", *arguments])
    printed, progress = capsys.readouterr()
    assert printed.startswith("1 cases over the bundled corpus, quotes mode\n")
    assert "2/2 asking\n" in progress
    assert {"run.json", "run.xml", "run.md"} == {path.name for path in out.iterdir()}
    damage(bundle, "240", "420")
    assert 1 == main(["eval", str(bundle / "evals" / "cases"), "--compare", str(out / "run.json")])
    assert "Compared with: 1 cases" in capsys.readouterr().out
    assert 1 == main(["eval", "--accept"])
    assert 0.0 == record(bundle / "evals" / BASELINE_FILE)["cases.quotes"]["loaves"]["facts"]


def test_the_command_tells_a_mistake_in_one_line(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A malformed case is one line that names file, line and field, and exit code 1."""
    path = bundle / "evals" / "cases" / "small.yaml"
    path.write_text(CASES.replace("answerable: true", "answerable: maybe"), encoding="utf-8")
    assert 1 == main(["eval"])
    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith(f"Error: {path}")
    assert "line 2" in err
    assert "answerable: true or false is expected" in err
    assert 1 == len(err.splitlines())


# A spreadsheet of one's own

SHEET = f"""question;answer;document;quote;tags
{BUILT};1871;lighthouse.md;built in 1871;when
{LOAVES};240;bakery.txt;sells 240 loaves;how-many
{ABSENT};;;;
"""


@pytest.fixture
def sheet(tmp_path: Path, bundle: Path) -> Path:
    """A folder with questions.csv and its documents."""
    folder = tmp_path / "bakery"
    shutil.copytree(bundle / "corpus", folder / "documents")
    (folder / "questions.csv").write_text(SHEET, encoding="cp1252")
    return folder


def test_a_spreadsheet_is_run_over_its_documents(sheet: Path, out: Path) -> None:
    """Somebody's CSV and documents get the whole scorecard, with tags, and the thresholds of their name."""
    code, text = run_and_print(EvalOptions(dataset=sheet, json_file=out / "run.json"))
    assert 0 == code
    assert text.startswith("3 questions of bakery, quotes mode\n")
    content = record(out / "run.json")
    assert [("row-1", False), ("row-2", False), ("row-3", False)] == [
        (r["id"], r["failed"]) for r in content["results"]
    ]
    assert {"facts": 1.0} == content["thresholds"]
    assert ["row-1"] == [result.id for result in run_evaluation(EvalOptions(dataset=sheet, only="when")).results]


def test_a_sheet_may_have_any_name_and_lie_among_its_documents(sheet: Path) -> None:
    """The CSV itself may be named, and without a folder ``documents`` all that lies beside it is asked."""
    for path in (sheet / "documents").iterdir():
        path.rename(sheet / path.name)
    (sheet / "documents").rmdir()
    (sheet / "questions.csv").rename(sheet / "quiz.csv")
    card = run_evaluation(EvalOptions(dataset=sheet / "quiz.csv"))
    assert ("3 questions of quiz, quotes mode", True) == (card.title, card.passed)
    assert 2 == card.made_with["documents"]["count"]


def test_a_sheets_quotes_must_stand_in_its_documents(sheet: Path) -> None:
    """A quote that no document has shuts the gate, and a document that isn't there as well."""
    wrong = SHEET.replace("sells 240", "sells 420").replace("lighthouse.md", "lighthouse.pdf")
    (sheet / "questions.csv").write_text(wrong, encoding="utf-8")
    expected = (
        "case row-1 cites lighthouse.pdf, which isn't among the documents",
        "case row-2: bakery.txt doesn't say “sells 420 loaves”",
    )
    assert expected == run_evaluation(EvalOptions(dataset=sheet)).gate.missed


def test_a_mistake_in_a_sheet_is_named(sheet: Path) -> None:
    """A mistake in the sheet names its line, before anything is indexed."""
    (sheet / "questions.csv").write_text("question;answer\n;5\n", encoding="utf-8")
    with pytest.raises(CasesError, match=r"questions\.csv, line 2: question: empty"):
        evaluate(EvalOptions(dataset=sheet))


# A data set

QUESTIONS = (("built", BUILT, "A/1", 0), ("loaves", LOAVES, "b", 0), ("budget", ABSENT, "b", None))


def write_set(folder: Path, questions: tuple[tuple[str, str, str, int | None], ...]) -> Path:
    folder.mkdir()
    documents = [
        {"doc_id": "A/1", "title": "Port Arlen", "sentences": LIGHTHOUSE},
        {"doc_id": "b", "title": "The bakery", "sentences": BAKERY},
    ]
    question_lines = [
        {
            "qid": name,
            "question": text,
            "answerable": number is not None,
            "evidence_sets": [] if number is None else [[[document, number]]],
            "source_doc": document,
        }
        for name, text, document, number in questions
    ]
    for name, lines in (("corpus", documents), ("questions", question_lines)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A data set of two documents and three questions."""
    return write_set(tmp_path / "small", QUESTIONS)


def test_a_data_set_is_measured(dataset: Path) -> None:
    """Of three plain questions the two answerable find and cite their sentence and the third is refused."""
    card = run_evaluation(EvalOptions(dataset=dataset))
    right = ("first_1", "full_1", "answered", "evidence_hit", "own_answered", "own_evidence_hit", "refusal_balanced")
    assert dict.fromkeys(right, 1.0) == {name: card.metrics[name] for name in right}
    assert card.passed
    assert (card.metrics["seconds_median"] or 0) > 0


def test_a_data_set_is_shown(dataset: Path, bundle: Path, out: Path) -> None:
    """Its card says of what it is, each question's record what was found and cited, and thresholds are its own."""
    with (bundle / "evals" / "thresholds.toml").open("a", encoding="utf-8") as file:
        file.write("[datasets.small]\nfirst_1 = 1.0\nown_answered = 1.0\n")
    code, text = run_and_print(EvalOptions(dataset=dataset, json_file=out / "run.json", repeat=2, workers=2))
    assert 0 == code
    assert text.startswith("3 questions over 2 documents of small\n")
    assert text.endswith("Every threshold is met.\n")
    results = record(out / "run.json")["results"]
    assert [(name, n) for n in (1, 2) for name in ("built", "loaves", "budget")] == [
        (r["id"], r["round"]) for r in results
    ]
    assert ["A/1", 0] == results[0]["found"][0][0]
    assert [[["A/1", 0]]] == results[0]["cited"]
    assert [[["A/1", 0]]] == results[0]["evidence_sets"]


def test_a_sample_of_a_data_set_is_stated(dataset: Path) -> None:
    """With a maximum the card says that it is a sample, and of how many."""
    card = run_evaluation(EvalOptions(dataset=dataset, maximum=1))
    assert "1 of 3 (a sample, seed 0) questions over 2 documents of small" == card.title
    assert 1 == len(card.results)


def test_a_question_is_asked_of_its_own_document(dataset: Path, tmp_path: Path) -> None:
    """An unanswerable question is asked of its own document alone, an answerable one of all as well."""
    loaded = load_dataset(dataset)
    loaded.write(tmp_path / "documents")
    with Assistant.open(home=tmp_path / "home") as assistant:
        assistant.index([tmp_path / "documents"])
        asker = DatasetAsker.for_dataset(assistant, loaded)
        built, _, budget = (asker(question, 2) for question in loaded.questions)
    assert {"answered", "own_answered"} <= set(built.scores)
    assert {"refuses"} == set(budget.scores)
    assert {"A/1"} == {document for span in built.details["cited"] for document, _ in span}
    assert (2, 1.0, 1.0) == (budget.round, built.scores["refuses"].value, budget.scores["refuses"].value)


def test_a_damaged_document_of_a_data_set_stops_the_run(dataset: Path) -> None:
    """A document that can't be read is named here as well."""
    (dataset / "corpus.jsonl").write_text(
        json.dumps({"doc_id": "b", "title": "\x00", "sentences": ["\x00\x01\x02" * 500]}), encoding="utf-8"
    )
    (dataset / "questions.jsonl").write_text(
        json.dumps({"qid": "q", "question": "?", "answerable": False, "evidence_sets": []}), encoding="utf-8"
    )
    with pytest.raises(CasesError, match=r"b\.md"):
        run_evaluation(EvalOptions(dataset=dataset))


def test_two_runs_of_a_data_set_are_equal_to_the_byte(dataset: Path) -> None:
    """A data set's second run, too, writes the same but for what is called seconds."""
    once, again = (text_of(run_evaluation(EvalOptions(dataset=dataset))) for _ in range(2))
    assert once == again


def test_an_empty_question_of_a_data_set_is_refused(tmp_path: Path) -> None:
    """A question that can't be asked counts as refused in a data set as well, and the run goes on."""
    questions = (("empty", "", "b", None), *QUESTIONS)
    card = run_evaluation(EvalOptions(dataset=write_set(tmp_path / "odd", questions)))
    assert "" == card.unfinished
    assert ["empty", "built", "loaves", "budget"] == [result.id for result in card.results]
    assert 1.0 == card.results[0].scores["refuses"].value


# With a language model

Reply = Callable[[Exchange], None]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[openai_stub.OpenAIStub]:
    """A model on loopback that says yes to everything, and writes the first source's sentence with its mark.

    Without the reader, so that each question is two requests.
    """
    monkeypatch.setenv("ASSISTANT_READER", "off")
    with openai_stub.serve_openai_stub() as server:
        server.default_reply = answering
        monkeypatch.setenv("ASSISTANT_MODEL", "stub")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def answering(exchange: Exchange) -> None:
    contents = [str(message["content"]) for message in exchange.request.body["messages"]]
    if not exchange.request.is_streamed:
        says("yes", {"yes": 0.99, "no": 0.01})(exchange)
        return
    source = next(line for text in reversed(contents) for line in text.splitlines() if line.startswith("[1] "))
    streams(f"{source[4:]} [1]")(exchange)


def at_request(number: int, reply: Reply) -> Reply:
    """Replies in one way to a request of this number, counted from 1, and as ever to the others."""

    def chosen(exchange: Exchange) -> None:
        (reply if len(exchange.stub.requests) == number else answering)(exchange)

    return chosen


@pytest.mark.usefixtures("stub")
def test_a_models_answers_are_measured(out: Path) -> None:
    """With a model set its answers are what is marked, the record has its prompts' hashes and tokens, and no key."""
    code, text = run_and_print(EvalOptions(only="model", json_file=out / "run.json"))
    assert 0 == code
    assert text.startswith("1 cases over the bundled corpus, llm mode\n")
    content = record(out / "run.json")
    assert ("llm", "stub") == (content["made_with"]["mode"], content["made_with"]["model"])
    assert set(content["made_with"]["prompts"]) >= {"answer", "rewrite"}
    assert content["made_with"]["prompts"]["answer"] == content["results"][0]["answer"]["prompt_sha256"]
    assert 130.0 == content["figures"]["tokens"]
    assert {"facts": 0.4} == content["thresholds"]
    assert KEY not in (out / "run.json").read_text(encoding="utf-8") + text


def test_an_interrupt_keeps_what_is_done(stub: openai_stub.OpenAIStub, out: Path) -> None:
    """Ctrl-C at the second question leaves the first one's record, shuts the gate, and exits with 130."""
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def interrupts(exchange: Exchange) -> None:
        signal.pthread_kill(main_thread, signal.SIGINT)
        answering(exchange)

    stub.default_reply = at_request(3, interrupts)
    code, text = run_and_print(EvalOptions(json_file=out / "run.json"))
    assert EXIT_INTERRUPTED == code
    assert text.endswith(
        "Not finished: 1 of 4 questions were asked; it was interrupted. The gate judges whole runs alone.\n"
    )
    content = record(out / "run.json")
    assert ["built"] == [result["id"] for result in content["results"]]
    assert content["unfinished"].startswith("1 of 4")


def test_a_model_that_goes_away_keeps_what_is_done(stub: openai_stub.OpenAIStub, bundle: Path, out: Path) -> None:
    """An endpoint that refuses the second question ends the run with exit code 1 and its reason; it is not accepted."""
    stub.default_reply = at_request(3, fails(401))
    code, text = run_and_print(EvalOptions(json_file=out / "run.json", junit_file=out / "run.xml"))
    assert 1 == code
    assert "Not finished: 1 of 4 questions were asked; The language model 'stub' at http://127.0.0.1" in text
    assert "refuses the key (HTTP 401)" in text
    assert ["built"] == [result["id"] for result in record(out / "run.json")["results"]]
    (suite,) = ET.parse(out / "run.xml").getroot()  # noqa: S314 — our own file
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))
    stub.requests.clear()
    with pytest.raises(CasesError, match=r"The run is not accepted: 1 of 4 questions were asked"):
        evaluate(EvalOptions(accept=True), Console(file=io.StringIO()))
    assert not (bundle / "evals" / BASELINE_FILE).exists()


def test_a_judging_model_has_no_say_in_the_gate(stub: openai_stub.OpenAIStub, out: Path) -> None:
    """With --judge the model is asked of each answer, says that all are wrong, and the gate stays open."""

    def judging(exchange: Exchange) -> None:
        prompt = exchange.request.last_message
        if "answer right?" in prompt or "stand in the sentences?" in prompt:
            says("no", {"yes": 0.01, "no": 0.99})(exchange)
        else:
            answering(exchange)

    stub.default_reply = judging
    code, text = run_and_print(EvalOptions(only="model", judge=True, json_file=out / "run.json"))
    assert 0 == code
    assert "judged by the model, no part of the gate" in text
    judged = record(out / "run.json")["judged"]
    assert {"correct": 0.0, "faithful": 0.0} == judged["figures"]
    assert {"built": {"faithful": False, "correct": False}} == judged["questions"]
    chats = [
        request.last_message
        for request in stub.requests
        if "mark answers" in str(request.body["messages"][0]["content"])
    ]
    assert 2 == len(chats)
    assert any(f"Question: {BUILT}\nA right answer says: 1871\nAnswer: {LIGHTHOUSE[0]}" in chat for chat in chats)


@pytest.mark.usefixtures("stub")
def test_quotes_can_be_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes mode's answers are judged by the model that is set; without one that is an error which says so."""
    monkeypatch.setenv("ASSISTANT_MODE", "quotes")
    card = run_evaluation(EvalOptions(only="when", judge=True))
    assert {"correct": 1.0, "faithful": 1.0} == card.judge_metrics
    assert "quotes" == card.results[0].answer.mode
    monkeypatch.delenv("ASSISTANT_MODEL")
    with pytest.raises(SettingsError, match="needs a model"):
        run_evaluation(EvalOptions(only="when", judge=True))


def test_a_judge_that_goes_away_keeps_the_answers(stub: openai_stub.OpenAIStub) -> None:
    """What was asked and marked is kept when the judge can't be reached."""
    stub.default_reply = at_request(3, fails(401))
    assert ["built"] == [result.id for result in run_evaluation(EvalOptions(only="model", judge=True)).results]
