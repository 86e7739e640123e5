"""OpenDocument spreadsheets: each sheet that people see, with what its cells show."""

from typing import Any

from assistant.readers.composition import compose
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import attribute, descendants, open_odf, read_metadata
from assistant.readers.opendocument.sheets import SheetReader
from assistant.readers.sheets.elements import sheet_elements
from assistant.readers.sheets.notes import SheetCounts, sheet_notes


def read_ods(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads an OpenDocument spreadsheet, zipped or flat.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    file = open_odf(data, "ods", max_bytes)
    context = OdfContext(file)
    tables = [table for table in descendants(file.body, "table:table") if table.getparent() is file.body]
    shown = [table for table in tables if not _is_hidden(table, context)]
    reader = SheetReader(context)
    sheets = [sheet_elements(*reader.read(table), is_only_one=len(shown) == 1) for table in shown]
    counts = SheetCounts(
        hidden_sheets=len(tables) - len(shown),
        hidden_rows=sum(sheet.hidden_rows for sheet in sheets),
        hidden_columns=sum(sheet.hidden_columns for sheet in sheets),
        charts_of_cells=reader.charts_of_cells,
        rows_read=reader.rows_read if reader.has_more_rows else None,
    )
    composition = compose(element for sheet in sheets for element in sheet.elements)
    metadata = read_metadata(file)
    return ExtractedDocument(
        composition.text,
        metadata.title,
        metadata.date,
        notes=(*composition.notes, *sheet_notes(counts), *left_out_notes(context.left_out)),
        blocks=composition.blocks,
        author=metadata.author,
        language=metadata.language,
    )


def _is_hidden(table: Any, context: OdfContext) -> bool:
    style = attribute(table, "table:style-name")
    return context.styles.property("table", style, "style:table-properties", "table:display") == "false"
