import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.query.question import parse_question
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES, SentenceContext, compute_features

# Text with whatever Unicode there is, and text of the words that the features look at.
PIECES = (
    "How many ", "When ", "Who ", "Where ", "arrests ", "arrested ", "people ", "Operation Liberterra II ", "II ",
    "not ", "2,517 ", "38% ", "on 5 March 2022 ", "Jürgen Stock ", "İ", "\u0301", "٣", "\n", "? ", ". ", "|",
)  # fmt: skip
ANY = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def weigh(
    question: str, text: str, around: str = "", rarity: dict[str, float] | None = None, similarity: float = 0.5
) -> dict[str, float]:
    return compute_features(parse_question(question), SentenceContext(text, around, similarity), rarity or {})


@given(ANY, ANY, ANY, st.floats(-1, 1), st.dictionaries(st.sampled_from(["arrest", "peopl", "ii"]), st.floats(0, 1)))
def test_every_feature_is_a_share(
    question: str, text: str, around: str, similarity: float, rarity: dict[str, float]
) -> None:
    """Whatever the texts, nothing is raised and all lies within 0 and 1; similarity passes as it is."""
    evidence = weigh(question, text, around, rarity, similarity)
    assert similarity == evidence.pop("similarity")
    for name, value in evidence.items():
        assert 0.0 <= value <= 1.0, name


def test_all_that_is_weighed_is_a_feature() -> None:
    """Ranking and belief weigh features that exist, the gap aside, which is between two sentences."""
    assert {"gap"} == {*RANKING_FEATURES, *CONFIDENCE_FEATURES} - weigh("How many?", "Two.").keys()


@given(ANY, ANY)
def test_surroundings_only_add(question: str, text: str) -> None:
    """What stands around a sentence raises what the context covers and names, and nothing else."""
    alone, inside = weigh(question, text), weigh(question, text, around=question)
    assert alone["context"] <= inside["context"]
    assert alone["names"] <= inside["names"]
    assert {**alone, "context": 0, "names": 0} == {**inside, "context": 0, "names": 0}


@given(ANY)
def test_a_sentence_of_all_the_words_is_covered_wholly(question: str) -> None:
    """The question itself holds its own words, pairs and numbers, and misses none."""
    evidence = weigh(question, question)
    whole = bool(parse_question(question).stems)
    assert float(whole) == evidence["coverage"] == evidence["context"]
    assert evidence["missing"] == 0.0


def test_coverage_weighs_words_by_their_rarity() -> None:
    """Holding the rare word covers more than holding the common one; both cover all."""
    rarity = {"arrest": 0.1, "setub": 0.9}
    question = "Arrests, Setúbal"
    assert pytest.approx(0.9) == weigh(question, "In Setubal it rained.", rarity=rarity)["coverage"]
    assert pytest.approx(0.1) == weigh(question, "He made an arrest.", rarity=rarity)["coverage"]
    assert pytest.approx(1.0) == weigh(question, "Setúbal saw the arrests.", rarity=rarity)["coverage"]


def test_a_word_of_unknown_rarity_weighs_as_the_rarest() -> None:
    """What the index doesn't know is in none of its sentences."""
    assert pytest.approx(0.25) == weigh("arrest vandals", "He made an arrest.", rarity={"arrest": 1 / 3})["coverage"]


def test_words_that_are_in_every_sentence_cover_nothing() -> None:
    """With a rarity of 0 for each there is nothing to share."""
    assert weigh("arrest", "He made an arrest.", rarity={"arrest": 0.0})["coverage"] == 0.0


def test_missing_is_the_rarest_word_that_the_sentence_lacks() -> None:
    """Surroundings don't make up for it; with all words there it is 0."""
    rarity = {"arrest": 0.1, "mali": 0.8, "woman": 0.4}
    question = "women arrested, Mali"
    assert pytest.approx(0.8) == weigh(question, "Women were arrested.", "In Mali", rarity)["missing"]
    assert pytest.approx(0.4) == weigh(question, "In Mali he was arrested.", "", rarity)["missing"]
    assert weigh(question, "In Mali women were arrested.", "", rarity)["missing"] == 0.0


