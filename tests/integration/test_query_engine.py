from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import DocumentNotFoundError, QuestionError
from assistant.grounding.check import check_statement
from assistant.models.calibration import refusal_threshold
from assistant.options import QueryOptions
from assistant.query.question import Question, parse_question
from assistant.query.understanding import MAX_QUESTION_CHARS, normalize_question
from assistant.query_engine import REFUSAL, QueryEngine
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Retrieval, Retriever, combined_score, feature_score
from assistant.types import Answer, Statement
from tests.support.indexes import document, index_of

# The sentence asked for runs over a line end; thirteen sentences are more than an explanation shows.
KESTREL = """# Operation Kestrel

Police made 2,517 arrests
in 116 countries in Operation Kestrel. The Kestrel is a bird of prey too.

Officers searched houses, cars and boats. Prosecutors praised the officers. The operation was led from Lyon.
"""
HERON = """# Operation Heron

Police made 850 arrests in 12 countries in Operation Heron. The heron is a bird that wades.

Officers searched ports and ships. Prosecutors thanked the officers. The operation was led from Porto.
Ministers met in Porto. They praised the operation. Nobody was hurt.
"""
ARRESTS = "How many arrests were made in Operation Kestrel?"
BOTH = "How many arrests were made in Operation Kestrel compared with Operation Heron?"
QUOTE = "Police made 2,517 arrests\nin 116 countries in Operation Kestrel."
SAID = "Police made 2,517 arrests in 116 countries in Operation Kestrel."
OTHER = "Police made 850 arrests in 12 countries in Operation Heron."


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of two documents, with the bundled model."""
    with Assistant.open(tmp_path_factory.mktemp("home")) as made:
        index_of(made).add(document("kestrel", KESTREL, kind="md"), document("heron", HERON, kind="md"))
        yield made


@pytest.fixture
def engine(opened: Assistant) -> QueryEngine:
    return QueryEngine(opened.engine().retriever)


def answer(engine: QueryEngine, text: str, options: QueryOptions | None = None) -> Answer:
    return engine.explain(text, options).answer


Writer = Callable[[Statement], Statement]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[Writer], None]:
    """Has a writer that errs change what quotes mode wrote, before it is checked."""

    def by(writer: Writer) -> None:
        monkeypatch.setattr(
            "assistant.answering.answer_builder.check_statement",
            lambda each, *given: check_statement(writer(each), *given),
        )

    return by


# What is answered


def test_a_sentence_over_a_line_end_is_said_on_one_line(engine: QueryEngine) -> None:
    """The statement has no line end, the citation's quote keeps the document's, and its span holds."""
    found = answer(engine, ARRESTS)

    assert f"{SAID} [1]" == found.text
    (citation,) = found.citations
    assert QUOTE == citation.quote == KESTREL[citation.start : citation.end]


def test_two_statements_are_numbered_and_joined(engine: QueryEngine) -> None:
    """A comparison quotes both documents, each statement with a number of its own in the text."""
    found = answer(engine, BOTH)

    assert {"kestrel", "heron"} == {citation.document_id for citation in found.citations}
    assert [1, 2] == [citation.number for citation in found.citations]
    assert {SAID, OTHER} == {statement.text for statement in found.statements}
    first, second = found.statements
    assert f"{first.text} [1] {second.text} [2]" == found.text


def test_a_scope_bounds_what_is_cited(engine: QueryEngine) -> None:
    """Within one document only it is cited; a document that isn't indexed is an error."""
    assert ["kestrel"] == [
        each.document_id for each in answer(engine, BOTH, QueryOptions(documents=["kestrel"])).citations
    ]
    assert answer(engine, ARRESTS, QueryOptions(kinds=["pdf"])).refused
    with pytest.raises(DocumentNotFoundError, match="nobody"):
        engine.explain(ARRESTS, QueryOptions(documents=["nobody"]))


def test_the_parts_of_the_time_make_the_whole(engine: QueryEngine) -> None:
    """Finding and answering take what the answer took in total."""
    seconds = engine.explain(ARRESTS).seconds
    assert pytest.approx(seconds["total"]) == seconds["retrieve"] + seconds["answer"]


# What is refused


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the capital of Mongolia?", "The nearest sentences say nothing of “capital” or “mongolia”."),
        ("How old was the officer?", "No sentence found gives an age for it."),
    ],
)
def test_a_refusal_says_what_is_missing(engine: QueryEngine, question: str, reason: str) -> None:
    """The text is one fixed sentence and the reason; the chance is below the threshold, and nothing is cited."""
    found = answer(engine, question)

    assert (True, reason) == (found.refused, found.reason)
    assert f"{REFUSAL} {reason}" == found.text
    assert found.score < refusal_threshold("quotes")
    assert ((), (), ()) == (found.statements, found.removed, found.citations)


def test_a_refusal_is_streamed_alone(engine: QueryEngine) -> None:
    """Where nothing is said the answer is all there is."""
    (last,) = engine.stream("What is the capital of Mongolia?")
    assert isinstance(last, Answer)
    assert last.refused


