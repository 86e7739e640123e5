from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.figures import Date, find_dates, find_figures

MONTHS = "January February March April May June July August September October November December"


@given(st.dates(date(1500, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_back_however_it_is_written(day: date) -> None:
    """British, American and ISO order give one and the same date."""
    month = MONTHS.split()[day.month - 1]
    expected = Date("day", day.year, day.month, day.day)
    for written in (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day:02} {month[:3]} {day.year}",
        day.isoformat(),
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day:%A}, {day.day} {month} {day.year}",
    ):
        text = f"It was announced on {written}, it seems."
        assert [(expected, written)] == [(parsed, parsed.text) for parsed in find_dates(text)]
        assert find_figures(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Wednesday November 6", [Date("day", None, 11, 6, 2)]),
        (
            "between September 29 and October 4",
            [Date("day", None, 9, 29), Date("day", None, 10, 4)],
        ),
        ("from 29 September to 4 October 2024", [Date("day", 2024, 9, 29), Date("day", 2024, 10, 4)]),
        ("10 to 21 November 2025", [Date("day", 2025, 11, 10), Date("day", 2025, 11, 21)]),
        ("September 29–30, 2024", [Date("day", 2024, 9, 29), Date("day", 2024, 9, 30)]),
        ("the 6th of November 2024", [Date("day", 2024, 11, 6)]),
        ("2024-11-06T10:00:00Z", [Date("day", 2024, 11, 6)]),
        ("06/11/2024", [Date("year", 2024)]),
        ("25/12/2024 and 12/25/2024", [Date("day", 2024, 12, 25)] * 2),
        ("31/31/2024", []),
        ("November 2024", [Date("month", 2024, 11)]),
        ("March to May 2024", [Date("month", 2024, 3), Date("month", 2024, 5)]),
        ("in May, but we may go; March on!", [Date("month", None, 5)]),
        ("may 5 people come", []),
        ("open on Mondays", [Date("weekday", weekday=0)]),
        ("in 2024", [Date("year", 2024)]),
        ("the 2024 elections", [Date("year", 2024)]),
        ("in 911 as a fief", [Date("year", 911)]),
        ("in 250 cases", []),
        ("2000 arrests, more than 2000, 1200 MHz, 1500-strong", []),
        ("of 1200 officers", []),
        ("(1066)", [Date("year", 1066)]),
        ("2,024 people", []),
        ("Resolution 1973", []),
        ("1914–18", [Date("year", 1914), Date("year", 1918)]),
        ("2011-12", [Date("year", 2011), Date("year", 2012)]),
        ("2024-11", [Date("month", 2024, 11)]),
        ("1000-1500 people", []),
        ("44 BC and AD 79", [Date("year", -44), Date("year", 79)]),
        ("1200–900 BC", [Date("year", -1200), Date("year", -900)]),
        ("the 1990s and the '80s", [Date("decade", 1990), Date("decade", 1980)]),
        ("the 20th and 21st centuries", [Date("century", 1901), Date("century", 2001)]),
        ("ninth century BC", [Date("century", -900)]),
    ],
)
def test_dates_are_read(text: str, expected: object) -> None:
    """Days, months, years, ranges and eras, and what only looks like one."""
    assert expected == list(find_dates(text))
