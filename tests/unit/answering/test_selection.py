from collections.abc import Iterable, Sequence
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.selection import Selection, select_quotes, combine_selections
from assistant.index.rows import DocumentEntry
from assistant.models.calibration import refusal_threshold
from assistant.query.question import parse_question
from assistant.retrieval.features import SentenceContext, compute_features
from assistant.retrieval.retriever import Candidate, feature_score
from assistant.types import Sentence

ARRESTS = "How many arrests were made in Operation Kestrel II?"
EXACT = "A total of 2,517 arrests were made in Operation Kestrel II."
ROUNDED = "More than 2,500 arrests were made in Operation Kestrel II."
OTHER = "A total of 2,571 arrests were made in Operation Kestrel II."


def stored(name: str, title: str) -> DocumentEntry:
    return DocumentEntry(
        id=name, title=title, source=name, kind="txt", date=None, url=None, notes=(), sha256="", file_hash="",
        version=name, characters=0, sentences=0, chunks=0, texts=0,
    )  # fmt: skip


def found(
    text: str, similarity: float = 0.8, document: str = "a", number: int = 0, title: str = "Brief"
) -> tuple[str, float, str, int, str]:
    return text, similarity, document, number, title


def asked(question: str, *sentences: tuple[str, float, str, int, str] | str) -> Selection:
    """The choice among these sentences, weighed and ranked as retrieval does it."""
    read = parse_question(question)
    given = [found(each, number=number) if isinstance(each, str) else each for number, each in enumerate(sentences)]
    return select_quotes(read, ranked(question, given), {})


def ranked(question: str, given: Iterable[tuple[str, float, str, int, str]]) -> list[Candidate]:
    """These sentences as retrieval ranks them."""
    read, made = parse_question(question), []
    for text, similarity, document, number, title in given:
        evidence = compute_features(read, SentenceContext(text, title, similarity), {})
        sentence = Sentence(document, number, 0, len(text), text)
        made.append(Candidate(sentence, stored(document, title), "", title, evidence, feature_score(evidence)))
    return sorted(made, key=lambda each: (-each.score, each.document.source, each.sentence.number))


def texts(choice: Selection) -> list[str]:
    return [each.sentence.text for each in choice.candidates]


def test_the_sentence_that_answers_is_quoted_alone() -> None:
    """One good sentence beats three vague ones, and is believed."""
    choice = asked(
        ARRESTS, found("Police were pleased.", 0.3), EXACT, found("Arrests in Operation Kestrel II went on.", 0.6)
    )
    assert [EXACT] == texts(choice)
    assert choice.confidence >= refusal_threshold("quotes")
    assert choice.reason is None


def test_a_refusal_names_what_the_sentences_lack() -> None:
    """The nearest sentence is shown to say nothing of a word, so nothing is quoted."""
    choice = asked("Why was the submarine painted yellow?", found("The harbour was opened by merchants.", 0.05))
    assert [] == texts(choice)
    assert choice.confidence < refusal_threshold("quotes")
    assert choice.reason == "The nearest sentences say nothing of “submarine”, “painted” or “yellow”."


def test_a_refusal_names_four_words_at_most() -> None:
    """A long question's reason stays one short line."""
    choice = asked("Why do purple zebras juggle frozen trumpets daily?", found("The harbour was opened.", 0.0))
    assert choice.reason == "The nearest sentences say nothing of “purple”, “zebras”, “juggle” or “frozen”."


def test_a_count_without_a_number_is_refused() -> None:
    """However near, a sentence without a number doesn't answer "how many"."""
    choice = asked(ARRESTS, found("Many arrests were made in Operation Kestrel II.", 0.99))
    assert Selection((), 0.0, "No sentence found gives a number for it.") == choice


def test_without_any_sentence_it_is_refused() -> None:
    """Nothing found, nothing said."""
    assert Selection((), 0.0, "No sentence found could be an answer.") == asked("Why did it rain?")


@pytest.mark.parametrize(
    ("exact", "number"), [(EXACT, "2,517"), ("In all 2,517 arrests were made in Operation Kestrel II.", "2,517")]
)
def test_a_rounded_figure_yields_to_the_exact_one(exact: str, number: str) -> None:
    """The exact 2,517 satisfies "more than 2,500": it alone is quoted, in one document or two."""
    for document in ("a", "b"):
        choice = asked(ARRESTS, found(ROUNDED, 0.82), found(exact, 0.8, document, 1))
        assert [exact] == texts(choice)
        assert number in texts(choice)[0]


def test_a_rounded_figure_that_no_exact_one_satisfies_stays() -> None:
    """2,400 is not more than 2,500: the better sentence is quoted first."""
    less = "A total of 2,400 arrests were made in Operation Kestrel II."
    assert ROUNDED == texts(asked(ARRESTS, found(ROUNDED, 0.85), found(less, 0.8, number=1)))[0]


def test_a_rounded_figure_beside_the_exact_one_is_no_disagreement() -> None:
    """Another document that rounds the figure is not quoted against it."""
    assert [EXACT] == texts(asked(ARRESTS, found(EXACT, 0.85), found(ROUNDED, 0.84, "b")))


