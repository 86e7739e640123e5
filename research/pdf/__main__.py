"""How PDFs are read: cells of tables as a person reads them, rectangles of sentences, speed, and damaged files.

    python -m research.pdf cells FOLDER --out OUT      # pictures, person.csv to fill in, program.csv
    python -m research.pdf score OUT                   # the person's reading beside the program's
    python -m research.pdf rectangles FOLDER
    python -m research.pdf speed FOLDER --before COMMIT
    python -m research.pdf mutate FOLDER

A person writes down what the pictures show before looking at program.csv: the words of the row's label, the groups
that it stands in, the headers of its column, the unit or scale, and the title of the table or statement. A remark says
that there is no cell of a table in the box; it is not counted then.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from research.command_line import print_now, program_parser
from research.pdf.drawing import draw, print_score
from research.pdf.mutations import READ, count_results, mutate_and_read
from research.pdf.rectangles import check_sentences
from research.pdf.speed import Timing, join_files, time_commit, time_ours, time_pypdf

_LONG_FILE_PAGES = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one of the measures.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when there is nothing to measure.
    """
    options = _parser().parse_args(arguments)
    if options.command == "score":
        print_score(options.out)
        return 0
    files = sorted(
        file
        for file in options.folder.rglob("*.pdf")
        if not options.only or any(part in file.name for part in options.only)
    )
    if not files:
        print_now(f"There is no PDF to measure in {options.folder}.")
        return 1
    measures = {"cells": _draw_cells, "rectangles": _check_rectangles, "speed": _measure_speed, "mutate": _mutate}
    measures[options.command](files, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = program_parser("research.pdf", __doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    counts = {"cells": 60, "rectangles": 200, "mutate": 200, "speed": 0}
    helps = {
        "cells": "draw cells, for a person to read",
        "rectangles": "read sentences again in their rectangles",
        "mutate": "read damaged files",
        "speed": "pages a second, and memory",
    }
    for name, count in counts.items():
        command = commands.add_parser(name, help=helps[name])
        command.add_argument("folder", type=Path, help="PDFs in it and in its subfolders are measured")
        command.add_argument("--only", action="append", metavar="PART", help="only files with this in their names")
        if count:
            command.add_argument("--count", type=int, default=count, help=f"how many (default {count})")
            command.add_argument("--seed", type=int, default=0, help="of the draw (default 0)")
        if name == "cells":
            command.add_argument("--out", type=Path, required=True, help="folder for pictures and readings")
        if name == "speed":
            command.add_argument("--before", metavar="COMMIT", help="an earlier commit, whose reader is timed beside")
    scorer = commands.add_parser("score", help="a person's reading of cells beside the program's")
    scorer.add_argument("out", type=Path, help="the folder that cells were drawn into")
    return parser


def _draw_cells(files: Sequence[Path], options: argparse.Namespace) -> None:
    drawn = draw(files, options.out, count=options.count, seed=options.seed)
    print_now(f"{drawn} cells of {len(files)} files are drawn into {options.out}.")


def _check_rectangles(files: Sequence[Path], options: argparse.Namespace) -> None:
    checked = check_sentences(files, count=options.count, seed=options.seed)
    for sentence in checked:
        if not sentence.is_same:
            print_now(f"- {sentence.file}, page {sentence.page}:\n    {sentence.sentence!r}")
            print_now(f"    pdftotext: {sentence.by_pdftotext!r}\n    PDFium: {sentence.by_pdfium!r}")
    same = sum(sentence.is_same for sentence in checked)
    print_now(f"sentences that stand in their rectangles: {same} of {len(checked)}")


def _measure_speed(files: Sequence[Path], options: argparse.Namespace) -> None:
    ours = time_ours(files)
    print_now("| reader | pages | not read | pages a second | peak MB | ours / theirs |")
    print_now("| --- | ---: | ---: | ---: | ---: | ---: |")
    print_now(_timing_row("ours", ours, ours))
    if options.before:
        print_now(_timing_row(f"ours at {options.before}", time_commit(files, options.before), ours))
    plain = time_pypdf(files)
    if plain:
        print_now(_timing_row("pypdf, plain text", plain, ours))
    with TemporaryDirectory() as folder:
        long_file = Path(folder) / "long.pdf"
        if join_files(files, _LONG_FILE_PAGES, long_file):
            print_now(_timing_row(f"ours, {_LONG_FILE_PAGES} pages in one file", time_ours([long_file]), ours))


def _timing_row(name: str, timing: Timing, ours: Timing) -> str:
    ratio = ours.pages_a_second / timing.pages_a_second if timing.pages_a_second else 0.0
    cells = (name, timing.pages, timing.failed, f"{timing.pages_a_second:.1f}", f"{timing.peak_mb:.0f}", f"{ratio:.2f}")
    return f"| {' | '.join(map(str, cells))} |"


def _mutate(files: Sequence[Path], options: argparse.Namespace) -> None:
    outcomes = [*mutate_and_read(files, count=options.count, seed=options.seed)]
    print_now("| result | files |\n| --- | ---: |")
    for result, count in count_results(outcomes).items():
        print_now(f"| {result} | {count} |")
    slowest = max(outcome.seconds for outcome in outcomes)
    read = sum(outcome.result == READ for outcome in outcomes)
    print_now(
        f"damaged files: {len(outcomes)}, read {read}, named {len(outcomes) - read}; the slowest took {slowest:.1f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
