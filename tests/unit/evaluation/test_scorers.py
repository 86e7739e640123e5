from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.cases import Case, MustCite
from assistant.evaluation.scorers import (
    AMOUNT_SCORES,
    SCORERS,
    Score,
    citation_precision,
    citation_recall,
    contains_term,
    facts,
    forbidden,
    latency,
    number_accuracy,
    quotes_exact,
    refuses,
    score_answer,
    states_term,
    tokens,
    verdicts,
)
from assistant.types import Answer, Citation, Document, Statement, VerdictLabel

TEXT = "A total of 2,517 arrests were made. Police also rescued 3,222 people. The weather was fine."
DOCUMENT = Document(id="d", title="Brief", source="/docs/brief.md", text=TEXT, kind="md")
ARRESTS, RESCUED, WEATHER = (f"{part.strip('.')}." for part in TEXT.split(". "))
SWAPPED = ARRESTS.replace("2,517", "2,571")
CASE = Case(
    id="arrests",
    question="How many arrests?",
    answerable=True,
    must_say=("2,517",),
    must_not_say=("2,571",),
    must_cite=(MustCite("brief.md", "2,517 arrests"),),
)
NONE = Case(id="budget", question="What did it cost?", answerable=False)
REFUSAL = Answer(
    "?",
    "?",
    "The documents don't say; 2,517 and 2,571 are not said.",
    refused=True,
    reason="too unlike",
    score=0.1,
    mode="quotes",
    model="none",
)


def cited(number: int, quote: str, source: str = DOCUMENT.source, shift: int = 0) -> Citation:
    start = max(TEXT.find(quote), 0) + shift
    return Citation(
        number, "d", "Brief", source, None, number - 1, start, start + len(quote), quote, DOCUMENT.sha256
    )  # fmt: skip


def stated(text: str, *citations: Citation, verdict: VerdictLabel = "supported", why: str = "") -> Statement:
    return Statement(text, verdict, why, citations)


def answered(*statements: Statement) -> Answer:
    citations = tuple(dict.fromkeys(citation for statement in statements for citation in statement.citations))
    text = " ".join(f"{s.text} {''.join(f'[{c.number}]' for c in s.citations)}" for s in statements)
    return replace(
        REFUSAL, text=text, refused=False, reason=None, score=0.9, statements=statements, citations=citations
    )


def quoting(*quotes: str, source: str = DOCUMENT.source, shift: int = 0) -> Answer:
    """An answer of sentences word for word, each with its citation."""
    return answered(*(stated(quote, cited(n, quote, source, shift)) for n, quote in enumerate(quotes, 1)))


def value_and_why(score: Score | None) -> tuple[float, str]:
    assert score is not None
    return score.value, score.why


def test_the_right_answer_gets_full_marks() -> None:
    """The right sentence, cited exactly, is right by every scorer that its case allows, and none says why not."""
    scores = score_answer(CASE, quoting(ARRESTS), {"d": DOCUMENT}.__getitem__)
    expected = ("facts", "forbidden", "citation_recall", "citation_precision", "refuses", "number_accuracy",
                "verdicts", "quotes_exact")  # fmt: skip
    assert dict.fromkeys(expected, Score(1.0)) == scores


def test_what_does_not_arise_is_no_mark() -> None:
    """A right refusal has one mark alone: there is nothing that it could have said, cited or counted."""
    assert {"refuses": Score(1.0)} == score_answer(NONE, REFUSAL, {"d": DOCUMENT}.__getitem__)


RULINGS: tuple[VerdictLabel, ...] = ("supported", "partial", "unsupported")
STATEMENTS = st.builds(
    lambda text, quotes, verdict: stated(
        text, *(cited(n, quote) for n, quote in enumerate(quotes, 1)), verdict=verdict, why="for a reason"
    ),
    st.sampled_from([ARRESTS, RESCUED, WEATHER, SWAPPED, "It cost 5 million on 3 May 2024.", ""]),
    st.lists(st.sampled_from([ARRESTS, RESCUED, WEATHER, SWAPPED]), max_size=3),
    st.sampled_from(RULINGS),
)
TERMS = st.lists(st.sampled_from(["2,517", "2,571", "3,222", "fine", "arrests"]), max_size=2).map(tuple)


