"""The question as it is put to the documents: spelt as they spell, out of its context, and standing alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import WeightsError
from assistant.models.llm import TokenUsage
from assistant.query import understanding as asking
from assistant.query.understanding import resolve_within_text, respell, understand
from tests.support.indexes import IndexUnderTest, document, opened

TEXT = """Police arrested 2,517 smugglers in Myanmar. Officers searched the harbour in Operation Kestrel III. Later the
harbour of Myanmar was closed, and Operation Kestrel III ended. The officers of Kestrel III were praised."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexUnderTest]:
    with opened(tmp_path_factory.mktemp("home")) as index:
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
def test_a_question_is_spelt_as_the_documents_are(index: IndexUnderTest, question: str, expected: str) -> None:
    """Typing errors, places by other names, numbers in another script, capitals; what is merely unknown stays."""
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
def test_of_a_longer_text_the_question_is_asked(question: str, expected: str) -> None:
    """With what it leans on of the rest; a text that doesn't ask is asked as a whole."""
    assert expected == resolve_within_text(question)


def test_a_conversation_is_spelt_before_it_is_understood(index: IndexUnderTest) -> None:
    """A follow-up carries over what the question before it meant, far back and through its typing errors."""
    told = ["when was opertion kestrel 3", *["how many oficers were in it?"] * 7]
    history = [{"role": role, "content": each} for each in told for role in ("user", "assistant")]
    found = understand("And whcih harbuor did they serch?", history, index.bm25, None, TokenUsage())
    assert "Which harbour did they search in Operation Kestrel III?" == found


def test_a_package_without_its_words_says_so(
    index: IndexUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of English words is a part of the package: where it is missing, installing it again is the way out."""
    monkeypatch.setattr(asking, "WEIGHTS", tmp_path)
    asking._english.cache_clear()
    with pytest.raises(WeightsError, match="Install the package again"):
        respell("Who was arested?", index.bm25)
