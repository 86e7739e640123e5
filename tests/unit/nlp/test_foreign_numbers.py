"""Number words of other languages, and sentences in these as answers to questions for a number."""

import pytest

from assistant.nlp.languages import holds_number_word
from assistant.query.question import parse_question
from assistant.retrieval.answer_types import number_fit
from assistant.retrieval.features import SentenceContext, compute_features

GERMAN, FRENCH, ENGLISH = frozenset({"German"}), frozenset({"French"}), frozenset({"English"})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("An Bord dürfen höchstens achtzehn Autos.", "German"),
        ("Der Turm hat zweihundertvierzig Stufen.", "German"),
        ("La fromagerie réunit trente-deux éleveurs.", "French"),
        ("Amarran cincuenta y tres barcos.", "Spanish"),
    ],
)
def test_a_number_word_is_one_in_its_language(text: str, language: str) -> None:
    """A number written as a word is found, within a longer word and at a hyphen too, in its own language alone."""
    assert holds_number_word(text, frozenset({language}))
    assert not holds_number_word(text, ENGLISH)


@pytest.mark.parametrize("text", ["Die Fähre hängt an einem Seil.", "Un robot surveille la cave.", "Una red de pesca."])
def test_an_article_is_no_number(text: str) -> None:
    """The articles that also mean one say nothing of a number."""
    assert not holds_number_word(text, frozenset({"German", "French", "Spanish"}))


@pytest.mark.parametrize(
    ("question", "text", "languages", "fit"),
    [
        ("How many cars may go on board?", "An Bord dürfen höchstens achtzehn Autos.", GERMAN, 1.0),
        ("How long did he work?", "Er fuhr 41 Jahre lang.", GERMAN, 1.0),
        ("How many cars may go on board?", "An Bord dürfen nur wenige Autos.", GERMAN, 0.0),
        ("Who drove it?", "Er fuhr 41 Jahre lang.", GERMAN, 0.0),
        ("How long did he work?", "He drove 41 cars.", ENGLISH, 0.0),
        ("Combien d'années ?", "He worked for six days.", frozenset(), 0.0),
    ],
)
def test_a_sentence_in_another_language_has_the_number_asked_for(
    question: str, text: str, languages: frozenset[str], fit: float
) -> None:
    """A figure or a number word fits any question for a number there; in English the stricter rules stay alone."""
    assert fit == number_fit(parse_question(question), text, languages)


def test_the_features_of_an_english_sentence_are_as_without_languages() -> None:
    """That a sentence is known to be English changes no feature."""
    question = parse_question("How many people were arrested in Operation Liberterra II?")
    for text in ("In Operation Liberterra II, 2,517 people were arrested.", "It took six days once.", "Sept. 11"):
        plain = compute_features(question, SentenceContext(text, "Title", 0.4), {})
        assert plain == compute_features(question, SentenceContext(text, "Title", 0.4, languages=ENGLISH), {})
