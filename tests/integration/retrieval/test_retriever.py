from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DocumentNotFoundError
from assistant.models.calibration import evidence_calibration
from assistant.options import DocumentFilter
from assistant.query.question import parse_question
from assistant.retrieval.retriever import MAX_BM25, MAX_NEAREST, Candidate, feature_score
from tests.support.indexes import IndexUnderTest, document, open_index

GULLS = "Three gulls sat on the wall."


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path) as made:
        yield made


def retrieved(index: IndexUnderTest, question: str, scope: DocumentFilter | None = None) -> tuple[Candidate, ...]:
    return index.retriever.retrieve(parse_question(question), scope).candidates


def places(ranked: tuple[Candidate, ...]) -> list[tuple[str, int]]:
    return [(each.document.source, each.sentence.number) for each in ranked]


def texts(ranked: tuple[Candidate, ...]) -> list[str]:
    return [each.sentence.text for each in ranked]


def test_equal_scores_are_ordered_by_source_and_number(index: IndexUnderTest) -> None:
    """Of sentences that weigh alike the first source comes first, not the first id, and in it the first sentence."""
    for name, source in (("x", "c"), ("y", "b"), ("z", "a")):
        index.add(document(name, f"{GULLS} {GULLS}", title="Harbour", source=source))

    found = retrieved(index, "How many gulls sat on the wall?")
    assert 1 == len({each.score for each in found})
    assert [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("c", 0), ("c", 1)] == places(found)


def test_the_score_goes_before_source_and_number(index: IndexUnderTest) -> None:
    """The sentence that speaks to the question is first though its document and its place are the last."""
    index.add(document("a", "The tower is tall. Nobody lives in it."), document("b", f"The sea was calm. {GULLS}"))

    found = retrieved(index, "How many gulls sat on the wall?")
    assert ("b", 1) == places(found)[0]
    assert sorted((each.score for each in found), reverse=True) == [each.score for each in found]


def test_the_order_does_not_depend_on_what_was_found_first(index: IndexUnderTest) -> None:
    """The same sentences given the other way round are ranked the same."""
    index.add(document("a", f"{GULLS} The tower is tall. {GULLS}"), document("b", f"The sea was calm. {GULLS}"))
    question = parse_question("How many gulls sat on the wall?")
    found = index.store.nearest(index.embedder.embed_question(question.text), 10)

    assert 5 == len(found)
    assert index.retriever.rank(question, found, {}) == index.retriever.rank(question, found[::-1], {})


def test_a_sentence_knows_what_stands_around_it(index: IndexUnderTest) -> None:
    """Its surroundings are title, headings and the rest of its passage, without itself; ``before`` ends at it."""
    text = f"# The quay\n\nThe sea was calm. {GULLS} A boat lay there."
    index.add(document("a", text, title="Harbour", kind="md"))

    each = next(each for each in retrieved(index, "gulls") if each.sentence.text == GULLS)
    assert "The sea was calm. " == each.before
    assert "Harbour\nThe quay\nThe sea was calm. \n A boat lay there." == each.surroundings
    assert "Harbour\nThe quay" == each.heading


def test_what_only_the_words_find_is_a_candidate(index: IndexUnderTest) -> None:
    """A rare word in a long sentence is far from the question as a vector, and found all the same."""
    near = [f"Where did it stand by the wall of yard {number}?" for number in range(MAX_NEAREST + 10)]
    rare = f"Zanzibar {' '.join(f'alpha{number} beta{number}' for number in range(20))} gamma."
    index.add(document("a", " ".join([*near, rare])))
    question = "Where did it stand by the wall of Zanzibar?"

    assert rare not in index.nearest(question, MAX_NEAREST)
    assert rare in texts(retrieved(index, question))


def test_what_only_the_vectors_find_is_a_candidate(index: IndexUnderTest) -> None:
    """A sentence that shares only stop words with the question is found by its vector."""
    index.add(document("a", "We were here before you. The tower is tall."))
    question = "Who was here before you?"

    assert [] == index.words("who", "was", "here", "before", "you")
    assert "We were here before you." in texts(retrieved(index, question))


def test_both_searches_together_are_bounded(index: IndexUnderTest) -> None:
    """No sentence is a candidate twice, and there are never more than both searches give."""
    index.add(document("a", " ".join(f"Gull {number} sat on the wall." for number in range(100))))

    found = places(retrieved(index, "Which gull sat on the wall?"))
    assert MAX_NEAREST <= len(found) <= MAX_NEAREST + MAX_BM25
    assert len(set(found)) == len(found)


def test_both_searches_keep_to_the_scope(index: IndexUnderTest) -> None:
    """With documents named, only theirs are candidates; one that isn't indexed is an error."""
    index.add(document("a", GULLS), document("b", GULLS))

    assert [("b", 0)] == places(retrieved(index, "gulls on the wall", DocumentFilter(frozenset({"b"}))))
    assert () == retrieved(index, "gulls on the wall", DocumentFilter(kinds=frozenset({"pdf"})))
    with pytest.raises(DocumentNotFoundError):
        retrieved(index, "gulls on the wall", DocumentFilter(frozenset({"c"})))


def test_a_document_removed_meanwhile_is_left_out(index: IndexUnderTest) -> None:
    """Sentences whose document went after they were found are no candidates, and the others stay."""
    index.add(document("a", GULLS), document("b", GULLS))
    question = parse_question("gulls on the wall")
    found = index.store.nearest(index.embedder.embed_question(question.text), 10)
    index.store.remove(["a"])

    assert [("b", 0)] == places(index.retriever.rank(question, found, {}))


def test_an_empty_index_has_no_candidates(index: IndexUnderTest) -> None:
    """With nothing indexed nothing is found, and every word is as rare as can be."""
    retrieval = index.retriever.retrieve(parse_question("gulls on the wall"))
    assert () == retrieval.candidates
    assert {"gull": 1.0, "wall": 1.0} == retrieval.idf


def test_candidates_carry_the_evidence_that_ranked_them(index: IndexUnderTest) -> None:
    """The score is that of the features, and a word of the index weighs by its inverse document frequency there."""
    index.add(document("a", f"{GULLS} The wall is old. The wall is long."))
    question = parse_question("gulls on the wall")
    retrieval = index.retriever.retrieve(question)
    ranked, idf = retrieval.candidates, retrieval.idf

    assert 0 < idf["wall"] < idf["gull"] < 1
    assert [feature_score(each.features) for each in ranked] == [each.score for each in ranked]
    shares = {each.sentence.text: each.features["coverage"] for each in ranked}
    assert 1.0 == shares[GULLS]
    assert pytest.approx(idf["wall"] / (idf["wall"] + idf["gull"])) == shares["The wall is old."]


def test_the_best_evidence_scores_1() -> None:
    """With all that speaks for a sentence, and nothing against it, the score is 1; without any evidence 0."""
    best = {name: float(weight > 0) for name, weight in evidence_calibration().ranking_weights.items()}
    assert pytest.approx(1.0) == feature_score(best)
    assert 0.0 == feature_score(dict.fromkeys(best, 0.0))
