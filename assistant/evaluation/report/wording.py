"""How names, values and intervals are written in the report."""

from assistant.evaluation.scorers import AMOUNT_SCORES
from assistant.evaluation.statistics import Interval
from assistant.rendering.html import format_duration


def spaced_name(name: str) -> str:
    """The name of a metric or score with spaces for underscores."""
    return name.replace("_", " ")


def interval_text(interval: Interval | None) -> str:
    """An interval in brackets; empty where there is none."""
    return f"({interval[0]:.2f}–{interval[1]:.2f})" if interval else ""


def format_value(name: str, value: float | None) -> str:
    """The value of a metric or score as people read it, by its name: a share, a time or a count."""
    if value is None:
        return "–"
    if name == "latency" or name.startswith("seconds"):
        return format_duration(value)
    return f"{value:,.0f}" if name in AMOUNT_SCORES else f"{value:.3f}"
