import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.cases import Case, MustCite
from assistant.evaluation.scorers import (
    citation_precision,
    cites,
    holds,
    quotes_exact,
    refuses,
    says,
    says_not,
    score,
)
from assistant.types import Answer, Citation, Document, Statement

TEXT = "A total of 2,517 arrests were made. Police also rescued 3,222 people. The weather was fine."
DOCUMENT = Document(id="d", title="Brief", source="/docs/brief.md", text=TEXT, kind="md")
CASE = Case(
    id="arrests",
    question="How many arrests?",
    answerable=True,
    must_say=("2,517",),
    must_not_say=("2,571",),
    must_cite=(MustCite("brief.md", "2,517 arrests"),),
)
NONE = Case(id="budget", question="What did it cost?", answerable=False)


def cited(number: int, quote: str, source: str = DOCUMENT.source, shift: int = 0) -> Citation:
    start = max(TEXT.find(quote), 0) + shift
    end = start + len(quote)
    return Citation(number, "d", "Brief", source, None, 0, start, end, quote, DOCUMENT.sha256)


def answer(*quotes: str, text: str | None = None, source: str = DOCUMENT.source, shift: int = 0) -> Answer:
    citations = tuple(cited(n, quote, source, shift) for n, quote in enumerate(quotes, 1))
    statements = tuple(Statement(c.quote, "supported", "", (c,)) for c in citations)
    shown = " ".join(f"{c.quote} [{c.number}]" for c in citations) if text is None else text
    return Answer(
        "?",
        "?",
        shown,
        refused=False,
        reason=None,
        score=0.9,
        mode="quotes",
        model="none",
        statements=statements,
        citations=citations,
    )


ARRESTS, RESCUED, WEATHER = (f"{part.strip('.')}." for part in TEXT.split(". "))
REFUSAL = Answer(
    "?",
    "?",
    "The documents don't say; 2,517 is not said.",
    refused=True,
    reason="too unlike",
    score=0.1,
    mode="quotes",
    model="none",
)


def value(found: object) -> object:
    return getattr(found, "value", None)


def test_the_right_answer_gets_full_marks() -> None:
    """The right sentence, cited exactly, is right by every scorer."""
    marks = score(CASE, answer(ARRESTS), {"d": DOCUMENT}.__getitem__)
    expected = dict.fromkeys(("says", "says_not", "cites", "citation_precision", "refuses", "quotes_exact"), 1.0)
    assert expected == {name: mark.value for name, mark in marks.items()}
    assert {""} == {mark.why for mark in marks.values()}


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("2517 arrests", "2,517", True),
        ("2\N{NARROW NO-BREAK SPACE}517 arrests", "2,517", True),
        ("1,002,517 arrests", "2,517", False),
        ("2,571 arrests", "2,517", False),
        ("18,850 people", "850", False),
        ("850.5 kilos", "850", False),
        ("3.850 kilos", "850", False),
        ("850. The next", "850", True),
        ("in MALI, on", "Mali", True),
        ("normality", "Mali", False),
        ("abnormali", "Mali", False),
        ("from 1 to 5\n July  2024", "5 July 2024", True),
        ("\ufb01ve", "five", True),
    ],
)
def test_terms_are_whole_words_and_figures(text: str, term: str, expected: bool) -> None:
    """A term is found whatever its case, spaces and separators, and never inside another word or figure."""
    assert expected is holds(text, term)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_figure_holds_itself_alone(one: int, other: int) -> None:
    """However two whole numbers are written, one holds the other only when they are equal."""
    assert (one == other) is holds(f"There were {one:,} of them", str(other))
    assert (one == other) is holds(f"There were {one} of them", f"{other:,}")


def test_what_is_not_said_is_named() -> None:
    """An answer with one fact of two gets half, and the other is named."""
    case = Case("a", "?", answerable=True, must_say=("2,517", "3,222"))
    mark = says(case, answer(ARRESTS))
    assert mark is not None
    assert (mark.value, mark.why) == (0.5, "doesn't say “3,222”")


