"""Rows that group those below them, and the groups that each row of a table stands in."""

from collections.abc import Sequence
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.table_columns import GridLine

_JOINT = " / "
_MOST_GROUPS = 6  # within each other


class _Group(NamedTuple):
    name: str
    indent: float
    is_strong: bool  # bold, or in capitals
    child_indent: float | None = None  # of the first row in it
    holds_groups: bool = False  # whether its first row is a group


def is_group(row: Sequence[GridLine]) -> bool:
    """Whether a row is a label without values."""
    return all(line.label is not None and not line.values for line in row)


def groups_of(rows: Sequence[Sequence[GridLine]]) -> list[str]:
    """For each row the names of the groups that it stands in, from the outermost: told by indent and type."""
    groups: list[_Group] = []
    names: list[str] = []
    for row in rows:
        label = row[0].label
        if label is None:
            names.append(_JOINT.join(group.name for group in groups))
            continue
        starts_group = is_group(row)
        groups = _left_after(groups, label, starts_group=starts_group)
        names.append("" if starts_group else _JOINT.join(group.name for group in groups))
        if starts_group:
            text = " ".join(line.label.text for line in row if line.label is not None)
            groups = [*groups, _Group(text.rstrip(":"), label.x0, _is_strong(label))][-_MOST_GROUPS:]
    return names


def _left_after(groups: Sequence[_Group], label: Phrase, *, starts_group: bool) -> list[_Group]:
    """The groups that a row with a label still stands in."""
    slack = 0.3 * label.size
    kept = [group for group in groups if _holds(group, label, slack, starts_group=starts_group)]
    if kept and kept[-1].child_indent is None:
        kept[-1] = kept[-1]._replace(child_indent=label.x0, holds_groups=starts_group)
    return kept


def _holds(group: _Group, label: Phrase, slack: float, *, starts_group: bool) -> bool:
    """Whether a row stands in a group: it is set further in, or as far as the group's first row."""
    if group.indent < label.x0 - slack:
        return True
    if group.indent > label.x0 + slack:
        return False
    if starts_group:
        return (group.is_strong and not _is_strong(label)) and (group.child_indent is None or group.holds_groups)
    return group.child_indent is None or group.child_indent < group.indent + slack


def _is_strong(label: Phrase) -> bool:
    return label.words[0].font.is_bold or (len(label.text) > 1 and label.text.isupper())
