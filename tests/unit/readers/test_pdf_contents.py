"""Tables of contents leave the pages, with their headings and without their leaders; tables of figures stay."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.roles.contents import extract_contents
from assistant.readers.pdf.roles.contents_entries import entries_of, split_at_entries
from tests.support.pdf_layouts import line
from tests.support.pdf_pages import Text
from tests.support.pdf_roles import blocks_in, body_lines, draw_pages, page_phrases, roles_in
from tests.support.timing import assert_linear

CHAPTERS = ["Introduction", "The quay", "Fishing in winter", "Tourism", "What the council decided", "Annexes"]
NUMBERS = ["1", "4", "9", "9", "17", "22"]


def rows(
    titles: list[str],
    numbers: list[str],
    *,
    leader: str = "",
    top: float = 150.0,
    x: float = 72.0,
    right: float = 500.0,
) -> list[Phrase]:
    """Lines of a table of contents, the numbers flush right."""
    phrases = []
    for place, (title, number) in enumerate(zip(titles, numbers, strict=True)):
        y = top + 16 * place
        phrases.append(line(title, x=x, y=y))
        if leader:
            phrases.append(line(leader, x=phrases[-1].x1 + 4, y=y))
        phrases.append(line(number, x=right - 5.0 * len(number), y=y))
    return phrases


def contents_of(*pages: PagePhrases) -> list[str]:
    """The lines of the contents that some pages have."""
    _, pieces = extract_contents(pages)
    assert all(piece.role == "contents" for piece in pieces)
    return [" ".join(phrase.text for phrase in piece.lines) for piece in pieces]


def document(first: list[Phrase], count: int = 30) -> list[PagePhrases]:
    """A page of its own and pages of prose behind it."""
    return [
        page_phrases(*first),
        *(page_phrases(*body_lines(page=number), number=number) for number in range(2, count)),
    ]


@pytest.mark.parametrize("leader", ["..........", ". . . . . . . .", "……………", "···········", "_____________"])
def test_leaders_lead_to_numbers_that_rise(leader: str) -> None:
    """Entries with leaders are contents without any heading, and lose the leaders."""
    expected = [f"{title} {number}" for title, number in zip(CHAPTERS, NUMBERS, strict=True)]
    assert contents_of(*document(rows(CHAPTERS, NUMBERS, leader=leader))) == expected


def test_leaders_glued_to_titles_and_numbers() -> None:
    """Where no space parts title, dots and number, they are parted all the same."""
    lines = [
        line(f"{title}.......{number}", y=150 + 16 * place)
        for place, (title, number) in enumerate(zip(CHAPTERS, NUMBERS, strict=True))
    ]
    assert contents_of(*document(lines))[:2] == ["Introduction 1", "The quay 4"]


@pytest.mark.parametrize(
    "heading", ["Contents", "Inhaltsverzeichnis", "Table des matières", "Índice de contenidos", "Indice"]
)
def test_a_heading_says_that_bare_numbers_are_those_of_pages(heading: str) -> None:
    """Below a heading entries need no leaders, and the heading goes with them."""
    page = [line(heading, y=100, size=16), line("Page", x=476, y=125), *rows(CHAPTERS, NUMBERS)]
    assert contents_of(*document(page))[:3] == [heading, "Page", "Introduction 1"]


def test_prefixes_roman_numbers_and_annexes() -> None:
    """Front matter with Roman numbers and annexes with letters are in order around the Arabic numbers."""
    numbers = ["iii", "xi", "1", "12", "A-1", "F-3"]
    assert len(contents_of(*document(rows(CHAPTERS, numbers, leader="......")))) == 6


def test_titles_over_several_lines_are_one_entry() -> None:
    """The first line of a long title joins the line that has the number; the name of a part stands by itself."""
    page = [
        *rows(CHAPTERS[:2], ["1", "4"], leader="....."),
        line("PART TWO", y=196),
        line("What the council decided about the dredging of the", y=220),
        *rows(["north basin and its costs", "Annexes"], ["9", "12"], leader=".....", top=232),
    ]
    assert contents_of(*document(page)) == [
        "Introduction 1",
        "The quay 4",
        "PART TWO",
        "What the council decided about the dredging of the north basin and its costs 9",
        "Annexes 12",
    ]


def test_two_columns_of_contents_and_the_next_page() -> None:
    """Entries beside each other are read column by column, and go on overleaf."""
    left, right = (
        rows(CHAPTERS, NUMBERS, leader=".....", right=270),
        rows(CHAPTERS, ["23", "24", "24", "25", "30", "31"], leader=".....", x=310, right=520),
    )
    first = page_phrases(*(phrase for pair in zip(left, right, strict=True) for phrase in pair))
    second = page_phrases(*rows(CHAPTERS[:4], ["32", "33", "35", "36"], leader="....."), number=2)
    found = contents_of(first, second, *document([], 40)[1:])
    assert [text.split()[-1] for text in found] == [
        *NUMBERS,
        "23",
        "24",
        "24",
        "25",
        "30",
        "31",
        "32",
        "33",
        "35",
        "36",
    ]


@pytest.mark.parametrize(
    ("titles", "numbers", "leader"),
    [
        (
            ["Wages", "Rent", "Repairs", "Fuel", "Sundries"],
            ["412", "96", "120", "31", "7"],
            "......",
        ),  # falls and rises
        (["Wages", "Rent", "Repairs", "Fuel", "Sundries"], ["1,412", "1,960", "2,120", "3,310", "4,700"], "......"),
        (["Alma", "Birk", "Cora", "Dora", "Embla", "Freja"], ["3", "5", "8", "9", "12", "14"], ""),  # no heading, few
        (["Born", "Schooled", "Married", "Elected", "Died"], ["1931", "1937", "1958", "1971", "2004"], "......"),
    ],
)
def test_tables_of_figures_stay(titles: list[str], numbers: list[str], leader: str) -> None:
    """Figures that don't count pages, with leaders or without, are no contents."""
    page = rows(titles, numbers, leader=leader)
    kept, pieces = extract_contents(document(page))
    assert pieces == []
    assert kept[0].phrases == tuple(page)


