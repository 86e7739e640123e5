"""Tables of words in a PDF, in which no figures tell the rows and columns."""

from collections.abc import Sequence

import pytest

from tests.support.pdf_tables import LEFT, NewPen, Pen, both_pens, rows_of, table_in, tables_and_rest


def draw_cells(
    pen: Pen, rows: Sequence[Sequence[str]], xs: Sequence[float], *, y: float = 90.0, leading: float = 14.0
) -> float:
    """Cells that begin at some places, row by row; returns where the next row would stand."""
    for cells in rows:
        for x, text in zip(xs, cells, strict=True):
            pen.text(x, y, text)
        y += leading
    return y


@both_pens
@pytest.mark.parametrize(
    "rows",
    [
        [
            ("Day", "Captain", "Deck hand"),
            ("Monday", "Ole Berg", "Tim Rask"),
            ("Tuesday", "Ole Berg", "Una Moe"),
            ("Wednesday", "Siv Dahl", "Tim Rask"),
            ("Thursday", "Siv Dahl", "Una Moe"),
        ],
        [
            ("Room", "Light", "State"),
            ("Hold", "oil", "dry"),
            ("Galley", "gas", "dry"),
            ("Locker", "none", "wet"),
            ("Chart room", "oil", "dry"),
            ("Forepeak", "none", "dry"),
        ],
    ],
)
def test_a_plain_table_in_which_words_come_again(new_pen: NewPen, rows: list[tuple[str, ...]]) -> None:
    """Three columns without rulings are a table where the rows tell of a few things, and keep their cells."""
    pen = new_pen()
    end = draw_cells(pen, rows, (LEFT, 210, 340))
    pen.text(LEFT, end + 24, "Captain Berg is on leave in June.")
    tables, rest = tables_and_rest(pen.pdf())
    assert [rows_of(table) for table in tables] == [[list(row) for row in rows]]
    assert [phrase.text for phrase in rest] == ["Captain Berg is on leave in June."]


@both_pens
def test_names_in_three_columns_are_no_table(new_pen: NewPen) -> None:
    """A list of names that is set in three columns, all of them different, is none."""
    pen = new_pen()
    names = [
        ("Ada Lund", "Ida Bakke", "Per Hovde"),
        ("Bo Vik", "Jon Sand", "Rut Moen"),
        ("Eli Ness", "Kari Dal", "Tor Lie"),
    ]
    draw_cells(pen, [*names, ("Geir Aas", "Liv Krog", "Ulf Ruud")], (LEFT, 210, 340))
    assert not tables_and_rest(pen.pdf())[0]


@both_pens
@pytest.mark.parametrize(
    "rows",
    [
        [
            ("9:00", "Registration and coffee"),
            ("9:30", "Welcome by the dean"),
            ("10:00", "Measuring the tide"),
            ("12:45", "Lunch"),
        ],
        [
            ("2019\u20132026", "Senior diver, Vasa Trust"),
            ("2014\u20132019", "Diver, Port of Visby"),
            ("2011\u20132014", "Deck hand"),
        ],
    ],
)
def test_times_and_years_beside_what_they_tell_of(new_pen: NewPen, rows: list[tuple[str, str]]) -> None:
    """A column of times or years, and what happened then beside it, are rows."""
    pen = new_pen()
    draw_cells(pen, rows, (LEFT, 160), leading=16)
    assert rows_of(table_in(pen.pdf())) == [list(row) for row in rows]


@both_pens
@pytest.mark.parametrize("names", [("Exhibit", "Description"), ("Term", "What it means")])
def test_bold_names_above_words_over_several_lines(new_pen: NewPen, names: tuple[str, str]) -> None:
    """Two columns of words with bold names above them are a table, each row with all its lines."""
    pen = new_pen()
    for x, name in zip((LEFT, 150), names, strict=True):
        pen.text(x, 84, name, is_bold=True)
    rows = {
        "10-A": [
            "Deed of the northern quay, which the council signed in May of that year, with the",
            "plan of its moorings.",
        ],
        "10-B": ["Lease of the ice house."],
        "10-C": [
            "Rules for the pilots of the sound, as the meeting of all harbour masters in the spring",
            "changed them.",
        ],
        "11-A": ["List of the lights."],
    }
    y = 104.0
    for label, lines in rows.items():
        pen.text(LEFT, y, label)
        for line in lines:
            pen.text(150, y, line)
            y += 12
        y += 8
    table = table_in(pen.pdf())
    assert table.header_rows == 1
    assert rows_of(table) == [list(names), *([label, " ".join(lines)] for label, lines in rows.items())]


