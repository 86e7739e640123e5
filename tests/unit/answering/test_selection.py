"""Which sentences quotes mode selects from ranked candidates, how sure it is, and why it refuses."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.selection import Selection, combine_selections, select_quotes
from assistant.index.rows import DocumentEntry
from assistant.models.calibration import refusal_threshold
from assistant.query.question import parse_question
from assistant.retrieval.features import SentenceContext, compute_features
from assistant.retrieval.retriever import Candidate, feature_score
from assistant.types import Sentence

ARRESTS_QUESTION = "How many arrests were made in Operation Kestrel II?"
EXACT = "A total of 2,517 arrests were made in Operation Kestrel II."
ROUNDED = "More than 2,500 arrests were made in Operation Kestrel II."
CONTRADICTING = "A total of 2,571 arrests were made in Operation Kestrel II."

UNANSWERABLE_QUESTION = "Why was the submarine painted yellow?"
UNRELATED = "The harbour was opened by merchants."


class Retrieved(NamedTuple):
    """A sentence as retrieval proposes it; its similarity to the question is the cosine, -1 to 1."""

    text: str
    similarity: float = 0.8
    document_id: str = "a"
    number: int = 0
    title: str = "Brief"


def entry(document_id: str, title: str) -> DocumentEntry:
    """A document in the index."""
    return DocumentEntry(
        id=document_id, title=title, source=document_id, kind="txt", date=None, url=None, notes=(), sha256="",
        file_hash="", version=document_id, characters=0, sentences=0, chunks=0, texts=0,
    )  # fmt: skip


def rank(question: str, sentences: Iterable[Retrieved]) -> list[Candidate]:
    """The sentences as candidates, scored by their features and ranked as retrieval does it."""
    parsed, candidates = parse_question(question), []
    for text, similarity, document_id, number, title in sentences:
        features = compute_features(parsed, SentenceContext(text, title, similarity), {})
        sentence = Sentence(document_id, number, 0, len(text), text)
        candidates.append(Candidate(sentence, entry(document_id, title), "", title, features, feature_score(features)))
    return sorted(
        candidates, key=lambda candidate: (-candidate.score, candidate.document.source, candidate.sentence.number)
    )


def select(question: str, *sentences: Retrieved | str) -> Selection:
    """What quotes mode selects from these sentences; a bare text has its place as its number in the document."""
    retrieved = [
        Retrieved(sentence, number=place) if isinstance(sentence, str) else sentence
        for place, sentence in enumerate(sentences)
    ]
    return select_quotes(parse_question(question), rank(question, retrieved), {}, refusal_threshold("quotes"))


def texts(selection: Selection) -> list[str]:
    return [candidate.sentence.text for candidate in selection.candidates]


# One sentence, or a refusal


def test_the_sentence_that_answers_is_quoted_alone() -> None:
    """One good sentence beats three vague ones, and the confidence is over the threshold."""
    selection = select(
        ARRESTS_QUESTION,
        Retrieved("Police were pleased.", 0.3),
        EXACT,
        Retrieved("Arrests in Operation Kestrel II went on.", 0.6),
    )
    assert [EXACT] == texts(selection)
    assert selection.confidence >= refusal_threshold("quotes")
    assert selection.reason is None


def test_a_refusal_names_what_the_sentences_lack() -> None:
    """The nearest sentence contains none of the question's words: nothing is quoted, and the reason names them."""
    selection = select(UNANSWERABLE_QUESTION, Retrieved(UNRELATED, 0.05))
    assert [] == texts(selection)
    assert selection.confidence < refusal_threshold("quotes")
    assert selection.reason == "The nearest sentences say nothing of “submarine”, “painted” or “yellow”."


def test_a_refusal_names_four_words_at_most() -> None:
    """The reason for refusing a long question stays one short line."""
    selection = select("Why do purple zebras juggle frozen trumpets daily?", Retrieved("The harbour was opened.", 0.0))
    assert selection.reason == "The nearest sentences say nothing of “purple”, “zebras”, “juggle” or “frozen”."


