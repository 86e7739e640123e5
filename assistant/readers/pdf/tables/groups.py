"""Rows that group those below them, and the groups that each row of a table stands in."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.tables.columns import GridLine

_JOINT = " / "
_MAX_GROUPS = 6  # within each other
_MIN_SUMMED = 3  # rows from a group to the one that sums it up
_SHARED_WORDS = 2  # with which a group and the row that closes it end
_CAPITALS = 5  # letters that make a label stand out: fewer are an abbreviation
_DIGITS = re.compile(r"\d+")


class _Group(NamedTuple):
    name: str
    indent: float
    strength: int  # of its type: one each for bold and for capitals
    child_indent: float | None = None  # of the first row in it
    holds_groups: bool = False  # whether its first row is a group
    is_outer: bool = False  # whether it holds the same groups as others do, as a date over assets and liabilities
    end: int = 0  # the index of the row that sums it up; 0 if none does
    holds_until: int = 0  # the index of a row that closes it: groups set as far in stand in it up to there


def is_group(row: Sequence[GridLine]) -> bool:
    """Whether a row is a label without values."""
    return all(line.label is not None and not line.values for line in row)


def groups_of(rows: Sequence[Sequence[GridLine]]) -> list[str]:
    """For each row the names of the groups that it stands in, from the outermost, by indent and type."""
    groups: list[_Group] = []
    names: list[str] = []
    outer, ends = _outer_groups(rows), {**_repeated_end(rows), **_ends(rows)}
    closings = _closings(rows)
    for index, row in enumerate(rows):
        label = row[0].label
        groups = [group for group in groups if not 0 < group.end < index]
        if label is None:
            names.append(_JOINT.join(group.name for group in groups))
            continue
        starts_group = is_group(row)
        groups = [] if index in outer else _left_after(groups, label, index, starts_group=starts_group)
        names.append("" if starts_group else _JOINT.join(group.name for group in groups))
        if starts_group:
            group = _Group(
                _name(row),
                label.x0,
                _strength(label),
                is_outer=index in outer,
                end=ends.get(index, 0),
                holds_until=closings.get(index, 0),
            )
            groups = [*groups, group][-_MAX_GROUPS:]
    return names


def label_of(row: Sequence[GridLine]) -> str:
    """The words of a row's label, over all its lines."""
    return " ".join(line.label.text for line in row if line.label is not None)


def with_parted_groups(rows: Sequence[list[GridLine]]) -> list[list[GridLine]]:
    """Rows in which groups of several lines whose last ones are the same date or year are two groups each.

    They are so if another date stands alone further down: as a group beside the first date.
    """
    last_lines = {index: row[-1].line for index, row in enumerate(rows) if len(row) > 1 and is_group(row)}
    alone = {(_shape(label_of(row)), round(row[0].line.x0)) for row in rows if len(row) == 1 and is_group(row)}
    counts = Counter(line.parts[0].text for line in last_lines.values())
    parted = {
        index
        for index, line in last_lines.items()
        if counts[line.parts[0].text] > 1
        and (_shape(line.parts[0].text), round(line.x0)) in alone
        and _DIGITS.search(line.parts[0].text)
    }
    parts = ([row[:-1], row[-1:]] if index in parted else [row] for index, row in enumerate(rows))
    return [part for pair in parts for part in pair]


def _shape(text: str) -> str:
    """A text without its digits: dates and years have the same."""
    return _DIGITS.sub("", text)


def _name(row: Sequence[GridLine]) -> str:
    return label_of(row).rstrip(":")


def _outer_groups(rows: Sequence[Sequence[GridLine]]) -> set[int]:
    """The indices of groups that hold a group which has the same name in several of them.

    It stands right below, or below rows, if all groups of the table are set as far in, and either hold or are held.
    """
    groups = [index for index, row in enumerate(rows) if is_group(row)]
    pairs = list(pairwise(groups))
    outer = _holders(rows, [(above, below) for above, below in pairs if below == above + 1])
    if outer or len({round(rows[index][0].line.x0) for index in groups}) > 1:
        return outer
    outer = _holders(rows, pairs)
    counts = Counter(_name(rows[index]) for index in groups)
    is_plain = all((index in outer) != (counts[_name(rows[index])] > 1) for index in groups)
    return outer if is_plain else set()


def _holders(rows: Sequence[Sequence[GridLine]], pairs: Sequence[tuple[int, int]]) -> set[int]:
    """The first ones of pairs of groups whose second ones have one name below several names."""
    above: dict[str, set[str]] = {}
    for outer, inner in pairs:
        above.setdefault(_name(rows[inner]), set()).add(_name(rows[outer]))
    return {outer for outer, inner in pairs if len(above[_name(rows[inner])]) > 1}


