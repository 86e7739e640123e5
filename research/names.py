"""Counts what makes the code easy or hard to find one's way in: prints a Markdown table.

    python -m research.names [--package FOLDER]

It counts the names of classes and functions that more than three modules define, each for something of its own; the
modules in each room; the length of modules; and the lines that go into the wheel. FOLDER is by default the package of
this checkout; another checkout's tells how things were there.
"""

import ast
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from research.command_line import print_now, program_parser

_PACKAGE = Path(__file__).resolve().parents[1] / "assistant"
_MAX_MODULES_PER_NAME = 3
_TOP_LEVEL = "(top level)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.names", __doc__)
    parser.add_argument("--package", type=Path, default=_PACKAGE, metavar="FOLDER", help="of the package to count")
    parser.add_argument("--list", action="store_true", help="print the names themselves, too")
    options = parser.parse_args(arguments)
    modules = {path.relative_to(options.package): path.read_text("utf-8") for path in options.package.rglob("*.py")}
    print_now(markdown_table(modules))
    if options.list:
        print_now("\n" + markdown_list(modules))
    return 0


def markdown_table(modules: dict[Path, str]) -> str:
    """The counts as a Markdown table.

    Args:
        modules: the source of each by its path within the package.
    """
    shared = shared_names(modules)
    lengths = {path: len(source.splitlines()) for path, source in modules.items()}
    longest = max(lengths, key=lambda path: (lengths[path], str(path)))
    rows = [
        ("public names that more than three modules define", sum(not name.startswith("_") for name in shared)),
        ("private names that more than three modules define", sum(name.startswith("_") for name in shared)),
        ("modules", len(modules)),
        *((f"modules in `{room}`", count) for room, count in modules_by_room(modules).items()),
        ("median length of a module, lines", round(median(lengths.values()))),
        ("longest module, lines", f"{lengths[longest]} (`{longest.as_posix()}`)"),
        ("lines of Python in the wheel", f"{sum(lengths.values()):,}"),
    ]
    return "\n".join(["| what | count |", "| --- | --- |", *(f"| {name} | {count} |" for name, count in rows)])


def markdown_list(modules: dict[Path, str]) -> str:
    """The names that more than three modules define, the most frequent first."""
    shared = sorted(shared_names(modules).items(), key=lambda item: (-item[1], item[0]))
    return "\n".join(["| name | modules |", "| --- | --- |", *(f"| `{name}` | {count} |" for name, count in shared)])


def shared_names(modules: dict[Path, str]) -> dict[str, int]:
    """The names of classes and functions that more than three modules define, with the number of these modules.

    Only module-level definitions count: methods are named within their class.
    """
    counts = Counter(name for source in modules.values() for name in _defined_names(source))
    return {name: count for name, count in counts.items() if count > _MAX_MODULES_PER_NAME}


def modules_by_room(modules: dict[Path, str]) -> dict[str, int]:
    """The number of modules in each folder directly below the package, its subfolders included."""
    rooms = Counter(path.parts[0] if len(path.parts) > 1 else _TOP_LEVEL for path in modules)
    return dict(sorted(rooms.items()))


def _defined_names(source: str) -> set[str]:
    """The names of a module's classes and functions."""
    definitions = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(source).body if isinstance(node, definitions)}


if __name__ == "__main__":
    sys.exit(main())
