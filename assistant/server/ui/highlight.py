"""The answer's words in what is quoted, in bold."""

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.rendering.html import Html, tag


def answer_words(citation: Mapping[str, Any]) -> str:
    """The answer's words in the quote of a citation; empty where they aren't known."""
    start, end = answer_span_in_quote(citation)
    return str(citation["quote"])[start:end]


def answer_span_in_quote(citation: Mapping[str, Any]) -> tuple[int, int]:
    """Where the answer's words stand in the quote of a citation; (0, 0) where they aren't known."""
    start, end = (at - int(citation["start"]) for at in citation.get("answer_span") or (0, 0))
    return (start, min(end, len(str(citation["quote"])))) if 0 <= start < end else (0, 0)


def with_bold(text: str, words: Iterable[str]) -> tuple[Html | str, ...]:
    """A text in pieces, the first of some words that stands in it just once in bold."""
    for each in words:
        if each and text.count(each) == 1:
            before, _, after = text.partition(each)
            return before, tag("b", each), after
    return (text,)