def test_pairs_are_of_words_side_by_side() -> None:
    """Two words of the question count as a pair in their order, with no other content word between."""
    question = "irregular migrants detected"
    assert weigh(question, "Irregular migrants were detected.")["pairs"] == 1.0
    assert weigh(question, "Irregular migrants fled.")["pairs"] == 0.5
    assert weigh(question, "Migrants fled the irregular troops.")["pairs"] == 0.0


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("Operation Liberterra III led to arrests.", "", 1.0),
        ("Operation Liberterra II led to arrests.", "", 0.5),
        ("It led to arrests.", "Liberterra III", 1.0),
        ("It led to arrests.", "Liberterra II", 0.5),
        ("It led to arrests.", "", 0.0),
        ("The Liberterraiii led to arrests.", "", 0.0),
    ],
)
def test_a_name_counts_by_its_longest_run_of_whole_words(text: str, around: str, expected: float) -> None:
    """Of "liberterra iii" just half stands in "Liberterra II", in the sentence or around it."""
    assert expected == weigh("When was Operation Liberterra III?", text, around)["names"]


def test_several_names_share_alike_and_none_lacks_nothing() -> None:
    """Each name is worth the same; a question without names finds them all."""
    assert weigh("Did Mali call Jürgen Stock?", "Mali called.")["names"] == 0.5
    assert weigh("Did it rain?", "It did.")["names"] == 1.0


def test_numbers_are_found_as_written() -> None:
    """A share of the question's figures and dates; a question without any lacks none."""
    question = "Were 850 of the 2,517 arrests for smuggling?"
    assert weigh(question, "Of 2,517 arrests, 850 were.")["numbers"] == 1.0
    assert weigh(question, "There were 2,517 arrests.")["numbers"] == 0.5
    assert weigh(question, "There were arrests.")["numbers"] == 0.0
    assert weigh("Were there arrests?", "There were.")["numbers"] == 1.0


def test_negation_counts_against_a_sentence_that_affirms() -> None:
    """Only a negated question wants a negated sentence."""
    assert weigh("Who did not sign?", "Mali signed.")["negation"] == 1.0
    assert weigh("Who did not sign?", "Mali did not sign.")["negation"] == 0.0
    assert weigh("Who signed?", "Mali did not sign.")["negation"] == 0.0


@pytest.mark.parametrize(
    ("question", "text", "feature"),
    [
        ("How many people were arrested?", "In all 12 people were arrested.", "number"),
        ("When was it?", "It was on 5 March 2022.", "date"),
        ("Who follows him?", "It will be Ilse Vandermeer.", "person"),
        ("Where was it?", "It was in Manila.", "place"),
    ],
)
def test_what_fits_counts_for_the_kind_asked_for_alone(question: str, text: str, feature: str) -> None:
    """Of the features of kind one is lit, and none by a sentence without the kind of thing."""
    kinds = ("number", "date", "person", "place")
    assert {name: float(name == feature) for name in kinds} == {name: weigh(question, text)[name] for name in kinds}
    assert dict.fromkeys(kinds, 0.0) == {name: weigh(question, "Nothing of it.")[name] for name in kinds}


def test_counts_needs_a_figure_of_the_thing_asked_for() -> None:
    """A number of something else isn't what "how many" asks for, and no other question counts."""
    assert weigh("How many arrests were made?", "They made 12 arrests.")["counts"] == 1.0
    assert weigh("How many arrests were made?", "They met 12 women.")["counts"] == 0.0
    assert weigh("When were the arrests made?", "They made 12 arrests.")["counts"] == 0.0


def test_a_sentence_that_asks_is_marked() -> None:
    """Questions among the sentences are known as such."""
    assert weigh("Who was it?", "Who knows?")["question"] == 1.0
    assert weigh("Who was it?", "Nobody knows.")["question"] == 0.0