def test_a_citation_mark_is_no_fact() -> None:
    """The [1] of a citation doesn't say one."""
    assert value(says(Case("a", "?", answerable=True, must_say=("1",)), answer(WEATHER))) == 0.0


def test_a_refusal_says_nothing() -> None:
    """A refusal that happens to hold the figure does not state it."""
    assert value(says(CASE, REFUSAL)) == 0.0
    assert says_not(CASE, REFUSAL) is None


def test_a_wrong_figure_is_seen() -> None:
    """The figure that must not be said fails the case, beside the right one too."""
    assert value(says_not(CASE, answer(text="2,517 or 2571 arrests"))) == 0.0


def test_without_terms_there_is_nothing_to_score() -> None:
    """What an unanswerable case need not say is no mark at all."""
    assert [says(NONE, REFUSAL), says_not(NONE, REFUSAL), cites(NONE, REFUSAL)] == [None, None, None]


@pytest.mark.parametrize(
    ("given_answer", "expected"),
    [
        (answer(ARRESTS), 1.0),
        (answer("2,517"), 1.0),
        (answer(f"{ARRESTS}\n{RESCUED}"), 1.0),
        (answer(WEATHER, ARRESTS), 1.0),
        (answer(RESCUED), 0.0),
        (answer("A total of 2,571 arrests were made."), 0.0),
        (answer(ARRESTS, source="/docs/other.md"), 0.0),
        (REFUSAL, 0.0),
    ],
)
def test_the_wanted_sentence_is_cited_or_not(given_answer: Answer, expected: float) -> None:
    """Only a citation of the wanted sentence, in the wanted file, counts."""
    assert expected == value(cites(CASE, given_answer))


def test_any_alternative_is_enough() -> None:
    """Of several must_cite entries one is enough."""
    case = Case(
        "a",
        "?",
        answerable=True,
        must_cite=(MustCite("x.md", "nothing"), MustCite("brief.md", "3,222 people")),
    )
    assert value(cites(case, answer(RESCUED))) == 1.0


def test_citations_beside_the_point_cost_precision() -> None:
    """Two citations of three that carry nothing leave a third, and are named."""
    mark = citation_precision(CASE, answer(ARRESTS, RESCUED, WEATHER))
    assert mark is not None
    assert pytest.approx(1 / 3) == mark.value
    assert mark.why == "cites beside the point: [2], [3]"


def test_a_statement_with_the_fact_carries_its_citation() -> None:
    """A citation of another document counts when its statement says what must be said."""
    assert value(citation_precision(CASE, answer(ARRESTS, source="/docs/other.md"))) == 1.0


def test_a_refusal_has_no_precision() -> None:
    """Without citations, or without a right answer, there is no precision to take."""
    assert citation_precision(CASE, REFUSAL) is None
    assert citation_precision(NONE, answer(WEATHER)) is None


@pytest.mark.parametrize(
    ("case", "given_answer", "expected"),
    [(CASE, answer(ARRESTS), 1.0), (CASE, REFUSAL, 0.0), (NONE, REFUSAL, 1.0), (NONE, answer(WEATHER), 0.0)],
)
def test_a_refusal_is_right_where_nothing_answers(case: Case, given_answer: Answer, expected: float) -> None:
    """Refusing is right for the unanswerable alone."""
    assert expected == refuses(case, given_answer).value


def test_a_shifted_quote_is_not_exact() -> None:
    """Offsets that miss by one character are found out."""
    find = {"d": DOCUMENT}.__getitem__
    assert value(quotes_exact(answer(ARRESTS, RESCUED), find)) == 1.0
    assert value(quotes_exact(answer(ARRESTS, shift=1), find)) == 0.0
    assert quotes_exact(REFUSAL, find) is None
