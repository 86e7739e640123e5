"""What the command lines of these programs have in common."""

import argparse
import sys
from pathlib import Path


def program_parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """A parser whose help begins with the program's description.

    Args:
        module: the program's full name, ``research.peers`` say.
        description: what it does, as a rule the module's docstring.
    """
    return argparse.ArgumentParser(
        f"python -m {module}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_dataset_argument(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Adds the positional ``data``, a `pathlib.Path`: the folder of a data set."""
    parser.add_argument(
        "data", type=Path, nargs="?" if optional else None, help="folder with corpus.jsonl and questions.jsonl"
    )


def print_now(line: str) -> None:
    """Prints a line and flushes it, so that a long run shows how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
