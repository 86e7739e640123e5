"""Processes and their cost, and the machine that they run on."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

# Linux hands a parent's peak down to a child that it starts, so a small process stands between.
_LAUNCHER = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - started
print(json.dumps([code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


class BenchmarkError(AssistantError):
    """A part that cannot be measured here; the text says why and what to do."""


def machine() -> str:
    """The machine and the versions, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("assistant", "chromadb", "onnxruntime"))
    model = models[0] if models else platform.processor() or platform.machine()
    return f"{cores} cores, {model}, {platform.system()}, Python {platform.python_version()}, {packages}"


def seconds_of(job: Callable[[], Any]) -> float:
    """The wall-clock seconds that a call takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def output_of(command: Sequence[str]) -> str:
    """Runs a command to its end and gives what it wrote to standard output.

    Raises:
        BenchmarkError: it fails.
    """
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 — our own words
    if done.returncode:
        raise BenchmarkError(f"a measured process failed with exit code {done.returncode}; its words stand above.")
    return done.stdout


def peak_of(command: Sequence[str]) -> tuple[float, float]:
    """Runs a command to its end.

    Returns:
        Its wall-clock seconds, and the peak of its resident memory in MiB (``ru_maxrss``, in bytes
        on macOS and in KiB on Linux).

    Raises:
        BenchmarkError: it fails, or the system doesn't tell (Windows).
    """
    if sys.platform == "win32":
        raise BenchmarkError("Windows doesn't tell a process's peak memory this way. Run it on Linux or macOS.")
    code, seconds, peak = json.loads(output_of([sys.executable, "-c", _LAUNCHER, *command]))
    if code:
        raise BenchmarkError(f"the measured process failed with exit code {code}; its own words stand above.")
    return seconds, peak / (2**20 if sys.platform == "darwin" else 2**10)


def say(line: str) -> None:
    """Prints a line at once: the benchmark's only way to."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