@both_pens
@pytest.mark.parametrize("mark", ["/s/", "sgd."])
def test_names_below_their_signatures(new_pen: NewPen, mark: str) -> None:
    """The name below the line to sign on stands in the row of its signature, and groups no other row."""
    pen = new_pen()
    for x, name in zip((LEFT, 240, 420), ("Signature", "Title", "Date"), strict=True):
        pen.text(x, 84, name, is_bold=True)
        pen.line(x, 87, x + 100, 87)
    people = [
        ("Nadir Holm", "Chief executive"),
        ("Wendy Lie", "Treasurer"),
        ("Leo Opsahl", "Director"),
        ("Kari Fjeld", "Director"),
    ]
    for number, (person, title) in enumerate(people):
        y = 106 + 26 * number
        draw_cells(pen, [(f"{mark} {person}", title, "March 3, 2020")], (LEFT, 240, 420), y=y)
        pen.line(LEFT, y + 2, LEFT + 150, y + 2)
        pen.text(LEFT, y + 10, person)
    table = table_in(pen.pdf())
    assert rows_of(table)[1:] == [[f"{mark} {person} {person}", title, "March 3, 2020"] for person, title in people]
    assert not any(table.groups)


@both_pens
def test_underlined_labels_are_not_parted(new_pen: NewPen) -> None:
    """A label over two lines that is underlined, as links are, is one row where rulings go over both columns."""
    pen = new_pen()
    rows = [
        (("Before it was a state", "of the union"), ("Territory of the", "five rivers")),
        (("Largest port with", "its suburbs"), ("Shawnee on", "the lake")),
        (("Language of the", "assembly"), ("Choctaw and", "English")),
        (("Seat of the upper", "house"), ("Old Market", "Hall")),
    ]
    y = 90.0
    for labels, values in rows:
        pen.line(LEFT - 4, y - 13, 360, y - 13)
        for label, value in zip(labels, values, strict=True):
            pen.text(LEFT, y, label, is_bold=True)
            pen.line(LEFT, y + 1.5, LEFT + pen.width(label, is_bold=True), y + 1.5)
            pen.text(240, y, value)
            y += 11
        y += 8
    assert rows_of(table_in(pen.pdf())) == [[" ".join(labels), " ".join(values)] for labels, values in rows]


@both_pens
@pytest.mark.parametrize(("nothing", "rest"), [("n/a", "\u2026"), ("n.m.", "not yet"), ("not measured", "n/a")])
def test_words_in_the_place_of_figures_part_rows(new_pen: NewPen, nothing: str, rest: str) -> None:
    """Rows whose figures stand in different columns, with words in the others, are two, also without a ruling."""
    pen = new_pen()
    rows = [
        ("Country", "2023", "2024"),
        ("Norway", "12.5", "13.1"),
        ("Sweden", nothing, "9.9"),
        ("Finland", "7.0", rest),
        ("Total", "19.5", "23.0"),
    ]
    draw_cells(pen, rows, (LEFT, 240, 340), leading=18)
    for y in (76, 94, 112, 148, 168):
        pen.line(LEFT, y, 420, y)
    assert rows_of(table_in(pen.pdf())) == [list(row) for row in rows]


@both_pens
@pytest.mark.parametrize("nothing", ["-", "\u2013", "F"])
@pytest.mark.parametrize("has_dividers", [True, False])
def test_rows_between_three_rulings_and_dividers(new_pen: NewPen, nothing: str, *, has_dividers: bool) -> None:
    """Rows of words below the rule of their names are as many rows, though only lines between columns part them."""
    pen = new_pen()
    rows = [
        ("Data set", "Base", "Large", "What it holds"),
        ("North quay", "F / M", "M", "Lists of vessels, by their harbour"),
        ("Prima", "M", nothing, "Scans of old logs"),
        ("Gazette", "F", nothing, "Pages of the gazette of the port"),
        ("Table bank", "F", "F", "Tables of tides and lights"),
    ]
    draw_cells(pen, rows, (LEFT + 4, 180, 240, 300), y=100)
    for y in (88, 104, 164):
        pen.line(LEFT, y, 500, y)
    if has_dividers:
        for x in (175, 235, 295):
            pen.line(x, 88, x, 164)
    table = table_in(pen.pdf())
    assert rows_of(table) == [list(row) for row in rows]
    assert table.header_rows == 1
