"""The cross-language set: each sentence is asked for in its document's language and in another."""

from collections import Counter

from assistant.evaluation.datasets import load_dataset
from assistant.nlp.languages import are_different, languages_of
from assistant.paths import data_folder

DATASET = load_dataset(data_folder("evals") / "cross_language")
NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}


def test_each_question_has_a_twin_in_the_documents_own_language() -> None:
    """Of the two that ask for the same, one is in the document's language, the other isn't; the evidence is one."""
    evidence: dict[str, list[object]] = {}
    is_own: dict[str, list[bool]] = {}
    for question in DATASET.questions:
        key, question_language, _, document_language = question.id.rsplit("-", 3)
        evidence.setdefault(key, []).append((question.answerable, question.evidence_sets))
        is_own.setdefault(key, []).append(question_language == document_language)
    assert all([True, False] == sorted(flags, reverse=True) for flags in is_own.values())
    assert all(first == second for first, second in evidence.values())


def test_a_hundred_things_are_asked_and_ten_that_no_document_says() -> None:
    """The sizes of the set, by what the questions have in the documents."""
    assert Counter({True: 200, False: 20}) == Counter(question.answerable for question in DATASET.questions)


def test_no_question_is_taken_for_another_language_than_its_own() -> None:
    """By its small words a question is in the language that its id says, or in none that can be told."""
    for question in DATASET.questions:
        language = NAMES[question.id.rsplit("-", 3)[1]]
        assert not are_different(languages_of(question.text), frozenset({language})), question.text
