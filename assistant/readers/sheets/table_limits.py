"""How much of a table is read, in CSV files and in Excel sheets."""

MAX_ROWS = 100_000  # of one file; a note says so where it has more
MAX_COLUMNS = 512
MAX_CELLS = 2_000_000  # of one workbook


def row_limit_notes(has_more_rows: bool, max_rows: int) -> tuple[str, ...]:
    """The note that rows were left out; none where all were read."""
    return (f"only its first {max_rows:,} rows are read",) if has_more_rows else ()