@settings(deadline=None)
@given(
    st.lists(STATEMENTS, max_size=3),
    st.booleans(),
    TERMS,
    TERMS,
    st.lists(st.builds(MustCite, st.sampled_from(["brief.md", "other.md"]), st.sampled_from([ARRESTS, "3,222"]))),
)
def test_a_share_says_why_unless_it_is_whole(
    statements: list[Statement],
    refused: bool,
    must_say: tuple[str, ...],
    must_not_say: tuple[str, ...],
    must_cite: list[MustCite],
) -> None:
    """Whatever is asked and answered, a share lies between 0 and 1, and only one of 1 has nothing to explain."""
    case = Case("c", "?", bool(must_say or must_cite), must_say, must_not_say, tuple(must_cite))
    answer = REFUSAL if refused else answered(*statements)
    shares = {
        name: s for name, s in score_answer(case, answer, lambda _: DOCUMENT).items() if name not in AMOUNT_SCORES
    }
    assert [] == [name for name, share in shares.items() if not 0 <= share.value <= 1]
    assert [] == [name for name, share in shares.items() if (share.value == 1) is bool(share.why)]


def test_scorers_have_names_of_their_own() -> None:
    """A score is kept under its scorer's name, so no two share one, and every amount is a scorer's."""
    names = [scorer.__name__ for scorer in SCORERS]
    assert sorted(set(names)) == sorted(names)
    assert set(names) >= AMOUNT_SCORES


# Terms in texts


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("2517 arrests", "2,517", True),
        ("2\N{NARROW NO-BREAK SPACE}517 arrests", "2,517", True),
        ("2 517 arrests", "2517", True),
        ("1,002,517 arrests", "2,517", False),
        ("2,571 arrests", "2,517", False),
        ("18,850 people", "850", False),
        ("850.5 kilos", "850", False),
        ("3.850 kilos", "850", False),
        ("850. The next", "850", True),
        ("from 2024 250 came", "250", True),
        ("in MALI, on", "Mali", True),
        ("normality", "Mali", False),
        ("abnormali", "Mali", False),
        ("from 1 to 5\n July  2024", "5 July 2024", True),
        ("\ufb01ve", "five", True),
        ("It cost $3.4 billion.", "3.4 billion", True),
        ("what (sic) is", "(sic)", True),
    ],
)
def test_terms_are_whole_words_and_figures(text: str, term: str, expected: bool) -> None:
    """A term is found whatever its case, spaces and separators, and never inside another word or figure."""
    assert expected is contains_term(text, term)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_figure_holds_itself_alone(first: int, second: int) -> None:
    """However two whole numbers are written, one holds the other only when they are equal."""
    assert (first == second) is contains_term(f"There were {first:,} of them", str(second))
    assert (first == second) is contains_term(f"There were {first} of them", f"{second:,}")


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("Eighteen people were found.", "18", True),
        ("It cost 1,500,000 pounds.", "1.5 million", True),
        ("Costs rose by 5%.", "5 per cent", True),
        ("It ended on 2024-10-04.", "4 October 2024", True),
        ("Mr Stock leads it.", "Jürgen Stock", True),
        ("Police made 2,571 arrests.", "2,517", False),
        ("It lasted eighteen days.", "18 weeks", False),
        ("Police in normality.", "Mali", False),
    ],
)
def test_a_term_is_said_in_other_words_too(text: str, term: str, expected: bool) -> None:
    """A figure in words, a date in another form and a name with a title are what they stand for, and nothing else."""
    assert expected is states_term(text, term)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("The bridge is of stone.", "wooden bridge"),
        ("Police raided a paper factory.", "steel factory"),
        ("They were sold into forced labour.", "forced marriage"),
        ("The human smuggling went on.", "migrant smuggling"),
    ],
)
def test_half_a_term_is_not_said(text: str, term: str) -> None:
    """A text with another adjective before the same noun says another thing."""
    assert not states_term(text, term)


# Facts


def test_a_fact_that_is_not_said_is_named() -> None:
    """One fact of two is no right answer, and the other is named."""
    case = replace(CASE, must_say=("2,517", "3,222"))
    assert (0.0, "doesn't say “3,222”") == value_and_why(facts(case, quoting(ARRESTS)))
    assert (1.0, "") == value_and_why(facts(case, quoting(ARRESTS, RESCUED)))


