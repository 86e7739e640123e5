"""The conditions of AsciiDoc: lines that hold only where an attribute is set, or only where it isn't."""

import re
from collections.abc import Sequence

ATTRIBUTE = re.compile(r":(?P<name>!?[\w-]{1,60}!?):(?:\s+(?P<value>.*?))?\s*\Z")
_MAX_ATTRIBUTES = 1_000
_DIRECTIVE = re.compile(r"(?P<name>ifn?def|ifeval|endif)::(?P<attributes>[^\[]{0,500})\[(?P<text>.*)\]\s*\Z")


def without_hidden(lines: Sequence[str]) -> tuple[list[str], int]:
    """Lines without those that an attribute leaves out, and how many such parts there are.

    Only what the file itself sets is known. What another program decides (``ifeval``) stays, as does all behind a
    condition without an end.

    >>> without_hidden(["ifdef::draft[]", "Ten.", "endif::[]", "Five.", "ifndef::draft[Six.]"])
    (['Five.', 'Six.'], 1)
    """
    ends = _ends(lines)
    kept: list[str] = []
    names: set[str] = set()
    position = hidden_count = 0
    while position < len(lines):
        line = lines[position]
        directive = _DIRECTIVE.match(line)
        if directive and (holds := _holds(directive, names)) is not None:
            if directive["text"]:
                kept += [directive["text"]] if holds else []
                hidden_count += not holds
            elif not holds and position in ends:
                hidden_count += 1
                position = ends[position]
        elif not directive:
            if (attribute := ATTRIBUTE.match(line)) and len(names) < _MAX_ATTRIBUTES:
                name = attribute["name"].lower()
                (names.discard if "!" in name else names.add)(name.strip("!"))
            kept.append(line)
        position += 1
    return kept, hidden_count


def _ends(lines: Sequence[str]) -> dict[int, int]:
    """The line at which the condition ends that begins at a line."""
    ends: dict[int, int] = {}
    pending: list[int] = []
    for number, line in enumerate(lines):
        if directive := _DIRECTIVE.match(line):
            if directive["name"] == "endif":
                if pending:
                    ends[pending.pop()] = number
            elif directive["name"] == "ifeval" or not directive["text"]:
                pending.append(number)
    return ends


def _holds(directive: re.Match[str], names: set[str]) -> bool | None:
    """Whether the lines behind a directive are read; None where it is no question of attributes."""
    if directive["name"] not in {"ifdef", "ifndef"}:
        return None
    stated = [name.strip().lower() for name in re.split(r"[,+]", directive["attributes"])]
    are_set = [name in names for name in stated]
    if directive["name"] == "ifndef":
        return not (all(are_set) if "+" in directive["attributes"] else any(are_set))
    return all(are_set) if "+" in directive["attributes"] else any(are_set)
