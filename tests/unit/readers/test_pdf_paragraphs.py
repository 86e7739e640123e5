"""Lines of a PDF become the paragraphs, headings, items and fields that a reader sees in them."""

import dataclasses
import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers.pdf.page import Cell, Column, Font, PageLayout, Phrase, TableArea
from tests.support.pdf_layouts import (
    BOLD,
    LEFT,
    MONOSPACED,
    PLAIN,
    blocks,
    column,
    columns,
    composed,
    line,
    page,
    phrase,
    words_of,
    wrap,
)

BOARD = (
    "The harbour board met on Monday to discuss the dredging of the north basin, which has silted up since the storm "
    "of 2019. The chair said that the work would cost 4.2 million euros and would begin in March, when the fleet is "
    "out at sea."
)
FLEET = (
    "The fishing fleet of the town counts sixty-one boats this year. Landings of cod fell to 830 tonnes, the lowest "
    "since records began, and the cooperative blames warmer water for it. Members will vote on a smaller quota in "
    "June, after the summer catch."
)
MUSEUM = (
    "The museum opened a room for the old charts. It is free on Sundays, and closed on the first Monday of a month."
)


def filled(y: float = 100.0, number: int = 1, x: float = 72.0) -> Column:
    """A column of running text, so that a page has a body."""
    return column(*wrap(f"{BOARD} {FLEET}"), x=x, y=y, page=number)


def test_lines_of_a_paragraph_are_one() -> None:
    """Wrapped lines make one paragraph."""
    assert blocks(page(column(*wrap(BOARD)))) == [("paragraph", BOARD)]


def test_space_between_lines_parts_paragraphs() -> None:
    """Half an empty line ends a paragraph."""
    assert blocks(page(column(*wrap(BOARD), "", *wrap(FLEET)))) == [("paragraph", BOARD), ("paragraph", FLEET)]


def test_an_indented_first_line_parts_paragraphs() -> None:
    """Without space between them, paragraphs are told by their first lines, even where a last line is full."""

    def indented(text: str) -> list[str]:
        first = wrap(text, 260)[0]
        return [f">{first}", *wrap(text.removeprefix(first))]

    full = [*wrap(BOARD)[:-1], "sea and the pilots come back from the islands to the north."]
    text = page(column(*full, *indented(FLEET), *indented(MUSEUM)))
    assert [text for _, text in blocks(text)] == [" ".join(full), FLEET, MUSEUM]


def test_a_short_last_line_parts_paragraphs() -> None:
    """Where nothing else tells, a line that ends early with a sentence ends a paragraph."""
    assert blocks(page(column(*wrap(MUSEUM), *wrap(FLEET)))) == [("paragraph", MUSEUM), ("paragraph", FLEET)]


def test_hanging_paragraphs_are_parted() -> None:
    """Where first lines stand further left than the others, each begins an entry."""
    entries = [
        "Okafor, R. (2019). Tides of the north coast and how they were measured before the gauge was built",
        "Lindqvist, E. (2020). Harbours of the Baltic in the age of sail, with maps of all pilot stations",
        "Baumgarten, H. (2021). On the dredging of silted basins, a handbook for boards and their engineers",
    ]
    lines = [line for entry in entries for line in (wrap(entry)[0], *(f">{rest}" for rest in wrap(entry)[1:]))]
    assert [text for _, text in blocks(page(column(*lines)))] == entries


def test_lines_of_an_address_stay_apart() -> None:
    """Short lines that end where they were meant to are no sentence."""
    address = ["Ruth Okafor", "12 Harbour Street", "Malmö", "Sweden"]
    text = blocks(page(column(*wrap(BOARD), "", *address)))
    assert [text for _, text in text][1:] == address


def test_verses_stay_apart_and_sentences_in_them_whole() -> None:
    """A verse begins a line of its own with a capital, and goes on where the next one begins small."""
    verses = ["The tide comes in", "and the boats go out", "Nobody counts them", "Nobody asks"]
    text = [text for _, text in blocks(page(column(*wrap(BOARD), "", *verses)))][1:]
    assert text == ["The tide comes in and the boats go out", "Nobody counts them", "Nobody asks"]


