import pytest
from hypothesis import given
from hypothesis import strategies as st

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
def test_lower_case_of_the_same_length(text: str) -> None:
    """Spans found in the lower-case text hold for the text, even where İ would become two characters."""
    assert len(text) == len(lower_same_length(text))


@given(st.text(alphabet=st.sampled_from("aB1 ,.'’-_éİß\u0301²٣½\n")) | st.text())
def test_tokens_hold_on_any_text(text: str) -> None:
    """Whatever the text, the spans are in order, don't overlap and hold a word each."""
    end = 0
    for token in tokenize(text):
        assert token.text
        assert end <= token.start < token.end <= len(text)
        end = token.end


def test_stem_joins_the_forms_of_a_word() -> None:
    """Singular and plural share a stem."""
    assert stem("migrant") == stem("migrants")
    assert stem("countries") == stem("country")


def test_content_drops_the_closed_classes_and_keeps_negations_and_numbers() -> None:
    """Stop words and question words go; "not", "no" and figures change the meaning and stay."""
    assert content_stems("How much are the victims not rescued in 2024?") == ("victim", "not", "rescu", "2024")
    assert content_stems("There were no arrests.") == ("no", "arrest")
    assert "didn't" in content_stems("They didn't say.")
