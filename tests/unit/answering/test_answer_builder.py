"""How an answer is built from statements: what is checked, which numbers citations get, and how the text is joined."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.answer_builder import AnswerBuilder, join_statements, make_citation
from assistant.answering.citation_repair import CitableSentence
from assistant.types import Citation, Document, Sentence, Statement

QUOTES = (
    "Police made 2,517 arrests in 116 countries.",
    "Officers rescued 3,222 victims in Mali.",
    "The operation was led from Lyon.",
    "It cost 61 million euros.",
)
REPORT = Document("report", "The report", "report.md", " ".join(QUOTES), "md", date=date(2024, 11, 6))
LEAFLET = Document("leaflet", "The leaflet", "leaflet.md", "Police made 2,571 arrests in 116 countries.", "md")
ARRESTS, VICTIMS, LYON, COST = range(4)


def citable(number: int, document: Document = REPORT, quotes: Sequence[str] = QUOTES) -> CitableSentence:
    """A sentence of a document, by its number, as a statement may cite it."""
    start = document.text.index(quotes[number])
    sentence = Sentence(document.id, number, start, start + len(quotes[number]), quotes[number])
    return CitableSentence(make_citation(sentence, document), document)


def cited_numbers(statement: Statement | None) -> list[int]:
    """The numbers of the citations under a statement that was kept."""
    assert statement is not None
    return [citation.number for citation in statement.citations]


@pytest.fixture
def builder() -> AnswerBuilder:
    """An answer without statements yet, checked by rules alone."""
    return AnswerBuilder(None)


# Numbering


def test_citations_are_numbered_in_the_order_of_their_statements(builder: AnswerBuilder) -> None:
    """The first sentence that is cited gets 1, the next new one 2, wherever they stand in the document."""
    assert [1] == cited_numbers(builder.add(QUOTES[LYON], [citable(LYON)]))
    assert [2] == cited_numbers(builder.add(QUOTES[ARRESTS], [citable(ARRESTS)]))
    assert [(1, LYON), (2, ARRESTS)] == [(citation.number, citation.sentence) for citation in builder.citations]


def test_a_sentence_that_is_cited_again_keeps_its_number(builder: AnswerBuilder) -> None:
    """A second statement from the same sentence shows the same marker, and the answer has one citation."""
    assert [1] == cited_numbers(builder.add("Police made 2,517 arrests.", [citable(ARRESTS)]))
    assert [2, 1] == cited_numbers(
        builder.add("Police made 2,517 arrests, led from Lyon.", [citable(LYON), citable(ARRESTS)])
    )
    assert [1, 2] == [citation.number for citation in builder.citations]


def test_sentences_of_two_documents_have_two_numbers(builder: AnswerBuilder) -> None:
    """A sentence's number in its document doesn't identify it alone: the first of another document is another one."""
    builder.add(QUOTES[ARRESTS], [citable(ARRESTS)])
    builder.add(LEAFLET.text, [citable(0, LEAFLET, [LEAFLET.text])])
    assert [(1, "report"), (2, "leaflet")] == [
        (citation.number, citation.document_id) for citation in builder.citations
    ]


def test_a_removed_statement_frees_its_numbers(builder: AnswerBuilder) -> None:
    """What only a removed statement cites is cited no more, and the next statement gets its number."""
    builder.add(QUOTES[ARRESTS], [citable(ARRESTS)])
    assert builder.add("Officers rescued 4,000 victims in Mali.", [citable(VICTIMS)]) is None
    assert not builder.cites(("report", VICTIMS))

    assert [2] == cited_numbers(builder.add(QUOTES[LYON], [citable(LYON)]))
    assert [ARRESTS, LYON] == [citation.sentence for citation in builder.citations]


def test_a_removed_statement_leaves_the_citations_of_others(builder: AnswerBuilder) -> None:
    """A sentence that a kept statement cites stays cited under its number when another statement with it is removed."""
    builder.add(QUOTES[ARRESTS], [citable(ARRESTS)])
    assert builder.add("Police made 2,600 arrests.", [citable(ARRESTS), citable(COST)]) is None

    assert builder.cites(("report", ARRESTS))
    assert not builder.cites(("report", COST))
    assert [1] == [citation.number for citation in builder.citations]


@settings(deadline=None)  # the first check loads the word lists
@given(st.lists(st.tuples(st.sampled_from([ARRESTS, VICTIMS, COST]), st.booleans()), max_size=8))
def test_numbers_never_have_a_gap(attempts: list[tuple[int, bool]]) -> None:
    """Whichever statements are true, citations are numbered from 1 without a gap, each under a kept statement."""
    builder = AnswerBuilder(None)
    for number, is_true in attempts:
        false_text = QUOTES[number].replace("1", "8").replace("3,", "5,")  # another figure in each of them
        text = QUOTES[number] if is_true else false_text
        assert is_true == (builder.add(text, [citable(number)]) is not None)

    assert list(range(1, len(builder.citations) + 1)) == [citation.number for citation in builder.citations]
    assert len(attempts) == len(builder.statements) + len(builder.removed)
    assert {number for number, is_true in attempts if is_true} == {c.sentence for c in builder.citations}
    assert set(builder.citations) == {c for statement in builder.statements for c in statement.citations}


# What the check decides


def test_a_statement_carries_the_verdict_of_the_check(builder: AnswerBuilder) -> None:
    """A kept statement is returned as it stands in the answer, with its verdict and reason."""
    statement = builder.add(QUOTES[ARRESTS], [citable(ARRESTS)])
    assert statement is not None
    assert ((statement,), ()) == (builder.statements, builder.removed)
    assert ("supported", QUOTES[ARRESTS]) == (statement.verdict, statement.text)
    assert statement.why


def test_a_removed_statement_has_its_reason_and_no_citation(builder: AnswerBuilder) -> None:
    """A statement whose figure is not in its evidence is kept apart, with what the check says against it."""
    builder.add("Police made 2,571 arrests in 116 countries.", [citable(ARRESTS)])
    (removed,) = builder.removed
    assert ("unsupported", ()) == (removed.verdict, removed.citations)
    assert "2,571 is not in the cited sentence, which says 2,517." == removed.why
    assert ((), ()) == (builder.statements, builder.citations)


def test_a_statement_can_be_removed_unchecked(builder: AnswerBuilder) -> None:
    """A true statement that is not wanted is removed with the caller's reason."""
    builder.remove(QUOTES[LYON], "It doesn't give what is asked for.")
    assert (Statement(QUOTES[LYON], "unsupported", "It doesn't give what is asked for."),) == builder.removed


