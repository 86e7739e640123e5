"""Places by their other names, and the numbers behind names in figures or in Roman ones."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.tokens import fold
from assistant.query.aliases import _names, convert_series_numbers, rename_places


def saying(*told: str) -> Callable[[str], bool]:
    """Documents that say these names and no others."""
    return lambda name: fold(name) in map(fold, told)


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
def test_a_place_is_read_by_the_name_that_is_known(text: str, said: str, expected: str) -> None:
    """Where the documents use another name of it; where they use this one, or none, nothing changes."""
    assert expected == rename_places(text, saying(said))


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
def test_a_number_behind_a_name_is_read_as_it_is_written(text: str, said: str, expected: str) -> None:
    """In figures or in Roman ones, whichever the documents have; a figure of its own is no such number."""
    assert expected == convert_series_numbers(text, saying(said))


@given(st.text(max_size=60))
def test_nothing_changes_where_all_is_said(text: str) -> None:
    """Documents that say every name leave every text as it is, and so do those that say none."""
    for says in (lambda _: True, lambda _: False):
        assert text == rename_places(text, says) == convert_series_numbers(text, says)


def test_no_name_means_two_places() -> None:
    """Each name of the table leads back to the place in whose line it stands."""
    for key, named in _names().items():
        assert len(key) <= 6
        assert len(set(named.place)) == len(named.place) > 1