def test_a_wrong_figure_beside_the_right_one_is_wrong() -> None:
    """The figure that must not be said fails the case, however it is written, and is named; so do both faults."""
    both = answered(stated("2,517 or 2571 arrests"))
    assert (0.0, "says “2,571”") == value_and_why(facts(CASE, both))
    assert (0.0, "says “2,571”") == value_and_why(forbidden(CASE, both))
    assert (0.0, "doesn't say “2,517” and says “2,571”") == value_and_why(facts(CASE, quoting(SWAPPED)))


def test_a_citation_mark_is_no_fact() -> None:
    """The [1] of a citation says no one."""
    case = replace(CASE, must_say=("1",), must_not_say=("1",))
    assert (0.0, "doesn't say “1”") == value_and_why(facts(case, quoting(WEATHER)))
    assert (1.0, "") == value_and_why(forbidden(case, quoting(WEATHER)))


def test_a_refusal_says_nothing() -> None:
    """A refusal that happens to hold figures states none of them: not the right one, nor the wrong one."""
    assert (0.0, "doesn't say “2,517”") == value_and_why(facts(CASE, REFUSAL))
    assert (1.0, "") == value_and_why(forbidden(CASE, REFUSAL))


def test_without_terms_there_is_nothing_to_score() -> None:
    """A case that demands and forbids nothing gives no such mark."""
    none = [scorer(NONE, quoting(WEATHER)) for scorer in (facts, forbidden, citation_recall, citation_precision)]
    assert [None, None, None, None] == none


# Citations


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (quoting(ARRESTS), 1.0),
        (quoting("2,517"), 1.0),
        (quoting(f"{ARRESTS}\n{RESCUED}"), 1.0),
        (quoting(ARRESTS.replace(" ", "\n")), 1.0),
        (quoting(WEATHER, ARRESTS), 0.5),
        (quoting(RESCUED), 0.0),
        (quoting(SWAPPED), 0.0),
        (answered(stated(ARRESTS)), 0.0),
        (answered(stated(ARRESTS, cited(1, WEATHER), cited(2, ARRESTS))), 1.0),
        (answered(), 0.0),
        (REFUSAL, 0.0),
    ],
)
def test_recall_is_of_statements(answer: Answer, expected: float) -> None:
    """The share of statements that cite a wanted sentence; a swapped figure, a bare statement or a refusal has none."""
    assert expected == value_and_why(citation_recall(CASE, answer))[0]


def test_what_should_have_been_cited_is_told() -> None:
    """Where recall is not whole, its reason names each wanted sentence and file."""
    case = replace(CASE, must_cite=(*CASE.must_cite, MustCite("x.md", "nothing")))
    expected = "cites none of: brief.md: “2,517 arrests” or x.md: “nothing”"
    assert (0.0, expected) == value_and_why(citation_recall(case, quoting(RESCUED)))
    assert (0.0, "cites nothing") == value_and_why(citation_recall(case, REFUSAL))


def test_any_alternative_is_enough() -> None:
    """Of several must_cite entries one is enough."""
    case = replace(CASE, must_say=(), must_cite=(MustCite("x.md", "nothing"), MustCite("brief.md", "3,222 people")))
    assert (1.0, "") == value_and_why(citation_recall(case, quoting(RESCUED)))


def test_the_same_sentence_elsewhere_is_another() -> None:
    """A sentence with the fact bears nothing out in a file that isn't wanted; the wanted file may lie anywhere."""
    elsewhere = quoting(ARRESTS, source="/docs/other.md")
    assert 0.0 == value_and_why(citation_recall(CASE, elsewhere))[0]
    assert (0.0, "cites beside the point: [1]") == value_and_why(citation_precision(CASE, elsewhere))
    assert (1.0, "") == value_and_why(citation_precision(CASE, quoting(ARRESTS, source="/elsewhere/brief.md")))


def test_citations_beside_the_point_cost_precision() -> None:
    """Two citations of three that carry nothing leave a third, and are named by their numbers."""
    value, why = value_and_why(citation_precision(CASE, quoting(ARRESTS, RESCUED, WEATHER)))
    assert pytest.approx(1 / 3) == value
    assert "cites beside the point: [2], [3]" == why


