import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assistant.index.term_counts import ALL_SENTENCES, StemCounter, TermCounter

SENTENCES = st.lists(st.tuples(st.integers(0, 3), st.text(max_size=40), st.text(max_size=20)), max_size=8)


def test_stems_are_given_without_stop_words() -> None:
    """A sentence and what stands over it come back as the stems that are searched."""
    assert ("polic arrest 2517 peopl", "raid") == TermCounter().add(0, "The police arrested 2,517 people.", "On raids")


def test_words_are_counted_by_document_and_in_all() -> None:
    """A heading counts once where it begins; a capital means a name only behind the first word."""
    tally = TermCounter()
    tally.add(1, "Police met Maria.", "Raids")
    tally.add(1, "Maria met police.", "Raids")
    tally.add(2, "Maria left.", "")

    told = {document: {word: (times, named) for word, times, named in json.loads(of)} for document, of in _kept(tally)}
    assert {"police": (2, 0), "met": (2, 0), "maria": (2, 1), "raids": (1, 0)} == told[1]
    assert {"maria": (1, 0), "left": (1, 0)} == told[2]
    assert (5, "maria", 3, 1) in {(length, word, times, named) for length, word, _, times, named in tally.vocabulary()}


def _kept(tally: TermCounter) -> list[tuple[int, str]]:
    return list(tally.words_by_document())


def test_stems_are_counted_once_for_each_sentence() -> None:
    """What is counted is sentences, not words; and all of them under the empty stem."""
    tally = TermCounter()
    tally.add(1, "Bread and bread.", "Bread")
    tally.add(1, "Butter.", "Bread")
    assert {"bread": (1, 2), "butter": (1, 0), ALL_SENTENCES: (2, 0)} == {
        stem: tuple(rest) for stem, *rest in tally.stem_counts()
    }


@given(SENTENCES)
def test_what_is_taken_back_leaves_nothing(sentences: list[tuple[int, str, str]]) -> None:
    """The counts of sentences, taken back by their stems alone, are all zero."""
    tally, gone = TermCounter(), StemCounter()
    for document, text, above in sentences:
        gone.add(*tally.add(document, text, above))
    left = Counter[str]()
    for stem, held, headed in [*tally.stem_counts(), *gone.counts(-1)]:
        left[stem] += held
        left[f"{stem} above"] += headed
    assert not any(left.values())
