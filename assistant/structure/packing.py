"""Blocks as a small value for JSON, and back: in the index, in archives, and between processes.

A block is ``[kind, gap, length]`` or ``[kind, gap, length, rest]``: the gap is the distance from the end of the block
before, and the rest is an object with the fields that aren't as usual.
"""

from collections.abc import Iterable
from typing import Any, get_args

from assistant.structure.blocks import Block, BlockKind, Column, MergedCells, Role, Run, RunKind, Table, TableRow

_KINDS, _ROLES, _RUN_KINDS = get_args(BlockKind), get_args(Role), get_args(RunKind)
_USUAL = Block("paragraph", 0, 0)
_USUAL_TABLE = Table((), ())
# The fields that stand in the rest as they are, with their type.
_FIELDS: dict[str, type] = {
    "role": str, "level": int, "mark": str, "is_ticked": bool, "label": str, "anchor": int, "is_recognised": bool,
}  # fmt: skip
_TABLE_FIELDS: dict[str, type] = {"title": str, "unit": str, "sheet": str, "header_rows": int}


def pack_blocks(blocks: Iterable[Block]) -> list[Any]:
    """Blocks, in order, as a value for JSON."""
    packed, position = [], 0
    for block in blocks:
        rest = {name: value for name in _FIELDS if (value := getattr(block, name)) != getattr(_USUAL, name)}
        if block.runs:
            rest["runs"] = [
                [run.start - block.start, run.end - run.start, run.kind, *filter(None, [run.target])]
                for run in block.runs
            ]
        if block.table is not None:
            rest["table"] = _pack_table(block.table, block.start)
        packed.append([block.kind, block.start - position, block.end - block.start, *filter(None, [rest])])
        position = block.end
    return packed


def unpack_blocks(packed: Any, length: int) -> tuple[Block, ...]:
    """The inverse of `pack_blocks`, for a value that anybody may have written.

    Args:
        packed: the value.
        length: of the canonical text.

    Raises:
        ValueError: it is no such value, or an offset is out of bounds.
    """
    blocks, position = [], 0
    try:
        for kind, gap, size, *rest in packed:
            start = position + _natural(gap)
            position = start + _natural(size)
            _check(kind in _KINDS and start < position <= length and len(rest) <= 1)
            block = _unpack_block(kind, start, position, *rest)
            _check(block.level >= 0 and (block.anchor is None or 0 <= block.anchor <= length))
            blocks.append(block)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"not the structure of a document ({error})") from error
    return tuple(blocks)


def blocks_of_records(records: Iterable[dict[str, Any]]) -> tuple[Block, ...]:
    """Blocks from the objects that the HTTP API sends for them."""
    return tuple(
        Block(
            **record | {"runs": tuple(Run(*run) for run in record["runs"]), "table": _table_of_record(record["table"])}
        )
        for record in records
    )


def _table_of_record(record: dict[str, Any] | None) -> Table | None:
    if record is None:
        return None
    columns = tuple(Column(*column) for column in record["columns"])
    rows = tuple(TableRow(*row) for row in record["rows"])
    merged = tuple(MergedCells(*cells) for cells in record["merged"])
    return Table(**record | {"columns": columns, "rows": rows, "merged": merged})


def _pack_table(table: Table, start: int) -> dict[str, Any]:
    packed: dict[str, Any] = {
        name: value for name in _TABLE_FIELDS if (value := getattr(table, name)) != getattr(_USUAL_TABLE, name)
    }
    packed["columns"] = [[column.name, *filter(None, [column.letter])] for column in table.columns]
    rows, position = [], start
    for row in table.rows:
        fields: list[int | str] = [row.start - position, row.end - row.start]
        rows.append([*fields, row.group, row.number] if row.number else [*fields, row.group] if row.group else fields)
        position = row.end
    packed["rows"] = rows
    if table.merged:
        packed["merged"] = [list(cells) for cells in table.merged]
    return packed


def _unpack_block(kind: BlockKind, start: int, end: int, rest: dict[str, Any] | None = None) -> Block:
    if not rest:
        return Block(kind, start, end)
    fields = {name: value for name, value in rest.items() if name in _FIELDS}
    _check(all(type(value) is _FIELDS[name] for name, value in fields.items()))
    _check_texts(fields.values())
    _check(fields.keys() | {"runs", "table"} >= rest.keys() and fields.get("role", "body") in _ROLES)
    runs = []
    for run_start, size, run_kind, *target in rest.get("runs", ()):
        run = Run(start + _natural(run_start), start + run_start + _natural(size), run_kind, *map(_text, target))
        _check(run_kind in _RUN_KINDS and run.end <= end)
        runs.append(run)
    table = _unpack_table(rest["table"], start, end) if "table" in rest else None
    return Block(kind, start, end, runs=tuple(runs), table=table, **fields)


def _unpack_table(packed: dict[str, Any], start: int, end: int) -> Table:
    fields = {name: value for name, value in packed.items() if name in _TABLE_FIELDS}
    _check(all(type(value) is _TABLE_FIELDS[name] for name, value in fields.items()))
    _check_texts(fields.values())
    columns = tuple(Column(*map(_text, column)) for column in packed["columns"])
    rows, position = [], start
    for gap, size, *rest in packed["rows"]:
        row_start = position + _natural(gap)
        position = row_start + _natural(size)
        _check(position <= end)
        group = _text(rest[0]) if rest else ""
        number = _natural(rest[1]) if len(rest) > 1 else 0
        rows.append(TableRow(row_start, position, group, number))
    _check(fields.get("header_rows", 0) >= 0)
    merged = tuple(MergedCells(*map(_natural, cells)) for cells in packed.get("merged", ()))
    return Table(columns, tuple(rows), merged=merged, **fields)


def _check(is_valid: bool) -> None:
    if not is_valid:
        raise ValueError("a value is out of bounds")


def _natural(value: Any) -> int:
    """A number that may be a distance or a count."""
    _check(type(value) is int and value >= 0)
    return int(value)


def _text(value: Any) -> str:
    """A text that can be stored: of whole characters alone."""
    _check(type(value) is str)
    _check_texts([value])
    return str(value)


def _check_texts(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, str):
            value.encode()  # raises UnicodeEncodeError, a ValueError, for half a character
