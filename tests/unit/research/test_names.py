"""The count of names and modules."""

from pathlib import Path

import pytest

from research.names import main, markdown_table, modules_by_room, shared_names

MODULES = {
    Path(room, f"{name}.py"): "def _read(): ...\n\n\nclass Line:\n    def load(self): ...\n"
    for room, name in (("cli", "a"), ("cli", "b"), ("nlp", "c"), ("nlp", "d"))
} | {Path("types.py"): "class Line: ...\nasync def load(): ...\n"}


def test_names_of_more_than_three_modules_are_counted() -> None:
    """A name counts once for each module that defines it, and methods don't count."""
    assert {"_read": 4, "Line": 5} == shared_names(MODULES)
    assert {} == shared_names(dict(list(MODULES.items())[:3]))


def test_modules_are_counted_by_room() -> None:
    """A room is a folder directly below the package."""
    assert {"(top level)": 1, "cli": 2, "nlp": 2} == modules_by_room(MODULES)


def test_the_table_has_all_counts() -> None:
    """Public and private names are apart; lengths are in lines."""
    rows = markdown_table(MODULES).splitlines()
    for row in (
        "| public names that more than three modules define | 1 |",
        "| private names that more than three modules define | 1 |",
        "| modules | 5 |",
        "| modules in `nlp` | 2 |",
        "| median length of a module, lines | 5 |",
        "| longest module, lines | 5 (`nlp/d.py`) |",
        "| lines of Python in the wheel | 22 |",
    ):
        assert row in rows


def test_the_command_prints_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It reads the modules of a folder; with --list the names follow the table."""
    for name in "abcd":
        (tmp_path / f"{name}.py").write_text("def load(): ...\n", encoding="utf-8")
    assert 0 == main(["--package", str(tmp_path), "--list"])
    printed = capsys.readouterr().out
    assert printed.startswith("| what | count |\n| --- | --- |\n")
    assert printed.endswith("| `load` | 4 |\n")
