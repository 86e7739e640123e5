import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import CasesError
from assistant.evaluation.gate import (
    BASELINE_FILE,
    LOST_AT_MOST,
    GateResult,
    accept_run,
    apply_gate,
    load_baseline,
    load_thresholds,
)
from assistant.evaluation.metrics import DECIDING_SCORES, REFUSAL_BALANCED, ScoredAnswer, compute_metrics
from assistant.evaluation.scorers import Score
from assistant.paths import data_folder
from assistant.types import Answer

SECTION = "cases.quotes"
ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")
REFUSAL = replace(ANSWER, refused=True, reason="?")


def result(
    name: str, answer: Answer = ANSWER, *, answerable: bool = True, number: int = 1, **scores: float
) -> ScoredAnswer:
    return ScoredAnswer(name, "?", answerable, answer, {n: Score(v) for n, v in scores.items()}, 0.5, (), number)


def written(folder: Path, text: str, name: str = "thresholds.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# Thresholds


def test_thresholds_are_those_of_their_section(tmp_path: Path) -> None:
    """Each section has its own, a data set's by its name whatever it is; a section that isn't there has none."""
    path = written(
        tmp_path,
        """
[cases.quotes]
facts = 0.95
lost_at_most = 2
[datasets.some_set]
first_1 = 1
[datasets."v1.2"]
first_3 = 0
""",
    )
    assert {"facts": 0.95, LOST_AT_MOST: 2.0} == load_thresholds(path, SECTION)
    assert {"first_1": 1.0} == load_thresholds(path, "datasets.some_set")
    assert {"first_3": 0.0} == load_thresholds(path, "datasets.v1.2")
    assert [{}, {}] == [load_thresholds(path, section) for section in ("cases.llm", "datasets.other")]


@pytest.mark.parametrize(
    "name",
    [*sorted(set(DECIDING_SCORES) - {"refuses"}), REFUSAL_BALANCED, "citation_precision", "own_answered", "full_5"],
)
def test_every_figure_can_have_a_threshold(tmp_path: Path, name: str) -> None:
    """What a run can have as a figure can be demanded of it."""
    assert {name: 0.5} == load_thresholds(written(tmp_path, f"[cases.quotes]\n{name} = 0.5"), SECTION)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[cases.quotes]\nfcats = 1", "cases.quotes.fcats: there is no such figure"),
        ("[cases.quotes]\nrefuses = 1", "cases.quotes.refuses: there is no such figure"),
        ("[cases.quotes]\nseconds_median = 1", "cases.quotes.seconds_median: there is no such figure"),
        ("[cases.quotes]\nfacts = true", "cases.quotes.facts: a number is expected, not True"),
        ('[cases.quotes]\nfacts = "0.9"', "cases.quotes.facts: a number is expected, not '0.9'"),
        ("[cases.quotes.facts]\nleast = 1", "cases.quotes.facts: a number is expected"),
        ("[cases\n", "at line 1"),
        ("[cases.quotes]\nfacts = 0.9\nfacts = 0.8\n", "at line 3"),
    ],
)
def test_a_mistake_in_the_thresholds_is_named(tmp_path: Path, text: str, named: str) -> None:
    """A misspelt figure is an error that names file and field, not a threshold that never fails."""
    path = written(tmp_path, text)
    with pytest.raises(CasesError) as caught:
        load_thresholds(path, SECTION)
    assert str(caught.value).startswith(f"{path}: ")
    assert named in str(caught.value)


@pytest.mark.parametrize("text", ["cases = 1", "[cases]\nquotes = 1", "[cases.quotes]\nfacts = nan"])
def test_what_is_no_section_and_no_number_is_named(tmp_path: Path, text: str) -> None:
    """A number where a table belongs, and a number that nothing is below, are errors as well."""
    with pytest.raises(CasesError, match=r"thresholds\.toml"):
        load_thresholds(written(tmp_path, text), SECTION)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_thresholds_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None) -> None:
    """Without its file, or with one that is no text, there is no gate to pass: that is an error."""
    path = tmp_path / "thresholds.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CasesError, match=r"thresholds\.toml"):
        load_thresholds(path, SECTION)