def _ends(rows: Sequence[Sequence[GridLine]]) -> dict[int, int]:
    """For each group, by its index, the index of the row that sums it up: its name ends with that of the group."""
    named: dict[int, list[int]] = {}
    groups: list[tuple[int, str]] = []  # the last ones: their indices and names
    for index, row in enumerate(rows):
        name = _name(row).casefold()
        if is_group(row):
            groups = [*groups, (index, name)][-_MAX_GROUPS:]
        elif own := [group for group, ending in groups if ending and name.endswith(f" {ending}")]:
            named.setdefault(own[-1], []).append(index)
    return {group: ends[-1] for group, ends in named.items() if ends[-1] - group >= _MIN_SUMMED}


def _closings(rows: Sequence[Sequence[GridLine]]) -> dict[int, int]:
    """For each group, by its index, the index of the next row that ends with its last words and is set no further in.

    "Cash flows from operating activities" goes on until "Net cash provided by operating activities": the groups between
    them stand in it.
    """
    closings: dict[int, int] = {}
    opened: dict[tuple[str, ...], tuple[int, float]] = {}  # by its last words: the index of a group, and its indent
    for index, row in enumerate(rows):
        label, words = row[0].label, _name(row).casefold().split()
        ending = tuple(words[-_SHARED_WORDS:])
        if label is None or len(words) <= _SHARED_WORDS:
            continue
        if is_group(row):
            opened.setdefault(ending, (index, label.x0))
        elif ending in opened and label.x0 < opened[ending][1] + 0.3 * label.size:
            group, _ = opened.pop(ending)
            if _name(rows[group]).casefold() != _name(row).casefold():
                closings[group] = index
    return closings


def _repeated_end(rows: Sequence[Sequence[GridLine]]) -> dict[int, int]:
    """The index of the last group, and of the row that ends it, if the groups above begin and end with the same rows.

    What stands below that row, as the sum of all groups, is in none of them.
    """
    groups = [(index, row[0].label) for index, row in enumerate(rows) if is_group(row)]
    siblings = [index for index, label in groups if label is not None and _is_beside(label, groups[0][1])]
    if len(siblings) < 2:
        return {}
    inside = [rows[start + 1 : stop] for start, stop in pairwise(siblings)]
    names = {(_name(part[0]), _name(part[-1])) if part else ("", "") for part in inside}
    begin, end = names.pop()
    last = siblings[-1] + 1
    if names or not begin or not end or begin == end or last >= len(rows) or _name(rows[last]) != begin:
        return {}
    ends = [index for index in range(last, len(rows)) if not is_group(rows[index]) and _name(rows[index]) == end]
    return {siblings[-1]: ends[0]} if len(ends) == 1 else {}


def _is_beside(label: Phrase, other: Phrase | None) -> bool:
    """Whether two labels are set as far in, and in the same type."""
    if other is None:
        return False
    return abs(label.x0 - other.x0) < 0.3 * label.size and _strength(label) == _strength(other)


def _left_after(groups: Sequence[_Group], label: Phrase, index: int, *, starts_group: bool) -> list[_Group]:
    """The groups that a row with a label still stands in."""
    slack = 0.3 * label.size
    shape = _shape(label.text)
    kept = [
        group
        for group in groups
        if _holds(group, label, slack, starts_group=starts_group)
        or (starts_group and abs(group.indent - label.x0) <= slack and group.holds_until > index)
    ]
    if starts_group:  # years and dates stand beside each other
        kept = [group for group in kept if group.indent < label.x0 - slack or _shape(group.name) != shape]
    if kept and kept[-1].child_indent is None:
        kept[-1] = kept[-1]._replace(child_indent=label.x0, holds_groups=starts_group)
    return kept


def _holds(group: _Group, label: Phrase, slack: float, *, starts_group: bool) -> bool:
    """Whether a row stands in a group: it is set further in, or as far as the group's first row."""
    if group.indent < label.x0 - slack:
        return True
    if group.indent > label.x0 + slack:
        return False
    if group.is_outer:
        return True
    if starts_group:
        is_beside = group.child_indent is None or group.holds_groups or group.child_indent < group.indent + slack
        return group.strength > _strength(label) and is_beside
    return group.child_indent is None or group.child_indent < group.indent + slack


def _strength(label: Phrase) -> int:
    return label.words[0].font.is_bold + (len(label.text) >= _CAPITALS and label.text.isupper())
