import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.query.question import is_question, parse_question
from assistant.retrieval.answer_types import (
    answer_type_fit,
    can_answer,
    counting_figures,
    is_about_other_member,
    may_hold_count,
    pad_words,
)

ARRESTED = "How many people were arrested?"
WHEN = "When did the operation take place?"
PUBLISHED = "When was the report published?"
NAME = "What is the name of the director?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A total of 2,517 arrests were made.", True),
        ("Reading also helps the officers.", True),
        ("Share prices fell by a third.", True),
        ("Read also | How the rings moved their money", False),
        ("Read later", False),
        ("Read more: the rings of the north", False),
        ("• Read next on this subject", False),
        ("See also our dossier on smuggling", False),
        ("Also read the story of two sisters", False),
        ("Related articles: the rings of the north", False),
        ("Subscribe to the newsletter and read every story", False),
        ("Article | Reserved for subscribers of the paper", True),
        ("Reserved for subscribers of the paper", False),
        ("We use cookies to improve the page", False),
        ("Copyright 2024 The Daily, all of it", False),
        ("How many people were arrested?", False),
        ("“How many people were arrested?”", False),
        ("Discover", False),
        ("It was.", False),
        ("", False),
    ],
)
def test_leftovers_questions_and_stubs_answer_nothing(text: str, expected: bool) -> None:
    """Leftovers of web pages between paragraphs, questions, and sentences of one content word are never quoted."""
    assert expected == can_answer(text)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (ARRESTED, "A total of 2,517 arrests were made.", 1.0),
        (ARRESTED, "Two dozen people were arrested.", 1.0),
        (ARRESTED, "Many people were arrested in 2024.", 0.0),
        ("What percentage of them were women?", "Of them 38% were women.", 1.0),
        ("How much was the fine?", "The court asked for $4.2 million.", 1.0),
        ("How much was the fine?", "The court asked for 4 pages.", 0.0),
        ("How old was the driver?", "The 34-year-old driver ran away.", 1.0),
        ("How old was the driver?", "The driver, aged 34, ran away.", 1.0),
        ("How old was the driver?", "The driver ran 34 metres.", 0.0),
        ("How long did the search last?", "The search went on for three weeks.", 1.0),
        ("How long did the search last?", "The search went on from 3 March to 9 March 2025.", 1.0),
        ("How long did the search last?", "The search covered 40 ports.", 0.0),
        ("How high is the tower?", "The tower measures 90 metres.", 1.0),
        ("How high is the tower?", "The tower is the highest of the town.", 0.0),
        (WHEN, "The operation ran from 3 to 9 March 2025.", 1.0),
        (WHEN, "The operation ran with the help of Mali.", 0.0),
        (WHEN, "The agency announced on 12 March 2025 that the operation was over.", 0.0),
        (WHEN, "The agency announced on 12 March 2025 that the operation had begun on 3 March 2025.", 1.0),
        (PUBLISHED, "The agency published it on 12 March 2025.", 1.0),
        ("What year was it founded?", "The agency was founded in 1923 by 20 countries.", 1.0),
        ("What year was it founded?", "The agency was founded by 20 countries.", 0.0),
        ("Who follows Jürgen Stock?", "Stock makes way for Valdecy Urquiza of Brazil.", 1.0),
        ("Who follows Jürgen Stock?", "Jürgen Stock leaves at the end of the year.", 0.0),
        ("Who made the arrests?", "The arrests were made by Interpol.", 0.5),
        (NAME, "The director is Ilse Vandermeer.", 1.0),
        (NAME, "The director works for Interpol.", 0.0),
        (NAME, "The director was seen in Costa Rica.", 0.0),
        (NAME, "The director ran Storm Makers II.", 0.0),
        ("Which agency led the operation?", "The operation was led by Interpol.", 1.0),
        ("Which agency led the operation?", "The operation was led from afar.", 0.0),
        ("Where was the warehouse?", "The warehouse stood in Manila.", 1.0),
        ("Where was the warehouse?", "The warehouse stood near a river.", 0.0),
        ("In which country is Manila?", "Manila is the largest city but one.", 0.0),
        ("What happened?", "Nothing at all.", 1.0),
        ("Why did they flee?", "They fled because of the war.", 1.0),
    ],
)
def test_a_sentence_fits_if_it_contains_the_answer_type(question: str, text: str, expected: float) -> None:
    """Numbers, sums of money, ages, durations, dates of the event itself, and names that are not in the question."""
    assert expected == answer_type_fit(parse_question(question), text)


