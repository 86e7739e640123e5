"""Bullets that are drawn as shapes begin items; other small shapes are none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

from assistant.readers.pdf.reader import read_pdf

DATA = Path(__file__).parents[2] / "data" / "pdf"
NAMES = ("Count the boats in the north basin and write down their names.", "Oil the oars.", "Check the flares.")


def blocks_of(data: bytes) -> list[tuple[str, int, str]]:
    """The kind, the level and the text of each block of a PDF."""
    document = read_pdf(data, 100_000)
    return [(block.kind, block.level, document.text[block.start : block.end]) for block in document.blocks]


def sheet_with(draw: Callable[[FPDF, float], None], *, left: float = 92.0) -> bytes:
    """A page of a paragraph and three lines, with a shape before each.

    Args:
        draw: draws the shape of a line, given the height of the middle of its small letters.
        left: edge of the lines.
    """
    sheet = FPDF(unit="pt", format=(600, 800))
    sheet.add_page()
    sheet.set_font("Helvetica", size=11)
    sheet.text(72, 100, "The harbour board met on Monday and asked the members to do the following by June:")
    for place, name in enumerate(NAMES):
        draw(sheet, 130 + 16 * place - 4)
        sheet.text(left, 130 + 16 * place, name)
    return bytes(sheet.output())


@pytest.mark.parametrize(
    "draw",
    [
        lambda sheet, y: sheet.circle(80, y, 2, style="F"),
        lambda sheet, y: sheet.circle(80, y, 2, style="D"),
        lambda sheet, y: sheet.rect(78, y - 2, 4, 4, style="F"),
    ],
)
def test_small_shapes_before_lines_are_bullets(draw: Callable[[FPDF, float], None]) -> None:
    """Filled circles, open ones and squares begin items."""
    assert [(kind, text) for kind, _, text in blocks_of(sheet_with(draw))[1:]] == [("item", name) for name in NAMES]


def test_the_nested_lists_of_a_browser() -> None:
    """A browser draws the bullets of all levels; items over two lines are one."""
    items = [
        (level, text) for kind, level, text in blocks_of((DATA / "nested_list.pdf").read_bytes()) if kind == "item"
    ]
    assert [level for level, _ in items] == [0, 0, 1, 1, 0]
    assert items[0][1].endswith("to the office of the board before the end of the month")


def _white(sheet: FPDF, y: float) -> None:
    sheet.set_fill_color(255)
    sheet.rect(78, y - 2, 4, 4, style="F")


@pytest.mark.parametrize(
    "draw",
    [
        _white,
        lambda sheet, y: sheet.rect(70, y - 8, 14, 14, style="F"),
        lambda sheet, y: sheet.circle(30, y, 2, style="F"),
        lambda sheet, y: sheet.circle(80, y - 9, 2, style="F"),
        lambda sheet, y: sheet.circle(80 + y, y, 2, style="F"),
    ],
)
def test_other_shapes_are_no_bullets(draw: Callable[[FPDF, float], None]) -> None:
    """What is white, large, far from its line or off it, or stands at a place of its own in each line, begins none."""
    assert all(kind != "item" for kind, _, _ in blocks_of(sheet_with(draw)))