def test_statements_with_leaders_and_two_years_stay() -> None:
    """A row with two figures behind its leaders is one of a table, though the last figures rise."""
    page = rows(["Sales", "Costs", "Tax", "Profit", "Paid"], ["11", "12", "13", "19", "40"], leader="....")
    page += [line(str(9 - place), x=440, y=150 + 16 * place) for place in range(5)]
    assert contents_of(*document(page)) == []


@pytest.mark.parametrize("leader", ["", "........"])
@pytest.mark.parametrize(
    "figures", [["101.1", "91.1"], ["1,204.9", "–"], ["(41.5)"], ["$", "12", "$", "14"], ["–", "–"]]
)
def test_statements_whose_notes_are_numbered_stay(figures: list[str], leader: str) -> None:
    """The numbers of notes rise as those of pages do; the figures behind them say that they are none."""
    titles = [f"Class {name} of the receivables" for name in "abcdefghijkl"]
    page = rows(titles, [str(11 + place) for place in range(12)], leader=leader, right=330)
    for place in range(12):
        page += [line(text, x=380 + 40 * at, y=150 + 16 * place) for at, text in enumerate(figures)]
    assert contents_of(*document(page)) == []


@pytest.mark.parametrize("sums", [["12.5", "1,204"], ["40%"], ["–"], ["(41)"]])
def test_sums_among_rising_numbers_are_those_of_a_table(sums: list[str]) -> None:
    """A column of figures that rise, with others among them that are no numbers of pages, is one of a table."""
    page = rows([f"Quay {name}" for name in "abcdefghijkl"], [str(3 + place) for place in range(12)])
    page += [line(text, x=500 - 5.0 * len(text), y=158 + 48 * place) for place, text in enumerate(sums)]
    assert contents_of(*document(page)) == []


@pytest.mark.parametrize("numbers", [["3", "4", "7", "12", "38"], ["18", "19", "25", "27", "90"]])
def test_prices_that_rise_are_no_pages(numbers: list[str]) -> None:
    """Numbers of pages that a document hasn't got are none, where no heading says that they are."""
    dishes = ["Coffee", "Tea with milk", "Soup of the day", "Plaice", "Menu"]
    assert contents_of(page_phrases(*rows(dishes, numbers, leader="........"))) == []


