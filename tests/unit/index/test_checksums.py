import hashlib
import json
from pathlib import Path

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
    assert str(path) == find_damaged_file(sealed)


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
