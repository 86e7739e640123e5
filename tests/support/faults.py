"""Faults that tests bring about for real: small disks, read-only ones, flipped bits."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(place: Path, megabytes: int) -> Iterator[Path]:
    """A small disk of memory in a folder; skips the test where mounting isn't permitted."""
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=777"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        unmount(place)


def unmount(place: Path) -> None:
    """Takes a disk away, however it is used; harmless where there is none."""
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def read_only(place: Path) -> None:
    """Makes a mounted disk one that can only be read."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True, capture_output=True)


def flipped(file: Path, number: int, seed: int, *, first: int = 0) -> None:
    """Flips so many bits of a file, behind its first bytes."""
    rng = random.Random(seed)  # noqa: S311 — the same damage each time
    data = bytearray(file.read_bytes())
    for _ in range(number):
        at = rng.randrange(first * 8, len(data) * 8)
        data[at // 8] ^= 1 << at % 8
    file.write_bytes(data)


def writable(place: Path) -> None:
    """Makes a disk that can only be read one that can be written."""
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True, capture_output=True)


@contextmanager
def filled(disk: Path, room: int) -> Iterator[None]:
    """Leaves so many kilobytes of a disk free, for as long as the context lasts."""
    ballast, size = disk / "ballast", 0
    at = os.statvfs(disk)
    size = at.f_bavail * at.f_frsize - room * 1000
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))
    try:
        yield
    finally:
        ballast.unlink()
