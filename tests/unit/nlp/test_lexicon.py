from pathlib import Path

import pytest

from assistant.nlp import lexicon

LISTS = sorted(path.stem for path in Path(lexicon.__file__).parent.glob("*.tsv"))
CLASSES = [  # lists of words by class, and a word of one of the classes
    ("function_words", "preposition", "behind"),
    ("labels", "capital", "Flight"),
    ("name_parts", "title", "ambassador"),
    ("noun_groups", "dimension", "long"),
    ("small_words", "Danish and Norwegian", "jeg"),
    ("year_context", "counted after", "migrants"),
]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_what_it_is_and_repeats_nothing(name: str) -> None:
    """Each file begins with a comment; its rows have no empty columns, no spaces around them and no duplicates."""
    text = (Path(lexicon.__file__).parent / f"{name}.tsv").read_text(encoding="utf-8")
    rows = lexicon.rows(name)
    assert text.startswith("# ")
    assert rows
    assert all(column and column == column.strip() for row in rows for column in row)
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", ["currencies", "irregular_forms", "units"])
def test_a_variant_belongs_to_one_headword(name: str) -> None:
    """No spelling of one unit, currency or verb is a spelling of another."""
    variants = [variant for _, *variants in lexicon.rows(name) for variant in variants]
    assert len(variants) == len(set(variants)) == len(lexicon.headwords(name))


@pytest.mark.parametrize("name", ["bounds", "question_nouns"])
def test_an_entry_has_one_value(name: str) -> None:
    """A phrase makes one bound, a noun asks for one kind of thing."""
    assert len(lexicon.rows(name)) == len(lexicon.mapping(name)) == len(lexicon.entries(name))


@pytest.mark.parametrize(("name", "label", "word"), CLASSES)
def test_words_stand_in_their_class(name: str, label: str, word: str) -> None:
    """A list of two columns gives the words of each class."""
    assert word in lexicon.words_by_class(name)[label]


def test_an_alternation_prefers_the_longest_word() -> None:
    """Special characters are escaped, and what begins like another word comes before it."""
    assert lexicon.alternation(["a", "abc", "a.c."]) == r"a\.c\.|abc|a"
    assert lexicon.phrase_alternation(["sign up"]) == r"sign\s+up"
