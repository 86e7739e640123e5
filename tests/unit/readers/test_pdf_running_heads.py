"""Running headers, footers and page numbers leave the pages, and nothing else does."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.roles.edges import wording_of
from assistant.readers.pdf.roles.running_heads import extract_running_heads
from tests.support.pdf_layouts import line
from tests.support.pdf_pages import HEIGHT, Text
from tests.support.pdf_roles import body_lines, draw_pages, page_phrases, roles_in, texts_of

DATA = Path(__file__).parents[2] / "data" / "pdf"
FOOT = HEIGHT - 30.0


def pages_with(*heads: list[Phrase], top: float = 120.0) -> list[PagePhrases]:
    """Pages of prose, each with some phrases at its edges."""
    return [
        page_phrases(*body_lines(page=number, top=top), *of_page, number=number)
        for number, of_page in enumerate(heads, start=1)
    ]


def extracted(pages: list[PagePhrases]) -> list[tuple[str, str]]:
    """The roles and texts of what is taken out of some pages."""
    _, pieces = extract_running_heads(pages)
    return [(piece.role, piece.lines[0].text) for piece in pieces]


def at_foot(text: str, page: int, *, x: float = 280.0) -> Phrase:
    return line(text, x=x, y=FOOT, page=page)


def at_head(text: str, page: int, *, x: float = 72.0, y: float = 40.0, size: float = 10.0) -> Phrase:
    return line(text, x=x, y=y, size=size, page=page)


@pytest.mark.parametrize(
    "form",
    ["{}", "- {} -", "Page {} of 5", "Seite {}", "{}/5", "F-{}", "página {} de 5"],
)
def test_numbers_that_count_the_pages_stand_once(form: str) -> None:
    """A page number leaves each page, whatever stands around it, and the first stands for all."""
    pages = pages_with(*([at_foot(form.format(number), number)] for number in range(1, 6)))
    kept, _ = extract_running_heads(pages)
    assert extracted(pages) == [("page_number", form.format(1))]
    assert all(len(page.phrases) == 30 for page in kept)


def test_roman_and_arabic_numbers_of_one_document() -> None:
    """The front matter has Roman numbers, the text begins again at one."""
    numbers = ["iii", "iv", "v", "vi", "1", "2", "3", "4"]
    pages = pages_with(*([at_foot(text, number)] for number, text in enumerate(numbers, start=1)))
    assert extracted(pages) == [("page_number", "iii"), ("page_number", "1")]


def test_heads_of_odd_and_even_pages() -> None:
    """Left pages name the book, right pages the chapter; the numbers change sides."""
    pages = pages_with(
        *(
            [
                at_head("A history of pilots" if number % 2 else "The north basin", number, x=200),
                at_head(str(number + 40), number, x=500 if number % 2 else 72),
            ]
            for number in range(1, 9)
        )
    )
    assert extracted(pages) == [("header", "A history of pilots"), ("page_number", "41"), ("header", "The north basin")]


def test_heads_that_name_the_chapter_stand_once_each() -> None:
    """A head that changes from chapter to chapter stands once for each, even where a chapter has a page of its own."""
    chapters = ["The quay", "The quay", "The quay", "Fishing", "Tourism", "Tourism", "Tourism", "Tourism"]
    pages = pages_with(*([at_head(chapter, number)] for number, chapter in enumerate(chapters, start=1)))
    assert extracted(pages) == [("header", "The quay"), ("header", "Fishing"), ("header", "Tourism")]


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("Exhibit {} (Cont. {}) (1-13-2016)", [4, 5, 4]),
        ("Chapter {}, page {}", [3, 3, 6]),
        ("Part {} of 2021 | {}", [4, 4]),
    ],
)
def test_what_changes_in_a_head_beside_the_number_is_kept(form: str, parts: list[int]) -> None:
    """A head stands once for each part of the document that it numbers, though it counts the pages, too."""
    texts = [form.format(part + 7, number + 1) for part, count in enumerate(parts) for number in range(count)]
    pages = pages_with(*([at_head(text, number)] for number, text in enumerate(texts, start=1)))
    assert [text for _, text in extracted(pages)] == [form.format(part + 7, 1) for part in range(len(parts))]


def test_a_section_beside_the_number_goes_with_it() -> None:
    """What stands on one line with the page number, apart from the text, is no text, though no other page has it."""
    sections = ["Methods", "Samples", "Results", "Limits"]
    pages = pages_with(
        *([at_foot(section, number, x=72), at_foot(str(number), number)] for number, section in enumerate(sections, 1))
    )
    assert extracted(pages)[0] == ("footer", "Methods")
    assert {role for role, _ in extracted(pages)} == {"footer", "page_number"}


def test_numbers_in_the_flow_of_a_filing() -> None:
    """Where pages were printed one after the other, their numbers stand at any height."""
    pages = [
        page_phrases(
            *body_lines(page=n, count=10 + n), line(str(n), x=300, y=150 + 14 * (10 + n) + 40, page=n), number=n
        )
        for n in range(1, 7)
    ]
    kept, pieces = extract_running_heads(pages)
    assert [piece.role for piece in pieces] == ["page_number"]
    assert all(str(page.number) not in [phrase.text for phrase in page.phrases] for page in kept)


@pytest.mark.parametrize(
    "texts",
    [
        ["Chapter 1", "Chapter 4", "Chapter 9", "Chapter 12"],  # no numbers of pages
        ["2015", "2019", "2016", "2011"],
        ["The quay", "Boats", "The quay", "Storms"],  # on two pages of four
    ],
)
def test_lines_that_do_not_come_back_are_text(texts: list[str]) -> None:
    """A line at the edge of its page is text unless it comes back or counts."""
    pages = pages_with(*([at_head(text, number, y=100)] for number, text in enumerate(texts, start=1)))
    assert extracted(pages) == []


def test_the_header_of_a_table_that_goes_on_is_text() -> None:
    """The names of columns come back on each page of a long table, close above its rows, and stay."""
    pages = [
        page_phrases(
            *(
                line(text, x=x, y=80 + 12 * row, page=number)
                for row in range(40)
                for x, text in (
                    (72, f"Boat {row}" if row else "Boat"),
                    (300, str(row * number * 3) if row else "Landings"),
                )
            ),
            number=number,
        )
        for number in range(1, 6)
    ]
    kept, pieces = extract_running_heads(pages)
    assert pieces == []
    assert kept[0].phrases[:2] == pages[0].phrases[:2]


def test_a_page_that_stands_twice_keeps_its_text() -> None:
    """Two pages with the same letter have no running heads: all of their lines come back."""
    letter = ["4 May 2023", "To whom it may concern:", "Ten boxes of water were delivered.", "Regards,", "Ruth Okafor"]
    pages = [
        page_phrases(*(line(text, y=60 + 24 * row, page=number) for row, text in enumerate(letter)), number=number)
        for number in (1, 2)
    ]
    assert extracted(pages) == []


def test_headings_in_large_type_come_back_on_slides() -> None:
    """The heading of slides that go on is a heading."""
    slides = ["Results", "Results", "Results", "Outlook", "Thanks", "Budget", "Staff", "Plan"]
    pages = pages_with(*([at_head(text, number, size=24)] for number, text in enumerate(slides, start=1)))
    assert extracted(pages) == []


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("Notes to Consolidated Financial Statements (Continued)", ""),
        ("Anhang zum Konzernabschluss (Fortsetzung)", "Note 8. Stock Award Plans (Continued)"),
        ("Rapport du conseil – suite", ""),
    ],
)
def test_second_lines_of_heads_far_below_the_first(second: str, third: str) -> None:
    """What comes back under a running head on page after page is one, though a wide gap parts them."""
    heads = [
        [at_head("ABERMARLE, INC. AND SUBSIDIARIES", number), *([at_head(second, number, y=68)] if number > 5 else [])]
        + ([at_head(third, number, y=94)] if third and 5 < number < 11 else [])
        for number in range(1, 13)
    ]
    kept, pieces = extract_running_heads(pages_with(*heads))
    assert [piece.lines[0].text for piece in pieces[1:]] == [text for text in (second, third) if text]
    assert all(len(page.phrases) == 30 for page in kept)


@pytest.mark.parametrize("texts", [["The quay"], ["The quay", "Boats", "The quay", "Storms"], ["Storms"] * 3])
def test_headings_below_a_head_are_text(texts: list[str]) -> None:
    """A chapter's heading at the height of such a line, that comes back on a page or three, is a heading."""
    heads = [[at_head("Annual account of the board", number)] for number in range(1, 13)]
    for place, text in enumerate(texts):
        heads[3 + place].append(at_head(text, 4 + place, y=75))
    kept, _ = extract_running_heads(pages_with(*heads))
    assert [phrase.text for page in kept for phrase in page.phrases if phrase.baseline == 75] == texts