def test_the_bundled_thresholds_are_right() -> None:
    """The file that ships names figures that exist, and demands that quotes are all exact."""
    path = data_folder("evals") / "thresholds.toml"
    assert 1.0 == load_thresholds(path, SECTION)["quotes_exact"]
    assert {REFUSAL_BALANCED, "facts", "citation_recall", "citation_precision"} <= set(load_thresholds(path, SECTION))
    assert {"first_1", "first_3"} <= set(load_thresholds(path, "datasets.xquad_en"))


# What is missed


def test_a_figure_below_its_least_is_missed() -> None:
    """It is named with both numbers; one that reaches its least exactly is not missed, nor one that the run hasn't."""
    run = [result("a", facts=1), result("b", facts=0)]
    thresholds = {"facts": 0.6, REFUSAL_BALANCED: 0.9, "first_1": 0.9, "refused_answerable": 0.0}
    verdict = apply_gate(compute_metrics(run), run, thresholds, {})
    assert GateResult(thresholds, ("facts is 0.500, needs 0.600",)) == verdict
    assert () == apply_gate(compute_metrics(run), run, {"facts": 0.5}, {}).missed


def test_a_quote_that_the_documents_lack_is_missed() -> None:
    """What cases expect and documents no longer say shuts the gate by itself, whatever the figures."""
    stale = ["case a: brief.md doesn't say “2,517”"]
    assert tuple(stale) == apply_gate({}, [], {}, {}, stale).missed


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0, 1))
def test_the_gate_is_open_where_the_least_is_reached(values: list[float], least: float) -> None:
    """A figure is missed exactly where it is below its least."""
    run = [result(str(n), facts=value) for n, value in enumerate(values)]
    verdict = compute_metrics(run)
    assert verdict["facts"] is not None
    assert (verdict["facts"] < least) is bool(apply_gate(verdict, run, {"facts": least}, {}).missed)


# What is lost against the accepted run


def test_a_case_that_got_worse_is_lost() -> None:
    """A case below its accepted marks is named with both, and one is too many where nothing else is allowed."""
    run = [result("a", facts=0, citation_recall=0.5), result("b", facts=1)]
    accepted = {"a": {"facts": 1.0, "citation_recall": 1.0}, "b": {"facts": 0.0}, "gone": {"facts": 1.0}}
    verdict = apply_gate(compute_metrics(run), run, {}, accepted)
    assert ("a: facts 1.00 → 0.00, citation_recall 1.00 → 0.50",) == verdict.lost
    assert ("1 cases are worse than in the accepted run, 0 may be",) == verdict.missed


def test_so_many_cases_may_be_lost() -> None:
    """Up to ``lost_at_most`` cases the gate stays open, though they are told."""
    run = [result(name, facts=0) for name in "abc"]
    accepted = {name: {"facts": 1.0} for name in "abc"}
    verdicts = [apply_gate({}, run, {LOST_AT_MOST: at_most}, accepted) for at_most in (2, 3)]
    assert [("3 cases are worse than in the accepted run, 2 may be",), ()] == [verdict.missed for verdict in verdicts]
    assert [3, 3] == [len(verdict.lost) for verdict in verdicts]


def test_a_mark_that_is_gone_is_lost() -> None:
    """A case that was answered and is refused now has no exact quotes any more."""
    run = [result("a", REFUSAL, facts=0, refuses=0)]
    assert 1 == len(apply_gate({}, run, {}, {"a": {"quotes_exact": 1.0}}).lost)


def test_a_right_refusal_is_never_lost() -> None:
    """An unanswerable question that was answered, exactly quoted, and is refused now has got better."""
    run = [result("a", REFUSAL, answerable=False, refuses=1)]
    assert GateResult() == apply_gate({}, run, {}, {"a": {"refuses": 0.0, "quotes_exact": 1.0, "number_accuracy": 1.0}})


def test_a_new_case_loses_nothing() -> None:
    """Cases that the accepted run hadn't are not held against it, nor marks that it hadn't."""
    assert GateResult() == apply_gate({}, [result("new", facts=0)], {}, {"a": {"facts": 1.0}})
    assert GateResult() == apply_gate({}, [result("a", facts=0)], {}, {"a": {"refuses": 0.0}})