def test_centred_lines_stay_apart() -> None:
    """Lines in the middle of a column, each of which ends before it needs to, are no sentence."""
    middle = columns(
        filled(),
        column("Malmö Harbour Office", x=165, y=300),
        column("Annual Meeting", x=185, y=312),
        column("Monday 4 March", x=185, y=324),
    )
    assert [text for _, text in blocks(page(middle))][-3:] == [
        "Malmö Harbour Office",
        "Annual Meeting",
        "Monday 4 March",
    ]


def test_text_beside_a_figure_is_no_row_of_short_paragraphs() -> None:
    """Lines that are narrower because a picture stands beside them go on, though the next word had room on the page."""
    text = column(*wrap(BOARD, 160), *wrap(FLEET, 280))
    whole = " ".join(text for _, text in blocks(page(text)))
    assert len(blocks(page(text))) <= 2
    assert whole == f"{BOARD} {FLEET}"


def test_code_keeps_its_lines() -> None:
    """Lines of a monospaced font keep their ends and indents."""
    code = column("def tide(hour):", ">return hour % 12", y=300, font=MONOSPACED)
    assert blocks(page(columns(filled(), code)))[-1] == ("code", "def tide(hour):\n    return hour % 12")


def test_an_address_in_the_type_of_code_is_none() -> None:
    """Papers set the addresses of their authors in a monospaced font."""
    text = page(columns(column("Write to ruth@board.example for this.", y=60, font=MONOSPACED), filled()))
    assert blocks(text)[0] == ("paragraph", "Write to ruth@board.example for this.")


def test_a_typewritten_document_is_no_code() -> None:
    """Where all text is monospaced, it is running text."""
    assert blocks(page(column(*wrap(BOARD), font=MONOSPACED))) == [("paragraph", BOARD)]


# Over columns and pages


@pytest.mark.parametrize("last_column", [1, 2])
def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page(last_column: int) -> None:
    """The break between two columns or pages is none of the paragraph."""
    lines = wrap(f"{BOARD} {FLEET}", 200)
    first, second = column(*lines[:5]), column(*lines[5:], x=320, page=last_column)
    pages = [page(first, second)] if last_column == 1 else [page(first), page(second, number=2)]
    assert [text for _, text in blocks(*pages)] == [f"{BOARD} {FLEET}"]


def test_a_hyphen_at_the_end_of_a_page_is_joined() -> None:
    """A word that goes on overleaf is whole."""
    above = column("The board of the harbour met on Monday to hear of the dred\u00ad")
    below = column("ging of the north basin.", page=2)
    assert [text for _, text in blocks(page(above), page(below, number=2))] == [
        "The board of the harbour met on Monday to hear of the dredging of the north basin."
    ]


def test_a_table_or_caption_between_the_parts_of_a_paragraph_follows_it() -> None:
    """What stands at the top of a page doesn't part the paragraph that goes on below it."""
    lines = wrap(f"{BOARD} {FLEET}")
    rows = tuple(tuple(Cell((line(word, page=2),)) for word in row) for row in (("Year", "Boats"), ("2023", "61")))
    table = TableArea(2, 72, 60, 300, 120, rows, header_rows=1)
    caption = column("Figure 2: The fleet of the town by year, and its landings", y=150, page=2)
    texts = blocks(page(column(*lines[:3])), page(table, caption, column(*lines[3:], y=180, page=2), number=2))
    assert texts[0] == ("paragraph", f"{BOARD} {FLEET}")
    assert [kind for kind, _ in texts[1:]] == ["table", "caption"]


def test_a_finished_paragraph_does_not_go_on() -> None:
    """A sentence's end at the end of a page ends the paragraph."""
    texts = blocks(page(column(*wrap(BOARD))), page(column(*wrap(FLEET), page=2), number=2))
    assert [text for _, text in texts] == [BOARD, FLEET]