# What the check removes


def test_what_is_not_in_the_document_is_removed(engine: QueryEngine, written: Callable[[Writer], None]) -> None:
    """Of two statements the one with a figure that its document doesn't give goes, and its citation with it."""
    written(lambda each: replace(each, text=each.text.replace("850", "950")))
    found = answer(engine, BOTH)

    assert not found.refused
    (kept,), (gone,) = found.statements, found.removed
    assert (SAID, "supported") == (kept.text, kept.verdict)
    assert (OTHER.replace("850", "950"), "unsupported") == (gone.text, gone.verdict)
    assert ["kestrel"] == [citation.document_id for citation in found.citations]
    assert f"{SAID} [{kept.citations[0].number}]" == found.text
    shown = [each for each in engine.stream(BOTH) if isinstance(each, Statement)]
    assert [kept] == shown


def moved(statement: Statement) -> Statement:
    """The statement with its citations one character further on."""
    citations = (replace(each, start=each.start + 1, end=each.end + 1) for each in statement.citations)
    return replace(statement, citations=tuple(citations))


@pytest.mark.parametrize("fault", [moved, lambda each: replace(each, citations=())])
def test_an_answer_of_which_nothing_stands_is_a_refusal(
    engine: QueryEngine, written: Callable[[Writer], None], fault: Writer
) -> None:
    """Quotes at the wrong place, or none, leave nothing to say: the answer is refused and says why."""
    written(fault)
    found = answer(engine, ARRESTS)

    assert found.refused
    assert f"{REFUSAL} What was found failed the check against its document." == found.text
    assert ((), ()) == (found.statements, found.citations)
    assert ["unsupported"] == [each.verdict for each in found.removed]
    assert SAID not in found.text


# What is explained


def test_an_explanation_has_the_evidence_of_each_hit(engine: QueryEngine) -> None:
    """The ten best of more sentences are kept in their order, each with the features that make its score."""
    told = engine.explain(ARRESTS)

    assert 13 == len(engine.search(ARRESTS, 100))
    assert engine.search(ARRESTS, 10) == list(told.hits)
    assert QUOTE == told.hits[0].sentence.text
    assert [hit.score for hit in told.hits] == [
        combined_score(feature_score(features), features.get("reading")) for features in told.features
    ]
    assert told.features[0].keys() >= {*RANKING_FEATURES, *CONFIDENCE_FEATURES} - {"gap"}


def test_a_refusal_is_explained_too(engine: QueryEngine) -> None:
    """What was found for a question that is refused is kept, so that one can see why."""
    told = engine.explain("What is the capital of Mongolia?")
    assert (True, 10, 10) == (told.answer.refused, len(told.hits), len(told.features))


# What is asked


@pytest.mark.parametrize("white", ["\n", "\r\n", "\t", "\u2028", "\u00a0", "  \n  "])
def test_a_question_is_put_on_one_line(white: str) -> None:
    """Whatever white space stands in a question or around it, one space is asked."""
    assert ARRESTS == normalize_question(white + ARRESTS.replace(" ", white) + white)


def test_only_what_is_asked_counts_for_its_length() -> None:
    """A question of the most characters may have any white space around it; with one more it is refused."""
    longest = "x" * MAX_QUESTION_CHARS
    assert longest == normalize_question(f"{' ' * 10_000}{longest}\n")
    with pytest.raises(QuestionError, match="4,001 characters; 4,000 are allowed"):
        normalize_question(f"{longest}x")


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\u2028"])
def test_a_question_of_nothing_but_space_is_empty(text: str) -> None:
    """Without a single character there is nothing to ask."""
    with pytest.raises(QuestionError, match="empty"):
        normalize_question(text)


# What changes meanwhile


def test_a_document_replaced_between_finding_and_reading(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is put again to the new text: its figure is quoted, at its place, not the old one."""
    asked: list[Question] = []
    undisturbed = Retriever.retrieve

    def disturbed(retriever: Retriever, question: Question, *options: Any) -> Retrieval:
        retrieval = undisturbed(retriever, question, *options)
        if not asked:
            index.add(document("kestrel", KESTREL.replace("2,517", "3,628"), kind="md"))
        asked.append(question)
        return retrieval

    with Assistant.open(tmp_path_factory.mktemp("home")) as made:
        index, engine = index_of(made), QueryEngine(made.engine().retriever)
        index.add(document("kestrel", KESTREL, kind="md"))
        monkeypatch.setattr(Retriever, "retrieve", disturbed)
        told = engine.explain(ARRESTS)

        assert 2 == len(asked)
        (citation,) = told.answer.citations
        stored = index.store.document("kestrel")
        assert QUOTE.replace("2,517", "3,628") == citation.quote == stored.text[citation.start : citation.end]
        assert stored.sha256 == citation.document_sha256
        assert {stored} == {hit.document for hit in told.hits}
        (statement,) = told.answer.statements
        assert statement == check_statement(statement, {"kestrel": stored})
        assert parse_question(ARRESTS) == asked[0]
