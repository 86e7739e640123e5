"""Searching with `assistant.Assistant`, and the filters that searching and asking share."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import DocumentNotFoundError, SettingsError
from tests.integration.client.sample_documents import ARRESTS_QUESTION, SHIPS_QUESTION, id_of


def test_hits_are_sentences_best_first(indexed: Assistant) -> None:
    """The best sentence is first, scores fall, spans are exact, and there are at most ``k`` hits."""
    hits = indexed.search("how many people the police arrested", k=4)

    assert 4 == len(hits)
    assert "2,517" in hits[0].sentence.text
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    for hit in hits:
        assert hit.document.id == hit.sentence.document_id
        assert hit.sentence.text == hit.document.text[hit.sentence.start : hit.sentence.end]
    assert hits[:2] == indexed.search("how many people the police arrested", k=2)
    assert [[], []] == [indexed.search("arrests", k=k) for k in (0, -1)]
    sentence_count = sum(document.sentences for document in indexed.documents())
    assert sentence_count == len(indexed.search("arrests", k=1_000))


def test_only_the_documents_and_kinds_of_the_filter_answer(indexed: Assistant) -> None:
    """Ids and kinds bound what is cited and what is found; a lone id or kind needs no list."""
    zoo_id, kestrel_id = id_of(indexed, "zoo.txt"), id_of(indexed, "kestrel.md")
    with_kestrel: list[dict[str, Any]] = [
        {"documents": [kestrel_id]},
        {"documents": kestrel_id},
        {"kinds": ["md"]},
        {"kinds": "MD"},
        {"kinds": [".md"]},
        {"documents": [zoo_id, kestrel_id], "kinds": ["md", "pdf"]},
    ]
    for options in with_kestrel:
        citations = indexed.ask(ARRESTS_QUESTION, **options).citations
        assert [kestrel_id] == [citation.document_id for citation in citations], options
        assert {kestrel_id} == {hit.document.id for hit in indexed.search("zoo tickets", **options)}, options
    without_kestrel: list[dict[str, Any]] = [{"documents": [zoo_id]}, {"documents": []}, {"kinds": ["html", "txt"]}]
    for options in without_kestrel:
        assert indexed.ask(ARRESTS_QUESTION, **options).refused, options


def test_only_documents_of_the_days_of_the_filter_answer(indexed: Assistant) -> None:
    """Both days are included, and may be dates or texts; a document without a date is out."""
    day = "2024-11-06"
    with_that_day: list[dict[str, Any]] = [
        {"since": day},
        {"until": day},
        {"since": day, "until": day},
        {"since": date(2024, 11, 6)},
        {"until": datetime(2024, 11, 6, 12, tzinfo=UTC)},
    ]
    for options in with_that_day:
        assert "4,811" in indexed.ask(SHIPS_QUESTION, **options).text, options
        assert indexed.ask(ARRESTS_QUESTION, **options).refused, options
    without_that_day: list[dict[str, Any]] = [
        {"since": "2024-11-07"},
        {"until": "2024-11-05"},
        {"since": "2024-12-01", "until": "2024-01-01"},
    ]
    for options in without_that_day:
        assert indexed.ask(SHIPS_QUESTION, **options).refused, options


def test_a_filter_that_cannot_be_applied_is_an_error(indexed: Assistant) -> None:
    """An unknown id and an impossible day are errors that say what to do, in every method that filters."""
    for ask in (indexed.ask, indexed.search, lambda text, **options: list(indexed.stream(text, **options))):
        with pytest.raises(DocumentNotFoundError, match="assistant documents"):
            ask(ARRESTS_QUESTION, documents=["nobody"])
        with pytest.raises(SettingsError, match="2024-11-06"):
            ask(ARRESTS_QUESTION, since="last week")
        with pytest.raises(SettingsError, match="2024-02-30"):
            ask(ARRESTS_QUESTION, until="2024-02-30")
