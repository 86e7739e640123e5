"""Draws cells of the tables of a folder's PDFs, and scores what a person reads of them."""

from collections.abc import Iterable
from pathlib import Path

from assistant.readers import ReaderPool
from research.command_line import print_now
from research.fidelity.measuring import MAX_BYTES, READING_SECONDS
from research.pdf.cell_files import CellRow, read_rows, write_rows
from research.pdf.cell_pictures import save_picture
from research.pdf.cell_readings import CellReading, read_cell, words_of_page
from research.pdf.cell_scoring import score
from research.pdf.figure_cells import DrawnCell, draw_cells, figure_regions
from research.pdf.page_words import page_words

PERSON_FILE, PROGRAM_FILE = "person.csv", "program.csv"


def draw(files: Iterable[Path], out: Path, *, count: int, seed: int) -> int:
    """Draws cells: writes their pictures, a file for a person to fill in, and what the program reads.

    A person's file that is there already stays.

    Args:
        files: the PDFs.
        out: the folder to write into.
        count: how many cells.
        seed: of the draw.

    Returns:
        How many were drawn.
    """
    out.mkdir(parents=True, exist_ok=True)
    cells = draw_cells({file: [*figure_regions(page_words(file))] for file in files}, count, seed)
    names = {number: f"{number:02}.png" for number in range(1, len(cells) + 1)}
    for number, cell in enumerate(cells, 1):
        save_picture(cell, out / names[number])
    empty = [_row(number, names[number], cell, CellReading()) for number, cell in enumerate(cells, 1)]
    if not (out / PERSON_FILE).exists():
        write_rows(out / PERSON_FILE, empty)
    readings = _program_readings(cells)
    write_rows(out / PROGRAM_FILE, (row._replace(reading=readings[row.number - 1]) for row in empty))
    return len(cells)


def print_score(out: Path) -> None:
    """Prints how many cells the program reads as the person does, and both readings of the others."""
    verdicts = score(read_rows(out / PERSON_FILE), read_rows(out / PROGRAM_FILE))
    for verdict in verdicts:
        if verdict.wrong:
            row = verdict.row
            print_now(f"- {row.number}: {row.file}, page {row.page}, {row.figure}: {', '.join(verdict.wrong)}")
            for name in ("group", "label", "headers", "unit", "title"):
                print_now(f"    {name}: {getattr(row.reading, name)!r}, read as {getattr(verdict.program, name)!r}")
    right = sum(not verdict.wrong for verdict in verdicts)
    for part in ("label", "headers", "unit", "title"):
        print_now(f"{part}: {sum(part in verdict.wrong for verdict in verdicts)} wrong")
    print_now(f"cells read as a person reads them: {right} of {len(verdicts)}")


def _program_readings(cells: list[DrawnCell]) -> list[CellReading]:
    """What the program reads of each cell; each file is read once."""
    readings: dict[DrawnCell, CellReading] = {}
    with ReaderPool(seconds=READING_SECONDS) as readers:
        for file in dict.fromkeys(cell.file for cell in cells):
            document = readers.read(file.read_bytes(), file.name, max_bytes=MAX_BYTES).document
            for cell in cells:
                if cell.file == file:
                    readings[cell] = read_cell(document, words_of_page(document, cell.page), cell.figure)
    return [readings[cell] for cell in cells]


def _row(number: int, picture: str, cell: DrawnCell, reading: CellReading) -> CellRow:
    box = " ".join(f"{edge:.1f}" for edge in cell.figure[1:])
    return CellRow(number, picture, cell.file.name, cell.page, cell.figure.text, box, reading)
