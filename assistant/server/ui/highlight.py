"""The words of a quote that answer the question, in bold."""

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.rendering.html import Html, tag


def answer_words(citation: Mapping[str, Any]) -> str:
    """The words of a citation's quote that answer the question; empty where they aren't known."""
    start, end = answer_span_in_quote(citation)
    return str(citation["quote"])[start:end]


def answer_span_in_quote(citation: Mapping[str, Any]) -> tuple[int, int]:
    """Where the answer's words stand in a citation's quote.

    Args:
        citation: of a saved record; an old one has no ``answer_span``, an edited one may have a wrong one.

    Returns:
        The span in characters of the quote; (0, 0) where the answer's words aren't known.
    """
    start, end = (offset - int(citation["start"]) for offset in citation.get("answer_span") or (0, 0))
    return (start, min(end, len(str(citation["quote"])))) if 0 <= start < end else (0, 0)


def with_bold_answer(text: str, phrases: Iterable[str]) -> tuple[Html | str, ...]:
    """A text in pieces, in bold the first of the phrases that occurs in it exactly once."""
    for phrase in phrases:
        if phrase and text.count(phrase) == 1:
            before, _, after = text.partition(phrase)
            return before, tag("b", phrase), after
    return (text,)
