"""The examples: each is run as a program, offline, with nothing in its home, and prints what it shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
ARRESTS = "In Operation Liberterra II, 2,517 people were arrested."
OUTPUT = {
    "ask_a_folder": (f"{ARRESTS} [1]", "characters 976 to 1031", "refused: The nearest sentences say nothing of “won”"),
    "stream_statements": (f"supported: {ARRESTS}", "supported: Liberterra II brought 3,222", "2 statements"),
    "check_a_sentence": ("supported    2,517", "unsupported  2,571", "which says 2,517", "It denies"),
    "verify_a_saved_answer": ("saved: holds = True", "holds = False", "[1] changed: Police made 2,517 arrests."),
    "filters_and_follow_ups": (
        "in .txt files: THE FIRST LIBERTERRA",
        "dated before 2024: The documents do not say.",
        "asked as: How many potential victims were found in Operation Liberterra II?",
    ),
    "llamaindex_query_engine": (f"{ARRESTS} [1]", "cited: Operation Liberterra II", "retrieved: 0."),
    "gate_your_questions": ("'facts': 1.0", "the gate is open"),
    "move_an_index": ("2 documents, ", "2 documents imported", f"{ARRESTS} [1]"),
}


def test_every_example_is_run_here() -> None:
    """The table above names every program of the folder."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(OUTPUT)


@pytest.mark.parametrize("name", OUTPUT)
def test_an_example_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    """It ends well, prints what its docstring promises, and leaves nothing behind where it ran."""
    environment = {variable: os.environ[variable] for variable in ("PATH", "SYSTEMROOT") if variable in os.environ}
    environment |= {"HOME": str(tmp_path / "user"), "PYTHONIOENCODING": "utf-8"}
    work = tmp_path / "work"
    work.mkdir()
    run = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"],
        env=environment, cwd=work, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert 0 == run.returncode, run.stderr
    assert [] == [expected for expected in OUTPUT[name] if expected not in run.stdout], run.stdout
    assert [] == list(work.iterdir())


@pytest.mark.parametrize("name", OUTPUT)
def test_an_example_is_short_and_says_what_it_shows(name: str) -> None:
    """At most 40 lines, with a docstring first."""
    lines = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert lines[0].startswith('"""')