# Headings


@pytest.mark.parametrize(
    ("heading", "size", "font"),
    [("Results of the year", 14.0, PLAIN), ("Results of the year", 10.0, BOLD), ("2.1 Results", 10.0, BOLD)],
)
def test_larger_or_bold_lines_are_headings(heading: str, size: float, font: Font) -> None:
    """A line that is larger or bolder than the body heads what follows."""
    text = page(columns(column(heading, y=70, size=size, font=font), filled()))
    assert blocks(text)[0] == ("heading", heading)


@pytest.mark.parametrize("heading", ["PART II", "RESULTS OF OPERATIONS", "Item 7A. Market risk"])
def test_headings_of_filings(heading: str) -> None:
    """Parts and items are headings."""
    text = page(columns(column(heading, y=70, font=BOLD), filled()))
    assert blocks(text)[0] == ("heading", heading)


def test_capitals_with_space_around_are_a_heading() -> None:
    """A short line of capitals in plain type heads the text below."""
    text = page(columns(filled(), column("DREDGING OF THE BASIN", y=260), filled(284)))
    assert ("heading", "DREDGING OF THE BASIN") in blocks(text)


def test_a_numbered_line_above_text_is_a_heading_though_it_is_plain() -> None:
    """A number with parts heads text; the items of a list don't."""
    text = page(columns(filled(), column("3.2 Landings", y=260), filled(284)))
    assert ("heading", "3.2 Landings") in blocks(text)


def test_a_heading_over_two_lines_is_one() -> None:
    """Lines of a large heading belong together wherever they end."""
    text = page(columns(column("Annual report", "of the harbour board", y=50, size=18, leading=21), filled()))
    assert blocks(text)[0] == ("heading", "Annual report of the harbour board")


def test_bold_words_that_run_into_text_are_no_heading() -> None:
    """A bold beginning of a paragraph stays in it."""
    first, *others = wrap(f"Abstract. {BOARD}")
    abstract, *words = words_of(first)
    start = phrase([dataclasses.replace(abstract, font=BOLD), *words])
    text = page(columns(Column((start,)), column(*others, y=112)))
    assert blocks(text) == [("paragraph", f"Abstract. {BOARD}")]


def test_levels_of_headings_are_the_same_all_over_the_document() -> None:
    """The larger a heading the higher, on whatever page; among equals the number tells."""

    def chapter(number: int, name: str) -> PageLayout:
        return page(
            columns(
                column(f"{number} {name}", y=50, size=16, font=BOLD, page=number),
                column(f"{number}.1 Boats", y=75, size=12, font=BOLD, page=number),
                filled(number=number),
                column(f"{number}.1.1 Cod", y=280, size=12, font=BOLD, page=number),
                filled(300, number),
            ),
            number=number,
        )  # fmt: skip

    whole = composed(chapter(1, "Fleet"), chapter(2, "Harbour"), chapter(3, "Museum"))
    levels = [block.level for block in whole.blocks if block.kind == "heading"]
    assert levels == [1, 2, 3] * 3


# Lists


@pytest.mark.parametrize("bullet", ["•", "–", "■", "➢", "\uf0b7", "\x7f", "▪", "*", "-"])
def test_bullets_of_many_fonts_begin_items(bullet: str) -> None:
    """Whatever the font calls its bullet, each begins an item."""
    items = ["two oars of ash, each 2.4 metres long", "a sealed box with 12 flares", "a radio on channel 16"]
    text = page(column("Each rescue boat carries:", *(f"{bullet} {item}" for item in items), "", *wrap(BOARD)))
    assert [text for kind, text in blocks(text) if kind == "item"] == items


