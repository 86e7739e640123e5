import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.tokens import STOP_WORDS
from assistant.query.question import (
    AnswerType,
    extract_question,
    is_negated,
    is_question,
    parse_question,
    parse_series_member,
)


@pytest.mark.parametrize(
    ("text", "answer_type"),
    [
        ("How many people were arrested?", "count"),
        ("number of arrests", "count"),
        ("What percentage of the migrants were women?", "percent"),
        ("When did the operation take place?", "date"),
        ("What year was the agency founded?", "year"),
        ("Who leads the agency?", "person"),
        ("Which company built the bridge?", "organisation"),
        ("In which country was the warehouse raided?", "place"),
        ("Where is the assembly held?", "place"),
        ("What is human trafficking?", "definition"),
        ("Why were they held?", "reason"),
        ("Was anyone killed?", "yesno"),
        ("How much did it cost?", "money"),
        ("What is the budget of the agency?", "money"),
        ("How much was the company fined?", "money"),
        ("How old was the driver?", "age"),
        ("What was the age of the driver?", "age"),
        ("How long did the operation last?", "duration"),
        ("How much does the bridge weigh?", "amount"),
        ("How high is the tower?", "amount"),
        ("", "other"),
        ("?", "other"),
    ],
)
def test_the_answer_type_follows_from_the_form(text: str, answer_type: AnswerType) -> None:
    """Amounts differ by what is measured: money, age, duration, or anything else."""
    assert answer_type == parse_question(text).answer_type


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How many countries took part?", ("countries",)),
        ("When did it take place?", ()),
        ("When exactly did the flood happen?", ("flood",)),
        ("What is the difference between smuggling and trafficking?", ("smuggling", "trafficking")),
        ("What does the name Tharsis mean?", ("tharsis",)),
        ("Who is the man who will succeed Jürgen Stock?", ("man", "succeed", "jurgen", "stock")),
    ],
)
def test_light_words_are_no_content(text: str, words: tuple[str, ...]) -> None:
    """Words of asking and words that only say that something existed are not searched for."""
    assert words == parse_question(text).content_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In which country was the warehouse raided?", ("warehouse", "raided")),
        ("Which city hosts the assembly?", ("hosts", "assembly")),
        ("What year was the agency founded?", ("agency", "founded")),
        ("How many countries joined the agency?", ("countries", "joined", "agency")),
        ("Which agency visited the country?", ("visited", "country")),
    ],
)
def test_the_noun_of_the_answer_type_is_no_content_word(text: str, words: tuple[str, ...]) -> None:
    """A "which country" asks for a place, not for the word; what is counted stays a word, as does any other noun."""
    assert words == parse_question(text).content_words


def test_words_and_stems_are_distinct_and_in_order() -> None:
    """A repeated word counts once, and the forms of one word share a stem."""
    question = parse_question("Did the migrant see migrants, and did migrants see the migrant?")
    assert (("migrant", "see", "migrants"), ("migrant", "see")) == (question.content_words, question.stems)


@pytest.mark.parametrize(
    ("text", "focus_stems"),
    [
        ("How many irregular migrants were detected?", ("irregular", "migrant")),
        ("How many arrests were made?", ("arrest",)),
        ("How many countries took part?", ("countri",)),
        ("How many were convicted?", ()),
        ("How many of the arrests were for smuggling?", ()),
    ],
)
def test_the_focus_ends_at_a_light_word(text: str, focus_stems: tuple[str, ...]) -> None:
    """Its stems are kept, the head last: in "countries took part" it is the countries."""
    assert focus_stems == parse_question(text).focus_stems


