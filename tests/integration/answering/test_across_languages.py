"""Questions in one language on documents in another."""

from collections.abc import Iterator

import pytest

from assistant.client import Assistant

ENGLISH = (
    "# The tramway of Norhaven\n\nThe first line of the tramway opened in 1898. A single ride cost two pence. "
    "The old carriages are kept in the shed behind the fire station. The workshops employed 140 mechanics."
)
GERMAN = (
    "# Die Fähre von Lindau\n\nDie Fähre verbindet seit 1869 die beiden Ufer des Flusses. An Bord dürfen höchstens "
    "achtzehn Autos. Fährmann Anton Huber fuhr 41 Jahre lang, länger als jeder andere."
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of an English and a German document."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "tramway.md").write_text(ENGLISH, encoding="utf-8")
    (folder / "faehre.md").write_text(GERMAN, encoding="utf-8")
    with Assistant.open(tmp_path_factory.mktemp("home")) as opened:
        opened.index([folder])
        yield opened


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Combien de mécaniciens travaillaient dans les ateliers ?", "140 mechanics"),
        ("Wie viele Mechaniker arbeiteten in den Werkstätten?", "140 mechanics"),
        ("¿Dónde se guardan los vagones antiguos?", "behind the fire station"),
        ("How many years did the ferryman work?", "41 Jahre"),
        ("Wie lange fuhr Anton Huber?", "41 Jahre"),
    ],
)
def test_a_question_finds_its_sentence_in_another_language(assistant: Assistant, question: str, found: str) -> None:
    """The sentence that answers comes first, whichever language it is in."""
    assert found in assistant.search(question, k=1)[0].sentence.text


def test_words_of_another_language_are_not_missing(assistant: Assistant) -> None:
    """What can't be compared counts neither for nor against a sentence in another language."""
    explanation = assistant.explain("Combien de mécaniciens travaillaient dans les ateliers ?")
    best = explanation.features[0]
    assert 1.0 == best["foreign"]
    assert best["coverage"] == best["context"] == pytest.approx(best["similarity"])
