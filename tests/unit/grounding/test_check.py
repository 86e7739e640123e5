"""The grounding check: nothing passes that its document doesn't say at that very place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.grounding.check import check_statement, verdict_for
from assistant.grounding.evidence import Evidence, is_exact_quote
from assistant.grounding.span_reader_scorer import make_span_reader_scorer
from assistant.grounding.support import examine
from assistant.models.calibration import check_calibration
from assistant.nlp.tokens import single_line
from assistant.types import Citation, Document, Statement

TEXT = "It was cold.\nPolice made 2,517 arrests\nin 116 countries. It was cold."
DOCUMENT = Document("d", "Title", "a.txt", TEXT, "txt")


def cite(start: int, end: int, document: Document = DOCUMENT, **changes: Any) -> Citation:
    """An exact citation of a span, with changed fields where a test wants them."""
    citation = Citation(
        number=1,
        document_id=document.id,
        title=document.title,
        source=document.source,
        page=None,
        sentence=0,
        start=start,
        end=end,
        quote=document.text[start:end],
        document_sha256=document.sha256,
    )
    return replace(citation, **changes)


def verdict(text: str, *citations: Citation, document: Document | None = DOCUMENT) -> tuple[str, str]:
    """What the check says of a statement, and why."""
    checked = check_statement(
        Statement(text, "unsupported", "", citations), {document.id: document} if document else {}
    )
    assert (text, citations) == (checked.text, checked.citations)
    return checked.verdict, checked.why


ARRESTS = cite(13, 56)
FIRST, LAST = cite(0, 12), cite(57, 69)


def test_word_for_word_is_supported() -> None:
    """A statement that is its sentence is supported; line ends within the sentence do not count."""
    assert "Police made 2,517 arrests\nin 116 countries." == ARRESTS.quote
    for text in ("Police made 2,517 arrests in 116 countries.", ARRESTS.quote):
        assert ("supported", "Word for word in the cited sentence.") == verdict(text, ARRESTS)


def test_several_citations_together() -> None:
    """A statement of two quotes needs both; what neither says leaves it partly supported."""
    text = "Police made 2,517 arrests in 116 countries. It was cold."
    assert "supported" == verdict(text, ARRESTS, LAST)[0]
    assert "supported" == verdict(text, LAST, ARRESTS)[0]
    windy = "Police made 2,517 arrests in 116 countries, and a windy autumn brought flooded harbours."
    assert "partial" == verdict(windy, ARRESTS)[0]


def test_a_statement_without_citations() -> None:
    """A statement that cites nothing is unsupported, however true it is."""
    assert ("unsupported", "It cites nothing.") == verdict("It was cold.")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ARRESTS, start=12),
        replace(ARRESTS, end=55),
        replace(FIRST, start=57),
        replace(ARRESTS, quote=ARRESTS.quote.replace("2,517", "2,571")),
        replace(ARRESTS, document_id="other"),
        replace(ARRESTS, document_sha256="0" * 64),
        replace(LAST, end=len(TEXT) + 1),
        replace(LAST, start=-12, end=len(TEXT)),
        replace(FIRST, end=12 - len(TEXT)),
        cite(5, 5),
    ],
)
def test_a_citation_that_does_not_stand(wrong: Citation) -> None:
    """Wrong offsets, an altered quote, another document or hash: unsupported, and the citation is named."""
    expected = ("unsupported", "[1] is not what its document says at that place.")
    assert expected == verdict(wrong.quote, wrong)
    assert expected == verdict(f"It was cold. {wrong.quote}", FIRST, wrong)


def test_a_document_that_changed() -> None:
    """A citation of an older text is unsupported, though the words still stand at their place."""
    changed = replace(DOCUMENT, text=f"{TEXT} More was added.")
    assert ARRESTS.quote == changed.text[ARRESTS.start : ARRESTS.end]
    assert "unsupported" == verdict(ARRESTS.quote, ARRESTS, document=changed)[0]
    assert "unsupported" == verdict(ARRESTS.quote, ARRESTS, document=None)[0]
    assert not is_exact_quote(ARRESTS, None)


@pytest.mark.parametrize(
    "text",
    [
        "police made 2,517 arrests in 116 countries",
        "Police made 2517 arrests in 116 countries.",
        "In 116 countries the police arrested 2,517.",
        "Police made arrests in 116 countries.",
    ],
)
def test_other_words_for_the_same(text: str) -> None:
    """A statement that says the same in other words is supported."""
    assert "supported" == verdict(text, ARRESTS)[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Police made 2,571 arrests in 116 countries.", "2,571 is not in the cited sentence, which says 2,517."),
        ("Police made 116 arrests in 2,517 countries.", "The cited sentence says 2,517 where this says 116."),
        ("Interpol made 2,517 arrests.", "“Interpol” is not in the cited sentence."),
        ("Police did not make 2,517 arrests.", "It denies (“not”) what the cited sentence doesn't deny."),
        ("", "It says nothing."),
    ],
)
def test_another_statement(text: str, why: str) -> None:
    """A statement that says another thing is unsupported, with the reason in plain words."""
    assert ("unsupported", why) == verdict(text, ARRESTS)


def test_a_statement_is_checked_up_to_a_length() -> None:
    """Beyond 10,000 characters, or 50,000 of evidence, only a quote is supported, and the verdict says so."""
    text = "Police made 2,517 arrests in 116 countries. " * 300
    too_long = verdict_for(text, [Evidence("Police made 2,517 arrests in 116 countries.")])
    assert ("unsupported", "It has 13,199 characters; up to 10,000 are checked. Check it in parts.") == (
        too_long.verdict,
        too_long.why,
    )
    assert "supported" == verdict_for(text, [Evidence(text)]).verdict
    cold = "It was cold in the old harbour, where boats lay. " * 204
    assert "supported" == verdict_for(cold, [Evidence("It was cold in the old harbour, where boats lay.")]).verdict
    cited = [Evidence(text) for _ in range(4)]
    assert ("unsupported", "What it cites has 52,800 characters; up to 50,000 are read. Cite less.") == (
        verdict_for("Police made 2,517 arrests.", cited).verdict,
        verdict_for("Police made 2,517 arrests.", cited).why,
    )
    assert "supported" == verdict_for("Police made 2,517 arrests.", cited[:3]).verdict


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        (" ".join(map(str, range(3_001, 3_301))), " ".join(map(str, range(3_301, 3_001, -1)))),
        (
            "".join(f"{n} red w{n % 7}x " for n in range(2_001, 2_701)),
            "".join(f"{n} red w{n % 5}x " for n in range(2_701)),
        ),
    ],
)
def test_what_is_too_much_to_be_compared_is_not_supported(statement: str, cited: str) -> None:
    """Hundreds of figures are not compared with hundreds of others, and the verdict says that they weren't."""
    why = "It has too many figures and dates to be compared with the cited sentences: check it in parts."
    judged = verdict_for(statement[:9_000], [Evidence(cited)])
    assert ("unsupported", why) == (judged.verdict, judged.why)


