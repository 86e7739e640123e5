import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.query.question import parse_question
from assistant.retrieval.features import (
    CONFIDENCE_FEATURES,
    RANKING_FEATURES,
    SentenceContext,
    compute_features,
    similarity_across_languages,
)

# Text of any Unicode, and text of the words that the features look at.
PIECES = (
    "How many ", "When ", "Who ", "Where ", "arrests ", "arrested ", "people ", "Operation Liberterra II ", "II ",
    "not ", "2,517 ", "38% ", "on 5 March 2022 ", "Jürgen Stock ", "İ", "\u0301", "٣", "\n", "? ", ". ", "|",
)  # fmt: skip
ANY = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def features_of(
    question: str, text: str, surroundings: str = "", idf: dict[str, float] | None = None, similarity: float = 0.5
) -> dict[str, float]:
    return compute_features(parse_question(question), SentenceContext(text, surroundings, similarity), idf or {})


@given(ANY, ANY, ANY, st.floats(-1, 1), st.dictionaries(st.sampled_from(["arrest", "peopl", "ii"]), st.floats(0, 1)))
def test_every_feature_is_a_share(
    question: str, text: str, surroundings: str, similarity: float, idf: dict[str, float]
) -> None:
    """For any texts nothing is raised and every feature is from 0 to 1; the similarity is passed on unchanged."""
    features = features_of(question, text, surroundings, idf, similarity)
    assert similarity == features.pop("similarity")
    for name, value in features.items():
        assert 0.0 <= value <= 1.0, name


def test_every_feature_that_is_weighed_exists() -> None:
    """Ranking and confidence weigh features that exist; the gap alone compares two sentences."""
    assert {"gap"} == {*RANKING_FEATURES, *CONFIDENCE_FEATURES} - features_of("How many?", "Two.").keys()


@given(ANY, ANY)
def test_surroundings_only_add(question: str, text: str) -> None:
    """The surroundings of a sentence raise the coverage by context and the names, and nothing else."""
    alone, inside = features_of(question, text), features_of(question, text, surroundings=question)
    assert alone["context"] <= inside["context"]
    assert alone["names"] <= inside["names"]
    assert {**alone, "context": 0, "names": 0} == {**inside, "context": 0, "names": 0}


@given(ANY)
def test_a_sentence_with_all_the_words_is_covered_wholly(question: str) -> None:
    """The question itself contains its own words, pairs and numbers, and misses none."""
    features = features_of(question, question)
    whole = bool(parse_question(question).stems)
    assert float(whole) == features["coverage"] == features["context"]
    assert features["missing"] == 0.0


def test_coverage_weighs_words_by_their_idf() -> None:
    """The rare word covers more than the common one; both cover all."""
    idf = {"arrest": 0.1, "setub": 0.9}
    question = "Arrests, Setúbal"
    assert pytest.approx(0.9) == features_of(question, "In Setubal it rained.", idf=idf)["coverage"]
    assert pytest.approx(0.1) == features_of(question, "He made an arrest.", idf=idf)["coverage"]
    assert pytest.approx(1.0) == features_of(question, "Setúbal saw the arrests.", idf=idf)["coverage"]


def test_a_word_without_an_idf_weighs_as_the_rarest() -> None:
    """A word that the index doesn't know is in none of its sentences."""
    assert pytest.approx(0.25) == features_of("arrest vandals", "He made an arrest.", idf={"arrest": 1 / 3})["coverage"]


def test_words_that_are_in_every_sentence_cover_nothing() -> None:
    """If every IDF is 0 there is nothing to cover."""
    assert features_of("arrest", "He made an arrest.", idf={"arrest": 0.0})["coverage"] == 0.0


def test_missing_is_the_rarest_word_that_the_sentence_lacks() -> None:
    """The surroundings don't make up for it; it is 0 if the sentence has all words."""
    idf = {"arrest": 0.1, "mali": 0.8, "woman": 0.4}
    question = "women arrested, Mali"
    assert pytest.approx(0.8) == features_of(question, "Women were arrested.", "In Mali", idf)["missing"]
    assert pytest.approx(0.4) == features_of(question, "In Mali he was arrested.", "", idf)["missing"]
    assert features_of(question, "In Mali women were arrested.", "", idf)["missing"] == 0.0


def test_pairs_are_words_side_by_side() -> None:
    """Two words of the question count as a pair in their order, with no other content word between them."""
    question = "irregular migrants detected"
    assert features_of(question, "Irregular migrants were detected.")["pairs"] == 1.0
    assert features_of(question, "Irregular migrants fled.")["pairs"] == 0.5
    assert features_of(question, "Migrants fled the irregular troops.")["pairs"] == 0.0