@pytest.mark.parametrize("labels", [["Applicant", "Vessel", "Berth", "Declaration"], ["1. Name", "2. Home", "3. Boat"]])
def test_forms_keep_their_labels(labels: list[str]) -> None:
    """Where many lines come back on each page below its head, the pages are forms that somebody filled in."""
    heads = [
        [at_head("Port of Leith", number), *(at_head(text, number, y=75 + 30 * at) for at, text in enumerate(labels))]
        for number in range(1, 9)
    ]
    kept, pieces = extract_running_heads(pages_with(*heads, top=200))
    assert [piece.lines[0].text for piece in pieces] == ["Port of Leith"]
    assert all(len(page.phrases) == 30 + len(labels) for page in kept)


def test_headings_in_large_type_below_a_head_are_text() -> None:
    """Slides with one heading below the name of the speaker keep it."""
    heads = [[at_head("A. Reid", number), at_head("Results", number, y=80, size=18)] for number in range(1, 9)]
    kept, _ = extract_running_heads(pages_with(*heads))
    assert all(len(page.phrases) == 31 for page in kept)


def test_a_browsers_print_of_a_page_in_one_sheet() -> None:
    """The date above and the address below a printed web page tell themselves by their form."""
    heads = [
        at_head("3/12/2020", 1), at_head("Oklahoma - Wiki", 1, x=300),
        at_foot("https://wiki.example/Oklahoma", 1, x=72), at_foot("1/1", 1, x=500),
    ]  # fmt: skip
    found = {text: role for role, text in extracted(pages_with(heads))}
    assert set(found) == {"3/12/2020", "Oklahoma - Wiki", "https://wiki.example/Oklahoma", "1/1"}
    assert found["https://wiki.example/Oklahoma"] == "footer"