def test_a_letter_of_a_font_of_symbols_is_a_bullet() -> None:
    """The hollow bullet of many programs is the letter o of another font."""
    lines = []
    for number, item in enumerate(["two oars", "a radio"]):
        mark, words = line("o", y=300 + 12 * number, font=MONOSPACED), line(item, x=90, y=300 + 12 * number)
        lines += [mark, words]
    text = page(columns(filled(), Column(tuple(lines))))
    assert [text for kind, text in blocks(text) if kind == "item"] == ["two oars", "a radio"]


@pytest.mark.parametrize(
    "marks",
    [("1.", "2.", "3."), ("(a)", "(b)", "(c)"), ("i)", "ii)", "iii)"), ("A.", "B.", "C."), ("9.", "10.", "11.")],
)
def test_numbers_and_letters_that_follow_each_other_begin_items(marks: tuple[str, ...]) -> None:
    """Marks in their order make a list, and stay in its text."""
    items = [f"{mark} The {name} of the board" for mark, name in zip(marks, ("chair", "clerk", "pilot"), strict=True)]
    text = page(columns(filled(), column(*items, y=260)))
    assert [text for kind, text in blocks(text) if kind == "item"] == items


def test_a_date_at_the_beginning_of_a_line_is_no_item() -> None:
    """A number with a point inside a sentence begins no item."""
    lines = [
        "Die Sitzung der Hafenbehörde im großen Saal beginnt am",
        "5. Mai um neun Uhr und endet gegen Mittag mit einem Essen.",
    ]
    assert blocks(page(column(*lines))) == [("paragraph", " ".join(lines))]


def test_items_go_on_below_their_words() -> None:
    """A line under the words of an item goes on with it; one under its mark begins a paragraph."""
    text = page(
        columns(
            column("•  The first item runs over two lines, as long items of", y=100),
            column("lists do now and then.", x=82, y=112),
            column("•  The second is short.", y=124),
            column("The text below is no item.", y=136),
        )
    )
    assert blocks(text) == [
        ("item", "The first item runs over two lines, as long items of lists do now and then."),
        ("item", "The second is short."),
        ("paragraph", "The text below is no item."),
    ]


def test_items_are_nested_by_their_indents() -> None:
    """An item that stands further right belongs to the one above."""
    whole = composed(page(column("• Boats", ">– Cutters", ">– Trawlers", "• Nets", *wrap(BOARD))))
    assert [(block.level, block.mark) for block in whole.blocks if block.kind == "item"] == [
        (0, "•"), (1, "–"), (1, "–"), (0, "•"),
    ]  # fmt: skip
    assert whole.text.startswith("- Boats\n  - Cutters\n  - Trawlers\n- Nets\n\nThe harbour")


def test_boxes_are_tasks() -> None:
    """A box before words is ticked or not."""
    whole = composed(page(column("☐ Check the flares", "☒ Oil the oars", "☑ Count the boats")))
    assert [block.is_ticked for block in whole.blocks] == [False, True, True]
    assert whole.text == "- [ ] Check the flares\n- [x] Oil the oars\n- [x] Count the boats"


def test_lists_beside_each_other_are_of_one_level() -> None:
    """A bullet in the middle of a line begins an item of its own."""
    rows = [("• Boats", "• Nets"), ("• Oars", "• Flares")]
    lines = [part for number, (left, right) in enumerate(rows)
             for part in (line(left, y=300 + 12 * number), line(right, x=250, y=300 + 12 * number))]  # fmt: skip
    whole = composed(page(columns(filled(), Column(tuple(lines)))))
    assert [block.level for block in whole.blocks if block.kind == "item"] == [0, 0, 0, 0]


@pytest.mark.parametrize("places", [((150, 300), (150, 322), (150, 344)), ((72, 300), (172, 300), (272, 300))])
def test_boxes_beside_a_label_or_each_other_are_tasks(places: tuple[tuple[float, float], ...]) -> None:
    """Each of several boxes below each other, or in a row, is a task, though a label stands on the line of one."""
    names = ("☐ Car", "☒ Motorcycle", "☐ Lorry")
    boxes = [line(name, x=x, y=y) for name, (x, y) in zip(names, places, strict=True)]
    label = [line("Vehicle", y=300)] if places[0][0] > LEFT else []
    found = blocks(page(columns(filled(), Column((*label, *boxes)))))
    assert found[1:] == [("paragraph", "Vehicle")] * len(label) + [
        ("item", "[ ] Car"), ("item", "[x] Motorcycle"), ("item", "[ ] Lorry"),
    ]  # fmt: skip


