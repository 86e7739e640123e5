"""The answer's words, in bold on the page and in exports."""

from typing import Any

import pytest

from assistant.server.ui.highlight import answer_span_in_quote, answer_words, with_bold_answer

CITATION: dict[str, Any] = {"quote": "A total of 2,517 arrests were made.", "start": 100, "end": 135}


@pytest.mark.parametrize(
    ("span", "expected"),
    [((111, 116), "2,517"), ([111, 116], "2,517"), (None, ""), ((90, 95), ""), ((116, 111), ""), ((131, 999), "ade.")],
)
def test_the_words_of_a_span(span: Any, expected: str) -> None:
    """They are cut out of the quote; a span outside it, as an edited record may have, does no harm."""
    citation = {**CITATION, "answer_span": span}
    start, end = answer_span_in_quote(citation)
    assert expected == answer_words(citation) == CITATION["quote"][start:end]


def test_an_old_record_has_no_span() -> None:
    """Conversations that were saved before there was a span reader are shown as they were."""
    assert "" == answer_words(CITATION)


def test_bold_is_escaped_and_only_where_it_is_clear() -> None:
    """What occurs twice, or not at all, is not bold; what is bold is as harmless as the rest."""
    pieces = with_bold_answer("x <b> y & z x", ["", "x", "y & z"])
    assert ("x <b> ", "<b>y &amp; z</b>", " x") == tuple(map(str, pieces))
    assert ("one one",) == with_bold_answer("one one", ["one", "two"])