def test_a_browsers_print_of_several_sheets() -> None:
    """Nothing that the browser printed at the edges stands in the text of the page, wherever its paragraphs break."""
    blocks = roles_in((DATA / "printed_page.pdf").read_bytes())
    assert [role for role, _ in blocks].count("header") == 2
    assert [text for role, text in blocks if role == "page_number"] == ["1/4"]
    assert not any("Sound Wiki" in text or "localhost" in text for role, text in blocks if role == "body")


def test_heads_and_numbers_of_a_text_processor() -> None:
    """A report with a head of two lines, the second of which names the chapter, and pages that are counted."""
    blocks = roles_in((DATA / "report_notes.pdf").read_bytes())
    assert [text for role, text in blocks if role == "page_number"] == ["Seite 1 von 9"]
    assert [text for role, text in blocks if role == "header"] == [
        "Annual account of the harbour board",
        "The harbour in winter",
        "Ships and their crews",
        "What the council decided",
    ]


def test_drawn_pages_with_heads_and_numbers() -> None:
    """Pages drawn one by one, whose text goes on over the break between them."""
    pages = [
        [
            Text(72, 40, ["The Sound Gazette"], 9),
            Text(72, 90, [f"The ferry number {n} left the north quay at dawn and carried ninety"] * 40, 11),
            Text(290, 810, [f"– {n} –"], 9),
        ]
        for n in range(1, 5)
    ]
    roles = [role for role, _ in roles_in(draw_pages(*pages))]
    assert (roles.count("header"), roles.count("page_number")) == (1, 1)