def test_long_texts_that_run_alike_are_not_aligned() -> None:
    """Texts of some six hundred words in one order, with figures in them, are not aligned word by word."""
    words = [f"wo{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(676)]
    statement, cited = f"In 2024 {' '.join(words)}.", f"In 2023 and 2024 {' '.join(words)} again."
    judged = verdict_for(statement, [Evidence(cited)])
    assert "It has too many figures and dates to be compared with the cited sentences: check it in parts." == judged.why
    short = verdict_for(
        f"In 2024 {' '.join(words[:300])}.", [Evidence(f"In 2023 and 2024 {' '.join(words[:300])} again.")]
    )
    assert "supported" == short.verdict


anything = st.text(st.characters(exclude_categories=()), min_size=1)  # lone surrogates too


@given(anything, st.data())
def test_any_exact_span_is_supported(text: str, data: st.DataObject) -> None:
    """Whatever the text, a span of it that is cited exactly and said as it stands is supported."""
    document = Document("d", "", "", text, "txt")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = cite(start, end, document)

    assert is_exact_quote(citation, document)
    assert "supported" == verdict(single_line(citation.quote), citation, document=document)[0]


words = st.text(st.characters(exclude_categories=["Nd", "Nl", "No"]), min_size=1)  # no digits but the altered one


@given(words, words, st.integers(0, 9), st.integers(0, 9))
def test_no_altered_digit_is_supported(before: str, after: str, true: int, false: int) -> None:
    """One digit changed, in the statement or in the quote as well, is never supported."""
    assume(true != false)
    text = f"{before}{true}{after}"
    document = Document("d", "", "", text, "txt")
    citation, altered = cite(0, len(text), document), f"{before}{false}{after}"

    assert "supported" == verdict(text, citation, document=document)[0]
    assert "unsupported" == verdict(altered, citation, document=document)[0]
    assert "unsupported" == verdict(altered, replace(citation, quote=altered), document=document)[0]


@given(anything, st.integers(-5, 40), st.integers(-5, 40))
def test_a_quote_stands_at_its_own_place_alone(text: str, start: int, end: int) -> None:
    """Offsets outside the text, or that turn round, never stand, whatever slicing makes of them."""
    document = Document("d", "", "", text, "txt")
    assert (0 <= start < end <= len(text)) == is_exact_quote(cite(start, end, document), document)


def test_white_space_becomes_single_spaces() -> None:
    """White space of any kind becomes single spaces, and none stays at the ends."""
    assert "a b c" == single_line("  a\n\tb\u00a0\r\n c ")
    assert "" == single_line(" \n ")


class FakeScorer:
    """A reader scorer with the same log-odds for every text but those with a certain beginning; keeps the texts."""

    def __init__(self, log_odds: float, **by_beginning: float) -> None:
        self.log_odds, self.by_beginning, self.texts = log_odds, by_beginning, list[str]()

    def __call__(self, text: str, _: Sequence[Evidence]) -> float:
        """The log-odds of the text."""
        self.texts.append(text)
        special = (log_odds for word, log_odds in self.by_beginning.items() if text.startswith(word))
        return next(special, self.log_odds)


SUPPORTED_FROM = check_calibration().supported_log_odds
UNSUPPORTED_BELOW = check_calibration().unsupported_log_odds
SHOTS = Evidence("The shots killed 17 people, among them two children.")
REWORDED = "The shots ended the lives of 17 people."
REASON_BY_WORDS = "Its figures and names are carried, but “ended”, “lives” are not in the cited sentence."


@pytest.mark.parametrize(
    ("log_odds", "expected"),
    [
        (SUPPORTED_FROM, ("supported", "The cited sentence says it in other words.")),
        (SUPPORTED_FROM - 0.1, ("partial", REASON_BY_WORDS)),
        (UNSUPPORTED_BELOW, ("partial", REASON_BY_WORDS)),
        (
            UNSUPPORTED_BELOW - 0.1,
            ("unsupported", "The cited sentence has some of its words, but is on something else."),
        ),
    ],
)
def test_the_reader_settles_what_words_leave_open(log_odds: float, expected: tuple[str, str]) -> None:
    """What is partial by its words is supported where the reader is sure of it, unsupported where of the contrary."""
    judged = verdict_for(REWORDED, [SHOTS], FakeScorer(log_odds))
    assert expected == (judged.verdict, judged.why)
    assert verdict_for(REWORDED, [SHOTS]).score == judged.score


def test_each_clause_that_words_do_not_cover_is_read_alone() -> None:
    """A clause that nobody said stays a reason for "partial", however sure the reader is of the whole statement."""
    text = "The shots killed 17 people and some children, and flooded harbours delayed every ferry."
    sure, unsure = FakeScorer(SUPPORTED_FROM), FakeScorer(SUPPORTED_FROM, flooded=SUPPORTED_FROM - 0.1)
    assert "supported" == verdict_for(text, [SHOTS], sure).verdict
    assert "partial" == verdict_for(text, [SHOTS], unsure).verdict
    assert [text, "flooded harbours delayed every ferry."] == sure.texts == unsure.texts


@pytest.mark.parametrize(
    "text", [SHOTS.text, "The shots killed 17 people.", "It ended the lives of 17 people.", "", "The shots killed 71."]
)
def test_what_words_settle_is_not_read(text: str) -> None:
    """The reader isn't asked about a statement that its words support, nor about another one or a wrong one."""
    scorer = FakeScorer(30.0)
    assert verdict_for(text, [SHOTS]) == verdict_for(text, [SHOTS], scorer)
    assert verdict_for(text, []) == verdict_for(text, [], scorer)
    assert [] == scorer.texts


WRONG = st.sampled_from(
    [
        "The shots killed 71 people",
        "The shots killed 17 people in 2019",
        "The shots of Ivan Petrov killed 17 people",
        "The shots did not kill 17 people",
        "The shots killed 17 tonnes of people",
        "The shots killed two people, among them 17 children",
        "The shots killed fewer than 17 people",
        "The shots killed COVID-20",
    ]
)
TAILS = st.lists(st.sampled_from(["and", "gunfire", "quietly", "ended;", "lives", "of", "several", "near", "while"]))


@given(WRONG, TAILS, st.floats(-50, 50))
def test_every_objection_has_the_last_word(text: str, tail: list[str], log_odds: float) -> None:
    """A wrong figure, date, name, unit, place or negation is unsupported, whatever the reader would say."""
    statement, scorer = " ".join([text, *tail]), FakeScorer(log_odds)
    assert verdict_for(statement, [SHOTS]) == verdict_for(statement, [SHOTS], scorer)
    assert "unsupported" == verdict_for(statement, [SHOTS], scorer).verdict
    assert [] == scorer.texts


@given(st.text(max_size=80), st.text(max_size=80), st.floats(-50, 50))
def test_the_reader_overrules_no_objection_of_any_text(text: str, sentence: str, log_odds: float) -> None:
    """Of any two texts: only what is partial by the rules, without an objection, gets another verdict."""
    rules = verdict_for(text, [Evidence(sentence)])
    both = verdict_for(text, [Evidence(sentence)], FakeScorer(log_odds))
    if rules.verdict != "partial" or examine(single_line(text), [Evidence(single_line(sentence))]).objections:
        assert rules == both


def test_the_reader_is_not_asked_of_endless_clauses() -> None:
    """With too much to read clause by clause, the reader isn't asked: the verdict of the words stands."""
    text, scorer = ", ".join(["harbours with wandering shepherds"] * 20), FakeScorer(50)
    evidence = [Evidence(f"The harbours were full of {kind} boats. " * 40) for kind in ("blue", "red", "old", "fast")]
    judged = verdict_for(text, evidence, scorer)
    assert "partial" == judged.verdict
    assert judged == verdict_for(text, evidence)
    assert [] == scorer.texts
    assert "supported" == verdict_for(text.partition(",")[0], evidence, scorer).verdict


def test_a_citation_is_checked_by_the_reader_too() -> None:
    """`check_statement` gives a statement with citations the verdict that `verdict_for` gives it with the quotes."""
    text = "Police made 2,517 arrests, and a windy autumn brought flooded harbours."
    statement, documents = Statement(text, "unsupported", "", (ARRESTS,)), {DOCUMENT.id: DOCUMENT}
    for scorer in (
        FakeScorer(SUPPORTED_FROM),
        FakeScorer(0.0),
        FakeScorer(UNSUPPORTED_BELOW - 1),
        make_span_reader_scorer(None),
    ):
        expected = verdict_for(text, [Evidence(ARRESTS.quote, DOCUMENT.title)], scorer)
        checked = check_statement(statement, documents, scorer)
        assert (expected.verdict, expected.why) == (checked.verdict, checked.why)
    assert "supported" == check_statement(statement, documents, FakeScorer(SUPPORTED_FROM)).verdict