# Citations and text


def test_a_citation_names_the_sentence_and_its_document() -> None:
    """A citation's span is its quote in the canonical text, whose hash it carries; its number comes later."""
    start = REPORT.text.index(QUOTES[VICTIMS])
    sentence = Sentence("report", VICTIMS, start, start + len(QUOTES[VICTIMS]), QUOTES[VICTIMS], page=3)
    citation = make_citation(sentence, REPORT, answer_span=(start, start + 8))

    assert Citation(
        0, "report", "The report", "report.md", 3, VICTIMS, sentence.start, sentence.end, QUOTES[VICTIMS],
        REPORT.sha256, (start, start + 8),
    ) == citation  # fmt: skip
    assert citation.quote == REPORT.text[citation.start : citation.end]


def test_statements_are_joined_with_their_markers(builder: AnswerBuilder) -> None:
    """Each statement is followed by the markers of its citations; an answer without statements has no text."""
    builder.add("Police made 2,517 arrests, led from Lyon.", [citable(ARRESTS), citable(LYON)])
    builder.add(QUOTES[COST], [citable(COST)])
    assert "Police made 2,517 arrests, led from Lyon. [1][2] It cost 61 million euros. [3]" == join_statements(
        builder.statements, {"report": REPORT}
    )
    assert "" == join_statements((), {})


def test_differing_documents_are_introduced_by_title_and_date(builder: AnswerBuilder) -> None:
    """Where the documents differ each statement says which document it is from, and of which day that is."""
    builder.add(QUOTES[ARRESTS], [citable(ARRESTS)])
    builder.add(LEAFLET.text, [citable(0, LEAFLET, [LEAFLET.text])])
    text = join_statements(builder.statements, {"report": REPORT, "leaflet": LEAFLET}, documents_differ=True)
    assert (
        "The documents differ. "
        "“The report” (6 November 2024): Police made 2,517 arrests in 116 countries. [1] "
        "“The leaflet” (without a date): Police made 2,571 arrests in 116 countries. [2]"
    ) == text
