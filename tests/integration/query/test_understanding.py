"""A question as it is searched for: spelt as the documents spell, out of its text, and standing alone."""

from collections.abc import Iterator

import pytest

from assistant.query.understanding import resolve_within_text, respell, understand
from tests.support.indexes import IndexUnderTest, document, open_index

TEXT = """Police arrested 2,517 smugglers in Myanmar. Officers searched the harbour in Operation Kestrel III. Later the
harbour of Myanmar was closed, and Operation Kestrel III ended. The officers of Kestrel III were praised."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path_factory.mktemp("home")) as index:
        index.add(document("raid", TEXT))
        yield index


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many smuglers were arested in Burma?", "How many smugglers were arrested in Myanmar?"),
        ("when did operation kestrel 3 end", "when did Operation Kestrel III end"),
        ("Who was arrested in Narnia?", "Who was arrested in Narnia?"),
        ("Were 2,571 or 2517 officers fired?", "Were 2,571 or 2517 officers fired?"),
    ],
)
def test_a_question_is_spelt_as_in_the_documents(index: IndexUnderTest, question: str, expected: str) -> None:
    """Typing errors, other names of places, numbers in another notation, capitals; what is merely unknown stays."""
    assert expected == respell(question, index.bm25)
    assert expected == respell(expected, index.bm25)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many officers were there?", "How many officers were there?"),
        ("Hello! I read about Operation Kestrel III. Who led it?", "Who led Operation Kestrel III?"),
        ("Who led it? I mean Operation Kestrel III.", "Who led Operation Kestrel III?"),
        ("Police came. They left.", "Police came. They left."),
    ],
)
def test_only_the_question_of_a_longer_text_counts(question: str, expected: str) -> None:
    """With what it takes from the rest; a text that asks nothing counts as a whole."""
    assert expected == resolve_within_text(question)


def test_the_history_is_respelt_before_a_follow_up_is_resolved(index: IndexUnderTest) -> None:
    """A follow-up takes over the subject of a question far back, in spite of typing errors in both."""
    questions = ["when was opertion kestrel 3", *["how many oficers were in it?"] * 7]
    history = [{"role": role, "content": text} for text in questions for role in ("user", "assistant")]
    question = understand("And whcih harbuor did they serch?", history, index.bm25, None)
    assert "Which harbour did they search in Operation Kestrel III?" == question