@pytest.mark.parametrize(
    ("text", "surroundings", "expected"),
    [
        ("Operation Liberterra III led to arrests.", "", 1.0),
        ("Operation Liberterra II led to arrests.", "", 0.5),
        ("It led to arrests.", "Liberterra III", 1.0),
        ("It led to arrests.", "Liberterra II", 0.5),
        ("It led to arrests.", "", 0.0),
        ("The Liberterraiii led to arrests.", "", 0.0),
    ],
)
def test_a_name_counts_by_its_longest_run_of_whole_words(text: str, surroundings: str, expected: float) -> None:
    """Just half of "liberterra iii" is in "Liberterra II", in the sentence or around it."""
    assert expected == features_of("When was Operation Liberterra III?", text, surroundings)["names"]


def test_all_names_weigh_the_same() -> None:
    """With one name of two the share is a half; a question without names lacks none."""
    assert features_of("Did Mali call Jürgen Stock?", "Mali called.")["names"] == 0.5
    assert features_of("Did it rain?", "It did.")["names"] == 1.0


def test_numbers_are_searched_as_written() -> None:
    """The feature is a share of the question's figures and dates; a question without any lacks none."""
    question = "Were 850 of the 2,517 arrests for smuggling?"
    assert features_of(question, "Of 2,517 arrests, 850 were.")["numbers"] == 1.0
    assert features_of(question, "There were 2,517 arrests.")["numbers"] == 0.5
    assert features_of(question, "There were arrests.")["numbers"] == 0.0
    assert features_of("Were there arrests?", "There were.")["numbers"] == 1.0


def test_negation_counts_against_a_sentence_that_affirms() -> None:
    """Only a negated question wants a negated sentence."""
    assert features_of("Who did not sign?", "Mali signed.")["negation"] == 1.0
    assert features_of("Who did not sign?", "Mali did not sign.")["negation"] == 0.0
    assert features_of("Who signed?", "Mali did not sign.")["negation"] == 0.0


@pytest.mark.parametrize(
    ("question", "text", "feature"),
    [
        ("How many people were arrested?", "In all 12 people were arrested.", "number"),
        ("When was it?", "It was on 5 March 2022.", "date"),
        ("Who follows him?", "It will be Ilse Vandermeer.", "person"),
        ("Where was it?", "It was in Manila.", "place"),
    ],
)
def test_the_fit_counts_for_the_answer_type_alone(question: str, text: str, feature: str) -> None:
    """Of the features for answer types one is set, and none by a sentence without that type of answer."""
    answer_types = ("number", "date", "person", "place")
    assert {name: float(name == feature) for name in answer_types} == {
        name: features_of(question, text)[name] for name in answer_types
    }
    assert dict.fromkeys(answer_types, 0.0) == {
        name: features_of(question, "Nothing of it.")[name] for name in answer_types
    }


def test_counts_needs_a_figure_of_the_thing_asked_for() -> None:
    """A number of something else isn't what "how many" asks for, and no other question counts anything."""
    assert features_of("How many arrests were made?", "They made 12 arrests.")["counts"] == 1.0
    assert features_of("How many arrests were made?", "They met 12 women.")["counts"] == 0.0
    assert features_of("When were the arrests made?", "They made 12 arrests.")["counts"] == 0.0


def test_a_sentence_that_asks_has_a_feature_of_its_own() -> None:
    """A sentence that is itself a question is marked as one."""
    assert features_of("Who was it?", "Who knows?")["question"] == 1.0
    assert features_of("Who was it?", "Nobody knows.")["question"] == 0.0


@given(st.floats(-1, 1))
def test_across_languages_a_cosine_is_raised_and_stays_one(cosine: float) -> None:
    """The similarity across languages is above the cosine, and never above 1."""
    assert cosine <= similarity_across_languages(cosine) <= 1.0


def test_figures_are_compared_across_languages() -> None:
    """Of a sentence in another language words are unknown, but a figure that it lacks is missing all the same."""
    question = parse_question("Wie viele Menschen wurden 2019 festgenommen?")
    contexts = [
        SentenceContext(f"In {year}, 12 people were arrested.", "", 0.4, is_foreign=True) for year in (2019, 2020)
    ]
    with_year, without_year = (compute_features(question, context, {}) for context in contexts)
    assert (1.0, 0.0) == (with_year["numbers"], without_year["numbers"])
    assert with_year["coverage"] == without_year["coverage"]
