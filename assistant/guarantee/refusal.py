"""Below which confidence a question is refused, in each mode, and what that guarantees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.guarantee.statement import guarantee_for
from assistant.models.calibration import refusal_threshold


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """The thresholds of both modes."""

    quotes_threshold: float  # the confidence, 0 to 1, below which a question is refused
    llm_threshold: float
    guarantees: Mapping[str, str] = field(default_factory=dict)  # in a sentence, by mode; empty where no risk is set


def default_refusal() -> RefusalRule:
    """The fitted thresholds, with which nothing is guaranteed."""
    return RefusalRule(refusal_threshold("quotes"), refusal_threshold("llm"))


def refusal_for(risk: float, quotes_models: tuple[str, ...], llm: str | None, home: Path) -> RefusalRule:
    """The thresholds that a stated risk asks for; where no guarantee can be given, the fitted ones.

    Args:
        risk: the highest share of wrong answers among those given, between 0 and 1.
        quotes_models: the names of the models that the confidence in quotes mode depends on.
        llm: the name of the language model; None without one.
        home: the folder of the index.

    Raises:
        CalibrationError: a calibration file is damaged or can't be read.
    """
    fitted = default_refusal()
    quotes = guarantee_for(risk, "quotes", quotes_models, home)
    by_llm = guarantee_for(risk, "llm", (*quotes_models, llm), home) if llm else None
    return RefusalRule(
        quotes.threshold.confidence if quotes.threshold else fitted.quotes_threshold,
        by_llm.threshold.confidence if by_llm and by_llm.threshold else fitted.llm_threshold,
        {"quotes": quotes.text} | ({"llm": by_llm.text} if by_llm else {}),
    )
