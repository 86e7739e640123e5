"""Asking with `assistant.Assistant`: answers, refusals, records, streams and explanations."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Statement
from assistant.errors import QuestionError
from tests.integration.client.sample_documents import (
    ARRESTS_QUESTION,
    QUESTIONS,
    SHIPS_QUESTION,
    TICKETS_QUESTION,
    UNANSWERABLE_QUESTION,
    id_of,
    record_without_times,
)

RECORD_KEYS = (
    "question", "asked", "answer", "refused", "reason", "score", "mode", "model", "statements", "removed", "citations",
    "usage", "seconds", "prompt_sha256", "versions", "guarantee",
)  # fmt: skip
CITATION_KEYS = (
    "number", "document_id", "title", "source", "page", "sentence", "start", "end", "quote", "document_sha256",
    "answer_span", "boxes", "ocr",
)  # fmt: skip


# Answers


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (ARRESTS_QUESTION, "Police made 2,517 arrests in 116 countries."),
        (TICKETS_QUESTION, "Tickets cost ten euros."),
        (SHIPS_QUESTION, "In 2023 the harbour handled 4,811 ships, more than in any year before it."),
    ],
)
def test_an_answer_quotes_the_sentence_that_says_it(indexed: Assistant, question: str, quote: str) -> None:
    """The one statement is the sentence itself, supported, and its citation gives its exact place in the document."""
    answer = indexed.ask(question)

    assert f"{quote} [1]" == answer.text
    assert (False, None, "quotes") == (answer.refused, answer.reason, answer.mode)
    assert 0 < answer.score <= 1
    (statement,), (citation,) = answer.statements, answer.citations
    assert (quote, "supported", (citation,)) == (statement.text, statement.verdict, statement.citations)
    document = indexed.document(citation.document_id)
    assert quote == citation.quote == document.text[citation.start : citation.end]
    assert (document.title, document.source, document.sha256) == (
        citation.title, citation.source, citation.document_sha256
    )  # fmt: skip


def test_offsets_are_exact_in_any_text(empty: Assistant, tmp_path: Path) -> None:
    """With a byte-order mark, CRLF, emoji and repeated sentences, every span is its quote character for character."""
    text = "The crew 🚢 slept.\r\nThe İzmir ferry carried 312 cars.\r\n\r\nThe crew 🚢 slept.\r\nIt rained.\r\n"
    (tmp_path / "ferry.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    empty.index(tmp_path / "ferry.txt")

    answer = empty.ask("How many cars did the ferry carry?")
    document = empty.document(id_of(empty, "ferry.txt"))
    assert text.replace("\r\n", "\n") == document.text
    assert ["The İzmir ferry carried 312 cars."] == [citation.quote for citation in answer.citations]
    hits = empty.search("the crew slept", k=4)
    assert 4 == len({hit.sentence.start for hit in hits})
    spans = [(citation.start, citation.end, citation.quote) for citation in answer.citations]
    spans += [(hit.sentence.start, hit.sentence.end, hit.sentence.text) for hit in hits]
    assert [quote for *_, quote in spans] == [document.text[start:end] for start, end, _ in spans]


def test_the_record_is_that_of_the_contract(indexed: Assistant) -> None:
    """The record has the contract's keys in the contract's order, and JSON changes nothing in it."""
    record = indexed.ask(ARRESTS_QUESTION).to_dict()

    assert RECORD_KEYS == tuple(record)
    assert CITATION_KEYS == tuple(record["citations"][0])
    assert {"text": "Police made 2,517 arrests in 116 countries.", "verdict": "supported", "citations": [1]} == {
        key: record["statements"][0][key] for key in ("text", "verdict", "citations")
    }
    assert ("text", "verdict", "why", "citations") == tuple(record["statements"][0])
    assert {"prompt_tokens": 0, "completion_tokens": 0} == record["usage"]
    assert {"retrieve", "answer", "total"} == set(record["seconds"])
    assert all(0 <= value < 60 for value in record["seconds"].values())
    assert record == json.loads(json.dumps(record))


# Refusals


@pytest.mark.parametrize("options", [{}, {"kinds": ["pdf"]}])
def test_a_refusal_is_an_answer_with_a_reason(indexed: Assistant, options: dict[str, Any]) -> None:
    """A question that the documents don't answer gets the same record with a reason, and nothing is cited."""
    answer = indexed.ask(UNANSWERABLE_QUESTION, **options)

    assert answer.refused
    assert answer.reason
    assert answer.text.endswith(answer.reason)
    assert ((), ()) == (answer.statements, answer.citations)
    record = answer.to_dict()
    assert RECORD_KEYS == tuple(record)
    assert record == json.loads(json.dumps(record))


def test_an_empty_index_refuses(empty: Assistant) -> None:
    """With nothing indexed a question is refused, and a search has no hits."""
    assert empty.ask(ARRESTS_QUESTION).refused
    assert [] == empty.search("arrests")


# Questions


@pytest.mark.parametrize(("question", "message"), [("", "empty"), (" \n\t", "empty"), ("why " * 1_001, "4,000")])
def test_an_empty_or_overlong_question_is_an_error(indexed: Assistant, question: str, message: str) -> None:
    """Asking, streaming, searching and explaining all refuse it with the same error."""
    for ask in (indexed.ask, indexed.search, indexed.explain, lambda text: list(indexed.stream(text))):
        with pytest.raises(QuestionError, match=message):
            ask(question)


def test_a_question_is_put_on_one_line(indexed: Assistant) -> None:
    """White space around and within a question changes nothing in the answer but the question as typed."""
    typed = "  How many\narrests   were made?\n"
    answer = indexed.ask(typed)
    assert (typed, ARRESTS_QUESTION, indexed.ask(ARRESTS_QUESTION).text) == (
        answer.question, answer.asked, answer.text
    )  # fmt: skip


def test_the_longest_question_is_answered(indexed: Assistant) -> None:
    """A question of exactly 4,000 characters, more than the embedder reads, still gets an answer."""
    assert isinstance(indexed.ask("why " * 999 + "why?"), Answer)


# Streams and explanations


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_ends_with_the_answer(indexed: Assistant, question: str) -> None:
    """A stream yields the statements one by one, then the answer that ``ask`` gives."""
    *statements, answer = indexed.stream(question)

    assert isinstance(answer, Answer)
    assert all(isinstance(statement, Statement) for statement in statements)
    assert tuple(statements) == answer.statements
    assert record_without_times(indexed.ask(question)) == record_without_times(answer)


def test_an_explanation_keeps_what_was_retrieved(indexed: Assistant) -> None:
    """An explanation has the answer, at most ten hits with the features of each, and the times."""
    explanation = indexed.explain(ARRESTS_QUESTION)

    assert record_without_times(indexed.ask(ARRESTS_QUESTION)) == record_without_times(explanation.answer)
    assert len(explanation.hits) == len(explanation.features) <= 10
    assert "2,517" in explanation.hits[0].sentence.text
    assert explanation.answer.seconds == explanation.seconds
    assert "" == explanation.prompt
