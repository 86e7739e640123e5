"""Word lists as data: a tab-separated UTF-8 file a list, beside this module, read once.

A line that begins with ``#`` is a comment; empty lines are ignored. The first column is the entry, other columns say
what belongs to it. The files are edited like any other data: no code changes with them.
"""

from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of the list ``name``.tsv, each as its columns, in the order of the file."""
    text = files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def entries(name: str) -> frozenset[str]:
    """The first column of a list as a set."""
    return frozenset(row[0] for row in rows(name))


@cache
def mapping(name: str) -> dict[str, str]:
    """A list of two columns as a dictionary from the first to the second; not to be changed by its users."""
    return {row[0]: row[1] for row in rows(name)}