def test_a_count_without_a_number_is_refused() -> None:
    """However near, a sentence without a number doesn't answer "how many"."""
    selection = select(ARRESTS_QUESTION, Retrieved("Many arrests were made in Operation Kestrel II.", 0.99))
    assert Selection((), 0.0, "No sentence found gives a number for it.") == selection


def test_without_any_sentence_the_question_is_refused() -> None:
    """Where nothing was retrieved nothing is quoted."""
    assert Selection((), 0.0, "No sentence found could be an answer.") == select("Why did it rain?")


# Figures that round or contradict each other


@pytest.mark.parametrize(
    ("exact", "number"), [(EXACT, "2,517"), ("In all 2,517 arrests were made in Operation Kestrel II.", "2,517")]
)
def test_a_rounded_figure_yields_to_the_exact_one(exact: str, number: str) -> None:
    """The exact 2,517 satisfies "more than 2,500": it alone is quoted, in one document or two."""
    for document_id in ("a", "b"):
        selection = select(ARRESTS_QUESTION, Retrieved(ROUNDED, 0.82), Retrieved(exact, 0.8, document_id, 1))
        assert [exact] == texts(selection)
        assert number in texts(selection)[0]


def test_a_rounded_figure_that_no_exact_one_satisfies_stays() -> None:
    """2,400 is not more than 2,500: the better sentence is quoted first."""
    too_few = "A total of 2,400 arrests were made in Operation Kestrel II."
    selection = select(ARRESTS_QUESTION, Retrieved(ROUNDED, 0.85), Retrieved(too_few, 0.8, number=1))
    assert ROUNDED == texts(selection)[0]


def test_a_rounded_figure_beside_the_exact_one_is_no_disagreement() -> None:
    """Another document that rounds the figure is not quoted against it."""
    assert [EXACT] == texts(select(ARRESTS_QUESTION, Retrieved(EXACT, 0.85), Retrieved(ROUNDED, 0.84, "b")))


def test_a_contradicting_figure_of_another_document_is_quoted_too() -> None:
    """Of two documents that disagree both are quoted, the better first; of one document only the better sentence."""
    best = Retrieved(EXACT, 0.85)
    assert [EXACT, CONTRADICTING] == texts(select(ARRESTS_QUESTION, best, Retrieved(CONTRADICTING, 0.84, "b")))
    assert [EXACT] == texts(select(ARRESTS_QUESTION, best, Retrieved(CONTRADICTING, 0.84, "a", 1)))
    assert [EXACT] == texts(select(ARRESTS_QUESTION, best, Retrieved(EXACT, 0.84, "b")))


@pytest.mark.parametrize(
    "unrelated_figure",
    [
        "A total of 2,571 arrests were made in Operation Kestrel III.",
        "A total of 2,571 arrests were made in Operation Kestrel II in Mali.",
        "A total of 2,571 victims were met in Operation Kestrel II.",
        "A total of 12 arrests were made in Operation Kestrel II.",
    ],
)
def test_a_figure_of_something_else_is_no_disagreement(unrelated_figure: str) -> None:
    """It is of another operation, another place or another thing, or so different that it counts a part."""
    assert [EXACT] == texts(select(ARRESTS_QUESTION, Retrieved(EXACT, 0.85), Retrieved(unrelated_figure, 0.84, "b")))


def test_another_member_of_the_series_is_never_quoted() -> None:
    """For a question about the third operation a sentence about the second is as near as can be, and wrong."""
    selection = select("How many arrests were made in Operation Kestrel III?", Retrieved(EXACT, 0.99))
    assert [] == texts(selection)