def test_numbered_titles_of_two_columns() -> None:
    """The number that stands before a title of the right column is no figure behind the left one."""
    left = rows([f"Part {name}" for name in "abcdef"], NUMBERS, leader=".....", right=270)
    numbers = [line(f"{place + 7}", x=310, y=150 + 16 * place) for place in range(6)]
    right = rows(CHAPTERS, ["23", "24", "24", "25", "30", "31"], leader=".....", x=325, right=520)
    found = contents_of(*document([*left, *numbers, *right], 40))
    assert found[0] == "Part a 1"
    assert len(found) == 12


@pytest.mark.parametrize("size", [9, 11])
def test_a_drawn_balance_sheet_without_rules(size: int) -> None:
    """Each row of a statement keeps its label, its note and its figures, over two pages."""
    rows_of_page = [
        [(f"Trade payables tranche {number}", f"{number + 10}", f"({number}41.5)", f"{number}40.2") for number in part]
        for part in (range(1, 21), range(21, 41))
    ]
    pages = [
        [
            Text(72, 80, ["Consolidated balance sheet"], 16, is_bold=True),
            *(Text(x, 110, [name], size, is_bold=True) for x, name in [(340, "Note"), (400, "2025"), (470, "2024")]),
            *(
                Text(x, 130 + 18 * place, [cell], size)
                for place, row in enumerate(rows_on_page)
                for x, cell in zip((72, 348, 400, 470), row, strict=True)
            ),
        ]
        for rows_on_page in rows_of_page
    ]
    blocks = blocks_in(draw_pages(*pages))
    assert "contents" not in {block.role for block, _ in blocks}
    text = "\n".join(text for _, text in blocks)
    for number in (1, 20, 21, 40):
        assert f"| Trade payables tranche {number} | {number + 10} | ({number}41.5) | {number}40.2 |" in text


def test_contents_of_a_drawn_report() -> None:
    """The contents of a report stand before its text, and give no sentence of it."""
    dots = [f"{title} {'.' * (70 - len(title))} {number}" for title, number in zip(CHAPTERS, NUMBERS, strict=True)]
    pages = [
        [Text(72, 80, ["Contents"], 16, is_bold=True), Text(72, 120, dots, 11)],
        [
            Text(72, 90, ["Introduction"], 16, is_bold=True),
            Text(72, 130, ["The ferry left the north quay at dawn."], 11),
        ],
    ]
    roles = roles_in(draw_pages(*pages))
    assert roles[0] == ("contents", "Contents")
    assert [role for role, _ in roles].count("contents") == 7
    assert roles[-1] == ("body", "The ferry left the north quay at dawn.")


TEXTS = st.sampled_from(
    ["Introduction", "Contents", "....", "12", "3", "The quay......9", "iv", "a", "1,234", "Fishing 7"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from([72.0, 200.0, 480.0]), st.integers(1, 12)), max_size=30))
def test_no_word_is_lost_but_leaders(placed: list[tuple[str, float, int]]) -> None:
    """All words of a page are kept or stand in the contents, once; only dots may go."""
    page = page_phrases(*(line(text, x=x, y=80.0 + 14 * row) for text, x, row in placed))
    kept, pieces = extract_contents([page])
    after = [*kept[0].phrases, *(phrase for piece in pieces for phrase in piece.lines)]
    assert letters(after) == letters(page.phrases)


def letters(phrases: list[Phrase] | tuple[Phrase, ...]) -> Counter[str]:
    return Counter(character for phrase in phrases for character in phrase.text if character.isalnum())


@pytest.mark.parametrize("text", [".", ". ", "1.", "a....1", "iv", "Boats 7 "])
def test_lines_of_dots_and_numbers_take_linear_time(text: str) -> None:
    """However long a line of dots or numbers is, its entries are told in linear time."""
    assert_linear(lambda whole: entries_of(split_at_entries([line(whole)])), lambda count: text * count)


def test_pages_of_many_entries_take_linear_time() -> None:
    """A page with thousands of short entries is read in linear time."""

    def page_of(count: int) -> str:
        return "\n".join(f"Boat ..... {number}" for number in range(count))

    assert_linear(
        lambda text: extract_contents(
            [page_phrases(*(line(row, y=float(y)) for y, row in enumerate(text.split("\n"), start=1)))]
        ),
        page_of,
    )
