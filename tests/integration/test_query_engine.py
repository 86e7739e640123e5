"""The query engine over a real index: answers, refusals, statements that fail the check, explanations."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import DocumentNotFoundError
from assistant.grounding.check import check_statement
from assistant.models.calibration import refusal_threshold
from assistant.options import QueryOptions
from assistant.query.question import Question, parse_question
from assistant.query_engine import REFUSAL, QueryEngine
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Retrieval, Retriever, combined_score, feature_score
from assistant.types import Answer, Statement
from tests.support.indexes import document, index_of

# The sentence that answers runs over a line end. Together there are thirteen sentences, more than an explanation keeps.
KESTREL_TEXT = """# Operation Kestrel

Police made 2,517 arrests
in 116 countries in Operation Kestrel. The Kestrel is a bird of prey too.

Officers searched houses, cars and boats. Prosecutors praised the officers. The operation was led from Lyon.
"""
HERON_TEXT = """# Operation Heron

Police made 850 arrests in 12 countries in Operation Heron. The heron is a bird that wades.

Officers searched ports and ships. Prosecutors thanked the officers. The operation was led from Porto.
Ministers met in Porto. They praised the operation. Nobody was hurt.
"""
KESTREL_QUESTION = "How many arrests were made in Operation Kestrel?"
COMPARISON = "How many arrests were made in Operation Kestrel compared with Operation Heron?"
UNANSWERABLE_QUESTION = "What is the capital of Mongolia?"
KESTREL_QUOTE = "Police made 2,517 arrests\nin 116 countries in Operation Kestrel."
KESTREL_STATEMENT = "Police made 2,517 arrests in 116 countries in Operation Kestrel."
HERON_STATEMENT = "Police made 850 arrests in 12 countries in Operation Heron."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of the two documents, with the bundled models."""
    with Assistant.open(tmp_path_factory.mktemp("home")) as assistant:
        index_of(assistant).add(document("kestrel", KESTREL_TEXT, kind="md"), document("heron", HERON_TEXT, kind="md"))
        yield assistant


@pytest.fixture
def engine(assistant: Assistant) -> QueryEngine:
    return QueryEngine(assistant.engine().retriever)


def ask(engine: QueryEngine, question: str, options: QueryOptions | None = None) -> Answer:
    return engine.explain(question, options).answer


Rewrite = Callable[[Statement], Statement]


@pytest.fixture
def rewrite_statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rewrite], None]:
    """Changes what quotes mode writes before it is checked, as a writer would that makes mistakes."""

    def install(rewrite: Rewrite) -> None:
        monkeypatch.setattr(
            "assistant.answering.answer_builder.check_statement",
            lambda statement, *arguments: check_statement(rewrite(statement), *arguments),
        )

    return install


# Answers


def test_a_sentence_over_a_line_end_becomes_a_statement_on_one_line(engine: QueryEngine) -> None:
    """The statement has no line end; the citation's quote keeps the document's, and its span is exact."""
    answer = ask(engine, KESTREL_QUESTION)

    assert f"{KESTREL_STATEMENT} [1]" == answer.text
    (citation,) = answer.citations
    assert KESTREL_QUOTE == citation.quote == KESTREL_TEXT[citation.start : citation.end]


def test_two_statements_are_numbered_and_joined(engine: QueryEngine) -> None:
    """A comparison quotes both documents, each statement with a citation marker of its own."""
    answer = ask(engine, COMPARISON)

    assert {"kestrel", "heron"} == {citation.document_id for citation in answer.citations}
    assert [1, 2] == [citation.number for citation in answer.citations]
    assert {KESTREL_STATEMENT, HERON_STATEMENT} == {statement.text for statement in answer.statements}
    first, second = answer.statements
    assert f"{first.text} [1] {second.text} [2]" == answer.text


def test_a_document_filter_bounds_what_is_cited(engine: QueryEngine) -> None:
    """Only the documents of the filter are cited; a document that isn't indexed is an error."""
    answer = ask(engine, COMPARISON, QueryOptions(documents=["kestrel"]))
    assert ["kestrel"] == [citation.document_id for citation in answer.citations]
    assert ask(engine, KESTREL_QUESTION, QueryOptions(kinds=["pdf"])).refused
    with pytest.raises(DocumentNotFoundError, match="nobody"):
        engine.explain(KESTREL_QUESTION, QueryOptions(documents=["nobody"]))


def test_the_times_of_the_stages_add_up(engine: QueryEngine) -> None:
    """Retrieving and answering together take the total."""
    seconds = engine.explain(KESTREL_QUESTION).seconds
    assert pytest.approx(seconds["total"]) == seconds["retrieve"] + seconds["answer"]


# Refusals


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (UNANSWERABLE_QUESTION, "The nearest sentences say nothing of “capital” or “mongolia”."),
        ("How old was the officer?", "No sentence found gives an age for it."),
    ],
)
def test_a_refusal_says_what_is_missing(engine: QueryEngine, question: str, reason: str) -> None:
    """The text is a fixed sentence and the reason; the confidence is below the threshold, and nothing is cited."""
    answer = ask(engine, question)

    assert (True, reason) == (answer.refused, answer.reason)
    assert f"{REFUSAL} {reason}" == answer.text
    assert answer.score < refusal_threshold("quotes")
    assert ((), (), ()) == (answer.statements, answer.removed, answer.citations)


