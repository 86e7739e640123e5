"""The pages of a PDF are read in the order in which people read them."""

import html
import itertools
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers.pdf.order.columns import lay_out
from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import Cell, Column, PageContent, Ruling, TableArea, Word
from tests.support.pdf_pages import Box, Text, columns_in, content_of, draw, text_in, typeset
from tests.support.timing import assert_linear

DATA = Path(__file__).parents[2] / "data" / "pdf"

BOARD = (
    "The harbour board met on Monday to",
    "discuss the dredging of the north",
    "basin. The chair, Ruth Okafor, said",
    "that the work would cost 4.2 million",
    "euros and would begin in March. The",
    "board approved the plan by seven",
    "votes to two.",
)
FLEET = (
    "The fishing fleet of the town counts",
    "61 boats this year. Landings of cod",
    "fell to 830 tonnes, the lowest since",
    "records began. The cooperative blames",
    "warmer water and asks for a smaller",
    "quota for visiting trawlers. Members",
    "will vote on it in June.",
)
MUSEUM = (
    "The museum bought a chart of 1784 on",
    "which the island is joined to the",
    "shore. Nobody knows who drew it, but",
    "the paper was made in Ghent.",
)
LONG_LINE = "A sentence that goes across both columns of the page, from the left margin to the right, as headings do."
BOARD_TEXT, FLEET_TEXT, MUSEUM_TEXT = " ".join(BOARD), " ".join(FLEET), " ".join(MUSEUM)


def paragraphs(*texts: str, times: int = 3) -> list[str]:
    """Some text for a column."""
    return [" ".join(texts)] * times


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize("gutter", [14.0, 24.0, 60.0])
def test_two_columns_are_read_one_after_the_other(by_row: bool, gutter: float) -> None:
    """Whether a program draws two columns one after the other or row by row, each is read by itself."""
    pdf = draw(Text(72, 100, BOARD), Text(72 + 162 + gutter, 100, FLEET), by_row=by_row)
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT]


@pytest.mark.parametrize("shift", [0.0, 2.0, 5.0, 7.0])
def test_columns_need_not_share_their_baselines(shift: float) -> None:
    """Columns whose lines stand at other heights are columns all the same."""
    pdf = draw(Text(72, 100, BOARD), Text(260, 100 + shift, FLEET), by_row=True)
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT]


@pytest.mark.parametrize("gutter", [8.0, 12.0, 20.0])
def test_narrow_gutters_of_justified_columns(gutter: float) -> None:
    """A gutter no wider than the gaps of loose lines parts justified columns, as papers and newspapers have them."""
    left, right = paragraphs(BOARD_TEXT), paragraphs(FLEET_TEXT)
    pdf = typeset((Box(72, 72, 190, 700), left), (Box(190 + gutter, 72, 308 + gutter, 700), right))
    assert text_in(pdf) == " ".join([*left, *right])


def test_three_columns_of_unequal_length_and_width() -> None:
    """Columns of different widths that end at different heights are read from left to right."""
    first, second, third = paragraphs(BOARD_TEXT), paragraphs(FLEET_TEXT, times=1), paragraphs(MUSEUM_TEXT, times=2)
    pdf = typeset(
        (Box(60, 72, 280, 800), first), (Box(292, 72, 420, 800), second), (Box(432, 80, 540, 800), third)
    )  # fmt: skip
    assert columns_in(pdf) == [" ".join(first), " ".join(second), " ".join(third)]


def test_a_line_across_ends_the_columns_above_it() -> None:
    """What stands above a line across the page is read before it, in its columns, and what is below, after it."""
    pdf = draw(
        Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 210, [LONG_LINE]), Text(72, 240, FLEET),
        Text(260, 240, BOARD), by_row=True,
    )  # fmt: skip
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT, LONG_LINE, FLEET_TEXT, BOARD_TEXT]


