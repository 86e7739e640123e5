"""``assistant calibrate``: what can be guaranteed by the user's own cases, and who says so."""

import json
from pathlib import Path

import pytest

from assistant.cli import main as cli
from assistant.cli.doctor import run_checks
from assistant.client import Assistant
from assistant.errors import CalibrationError, SettingsError
from assistant.guarantee.calibrations import FILE_NAME, Calibration, load_calibration, save_calibration
from assistant.guarantee.thresholds import Outcome

HARBOUR = (
    "The harbour of Port Arlen was built in 1874 by the engineer Maria Lund. Its north pier is 310 metres long. "
    "The ferry to Gotland leaves at six in the morning."
)
CASES = """
- id: built
  question: When was the harbour of Port Arlen built?
  answerable: true
  must_say: ["1874"]
- id: pier
  question: How long is the north pier?
  answerable: true
  must_say: ["310"]
- id: museum
  question: Who directs the museum of Port Arlen?
  answerable: false
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one document, and cases beside it."""
    (tmp_path / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([tmp_path / "harbour.txt"])
    return tmp_path / "home"


def give_outcomes(home: Path, count: int) -> None:
    """Writes a calibration of right answers that holds for the models of today."""
    with Assistant.open(home) as assistant:
        names = assistant.engine().retriever.model_names
    outcomes = (Outcome(0.2, is_right=True, is_answerable=True),) * count
    save_calibration(home / FILE_NAME, Calibration(outcomes, "these", "quotes", names))


def test_too_few_cases_are_kept_and_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three cases guarantee nothing: the reason is said, and what came of them is kept beside the index."""
    assert 0 == cli.main(["calibrate", str(home.parent / "cases.yaml"), "--home", str(home), "--json"])
    record = json.loads(capsys.readouterr().out)
    assert "it needs 29 calibration questions at least, and there are 3" in record["guarantee"]
    assert (None, 3) == (record["threshold"], record["questions"])
    outcomes = load_calibration(home / FILE_NAME).outcomes
    assert [True, True, False] == [outcome.is_right for outcome in outcomes]
    assert [True, True, False] == [outcome.is_answerable for outcome in outcomes]


def test_with_a_risk_the_record_says_what_is_guaranteed(home: Path) -> None:
    """The threshold of the calibration decides, and the record has the sentence; without a risk it has none."""
    give_outcomes(home, 80)
    with Assistant.open(home, risk=0.1) as assistant:
        answer = assistant.ask("When was the harbour of Port Arlen built?")
        assert 0.2 == pytest.approx(assistant.engine().refusal.quotes_threshold)
    assert str(answer.to_dict()["guarantee"]).startswith("With 95% confidence at most 10.0% of the answers given")
    with Assistant.open(home) as assistant:
        assert assistant.ask("When was the harbour of Port Arlen built?").to_dict()["guarantee"] is None


@pytest.mark.parametrize(("count", "state"), [(80, "ok"), (20, "warn")])
def test_doctor_says_what_is_guaranteed(home: Path, count: int, state: str) -> None:
    """A guarantee is fine, none where one is asked for is worth a warning; both have a sentence."""
    give_outcomes(home, count)
    (finding,) = [finding for finding in run_checks(home=home, risk=0.1) if finding.name == "guarantee"]
    assert state == finding.state
    assert f"{count} calibration questions" in finding.text or f"there are {count}" in finding.text


def test_a_damaged_calibration_is_named(home: Path) -> None:
    """Half a file is no calibration; the message names it and says what to do."""
    (home / FILE_NAME).write_text('{"questions": "these", "outcomes": [[2, 1, 1]]', encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"guarantee\.json is damaged\. Remove it, or write it anew"):
        Assistant.open(home, risk=0.1)


@pytest.mark.parametrize("risk", [0, 1, -0.5, "much"])
def test_an_impossible_risk_is_refused(tmp_path: Path, risk: object) -> None:
    """A risk lies between 0 and 1."""
    with pytest.raises(SettingsError, match="risk"):
        Assistant.open(tmp_path, risk=risk)


def test_the_bundled_questions_can_be_read(tmp_path: Path) -> None:
    """Without cases of its own a home has the bundled calibration questions, which hold for the bundled models."""
    with Assistant.open(tmp_path, risk=0.1) as assistant:
        text = assistant.engine().refusal.guarantees["quotes"]
    assert "calibration questions" in text
    assert "were answered with" not in text
