"""Whether sentences support a statement: figures, dates, names, polarity, units and words, one by one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.grounding.facts import context_similarity, extract_facts
from assistant.grounding.polarity import find_denial_mismatch, find_denials, find_opposites
from assistant.grounding.support import examine

DAY = dt.date(2024, 11, 6)


def verdict(text: str, *sentences: str, context: str = "", date: dt.date | None = None) -> str:
    return verdict_for(text, [Evidence(sentence, context, date) for sentence in sentences]).verdict


SUPPORTED = [
    ("2517 people were arrested.", "A total of 2,517 people were arrested."),
    ("Two thousand five hundred and seventeen people were arrested.", "A total of 2,517 people were arrested."),
    ("More than 2,500 people were arrested.", "A total of 2,517 people were arrested."),
    ("About 2,500 people were arrested.", "A total of 2,517 people were arrested."),
    ("The project cost 5,000,000 euros.", "The project cost 5 million euros."),
    ("Half of the victims were women.", "50% of the victims were women."),
    ("Police made 850 arrests for smuggling.", "Police made 2,517 arrests, 850 of them for smuggling."),
    ("Of 2,517 arrests 850 were for smuggling.", "Police made 2,517 arrests, 850 of them for smuggling."),
    ("In Chad, 20 people were arrested.", "In Mali, 10 people were arrested; in Chad, 20 people were arrested."),
    ("Mr Stock leaves Interpol.", "Jürgen Stock leaves Interpol in November."),
    ("Jürgen Stock leaves Interpol.", "Mr Stock leaves Interpol in November."),
    ("The UN condemned the raid.", "The United Nations condemned the raid."),
    ("The United Nations condemned the raid.", "The UN condemned the raid."),
    ("Brazil's police freed the women.", "The Brazilian police freed the women."),
    ("The Government of Brazil paid.", "Brazil was glad that its government paid."),
    ("AT&T bought the network.", "AT&T bought the network in May."),
    ("Patrols found migrants.", "The patrol found a migrant."),
    ("The measure was not adopted.", "The measure wasn't adopted."),
    ("No fewer than 200 people came.", "At least 200 people came."),
    ("The ship was searched and seized.", "Officers searched the ship and seized it."),
]
UNSUPPORTED = [
    ("2,571 people were arrested.", "A total of 2,517 people were arrested."),
    ("2,517 people were arrested.", "More than 2,500 people were arrested."),
    ("More than 2,600 people were arrested.", "A total of 2,517 people were arrested."),
    ("More than 2,501 people were arrested.", "More than 2,500 people were arrested."),
    ("The shots quietly killed more than 17 people.", "The shots killed 17 people, among them two children."),
    ("The project cost 5 billion euros.", "The project cost 5 million euros."),
    ("The project cost 5 million dollars.", "The project cost 5 million euros."),
    ("Police made 850 arrests, 2,517 of them for smuggling.", "Police made 2,517 arrests, 850 of them for smuggling."),
    ("In Chad, 10 people were arrested.", "In Mali, 10 people were arrested; in Chad, 20 people were arrested."),
    ("From 2024 to 2024 he led the police in Lyon.", "From 2021 to 2024 he led the police in Lyon."),
    ("It weighed 20 tonnes.", "It weighed 20 kilograms."),
    ("The price rose by 7.", "The price rose by 7%."),
    ("Hans Stock leaves Interpol.", "Jürgen Stock leaves Interpol in November."),
    ("Europol made the arrests.", "Interpol made the arrests."),
    ("Operation Liberterra III ended.", "Operation Liberterra II ended."),
    ("COVID-20 spread.", "COVID-19 spread."),
    ("The operation was not led from Lyon.", "The operation was led from Lyon."),
    ("The operation was led from Lyon.", "The operation was not led from Lyon."),
    ("Nobody was arrested in the raid.", "People were arrested in the raid."),
    ("People were arrested in the raid.", "Nobody was arrested in the raid."),
    ("The EU can not only act within its powers.", "The EU can only act within its powers."),
    ("The number of victims fell.", "The number of victims rose."),
    ("The strongest network was found in the north.", "The strongest network was found in the south."),
    ("Trade unions protested against the law.", "The committee met in the capital to choose a chairman."),
]


@pytest.mark.parametrize(("text", "sentence"), SUPPORTED)
def test_what_a_sentence_supports(text: str, sentence: str) -> None:
    """The same in other words is supported, whatever form its figures and names take."""
    assert "supported" == verdict(text, sentence)


@pytest.mark.parametrize(("text", "sentence"), UNSUPPORTED)
def test_what_a_sentence_does_not_support(text: str, sentence: str) -> None:
    """Another figure, name, unit, place of a figure, or the opposite is unsupported."""
    assert "unsupported" == verdict(text, sentence)


@pytest.mark.parametrize(
    ("text", "sentence", "day", "expected"),
    [
        ("It ended on 6 November 2024.", "It ended on November 6.", DAY, "supported"),
        ("It ended on 6 November 2023.", "It ended on November 6.", DAY, "unsupported"),
        ("It ended on 28 December 2023.", "It ended on 28 December.", dt.date(2024, 1, 5), "supported"),
        ("It ended on 5 November 2024.", "It ended yesterday.", DAY, "supported"),
        ("It ended on 4 November 2024.", "It ended yesterday.", DAY, "unsupported"),
        ("It ended on 5 November 2024.", "It ended on Tuesday.", DAY, "supported"),
        ("It ended on 5 November 2024.", "It ended on Friday.", DAY, "unsupported"),
        ("It ended in November 2024.", "It ended on 6 November 2024.", None, "supported"),
        ("It ended in 2024.", "It ended on 6 November 2024.", None, "supported"),
        ("It ended on 6 November 2024.", "It ended in November 2024.", None, "unsupported"),
        ("It ended on 6 November 2024.", "It ended on November 6.", None, "unsupported"),
    ],
)
def test_dates_seen_from_their_document(text: str, sentence: str, day: dt.date | None, expected: str) -> None:
    """The document's date gives a day its year; a date is supported by one that is as exact or more so."""
    assert expected == verdict(text, sentence, date=day)


