import pytest

from assistant.nlp.figures import Figure, contradicts, find_dates, find_figures, includes, satisfies_rounded


def only_figure(text: str) -> Figure:
    """The one figure of a text."""
    (figure,) = find_figures(text)
    return figure


@pytest.mark.parametrize(
    ("exact", "rounded", "expected"),
    [
        ("2,517", "2517", True),
        ("2,517", "two thousand five hundred and seventeen", True),
        ("2,517", "2,571", False),
        ("2,517", "more than 2,500", True),
        ("2,517", "about 2,500", True),
        ("2,517", "some 2,500", True),
        ("2,517", "over 2,000", True),
        ("2,517", "more than 2,600", False),
        ("2,517", "more than 2,517", False),
        ("2,517", "at least 2,517", True),
        ("2,517", "more than 100", False),
        ("2,571", "about 2,500", False),
        ("23,895", "nearly 24,000", True),
        ("24,100", "nearly 24,000", False),
        ("480", "up to 500", True),
        ("500", "up to 500", True),
        ("500", "under 500", False),
        ("3", "up to 500", False),
        ("more than 2,500", "2,500", False),
        ("more than 2,500", "at least 2,500", True),
        ("more than 2,500", "up to 2,500", False),
        ("178", "hundreds", True),
        ("178", "dozens", True),
        ("30", "hundreds", False),
        ("dozens", "about 12", False),
        ("dozens", "at least 12", False),
        ("-3", "at least -5", False),
        ("37%", "37", False),
        ("€6,000", "$6,000", False),
        ("EUR 6,000", "6,000 euros", True),
        ("50%", "half of them", True),
        ("33%", "a third of them", True),
        ("40%", "a third of them", False),
        ("two-thirds of them", "67%", False),
        ("two-thirds of them", "about 67%", True),
        ("three days", "three hours", False),
    ],
)
def test_satisfies_rounded_distinguishes_a_rounding_from_another_number(
    exact: str, rounded: str, expected: object
) -> None:
    """An exact figure carries its sensible roundings, and nothing else."""
    assert expected == satisfies_rounded(only_figure(exact), only_figure(rounded))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2,517", "2,571", True),
        ("2,517", "2517", False),
        ("2,517", "more than 2,500", False),
        ("2,517", "over 100", False),
        ("2,517", "more than 2,600", True),
        ("2,517", "about 2,500", False),
        ("2,571", "about 2,500", True),
        ("at most 5", "more than 5", True),
        ("at most 5", "at least 5", False),
        ("5", "under 5", True),
        ("5", "dozens", False),
        ("5", "5%", False),
        ("40%", "half of them", True),
    ],
)
def test_contradicts_only_where_no_number_can_be_both(a: str, b: str, expected: object) -> None:
    """Disagreement is symmetrical and leaves room for bounds and roundings."""
    assert expected == contradicts(only_figure(a), only_figure(b))
    assert expected == contradicts(only_figure(b), only_figure(a))


@pytest.mark.parametrize(
    ("loose", "precise", "expected"),
    [
        ("November 2024", "6 November 2024", True),
        ("6 November 2024", "November 2024", False),
        ("in 2024", "2024-11-06", True),
        ("in 2023", "2024-11-06", False),
        ("November 6", "6 November 2024", True),
        ("Wednesday November 6", "6 November 2024", True),
        ("Thursday November 6", "6 November 2024", False),
        ("on Friday", "31 November 2024", False),
        ("on Monday", "Monday", True),
        ("the 2020s", "in 2024", True),
        ("the 2020s", "in 2019", False),
        ("the 21st century", "the 2020s", True),
        ("the 2000s", "21st century", False),
        ("the 1990s", "the 1990s", True),
        ("the 1990s", "on Monday", False),
        ("in 1990", "the 1990s", False),
    ],
)
def test_a_loose_date_includes_a_precise_one(loose: str, precise: str, expected: object) -> None:
    """All that the loose date says must be true of the precise one."""
    assert expected == includes(find_dates(loose)[0], find_dates(precise)[0])