@pytest.mark.parametrize("names", [("Large filer", "Small filer"), ("Resident of the town", "Visitor", "Trader")])
def test_boxes_at_the_ends_of_lines_stay_there(names: tuple[str, ...]) -> None:
    """A box below another that stands behind its words belongs to these."""
    rows = [part for place, name in enumerate(names)
            for part in (line(name, y=300 + 14 * place), line("☒", x=250, y=300 + 14 * place))]  # fmt: skip
    texts = [text for _, text in blocks(page(columns(filled(), Column(tuple(rows)))))]
    assert texts[1:] == [f"{name} ☒" for name in names]


@pytest.mark.parametrize("blank", ["From ________ to ________", "SIGNED ______ BY ______"])
def test_a_line_to_be_filled_in_is_no_heading(blank: str) -> None:
    """Blanks stand in text, though it is bold."""
    found = blocks(page(columns(filled(), column(blank, y=200, font=BOLD), filled(y=230))))
    assert ("paragraph", blank) in found


def test_boxes_behind_a_label_with_a_colon_are_its_value() -> None:
    """The boxes of one line belong to the label before them."""
    choice = Column((line("Permit type:"), line("☒ resident", x=200), line("☐ trader", x=300)))
    (block,) = composed(page(choice)).blocks
    assert (block.kind, block.label) == ("field", "Permit type")


# Fields, leaders, large first letters


def test_a_label_with_its_value_behind_a_gap_is_a_field() -> None:
    """A form's label names the value to its right, and not a word more."""
    text = page(column("Applicant:      Henrike Baumgarten", "Name of the boat:      Seeadler III", leading=20))
    whole = composed(text)
    assert [(block.kind, block.label) for block in whole.blocks] == [
        ("field", "Applicant"),
        ("field", "Name of the boat"),
    ]
    assert whole.text == "Applicant: Henrike Baumgarten\nName of the boat: Seeadler III"


def test_a_colon_in_a_sentence_makes_no_field() -> None:
    """Without a gap, a colon is a mark of a sentence."""
    assert blocks(page(column("The board asks: who pays for the basin?"))) == [
        ("paragraph", "The board asks: who pays for the basin?")
    ]


def test_lines_with_leaders_stay_apart() -> None:
    """Dots that lead to a figure end a line of their own."""
    rows = ["Industrial " + ". " * 20 + "52%", "Communications " + ". " * 18 + "25%"]
    assert [re.sub(r"[. ]+", " ", text) for _, text in blocks(page(column(*rows)))] == [
        "Industrial 52%", "Communications 25%",
    ]  # fmt: skip


@pytest.mark.parametrize(("cap", "rest", "word"), [("T", "he", "The"), ("A", "board", "A board"), ("«L", "e", "«Le")])
def test_a_large_first_letter_begins_its_paragraph(cap: str, rest: str, word: str) -> None:
    """A letter over two lines belongs to the first of them, and to its first word unless it is one by itself."""
    text = page(
        columns(
            column(f"{rest} harbour board met on Monday to hear of the work", x=100, y=100),
            Column((line(cap, y=112, size=30),)),
            column("of dredging the basin, as a board should. The chair,", x=100, y=112),
            column("Ruth Okafor, said that it would begin in March, the sooner", y=124),
            column("the better.", y=136),
        )
    )
    assert blocks(text)[0][1].startswith(f"{word} harbour board met on Monday to hear of the work of dredging")


# What holds for any page

