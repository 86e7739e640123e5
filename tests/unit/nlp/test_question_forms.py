import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.question_forms import QuestionForm, QuestionKind, classify_question

WORDS = "how many much what which is the of name number who or when A tell me ?"


@pytest.mark.parametrize(
    ("question", "kind", "focus"),
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
def test_a_question_is_classified_by_its_form(question: str, kind: QuestionKind, focus: tuple[str, ...]) -> None:
    """The kind and the noun group asked for, over the forms that people use."""
    assert QuestionForm(kind, focus) == classify_question(question)


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_run_of_words_is_classified(words: list[str]) -> None:
    """No order of question words raises, and nothing asked for is a stop word."""
    form = classify_question(" ".join(words))
    assert not {"the", "of", "is"} & set(form.focus)
