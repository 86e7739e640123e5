"""Excel workbooks: each visible sheet with its tables, as the sheet shows them. Macros are never read."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import open_zip
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.office.package import OfficePackage, Part, Relation, attribute, child, named
from assistant.readers.office.properties import package_properties
from assistant.readers.sheets.elements import SheetElements, sheet_elements
from assistant.readers.sheets.notes import SheetCounts, author_name, sheet_notes
from assistant.readers.sheets.sheet import Sheet, column_letter
from assistant.readers.sheets.table_limits import MAX_CELLS, MAX_ROWS
from assistant.readers.sheets.xlsx_cells import SheetXml, WorkbookParts, read_sheet_xml, with_links
from assistant.readers.sheets.xlsx_drawings import (
    Drawings,
    left_out_of,
    read_comments,
    read_drawings,
    read_named_ranges,
    read_people,
)
from assistant.readers.sheets.xlsx_styles import SharedText, read_shared_texts, read_styles


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    relation: Relation
    is_hidden: bool


class _Related(Part):
    """A part's relations, without the part itself: a sheet's cells are read bit by bit."""

    def __init__(self, package: OfficePackage, name: str) -> None:
        self.name = name
        self._package = package


@dataclass(frozen=True, slots=True)
class _ReadSheet:
    """A sheet whose cells are read."""

    entry: _SheetEntry
    xml: SheetXml
    part: _Related


def read_xlsx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.xlsx`` file, or a ``.xlsm`` file without its macros.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    with open_zip(data, "xlsx", max_bytes) as zip_file:
        package = OfficePackage(zip_file)
        workbook = package.main_part()
        if workbook is None or not workbook.root.tag.endswith("}workbook"):
            raise ReadingError("damaged or not a real .xlsx file: its workbook cannot be read")
        entries = _sheet_entries(workbook)
        shown = [entry for entry in entries if not entry.is_hidden]
        sheets = _read_sheets(zip_file, package, workbook, shown)
        if _is_never_computed(workbook, sheets):
            for sheet in sheets:
                _drop_zeros(sheet.xml)
        drawn = {entry.name: _draw(package, entry, shown) for entry in shown}
        people = read_people(workbook)
        read = [_sheet_elements(sheet, drawn[sheet.entry.name], people, len(shown)) for sheet in sheets]
        elements = _in_order(shown, dict(zip((sheet.entry.name for sheet in sheets), read, strict=True)), drawn)
        composition = compose(elements)
        properties = package_properties(package)
        return ExtractedDocument(
            composition.text,
            properties.title,
            properties.date,
            notes=composition.notes + _notes(entries, sheets, read, list(drawn.values())),
            blocks=composition.blocks,
            author=author_name(properties.author),
            language=properties.language,
        )


def _sheet_entries(workbook: Part) -> list[_SheetEntry]:
    entries = []
    for element in named(child(workbook.root, "sheets"), "sheet"):
        relation = workbook.relations.get(attribute(element, "id") or "")
        if relation and not relation.is_external:
            entries.append(
                _SheetEntry(element.get("name") or "", relation, element.get("state", "visible") != "visible")
            )
    return entries


def _read_sheets(
    zip_file: zipfile.ZipFile, package: OfficePackage, workbook: Part, entries: Iterable[_SheetEntry]
) -> list[_ReadSheet]:
    """The cells of the sheets, within the bounds of one file."""
    names = {name.lower(): name for name in zip_file.namelist()}
    properties = child(workbook.root, "workbookPr")
    styles = next(workbook.related_by_kind("styles"), None)
    parts = WorkbookParts(
        _shared_texts(zip_file, names, workbook),
        read_styles(styles.root if styles else None),
        is_1904=attribute(properties, "date1904") in {"1", "true"},
    )
    rows_left, cells_left = MAX_ROWS, MAX_CELLS
    sheets = []
    for entry in entries:
        name = names.get(entry.relation.target.lower())
        if entry.relation.kind != "worksheet" or name is None:
            continue
        with zip_file.open(name) as source:
            xml = read_sheet_xml(source, parts, rows_left, cells_left)
        rows_left -= len(xml.rows)
        cells_left -= sum(map(len, xml.rows.values()))
        sheets.append(_ReadSheet(entry, xml, _Related(package, entry.relation.target)))
    return sheets


def _shared_texts(zip_file: zipfile.ZipFile, names: Mapping[str, str], workbook: Part) -> Sequence[SharedText]:
    for relation in workbook.relations.values():
        name = names.get(relation.target.lower())
        if relation.kind == "sharedStrings" and name:
            with zip_file.open(name) as source:
                return read_shared_texts(source)
    return ()


def _is_never_computed(workbook: Part, sheets: Sequence[_ReadSheet]) -> bool:
    """Whether a program wrote the formulas with 0 for each value, to be computed when they are first seen."""
    waits = attribute(child(workbook.root, "calcPr"), "fullCalcOnLoad") in {"1", "true"}
    return waits and not any(sheet.xml.computed_count for sheet in sheets)


def _drop_zeros(xml: SheetXml) -> None:
    """Takes the values that nobody computed out of a sheet."""
    for row, column in xml.zero_formulas:
        xml.rows.get(row, {}).pop(column, None)
        if not xml.rows.get(row, True):
            del xml.rows[row]
    xml.not_computed += xml.zero_formulas


def _draw(package: OfficePackage, entry: _SheetEntry, shown: Sequence[_SheetEntry]) -> Drawings:
    return read_drawings(_Related(package, entry.relation.target), {entry.name for entry in shown})


def _sheet_elements(sheet: _ReadSheet, drawings: Drawings, people: dict[str, str], sheet_count: int) -> SheetElements:
    targets = {key: relation.target for key, relation in sheet.part.relations.items() if relation.is_external}
    xml = sheet.xml
    return sheet_elements(
        Sheet(
            sheet.entry.name,
            with_links(xml, targets),
            xml.merged,
            frozenset(xml.hidden_rows),
            frozenset(xml.hidden_columns),
            read_named_ranges(sheet.part),
            xml.filter_row,
            xml.frozen_rows,
            read_comments(sheet.part, people),
        ),
        drawings.elements,
        is_only_one=sheet_count == 1,
    )


def _in_order(
    entries: Iterable[_SheetEntry], read: Mapping[str, SheetElements], drawn: Mapping[str, Drawings]
) -> Iterator[Element]:
    """The elements of all sheets; a sheet that is a chart has its name as heading too."""
    for entry in entries:
        if entry.name in read:
            yield from read[entry.name].elements
        elif drawn[entry.name].elements or drawn[entry.name].charts_of_cells:
            yield Element("heading", entry.name, level=2)
            yield from drawn[entry.name].elements


def _notes(
    entries: Sequence[_SheetEntry],
    sheets: Sequence[_ReadSheet],
    read: Sequence[SheetElements],
    drawn: Sequence[Drawings],
) -> tuple[str, ...]:
    has_several = len(sheets) > 1
    counts = SheetCounts(
        hidden_sheets=sum(entry.is_hidden for entry in entries),
        hidden_rows=sum(elements.hidden_rows for elements in read),
        hidden_columns=sum(elements.hidden_columns for elements in read),
        masked_values=sum(sheet.xml.masked_count for sheet in sheets),
        not_computed=[
            _address(sheet, place, has_several=has_several)
            for sheet in sheets
            for place in sorted(sheet.xml.not_computed)
        ],
        charts_of_cells=sum(drawings.charts_of_cells for drawings in drawn),
        rows_read=sum(len(sheet.xml.rows) for sheet in sheets) if any(s.xml.has_more_rows for s in sheets) else None,
        has_more_columns=any(sheet.xml.has_more_columns for sheet in sheets),
    )
    return sheet_notes(counts) + left_out_notes(left_out_of(drawn))


def _address(sheet: _ReadSheet, place: tuple[int, int], *, has_several: bool) -> str:
    address = f"{column_letter(place[1])}{place[0]}"
    return f"{sheet.entry.name}!{address}" if has_several else address
