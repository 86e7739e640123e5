"""Word lists as data: one tab-separated UTF-8 file for each list, beside this module, read at first use.

A line that begins with ``#`` is a comment, which says what the list is and where it comes from; empty lines are
ignored. The first column is the entry, the other columns say what belongs to it. The results are cached and shared:
callers must not change them.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of the list ``name``.tsv as tuples of columns, in the order of the file."""
    text = Path(__file__).with_name(f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def entries(name: str) -> frozenset[str]:
    """The first column of a list as a set."""
    return frozenset(row[0] for row in rows(name))


@cache
def mapping(name: str) -> dict[str, str]:
    """A list with the columns entry, value: each entry with its value."""
    return {row[0]: row[1] for row in rows(name)}


@cache
def words_by_class(name: str) -> dict[str, frozenset[str]]:
    """A list with the columns word, class: each class with its words. A word may stand in several classes."""
    classes: dict[str, set[str]] = {}
    for word, label, *_ in rows(name):
        classes.setdefault(label, set()).add(word)
    return {label: frozenset(words) for label, words in classes.items()}


@cache
def headwords(name: str) -> dict[str, str]:
    """A list with the columns headword, variant, variant …: each variant with its headword."""
    return {variant: headword for headword, *variants in rows(name) for variant in variants}


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest first, without a group around it."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


def phrase_alternation(phrases: Iterable[str]) -> str:
    r"""As `alternation`, but each space of a phrase stands for any run of whitespace (``\s+``)."""
    return alternation(phrases).replace(r"\ ", r"\s+")
