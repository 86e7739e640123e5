"""Typing errors: which are corrected, and what stays as it was written."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.letters import IndexedWord, letter_set
from assistant.nlp.tokens import stem, tokenize
from assistant.query.spelling import correct_spelling, edit_distance, restore_capitals

TEXT = """
Police arrested smugglers in the port. The arrests followed searches of ships. Officers from Portugal searched ships
in Kestrelmont. Officers of Kestrelmont found the harbour closed. Nine victims were rescued from traffickers. A silver
coin lay in the harbour. The operation Turmalin began in the harbour of Kestrelmont, and Turmalin ended in Portugal.
The secretary counted the ships. Silver was found.
"""
ENGLISH = frozenset(["fired", "perks", "parks", "closed", "shipping", "confiscated", "ronald"])


class Index:
    """The words of a text, as an index has them."""

    def __init__(self, text: str) -> None:
        self._words = {word.text: False for word in tokenize(text)}
        self._words |= {
            word.text: True
            for word in tokenize(text)
            if text[word.start].isupper() and text[word.start - 2] not in ".\n"
        }
        self._stems = Counter(stem(word.text) for word in tokenize(text))

    def sentence_counts(self, words: Iterable[str]) -> Mapping[str, int]:
        """Counts the words with the same stem."""
        return {word: self._stems[stem(word)] for word in words if stem(word) in self._stems}

    def similar_words(self, word: str, edits: int) -> list[IndexedWord]:
        """Returns the words of about this length, whatever they begin with."""
        return [IndexedWord(*item) for item in self._words.items() if abs(len(item[0]) - len(word)) <= edits]

    def capitalised_words(self, words: Iterable[str]) -> set[str]:
        """Returns the words that have a capital where they don't begin a sentence."""
        return {word for word in words if self._words.get(word)}


INDEX = Index(TEXT)


def correct(text: str) -> str:
    return correct_spelling(text, INDEX, lambda: ENGLISH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which smuglers were arested?", "Which smugglers were arrested?"),
        ("how many vicitms were resuced", "how many victims were rescued"),
        ("Which oficers came from Portugla?", "Which officers came from Portugal?"),
        ("When did Turmaln end?", "When did Turmalin end?"),
        ("Wich ships were serched?", "Which ships were searched?"),
        ("Whcih ships?", "Which ships?"),
        ("How mnay ships?", "How many ships?"),
        ("whats in the harbuor", "what's in the harbour"),
        ("who is the secretery?", "who is the secretary?"),
        ("WHO ARESTED SMUGGLERS?", "WHO ARRESTED SMUGGLERS?"),
        ("Were trafickerrs found?", "Were traffickers found?"),
        ("Who searched Kestrelmnt’s port?", "Who searched Kestrelmont’s port?"),
        ("How many hsips were there?", "How many ships were there?"),
    ],
)
def test_typing_errors_are_corrected(text: str, expected: str) -> None:
    """Letters dropped, doubled, changed and swapped, in words of the index and in the words of asking."""
    assert expected == correct(text)


@pytest.mark.parametrize(
    "text",
    [
        "How many arrests were there in Narnia?",
        "Who was fired?",  # English, though the index has only words like it
        "Were the shippings confiscated?",
        "What are parsk?",  # as near to several
        "Who is Turmalina?",  # another name, that only ends otherwise
        "Is the pert closed?",  # a short word with another letter is another word
        "Is the Prot closed?",  # the index has no such name
        "Does PORTS stand for something?",  # an acronym
        "Mail smuglers@example.org or see www.smuglers.org/arests",
        "What of arr3sts and 2.517 or 2,571?",
        "¿Dónde está Кестрел?",
        "",
    ],
)
def test_uncertain_and_right_words_stay(text: str) -> None:
    """A plausible word that the index doesn't know is not changed to one that it knows."""
    assert text == correct(text)


@given(st.lists(st.sampled_from([word.text for word in tokenize(TEXT)]) | st.sampled_from(sorted(ENGLISH))))
def test_known_words_are_never_changed(words: list[str]) -> None:
    """A question whose words are all known stays as it is, in whatever order they are."""
    assert " ".join(words) == correct(" ".join(words))


@given(st.text(max_size=80) | st.lists(st.text(alphabet="abeinorstABST 2.,'", max_size=12)).map(" ".join))
def test_correcting_twice_is_correcting_once(text: str) -> None:
    """For any text the result needs no correction."""
    assert correct(text) == correct(correct(text))


@given(st.text(alphabet="0123456789.,% -€", max_size=30), st.sampled_from(["arests", "", "vicitms"]))
def test_figures_are_never_changed(figures: str, word: str) -> None:
    """Not even beside a word that is corrected."""
    assert f"{figures} {correct(word)}" == correct(f"{figures} {word}")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("arests", "arrests", 1),
        ("migrnats", "migrants", 1),
        ("portugla", "portugal", 1),
        ("abc", "abc", 0),
        ("abc", "xyz", 3),
        ("ca", "abc", 3),
        ("short", "much longer", 3),
        ("determmind", "determined", 2),
    ],
)
def test_edits_are_counted_by_optimal_string_alignment(first: str, second: str, expected: int) -> None:
    """A swap of neighbours is one edit; above the limit of two the result is three, however many there are."""
    assert expected == edit_distance(first, second, 2) == edit_distance(second, first, 2)


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_edits_are_symmetrical_and_bound_the_letters(first: str, second: str) -> None:
    """One edit adds or removes at most one letter, so that letters alone can rule a word out."""
    distance = edit_distance(first, second, 2)
    assert distance == edit_distance(second, first, 2)
    assert (distance == 0) == (first == second)
    if distance <= 2:
        assert (letter_set(first) & ~letter_set(second)).bit_count() <= 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("when did turmalin ii end?", "when did Turmalin II end?"),
        ("who came from portugal and kestrelmont", "who came from Portugal and Kestrelmont"),
        ("When did turmalin end?", "When did Turmalin end?"),
        ("did turmalin i end?", "did Turmalin I end?"),
        ("when did turmalin III end?", "when did Turmalin III end?"),
        ("WHEN DID TURMALIN END?", "WHEN DID TURMALIN END?"),
        ("Who came from Portugal to kestrelmont?", "Who came from Portugal to kestrelmont?"),
        ("may i see the ships", "may i see the ships"),
        ("", ""),
    ],
)
def test_names_get_their_capitals_where_there_are_none(text: str, expected: str) -> None:
    """A question typed without capitals gets those that the index has; any other is unchanged."""
    assert expected == restore_capitals(text, INDEX)
