"""Rows of tables as answers: the one whose label the question names, and none of other years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.named_rows import is_of_other_years, row_named
from assistant.answering.selection import select_quotes
from assistant.index.rows import DocumentEntry
from assistant.models.calibration import refusal_threshold
from assistant.query.question import parse_question
from assistant.retrieval.features import SentenceContext, compute_features
from assistant.retrieval.retriever import Candidate, feature_score
from assistant.segmentation.table_rows import cells_of, text_with_table
from assistant.types import Sentence, SentenceKind

SALES = "Boats > Sales >  | 2024 | 2025"
IDF = {"net": 0.2, "sale": 0.2}  # common words of these documents
BALANCE = "Boats > Debts >  | 2024 | 2025"


def candidate(
    question: str, text: str, context: str = SALES, kind: SentenceKind = "row", document_id: str = "a"
) -> Candidate:
    """A sentence as retrieval proposes it, its features those of its own words and headings."""
    sentence = Sentence(document_id, 0, 0, len(text), text, context=context, kind=kind)
    entry = DocumentEntry(
        id=document_id, title="", source=document_id, kind="pdf", date=None, url=None, notes=(), sha256="",
        file_hash="", version=document_id, characters=0, sentences=0, chunks=0, texts=0,
    )  # fmt: skip
    context_of = SentenceContext(text_with_table(sentence), context, 0.8, cells_of(sentence))
    features = compute_features(parse_question(question), context_of, IDF)
    return Candidate(sentence, entry, "", context, features, feature_score(features))


def named(question: str, *texts: str | tuple[str, str]) -> str:
    """The row that a question names among some, the first of which is the best: its text."""
    pairs = [(text, SALES) if isinstance(text, str) else text for text in texts]
    candidates = [candidate(question, text, context) for text, context in pairs]
    return row_named(parse_question(question), candidates[0], candidates).sentence.text


@pytest.mark.parametrize(
    ("question", "best", "other", "expected"),
    [
        ("net sales of oars in 2024", "Net sales | 90 | 80", "Oars | 20 | 10", "Oars | 20 | 10"),
        ("net sales in 2024", "Net sales | 90 | 80", "Oars | 20 | 10", "Net sales | 90 | 80"),
        ("cost of hulls", "Total cost of hulls | 9 | 8", "Cost of hulls | 7", "Cost of hulls | 7"),
        ("total cost of hulls", "Cost of hulls | 7", "Total cost of hulls | 9 | 8", "Total cost of hulls | 9 | 8"),
        ("cost of hulls", "Cost of hulls | 7", "Cost of hulls and sails | 9 | 8", "Cost of hulls | 7"),
    ],
)
def test_of_the_rows_of_a_table_that_one_answers_whose_label_is_named(
    question: str, best: str, other: str, expected: str
) -> None:
    """Rows below one header differ by their labels alone; the question's own words choose among them."""
    assert expected == named(f"What is the {question}?", best, other)


def test_a_row_of_another_table_answers_if_the_question_is_its_label() -> None:
    """The whole label in the question outweighs half of it, or a sentence that speaks of the same thing."""
    whole, half = ("Total accrued wages | 40 | 30", BALANCE), ("Accrued wages | 7 | (8)", SALES)
    assert whole[0] == named("What is the total accrued wages in 2025?", half, whole)
    assert half[0] == named("What are the accrued wages in 2025?", half, whole)
    question = "What were the accrued wages in 2025?"
    prose = candidate(question, "Tax on accrued wages was 3 in 2025.", "Boats > Taxes", "prose")
    assert half[0] == row_named(parse_question(question), prose, [prose, candidate(question, half[0])]).sentence.text


def test_rows_of_other_documents_are_left_to_their_rank() -> None:
    """What another file calls by the same name need not be the same thing."""
    question = "What is the total accrued wages in 2025?"
    best = candidate(question, "Accrued wages | 7 | 8")
    other = candidate(question, "Total accrued wages | 40 | 30", document_id="b")
    assert best == row_named(parse_question(question), best, [best, other])


@pytest.mark.parametrize(
    ("question", "context", "expected"),
    [
        ("What are the sales in 2023?", SALES, True),
        ("What are the sales in 2024 and 2023?", SALES, False),
        ("What are the sales?", SALES, False),
        ("What are the sales in 2023?", "Boats > Item | North | South", False),
        ("What are the sales in 2023?", "Boats >  | 2021 to 2024 | Change", False),
        ("What are the sales in 2020?", "Boats >  | FY2021 | FY2022", True),
        ("What are the sales in 2023?", "Boats", False),
    ],
)
def test_a_row_of_other_years_is_no_answer(question: str, context: str, expected: bool) -> None:
    """Columns that are named by years hold nothing of a year that is not among them; others may."""
    assert expected == is_of_other_years(parse_question(question), candidate(question, "Sales | 90 | 80", context))


def test_a_row_that_states_the_year_itself_is_of_it() -> None:
    """A label may name the year too; and a sentence has no columns."""
    question = parse_question("What are the sales in 2023?")
    assert not is_of_other_years(question, candidate(question.text, "Sales of 2023 | 90 | 80"))
    assert not is_of_other_years(question, candidate(question.text, "Sales were 90.", kind="prose"))


def test_another_years_figure_is_refused() -> None:
    """A question about a year that the table hasn't is refused, and one about a year that it has is answered."""
    for year, quoted in (("2025", ["Net sales of oars | 90 | 80"]), ("2022", [])):
        question = f"What were the net sales of oars in {year}?"
        selection = select_quotes(
            parse_question(question),
            [candidate(question, "Net sales of oars | 90 | 80")],
            {},
            refusal_threshold("quotes"),
        )
        assert quoted == [chosen.sentence.text for chosen in selection.candidates]


@pytest.mark.parametrize(("text", "kind"), [("Mooring fees | 900 | 800", "row"), ("Ann Oar | 1,200 | 20%", "row")])
def test_a_bare_figure_of_a_row_may_be_a_sum_of_money(text: str, kind: SentenceKind) -> None:
    """Statements give the currency once: with the first figure of a column, in a header or above the table."""
    question = "How much was paid in fees?"
    assert candidate(question, text, kind=kind).features["fits"] == 1


@pytest.mark.parametrize(("text", "kind"), [("Fees | 12% | 3 years", "row"), ("900 boats paid fees.", "prose")])
def test_other_figures_are_no_sum_of_money(text: str, kind: SentenceKind) -> None:
    """Percentages and years are none, and in a sentence a figure without a currency counts something."""
    assert candidate("How much was paid in fees?", text, kind=kind).features["fits"] == 0


@given(st.lists(st.lists(st.text("ab 2|"), min_size=1, max_size=3).map(" | ".join), min_size=1, max_size=4), st.text())
def test_what_is_chosen_is_a_candidate(texts: list[str], question: str) -> None:
    """For any rows and question one of the rows is chosen."""
    assert named(question, *texts) in texts