@pytest.mark.parametrize(
    "text",
    [
        "Read also | How 2,517 arrests were made in Operation Kestrel II",
        "Read later: a total of 2,517 arrests were made in Operation Kestrel II",
        "How were 2,517 arrests made in Operation Kestrel II?",
    ],
)
def test_page_leftovers_and_questions_are_never_quoted(text: str) -> None:
    """Alone they lead to a refusal, beside an answer they are passed over, however near."""
    assert [] == texts(select(ARRESTS_QUESTION, Retrieved(text, 1.0)))
    assert [EXACT] == texts(select(ARRESTS_QUESTION, Retrieved(text, 1.0), Retrieved(EXACT, 0.7, number=1)))


# Questions that ask for several things

KESTREL_3_QUESTION = "How many arrests were made in Operation Kestrel III?"
KESTREL_3 = "Police made 3,744 arrests in Operation Kestrel III."


def test_several_things_asked_for_are_answered_together() -> None:
    """The quotes for each stand in order, one that answers two stands once; the lowest confidence counts."""
    questions = [ARRESTS_QUESTION, KESTREL_3_QUESTION, ARRESTS_QUESTION]
    selections = [
        select(ARRESTS_QUESTION, EXACT),
        select(KESTREL_3_QUESTION, Retrieved(KESTREL_3, number=1)),
        select(ARRESTS_QUESTION, EXACT),
    ]
    combined = combine_selections([parse_question(question) for question in questions], selections)
    assert [EXACT, KESTREL_3] == texts(combined)
    lowest = min(selection.confidence for selection in selections)
    assert (None, lowest) == (combined.reason, combined.confidence)


def test_the_reason_names_what_is_left_unanswered() -> None:
    """Where one thing is answered and one is not, the question is not refused; the reason names the latter."""
    selections = [select(ARRESTS_QUESTION, EXACT), select(UNANSWERABLE_QUESTION, Retrieved(UNRELATED, 0.05))]
    combined = combine_selections([parse_question(ARRESTS_QUESTION), parse_question(UNANSWERABLE_QUESTION)], selections)
    assert [EXACT] == texts(combined)
    assert combined.reason is not None
    assert combined.reason.startswith(
        f"Not answered: “{UNANSWERABLE_QUESTION}” The nearest sentences say nothing of “submarine”"
    )


def test_where_nothing_is_answered_the_question_is_refused() -> None:
    """The refusal is that of the part with the highest confidence."""
    selections = [select(UNANSWERABLE_QUESTION, Retrieved(UNRELATED, 0.05))] * 2
    assert selections[0] == combine_selections([parse_question("Why?")] * 2, selections)


# Whatever is asked and retrieved

PIECES = (
    "How many ", "Who ", "When ", "more ", "arrests ", "people ", "were made ", "in Mali ", "in Operation Kestrel II ",
    "Kestrel III ", "than ", "2,517 ", "2,571 ", "more than 2,500 ", "on 5 March 2022 ", "Read also ", "? ", ". ",
)  # fmt: skip
any_text = st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | st.text(max_size=40)
texts_similarities_and_ids = st.lists(st.tuples(any_text, st.floats(-1, 1), st.sampled_from("abc")), max_size=8)


@given(any_text, texts_similarities_and_ids, st.dictionaries(st.sampled_from(["arrest", "kestrel"]), st.floats(0, 1)))
def test_every_selection_is_sound(
    question: str, sentences: Sequence[tuple[str, float, str]], idf: dict[str, float]
) -> None:
    """At most three candidates are selected, each once, in reading order; none exactly where there is a reason."""
    retrieved = [Retrieved(*sentence, number=number) for number, sentence in enumerate(sentences)]
    candidates = rank(question, retrieved)
    selection = select_quotes(parse_question(question), candidates, idf, refusal_threshold("quotes"))
    keys = [candidate.key for candidate in selection.candidates]
    assert all(candidate in candidates for candidate in selection.candidates)
    assert len(set(keys)) == len(keys) <= 3
    assert all(
        document_id != next_id or number < next_number
        for (document_id, number), (next_id, next_number) in pairwise(keys)
    )
    assert 0.0 <= selection.confidence <= 1.0
    assert (not keys) == (selection.reason is not None)