@pytest.mark.parametrize(
    ("text", "names", "series"),
    [
        ("When did Storm Makers II take place?", ("storm makers ii",), (("storm makers", "ii"),)),
        ("What came of Operation Storm Makers II?", ("storm makers ii",), (("storm makers", "ii"),)),
        ("How many arrests were made in Global Chain 2024?", ("global chain 2024",), (("global chain", "2024"),)),
        ("What happened in the first Operation Turquesa?", ("turquesa",), (("turquesa", "i"),)),
        ("What happened in the first Turquesa?", ("turquesa",), (("turquesa", "i"),)),
        ("Which ports did Neptune 7 watch?", ("neptune 7",), (("neptune", "7"),)),
        ("Who succeeds Jürgen Stock?", ("jurgen stock",), ()),
        ("How many people were arrested in Mali?", ("mali",), ()),
        ("How many people were arrested?", (), ()),
    ],
)
def test_names_keep_their_number_and_have_a_series(
    text: str, names: tuple[str, ...], series: tuple[tuple[str, str], ...]
) -> None:
    """A numeral, a number or a year after a name makes it a member of a series; "the first" makes it number one."""
    question = parse_question(text)
    assert (names, series) == (question.name_keys, question.series_members)


@pytest.mark.parametrize(
    ("key", "series"),
    [
        ("storm makers ii", ("storm makers", "ii")),
        ("global chain 2024", ("global chain", "2024")),
        ("neptune 7", ("neptune", "7")),
        ("ii", None),
        ("neptune", None),
        ("costa rica", None),
        ("resolution 23311", None),
        ("", None),
    ],
)
def test_a_series_is_a_name_with_a_numeral_or_number_at_its_end(key: str, series: tuple[str, str] | None) -> None:
    """Without a name before it a numeral is no series, nor is a name without a number."""
    assert series == parse_series_member(key)


@pytest.mark.parametrize(
    ("text", "action_stems"),
    [
        ("How many people were arrested?", ("arrest",)),
        ("How many people were later convicted?", ("convict",)),
        ("How many people have been wrongly detained?", ("detain",)),
        ("How many were sent home?", ("send",)),
        ("How many were known to the police?", ("know",)),
        ("How many victims were held?", ("hold",)),
        ("How many people were stolen from and beaten?", ("steal",)),
        ("How many people live there?", ()),
        ("How many people arrested others?", ()),
    ],
)
def test_passive_participles_say_what_was_done(text: str, action_stems: tuple[str, ...]) -> None:
    """The form is an auxiliary and a participle, with at most an adverb between them."""
    assert action_stems == parse_question(text).action_stems


@pytest.mark.parametrize(
    ("text", "asks_for_name"),
    [
        ("What is the name of the director?", True),
        ("What are the names of the victims?", True),
        ("What is the director called?", True),
        ("Who is the director?", False),
    ],
)
def test_asking_what_somebody_is_called_asks_for_a_name(text: str, asks_for_name: bool) -> None:
    """Only a name answers that, while "who" may be answered by a description."""
    assert asks_for_name == parse_question(text).asks_for_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Compare the two operations", True),
        ("What is the difference between smuggling and trafficking?", True),
        ("Were more people arrested in 2024 than in 2023?", True),
        ("Liberterra II versus Liberterra III", True),
        ("Which operation was larger?", True),
        ("How many people were arrested?", False),
        ("When was the moratorium lifted?", False),
    ],
)
def test_comparisons_are_recognised_by_their_words(text: str, expected: bool) -> None:
    """A comparative or a word of comparing is enough, if it is a whole word."""
    assert expected == parse_question(text).is_comparison


@pytest.mark.parametrize(
    ("text", "about_event"),
    [
        ("When did the operation take place?", True),
        ("When was the operation announced?", False),
        ("When did the agency publish its report?", False),
        ("On what day did she say so?", False),
    ],
)
def test_a_question_about_an_announcement_is_not_about_the_event(text: str, about_event: bool) -> None:
    """The date of an announcement answers only where the announcement is asked about."""
    assert about_event == parse_question(text).about_event


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which countries did not take part?", True),
        ("Why didn’t the police act?", True),
        ("Why didn't the police act?", True),
        ("Who was never found?", True),
        ("Was nobody hurt?", True),
        ("Which countries took part?", False),
        ("Where is the northern notary?", False),
    ],
)
def test_negation_is_a_word_of_its_own(text: str, expected: bool) -> None:
    """The words "not", "never", "n't" and the like count, but not the same letters inside a word."""
    assert (expected, expected) == (is_negated(text), parse_question(text).is_negated)


