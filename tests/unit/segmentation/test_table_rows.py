"""Table rows: spelt out with their headers, and checked by the column that a figure stands in."""

import pytest

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import evidence_for
from assistant.segmentation.table_rows import header_row_at, row_at, row_with_headers, statement_of, text_with_table
from assistant.types import Citation, Document, Sentence

TEXT = """# Results

| Measure | Kestrel | Heron |
|---|---|---|
| Arrests | 2,517 | 850 |
| Victims | 3,222 | |

The end.
"""
DOCUMENT = Document("d", "Operations", "a.md", TEXT, "md")


def citation(quote: str) -> Citation:
    start = TEXT.index(quote)
    return Citation(1, "d", "Operations", "a.md", None, 0, start, start + len(quote), quote, DOCUMENT.sha256)


def test_a_row_with_its_header() -> None:
    """Each value comes with the row's label and its column's header; an empty cell is left out."""
    header = "| Measure | Kestrel | Heron |"
    assert "Arrests, Kestrel: 2,517; Arrests, Heron: 850" == row_with_headers("Arrests | 2,517 | 850", header)
    assert "Victims, Kestrel: 3,222" == row_with_headers("Victims | 3,222 | ", header)


@pytest.mark.parametrize(("row", "header"), [("a | b | c", "x | y"), ("a", "x"), ("a | b", "a | b"), ("a | b", "")])
def test_a_row_that_does_not_match_its_header(row: str, header: str) -> None:
    """Where the cells don't match, the row is unchanged."""
    assert row == row_with_headers(row, header)


def test_the_header_of_a_row() -> None:
    """It is the table's first row, for every row but itself; a line outside a table has none."""
    assert "| Measure | Kestrel | Heron |" == header_row_at(TEXT, TEXT.index("2,517"))
    assert "| Measure | Kestrel | Heron |" == header_row_at(TEXT, TEXT.index("3,222"))
    assert "" == header_row_at(TEXT, TEXT.index("Heron"))
    assert "" == header_row_at(TEXT, TEXT.index("The end"))
    assert "| a | b |" == header_row_at("| a | b |\n| c | d |", 12)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Kestrel led to 2,517 arrests.", "supported"),
        ("Heron led to 850 arrests.", "supported"),
        ("Kestrel led to 2,517 arrests and Heron to 850.", "supported"),
        ("Heron led to 2,517 arrests.", "unsupported"),
        ("Kestrel led to 850 arrests.", "unsupported"),
    ],
)
def test_a_figure_belongs_to_its_column(text: str, verdict: str) -> None:
    """A statement that takes a figure from another column is not supported by the row."""
    assert verdict == verdict_for(text, [evidence_for(citation("Arrests | 2,517 | 850"), DOCUMENT)]).verdict


def test_a_long_label_is_not_repeated_without_end() -> None:
    """A row of thousands of cells with a label of thousands of letters stays as it is: spelt out it fills memory."""
    row, header = f"{'a' * 50_000}{'|b' * 50_000}", f"c{'|d' * 50_000}"
    assert row == row_with_headers(row, header)


def test_a_sentence_says_what_its_headers_say_only_in_a_table() -> None:
    """A row is spelt out with the header that its context ends with; prose says its own words, whatever is above it."""
    row = Sentence("a", 0, 0, 12, "Rowers | 30 | 8", context="Club > Members > Crew | Summer | Winter", kind="row")
    prose = Sentence("a", 1, 0, 9, "They row.", context="Club > Members")
    assert ["Rowers, Summer: 30; Rowers, Winter: 8", "They row."] == [statement_of(row), statement_of(prose)]
    below_headings = "Club > Members\nRowers, Summer: 30; Rowers, Winter: 8"
    assert [below_headings, "They row."] == [text_with_table(row), text_with_table(prose)]


@pytest.mark.parametrize(
    ("text", "above_and_header", "statement"),
    [
        ("Fuel | 30 | 8", "Costs >  | 2024 | 2025", "Fuel, 2024: 30; Fuel, 2025: 8"),
        ("Fuel | 30 | 8", " | 2024 | 2025", "Fuel, 2024: 30; Fuel, 2025: 8"),
        ("Fuel | 30 | 8", "Costs > Item | 2024 | ", "Fuel, 2024: 30; Fuel: 8"),
        ("Fuel | 30 | 8", "Costs > Item | 2024", "Fuel, 2024: 30; Fuel: 8"),
        ("Fuel | 30", "Costs > Boats", "Fuel: 30"),
        ("30 | 8", "Costs >  | 2024 | 2025", "30 | 8"),
    ],
)
def test_a_row_is_spelt_out_with_the_header_that_its_context_keeps(
    text: str, above_and_header: str, statement: str
) -> None:
    """The first column needs no name, a header may be cut short or missing; a row without its label isn't guessed."""
    row = Sentence("a", 0, 0, len(text), text, context=above_and_header, kind="row")
    assert statement == statement_of(row)


def test_a_row_without_a_header_stands_below_all_its_headings() -> None:
    """Where no header names the columns, the last heading is none."""
    row = Sentence("a", 0, 0, 9, "Fuel | 30", context="Club > Boats", kind="row")
    assert "Club > Boats\nFuel: 30" == text_with_table(row)


def test_the_figures_of_a_row_without_a_label_keep_their_columns() -> None:
    """A total without a label stands under the years that it has on the page."""
    text = "|  | 2024 | 2025 |\n|---|---|---|\n| Fuel | 30 | 8 |\n|  | 51 | 12 |"
    document = Document("d", "Boats", "a.md", text, "md")
    start = text.index("51 | 12")
    total = Citation(1, "d", "Boats", "a.md", None, 0, start, start + 7, "51 | 12", document.sha256)
    assert "2024: 51; 2025: 12" == evidence_for(total, document).text
    assert ["|  | 51 | 12 |", ""] == [row_at(text, start), row_at("No table", 3)]
