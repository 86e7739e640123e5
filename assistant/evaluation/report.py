"""One self-contained HTML page of a run; it opens offline."""

from assistant.evaluation.comparing import Comparison
from assistant.evaluation.scorecard import Scorecard


def page(card: Scorecard, comparison: Comparison | None = None) -> str:
    """The page's HTML."""
    return f"<!doctype html><title>{card.title}</title>{comparison is None}"
