"""AsciiDoc: its tables, and lines that an attribute leaves out."""

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(text: str) -> Document:
    return read_bytes(text.encode(), "a.adoc", max_bytes=1_000_000)


class TestTables:
    """Where a cell begins, and what belongs to its bar."""

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ("|Part|Weight\n\n|Bolt|3 g\n|Nut|2 g", "| Part | Weight |\n|---|---|\n| Bolt | 3 g |\n| Nut | 2 g |"),
            ("|Size|Count\n\n|s|3\n|m|4", "| Size | Count |\n|---|---|\n| s | 3 |\n| m | 4 |"),
            ("|Size |Count\n\n|e |3\na|*m* |4", "| Size | Count |\n|---|---|\n| e | 3 |\n| m | 4 |"),
            ("|Part |Class|Rent\n\n|Mill|a|3+\n|Barn|h|4", "| Mill | a | 3+ |\n| Barn | h | 4 |"),
            ("|Town |Year |Depth\n\n.2+^.>s|Ulm |2020 |1\n|2021 |2", "| Ulm | 2020 | 1 |\n| Ulm | 2021 | 2 |"),
            ("|Town |Year |Depth\n\n|Ulm 2+|none\n|Bonn |2020 |2", "| Bonn | 2020 | 2 |"),
            ("|Sign |Name\n\n|a \\| b |or\n|c |and", "| a \\| b | or |\n| c | and |"),
            ("2+|Both |Rent\n\n|Mill |a |3\n|Barn |b |4", "| Mill | a | 3 |\n| Barn | b | 4 |"),
        ],
    )
    def test_only_what_stands_behind_a_blank_and_before_a_bar_says_how_a_cell_looks(
        self, lines: str, expected: str
    ) -> None:
        """Cells need no blanks around them, and a cell of one letter is no style."""
        assert expected in read(f"= Parts\n\n|===\n{lines}\n|===\n").text


class TestConditions:
    """Lines that hold only with an attribute."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("ifdef::draft[]\nTen.\nendif::[]\nFive.", "Five."),
            ("ifndef::draft[]\nFive.\nendif::draft[]\nifdef::draft[]\nTen.\nendif::draft[]", "Five."),
            (":draft:\n\nifdef::draft[]\nFive.\nendif::[]\nifndef::draft[]\nTen.\nendif::[]", "Five."),
            (":draft:\n:draft!:\n\nifdef::draft[]\nTen.\nendif::[]\nFive.", "Five."),
            ("ifdef::draft[]\nTen.\nifdef::late[]\nEight.\nendif::[]\nNine.\nendif::[]\nFive.", "Five."),
            ("ifdef::draft[Ten.]\nifndef::draft[Five.]", "Five."),
            (":late:\n\nifdef::draft+late[Ten.]\nifdef::draft,late[Five.]", "Five."),
        ],
    )
    def test_lines_hold_by_the_attributes_that_the_file_sets(self, text: str, expected: str) -> None:
        """What isn't set leaves the lines for it out, and a note says so."""
        document = read(text)
        assert expected == document.text
        assert "1 hidden part in it is left out" in document.notes

    @pytest.mark.parametrize("text", ["ifdef::draft[]\nFive.", 'ifeval::["{x}" == "y"]\nFive.\nendif::[]'])
    def test_lines_of_which_the_file_does_not_decide_stay(self, text: str) -> None:
        """A condition without an end hides nothing, nor does one that is computed."""
        document = read(text)
        assert "Five." == document.text
        assert not document.notes
