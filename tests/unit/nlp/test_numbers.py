from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.figures import Figure, find_figures

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety"


def spell_out(value: int, joiner: str) -> str:
    """A number in English words, British with the joiner " and ", American with " "."""
    for scale, scale_word in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = value % scale
            separator = joiner if rest and rest < 100 else " "
            tail = separator + spell_out(rest, joiner) if rest else ""
            return f"{spell_out(value // scale, joiner)} {scale_word}{tail}"
    if value < 20:
        return ONES.split()[value]
    return TENS.split()[value // 10] + (f"-{ONES.split()[value % 10]}" if value % 10 else "")


def group_thousands(value: int, separator: str) -> str:
    """A number with a separator between its thousands."""
    return f"{value:,}".replace(",", separator)


def only_figure(text: str) -> Figure:
    """The one figure of a text."""
    (figure,) = find_figures(text)
    return figure


@given(
    st.integers(0, 999_999_999),
    st.sampled_from([",", "", " ", "\u00a0", "\u202f", "\u2009", "'"]),
    st.sampled_from([" and ", " "]),
)
def test_a_number_is_read_back_however_it_is_written(value: int, separator: str, joiner: str) -> None:
    """Digits with any separator and words, British or American, mean the same up to 999,999,999."""
    written, words = group_thousands(value, separator), spell_out(value, joiner)
    assert [("number", Decimal(value), written)] == [
        (figure.kind, figure.value, figure.text) for figure in find_figures(f"They made {written} arrests.")
    ]
    assert [("number", Decimal(value), words)] == [
        (figure.kind, figure.value, figure.text) for figure in find_figures(f"They made {words} arrests.")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than 2,500 people", ("number", 2500, "", "over")),
        ("nearly 24,000 flights", ("number", 24000, "", "under")),
        ("at least 178", ("number", 178, "", "least")),
        ("no fewer than 178", ("number", 178, "", "least")),
        ("up to 40 officers", ("number", 40, "", "most")),
        ("no more than 40", ("number", 40, "", "most")),
        ("around 300", ("number", 300, "", "about")),
        ("some 2,500 officers", ("number", 2500, "", "about")),
        ("a total of 850", ("number", 850, "", "exact")),
        ("more than a total of 850", ("number", 850, "", "over")),
        ("fewer than ten", ("number", 10, "", "under")),
        ("100 or more", ("number", 100, "", "least")),
        ("100+ people", ("number", 100, "", "least")),
        ("5 or fewer", ("number", 5, "", "most")),
        ("10 or so", ("number", 10, "", "about")),
        ("p<0.05", ("number", Decimal("0.05"), "", "under")),
        ("≥ 3 births", ("number", 3, "", "least")),
        ("5 million people", ("number", 5_000_000, "", "exact")),
        ("50k people", ("number", 50_000, "", "exact")),
        ("half a million people", ("number", 500_000, "", "exact")),
        ("two and a half million", ("number", 2_500_000, "", "exact")),
        ("three quarters of a million", ("number", 750_000, "", "exact")),
        ("half a dozen", ("number", 6, "", "exact")),
        ("2½ times", ("number", Decimal("2.5"), "", "exact")),
        ("1.500", ("number", Decimal("1.5"), "", "exact")),
        ("٢٥١٧", ("number", 2517, "", "exact")),
        ("a 16-member council", ("number", 16, "", "exact")),
        ("37 per cent", ("percent", 37, "percent", "exact")),
        ("37%", ("percent", 37, "percent", "exact")),
        ("thirty-seven percent", ("percent", 37, "percent", "exact")),
        ("5 percentage points", ("percent", 5, "point", "exact")),
        ("EUR 6,000", ("money", 6000, "EUR", "exact")),
        ("€6,000", ("money", 6000, "EUR", "exact")),
        ("6,000 euros", ("money", 6000, "EUR", "exact")),
        ("£2.5m", ("money", 2_500_000, "GBP", "exact")),
        ("over US$ 3 billion", ("money", 3 * 10**9, "USD", "over")),
        ("$1.2T", ("money", 12 * 10**11, "USD", "exact")),
        ("a 32-year-old man", ("measure", 32, "year", "exact")),
        ("three days", ("measure", 3, "day", "exact")),
        ("60 m", ("measure", 60, "metre", "exact")),
        ("5m", ("measure", 5, "metre", "exact")),
        ("−3.5 °C", ("measure", Decimal("-3.5"), "degree Celsius", "exact")),
        ("a one-year sentence", ("measure", 1, "year", "exact")),
        ("the 93rd assembly", ("ordinal", 93, "", "exact")),
        ("the twenty-first floor", ("ordinal", 21, "", "exact")),
        ("a third man", ("ordinal", 3, "", "exact")),
        ("the two hundredth case", ("ordinal", 200, "", "exact")),
        ("half of them", ("fraction", Decimal("0.5"), "", "exact")),
        ("a quarter of them", ("fraction", Decimal("0.25"), "", "exact")),
        ("a third of them", ("fraction", Decimal(1) / 3, "", "exact")),
        ("two-thirds of them", ("fraction", Decimal(2) / 3, "", "exact")),
        ("1/4 of them", ("fraction", Decimal("0.25"), "", "exact")),
        ("½ cup", ("fraction", Decimal("0.5"), "", "exact")),
        ("dozens of people", ("vague", 12, "", "about")),
        ("hundreds of thousands of people", ("vague", 100_000, "", "about")),
        ("several hundred women", ("vague", 100, "", "about")),
        ("at 10:30", ("time", 630, "", "exact")),
        ("at 5 p.m. sharp", ("time", 17 * 60, "", "exact")),
    ],
)
def test_a_figure_is_read_with_its_kind_unit_and_bound(text: str, expected: object) -> None:
    """One figure in each text, normalised."""
    figure = only_figure(text)
    assert expected == (figure.kind, figure.value, figure.unit, figure.bound)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between 3,000 and 5,000 victims", [(3000, "least"), (5000, "most")]),
        ("3–5 people", [(3, "least"), (5, "most")]),
        ("5 to 10 million people", [(5_000_000, "least"), (10_000_000, "most")]),
        ("$5-10 million", [(5_000_000, "least"), (10_000_000, "most")]),
        ("rose from 10 to 21 per cent", [(10, "exact"), (21, "exact")]),
        ("won 2-1", [(2, "exact"), (1, "exact")]),
        ("one two three", [(1, "exact"), (2, "exact"), (3, "exact")]),
        ("2,517, 850 and 3,222", [(2517, "exact"), (850, "exact"), (3222, "exact")]),
        ("nineteen ninety", [(19, "exact"), (90, "exact")]),
    ],
)
def test_runs_and_ranges(text: str, expected: object) -> None:
    """The ends of a range share kind, unit and scale; numbers side by side stay apart."""
    figures = find_figures(text)
    assert expected == [(figure.value, figure.bound) for figure in figures]
    assert len({(figure.kind, figure.unit) for figure in figures}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Article 5 and Resolution 2331",
        "under article 5, page 12",
        "COVID-19, F-16, 5G, 3D and H1N1",
        "v1.2, 1.2.3 and 192.168.0.1",
        "https://example.org/2331/5 or www.example.org/17",
        "write to desk5@example.org",
        "call +33 1 23 45 67 89 or (202) 555-0148",
        "as said [12]",
        "24/7",
        "1. The paragraph's text",
        "no one, one another, one of the best, the one",
        "a second, per second",
        "the half",
        "in the quarter",
        "6 November 2024, the 1990s, the 9th century and 1066-1087",
        "Operation Liberterra II",
        "per million",
        "9" * 40,
    ],
)
def test_what_is_no_quantity_is_no_figure(text: str) -> None:
    """Labels, words, versions, addresses, telephone numbers, dates and turns of phrase count nothing."""
    assert find_figures(text) == ()
