"""Small words beside a line are part of it, a smaller line below it is not."""

import pytest

from assistant.readers.pdf.page import Column, PageLayout, Phrase
from assistant.readers.pdf.paragraphs.strays import with_strays_in_lines
from tests.support.pdf_layouts import line


def texts(*lines: Phrase) -> list[str]:
    """The lines of a column once small words stand in the lines that they belong to."""
    (layout,) = with_strays_in_lines([PageLayout(1, 595.0, 842.0, (Column(lines),))])
    return [line.text for item in layout.items if isinstance(item, Column) for line in item.lines]


@pytest.mark.parametrize("below", ["A guide for people with boats,", "Third edition, 2019", "by the keeper"])
def test_a_smaller_line_close_below_a_title_is_one_of_its_own(below: str) -> None:
    """It stands below several words of the title, none of which covers it alone."""
    title = line("Navigating Narrow Northern Harbour Waters", x=48.0, y=148.0, size=32.0)
    assert texts(title, line(below, x=48.5, y=171.5, size=15.0)) == [title.text, below]


def test_an_index_in_a_gap_of_a_line_belongs_to_it() -> None:
    """A small word beside the last word of a line, off its baseline, is lowered there."""
    formula = line("the depth of d", x=72.0, y=100.0, size=10.0)
    assert texts(formula, line("max", x=formula.x1 + 0.5, y=103.0, size=6.0)) == ["the depth of dmax"]
