"""The options of a question: what is refused, what is read leniently, and which documents a filter accepts."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.options import MAX_SOURCES, DocumentFilter, QueryOptions, StreamKeywords
from assistant.types import DocumentSummary

DAY = date(2024, 11, 6)


def summary(
    document_id: str = "a",
    kind: str = "pdf",
    day: date | None = None,
    *,
    author: str = "",
    language: str = "",
) -> DocumentSummary:
    """A listed document."""
    return DocumentSummary(document_id, "A", "a", kind, day, sentences=1, notes=(), author=author, language=language)


# Checking


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "poetry"}, "There is no mode 'poetry'. Choose quotes or llm."),
        ({"mode": ""}, "There is no mode ''. Choose quotes or llm."),
        ({"sources": 0}, "0 sources can't be read. Give 1 to 40."),
        ({"sources": -1}, "-1 sources can't be read. Give 1 to 40."),
        ({"sources": MAX_SOURCES + 1}, "41 sources can't be read. Give 1 to 40."),
        ({"since": "last week"}, "'last week' is no day. Write it as 2024-11-06."),
        ({"until": "2024-02-30"}, "'2024-02-30' is no day. Write it as 2024-11-06."),
        ({"since": ""}, "'' is no day. Write it as 2024-11-06."),
    ],
)
def test_an_option_out_of_bounds_is_an_error(options: dict[str, Any], message: str) -> None:
    """A mode, a number of sources or a day that can't be is an error at once, which says what is allowed."""
    with pytest.raises(SettingsError) as error:
        QueryOptions(**options)
    assert message == str(error.value)


@pytest.mark.parametrize("options", [{}, {"mode": "quotes"}, {"mode": "llm"}, {"sources": 1}, {"sources": MAX_SOURCES}])
def test_an_option_within_its_bounds_is_taken(options: dict[str, Any]) -> None:
    """The bounds themselves are allowed, and no option has to be given."""
    taken = QueryOptions(**options)
    assert options == {name: getattr(taken, name) for name in options}


def test_options_are_declared_once() -> None:
    """The fields of QueryOptions are the keyword arguments of StreamKeywords, with the same types."""
    assert get_type_hints(StreamKeywords) == get_type_hints(QueryOptions)
    assert {field.name for field in dataclasses.fields(QueryOptions)} == StreamKeywords.__optional_keys__


# From options to a filter


@pytest.mark.parametrize("options", [{}, {"mode": "quotes", "sources": 3, "history": ()}])
def test_without_a_limit_there_is_no_filter(options: dict[str, Any]) -> None:
    """Where nothing limits the documents there is no filter, so that retrieval need not look at every document."""
    assert QueryOptions(**options).document_filter is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"documents": ["a", "b", "a"]}, DocumentFilter(documents=frozenset({"a", "b"}))),
        ({"documents": "abc"}, DocumentFilter(documents=frozenset({"abc"}))),
        ({"documents": []}, DocumentFilter(documents=frozenset())),
        ({"kinds": ["pdf", "MD", ".txt"]}, DocumentFilter(kinds=frozenset({"pdf", "md", "txt"}))),
        ({"kinds": ".PDF"}, DocumentFilter(kinds=frozenset({"pdf"}))),
        ({"since": "2024-11-06"}, DocumentFilter(since=DAY)),
        ({"until": DAY}, DocumentFilter(until=DAY)),
        ({"since": datetime(2024, 11, 6, 12, tzinfo=UTC)}, DocumentFilter(since=DAY)),
        ({"since": "2024-11-06", "until": DAY, "kinds": ["pdf"]}, DocumentFilter(None, frozenset({"pdf"}), DAY, DAY)),
    ],
)
def test_the_filter_of_the_options(options: dict[str, Any], expected: DocumentFilter) -> None:
    """A lone id or kind needs no list, a kind may have capitals and a dot, a datetime counts as its day."""
    document_filter = QueryOptions(**options).document_filter
    assert expected == document_filter
    assert document_filter is not None
    assert not isinstance(document_filter.since, datetime)


# What a filter accepts


@pytest.mark.parametrize(
    ("document_filter", "document", "accepted"),
    [
        (DocumentFilter(documents=frozenset({"a"})), summary("a"), True),
        (DocumentFilter(documents=frozenset({"a"})), summary("b"), False),
        (DocumentFilter(documents=frozenset()), summary("a"), False),
        (DocumentFilter(kinds=frozenset({"pdf"})), summary(kind="pdf"), True),
        (DocumentFilter(kinds=frozenset({"pdf"})), summary(kind="md"), False),
        (DocumentFilter(since=DAY), summary(day=date(2024, 11, 5)), False),
        (DocumentFilter(since=DAY), summary(day=DAY), True),
        (DocumentFilter(since=DAY), summary(day=None), False),
        (DocumentFilter(until=DAY), summary(day=DAY), True),
        (DocumentFilter(until=DAY), summary(day=date(2024, 11, 7)), False),
        (DocumentFilter(until=DAY), summary(day=None), False),
        (DocumentFilter(authors=frozenset({"doe"})), summary(author="Jane Doe"), True),
        (DocumentFilter(authors=frozenset({"doe"})), summary(author=""), False),
        (DocumentFilter(languages=frozenset({"de"})), summary(language="de-CH"), True),
        (DocumentFilter(languages=frozenset({"de"})), summary(language="den"), False),
    ],
)
def test_each_limit_of_a_filter(document_filter: DocumentFilter, document: DocumentSummary, accepted: bool) -> None:
    """Ids and kinds must be among those named; both days are included, and a document without a date is out."""
    assert accepted == document_filter.accepts(document)


days = st.dates(date(2024, 11, 1), date(2024, 11, 5))
documents = st.builds(
    summary,
    st.sampled_from("abc"),
    st.sampled_from(["pdf", "md"]),
    st.none() | days,
    author=st.sampled_from(["", "Jane Doe"]),
    language=st.sampled_from(["", "de-CH", "en"]),
)
filters = st.builds(
    DocumentFilter,
    documents=st.none() | st.frozensets(st.sampled_from("abc")),
    kinds=st.none() | st.frozensets(st.sampled_from(["pdf", "md"])),
    since=st.none() | days,
    until=st.none() | days,
    authors=st.none() | st.frozensets(st.sampled_from(["doe", "roe"])),
    languages=st.none() | st.frozensets(st.sampled_from(["de", "en"])),
)


@given(filters, documents)
def test_every_limit_of_a_filter_must_hold(document_filter: DocumentFilter, document: DocumentSummary) -> None:
    """A filter accepts a document exactly where each of its limits does alone, and without limits every document."""
    single_limits = [
        DocumentFilter(**{field.name: getattr(document_filter, field.name)})
        for field in dataclasses.fields(DocumentFilter)
    ]
    assert all(single.accepts(document) for single in single_limits) == document_filter.accepts(document)
    assert DocumentFilter().accepts(document)


@given(documents, days, days)
def test_days_that_exclude_each_other_accept_nothing(document: DocumentSummary, one_day: date, another: date) -> None:
    """Where the first day is after the last no document is accepted; else those dated within are."""
    document_filter = DocumentFilter(since=one_day, until=another)
    assert (document.date is not None and one_day <= document.date <= another) == document_filter.accepts(document)
