"""Faults that tests cause for real: small disks, full ones, read-only ones, flipped bits."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mount_small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A small disk, in memory, mounted at a folder. Skips the test where mounting isn't permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=777"
    result = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if result.returncode:
        pytest.skip(f"no disk can be mounted here: {result.stderr.strip()}")
    try:
        yield folder
    finally:
        unmount(folder)


def unmount(folder: Path) -> None:
    """Takes a disk away, even while it is used; harmless where there is none."""
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def make_read_only(folder: Path) -> None:
    """Makes a mounted disk read-only."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True, capture_output=True)


def make_writable(folder: Path) -> None:
    """Makes a read-only disk writable again."""
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True, capture_output=True)


def flip_bits(path: Path, count: int, seed: int) -> None:
    """Flips random bits of a file; the same seed flips the same ones."""
    rng = random.Random(seed)  # noqa: S311 — the same damage each time
    data = bytearray(path.read_bytes())
    for _ in range(count):
        bit = rng.randrange(len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


@contextmanager
def fill_disk(disk: Path, free_kilobytes: int) -> Iterator[None]:
    """Fills a disk up to so many free kilobytes, for as long as the context lasts."""
    ballast = disk / "ballast"
    status = os.statvfs(disk)
    size = status.f_bavail * status.f_frsize - free_kilobytes * 1000
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))
    try:
        yield
    finally:
        ballast.unlink()
