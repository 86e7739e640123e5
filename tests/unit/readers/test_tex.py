"""LaTeX: what its commands print, and what they leave out."""

import time
from itertools import pairwise

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


class TestMacros:
    """Commands that a file defines itself."""

    @pytest.mark.parametrize(
        ("preamble", "body", "text"),
        [
            (r"\newcommand{\firm}{Acme Ltd}", r"\firm{} pays \firm.", "Acme Ltd pays Acme Ltd."),
            (r"\newcommand*\firm{Acme\xspace}", r"\firm pays.", "Acme pays."),
            (r"\def\town{Lindau}", r"In \town\ it rains.", "In Lindau it rains."),
            (r"\newcommand{\sum}[2]{#1 and #2}", r"It is \sum{5}{\emph{6}}.", "It is 5 and 6."),
            (r"\newcommand{\sum}[2][4]{#1 and #2}", r"It is \sum{5}, \sum[3]{6}.", "It is 4 and 5, 3 and 6."),
            (r"\def\twice#1{#1, #1}", r"It is \twice{5}.", "It is 5, 5."),
            (r"\newcommand{\todo}[1]{}", r"It is 5.\todo{Check it.}", "It is 5."),
            (r"\newcommand{\firm}{Acme}\newcommand{\owner}{\firm{} Ltd}", r"By \owner.", "By Acme Ltd."),
            (r"\newcommand{\firm}{Acme}\renewcommand{\firm}{Bolt}", r"By \firm.", "By Bolt."),
            (r"\newcommand{\R}{\mathbb{R}}", r"Let $x \in \R$ be.", r"Let $x \in \R$ be."),
        ],
    )
    def test_a_command_is_read_as_what_it_stands_for(self, preamble: str, body: str, text: str) -> None:
        """Words and up to two arguments are put in; a formula stays as it is."""
        assert text == read(body, preamble).text

    def test_a_command_of_the_file_makes_its_title(self) -> None:
        """What stands for the title is the title."""
        assert "On wells" == read(r"\maketitle", r"\newcommand{\name}{On wells}\title{\name}").title

    @pytest.mark.parametrize(
        "preamble",
        [
            r"\newcommand{\a}{\a\a}",
            r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}",
            "".join(f"\\newcommand{{\\{name}}}{{{f'{chr(92)}{below}' * 30}}}" for name, below in pairwise("abcdefg")),
            r"\newcommand{\a}[1]{#1#1#1#1 \a{#1#1#1#1}}",
        ],
    )
    def test_commands_that_grow_without_end_are_stopped(self, preamble: str) -> None:
        """Definitions in each other make no more than a bounded text, in a bounded time."""
        started = time.monotonic()
        document = read(r"The end. \a{x} " * 100, preamble)
        assert document.text.startswith("The end.")
        assert len(document.text) < 1_000_000
        assert time.monotonic() - started < 60  # it would take many minutes otherwise


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\SI{5.3}{\kilo\metre}", "5.3 km"),
        (r"\qty{7}{m}", "7 m"),
        (r"\qty[per-mode=symbol]{7.5}{\metre\per\second\squared}", "7.5 m/s²"),
        (r"\SI{20}{\square\metre}", "20 m²"),
        (r"\SI{20}{\kilo\watt\hour}", "20 kW h"),
        (r"\SI{3}{\metre\tothe{4}}", "3 m⁴"),
        (r"\SI{3}{m.s^{-1}}", "3 m s⁻¹"),
        (r"\SI{21}{\degreeCelsius}", "21 °C"),
        (r"\SI{5}{\percent}", "5 %"),
        (r"\SIrange{5}{7}{\milli\gram}", "5 to 7 mg"),
        (r"\num{12000} and \num{-1.5e6}", "12000 and -1.5 × 10⁶"),
        (r"\ang{12;30;}", "12°30\u2032"),
        (r"\si{\micro\gram}", "µg"),
        (r"\SI{5}", "5"),
    ],
)
def test_numbers_keep_their_units(source: str, text: str) -> None:
    """A number and its unit are read as they are printed."""
    assert f"It is {text} here." == read(f"It is {source} here.").text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"na\"{\i}ve", "naïve"),
        (r"na\"\i ve", "naïve"),
        (r"for\^{\i}t", "forît"),
        (r"caf\'e", "café"),
        (r"Erd\H{o}s", "Erdős"),
        (r"\'{E}vry", "Évry"),
    ],
)
def test_accents_stand_on_their_letters(source: str, text: str) -> None:
    """A letter without its dot takes an accent as any other does."""
    assert f"The {text}." == read(f"The {source}.").text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"CO$_2$", "CO₂"),
        (r"CO$_{2}$", "CO₂"),
        (r"$H_2O$", "H₂O"),
        (r"$10^{6}$", "10⁶"),
        (r"$2^{10}$", "2¹⁰"),
        (r"$4\times10^{-6}$", "4 × 10⁻⁶"),
        (r"$x_{1}$", "x₁"),
        (r"\(x^2\)", "x²"),
        (r"5 m$^2$", "5 m²"),
        (r"$12{,}000$", "12,000"),
        (r"$-5\%$", "-5%"),
        (r"$90^\circ$", "90°"),
        (r"books$^{3}$", "books ³"),
        (r"$\alpha=0.05$", r"$\alpha=0.05$"),
        (r"$x_i$", "$x_i$"),
        (r"$a = b^2 + 5$", "$a = b^2 + 5$"),
        (r"$2^{2^{2}}$", "$2^{2^{2}}$"),
    ],
)
def test_simple_formulas_are_read_as_they_are_printed(source: str, text: str) -> None:
    """A figure, an index or a power is text; any longer formula stays as it is written."""
    assert f"It is {text} here." == read(f"It is {source} here.").text
