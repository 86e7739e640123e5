"""Cases out of a spreadsheet: a CSV file with the columns ``question``, ``answer``, ``document`` and ``quote``.

An empty answer means that the documents do not hold one. Several facts that an answer must have stand apart by ``;``.
``document`` is a file's name and ``quote`` a part of its sentence that answers; ``id`` and ``tags`` may be given too.
"""

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from assistant.errors import CasesError, ReadingError
from assistant.evaluation.cases import Case, MustCite
from assistant.readers.text import decode_text

_NAME = "questions.csv"
_NEEDED = ("question", "answer")
_KNOWN = (*_NEEDED, "document", "quote", "id", "tags")


def sheet_of(given: Path) -> Path | None:
    """The CSV or feedback file that is given, or that a folder without ``corpus.jsonl`` holds as ``questions.csv``."""
    if given.suffix.lower() in (".csv", ".jsonl"):
        return given
    sheet = given / _NAME
    return sheet if sheet.is_file() and not (given / "corpus.jsonl").exists() else None


def documents_of(sheet: Path) -> list[Path]:
    """What the questions are about: the folder ``documents`` or ``uploads`` beside the sheet, or all else there."""
    for name in ("documents", "uploads"):
        if (folder := sheet.parent / name).is_dir():
            return [folder]
    return sorted(each for each in sheet.parent.iterdir() if each.stem != sheet.stem)


def load_sheet(path: Path) -> tuple[Case, ...]:
    """Reads the cases of a CSV file, in any encoding and with commas, semicolons or tabs between.

    Raises:
        CasesError: it can't be read, lacks a column, has an unknown one or an incomplete row; names line and column.
    """
    try:
        text, _ = decode_text(path.read_bytes())
    except (OSError, ReadingError) as error:
        raise CasesError(f"{path}: {error}. Save the sheet as CSV.") from None
    cases: dict[str, Case] = {}
    for place, row in _rows(path, text):
        case = _case(row, place, f"row-{len(cases) + 1}")
        if case.id in cases:
            raise CasesError(f"{place}: id: '{case.id}' is taken by an earlier row. Give each its own, or none.")
        cases[case.id] = case
    if not cases:
        raise CasesError(f"{path}: it has no questions. Put one in each row under the heads.")
    return tuple(cases.values())


def _rows(path: Path, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        for name in _NEEDED:
            if name not in names:
                raise CasesError(f"{path}, line 1: {name}: missing. The columns are {', '.join(_KNOWN)}.")
        for name in names:
            if name not in _KNOWN:
                raise CasesError(f"{path}, line 1: '{name}': unknown column. The columns are {', '.join(_KNOWN)}.")
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


def _case(row: dict[str, str], place: str, number: str) -> Case:
    answer = tuple(part.strip() for part in row["answer"].split(";") if part.strip())
    document, quote = row.get("document", ""), row.get("quote", "")
    if not row["question"]:
        raise CasesError(f"{place}: question: empty. Every row asks something.")
    if bool(document) != bool(quote):
        raise CasesError(f"{place}: document, quote: give both or neither.")
    if quote and not answer:
        raise CasesError(f"{place}: answer: empty, but a quote answers. Give the answer, or leave the quote out.")
    return Case(
        id=row.get("id") or number,
        question=row["question"],
        answerable=bool(answer),
        must_say=answer,
        must_cite=(MustCite(document, quote),) if quote else (),
        tags=tuple(tag.strip() for tag in row.get("tags", "").split(";") if tag.strip()),
    )
