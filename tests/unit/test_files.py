"""Files that are written whole or not at all."""

import stat
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from assistant.files import create_private, flush_to_disk, replace_file

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission bits")


def _write_half(draft: BinaryIO, error: BaseException) -> None:
    draft.write(b"half")
    raise error


def test_the_file_is_replaced_when_the_block_ends(tmp_path: Path) -> None:
    """Until the end of the block the former content is read, afterwards the new one, and no draft is left."""
    path = tmp_path / "list.json"
    path.write_bytes(b"former")
    with replace_file(path) as draft:
        draft.write(b"new")
        flush_to_disk(draft)
        assert path.read_bytes() == b"former"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_former_file_and_no_draft(tmp_path: Path) -> None:
    """Whatever goes wrong in the block, the file is as it was, and the draft is deleted."""
    path = tmp_path / "list.json"
    path.write_bytes(b"former")
    with pytest.raises(KeyboardInterrupt), replace_file(path) as draft:
        _write_half(draft, KeyboardInterrupt())
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_draft_that_cannot_take_its_place_is_deleted(tmp_path: Path) -> None:
    """A folder in the file's place is an OSError, and no draft is left."""
    path = tmp_path / "list.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"list\.json"), replace_file(path) as draft:
        draft.write(b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_private_draft_is_deleted(tmp_path: Path) -> None:
    """Half a list of users holds hashes of passwords: nothing of it stays, and the file is as it was."""
    path = tmp_path / "users.json"
    with pytest.raises(ValueError, match="wrong"), replace_file(path, private=True) as draft:
        _write_half(draft, ValueError("wrong"))
    assert list(tmp_path.iterdir()) == []


def test_the_draft_may_be_written_in_another_folder(tmp_path: Path) -> None:
    """The draft is written in the draft folder and moved from there."""
    path = tmp_path / "own" / "list.json"
    path.parent.mkdir()
    with replace_file(path, draft_folder=tmp_path) as draft:
        draft.write(b"new")
        assert list(path.parent.iterdir()) == []
        assert len(list(tmp_path.glob(".*.part"))) == 1
    assert path.read_bytes() == b"new"


@on_posix
def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    """A private file has the bits 0600 from its first byte on, even where the former file had others."""
    path = tmp_path / "users.json"
    path.write_bytes(b"former")
    path.chmod(0o644)
    with replace_file(path, private=True) as draft:
        (hidden,) = tmp_path.glob(".*.part")
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
        draft.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_create_private_replaces_nothing(tmp_path: Path) -> None:
    """A file that exists is not opened."""
    path = tmp_path / "key"
    path.write_bytes(b"former")
    with pytest.raises(FileExistsError):
        create_private(path)
    assert path.read_bytes() == b"former"
