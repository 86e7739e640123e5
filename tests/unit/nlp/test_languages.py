"""The language of a text by its small words, and that English is never taken for another language."""

from collections.abc import Callable

import pytest

from assistant.evaluation.cases import load_cases
from assistant.nlp.languages import are_different, languages_of
from assistant.nlp.tokens import STOP_WORDS
from assistant.paths import data_folder

ENGLISH = frozenset({"English"})
QUESTIONS = [case.question for case in load_cases([data_folder("evals") / "cases"])]


def _keywords(question: str) -> str:
    """The question as people type it into a search box: without its function words."""
    return " ".join(word for word in question.rstrip("?").split() if word.lower() not in STOP_WORDS)


@pytest.mark.parametrize("typed", [str.lower, str.upper, _keywords], ids=["lower case", "capitals", "keywords"])
def test_english_questions_are_not_foreign_however_typed(typed: Callable[[str], str]) -> None:
    """No question of the bundled cases seems to be in another language, in lower case or as keywords neither."""
    assert not [question for question in QUESTIONS if are_different(languages_of(typed(question)), ENGLISH)]


@pytest.mark.parametrize(
    "question",
    [
        "Beyonce's grandma's name was?",
        "chopin's older sister's teacher's name",
        "When was Les Plaisirs et les Jours published?",
        "who founded mission nuestra senora de la soledad",
        "who sang na na na na hey hey hey goodbye",
        "time students attend Fiesta de los Vaqueros",
        "Premier Wen Jiabao order",
        "isdn uses b & d channels. d channel use",
        "What did El Niño do to La Paz and Los Angeles?",
        "Otto von Bismarck die",
        "year La valse de l'adieu released",
    ],
)
def test_foreign_names_possessives_and_letters_make_no_question_foreign(question: str) -> None:
    """Words of other languages within names, the s of a possessive, and single letters are no evidence."""
    assert not are_different(languages_of(question), ENGLISH)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Womit wurden die Wagen bewegt?", "German"),
        ("was ist das wertvollste buch", "German"),
        ("wie lange lagert das bier", "German"),
        ("wer leitet interpol", "German"),
        ("D'où vient la pierre ?", "French"),
        ("Qu’est-ce qui a cassé les vitres ?", "French"),
        ("combien d'habitants boivent cette eau", "French"),
        ("quien preside la cofradia", "Spanish"),
        ("¿Por qué se retrasó la obra del dique?", "Spanish"),
        ("hoeveel auto's mogen er mee", "Dutch"),
    ],
)
def test_short_questions_show_their_language(question: str, language: str) -> None:
    """A word that asks, or three small words, are enough; apostrophes of both kinds may stand in them."""
    assert {language} == languages_of(question)


def test_a_repeated_word_counts_once() -> None:
    """One small word, however often it stands there, is the evidence of one word."""
    assert not languages_of("der der der der")
