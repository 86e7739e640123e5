"""A narrow box of facts, or a caption, beside a text in sections leaves its sentences and headings whole."""

import pytest

from assistant.readers.pdf.page import Column
from tests.support.pdf_layouts import BOLD, blocks, column, columns, page, wrap
from tests.support.pdf_pages import Text, draw, text_in

LEAD = (
    "The harbour board met on Monday to discuss the dredging of the north basin. The chair said that the work would "
    "cost 4.2 million euros and begin in March. The board approved the plan by seven votes to two after a long debate."
)
HISTORY = (
    "The basin was dug by hand in 1834 and has been deepened twice since. Ships of more than nine hundred tonnes had "
    "to wait for the tide until 1902, when the lock was built of granite from the islands in the north."
)
ACROSS = (
    "The lock has two chambers. The larger is forty metres long and was for many years the longest on that coast, as "
    "the masters of all ships that came from the south were told by their pilots."
)
FACTS = ["Depth 9 metres", "Length 400 metres", "Boats 61 in all", "Opened in 1834", "Chair Ruth Okafor"]


def facts(y: float, count: int = 5) -> list[Text]:
    """A box with a heading and some facts."""
    return [Text(420, y, ["North Basin"], 11.5, is_bold=True), Text(420, y + 18, FACTS[:count], leading=1.6)]


@pytest.mark.parametrize("by_row", [True, False])
def test_a_box_is_read_before_the_next_section(by_row: bool) -> None:
    """A box that begins beside a section is read before the heading of the next one, which its own don't cover."""
    texts = [Text(60, 100, wrap(LEAD, 300)), Text(60, 170, ["History"], 15, is_bold=True)]
    texts += [Text(60, 190, wrap(HISTORY, 300)), *facts(100)]
    read = text_in(draw(*texts, by_row=by_row))
    assert read == " ".join([LEAD, "North Basin", *FACTS, "History", HISTORY])


@pytest.mark.parametrize("size", [10.0, 11.0])
def test_a_heading_at_the_foot_of_a_narrowed_text_stays_with_its_section(size: float) -> None:
    """Where the text goes on below the box over the whole width, a heading right above that is read with it."""
    first, aside = wrap(f"{LEAD} {HISTORY} {HISTORY}", 300), wrap(HISTORY, 140)
    y = 100 + 12 * len(first) + 12
    texts = [Text(60, 100, first), Text(420, 100, aside), Text(60, y, ["The lock"], size, is_bold=True)]
    texts.append(Text(60, y + 1.4 * size, wrap(ACROSS, 470)))
    assert text_in(draw(*texts, by_row=True)) == f"{LEAD} {HISTORY} {HISTORY} {HISTORY} The lock {ACROSS}"


@pytest.mark.parametrize("shift", [0.0, 5.0])
@pytest.mark.parametrize("caption", ["The north basin at low tide", "Ruth Okafor in 2024"])
def test_a_caption_beside_a_paragraph_follows_it(caption: str, shift: float) -> None:
    """One line in small type beside a paragraph does not come between its lines, at whatever height it stands."""
    lines = wrap(LEAD, 300)
    texts = [Text(60, 100, lines), Text(420, 100 + 12 * 2 + shift, [caption], 8)]
    assert text_in(draw(*texts, by_row=True)) == f"{LEAD} {caption}"


def test_values_in_small_type_stay_beside_their_names() -> None:
    """Short lines are no running text: what stands beside them belongs to each."""
    texts = [Text(60, 100 + 12 * row, [f"Berth {row}"]) for row in range(2)]
    texts += [Text(220, 100, ["free"], 8)]
    assert text_in(draw(*texts, by_row=True)) == "Berth 0 free Berth 1"


def test_a_paragraph_above_a_heading_is_complete() -> None:
    """A full last line above the heading of the next section doesn't go on elsewhere, though a box stands between."""
    lead = wrap(LEAD, 300)[:-1]
    lead[-1] = lead[-1].rstrip(".") + "² ³"
    wide = columns(column(*lead, y=100), Column(column("", y=100).lines))
    below = columns(column("History", y=200, size=15, font=BOLD), column(*wrap(HISTORY, 300), y=230))
    aside = column(*wrap("Boats of the north basin are moored here.", 100, 8), x=420, y=100, size=8)
    other = column(*wrap(ACROSS, 300), y=100, page=2)
    texts = [text for _, text in blocks(page(wide, aside, below), page(other, number=2))]
    assert ACROSS in texts


def test_a_caption_does_not_take_the_place_of_an_unfinished_sentence() -> None:
    """A sentence that breaks off at the foot of a page goes on overleaf, past a caption without a full stop."""
    lines = wrap(LEAD, 300)
    aside = column(
        *wrap("Boats and barges in the north basin of the harbour, all seen from the lock of 1902", 120, 8),
        x=420,
        y=100,
        size=8,
    )
    shown = blocks(page(column(*lines[:3], y=760), aside), page(column(*lines[3:], y=100, page=2), number=2))
    assert LEAD in [text for _, text in shown]


@pytest.mark.parametrize("leading", [12.0, 14.0])
def test_a_full_first_line_that_ends_with_an_abbreviation_goes_on(leading: float) -> None:
    """The distance to the line below, which goes on with the sentence, is that of the paragraph's lines."""
    first = "The court heard the case of the harbour board, in which it decided West v."
    lines = [
        first,
        *wrap("Barnes in 1791 and then, after many years and much debate about the costs of it, " + ACROSS, 330),
    ]
    body = column(*wrap(HISTORY * 3, 330), y=100)
    case = column(*lines, y=500, leading=leading)
    texts = [text for _, text in blocks(page(columns(body), case))]
    assert texts[-1].startswith(f"{first} Barnes")


@pytest.mark.parametrize(
    ("earlier", "later"), [("2014-2019", "2019-2026"), ("9:00-10:30", "11:15-12"), ("5.1902-1904", "1910-1914")]
)
def test_dates_beside_texts_are_read_with_them(earlier: str, later: str) -> None:
    """A list with its dates in the first column is read entry by entry, a heading between them too."""
    entries = [(later, wrap(HISTORY, 320)), (earlier, wrap(ACROSS, 320))]
    texts, y, read = [], 100.0, []
    for heading, rows in (("Work", entries), ("Before that", entries)):
        texts.append(Text(60, y, [heading], 12, is_bold=True))
        read.append(heading)
        y += 20
        for date, lines in rows:
            texts += [Text(60, y, [date]), Text(135, y, lines)]
            y += 12 * len(lines) + 1
            read += [date, *lines]
        y += 12
    assert text_in(draw(*texts, by_row=True)) == " ".join(read)
