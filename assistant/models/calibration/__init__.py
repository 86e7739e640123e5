"""The fitted numbers that decide what ranks first, what is refused and what the span reader may overrule.

Each JSON file beside this module is one set of numbers; its ``source`` says which command wrote it, from which data.

* ``refusal_thresholds.json``: the **refusal threshold** of quotes mode and of llm mode: the confidence below which a
  question is refused (`refusal_threshold`).
* ``features.json``: what each feature of a sentence weighs in ranking and in confidence (`evidence_calibration`).
* ``span_reader.json``: what the span reader's log-odds weigh beside the evidence (`reader_calibration`).
* ``check.json``: from which log-odds the span reader settles a verdict (`check_calibration`).
* ``llm.json``: what a language model's own yes weighs (`llm_calibration`).

Confidence is a logistic regression: ``1 / (1 + exp(-bias - sum(weight * feature)))``. docs/evaluation/ has the
figures behind every number.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from assistant.errors import WeightsError
from assistant.shortages import describe_shortage

CALIBRATION_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FeatureCalibration:
    """What the features of a sentence weigh, by their names in `assistant.retrieval.features`."""

    ranking_weights: Mapping[str, float]
    confidence_weights: Mapping[str, float]  # where the span reader hasn't read the sentence
    confidence_bias: float


@dataclass(frozen=True, slots=True)
class SpanReaderCalibration:
    """What the span reader's log-odds weigh in a sentence's score and in confidence."""

    reader_share: float  # of the span reader in a sentence's score, 0 to 1; the rest is the evidence's
    log_odds_scale: float  # the log-odds are divided by it before they become a chance in that score
    confidence_weights: Mapping[str, float]  # the evidence's, and of "reading", the span reader's log-odds
    confidence_bias: float


@dataclass(frozen=True, slots=True)
class CheckCalibration:
    """From which log-odds the span reader settles a verdict that the words leave open."""

    supported_log_odds: float  # from here on a statement, and each clause left open, is said in other words
    unsupported_log_odds: float  # below this the evidence is about something else


@dataclass(frozen=True, slots=True)
class LLMCalibration:
    """What a language model's own opinion weighs in confidence: "odds" (log odds of yes) and "support" (the check)."""

    confidence_weights: Mapping[str, float]
    confidence_bias: float


@cache
def refusal_threshold(mode: Literal["quotes", "llm"]) -> float:
    """The refusal threshold of a mode: the confidence, 0 to 1, below which a question is refused.

    Raises:
        WeightsError: the file is missing or malformed; so do all functions of this module.
    """
    file = _CalibrationFile("refusal_thresholds.json")
    return file.section(mode).number("refusal_threshold")


@cache
def feature_calibration() -> FeatureCalibration:
    """What the features of a sentence weigh, in ranking and in confidence."""
    file = _CalibrationFile("features.json")
    return FeatureCalibration(
        file.weights("ranking_weights"), file.weights("confidence_weights"), file.number("confidence_bias")
    )


@cache
def span_reader_calibration() -> SpanReaderCalibration:
    """What the span reader's log-odds weigh beside the evidence."""
    file = _CalibrationFile("span_reader.json")
    return SpanReaderCalibration(
        file.number("reader_share"),
        file.number("log_odds_scale"),
        file.weights("confidence_weights"),
        file.number("confidence_bias"),
    )


@cache
def check_calibration() -> CheckCalibration:
    """From which log-odds the span reader settles a verdict of the grounding check."""
    file = _CalibrationFile("check.json")
    return CheckCalibration(file.number("supported_log_odds"), file.number("unsupported_log_odds"))


@cache
def llm_calibration() -> LLMCalibration:
    """What a language model's own yes weighs in confidence."""
    file = _CalibrationFile("llm.json")
    return LLMCalibration(file.weights("confidence_weights"), file.number("confidence_bias"))


class _CalibrationFile:
    """The values of one file, each checked as it is taken out.

    Raises:
        WeightsError: the file, or a value asked for, is missing or malformed.
    """

    def __init__(self, name: str, values: Mapping[str, Any] | None = None) -> None:
        self._name = name
        self._values = _read_object(name) if values is None else values

    def section(self, key: str) -> "_CalibrationFile":
        """The values of an object within the file."""
        return _CalibrationFile(self._name, self._object(key))

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._malformed(key)
        return float(value)

    def weights(self, key: str) -> Mapping[str, float]:
        """A number for each feature, in the order of the file."""
        section = self.section(key)
        return MappingProxyType({feature: section.number(feature) for feature in self._object(key)})

    def _object(self, key: str) -> dict[str, Any]:
        value = self._values.get(key)
        if not isinstance(value, dict):
            raise self._malformed(key)
        return value

    def _malformed(self, key: str) -> WeightsError:
        return WeightsError(f"The calibration file {self._name} has no valid '{key}'. Install the package again.")


def _read_object(name: str) -> dict[str, Any]:
    try:
        values = json.loads((CALIBRATION_FOLDER / name).read_bytes())
    except FileNotFoundError as error:
        raise WeightsError(f"The calibration file {name} is missing. Install the package again.") from error
    except OSError as error:
        advice = describe_shortage(error) or f"{error.strerror}. Correct its permissions."
        raise WeightsError(f"The calibration file {name} can't be read: {advice}") from error
    except ValueError as error:
        raise WeightsError(f"The calibration file {name} is damaged. Install the package again.") from error
    if not isinstance(values, dict):
        raise WeightsError(f"The calibration file {name} is damaged. Install the package again.")
    return values
