"""reStructuredText: its drawn tables, substitutions, footnotes and citations."""

import time

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(text: str) -> Document:
    return read_bytes(text.encode(), "a.rst", max_bytes=10_000_000)


class TestGridTables:
    """Cells over several rows and columns."""

    def test_a_cell_over_several_rows_stands_in_each(self) -> None:
        """Rows that a border parts in some columns alone are rows."""
        text = """
+------+------+------+
| Port | Year | Depth|
+======+======+======+
| Ulm  | 2020 | 11   |
|      +------+------+
|      | 2021 | 12   |
+------+------+------+
| Bonn | 2020 | 13   |
+------+------+------+
"""
        expected = (
            "| Port | Year | Depth |\n|---|---|---|\n| Ulm | 2020 | 11 |\n| Ulm | 2021 | 12 |\n| Bonn | 2020 | 13 |"
        )
        assert expected == read(text).text

    def test_cells_over_rows_stand_in_any_column(self) -> None:
        """The last column may go on too, and one cell over both ways."""
        text = """
+------+------+-------+
| Port | Year | State |
+======+======+=======+
| Ulm  | 2020 | open, |
+------+------+ since |
| Bonn | 2021 | March |
+------+------+-------+
| none yet    | shut  |
| of these    +-------+
|             | new   |
+-------------+-------+
"""
        document = read(text)
        assert "| Ulm | 2020 | open, since March |\n| Bonn | 2021 | open, since March |" in document.text
        assert "| none yet of these |  | shut |\n| none yet of these |  | new |" in document.text

    def test_wide_characters_take_two_places(self) -> None:
        """Cells of Chinese characters end where their border does."""
        text = "\n+------+------+\n| 港口 | 年   |\n+======+======+\n| 上海 | 2020 |\n+------+------+\n"
        assert "| 港口 | 年 |\n|---|---|\n| 上海 | 2020 |" == read(text).text

    @pytest.mark.parametrize(
        "lines",
        [["+-" * 300 + "+"] * 500, ["+" + "-" * 600 + "+", "|" + " " * 599] * 500, ["+-+", "|" + "+-" * 2000] * 200],
    )
    def test_a_hostile_table_takes_time_in_proportion(self, lines: list[str]) -> None:
        """Borders everywhere, or nowhere, take no longer than to read them."""
        started = time.monotonic()
        read("Depths.\n\n" + "\n".join(lines))
        assert time.monotonic() - started < 60  # it would take many minutes otherwise


class TestSubstitutions:
    """Words that stand for others."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("It costs |p| euros.\n\n.. |p| replace:: 4,200\n", "It costs 4,200 euros."),
            ("|The firm| pays.\n\n.. |the firm| replace:: *Acme*\n   Ltd\n", "Acme Ltd pays."),
            ("(|c|) Acme\n\n.. |c| unicode:: 0xA9 .. the sign\n", "(©) Acme"),
            ("Made by |logo|.\n\n.. |logo| image:: a.png\n", "Made by ."),
            ("It is |unknown| and a | b | c.", "It is |unknown| and a | b | c."),
        ],
    )
    def test_what_the_file_puts_in_is_read_in_its_place(self, text: str, expected: str) -> None:
        """The words stand where their name does; a name that the file doesn't explain stays."""
        assert expected == read(text).text


class TestNotes:
    """Footnotes and citations."""

    def test_footnotes_without_numbers_are_numbered_in_order(self) -> None:
        """A number that another footnote has is passed over, and each mark leads to its note."""
        text = """One [#]_ and two [#]_, the third [#b]_ and [1]_.

.. [#] First.
.. [1] Numbered.
.. [#b] Named.
.. [#] Last.
"""
        document = read(text)
        notes = [document.text[block.start : block.end] for block in document.blocks if block.kind == "note"]
        assert document.text.startswith("One ² and two ⁴, the third ³ and ¹.")
        assert ["² First.", "¹ Numbered.", "³ Named.", "⁴ Last."] == notes
        anchors = [block.anchor for block in document.blocks if block.kind == "note"]
        assert [document.text.index(mark) for mark in "²¹³⁴"] == anchors

    def test_footnotes_with_symbols_have_one_each(self) -> None:
        """Stars, daggers and so on, as they are printed."""
        document = read("One [*]_ and two [*]_.\n\n.. [*] First.\n.. [*] Last.\n")
        assert "One * and two †.\n\n* First.\n\n† Last." == document.text

    def test_the_label_of_a_citation_is_a_word(self) -> None:
        """What a text cites is named in it, in letters that can be read."""
        document = read("As [Smith2001]_ says.\n\n.. [Smith2001] Tides, 2001.\n")
        assert "As Smith2001 says." in document.text
        assert "bibliography" == document.blocks[-1].role