LINES = st.lists(
    st.tuples(
        st.text(st.sampled_from("abcXYZ019.,:;-–•()é港\u00ad "), min_size=1, max_size=30).filter(str.strip),
        st.sampled_from([60.0, 72.0, 90.0, 300.0]),
        st.sampled_from([8.0, 10.0, 16.0]),
        st.sampled_from([PLAIN, BOLD, MONOSPACED]),
        st.sampled_from([0.0, 11.0, 12.0, 14.0, 30.0]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=3))
def test_no_word_is_lost_or_doubled(pages: list[list[tuple[str, float, float, Font, float]]]) -> None:
    """Whatever stands on pages, each letter and figure comes out as often as it is printed."""
    layouts = []
    for number, rows in enumerate(pages, 1):
        y, lines = 50.0, []
        for text, x, size, font, distance in rows:
            y += distance
            lines.append(line(text, x=x, y=y, size=size, font=font, page=number))
        layouts.append(page(Column(tuple(lines)), number=number))
    printed = Counter(character for rows in pages for text, *_ in rows for character in text if character.isalnum())
    shown = unicodedata.normalize("NFKC", composed(*layouts).text)  # raised digits and letters as they are
    assert Counter(character for character in shown if character.isalnum()) == printed


# Forms that are laid out as tables


def form(*rows: tuple[str, ...], title: str = "") -> TableArea:
    """A table of some rows."""
    cells = tuple(tuple(Cell((line(text),) if text else ()) for text in row) for row in rows)
    return TableArea(1, 72, 60, 400, 120, cells, title=(line(title),) if title else ())


def test_a_form_in_a_table_is_made_of_fields() -> None:
    """Labels with colons name the values to their right, whatever columns they stand in; lone ones stay."""
    whole = composed(
        page(
            form(
                ("Make:", "Reims", "Registration:", ""),
                ("Model:", "F172 M", "Visibility", "0.7 miles"),
                ("Seats:", "4", "Engines:", "1 piston"),
                ("Owner:", "Aero club", "Operator:", "Aero club"),
                title="The aircraft",
            )
        )
    )
    assert whole.text.split("\n\n")[0] == "The aircraft"
    assert [(block.kind, whole.text[block.start : block.end]) for block in whole.blocks[1:]] == [
        ("field", "Make: Reims"), ("paragraph", "Registration:"), ("field", "Model: F172 M"),
        ("field", "Visibility: 0.7 miles"), ("field", "Seats: 4"), ("field", "Engines: 1 piston"),
        ("field", "Owner: Aero club"), ("field", "Operator: Aero club"),
    ]  # fmt: skip


def test_a_table_with_a_colon_in_a_label_stays_a_table() -> None:
    """Several values to a label are a table's row."""
    table = form(("", "2022", "2023"), ("Cod:", "830", "790"), ("Of this:", "30", "20"), ("Crab:", "12", "14"))
    assert [block.kind for block in composed(page(table)).blocks] == ["table"]


def test_marks_of_notes_that_stand_together_are_one_each() -> None:
    """Two raised marks without a space between them refer to two notes."""
    words = words_of("It rose twice")
    mark = dataclasses.replace(words[-1], text="[13][14]", x0=words[-1].x1, rise=1, is_glued=True)
    assert composed(page(Column((phrase([*words, mark]),)))).text == "It rose twice ¹³ ¹⁴"


def test_a_line_above_fields_is_their_heading() -> None:
    """The name of a form states nothing, though it looks like its labels."""
    text = page(column("Application for a mooring", "", "Applicant:      Ruth Okafor", "", "Boat:      Seeadler III"))
    assert [kind for kind, _ in blocks(text)] == ["heading", "field", "field"]


def test_small_words_beside_a_line_are_part_of_it() -> None:
    """A mark or an index that is printed by itself ends no paragraph."""
    mark = line("1", x=LEFT + 18, y=108, size=6)
    text = page(Column((line("The work has a constant complex\u00ad", y=100), mark, line("ity.", y=112))))
    assert blocks(text) == [("paragraph", "The work has a constant complexity. ¹")]
    index = line("max", x=LEFT + 5.5, y=314, size=6)
    assert blocks(page(columns(filled(), Column((line("n", y=312), index)))))[-1] == ("paragraph", "nmax")


def test_a_small_line_under_a_line_is_none_of_it() -> None:
    """What stands below the words of a line, such as its caption, stays a line of its own."""
    below = line("photo by the author", y=107, size=6)
    assert len(blocks(page(Column((line("The harbour at low tide in 1921", y=100), below))))) == 2


def test_a_power_refers_to_no_note_where_another_word_does() -> None:
    """A square metre and a mark of the same figure stand on one page, and only one of them refers to the note."""

    def with_raised(text: str, y: float) -> Phrase:
        words = words_of(text, y=y)
        raised = line("2", x=words[-1].x1, y=y, size=6).words[0]
        return phrase([*words, dataclasses.replace(raised, rise=1, is_glued=True)])

    body = columns(filled(), Column((with_raised("Membership costs 180", 300), with_raised("The room has 250 m", 330))))
    note = dataclasses.replace(line("2", y=780, size=6).words[0], rise=1)
    notes = Column((phrase([note, *words_of("Unchanged since 2019.", x=76, y=783, size=8)]),))
    whole = composed(page(body, notes))
    assert "180 ²" in whole.text
    assert "250 m²" in whole.text
    assert [whole.text[block.anchor] for block in whole.blocks if block.kind == "note" and block.anchor] == ["²"]


def test_a_large_figure_is_no_heading() -> None:
    """What is mostly figures states something, in however large a type."""
    text = page(columns(column("17,81,841 crore", y=60, size=20), filled()))
    assert blocks(text)[0] == ("paragraph", "17,81,841 crore")


@pytest.mark.parametrize("marks", [("-", "-", "-"), ("1.", "2.", "3.")])
def test_items_that_fill_their_column_are_items(marks: tuple[str, ...]) -> None:
    """A list by itself has items as wide as its column: the next mark begins an item all the same."""
    items = [f"{mark} {name} of the harbour" for mark, name in zip(marks, ("Boats", "Oars", "Nets"), strict=True)]
    assert [kind for kind, _ in blocks(page(column(*items)))] == ["item"] * 3


def test_a_justified_line_of_few_words_is_no_row() -> None:
    """In a narrow column the gaps between three words may be as wide as those of a table."""
    wide = [line("The", y=112), line("cooperative", x=140, y=112), line("blames", x=249, y=112)]
    text = columns(
        column(*wrap(MUSEUM, 205)[:1], y=100), Column(tuple(wide)), column(*wrap("warmer water for it.", 210), y=124)
    )
    assert blocks(page(text))[-1][1].endswith("cooperative blames warmer water for it.")


def test_a_bold_line_in_a_box_of_small_type_is_a_heading() -> None:
    """A heading is as large as the text below it, which may be smaller than that of the body."""
    box = columns(
        column("Opening hours", x=400, font=BOLD, size=8), column(*wrap(MUSEUM, 150, 8), x=400, y=110, size=8)
    )
    assert ("heading", "Opening hours") in blocks(page(filled(), box))


def test_a_short_line_parted_from_the_text_below_is_a_heading() -> None:
    """In plain type, space around and a full line below make a heading; a letter's short lines are none."""
    text = page(columns(filled(), column("Stock options", y=270), filled(292)))
    assert ("heading", "Stock options") in blocks(text)
    letter = page(column("Dear Ruth Okafor,", "", *wrap(BOARD), "", "Yours sincerely", "", "Henrike Baumgarten"))
    assert {kind for kind, _ in blocks(letter)} == {"paragraph"}


def test_recognised_lines_of_uneven_sizes_are_one_paragraph() -> None:
    """Character recognition finds other sizes on each line of a paragraph; print doesn't."""
    lines = [line(text, y=100 + 12 * number, size=9.0 + number % 3) for number, text in enumerate(wrap(BOARD, 250))]
    printed = page(Column(tuple(lines)))
    assert len(blocks(printed)) > 1
    assert [text for _, text in blocks(dataclasses.replace(printed, is_recognised=True))] == [BOARD]


@pytest.mark.parametrize(
    "address",
    [
        ("Bill to", "Marlow & Sons", "3 Mill Lane", "Bath BA1 2QR"),
        ("Bäckerei Sommer", "Am Markt 5", "04109 Leipzig"),
    ],
)
def test_an_address_in_larger_type_is_no_heading(address: tuple[str, ...]) -> None:
    """Lines that end where the next word would have fitted are an address, whatever their size."""
    found = blocks(page(column(*address, size=11.5, leading=14), filled(y=200)))
    assert all(kind == "paragraph" for kind, _ in found)


def test_a_short_document_has_text_of_several_sizes() -> None:
    """Where a good part of a short letter is somewhat larger than the rest, that part is text."""
    letter = column("Invoice 2026-0417 of 14 March", "", "", "Due on 13 April, order PO-88121", size=11.5, leading=14)
    small = column("Please pay to account 31415926 within 30 days. Interest is 8%.", y=400, size=9)
    assert all(kind == "paragraph" for kind, _ in blocks(page(letter, small)))


@pytest.mark.parametrize("font", [BOLD, Font("Sans-BoldOblique", is_bold=True, is_italic=True)])
def test_lines_that_look_like_headings_and_head_nothing_are_text(font: Font) -> None:
    """Of lines in one look with nothing between them, the last is the heading of what stands below."""
    names = ("Date of issue: 3 May", "Order PO-88121", "What the board did")
    places = (200, 230, 275)
    headings = (column(name, y=y, font=font) for name, y in zip(names, places, strict=True))
    found = blocks(page(filled(y=40), columns(*headings, filled(y=305))))
    assert [text for kind, text in found if kind == "heading"] == ["What the board did"]
    assert {("paragraph", name) for name in names[:2]} <= set(found)


@pytest.mark.parametrize("names", [("Part II", "Fishing"), ("2 Methods", "2.1 Boats"), ("Members:", "Ada Lovelace")])
def test_headings_above_headings_stay(names: tuple[str, str]) -> None:
    """A numbered heading, and one that names a list, may stand right above another that looks the same."""
    headings = columns(
        *(column(name, y=200 + 30 * place, font=BOLD) for place, name in enumerate(names)), filled(y=260)
    )
    found = blocks(page(filled(y=40), headings))
    assert [text for kind, text in found if kind == "heading"] == list(names)


@pytest.mark.parametrize(("outer", "inner"), [(11.5, 13.0), (10.0, 12.0)])
def test_numbers_decide_on_levels_before_sizes(outer: float, inner: float) -> None:
    """The section "2" is above "2.1", and so is what looks like it, though "2.1" is set in larger type."""
    names = (("1 Introduction", outer), ("2 Methods", outer), ("2.1 Gardens", inner), ("References", outer))
    parts = (
        columns(column(name, y=60 + 150 * place, size=size, font=BOLD), filled(y=90 + 150 * place))
        for place, (name, size) in enumerate(names)
    )
    levels = [block.level for block in composed(page(columns(*parts))).blocks if block.kind == "heading"]
    assert levels == [1, 1, 2, 1]


@pytest.mark.parametrize(("size", "font"), [(14.0, PLAIN), (10.0, BOLD)])
def test_what_stands_below_two_columns_parts_no_word(size: float, font: Font) -> None:
    """A heading below two columns that came with the first follows the second, where the rest of a word stands."""
    left = column("The board met with the local workforce", "and asked for a new harbour develop\u00ad", y=100)
    right = column("ment plan, which the town has to", "pay for and the members to vote on.", x=320, y=100)
    heading = column("What comes next", y=140, size=size, font=font)
    (_, text), below, *_ = blocks(page(columns(left, heading), right, filled(y=170)))
    assert "harbour development plan" in text
    assert below == ("heading", "What comes next")