def test_names_may_stand_in_the_context() -> None:
    """The title says what a sentence is about; it supports names, but no figures."""
    text = "Operation Kestrel led to 61 arrests."
    assert "supported" == verdict(text, "Police made 61 arrests.", context="Operation Kestrel")
    assert "unsupported" == verdict(text, "Police made 61 arrests.")
    assert "unsupported" == verdict(text, "Police made arrests.", context="Operation Kestrel: 61 arrests")


def test_several_sentences_support_together() -> None:
    """Each fact may stand in another of the cited sentences."""
    text = "Police made 2,517 arrests and freed 3,222 victims."
    assert "supported" == verdict(text, "Police made 2,517 arrests.", "They freed 3,222 victims.")
    assert "unsupported" == verdict(text, "Police made 2,517 arrests.")


def test_a_clause_that_nobody_said() -> None:
    """The figures are supported, another clause isn't: partial, and the reason names what is missing."""
    judged = verdict_for(
        "Police made 2,517 arrests, and flooded harbours delayed every ferry.", [Evidence("Police made 2,517 arrests.")]
    )
    assert "partial" == judged.verdict
    assert "“flooded”" in judged.why
    assert 0 < judged.score < 1


@pytest.mark.parametrize(
    ("text", "sentence", "why"),
    [
        ("2,571 people.", "It was 2,517 people.", "2,571 is not in the cited sentence, which says 2,517."),
        ("Europol acted.", "Interpol acted.", "“Europol” is not in the cited sentence."),
        ("It was not led.", "It was led.", "It denies (“not”) what the cited sentence doesn't deny."),
        ("It was led.", "It was never led.", "The cited sentence denies it (“never”)."),
        ("It rose quickly.", "It fell quickly.", "The cited sentence says “fell” where this says “rose”."),
        ("More than 2,600 people.", "It was 2,517 people.",
         "More than 2,600 is not in the cited sentence, which says 2,517."),
        ("", "It was led.", "It says nothing."),
    ],
)  # fmt: skip
def test_reasons_in_words(text: str, sentence: str, why: str) -> None:
    """The reason says what is wrong, and what the sentence says instead."""
    assert why == verdict_for(text, [Evidence(sentence)]).why


def test_nothing_is_cited() -> None:
    """A statement without sentences is unsupported, however true it is."""
    judged = verdict_for("Water is wet.", [])
    assert ("unsupported", "It cites nothing.", 0.0) == (judged.verdict, judged.why, judged.score)


def test_the_surroundings_of_a_fact() -> None:
    """A figure is likest the one that has the same words around it."""
    fact = extract_facts("Of them 850 were held for smuggling.").facts[0]
    arrests, smuggling = extract_facts("Police arrested 2,517 people, 850 of them for smuggling.").facts
    assert context_similarity(fact, smuggling) > context_similarity(fact, arrests)
    assert 1.0 == pytest.approx(context_similarity(arrests, arrests))


@pytest.mark.parametrize(
    ("text", "governed"),
    [
        ("They did not arrest anyone.", ["arrest"]),
        ("Nobody was hurt; the ship sank.", ["hurt"]),
        ("It had no fewer than 20 rooms.", []),
        ("Not only the ship sank.", []),
        ("They failed to find it.", ["find"]),
    ],
)
def test_what_a_negation_governs(text: str, governed: list[str]) -> None:
    """The words behind it in its clause; a bound or "not only" denies nothing."""
    assert governed == [stems[0] for _, stems in find_denials(text)]


def test_denials_are_matched_one_to_one() -> None:
    """A second negation needs one of its own in the sentence."""
    assert find_denial_mismatch("It was not only not found.", ["It was not found."]) is None
    assert find_denial_mismatch("It was not true that it was not found.", ["It was not found."])
    assert find_opposites("It grew.", "It grew and shrank.") is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gets_a_verdict(text: str, sentence: str) -> None:
    """Whatever the two texts, nothing is raised, and a text supports itself."""
    findings = examine(text, [Evidence(sentence)])
    assert 0 <= findings.coverage <= 1
    assert 0 <= findings.weakest_clause <= 1
    if text.strip():
        assert "supported" == verdict_for(text, [Evidence(text)]).verdict
