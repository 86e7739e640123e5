"""Cases from a spreadsheet: a CSV file with the columns ``question``, ``answer``, ``document`` and ``quote``.

An empty answer means that the documents don't answer. Several facts that an answer must state are separated by ``;``.
``document`` is a file's name and ``quote`` a part of the sentence in it that answers; ``id`` and ``tags`` are optional.
"""

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from assistant.errors import CasesError, ReadingError
from assistant.evaluation.cases import Case, MustCite
from assistant.readers.plain.text import decode_text

_SHEET_NAME = "questions.csv"
_REQUIRED_COLUMNS = ("question", "answer")
_KNOWN_COLUMNS = (*_REQUIRED_COLUMNS, "document", "quote", "id", "tags")


def find_sheet(path: Path) -> Path | None:
    """The CSV or feedback file of ``--dataset``: the path itself, or the folder's ``questions.csv``.

    None where the path is neither such a file nor a folder with one, or is a data set with a ``corpus.jsonl``.
    """
    if path.suffix.lower() in (".csv", ".jsonl"):
        return path
    sheet = path / _SHEET_NAME
    return sheet if sheet.is_file() and not (path / "corpus.jsonl").exists() else None


def sheet_documents(sheet: Path) -> list[Path]:
    """The documents that the questions ask about.

    They are the folder ``documents`` or ``uploads`` beside the sheet; without either, everything else beside it.
    """
    for name in ("documents", "uploads"):
        if (folder := sheet.parent / name).is_dir():
            return [folder]
    return sorted(path for path in sheet.parent.iterdir() if path.stem != sheet.stem)


def load_sheet(path: Path) -> tuple[Case, ...]:
    """Reads the cases of a CSV file in any encoding, delimited by commas, semicolons or tabs.

    Raises:
        CasesError: it can't be read, lacks a column, has an unknown one or an incomplete row; names line and column.
    """
    try:
        text, _ = decode_text(path.read_bytes())
    except (OSError, ReadingError) as error:
        raise CasesError(f"{path}: {error}. Save the sheet as CSV.") from None
    cases: dict[str, Case] = {}
    for place, row in _read_rows(path, text):
        case = _parse_case(row, place, f"row-{len(cases) + 1}")
        if case.id in cases:
            raise CasesError(f"{place}: id: '{case.id}' is taken by an earlier row. Give each its own, or none.")
        cases[case.id] = case
    if not cases:
        raise CasesError(f"{path}: it has no questions. Put one in each row under the heads.")
    return tuple(cases.values())


def _read_rows(path: Path, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The cells of each row by column, with its place in words for error messages; empty rows are left out."""
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        for name in _REQUIRED_COLUMNS:
            if name not in names:
                raise CasesError(f"{path}, line 1: {name}: missing. The columns are {', '.join(_KNOWN_COLUMNS)}.")
        for name in names:
            if name not in _KNOWN_COLUMNS:
                raise CasesError(
                    f"{path}, line 1: '{name}': unknown column. The columns are {', '.join(_KNOWN_COLUMNS)}."
                )
            if names.count(name) > 1:
                raise CasesError(f"{path}, line 1: {name}: two columns have this head. Keep one.")
        for row in reader:
            place = f"{path}, line {reader.line_num}"
            cells = [cell.strip() for cell in row]
            if any(cells[len(names) :]):
                raise CasesError(f"{place}: more cells than columns. Put a text that holds '{delimiter}' in quotes.")
            if any(cells):
                yield place, dict(zip_longest(names, cells[: len(names)], fillvalue=""))
    except csv.Error as error:
        place = f"{path}, line {reader.line_num}"
        raise CasesError(f"{place}: no well-formed CSV: {error}. Save the sheet again as CSV.") from None


def _parse_case(row: dict[str, str], place: str, default_id: str) -> Case:
    facts = tuple(part.strip() for part in row["answer"].split(";") if part.strip())
    document, quote = row.get("document", ""), row.get("quote", "")
    if not row["question"]:
        raise CasesError(f"{place}: question: empty. Every row asks something.")
    if bool(document) != bool(quote):
        raise CasesError(f"{place}: document, quote: give both or neither.")
    if quote and not facts:
        raise CasesError(f"{place}: answer: empty, but a quote answers. Give the answer, or leave the quote out.")
    return Case(
        id=row.get("id") or default_id,
        question=row["question"],
        answerable=bool(facts),
        must_say=facts,
        must_cite=(MustCite(document, quote),) if quote else (),
        tags=tuple(tag.strip() for tag in row.get("tags", "").split(";") if tag.strip()),
    )
