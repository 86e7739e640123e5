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
from assistant.structure.geometry import Box, PlacedWord
from assistant.structure.packing import blocks_of_records, pack_blocks, unpack_blocks

__all__ = [
    "Block",
    "BlockKind",
    "Box",
    "Column",
    "MergedCells",
    "PlacedWord",
    "Role",
    "Run",
    "RunKind",
    "Table",
    "TableRow",
    "blocks_of_records",
    "escape_cell",
    "pack_blocks",
    "split_cells",
    "unpack_blocks",
]