@pytest.mark.parametrize(
    ("question", "text", "surroundings", "expected"),
    [
        ("How many arrests were made?", "A total of 2,517 arrests were made.", "", True),
        ("How many arrests were made?", "Police rescued 3,222 victims.", "", False),
        ("How many potential victims were there?", "Police found 3,222 victims.", "", True),
        ("How many countries took part?", "Police of 116 countries were there.", "", True),
        ("How many countries took part?", "In all 2,517 arrests were made.", "116 countries", False),
        (ARRESTED, "In all 2,517 were arrested.", "", True),
        (ARRESTED, "In all 2,517 arrests were made.", "", True),
        (ARRESTED, "In all 2,517 people were rescued.", "", False),
        (ARRESTED, "In all 2,517 people were rescued.", "They were arrested.", False),
        ("How many were convicted?", "In all 2,517 were arrested.", "", False),
        ("How many people were arrested in Mali?", "In all 12 people were arrested.", "Mali", True),
        ("How many people were arrested in Mali?", "In all 12 people were arrested in Mali.", "", True),
        ("How many people were arrested in Mali?", "In all 12 people were arrested.", "Ghana", False),
        ("How many people were arrested in Mali?", "In all 12 people were arrested.", "A formality", False),
        ("How many arrests did Jürgen Stock report?", "Stock spoke of 12 arrests.", "", True),
        ("How many Togolese women were there?", "There were 24 women from Togo.", "", True),
        ("How many Togolese women were there?", "There were 24 women from Ghana.", "", False),
        ("How many arrests were made in Weka II?", "In all 300 arrests were made.", "Storm Makers II", False),
        ("Which had more arrests, Weka II or Storm Makers II?", "In all 300 arrests were made.", "Weka II", True),
        ("Which had more arrests, Weka II or Storm Makers II?", "In all 300 arrests were made.", "Epervier", False),
        ("Which had more arrests, Weka II or Storm Makers II?", "In all 300 people were freed.", "Weka II", False),
        ("When was it?", "Nothing of the kind.", "", True),
    ],
)
def test_a_number_needs_what_it_counts(question: str, text: str, surroundings: str, expected: bool) -> None:
    """The head noun, or for people what was done to them, is in the sentence; names may be in its surroundings."""
    assert expected == may_hold_count(parse_question(question), text, surroundings)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("How many arrests were made?", "Apart from 2,517 arrests it led to 3,222 victims.", ["2,517"]),
        ("How many victims were freed?", "Apart from 2,517 arrests it led to 3,222 victims.", ["3,222"]),
        ("How many arrests were made?", "The number of arrests rose to 2,517.", ["2,517"]),
        ("How many irregular migrants?", "Police met 8 children and 12,000 irregular migrants.", ["12,000"]),
        ("How many arrests were made?", "Police freed 3,222 victims.", []),
        ("How many arrests were made?", "Arrests were made.", []),
    ],
)
def test_counting_figures_are_those_of_the_thing_asked_for(question: str, text: str, expected: list[str]) -> None:
    """Of several figures in a sentence only those whose noun group shares a word with the question count."""
    assert expected == [figure.text for figure in counting_figures(parse_question(question), text)]


@pytest.mark.parametrize(
    ("series", "places", "expected"),
    [
        ([("liberterra", "iii")], ["Liberterra III led to arrests."], False),
        ([("liberterra", "iii")], ["Liberterra II led to arrests."], True),
        ([("liberterra", "iii")], ["Liberterra led to arrests."], True),
        ([("liberterra", "ii")], ["Liberterra III led to arrests."], True),
        ([("liberterra", "i")], ["Liberterra led to arrests."], False),
        ([("turquesa", "i")], ["The first Operation Turquesa led to arrests."], False),
        ([("turquesa", "i")], ["Turquesa II led to arrests."], True),
        ([("liberterra", "ii")], ["Unlike Liberterra III, Liberterra II led to arrests."], False),
        ([("liberterra", "ii")], ["It led to arrests.", "Liberterra II was next.", "Liberterra III"], False),
        ([("liberterra", "ii")], ["It led to arrests.", "Liberterra III was next.", "Liberterra II"], True),
        ([("liberterra", "ii")], ["It led to arrests."], False),
        ([("liberterra", "ii")], ["Liberterrans led to arrests."], False),
        ([("liberterra", "ii")], ["Storm Makers II led to arrests.", "Liberterra II"], True),
        ([("liberterra", "ii")], ["Liberterra II led to more arrests than Storm Makers II."], False),
        ([("liberterra", "ii")], ["It led to arrests.", "Storm Makers II"], False),
        ([("liberterra", "ii"), ("liberterra", "iii")], ["Liberterra II led to arrests."], True),
        ([("global chain", "2024")], ["Global Chain 2023 led to arrests."], True),
        ([("global chain", "2024")], ["GLOBAL CHAIN (2024) led to arrests."], False),
        ([], ["Liberterra II led to arrests."], False),
        ([("liberterra", "ii")], [], False),
    ],
)
def test_the_nearest_place_that_names_a_member_decides(
    series: list[tuple[str, str]], places: list[str], expected: bool
) -> None:
    """A sentence may be about another member of the series; a name without a number is the first member."""
    assert expected == is_about_other_member(series, places)


def test_padded_words_are_whole_words() -> None:
    """Letters and digits remain, and every word has a space on both sides."""
    assert " storm makers ii 2 517 " == pad_words("storm-makers (ii): 2,517.")
    assert "  " == pad_words("…")


@given(st.sampled_from([ARRESTED, WHEN, NAME, "How old was it?", "How long?", "Where?", "What?"]), st.text())
def test_any_sentence_can_be_judged(question: str, text: str) -> None:
    """For any sentence nothing is raised, the fit is none, half or whole, and a question can't answer."""
    parsed = parse_question(question)
    assert answer_type_fit(parsed, text) in (0.0, 0.5, 1.0)
    assert not (is_question(text) and can_answer(text))


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("How many officers took part in Kestrel?", "Officers in Kestrel watched 24,000 flights.", False),
        ("How many officers took part in Kestrel?", "Some 1,200 officers took part in Kestrel.", True),
        ("How many arrests were there in Kestrel?", "Seven suspects were arrested in Kestrel.", True),
        ("How many arrests were there in Kestrel?", "Arrests in Kestrel: 7.", True),
        ("How many victims were freed in Kestrel?", "Of the victims freed in Kestrel 12 were minors.", True),
        ("How many people were freed in Kestrel?", "Kestrel freed 12 fishermen.", True),
    ],
)
def test_figures_that_all_count_something_else(question: str, text: str, expected: bool) -> None:
    """A sentence that names what is asked for but counts another thing gives no number of it."""
    assert expected == may_hold_count(parse_question(question), text, "")
