"""The retriever over a real index: which sentences it proposes, and in which order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DocumentNotFoundError
from assistant.models.calibration import feature_calibration
from assistant.options import DocumentFilter
from assistant.query.question import parse_question
from assistant.retrieval.retriever import MAX_BM25, MAX_NEAREST, Candidate, feature_score
from tests.support.indexes import IndexUnderTest, document, open_index

GULLS = "Three gulls sat on the wall."
GULLS_QUESTION = "How many gulls sat on the wall?"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path) as index:
        yield index


def retrieve(
    index: IndexUnderTest, question: str, document_filter: DocumentFilter | None = None
) -> tuple[Candidate, ...]:
    """The candidates for a question, best first."""
    return index.retriever.retrieve(parse_question(question), document_filter).candidates


def places(candidates: tuple[Candidate, ...]) -> list[tuple[str, int]]:
    """The source and the sentence number of each candidate."""
    return [(candidate.document.source, candidate.sentence.number) for candidate in candidates]


def texts(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.sentence.text for candidate in candidates]


# Order


def test_equal_scores_are_ordered_by_source_and_number(index: IndexUnderTest) -> None:
    """Of sentences with one score the first source comes first, whatever its id, and in it the first sentence."""
    for name, source in (("x", "c"), ("y", "b"), ("z", "a")):
        index.add(document(name, f"{GULLS} {GULLS}", title="Harbour", source=source))

    candidates = retrieve(index, GULLS_QUESTION)
    assert 1 == len({candidate.score for candidate in candidates})
    assert [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("c", 0), ("c", 1)] == places(candidates)


def test_a_higher_score_goes_before_source_and_number(index: IndexUnderTest) -> None:
    """The sentence that answers is first, though it is the last sentence of the last document."""
    index.add(document("a", "The tower is tall. Nobody lives in it."), document("b", f"The sea was calm. {GULLS}"))

    candidates = retrieve(index, GULLS_QUESTION)
    assert ("b", 1) == places(candidates)[0]
    assert sorted((candidate.score for candidate in candidates), reverse=True) == [
        candidate.score for candidate in candidates
    ]


def test_the_order_of_the_proposed_sentences_makes_no_difference(index: IndexUnderTest) -> None:
    """The same sentences in reverse order are ranked the same."""
    index.add(document("a", f"{GULLS} The tower is tall. {GULLS}"), document("b", f"The sea was calm. {GULLS}"))
    question = parse_question(GULLS_QUESTION)
    proposed = index.store.nearest(index.embedder.embed_question(question.text), 10)

    assert 5 == len(proposed)
    assert index.retriever.rank(question, proposed, {}) == index.retriever.rank(question, proposed[::-1], {})


# Proposing


def test_a_sentence_that_only_bm25_finds_is_a_candidate(index: IndexUnderTest) -> None:
    """A long sentence with a rare word is far from the question as a vector, and proposed by BM25 all the same."""
    near = [f"Where did it stand by the wall of yard {number}?" for number in range(MAX_NEAREST + 10)]
    rare = f"Zanzibar {' '.join(f'alpha{number} beta{number}' for number in range(20))} gamma."
    index.add(document("a", " ".join([*near, rare])))
    question = "Where did it stand by the wall of Zanzibar?"

    assert rare not in index.nearest(question, MAX_NEAREST)
    assert rare in texts(retrieve(index, question))


def test_a_sentence_that_only_its_vector_finds_is_a_candidate(index: IndexUnderTest) -> None:
    """A sentence that shares only stop words with the question is proposed by its vector."""
    index.add(document("a", "We were here before you. The tower is tall."))
    question = "Who was here before you?"

    assert [] == index.words("who", "was", "here", "before", "you")
    assert "We were here before you." in texts(retrieve(index, question))


def test_both_searches_together_are_bounded(index: IndexUnderTest) -> None:
    """No sentence is a candidate twice, and there are at most as many as both searches may propose."""
    index.add(document("a", " ".join(f"Gull {number} sat on the wall." for number in range(100))))

    candidate_places = places(retrieve(index, "Which gull sat on the wall?"))
    assert MAX_NEAREST <= len(candidate_places) <= MAX_NEAREST + MAX_BM25
    assert len(set(candidate_places)) == len(candidate_places)


def test_both_searches_obey_the_document_filter(index: IndexUnderTest) -> None:
    """Only sentences of the filter's documents are candidates; a document that isn't indexed is an error."""
    index.add(document("a", GULLS), document("b", GULLS))

    assert [("b", 0)] == places(retrieve(index, "gulls on the wall", DocumentFilter(frozenset({"b"}))))
    assert () == retrieve(index, "gulls on the wall", DocumentFilter(kinds=frozenset({"pdf"})))
    with pytest.raises(DocumentNotFoundError):
        retrieve(index, "gulls on the wall", DocumentFilter(frozenset({"c"})))


def test_a_document_removed_meanwhile_is_left_out(index: IndexUnderTest) -> None:
    """Proposed sentences whose document has been removed since are no candidates; the others stay."""
    index.add(document("a", GULLS), document("b", GULLS))
    question = parse_question("gulls on the wall")
    proposed = index.store.nearest(index.embedder.embed_question(question.text), 10)
    index.store.remove(["a"])

    assert [("b", 0)] == places(index.retriever.rank(question, proposed, {}))


def test_an_empty_index_has_no_candidates(index: IndexUnderTest) -> None:
    """With nothing indexed there are no candidates, and every word has the highest IDF."""
    retrieval = index.retriever.retrieve(parse_question("gulls on the wall"))
    assert () == retrieval.candidates
    assert {"gull": 1.0, "wall": 1.0} == retrieval.idf


# What a candidate carries


def test_a_candidate_has_its_surroundings(index: IndexUnderTest) -> None:
    """The surroundings are title, headings and the rest of the chunk without the sentence; ``before`` ends at it."""
    text = f"# The quay\n\nThe sea was calm. {GULLS} A boat lay there."
    index.add(document("a", text, title="Harbour", kind="md"))

    candidate = next(candidate for candidate in retrieve(index, "gulls") if candidate.sentence.text == GULLS)
    assert "The sea was calm. " == candidate.before
    assert "Harbour\nThe quay\nThe sea was calm. \n A boat lay there." == candidate.surroundings
    assert "Harbour\nThe quay" == candidate.heading


def test_a_candidate_has_the_features_that_ranked_it(index: IndexUnderTest) -> None:
    """The score is that of the features, and coverage weighs a word by its IDF in the index."""
    index.add(document("a", f"{GULLS} The wall is old. The wall is long."))
    retrieval = index.retriever.retrieve(parse_question("gulls on the wall"))
    candidates, idf = retrieval.candidates, retrieval.idf

    assert 0 < idf["wall"] < idf["gull"] < 1
    assert [feature_score(candidate.features) for candidate in candidates] == [
        candidate.score for candidate in candidates
    ]
    coverage = {candidate.sentence.text: candidate.features["coverage"] for candidate in candidates}
    assert 1.0 == coverage[GULLS]
    assert pytest.approx(idf["wall"] / (idf["wall"] + idf["gull"])) == coverage["The wall is old."]


def test_the_best_features_score_1() -> None:
    """With every feature that speaks for a sentence, and none against it, the score is 1; without any it is 0."""
    best = {name: float(weight > 0) for name, weight in feature_calibration().ranking_weights.items()}
    assert pytest.approx(1.0) == feature_score(best)
    assert 0.0 == feature_score(dict.fromkeys(best, 0.0))


def test_rows_of_one_name_are_told_apart_by_their_headers(index: IndexUnderTest) -> None:
    """Of two tables' rows with one label the one is first whose column is asked for."""
    tables = """# Club

| Crew | Women | Men |
|---|---|---|
| Rowers | 12 | 14 |
| Coaches | 2 | 3 |

| Crew | Summer | Winter |
|---|---|---|
| Rowers | 30 | 8 |
| Coaches | 5 | 1 |
"""
    index.add(document("a", tables, title="Club", kind="md"))
    questions = ("How many coaches are there in summer?", "How many of the rowers are women?")
    assert ["Coaches | 5 | 1", "Rowers | 12 | 14"] == [texts(retrieve(index, question))[0] for question in questions]
