"""LaTeX: what its commands print, and what they leave out."""

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(body: str, preamble: str = "") -> Document:
    source = f"\\documentclass{{article}}{preamble}\\begin{{document}}\n{body}\n\\end{{document}}"
    return read_bytes(source.encode(), "a.tex", max_bytes=1_000_000)


class TestTables:
    """Cells over several rows."""

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            (
                r"\multirow{2}{*}{Brest} & 2020 & 4.2 \\ & 2021 & 4.4 \\",
                "| Brest | 2020 | 4.2 |\n| Brest | 2021 | 4.4 |",
            ),
            (r"2020 & \multirow{2}{*}{Brest} & 4 \\ 2021 & & 5 \\", "| 2020 | Brest | 4 |\n| 2021 | Brest | 5 |"),
            (
                r"\multicolumn{2}{c}{\multirow{2}{*}{Brest}} & 4.2 \\ & & 4.4 \\",
                "| Brest |  | 4.2 |\n| Brest |  | 4.4 |",
            ),
            (r"\multirow{3}{*}{Brest} & 1 & 4 \\ & 2 & 5 \\ Ulm & 3 & 6 \\", "| Brest | 2 | 5 |\n| Ulm | 3 | 6 |"),
            (r"Brest & 1 & 4.2 \\ & 2 & 4.4 \\", "| Brest | 1 | 4.2 |\n|  | 2 | 4.4 |"),
        ],
    )
    def test_a_blank_cell_under_a_cell_over_several_rows_is_part_of_it(self, rows: str, expected: str) -> None:
        """Figures stay in their columns; words under a cell end it, and other blank cells stay."""
        table = read(f"\\begin{{tabular}}{{lrr}} Port & Year & Height \\\\ {rows} \\end{{tabular}}").text
        assert expected in table


class TestConditions:
    """What isn't printed."""

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (r"It costs 5. \iffalse It costs 4. \fi Ten were sold.", "It costs 5. Ten were sold."),
            (r"It costs 5. \iffalse Or \ifnum1>2 4\else 3\fi. \fi Ten.", "It costs 5. Ten."),
            (r"It costs \iffalse 4\else 5\fi.", "It costs 5."),
            (r"It costs \iftrue 5\else 4\fi.", "It costs 5."),
            (r"\newif\ifdraft It costs 5. \ifdraft Or 4. \fi Ten.", "It costs 5. Ten."),
            (r"\newif\ifdraft\drafttrue It costs \ifdraft 5\else 4\fi.", "It costs 5."),
        ],
    )
    def test_a_part_that_a_condition_leaves_out_is_no_text(self, body: str, text: str) -> None:
        """What is never printed is left out, and a note says so."""
        document = read(body)
        assert text == document.text
        assert "1 hidden part in it is left out" in document.notes

    @pytest.mark.parametrize(
        "body", [r"It costs \ifpdf 5\fi.", "It costs 5. % \\iffalse\n", r"It costs 5. \iffalse", r"\fi It costs 5."]
    )
    def test_what_the_file_does_not_decide_stays(self, body: str) -> None:
        """A condition that another program decides, a comment, or a begin without an end hides nothing."""
        document = read(body)
        assert "It costs 5." == document.text
        assert not document.notes

    def test_code_with_a_condition_stays_code(self) -> None:
        """A condition in a listing is part of the listing."""
        document = read("\\begin{verbatim}\n\\iffalse\n\\end{verbatim}\nIt costs 5. \\fi")
        assert "\\iffalse\n\nIt costs 5." == document.text
