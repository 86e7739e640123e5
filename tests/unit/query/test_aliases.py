"""Places by their other names, and the numbers after names in digits or as Roman numerals."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.tokens import fold
from assistant.query.aliases import _place_names, convert_series_numbers, rename_places


def documents_with(*names: str) -> Callable[[str], bool]:
    """Documents that contain these names and no others."""
    return lambda name: fold(name) in map(fold, names)


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("Who fled Burma?", "Myanmar", "Who fled Myanmar?"),
        ("Who fled Myanmar?", "Burma", "Who fled Burma?"),
        ("Who fled burma?", "Myanmar", "Who fled Myanmar?"),
        ("What of Burma's army?", "Myanmar", "What of Myanmar's army?"),
        ("Is Ivory Coast large?", "Côte d’Ivoire", "Is Côte d'Ivoire large?"),
        ("Is Cote d'Ivoire large?", "Ivory Coast", "Is Ivory Coast large?"),
        ("Who leads the USA?", "United States", "Who leads the United States?"),
        ("Who leads the U.S. now?", "United States", "Who leads the United States now?"),
        ("Who told us?", "United States", "Who told us?"),
        ("From Deutschland to España", "Germany", "From Germany to España"),
        ("Who fled Burma?", "Burma", "Who fled Burma?"),
        ("Who fled Burma?", "", "Who fled Burma?"),
        ("", "Myanmar", ""),
    ],
)
def test_a_place_gets_the_name_that_the_documents_use(text: str, said: str, expected: str) -> None:
    """If the documents use another name of it; where they use this one, or none, nothing changes."""
    assert expected == rename_places(text, documents_with(said))


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("When was Kestrel 3?", "Kestrel III", "When was Kestrel III?"),
        ("when was kestrel iii", "Kestrel 3", "when was kestrel 3"),
        ("When was Kestrel III?", "Kestrel III", "When was Kestrel III?"),
        ("When was Kestrel 3?", "Kestrel II", "When was Kestrel 3?"),
        ("Were the 3 over 3.5 or 3%?", "over III", "Were the 3 over 3.5 or 3%?"),
    ],
)
def test_a_number_after_a_name_is_written_as_in_the_documents(text: str, said: str, expected: str) -> None:
    """In digits or as a Roman numeral, whichever the documents have; a figure by itself is no such number."""
    assert expected == convert_series_numbers(text, documents_with(said))


@given(st.text(max_size=60))
def test_nothing_changes_where_all_names_or_none_are_known(text: str) -> None:
    """Documents with every name leave any text unchanged, and so do those with none."""
    for contains_phrase in (lambda _: True, lambda _: False):
        assert text == rename_places(text, contains_phrase) == convert_series_numbers(text, contains_phrase)


def test_no_name_means_two_places() -> None:
    """Each name of the list belongs to the place in whose row it stands."""
    for words, place_name in _place_names().items():
        assert len(words) <= 6
        assert len(set(place_name.all_names)) == len(place_name.all_names) > 1
