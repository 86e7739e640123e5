import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.question_forms import QuestionForm, QuestionKind, classify_question
from assistant.nlp.tokens import Token, content_stems, fold, lower_same_length, stem, tokenize


def test_words_are_folded_and_keep_their_spans() -> None:
    """Diacritics, possessives and thousands are folded away; the span is the word as written."""
    text = "Jürgen Stock’s 2,517 arrests weren't pre-planned."
    assert [
        Token("jurgen", 0, 6),
        Token("stock", 7, 14),
        Token("2517", 15, 20),
        Token("arrests", 21, 28),
        Token("weren't", 29, 36),
        Token("pre", 37, 40),
        Token("planned", 41, 48),
    ] == list(tokenize(text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Ærø", "lodz aero"),
        ("e\u0301te\u0301", "ete"),
        ("Plain", "plain"),
    ],
)
def test_fold_drops_case_and_diacritics(text: str, folded: str) -> None:
    """Two spellings of one word fold to the same letters."""
    assert folded == fold(text)


@given(st.text())
def test_lowered_keeps_the_length(text: str) -> None:
    """Spans found in the lower-case text hold for the text, even where İ would become two characters."""
    assert len(text) == len(lower_same_length(text))


@given(st.text(alphabet=st.sampled_from("aB1 ,.'’-_éİß\u0301²٣½\n")) | st.text())
def test_words_hold_on_any_text(text: str) -> None:
    """Whatever the text, the spans are in order, don't overlap and hold a word each."""
    end = 0
    for word in tokenize(text):
        assert word.text
        assert end <= word.start < word.end <= len(text)
        end = word.end


def test_stem_joins_the_forms_of_a_word() -> None:
    """Singular and plural share a stem."""
    assert stem("migrant") == stem("migrants")
    assert stem("countries") == stem("country")


def test_content_drops_the_closed_classes_and_keeps_negations_and_numbers() -> None:
    """Stop words and question words go; "not", "no" and figures change the meaning and stay."""
    assert content_stems("How much are the victims not rescued in 2024?") == ("victim", "not", "rescu", "2024")
    assert content_stems("There were no arrests.") == ("no", "arrest")
    assert "didn't" in content_stems("They didn't say.")


@pytest.mark.parametrize(
    ("question", "kind", "asked"),
    [
        ("How many irregular migrants were identified?", "count", ("irregular", "migrants")),
        ("how many people were arrested", "count", ("people",)),
        ("From how many countries had victims been trafficked?", "count", ("countries",)),
        ("What is the number of arrests in Mali?", "count", ("arrests",)),
        ("Give the number of arrests", "count", ("arrests",)),
        ("number of arrests in X?", "count", ("arrests",)),
        ("Could you please tell me how many people were arrested?", "count", ("people",)),
        ("What was the population of France in 1900?", "count", ("population",)),
        ("How much money was seized?", "amount", ("money",)),
        ("How much did it cost?", "amount", ()),
        ("At what age did he retire?", "amount", ("age",)),
        ("How long did it last?", "amount", ("long",)),
        ("How old was the man?", "amount", ("old",)),
        ("What's the budget of Interpol?", "amount", ("budget",)),
        ("What percentage of the arrests were for smuggling?", "percent", ("arrests",)),
        ("When did it start?", "date", ()),
        ("Tell me when it started", "date", ()),
        ("On what date was it announced?", "date", ("date",)),
        ("In which year was it?", "year", ("year",)),
        ("What year did it end", "year", ("year",)),
        ("Who is the head of Interpol?", "person", ()),
        ("Whose idea was it?", "person", ()),
        ("Which president signed it?", "person", ("president",)),
        ("Which country proposed the resolution?", "place", ("country",)),
        ("The Normans came from which country?", "place", ("country",)),
        ("Where was it held?", "place", ()),
        ("Which organisation did Interpol run it with?", "organisation", ("organisation",)),
        ("What is the name of the company that made it?", "organisation", ("company",)),
        ("What is Interpol?", "definition", ("interpol",)),
        ("What does UNODC stand for?", "definition", ("unodc",)),
        ("Define human trafficking", "definition", ("human", "trafficking")),
        ("What is the definition of trafficking?", "definition", ("trafficking",)),
        ("Why did it happen?", "reason", ()),
        ("For what reason was it closed?", "reason", ("reason",)),
        ("How come it failed?", "reason", ()),
        ("Is Interpol in Lyon?", "yesno", ()),
        ("Is it in Lyon or in Paris?", "choice", ()),
        ("Which of the two operations was larger?", "choice", ("two", "operations")),
        ("Which is larger, or are both the same?", "other", ("larger",)),
        ("Which operation was larger, II or III?", "choice", ("operation",)),
        ("List the countries that took part", "list", ("countries",)),
        ("Name the countries that took part", "list", ("countries",)),
        ("Name the president of France", "person", ("president",)),
        ("What are the three primary expressions used?", "list", ("three", "primary", "expressions")),
        ("When forces meet, what happens?", "other", ("happens",)),
        ("What kind of victims were found?", "other", ("victims",)),
        ("How did they do it?", "other", ()),
        ("What did he do?", "other", ()),
        ("What treaty established the duchy?", "other", ("treaty",)),
        ("What components raise steam temperature?", "other", ("components",)),
        ("", "other", ()),
        ("?!", "other", ()),
    ],
)
def test_question_kind_reads_the_form_of_a_question(question: str, kind: QuestionKind, asked: tuple[str, ...]) -> None:
    """The kind and the noun group asked for, over the forms that people use."""
    assert QuestionForm(kind, asked) == classify_question(question)


@given(
    st.lists(
        st.sampled_from(
            [
                "how",
                "many",
                "much",
                "what",
                "which",
                "is",
                "the",
                "of",
                "name",
                "number",
                "who",
                "or",
                "when",
                "A",
                "tell",
                "me",
                "?",
            ]
        )
    )
)
def test_question_kind_takes_any_run_of_words(tokens: list[str]) -> None:
    """No order of question words raises, and nothing asked for is a stop word."""
    asked = classify_question(" ".join(tokens))
    assert not {"the", "of", "is"} & set(asked.focus)
