"""The words of a PDF's lines are parted where columns and cells are, and stand in the order in which they are read."""

import pytest

from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import Ruling, Word
from tests.support.pdf_pages import Text, draw, phrases_in

SIZE = 10.0


def words_at(*placed: tuple[float, str], y: float = 100.0) -> list[Word]:
    """Words on a line, each from a place on, of letters half as wide as the type is large."""
    return [
        Word(text, 1, x, y - 0.8 * SIZE, x + 0.5 * SIZE * len(text), y + 0.2 * SIZE, y, SIZE) for x, text in placed
    ]  # fmt: skip


def spaced(text: str, gap: float, x: float = 72.0, y: float = 100.0) -> list[Word]:
    """The words of a line with gaps of one width between them."""
    placed = []
    for part in text.split():
        placed.append((x, part))
        x += 0.5 * SIZE * len(part) + gap
    return words_at(*placed, y=y)


def texts_of(words: list[Word], *rulings: Ruling) -> list[str]:
    """The phrases of some words."""
    return [phrase.text for phrase in phrases_of(words, rulings)]


@pytest.mark.parametrize("gap", [1.0, 2.5, 8.0, 14.0, 20.0])
def test_a_line_set_wide_is_one_phrase(gap: float) -> None:
    """A line whose words stand equally far apart, as in justified text, is whole, between lines that are set close."""
    close = "they had been told to leave the shed which is to become a restaurant"
    words = [*spaced(close, 2.5, y=88), *spaced("the council decides tomorrow", gap), *spaced(close, 3, y=112)]
    assert texts_of(words) == [close, "the council decides tomorrow", close]


def test_a_gap_wider_than_the_others_parts_a_line() -> None:
    """A gap of more than a letter's size among narrow ones is one between columns, in one line alone as well."""
    words = [*spaced("seven votes to two", 2.5), *spaced("the fleet counts", 2.5, x=200)]
    assert texts_of(words) == ["seven votes to two", "the fleet counts"]
    words = [*spaced("1", 2.5), *spaced("The harbour in winter", 2.5, x=85)]
    assert texts_of(words) == ["1 The harbour in winter"]


def test_a_narrow_gap_parts_lines_if_it_goes_on() -> None:
    """A gap hardly wider than a space parts columns where it goes on above or below, and no words where it doesn't."""

    def line(y: float, shift: float) -> list[Word]:
        return [*spaced("seven votes to two", 2.5, y=y), *spaced("of the fleet", 2.5, x=167.5 + shift, y=y)]

    assert texts_of([word for row in range(6) for word in line(100 + 12 * row, 0)]) == [
        "seven votes to two", "of the fleet",
    ] * 6  # fmt: skip
    ragged = [word for row, shift in enumerate((0, 40, 9, 60, 25, 80)) for word in spaced(
        "a" * (3 + shift % 7) + " seven votes to two of the fleet", 2.5, y=100 + 12 * row)]  # fmt: skip
    assert len(texts_of(ragged)) == 6


def test_a_vertical_ruling_parts_words() -> None:
    """Words between which a vertical ruling stands are no phrase; one above or below the line parts nothing."""
    words = spaced("Revenue 1,234", 3)
    between = words[1].x0 - 1.5
    assert texts_of(words, Ruling(between, 80, between, 120)) == ["Revenue", "1,234"]
    assert texts_of(words, Ruling(between, 120, between, 160)) == ["Revenue 1,234"]
    assert texts_of(words, Ruling(60, 101, 200, 101)) == ["Revenue 1,234"]


def test_cells_of_figures_are_phrases() -> None:
    """Figures in columns are phrases of their own, however close they stand; so is a label in front of them."""
    rows = [("Cash", "1,204", "998"), ("Receivables", "310", "1,277"), ("Inventory of goods", "95", "87")]
    texts = [
        Text(x, 100 + 13 * number, [cell]) for number, row in enumerate(rows)
        for x, cell in zip((72, 170, 205), row, strict=True)
    ]  # fmt: skip
    assert phrases_in(draw(*texts)) == [cell for row in rows for cell in row]


def test_a_raised_mark_stays_with_its_word() -> None:
    """A word that is glued to another is in its phrase, whatever its size."""
    words = [*spaced("landings of cod", 2.5), Word("3", 1, 155, 90, 158, 96, 100, 6, rise=1, is_glued=True)]
    assert texts_of(words) == ["landings of cod3"]


@pytest.mark.parametrize(
    ("as_it_stands", "as_it_is_read"),
    [
        ("בחורף הנמל", "הנמל בחורף"),
        ("בים 2024 במרץ תתחיל", "תתחיל במרץ 2024 בים"),
        ("היום Windows 10 מערכת", "מערכת Windows 10 היום"),
        ("היום Northport to Oldtown הדרך", "הדרך Northport to Oldtown היום"),
        ("כאשר ,2024 במרץ", "במרץ 2024, כאשר"),
        (".)Dana Levi( 03-555-0142 טלפון", "טלפון 03-555-0142 (Dana Levi)."),
        (".(Dana Levi) 03-555-0142 טלפון", "טלפון 03-555-0142 (Dana Levi)."),
        ("חדש .Northport הדרך", "הדרך Northport. חדש"),
        ("חדש ,f(x) הפונקציה", "הפונקציה f(x), חדש"),
        ("בערב 17:00–9:00 פתוח", "פתוח 9:00–17:00 בערב"),
        ("בערב 9:00–17:00 פתוח", "פתוח 9:00–17:00 בערב"),
        ("the word שלום עולם means", "the word עולם שלום means"),
    ],
)
def test_words_from_right_to_left(as_it_stands: str, as_it_is_read: str) -> None:
    """Hebrew is read from the right, with figures and runs of Latin from the left; words of it in English, in turn."""
    page = "במרץ תתחיל העבודה דנה בעבודות" if as_it_stands[-1] > "z" else "the meaning of words"
    assert texts_of([*spaced(page, 2.5, y=50), *spaced(as_it_stands, 2.5)])[1:] == [as_it_is_read]