def test_a_short_heading_over_columns() -> None:
    """A heading that is shorter than a column goes across where nothing stands beside it."""
    pdf = draw(
        Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 210, ["Costs"], 16, is_bold=True), Text(72, 240, FLEET),
        Text(260, 240, BOARD),
    )  # fmt: skip
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT, "Costs", FLEET_TEXT, BOARD_TEXT]


def test_a_heading_of_one_column_stays_in_it() -> None:
    """A heading that has text beside it belongs to its column."""
    pdf = draw(
        Text(72, 100, BOARD[:3]), Text(72, 155, ["Costs"], 14, is_bold=True), Text(72, 184, BOARD[3:]),
        Text(260, 100, [*FLEET, *MUSEUM]),
    )  # fmt: skip
    assert columns_in(pdf) == [
        " ".join([*BOARD[:3], "Costs", *BOARD[3:]]),
        f"{FLEET_TEXT} {MUSEUM_TEXT}",
    ]


def test_a_ruling_across_ends_the_columns_above_it() -> None:
    """A line drawn across both columns parts what is above it from what is below."""
    texts = Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 200, FLEET), Text(260, 200, BOARD)
    pdf = draw(*texts, rulings=[(72, 186, 430, 186)])
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT, FLEET_TEXT, BOARD_TEXT]
    assert len(columns_in(draw(*texts, rulings=[(72, 186, 140, 186)]))) == 2


def test_a_footnote_below_both_columns() -> None:
    """A footnote across the page is read after both columns; one below a column, with that column."""
    note = (
        "1 The figure holds for the year that ended in June, and leaves out boats of less than six metres, as before."
    )
    pdf = draw(Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 230, [note], 8))
    assert columns_in(pdf) == [BOARD_TEXT, FLEET_TEXT, note]
    pdf = draw(Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 200, ["1 For the year to June."], 8))
    assert columns_in(pdf) == [f"{BOARD_TEXT} 1 For the year to June.", FLEET_TEXT]


def test_text_beside_a_picture_and_below_it() -> None:
    """Text that makes room for a picture's caption, and then goes on in full width, is read without it in between."""
    wide = ["The fleet of the town counts 61 boats this year, and landings of cod fell to 830 tonnes, the lowest ever."]
    pdf = draw(Text(72, 100, [*BOARD, *MUSEUM]), Text(300, 170, ["Dredgers at work in the", "north basin in May"], 8),
               Text(72, 232, wide * 3), by_row=True)  # fmt: skip
    assert columns_in(pdf) == [
        f"{BOARD_TEXT} {MUSEUM_TEXT}", "Dredgers at work in the north basin in May", " ".join(wide * 3),
    ]  # fmt: skip


def test_addresses_beside_each_other_in_a_letter() -> None:
    """Each address of a letter is read by itself, and the text that begins below the first after both."""
    sender = "Harbour Office", "12 Quay Street", "Northport NP1 2AB", "Telephone 555 0100"
    recipient = "Mrs Ada Brown", "Brown and Sons Ltd", "7 Market Square", "Oldtown OT3 4CD"
    wide = ["Your application of 3 May for a berth at the north quay has been received and will be read in June, when"]
    pdf = draw(
        Text(72, 100, sender), Text(330, 100, recipient), Text(72, 180, ["Dear Mrs Brown,"]), Text(72, 205, wide * 2),
        by_row=True,
    )  # fmt: skip
    assert columns_in(pdf) == [" ".join(sender), " ".join(recipient), f"Dear Mrs Brown, {' '.join(wide * 2)}"]


def test_authors_beside_each_other_above_two_columns() -> None:
    """The authors of a paper are read one after the other, with what stands below each name."""
    authors = [
        ["Ada Brown", "Institute of Marine Research", "University of Northport"],
        ["Ben Stone", "Institute of Hydrology", "University of Oldtown"],
        ["Cleo Marsh", "Department of Statistics", "University of Southbay"],
    ]
    title = "Silt and Sediment in Northern Harbours"
    pdf = draw(
        Text(150, 80, [title], 18), *(Text(72 + 160 * place, 120, author) for place, author in enumerate(authors)),
        Text(72, 190, BOARD), Text(250, 190, FLEET), by_row=True,
    )  # fmt: skip
    assert columns_in(pdf) == [title, *map(" ".join, authors), BOARD_TEXT, FLEET_TEXT]


