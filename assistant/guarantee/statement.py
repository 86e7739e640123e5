"""The guarantee in a sentence: what is promised and on how many questions it rests, or why nothing can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.guarantee.bounds import least_total
from assistant.guarantee.calibrations import BUNDLED, FILE_NAME, Calibration, load_calibration
from assistant.guarantee.thresholds import Threshold, choose_threshold

_ADVICE = "Fit it on your own cases: assistant calibrate CASES"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What is said of wrong answers in a mode."""

    threshold: Threshold | None  # that is used; None where nothing can be promised
    text: str


def guarantee_for(risk: float, mode: str, model_names: Sequence[str], home: Path) -> Guarantee:
    """The guarantee that a risk gives: by the home's own calibration questions, else by the bundled ones.

    Args:
        risk: the highest share of wrong answers among those given, between 0 and 1.
        mode: in which questions are answered, "quotes" or "llm".
        model_names: that the confidence depends on.
        home: the folder of the index.

    Raises:
        CalibrationError: a calibration file is damaged or can't be read.
    """
    own = home / FILE_NAME
    return state(risk, mode, model_names, load_calibration(own if own.exists() else BUNDLED))


def state(risk: float, mode: str, model_names: Sequence[str], calibration: Calibration) -> Guarantee:
    """The guarantee by some calibration questions; for the arguments see `guarantee_for`."""
    count = len(calibration.outcomes)
    if calibration.mode != mode:
        return _none(risk, f"the calibration questions were answered in {calibration.mode} mode, not in {mode} mode")
    if calibration.model_names != tuple(model_names):
        before, now = ", ".join(calibration.model_names), ", ".join(model_names)
        return _none(risk, f"the calibration questions were answered with {before}, not with {now}")
    least = least_total(risk)
    if count < least:
        return _none(risk, f"it needs {least} calibration questions at least, and there are {count}")
    threshold = choose_threshold(calibration.outcomes, risk)
    if threshold is None:
        return _none(risk, f"too many of the surest answers to the {count:,} calibration questions are wrong")
    return Guarantee(
        threshold,
        f"With 95% confidence at most {risk:.1%} of the answers given are wrong, for questions like "
        f"{calibration.questions}: of {count:,} calibration questions {threshold.answered:,} are answered at a score "
        f"of {threshold.confidence:.2f} or more, {threshold.wrong:,} of them wrongly (bound {threshold.bound:.1%}).",
    )


def _none(risk: float, reason: str) -> Guarantee:
    return Guarantee(None, f"No guarantee of at most {risk:.1%} wrong answers can be given, since {reason}. {_ADVICE}")
