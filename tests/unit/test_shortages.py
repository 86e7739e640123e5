import errno
import sqlite3
from pathlib import Path

import pytest

from assistant.shortages import describe_lack_of_files, describe_shortage


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
        (OSError(errno.ENFILE, "x"), "too many files are open"),
        (RuntimeError("Error opening pickle file: Too many open files (os error 24)"), "too many files are open"),
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (sqlite3.OperationalError("out of memory"), "not enough memory"),
        (RuntimeError("std::bad_alloc"), "not enough memory"),
        (ImportError("x.so: failed to map segment from shared object"), "not enough memory"),
        (RuntimeError("can't start new thread"), "no more threads"),
    ],
)
def test_a_shortage_is_told_by_its_kind(error: Exception, words: str) -> None:
    """Python's, SQLite's, Rust's and the linker's words are known; so is what an error came of."""
    described = describe_shortage(error)
    assert described is not None
    assert words in described
    assert "rebuild" not in described
    wrapped = ValueError("something else")
    wrapped.__cause__ = error
    assert described == describe_shortage(wrapped)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "x"),
        sqlite3.DatabaseError("database disk image is malformed"),
        RuntimeError("Error loading hnsw index (os error 240)"),
    ],
)
def test_damage_is_no_shortage(error: Exception) -> None:
    """What is broken, or isn't there, is left to others to explain."""
    assert describe_shortage(error) is None


def test_a_working_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever can't be found then may be there: relative paths mean nothing."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    described = describe_shortage(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    assert described is not None
    assert described.startswith("the folder that this was started in is gone.")


def test_files_may_be_open() -> None:
    """A process that may open more lacks none, and looking leaves none open."""
    assert [None] * 50 == [describe_lack_of_files() for _ in range(50)]
