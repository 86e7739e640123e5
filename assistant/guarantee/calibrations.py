"""The outcomes of calibration questions as they are kept: in the package, or in a home for its own cases."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CalibrationError
from assistant.files import replace_file
from assistant.guarantee.thresholds import Outcome

FILE_NAME = "guarantee.json"  # in a home
BUNDLED = Path(__file__).with_name("bundled.json")  # of the package


@dataclass(frozen=True, slots=True)
class Calibration:
    """The outcomes of calibration questions, and what they hold for."""

    outcomes: tuple[Outcome, ...]
    questions: str  # which these are, in words
    mode: str  # in which they were answered
    model_names: tuple[str, ...]  # that the confidence depends on


def load_calibration(path: Path) -> Calibration:
    """Reads a calibration.

    Raises:
        CalibrationError: the file can't be read or holds something else.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        outcomes = tuple(
            Outcome(_confidence(confidence), bool(is_right), bool(is_answerable))
            for confidence, is_right, is_answerable in record["outcomes"]
        )
        names = tuple(str(name) for name in record["models"])
        return Calibration(outcomes, str(record["questions"]), str(record["mode"]), names)
    except OSError as error:
        raise CalibrationError(f"{path} can't be read: {error.strerror}. Correct its permissions.") from None
    except (ValueError, TypeError, LookupError, RecursionError):
        raise CalibrationError(f"{path} is damaged. Remove it, or write it anew: assistant calibrate CASES") from None


def _confidence(value: Any) -> float:
    confidence = float(value)
    if not 0 <= confidence <= 1:
        raise ValueError
    return confidence


def save_calibration(path: Path, calibration: Calibration) -> None:
    """Writes a calibration, completely or not at all."""
    record = {
        "questions": calibration.questions,
        "mode": calibration.mode,
        "models": list(calibration.model_names),
        "outcomes": [
            [round(outcome.confidence, 4), int(outcome.is_right), int(outcome.is_answerable)]
            for outcome in calibration.outcomes
        ],
    }
    with replace_file(path) as draft:
        draft.write(f"{json.dumps(record, ensure_ascii=False)}\n".encode())
