"""The structure of a document: its blocks, tables and runs, and how they are stored."""

from assistant.structure.blocks import (
    Block,
    BlockKind,
    Column,
    MergedCells,
    Role,
    Run,
    RunKind,
    Table,
    TableRow,
    escape_cell,
    split_cells,
)
from assistant.structure.boxes import Box
from assistant.structure.geometry import Geometry, check_geometry
from assistant.structure.packing import blocks_of_records, pack_blocks, unpack_blocks
from assistant.structure.word_packing import WINDOW, PlacedWord

__all__ = [
    "WINDOW",
    "Block",
    "BlockKind",
    "Box",
    "Column",
    "Geometry",
    "MergedCells",
    "PlacedWord",
    "Role",
    "Run",
    "RunKind",
    "Table",
    "TableRow",
    "blocks_of_records",
    "check_geometry",
    "escape_cell",
    "pack_blocks",
    "split_cells",
    "unpack_blocks",
]
