"""What is known to be damaged in Chroma's folder, and what only looks like it."""

import hashlib
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path

from assistant.index.chroma.collections import NAMES

_ID_MAP, _EMPTY_ID_MAP = "index_metadata.pickle", b"id_to_label}X"  # the file that says which rows have vectors
# What SQLite answers where tables are missing, pages are malformed, or a file is no database.
_DAMAGE_CODES = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_read(vector_file: Path) -> bool:
    """Whether Chroma reads a vector file.

    It does not read those of a collection whose vectors were all deleted, or so few that they were never written: at
    the first reading after each opening it starts these files anew, in place.
    """
    id_map = vector_file.with_name(_ID_MAP)
    if vector_file == id_map:
        return True
    try:
        with id_map.open("rb") as file:
            return _EMPTY_ID_MAP not in file.read(200)
    except FileNotFoundError:
        return False


def check_text(database: Path) -> None:
    """Raises where what Chroma reads at opening is not valid text any more: Chroma would end the process."""
    with closing(_open_database(database)) as connection:
        for table in ("sqlite_master", "migrations", "tenants", "databases", "collections", "segments"):
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 — the names above


def database_is_damaged(database: Path) -> bool:
    """Whether Chroma's database is known to be damaged, rather than that it can't be read now. A missing one is.

    Raises:
        OSError: it can't be read now.
        sqlite3.Error: as above.
    """
    try:
        check_text(database)
        with closing(_open_database(database)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            scripts = connection.execute("SELECT sql, hash FROM migrations").fetchall()
            segments = connection.execute(
                "SELECT collections.name, scope FROM segments JOIN collections ON collection = collections.id"
            ).fetchall()
        return (
            verdict != "ok"
            or any(_md5(script) != stored for script, stored in scripts)
            or not {*product(NAMES, ("METADATA", "VECTOR"))} <= {*segments}
        )
    except UnicodeDecodeError:
        return True
    except sqlite3.Error as error:
        if not database.exists():
            return True
        if getattr(error, "sqlite_errorcode", -1) & 0xFF in _DAMAGE_CODES or "Could not decode" in str(error):
            return True
        raise


def _md5(text: object) -> str:
    return hashlib.md5(str(text).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _open_database(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)