def test_figure_texts_are_figures_and_dates_but_no_ranks() -> None:
    """They are known, so that what the question says itself isn't taken for the answer."""
    question = parse_question("How many of the 2,517 arrests on 5 March 2022 were the third of their kind?")
    assert {"2,517", "5 march 2022"} == question.figure_texts


@given(st.text(max_size=200))
def test_any_text_can_be_parsed(text: str) -> None:
    """For any text nothing is raised, and the same text gives the same result."""
    question = parse_question(text)
    assert text == question.text
    assert STOP_WORDS.isdisjoint(question.content_words)
    assert len(set(question.content_words)) == len(question.content_words)
    for name, number in question.series_members:
        assert {name, f"{name} {number}"} & set(question.name_keys)
    assert question == parse_question(text)


@pytest.mark.parametrize(
    ("text", "question", "rest"),
    [
        ("I read of a raid. How many were there?", "How many were there?", "I read of a raid."),
        ("How many were there? I read of a raid.", "How many were there?", "I read of a raid."),
        ("Who led it? When did it end?", "Who led it? When did it end?", ""),
        ("I read of a raid. Tell me who led it.", "Tell me who led it.", "I read of a raid."),
        ("So this is what I ask: who led the raid?", "who led the raid?", "So this is what I ask: "),
        ("There was a raid. It was large.", "There was a raid. It was large.", ""),
        ("Ratio 3:4, who led it?", "Ratio 3:4, who led it?", ""),
        ("", "", ""),
    ],
)
def test_the_question_is_extracted_from_several_sentences(text: str, question: str, rest: str) -> None:
    """Sentences ask by their question mark, or else by how they begin; if none or all do, the whole text counts."""
    assert (question, rest) == extract_question(text)


def test_only_the_sentences_that_ask_are_parsed() -> None:
    """Answer type, words, names and figures are those of the question, whatever stands around it."""
    question = parse_question("In 2019 I met Anna Berg in Porto, when she was ill. How many boats sank in Mali?")
    assert ("count", ("boats", "sank", "mali"), ("mali",), frozenset()) == (
        question.answer_type,
        question.content_words,
        question.name_keys,
        question.figure_texts,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who was it?", True),
        ("“Who was it?”", True),
        ("**(Who was it?)**", True),
        ("Who was it? Nobody knew.", False),
        ("Nobody knew.", False),
        ("", False),
    ],
)
def test_a_question_ends_in_its_mark(text: str, expected: bool) -> None:
    """Closing quotes, brackets and emphasis after the mark don't hide it."""
    assert expected == is_question(text)


@pytest.mark.parametrize(
    ("text", "answer_type", "words", "names"),
    [
        ("Wie viele Autos dürfen auf die Fähre?", "count", ("autos", "durfen", "fahre"), ()),
        ("Wann wurde Anton Huber geboren?", "date", ("anton", "huber", "geboren"), ("anton huber",)),
        ("Qui dirige la bibliothèque de Corvale ?", "person", ("dirige", "bibliotheque", "corvale"), ("corvale",)),
        ("Où est-ce que les bateaux dorment ?", "place", ("bateaux", "dorment"), ()),
        ("¿Cuántos barcos tiene Salmar?", "count", ("barcos", "tiene", "salmar"), ("salmar",)),
        ("¿En qué año se fundó?", "year", ("ano", "fundo"), ()),
    ],
)
def test_a_question_in_another_language(
    text: str, answer_type: AnswerType, words: tuple[str, ...], names: tuple[str, ...]
) -> None:
    """Its question word tells the type; its small words are not looked for; a German noun is no name."""
    question = parse_question(text)
    assert (answer_type, words, names) == (question.answer_type, question.content_words, question.name_keys)
