"""Where the cited sentences stand on the pages of their documents: looked up for what is cited, and nothing else."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from functools import cache

from assistant.answering.results import Answered, Refused
from assistant.index.store_reader import StoreReader
from assistant.types import Citation, Statement

_Result = Answered | Refused


def add_places(
    statements: Generator[Statement, None, _Result], store: StoreReader
) -> Generator[Statement, None, _Result]:
    """The same statements and the same result, with places in their citations."""
    place = cache(lambda citation: _placed(citation, store))  # each citation stands in its statement and in the result
    with closing(statements):
        while True:
            try:
                statement = next(statements)
            except StopIteration as end:
                return _result(end.value, place)
            yield _statement(statement, place)


def _placed(citation: Citation, store: StoreReader) -> Citation:
    entry = store.summary(citation.document_id)
    if entry is None or entry.sha256 != citation.document_sha256:  # a writer has just replaced the document
        return citation
    geometry = store.geometry(entry, citation.start, citation.end)
    return replace(citation, boxes=geometry.boxes(citation.start, citation.end)) if geometry else citation


def _statement(statement: Statement, place: Callable[[Citation], Citation]) -> Statement:
    return replace(statement, citations=tuple(map(place, statement.citations)))


def _result(result: _Result, place: Callable[[Citation], Citation]) -> _Result:
    if isinstance(result, Refused):
        return result
    statements = tuple(_statement(statement, place) for statement in result.statements)
    return replace(result, statements=statements, citations=tuple(map(place, result.citations)))