def test_labels_stay_with_their_values() -> None:
    """Labels and values beside each other are read line by line, and so are headings without leaders before pages."""
    labels = "Name:", "Date of birth:", "Place of residence:", "Nearest harbour:"
    values = "John Smith", "3 May 1961", "Northport in Norway", "Oldtown"
    pdf = draw(Text(72, 100, labels), Text(220, 100, values))
    assert text_in(pdf) == " ".join(itertools.chain(*zip(labels, values, strict=True)))
    headings, pages = ("The harbour in winter", "Costs of the works", "What the board decided"), ("3", "17", "121")
    pdf = draw(Text(72, 100, headings), Text(500, 100, pages))
    assert text_in(pdf) == " ".join(itertools.chain(*zip(headings, pages, strict=True)))


def test_marks_stay_with_their_items() -> None:
    """Numbers in front of paragraphs that hang are read with the first line of each."""
    numbers = [Text(72, 100 + 40 * place, [f"{place + 1}."]) for place in range(4)]
    items = [Text(90, 100 + 40 * place, BOARD[:3]) for place in range(4)]
    pdf = draw(*numbers, *items)
    assert text_in(pdf) == " ".join(f"{place + 1}. {' '.join(BOARD[:3])}" for place in range(4))


def test_side_heads_stand_before_their_texts() -> None:
    """A heading of two lines beside its text is read before it, not in between its lines."""
    heads = [["The board and", f"its plan {number}"] for number in range(3)]
    pdf = draw(*(Text(72, 100 + 110 * place, head) for place, head in enumerate(heads)),
               *(Text(190, 100 + 110 * place, BOARD) for place in range(3)), by_row=True)  # fmt: skip
    assert columns_in(pdf) == [text for head in heads for text in (" ".join(head), BOARD_TEXT)]


def test_a_section_below_the_shorter_column() -> None:
    """A heading below the columns that is larger, or stands further left than they do, is read after both."""
    for heading in (Text(72, 210, ["Costs"], 15), Text(56, 210, ["Costs of the works"])):
        pdf = draw(Text(72, 100, BOARD), Text(260, 100, FLEET[:4]), heading, Text(72, 230, [LONG_LINE] * 2))
        assert columns_in(pdf) == [BOARD_TEXT, " ".join(FLEET[:4]), f"{heading.lines[0]} {LONG_LINE} {LONG_LINE}"]


def test_boxes_of_lines_beside_text() -> None:
    """Labels and values in a box beside running text are read after the text, though some share its baselines."""
    text = Text(72, 100, [*BOARD, *MUSEUM, *FLEET])
    labels = Text(300, 100, ["Born", "School", "Work", "Prizes"], 9, is_bold=True, leading=4 / 1.5)
    values = Text(380, 100, ["3 May 1961", "Northport", "Pilot and author", "None"], 9, leading=4 / 1.5)
    box = [each for pair in zip(labels.lines, values.lines, strict=True) for each in pair]
    assert columns_in(draw(text, labels, values, by_row=True)) == [
        f"{BOARD_TEXT} {MUSEUM_TEXT} {FLEET_TEXT}", " ".join(box),
    ]  # fmt: skip


def test_boxes_beside_each_other() -> None:
    """Lists in two boxes beside each other are read box by box, also where their lines share their baselines."""
    first, second = ["Cod", "Herring and sprat", "Mackerel", "Crab"], ["Wheat", "Barley and oats", "Rye", "Peas"]
    texts = Text(80, 100, first, leading=2), Text(330, 100, second, leading=2)
    rulings = [(x, y, x + 180, y) for x in (76, 326) for y in (86, 105, 166)]
    assert columns_in(draw(*texts, rulings=rulings)) == [" ".join(first), " ".join(second)]


