"""Damaged PDFs: real ones are changed at random and read in worker processes; each is read, or a reason is named."""

import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from assistant.errors import ReadingError
from assistant.readers import ReaderPool
from research.fidelity.measuring import MAX_BYTES

READ = "read"
_NUMBER = re.compile(rb"\d+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_MAX_BYTES_OF_SOURCE = 3_000_000  # larger files would only take longer
_MAX_EDITS = 40
_STRANGE_NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999", b"1e9")
_UNPACKED_SHARE = 0.5  # of the mutants: their streams are unpacked first, so that page content is damaged, too


class Outcome(NamedTuple):
    """What became of a damaged file: `READ`, or the reason why it is not."""

    file: str
    mutation: str
    result: str
    seconds: float


def mutate_and_read(files: Sequence[Path], *, count: int, seed: int) -> Iterator[Outcome]:
    """Reads damaged files, each in a worker process within the limits of indexing.

    Args:
        files: the PDFs that are damaged.
        count: how many damaged files.
        seed: of the damage.
    """
    chance = random.Random(seed)  # noqa: S311 — damage that can be repeated
    small = [file for file in files if file.stat().st_size <= _MAX_BYTES_OF_SOURCE] or list(files)
    with ReaderPool() as readers:
        for _ in range(count):
            file = chance.choice(small)
            data = file.read_bytes()
            if chance.random() < _UNPACKED_SHARE:
                data = _unpacked(file) or data
            name = chance.choice(sorted(_MUTATIONS))
            damaged = _MUTATIONS[name](bytearray(data), chance)
            start = time.monotonic()
            try:
                readers.read(bytes(damaged), "damaged.pdf", max_bytes=MAX_BYTES)
                result = READ
            except ReadingError as error:
                result = str(error)
            yield Outcome(file.name, name, result, time.monotonic() - start)


def count_results(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How often each result came, the most frequent first; reasons that differ in a number alone are one."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        key = _DIGITS.sub("#", outcome.result)
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _unpacked(file: Path) -> bytes:
    """A PDF with its streams unpacked, by qpdf; nothing without it."""
    if not shutil.which("qpdf"):
        return b""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.pdf"
        command = ["qpdf", "--warning-exit-0", "--qdf", "--object-streams=disable", str(file), str(out)]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 — a fixed command
        return out.read_bytes() if out.exists() and out.stat().st_size < MAX_BYTES else b""


def _change_bytes(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randint(1, _MAX_EDITS)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def _cut_off(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(1, len(data))]


def _leave_out(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    del data[start : start + chance.randint(1, len(data) // 4)]
    return data


def _repeat(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.randint(1, len(data) // 4)]
    return data


def _move(data: bytearray, chance: random.Random) -> bytearray:
    start, target = chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[start : start + chance.randint(1, len(data) // 8)]
    data[target : target + len(piece)] = piece
    return data


def _change_numbers(data: bytearray, chance: random.Random) -> bytearray:
    places = [match.span() for match in _NUMBER.finditer(data)]
    chosen = chance.sample(places, min(len(places), chance.randint(1, _MAX_EDITS)))
    for start, end in sorted(chosen, reverse=True):
        data[start:end] = chance.choice(_STRANGE_NUMBERS)
    return data


def _put_in(data: bytearray, chance: random.Random) -> bytearray:
    place = chance.randrange(len(data))
    data[place:place] = chance.randbytes(chance.randint(1, 4096))
    return data


_MUTATIONS = {
    "bytes changed": _change_bytes,
    "cut off": _cut_off,
    "a piece left out": _leave_out,
    "a piece repeated": _repeat,
    "a piece over another": _move,
    "numbers changed": _change_numbers,
    "noise put in": _put_in,
}
