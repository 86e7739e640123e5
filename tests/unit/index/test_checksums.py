import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.index.chroma.checksums import find_damaged_file, seal_folder


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    (tmp_path / "vectors").mkdir()
    for name in ("data.bin", "header.bin"):
        (tmp_path / "vectors" / name).write_bytes(name.encode() * 1000)
    seal_folder(tmp_path)
    return tmp_path


def test_what_is_as_it_was_is_sound(sealed: Path) -> None:
    """Files that nobody touched are sound, and so is a folder that was never sealed."""
    assert find_damaged_file(sealed) is None
    (sealed / "seal.json").unlink()
    assert find_damaged_file(sealed) is None


@pytest.mark.parametrize("place", [0, 4_000, 7_999])
@pytest.mark.parametrize("bit", [1, 128])
def test_one_flipped_bit_is_seen(sealed: Path, place: int, bit: int) -> None:
    """A flipped bit is found wherever it is, and the file is named."""
    path = sealed / "vectors" / "data.bin"
    data = bytearray(path.read_bytes())
    data[place] ^= bit
    path.write_bytes(data)
    assert "vectors/data.bin" == find_damaged_file(sealed)


def test_a_missing_or_shorter_file_is_seen(sealed: Path) -> None:
    """A file that is missing or was cut off counts as damaged."""
    path = sealed / "vectors" / "header.bin"
    path.write_bytes(path.read_bytes()[:-1])
    assert "vectors/header.bin" == find_damaged_file(sealed)
    path.unlink()
    assert "vectors/header.bin" == find_damaged_file(sealed)


@pytest.mark.parametrize("content", ["", "[1]", "5", "{", '{"vectors/data.bin": 5}', "null"])
def test_a_damaged_seal_is_seen(sealed: Path, content: str) -> None:
    """If the checksums can't be read, their own file is the damaged one."""
    (sealed / "seal.json").write_text(content)
    assert "seal.json" == find_damaged_file(sealed)


def test_an_older_seal_holds(sealed: Path) -> None:
    """Indexes of earlier versions are sealed with SHA-256, and stay so until they are settled again."""
    files = list((sealed / "vectors").iterdir())
    checksums = {f"vectors/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    (sealed / "seal.json").write_text(json.dumps(checksums))
    assert find_damaged_file(sealed) is None
    files[0].write_bytes(b"other")
    assert f"vectors/{files[0].name}" == find_damaged_file(sealed)


def test_what_nobody_reads_may_differ(sealed: Path) -> None:
    """A file that is never read may be altered or missing; the others are checked as ever."""
    (sealed / "vectors" / "data.bin").write_bytes(b"other")
    assert find_damaged_file(sealed, lambda path: path.name != "data.bin") is None
    (sealed / "vectors" / "header.bin").unlink()
    assert find_damaged_file(sealed, lambda path: path.name != "data.bin") is not None


@pytest.mark.parametrize("name", ["seal.json", "vectors/data.bin"])
def test_a_file_that_cannot_be_read_now_is_not_called_damaged(
    sealed: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing permissions, or too many open files, say nothing about what is in a file."""
    original = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == sealed / name:
            raise OSError(errno.EMFILE, "Too many open files", str(path))
        return original(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        find_damaged_file(sealed)


def test_a_folder_in_a_file_s_place_is_seen(sealed: Path) -> None:
    """What is no file any more is damaged."""
    path = sealed / "vectors" / "data.bin"
    path.unlink()
    path.mkdir()
    assert find_damaged_file(sealed) in {str(path), "vectors/data.bin"}
