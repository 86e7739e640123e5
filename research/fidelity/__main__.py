"""What the readers keep of real files: words and figures of each, beside an extractor that shares no code with them.

    python -m research.fidelity FOLDER

Pandoc reads what it knows, where it is installed; antiword and catdoc read files of before 2007, pdftotext PDFs; Office
files and mails are read by their own XML and Python's parsers. What is left out on purpose, or may be written either
way, is counted apart.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from research.command_line import print_now, program_parser
from research.fidelity.measuring import files_below, measure
from research.fidelity.tables import exception_lines, file_table, kind_table, record, summary_line, unread_lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures a folder.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when there is nothing to measure.
    """
    parser = program_parser("research.fidelity", __doc__)
    parser.add_argument("folder", type=Path, help="files in it and in its subfolders are measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it to this file too")
    parser.add_argument("--kind", action="append", help="only files of this kind; may be given several times")
    options = parser.parse_args(arguments)
    files = files_below(options.folder, options.kind or ())
    if not files:
        print_now(f"There is no file to measure in {options.folder}.")
        return 1
    measured = []
    for file in measure(options.folder, files):
        measured.append(file)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(measured)} of {len(files)}")
    for title, lines in (
        ("By kind", kind_table(measured)),
        ("By file", file_table(measured)),
        ("Not read, or not compared", unread_lines(measured)),
        ("Exceptions, the worst first", exception_lines(measured)),
    ):
        if lines:
            print_now("\n".join((f"\n## {title}\n", *lines)))
    print_now(f"\n{summary_line(measured)}")
    if options.json:
        options.json.write_text(json.dumps(record(measured), indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
