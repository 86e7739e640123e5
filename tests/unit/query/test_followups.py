"""Follow-up questions: which depend on what was said before, and how they are made to stand alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.query.followups import is_faithful_rewrite, is_followup, resolve_followup, resolve_in_text
from assistant.query.history import HistoryTurn

ARRESTS = HistoryTurn("How many people were arrested in Operation Kestrel?", "Police arrested 2,517 people.")
LEADER = HistoryTurn("Who leads Interpol?", "Jürgen Stock leads Interpol.")


@pytest.mark.parametrize(
    ("question", "turn", "expected"),
    [
        ("And how many of them were rescued?", ARRESTS, "How many of them were rescued in Operation Kestrel?"),
        ("And when did it end?", ARRESTS, "When did Operation Kestrel end?"),
        ("Who led it?", ARRESTS, "Who led Operation Kestrel?"),
        ("What about Operation Heron?", ARRESTS, "How many people were arrested in Operation Heron?"),
        ("And in Mali?", ARRESTS, "How many people were arrested in Operation Kestrel in Mali?"),
        ("2021?", ARRESTS, "How many people were arrested in Operation Kestrel 2021?"),
        ("When does he leave?", LEADER, "When does Jürgen Stock leave?"),
        ("Where was he born?", LEADER, "Where was Jürgen Stock born?"),
        ("And what is his age?", LEADER, "What is Jürgen Stock's age?"),
    ],
)
def test_a_follow_up_takes_over_the_subject(question: str, turn: HistoryTurn, expected: str) -> None:
    """The subject of the last question replaces the pronoun, or is added."""
    assert is_followup(question)
    assert expected == resolve_followup(question, [turn])


@pytest.mark.parametrize(
    ("question", "last", "expected"),
    [
        ("And in 2023?", "How many boats were built in 2022?", "How many boats were built in 2023?"),
        ("And in 2023?", "How many boats did Alder Chain 2022 build?", "How many boats did Alder Chain 2023 build?"),
        ("and in III?", "how many boats in heron II?", "how many boats in heron III?"),
        ("and in 3?", "How many boats sank in Heron II?", "How many boats sank in Heron III?"),
        ("And the fourth one?", "When was Heron II?", "When was Heron IV?"),
        ("And the first one?", "When was Operation Heron II?", "When was the first Operation Heron?"),
        ("And the second?", "When was the first Heron?", "When was the second Heron?"),
        ("And the 93rd?", "Where did the 92nd meeting take place?", "Where did the 93rd meeting take place?"),
        ("And a green one?", "What is an Orange Card?", "What is a green Card?"),
        ("And an open one?", "What is a closed court?", "What is an open court?"),
        ("And big ones?", "How many small boats sank?", "How many big boats sank?"),
        ("And in Togo?", "How many boats sank in Mali?", "How many boats sank in Togo?"),
        ("And in Togo?", "How many boats sank in Mali in Heron II?", "How many boats sank in Togo in Heron II?"),
        ("What about Heron II?", "How many sank in the first Kestrel?", "How many sank in Heron II?"),
        ("And rescued?", "How many people were arrested in Mali?", "How many people were rescued in Mali?"),
        ("And women?", "How many men were arrested in Mali?", "How many women were arrested in Mali?"),
        ("And for theft?", "How many were held in Mali for fraud?", "How many were held in Mali for theft?"),
        ("And why?", "When was Operation Kestrel ended?", "Why was Operation Kestrel ended?"),
        ("How many were rescued?", "How many people were held in Mali?", "How many people were rescued in Mali?"),
    ],
)
def test_half_a_question_is_completed(question: str, last: str, expected: str) -> None:
    """What it names replaces its counterpart in the last question: a year, a number, a kind, a name, a deed."""
    assert is_followup(question)
    assert expected == resolve_followup(question, [HistoryTurn(last, "")])


BERG = HistoryTurn("Who leads the Alder Bank?", "Anna Berg of Norway has led the Alder Bank since 2019.")
PRESIDENT = HistoryTurn("Who is Anna Berg?", "Anna Berg, once a pupil of Maria Lund, leads the Alder Bank in Porto.")


@pytest.mark.parametrize(
    ("question", "turn", "expected"),
    [
        ("Where was she born?", BERG, "Where was Anna Berg born?"),
        ("What did she do before that?", BERG, "What did Anna Berg do before that?"),
        ("Where was she born?", PRESIDENT, "Where was Anna Berg born?"),
        ("Who appointed her?", PRESIDENT, "Who appointed Anna Berg?"),
        ("And what is her age?", PRESIDENT, "What is Anna Berg's age?"),
        ("How many people live there?", PRESIDENT, "How many people live in Porto?"),
        (
            "How long did that operation take?",
            HistoryTurn("Where did Operation Kestrel begin?", "In Mali."),
            "How long did Operation Kestrel take?",
        ),
        (
            "When was it?",
            HistoryTurn("Which operation was largest?", "Operation Heron II was the largest."),
            "When was Operation Heron II?",
        ),
        (
            "What else happened in that year?",
            HistoryTurn("When did Operation Kestrel begin?", "It began in March 2021."),
            "What else happened in 2021 in Operation Kestrel?",
        ),
        (
            "What did each of them pay?",
            HistoryTurn("How many women did the Spanish network exploit?", "It exploited 21 women."),
            "What did each of the women pay (Spanish network exploit)?",
        ),
        ("And how many sank in the third Kestrel?", ARRESTS, "How many sank in the third Kestrel?"),
        ("And who leads the Heron Bank?", BERG, "Who leads the Heron Bank?"),
        (
            "And what is the price?",
            HistoryTurn("What does a red boat weigh?", ""),
            "What is the price (red boat weigh)?",
        ),
    ],
)
def test_pronouns_are_replaced_by_what_they_refer_to(question: str, turn: HistoryTurn, expected: str) -> None:
    """They refer to the person or place that an answer named, or the thing asked about; an adjective is no name."""
    assert expected == resolve_followup(question, [turn])


def test_a_subject_lasts_through_a_conversation() -> None:
    """Each question is resolved against those before it, so that the subject of the first one stays."""
    turns = [
        HistoryTurn("When was Operation Kestrel?", "In May 2021."),
        HistoryTurn("How many countries were in it?", "There were 116."),
        HistoryTurn("And how many boats?", "The documents do not say."),
    ]
    assert "How many planes did they watch in Operation Kestrel?" == resolve_followup(
        "and how many planes did they watch?", turns
    )


@pytest.mark.parametrize(
    ("question", "sentences", "expected"),
    [
        ("Who led it?", ["I read of Operation Kestrel.", "It was new to me."], "Who led Operation Kestrel?"),
        ("How many boats sank?", ["I read about Operation Kestrel."], "How many boats sank in Operation Kestrel?"),
        ("How many boats sank?", ["I was in Mali and in Togo."], "How many boats sank?"),
        ("How many boats sank in Mali?", ["I read of Operation Kestrel."], "How many boats sank in Mali?"),
        ("Is it legal?", ["We keep bees on the roof."], "Is it legal (keep bees roof)?"),
        ("How many boats?", ["Good morning."], "How many boats?"),
        ("Where does the Alder Bank have its seat?", ["I was in Mali."], "Where does the Alder Bank have its seat?"),
        ("Does it matter whether they agreed?", [], "Does it matter whether they agreed?"),
    ],
)
def test_a_question_is_resolved_within_a_longer_text(question: str, sentences: list[str], expected: str) -> None:
    """It takes what it depends on from the sentences before it, and their one subject if it has none itself."""
    assert expected == resolve_in_text(question, sentences)


@pytest.mark.parametrize(
    "question",
    [
        "How many people were arrested in Operation Heron?",
        "Where does the Alder Bank have its seat?",
        "Does it matter whether victims agree?",
        "Which network that police broke up was largest?",
        "When did Operation Kestrel end?",
        "What is human trafficking?",
        "How many victims are there in Operation Heron?",
        "Is there a budget for Operation Kestrel?",
    ],
)
def test_a_question_that_stands_alone_is_unchanged(question: str) -> None:
    """It is no follow-up, whatever was said before."""
    assert not is_followup(question)
    assert question == resolve_followup(question, [ARRESTS, LEADER])


def test_a_follow_up_without_a_history_is_unchanged() -> None:
    """There is nothing to carry over."""
    assert "And then?" == resolve_followup("And then?", [])


@pytest.mark.parametrize(
    ("rewritten", "expected"),
    [
        ("How many people were rescued in Operation Kestrel?", True),
        ("How many of the 2,517 people were rescued?", True),
        ("How many people were rescued in Operation Heron?", False),
        ("How many of the 2,571 people were rescued?", False),
        ("How many people were rescued in 2024?", False),
        ("", False),
        ("Two\nlines?", False),
        ("Long? " * 100, False),
    ],
)
def test_a_faithful_rewrite_adds_nothing(rewritten: str, expected: bool) -> None:
    """It is one line, and has no name, figure or date that was not said before."""
    assert expected == is_faithful_rewrite(rewritten, "And how many of them were rescued?", [ARRESTS])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_conversation_gives_a_bounded_question(question: str, before: str, answer: str) -> None:
    """For any history the question is bounded, and unchanged if it is no follow-up."""
    resolved = resolve_followup(question, [HistoryTurn(answer, before), HistoryTurn(before, answer)])
    assert len(resolved) <= 500
    if not is_followup(question):
        assert question == resolved
