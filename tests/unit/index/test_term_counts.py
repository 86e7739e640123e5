import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assistant.index.term_counts import ALL_SENTENCES, StemCounter, TermCounter

SENTENCES = st.lists(st.tuples(st.integers(0, 3), st.text(max_size=40), st.text(max_size=20)), max_size=8)


def test_stems_are_given_without_stop_words() -> None:
    """A sentence and its heading come back as the stems that are searched."""
    assert ("polic arrest 2517 peopl", "raid") == TermCounter().add(0, "The police arrested 2,517 people.", "On raids")


def test_words_are_counted_by_document_and_in_all() -> None:
    """A heading counts once where it begins; a capital means a name only behind the first word."""
    counter = TermCounter()
    counter.add(1, "Police met Maria.", "Raids")
    counter.add(1, "Maria met police.", "Raids")
    counter.add(2, "Maria left.", "")

    words_by_document = {
        document: {word: (times, named) for word, times, named in json.loads(words)}
        for document, words in counter.words_by_document()
    }
    assert {"police": (2, 0), "met": (2, 0), "maria": (2, 1), "raids": (1, 0)} == words_by_document[1]
    assert {"maria": (1, 0), "left": (1, 0)} == words_by_document[2]
    assert (5, "maria", 3, 1) in {
        (length, word, times, named) for length, word, _, times, named in counter.vocabulary()
    }


def test_stems_are_counted_once_for_each_sentence() -> None:
    """Sentences are counted, not words; all of them together under the empty stem."""
    counter = TermCounter()
    counter.add(1, "Bread and bread.", "Bread")
    counter.add(1, "Butter.", "Bread")
    assert {"bread": (1, 2), "butter": (1, 0), ALL_SENTENCES: (2, 0)} == {
        stem: tuple(rest) for stem, *rest in counter.stem_counts()
    }


@given(SENTENCES)
def test_what_is_taken_back_leaves_nothing(sentences: list[tuple[int, str, str]]) -> None:
    """Counting sentences and subtracting them again by their stems leaves only zeros."""
    counter, removed = TermCounter(), StemCounter()
    for document, text, heading in sentences:
        removed.add(*counter.add(document, text, heading))
    left = Counter[str]()
    for stem, in_text, in_heading in [*counter.stem_counts(), *removed.counts(-1)]:
        left[stem] += in_text
        left[f"{stem} above"] += in_heading
    assert not any(left.values())
