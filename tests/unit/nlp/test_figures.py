import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.figures import (
    Date,
    Figure,
    contradicts,
    counted_words,
    find_dates,
    find_figures,
    find_names,
    includes,
    satisfies_rounded,
)


def listed(words: str) -> list[str]:
    """The words of a line, in order."""
    return words.split(" ")


ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = listed("- - twenty thirty forty fifty sixty seventy eighty ninety")
MONTHS = listed("January February March April May June July August September October November December")


def spelled(value: int, joiner: str) -> str:
    """A number in English words, British with the joiner " and ", American with " "."""
    for scale, word in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = value % scale
            between = joiner if rest and rest < 100 else " "
            tail = between + spelled(rest, joiner) if rest else ""
            return f"{spelled(value // scale, joiner)} {word}{tail}"
    if value < 20:
        return ONES[value]
    return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")


def grouped(value: int, separator: str) -> str:
    """A number with a separator between its thousands."""
    return f"{value:,}".replace(",", separator)


def only(text: str) -> Figure:
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
    written, words = grouped(value, separator), spelled(value, joiner)
    assert [("number", Decimal(value), written)] == [
        (figure.kind, figure.value, figure.text) for figure in find_figures(f"They made {written} arrests.")
    ]
    assert [("number", Decimal(value), words)] == [
        (figure.kind, figure.value, figure.text) for figure in find_figures(f"They made {words} arrests.")
    ]