def test_a_case_is_lost_once_however_often_it_was_asked() -> None:
    """The rounds of one case that got worse are one case lost."""
    run = [result("a", number=n, facts=0) for n in (1, 2, 3)]
    assert () == apply_gate({}, run, {LOST_AT_MOST: 1}, {"a": {"facts": 1.0}}).missed


# The accepted run


def test_the_accepted_run_is_kept_a_case_a_line(tmp_path: Path) -> None:
    """What is accepted is read again, and a case is one line of the file: one of a diff when it changes."""
    path = tmp_path / BASELINE_FILE
    run = [result("a", facts=1, citation_precision=1 / 3), result("b", refuses=1, tokens=90, verdicts=1)]
    accept_run(path, SECTION, run)
    expected = {"a": {"facts": 1.0, "citation_precision": 0.3333}, "b": {"refuses": 1.0}}
    assert expected == load_baseline(path, SECTION)
    before = path.read_text(encoding="utf-8").splitlines()
    accept_run(path, SECTION, [run[0], result("b", refuses=0)])
    after = path.read_text(encoding="utf-8").splitlines()
    assert [('  "b": {"refuses": 1.0}', '  "b": {"refuses": 0.0}')] == [
        pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]
    ]


def test_other_sections_are_kept(tmp_path: Path) -> None:
    """Accepting one kind of run leaves what was accepted of others as it was, to the letter."""
    path = tmp_path / BASELINE_FILE
    accept_run(path, "cases.llm", [result("a", facts=0)])
    accept_run(path, SECTION, [result("a", facts=1)])
    accept_run(path, SECTION, [result("b", facts=1)])
    assert {"a": {"facts": 0.0}} == load_baseline(path, "cases.llm")
    assert {"b": {"facts": 1.0}} == load_baseline(path, SECTION)
    assert {} == load_baseline(path, "datasets.other")
    text = path.read_text(encoding="utf-8")
    accept_run(path, "cases.llm", [result("a", facts=0)])
    assert text == path.read_text(encoding="utf-8")


IDS = st.text(min_size=1)
MARKS = st.dictionaries(st.sampled_from([*DECIDING_SCORES, "citation_precision"]), st.floats(0, 1))
FEW = settings(max_examples=50, deadline=None)  # an example writes a file


@FEW
@given(st.dictionaries(IDS, MARKS), st.text(max_size=20))
def test_whatever_is_accepted_loses_nothing_at_once(
    tmp_path_factory: pytest.TempPathFactory, marks: dict[str, dict[str, float]], section: str
) -> None:
    """A run is never worse than itself, whatever its names are and however its marks are rounded."""
    path = tmp_path_factory.mktemp("accepted") / BASELINE_FILE
    run = [replace(result(name), scores={n: Score(v) for n, v in scores.items()}) for name, scores in marks.items()]
    accept_run(path, section, run)
    accepted = load_baseline(path, section)
    assert list(marks) == list(accepted)
    assert GateResult() == apply_gate({}, run, {}, accepted)
    assert json.loads(path.read_text(encoding="utf-8")) == {section: accepted}


def test_without_an_accepted_run_nothing_is_lost(tmp_path: Path) -> None:
    """Before anything was accepted there is nothing to be worse than."""
    assert {} == load_baseline(tmp_path / BASELINE_FILE, SECTION)


@pytest.mark.parametrize("text", ["[]", "{", "", "\xff"])
def test_a_damaged_accepted_run_is_named(tmp_path: Path, text: str) -> None:
    """A file that is no object of JSON in UTF-8 is an error that names it and says how to make it anew."""
    path = tmp_path / BASELINE_FILE
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CasesError, match=r"baseline\.json: .+--accept"):
        load_baseline(path, SECTION)


@pytest.mark.parametrize("inside", ["3", '{"a": 3}', '{"a": {"facts": "1"}}', '{"a": {"facts": null}}'])
def test_a_section_that_is_none_is_named(tmp_path: Path, inside: str) -> None:
    """So is one whose section holds anything but marks by case."""
    with pytest.raises(CasesError, match=r"baseline\.json"):
        load_baseline(written(tmp_path, f'{{"{SECTION}": {inside}}}', BASELINE_FILE), SECTION)