def test_the_stream_of_a_refusal_has_the_answer_alone(engine: QueryEngine) -> None:
    """A refusal has no statements, so its stream yields nothing before the answer."""
    (answer,) = engine.stream(UNANSWERABLE_QUESTION)
    assert isinstance(answer, Answer)
    assert answer.refused


# Statements that fail the check


def test_a_statement_with_a_wrong_figure_is_removed(
    engine: QueryEngine, rewrite_statements: Callable[[Rewrite], None]
) -> None:
    """Of two statements the one whose figure its document doesn't give is removed, and its citation with it."""
    rewrite_statements(lambda statement: replace(statement, text=statement.text.replace("850", "950")))
    answer = ask(engine, COMPARISON)

    assert not answer.refused
    (kept,), (removed,) = answer.statements, answer.removed
    assert (KESTREL_STATEMENT, "supported") == (kept.text, kept.verdict)
    assert (HERON_STATEMENT.replace("850", "950"), "unsupported") == (removed.text, removed.verdict)
    assert ["kestrel"] == [citation.document_id for citation in answer.citations]
    assert f"{KESTREL_STATEMENT} [{kept.citations[0].number}]" == answer.text
    assert [kept] == [item for item in engine.stream(COMPARISON) if isinstance(item, Statement)]


def shift_citations(statement: Statement) -> Statement:
    """The statement with its citations one character further on."""
    shifted = (replace(citation, start=citation.start + 1, end=citation.end + 1) for citation in statement.citations)
    return replace(statement, citations=tuple(shifted))


def drop_citations(statement: Statement) -> Statement:
    """The statement without citations."""
    return replace(statement, citations=())


@pytest.mark.parametrize("rewrite", [shift_citations, drop_citations])
def test_an_answer_without_a_statement_that_passes_is_a_refusal(
    engine: QueryEngine, rewrite_statements: Callable[[Rewrite], None], rewrite: Rewrite
) -> None:
    """Where quotes are at the wrong place, or missing, no statement is left: a refusal says that the check failed."""
    rewrite_statements(rewrite)
    answer = ask(engine, KESTREL_QUESTION)

    assert answer.refused
    assert f"{REFUSAL} What was found failed the check against its document." == answer.text
    assert ((), ()) == (answer.statements, answer.citations)
    assert ["unsupported"] == [statement.verdict for statement in answer.removed]
    assert KESTREL_STATEMENT not in answer.text


# Explanations


def test_an_explanation_has_the_features_of_each_hit(engine: QueryEngine) -> None:
    """The ten best of thirteen sentences are kept in their order, each with the features that give its score."""
    explanation = engine.explain(KESTREL_QUESTION)

    assert 13 == len(engine.search(KESTREL_QUESTION, 100))
    assert engine.search(KESTREL_QUESTION, 10) == list(explanation.hits)
    assert KESTREL_QUOTE == explanation.hits[0].sentence.text
    assert [hit.score for hit in explanation.hits] == [
        combined_score(feature_score(features), features.get("reading")) for features in explanation.features
    ]
    assert explanation.features[0].keys() >= {*RANKING_FEATURES, *CONFIDENCE_FEATURES} - {"gap"}


def test_a_refusal_is_explained_too(engine: QueryEngine) -> None:
    """The hits of a refused question are kept, so that people can see why it is refused."""
    explanation = engine.explain(UNANSWERABLE_QUESTION)
    assert (True, 10, 10) == (explanation.answer.refused, len(explanation.hits), len(explanation.features))


# Documents that change meanwhile


def test_a_document_replaced_between_retrieval_and_reading_is_retrieved_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is put to the new text: its figure is quoted at its place, not the old one."""
    retrieved_questions: list[Question] = []
    retrieve = Retriever.retrieve

    def retrieve_then_replace(retriever: Retriever, question: Question, *options: Any) -> Retrieval:
        retrieval = retrieve(retriever, question, *options)
        if not retrieved_questions:
            index.add(document("kestrel", KESTREL_TEXT.replace("2,517", "3,628"), kind="md"))
        retrieved_questions.append(question)
        return retrieval

    with Assistant.open(tmp_path) as assistant:
        index, engine = index_of(assistant), QueryEngine(assistant.engine().retriever)
        index.add(document("kestrel", KESTREL_TEXT, kind="md"))
        monkeypatch.setattr(Retriever, "retrieve", retrieve_then_replace)
        explanation = engine.explain(KESTREL_QUESTION)

        assert 2 == len(retrieved_questions)
        (citation,) = explanation.answer.citations
        stored = index.store.document("kestrel")
        assert KESTREL_QUOTE.replace("2,517", "3,628") == citation.quote == stored.text[citation.start : citation.end]
        assert stored.sha256 == citation.document_sha256
        assert {stored} == {hit.document for hit in explanation.hits}
        (statement,) = explanation.answer.statements
        assert statement == check_statement(statement, {"kestrel": stored})
        assert parse_question(KESTREL_QUESTION) == retrieved_questions[0]