@given(st.dates(date(1500, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_back_however_it_is_written(day: date) -> None:
    """British, American and ISO order give one and the same date."""
    month = MONTHS[day.month - 1]
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
        assert [(expected, written)] == [(found, found.text) for found in find_dates(text)]
        assert find_figures(text) == ()


PIECES = st.sampled_from(
    listed(
        "1 12 2,517 ,500 1.5 2024 2024-11-06 1990s . , - – / : $ € % per cent million one two hundred and a "
        "of half third thirds 5th first second USD GB US$ November May Monday 6 Jürgen al-Qaeda U.S. "
        "İstanbul II Mr. The Article The\n don't ½ ٣ more than nearly between from to 10:30 pm BC AD "
        "century ( ) [1] @ http:// \u202f \u0301 ² № 's ’s & of the"
    )
)
TEXTS = st.lists(PIECES, max_size=25)


@given(st.text() | TEXTS.map(" ".join) | TEXTS.map("".join))
def test_spans_hold_on_any_text(text: str) -> None:
    """Whatever the text, nothing is raised, spans are exact and in order, no figure meets a date or name."""
    for items in (find_figures(text), find_dates(text), find_names(text)):
        end = 0
        for item in items:
            assert text[item.start : item.end] == item.text
            assert end <= item.start < item.end
            end = item.end
    taken = [(day.start, day.end) for day in find_dates(text)] + [(name.start, name.end) for name in find_names(text)]
    for figure in find_figures(text):
        counted_words(text, figure)
        assert satisfies_rounded(figure, figure)
        assert not contradicts(figure, figure)
        assert not any(figure.start < end and start < figure.end for start, end in taken)


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
    figure = only(text)
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
    found = find_figures(text)
    assert expected == [(figure.value, figure.bound) for figure in found]
    assert len({(figure.kind, figure.unit) for figure in found}) == 1


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Interpol Secretary General Jürgen Stock spoke.", ["interpol", "jurgen stock"]),
        ("Mr. Stock and President Emmanuel Macron met.", ["stock", "emmanuel macron"]),
        ("It was held in Côte d’Ivoire.", ["cote d'ivoire"]),
        ("Interpol’s General Secretariat in Lyon", ["interpol", "general secretariat", "lyon"]),
        (
            "Operation Liberterra II and Operation Flash-Weka",
            ["operation liberterra ii", "operation flash weka"],
        ),
        ("AFRIPOL, UNODC and the U.S. took part.", ["afripol", "unodc", "us"]),
        (
            "The United Nations Office on Drugs and Crime said so.",
            ["united nations office on drugs and crime"],
        ),
        (
            "the National Crime Agency of the United Kingdom and AFRIPOL",
            ["national crime agency of the united kingdom", "afripol"],
        ),
        ("the Ministry of Justice", ["ministry of justice"]),
        (
            "Jürgen Stock of Germany and the Republic of Korea",
            ["jurgen stock", "germany", "republic of korea"],
        ),
        ("Article 3 of the Interpol constitution", ["article 3", "interpol"]),
        ("assets of USD 1.1 million, US$5 and 5 GB were frozen", []),
        ("Resolution 2331 and Article 5", ["resolution 2331", "article 5"]),
        ("J. R. R. Tolkien and Ludwig van Beethoven", ["j r r tolkien", "ludwig van beethoven"]),
        ("Abu Bakr al-Baghdadi left St. Petersburg", ["abu bakr al baghdadi", "st petersburg"]),
        ("a US-led coalition against COVID-19", ["us", "covid 19"]),
        ("Police arrested people. Victims were freed. Human trafficking grew.", []),
        ("Moreover, migrants came. Yesterday Interpol said so.", ["interpol"]),
        ("Thousands of Syrians and citizens of France fled.", ["syrians", "france"]),
        ("Citizens of France fled. Mali did not.", ["france", "mali"]),
        ("On Wednesday November 6 I’m here, I think.", []),
        ("BREAKING NEWS: POLICE ARREST FIFTY PEOPLE", []),
        ("nothing here", []),
        ("", []),
    ],
)
def test_names_are_read(text: str, expected: object) -> None:
    """Runs of capitals are names; titles, roles, dates and a sentence's common first word are not."""
    assert expected == [name.key for name in find_names(text)]


def test_names_are_equal_by_key() -> None:
    """The same name spelled with and without accents or a hyphen is one name."""
    assert find_names("in Flash-Weka and Jürgen Stock") == find_names("with Flash Weka and Jurgen Stock")


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
def test_satisfies_tells_a_rounding_from_another_number(exact: str, rounded: str, expected: object) -> None:
    """An exact figure carries its sensible roundings, and nothing else."""
    assert expected == satisfies_rounded(only(exact), only(rounded))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
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
def test_contradicts_only_where_no_number_can_be_both(one: str, other: str, expected: object) -> None:
    """Disagreement is symmetrical and leaves room for bounds and roundings."""
    assert expected == contradicts(only(one), only(other))
    assert expected == contradicts(only(other), only(one))


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2,517 arrests were made", ("arrests",)),
        ("“17,793 irregular migrants” were identified", ("irregular", "migrants")),
        (
            "3,222 potential victims of human trafficking were found",
            ("potential", "victims", "human", "trafficking"),
        ),
        ("24 of the women who came", ("women",)),
        ("12 men and women", ("men",)),
        ("arrests: 2,517", ("arrests",)),
        ("The arrests rose to 2,517.", ("arrests", "rose")),
        ("of which 850 specifically concerned", ("specifically", "concerned")),
        ("It took 5 days", ("days",)),
        ("worth 6,000 euros", ("euros",)),
        ("37% of victims", ("victims",)),
        ("2,517", ()),
    ],
)
def test_counted_names_what_a_figure_counts(text: str, expected: object) -> None:
    """The noun group behind the figure, else the words before it."""
    assert expected == counted_words(text, only(text))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "A",
        "A ",
        "1,222,",
        "1 222 ",
        "one ",
        "a.",
        "1.",
        "1-",
        "a@",
        "+1 ",
        "May ",
        "2024-",
        "first ",
        "half of a ",
        "$",
        " ",
        "\n1. ",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Twenty thousand characters of one pattern stay far under what a quadratic scan would take."""
    text = (piece * 20_000)[:20_000]
    begun = time.perf_counter()
    for figure in find_figures(text)[-3:]:
        counted_words(text, figure)
    assert time.perf_counter() - begun < 3