WORDS = st.sampled_from(
    ["The quay", "12", "Page 3", "Boats", "a b c", "iv", "F-2", "Seals", "7/9", "https://a.example"]
)
PLACES = st.tuples(WORDS, st.floats(10, 580), st.sampled_from([20.0, 40.0, 52.0, 300.0, 790.0, 820.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PLACES, max_size=8), max_size=8))
def test_no_phrase_is_lost_or_made_up(pages: list[list[tuple[str, float, float]]]) -> None:
    """What isn't kept stands among the pieces, with other numbers at most; all that is kept was there."""
    whole = [
        page_phrases(*(line(text, x=x, y=y, page=number) for text, x, y in phrases), number=number)
        for number, phrases in enumerate(pages, start=1)
    ]
    kept, pieces = extract_running_heads(whole)
    before, after = (Counter(text for texts in texts_of(version) for text in texts) for version in (whole, kept))
    assert after <= before
    shown = {wording_of(piece.lines[0].text)[0] for piece in pieces}
    assert {wording_of(text)[0] for text in before - after} == shown


@pytest.mark.parametrize("number_of_sheets", [1, 3])
@pytest.mark.parametrize("form", ["{}", "- {} -"])
def test_two_pages_on_one_sheet(form: str, number_of_sheets: int) -> None:
    """The numbers of two pages beside each other on a sheet both leave the text."""
    sheets = [
        replace(
            page_phrases(
                *(line("the brig sailed from Leith", x=x, y=80.0 + 14 * row, page=sheet)
                  for row in range(8) for x in (60.0, 480.0)),
                line(form.format(10 + 2 * sheet), x=200, y=570, page=sheet),
                line(form.format(11 + 2 * sheet), x=620, y=570, page=sheet),
                number=sheet,
            ),
            width=842.0,
            height=595.0,
        )
        for sheet in range(1, number_of_sheets + 1)
    ]  # fmt: skip
    kept, pieces = extract_running_heads(sheets)
    assert {piece.role for piece in pieces} == {"page_number"}
    assert all(len(page.phrases) == 16 for page in kept)


def test_two_figures_below_a_wide_page_stay() -> None:
    """Two figures on the last line of a landscape page that don't follow on each other are no page numbers."""
    texts = [line("the brig sailed from Leith", x=x, y=80.0 + 14 * row) for row in range(8) for x in (60.0, 480.0)]
    sheet = replace(page_phrases(*texts, line("12", x=200, y=560), line("40", x=620, y=560)), width=842.0, height=595.0)
    kept, pieces = extract_running_heads([sheet])
    assert (len(kept[0].phrases), pieces) == (18, [])


def test_a_stamp_in_the_margin_of_every_page_stands_on_the_first() -> None:
    """Turned text that each page has in its margin is given once, where it stands first."""
    stamps = [
        replace(at_head("Seen", number, x=10.0, y=300.0), x0=10.0, x1=20.0, words=(turned,))
        for number in (1, 2, 3)
        for turned in [replace(at_head("Seen", number).words[0], angle=90)]
    ]
    _, pieces = extract_running_heads(pages_with(*([stamp] for stamp in stamps)))
    assert [("header", 1)] == [(piece.role, piece.lines[0].page) for piece in pieces]
