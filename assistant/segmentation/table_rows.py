"""A row of a table as a text that stands alone: each cell with the row's label and its column's header."""


def row_with_headers(row: str, header: str) -> str:
    """The row with its header's cells: "Arrests, Liberterra II: 2,517; Liberterra III: 3,744".

    Args:
        row: its cells between ``|``, as in the canonical text.
        header: the cells above them; where their numbers differ the row is returned as it is.
    """
    cells, heads = _cells(row), _cells(header)
    cells += [""] * (len(heads) - len(cells))
    if len(cells) != len(heads) or len(cells) < 2 or cells == heads:
        return row
    told = (f"{cells[0]}, {head}: {cell}" for head, cell in zip(heads[1:], cells[1:], strict=True) if cell)
    return "; ".join(told)


def header_row_at(text: str, start: int) -> str:
    """The first row of the table that an offset lies in; empty where it lies in none, or in that row."""
    line = text.rfind("\n", 0, start) + 1
    if not text.startswith("|", line):
        return ""
    first = line
    while first and text.startswith("|", before := text.rfind("\n", 0, first - 1) + 1):
        first = before
    return text[first : text.find("\n", first)] if first != line else ""


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