def test_figures_over_their_captions() -> None:
    """A large figure stays with the words below it, beside others of its kind."""
    figures = [("2.5", "kilograms per tonne", "of fish landed"), ("~70%", "of the power", "made by wind at sea")]
    pdf = draw(
        *(Text(72 + 200 * place, 100, [figure[0]], 32) for place, figure in enumerate(figures)),
        *(Text(72 + 200 * place, 124, figure[1:]) for place, figure in enumerate(figures)), by_row=True,
    )  # fmt: skip
    assert columns_in(pdf) == [" ".join(figure) for figure in figures]


def test_a_table_across_the_page_parts_its_columns() -> None:
    """A table as wide as the page stands between the columns above and below; one in a column stays in it."""
    pdf = draw(Text(72, 100, BOARD), Text(260, 100, FLEET), Text(72, 300, FLEET), Text(260, 300, BOARD))
    content = content_of(pdf)
    phrases = phrases_of(_words(content), content.rulings)
    across = TableArea(1, 72, 190, 430, 280, ((Cell(),),))
    items = lay_out(content, phrases, [across]).items
    assert [item if isinstance(item, TableArea) else item.lines[0].text for item in items] == [
        BOARD[0], FLEET[0], across, FLEET[0], BOARD[0],
    ]  # fmt: skip
    inside = TableArea(1, 72, 190, 235, 280, ((Cell(),),))
    items = lay_out(content, phrases, [inside]).items
    assert [item if isinstance(item, TableArea) else item.lines[0].text for item in items] == [
        BOARD[0], inside, FLEET[0], FLEET[0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["newspaper.html", "four_columns.html", "brochure.html", "cards.html", "two_authors.html", "report_sections.fodt"],
)
def test_pages_of_browsers_and_word_processors(name: str) -> None:
    """What a browser or LibreOffice sets in columns, boxes and cards is read in the order of its source."""
    source, pdf = (DATA / name).read_text(encoding="utf-8"), (DATA / name).with_suffix(".pdf").read_bytes()
    assert _only_letters(text_in(pdf)) == _only_letters(_source_text(source))


@pytest.mark.parametrize("name", ["hebrew_columns.fodt", "arabic_columns.html"])
def test_columns_from_right_to_left(name: str) -> None:
    """Columns of a script that runs from right to left are read from the right, and so are the words of their lines."""
    source, pdf = (DATA / name).read_text(encoding="utf-8"), (DATA / name).with_suffix(".pdf").read_bytes()
    assert _only_letters(text_in(pdf)) == _only_letters(_source_text(source))


def _source_text(source: str) -> str:
    """The text of an HTML page or a flat OpenDocument text."""
    body = re.sub(r"(?s).*</style>|.*<office:text>|</office:text>.*", "", source)
    return html.unescape(re.sub(r"(?s)<[^>]*>", " ", body))


def _only_letters(text: str) -> str:
    """A text without white space and hyphens, which stand at the ends of lines, too."""
    return re.sub(r"[\s\u00ad-]", "", text)


def _words(content: PageContent) -> list[Word]:
    from assistant.readers.pdf.words.words import words_of

    return words_of(content)


def _word(text: str, x: float, y: float, size: float = 10.0) -> Word:
    width = 0.5 * size * len(text)
    return Word(text, 1, x, y - 0.8 * size, x + width, y + 0.2 * size, y, size)


def _place(word: Word) -> tuple[float, float, float]:
    return word.x0, word.x1, word.baseline


def _count_characters(words: Iterable[Word]) -> int:
    return sum(len(word.text) for word in words)


places = st.floats(0, 800, allow_nan=False)
words = st.builds(_word, st.text("abcאב1:.", min_size=1, max_size=8), places, places, st.sampled_from([1, 7, 10, 30]))
rulings = st.builds(lambda x, y, width, height: Ruling(x, y, x + width, y + height), places, places, places, places)
tables = st.builds(lambda x, y, w, h: TableArea(1, x, y, x + w, y + h, ((Cell(),),)), places, places, places, places)


@st.composite
def blocks(draw_value: st.DrawFn) -> list[Word]:
    """The words of some lines below each other, set close or wide, in a narrow or a wide column."""
    x, y = draw_value(st.sampled_from([50, 130, 200, 290, 400])), draw_value(st.integers(10, 80)) * 9.0
    words_a_line, gap = draw_value(st.integers(1, 8)), draw_value(st.sampled_from([2.5, 2.5, 9, 16]))
    size, leading = draw_value(st.sampled_from([8, 10, 16])), draw_value(st.sampled_from([1.2, 1.2, 2.5]))
    return [
        _word("words", x + place * (2.5 * size + gap), y + line * leading * size, size)
        for line in range(draw_value(st.integers(1, 9)))
        for place in range(words_a_line)
    ]


pages = st.lists(words, max_size=60) | st.lists(blocks(), max_size=9).map(lambda parts: [*itertools.chain(*parts)])


@settings(max_examples=300, deadline=None)
@given(pages, st.lists(rulings, max_size=8), st.lists(tables, max_size=3))
def test_nothing_is_lost_or_read_twice(
    page_words: list[Word], page_rulings: list[Ruling], page_tables: list[TableArea]
) -> None:
    """Wherever words, rulings and tables stand, each word is in one phrase, and each phrase and table in the order."""
    phrases = phrases_of(page_words, page_rulings)
    words = [word for phrase in phrases for word in phrase.words]
    assert sorted(map(_place, page_words)) == sorted(map(_place, words))
    assert _count_characters(page_words) == _count_characters(words)
    content = PageContent(1, 800, 800, (), page_rulings)
    items = lay_out(content, phrases, page_tables).items
    contents = [each for item in items for each in (item.lines if isinstance(item, Column) else (item,))]
    assert sorted(map(id, contents)) == sorted(map(id, (*phrases, *page_tables)))


@settings(max_examples=50, deadline=None)
@given(pages, st.randoms())
def test_the_order_of_printing_does_not_matter(page_words: list[Word], random: object) -> None:
    """A page whose words stand at different places is read in one order, however its words are printed."""
    page_words = list({(word.x0, word.baseline): word for word in page_words}.values())
    content = PageContent(1, 800, 800, ())
    shuffled = list(page_words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert lay_out(content, phrases_of(shuffled), ()) == lay_out(content, phrases_of(page_words), ())


@pytest.mark.hostile
@pytest.mark.parametrize(
    "place_of",
    [
        lambda number: (number % 40 * 19.0, number // 40 * 11.0),  # a grid
        lambda number: (number % 7 * 97.0 + number % 11, number * 3.7),  # ragged columns
        lambda number: (number * 7.0 % 500, number * 1.3),  # stairs
        lambda number: (number * 6.1, 100.0),  # one endless line
        lambda number: (100.0, number * 12.0),  # one endless column
    ],
)
def test_time_is_linear_in_the_words_of_a_page(place_of: object) -> None:
    """Words on a grid, on stairs, in one line or at odd places take time in proportion to their number."""

    def read(text: str) -> None:
        page_words = [_word("word", *place_of(number)) for number in range(len(text) // 5)]  # type: ignore[operator]
        lay_out(PageContent(1, 600, 800, ()), phrases_of(page_words), ())

    assert_linear(read, lambda count: "word " * count)


@pytest.mark.parametrize("shift", [0.0, 4.0, 7.0])
@pytest.mark.parametrize(
    "word", ["https://harbour.example.org/board/2026/dredging", "Nordbeckenausbauvorbereitungskommissionssitzung"]
)
def test_a_long_word_printed_over_the_next_column(word: str, shift: float) -> None:
    """A word that finds no room in its column and is printed over the next one parts neither of them."""
    pdf = draw(Text(72, 100, [*BOARD, word, *MUSEUM]), Text(252, 100 + shift, [*FLEET, *FLEET]))
    assert columns_in(pdf) == [f"{BOARD_TEXT} {word} {MUSEUM_TEXT}", f"{FLEET_TEXT} {FLEET_TEXT}"]
