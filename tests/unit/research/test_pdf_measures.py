"""Measures of PDF reading: cells are drawn from words alone, readings are scored, rectangles and damage are checked."""

import random
import shutil
from pathlib import Path

import pytest

from assistant.readers import read_bytes
from assistant.structure import Box
from research.pdf import __main__ as command
from research.pdf import mutations
from research.pdf.cell_files import CellRow, read_rows, write_rows
from research.pdf.cell_readings import CellReading, read_cell, words_of_page
from research.pdf.cell_scoring import score
from research.pdf.figure_cells import draw_cells, figure_regions
from research.pdf.mutations import READ, Outcome, count_results, mutate_and_read
from research.pdf.page_words import PageWord, lines_of, page_words
from research.pdf.rectangles import Checked, comparable, words_in
from tests.support.files import pdf

needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext")

TITLE, UNIT = "Fish by pond", "(in thousands)"
ROWS = [["", "2023", "2022"], ["Eels", "1,204", "1,317"], ["Pikes", "88", "91"], ["Carp", "410", "402"]]


def table_pdf(rows: list[list[str]], below: str = "") -> bytes:
    """A page with a ruled table below its title and unit."""
    from fpdf import FPDF

    sheet = FPDF()
    sheet.add_page()
    sheet.set_font("Helvetica", "B", 12)
    sheet.cell(0, 8, TITLE, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("Helvetica", size=10)
    sheet.cell(0, 8, UNIT, new_x="LMARGIN", new_y="NEXT")
    for row in rows:
        for place, cell in enumerate(row):
            sheet.cell(70 if place == 0 else 35, 7, cell, border=1, align="R" if place else "L")
        sheet.ln()
    sheet.ln(10)
    sheet.multi_cell(0, 6, below)
    return bytes(sheet.output())


def word(text: str, x: float, y: float, width: float = 30) -> PageWord:
    return PageWord(text, x, y, x + width, y + 10)


def test_words_stand_on_lines_from_left_to_right() -> None:
    """A raised word is on the line of its neighbours; the next line isn't."""
    words = [word("b", 50, 101), word("a", 10, 100), word("c", 10, 113)]
    assert [["a", "b"], ["c"]] == [[each.text for each in line] for line in lines_of(words)]


def test_regions_are_rows_of_figures_that_stand_by_themselves() -> None:
    """Signs may stand close to a figure; words may not, and two rows are no table."""
    table = [
        each
        for row in range(3)
        for each in (
            *(word("Eels", 10, 100 + 14 * row), word("$", 100, 100 + 14 * row, 5), word("1,204", 110, 100 + 14 * row)),
            *(word("(88)", 200, 100 + 14 * row), word("%", 231, 100 + 14 * row, 5)),
        )
    ]
    prose = [each for row in range(4) for each in (word("in", 10, 300 + 14 * row), word("2023", 43, 300 + 14 * row))]
    (region,) = figure_regions([[], table + prose])
    assert 2 == region.page
    assert [("1,204", "(88)")] * 3 == [tuple(figure.text for figure in row) for row in region.rows]
    assert [] == [*figure_regions([table[:10]])]
    apart = [each._replace(y0=each.y0 + 200, y1=each.y1 + 200) for each in table]
    assert 2 == len([*figure_regions([table + apart])])


def test_a_draw_can_be_repeated_and_takes_all_files_and_regions() -> None:
    """The same seed draws the same figures; a file with one region is drawn as often as one with many."""
    table = [word(str(row * 10 + column), 100 * column, 100 + 14 * row) for row in range(3) for column in (1, 2)]
    (region,) = figure_regions([table])
    regions = {Path("a.pdf"): [region, region._replace(page=2), region._replace(page=3)], Path("b.pdf"): [region]}
    drawn = draw_cells(regions, 6, seed=3)
    assert drawn == draw_cells(regions, 6, seed=3)
    assert drawn != draw_cells(regions, 6, seed=4)
    assert [1, 2, 3] == sorted(cell.page for cell in drawn if cell.file == Path("a.pdf"))
    assert 3 == sum(cell.file == Path("b.pdf") for cell in drawn)
    assert [] == draw_cells({Path("a.pdf"): []}, 6, seed=3)


@needs_pdftotext
def test_a_cell_is_read_in_the_program_s_own_tables(tmp_path: Path) -> None:
    """The label of its row and the header of its column; outside of tables the remark says so."""
    file = tmp_path / "fish.pdf"
    file.write_bytes(table_pdf(ROWS, below="We counted 17 herons in the reeds behind the pond."))
    document = read_bytes(file.read_bytes(), "fish.pdf", max_bytes=10**6)
    (words,) = page_words(file)
    readings = {each.text: read_cell(document, words_of_page(document, 1), each) for each in words}
    assert ("1,317", "Eels", "2022") == (readings["1,317"].value, readings["1,317"].label, readings["1,317"].headers)
    assert "in no table" in readings["17"].remark
    nowhere = PageWord("1", 5, 5, 6, 6)
    assert "no word stands there" == read_cell(document, words_of_page(document, 1), nowhere).remark


def row(number: int, **reading: str) -> CellRow:
    return CellRow(number, f"{number}.png", "fish.pdf", 1, "1,317", "1 2 3 4", CellReading(**reading))


PERSON = {"label": "Eels", "group": "Fish", "headers": "December 31, 2022", "unit": "in thousands", "title": "By pond"}


@pytest.mark.parametrize(
    ("program", "wrong"),
    [
        ({}, ()),
        ({"label": "Fish | eels", "group": ""}, ()),  # a group may stand in the label
        ({"unit": "", "title": "By pond (in thousands)"}, ()),  # and the unit in the title
        ({"title": "Lakes plc: by pond, 2023"}, ()),
        ({"headers": "December 31, 2021"}, ("headers",)),
        ({"headers": "December 31"}, ("headers",)),
        ({"headers": "December 31, 2022 2021"}, ("headers",)),
        ({"label": "Pikes"}, ("label",)),
        ({"group": "Birds"}, ("label",)),
        ({"group": ""}, ("label",)),
        ({"unit": ""}, ("unit",)),
        ({"title": ""}, ("title",)),
        ({"label": "Eels (1)"}, ()),
        ({"headers": "in thousands December 31, 2022"}, ()),
        ({"title": "Birds"}, ("title",)),
        ({"title": f"By pond {'and so on ' * 5}"}, ("title",)),
        ({"remark": "in no table: it is a paragraph (body)"}, ("in no table: it is a paragraph (body)",)),
    ],
)
def test_a_reading_is_right_where_it_says_what_a_person_sees(program: dict[str, str], wrong: tuple[str, ...]) -> None:
    """Figures are the same, and nearly all words; what is wrong is named."""
    (verdict,) = score([row(1, **PERSON)], [row(1, **PERSON | program)])
    assert wrong == verdict.wrong


def test_what_a_person_marks_as_optional_may_be_left_out() -> None:
    """The company above a statement may be part of its title or not; what was not seen may not."""
    person = row(1, label="Eels", group="?Fish > River fish", title="?Lakes plc > By pond")
    for group, title in (("River fish", "By pond"), ("Fish River fish", "Lakes plc By pond")):
        assert () == score([person], [row(1, label="Eels", group=group, title=title)])[0].wrong
    (verdict,) = score([person], [row(1, label="Eels", group="Fish")])
    assert ("label", "title") == verdict.wrong
    unnamed = row(1, label="Eels", title="?These are the fish of each pond")
    assert () == score([unnamed], [row(1, label="Eels")])[0].wrong
    assert ("title",) == score([unnamed], [row(1, label="Eels", title="Birds by lake")])[0].wrong


def test_cells_that_are_none_are_not_scored() -> None:
    """A person's remark leaves a cell out."""
    assert [] == score([row(1, remark="an axis of a chart")], [row(1)])


def test_readings_keep_their_commas_and_line_ends_in_files(tmp_path: Path) -> None:
    """What is written is read again."""
    rows = [row(1, **PERSON), row(2, label='a "b", c\nd')]
    write_rows(tmp_path / "person.csv", rows)
    assert rows == read_rows(tmp_path / "person.csv")


@needs_pdftotext
def test_cells_are_drawn_and_scored_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures and both files are written; a person's file that is filled in stays; the score names what is wrong."""
    (tmp_path / "fish.pdf").write_bytes(table_pdf(ROWS))
    arguments = ["cells", str(tmp_path), "--count", "1", "--out", str(tmp_path / "out")]
    assert 0 == command.main(arguments)
    (drawn,) = read_rows(tmp_path / "out/person.csv")
    assert CellReading() == drawn.reading
    assert (tmp_path / "out/01.png").read_bytes().startswith(b"\x89PNG")
    write_rows(tmp_path / "out/person.csv", [drawn._replace(reading=CellReading(label="Herons"))])
    assert 0 == command.main(arguments)
    assert 0 == command.main(["score", str(tmp_path / "out")])
    out = capsys.readouterr().out
    assert "label: 'Herons', read as '" in out
    assert out.endswith("cells read as a person reads them: 0 of 1\n")
    assert 1 == command.main(["cells", str(tmp_path), "--only", "birds", "--out", str(tmp_path / "out")])


def test_words_are_in_a_rectangle_by_their_middle() -> None:
    """Each rectangle's words from left to right, those of neighbouring lines left out."""
    words = [word("eels", 50, 100), word("Live", 10, 101), word("here.", 10, 113), word("Not", 10, 126)]
    boxes = [Box(1, 8, 99, 82, 112), Box(1, 8, 112, 42, 124), Box(9, 0, 0, 9, 9)]
    assert "Live eels\nhere.\n" == words_in(boxes, [words])


@pytest.mark.parametrize(
    ("sentence", "again", "is_same"),
    [
        ("It is well-known: 48,210 ³ eels.", "It is well-\nknown: 48,2103 eels.", True),
        ("| Eels | 10⁶ |", "Eels 106", True),
        ("ﬁve eels", "five eels", True),
        ("five \ufffdels", "five \x0fels", True),
        ("five eels", "five eels live", False),
        ("12 eels", "1 eels", False),
    ],
)
def test_sentences_are_compared_without_spaces_hyphens_and_borders(sentence: str, again: str, is_same: bool) -> None:
    """Raised digits and ligatures are the characters that they are; nothing else may differ."""
    assert is_same == (comparable(sentence) == comparable(again))
    assert is_same == Checked("a.pdf", 1, sentence, again, "").is_same
    assert is_same == Checked("a.pdf", 1, sentence, "", again).is_same


def test_an_index_may_stand_before_or_behind_an_exponent_in_a_rectangle() -> None:
    """The characters of a sentence with raised or lowered ones may come in another order; those of others may not."""
    assert Checked("a.pdf", 1, "The sum is x₂³ here.", "The sum is x32 here.", "").is_same
    assert not Checked("a.pdf", 1, "The sum is x₂³ here.", "The sum is x3 here.", "").is_same
    assert not Checked("a.pdf", 1, "The sum is 23 here.", "The sum is 32 here.", "").is_same


@needs_pdftotext
def test_the_sentences_of_a_page_stand_in_their_rectangles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Read again from the page they are the same; a file that can't be read is named."""
    text = "Eels live in the northern pond, and are counted each year. Pikes live in the southern one."
    (tmp_path / "fish.pdf").write_bytes(pdf([["# Fish", text, "Carp came in 2019."]]))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    assert 0 == command.main(["rectangles", str(tmp_path), "--count", "8"])
    out = capsys.readouterr().out
    assert "broken.pdf: not read: " in out
    sames = out.splitlines()[-1].rsplit(": ", 1)[1].split(" of ")
    assert sames[0] == sames[1] != "0"


@pytest.mark.parametrize("name", sorted(mutations._MUTATIONS))
def test_each_mutation_changes_a_file_and_can_be_repeated(name: str) -> None:
    """The same seed does the same damage."""
    data = pdf([["Eels live here."]])
    once, again = (mutations._MUTATIONS[name](bytearray(data), random.Random(5)) for _ in range(2))  # noqa: S311 — damage
    assert once == again != data


def test_results_that_differ_in_numbers_are_counted_together() -> None:
    """The most frequent stands first."""
    results = ["page 3 is damaged", READ, "page 12 is damaged", "took 1.5 s"]
    outcomes = [Outcome("a.pdf", "cut off", result, 0.1) for result in results]
    assert [("page # is damaged", 2), (READ, 1), ("took # s", 1)] == [*count_results(outcomes).items()]


def test_damaged_files_are_read_or_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of them has a result, and the last line counts them."""
    (tmp_path / "fish.pdf").write_bytes(pdf([["Eels live here."], ["Pikes live there."]]))
    outcomes = [*mutate_and_read([tmp_path / "fish.pdf"], count=6, seed=1)]
    assert 6 == len(outcomes)
    assert all(outcome.result for outcome in outcomes)
    assert 0 == command.main(["mutate", str(tmp_path), "--count", "2"])
    assert "damaged files: 2, read " in capsys.readouterr().out


def test_speed_is_measured_beside_pypdf_and_over_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row each; the long file is made of the folder's own, as often as it takes."""
    monkeypatch.setattr(command, "_LONG_FILE_PAGES", 5)
    (tmp_path / "fish.pdf").write_bytes(pdf([["Eels live here."], ["Pikes live there."]]))
    assert 0 == command.main(["speed", str(tmp_path)])
    out = capsys.readouterr().out
    assert "| ours | 2 | 0 | " in out
    if shutil.which("qpdf"):
        assert "| ours, 5 pages in one file | 5 | 0 | " in out