def test_a_refusal_has_no_precision() -> None:
    """Without citations, or without wanted ones, there is no precision to take."""
    assert [None, None] == [citation_precision(CASE, REFUSAL), citation_precision(NONE, quoting(WEATHER))]


@pytest.mark.parametrize("shift", [1, -1, 10_000])
def test_a_shifted_quote_is_not_exact(shift: int) -> None:
    """Offsets that miss by one character, or point behind the document's end, are found out and named."""
    find = {"d": DOCUMENT}.__getitem__
    assert (1.0, "") == value_and_why(quotes_exact(quoting(ARRESTS, RESCUED), find))
    assert (0.0, "offsets don't give: [1]") == value_and_why(quotes_exact(quoting(RESCUED, shift=shift), find))
    half = answered(stated(ARRESTS, cited(1, ARRESTS)), stated(RESCUED, cited(2, RESCUED, shift=shift)))
    assert (0.5, "offsets don't give: [2]") == value_and_why(quotes_exact(half, find))
    assert quotes_exact(REFUSAL, find) is None


# Refusals, verdicts, numbers, amounts


@pytest.mark.parametrize(
    ("case", "answer", "expected"),
    [
        (CASE, quoting(ARRESTS), (1.0, "")),
        (CASE, REFUSAL, (0.0, "refused: too unlike")),
        (NONE, REFUSAL, (1.0, "")),
        (NONE, quoting(WEATHER), (0.0, "answered, though nothing answers it")),
    ],
)
def test_a_refusal_is_right_where_nothing_answers(case: Case, answer: Answer, expected: tuple[float, str]) -> None:
    """Refusing is right for the unanswerable alone."""
    assert expected == value_and_why(refuses(case, answer))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There were 2,517 arrests.", (1.0, "")),
        ("There were two thousand five hundred and seventeen arrests.", (1.0, "")),
        ("There were 2,571 arrests.", (0.0, "not in what is cited: “2,571”")),
        ("There were 2,517 arrests, 850 of them at night.", (0.5, "not in what is cited: “850”")),
        ("On 3 May 2024 there were 2,517 arrests.", (0.5, "not in what is cited: “3 May 2024”")),
    ],
)
def test_numbers_stand_in_what_is_cited(text: str, expected: tuple[float, str]) -> None:
    """Each figure and date of a statement is held against the sentences that this statement cites."""
    assert expected == value_and_why(number_accuracy(CASE, answered(stated(text, cited(1, ARRESTS)))))


def test_another_statements_citation_carries_no_number() -> None:
    """A figure that only the next statement's citation has is not in what is cited for it."""
    crossed = answered(stated(ARRESTS, cited(2, RESCUED)), stated(RESCUED, cited(1, ARRESTS)))
    assert (0.0, "not in what is cited: “2,517”, “3,222”") == value_and_why(number_accuracy(CASE, crossed))


def test_without_numbers_there_is_no_accuracy() -> None:
    """Words alone, and a refusal whatever figures its text has, have no numbers to be right."""
    assert [None, None] == [number_accuracy(CASE, quoting(WEATHER)), number_accuracy(CASE, REFUSAL)]


def test_verdicts_are_the_mean_of_what_the_check_said() -> None:
    """Supported counts 1, partial a half and unsupported nothing; what is not supported says why."""
    mixed = answered(
        stated(ARRESTS, cited(1, ARRESTS)),
        stated("So it is.", verdict="partial", why="“so” is not said."),
        stated("It is.", verdict="unsupported", why="It cites nothing."),
    )
    assert (0.5, "partial: “so” is not said.; unsupported: It cites nothing.") == value_and_why(verdicts(CASE, mixed))
    assert verdicts(CASE, REFUSAL) is None


def test_amounts_are_those_of_the_answer() -> None:
    """Latency is the whole time, tokens those read and written together; without them there is no mark."""
    answer = replace(REFUSAL, seconds={"retrieve": 0.2, "total": 0.5},
                   usage={"prompt_tokens": 90, "completion_tokens": 10})  # fmt: skip
    assert [Score(0.5), Score(100.0)] == [latency(CASE, answer), tokens(CASE, answer)]
    assert [None, None] == [latency(CASE, REFUSAL), tokens(CASE, REFUSAL)]