def test_another_figure_of_another_document_is_quoted_too() -> None:
    """Documents that disagree are shown as two, the better first; the same document is not."""
    assert [EXACT, OTHER] == texts(asked(ARRESTS, found(EXACT, 0.85), found(OTHER, 0.84, "b")))
    assert [EXACT] == texts(asked(ARRESTS, found(EXACT, 0.85), found(OTHER, 0.84, "a", 1)))
    assert [EXACT] == texts(asked(ARRESTS, found(EXACT, 0.85), found(EXACT, 0.84, "b")))


@pytest.mark.parametrize(
    "other",
    [
        "A total of 2,571 arrests were made in Operation Kestrel III.",
        "A total of 2,571 arrests were made in Operation Kestrel II in Mali.",
        "A total of 2,571 victims were met in Operation Kestrel II.",
        "A total of 12 arrests were made in Operation Kestrel II.",
    ],
)
def test_a_figure_of_something_else_is_no_disagreement(other: str) -> None:
    """Of another operation, another place, another thing, or so different that it counts a part."""
    assert [EXACT] == texts(asked(ARRESTS, found(EXACT, 0.85), found(other, 0.84, "b")))


def test_a_rival_of_the_series_is_never_quoted() -> None:
    """Asked about the third, a sentence about the second is as near as can be, and wrong."""
    choice = asked("How many arrests were made in Operation Kestrel III?", found(EXACT, 0.99))
    assert [] == texts(choice)


THIRD = "Police made 3,744 arrests in Operation Kestrel III."
LATER = "How many arrests were made in Operation Kestrel III?"


def test_several_things_asked_for_are_answered_together() -> None:
    """What is chosen for each comes in order, a sentence that answers two once; the least sure part counts."""
    choices = [asked(ARRESTS, EXACT), asked(LATER, found(THIRD, number=1)), asked(ARRESTS, EXACT)]
    choice = combine_selections([parse_question(ARRESTS), parse_question(LATER), parse_question(ARRESTS)], choices)
    assert [EXACT, THIRD] == texts(choice)
    assert (None, min(each.confidence for each in choices)) == (choice.reason, choice.confidence)


def test_what_is_left_unanswered_is_said() -> None:
    """One part answered and one not is no refusal; the reason names the part."""
    painted = "Why was the submarine painted yellow?"
    parts = [asked(ARRESTS, EXACT), asked(painted, found("The harbour was opened by merchants.", 0.05))]
    choice = combine_selections([parse_question(ARRESTS), parse_question(painted)], parts)
    assert [EXACT] == texts(choice)
    assert choice.reason is not None
    assert choice.reason.startswith(f"Not answered: “{painted}” The nearest sentences say nothing of “submarine”")


def test_nothing_answered_is_a_refusal() -> None:
    """The reason is that of the likeliest part."""
    parts = [asked("Why was the submarine painted yellow?", found("The harbour was opened by merchants.", 0.05))] * 2
    assert parts[0] == combine_selections([parse_question("Why?")] * 2, parts)


@pytest.mark.parametrize(
    "text",
    [
        "Read also | How 2,517 arrests were made in Operation Kestrel II",
        "Read later: a total of 2,517 arrests were made in Operation Kestrel II",
        "How were 2,517 arrests made in Operation Kestrel II?",
    ],
)
def test_leftovers_and_questions_are_never_quoted(text: str) -> None:
    """Alone they lead to a refusal, beside an answer they are passed over, however near."""
    assert [] == texts(asked(ARRESTS, found(text, 1.0)))
    assert [EXACT] == texts(asked(ARRESTS, found(text, 1.0), found(EXACT, 0.7, number=1)))


PIECES = (
    "How many ", "Who ", "When ", "more ", "arrests ", "people ", "were made ", "in Mali ", "in Operation Kestrel II ",
    "Kestrel III ", "than ", "2,517 ", "2,571 ", "more than 2,500 ", "on 5 March 2022 ", "Read also ", "? ", ". ",
)  # fmt: skip
ANY = st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | st.text(max_size=40)
FOUND = st.lists(st.tuples(ANY, st.floats(-1, 1), st.sampled_from("abc")), max_size=8)


@given(ANY, FOUND, st.dictionaries(st.sampled_from(["arrest", "kestrel"]), st.floats(0, 1)))
def test_whatever_is_found_the_choice_is_sound(
    question: str, sentences: Sequence[tuple[str, float, str]], rarity: dict[str, float]
) -> None:
    """Only what was found is quoted, each once; nothing is chosen if and only if refused."""
    numbers = count()
    candidates = ranked(question, [found(text, near, name, next(numbers)) for text, near, name in sentences])
    choice = select_quotes(parse_question(question), candidates, rarity)
    chosen = [(each.document.id, each.sentence.number) for each in choice.candidates]
    assert all(each in candidates for each in choice.candidates)
    assert len(set(chosen)) == len(chosen) <= 3
    assert all(a[0] != b[0] or a[1] < b[1] for a, b in pairwise(chosen))
    assert 0.0 <= choice.confidence <= 1.0
    assert (not chosen) == (choice.reason is not None)
