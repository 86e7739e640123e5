"""Measured processes: their output, time and memory; and the machine that they run on."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from assistant.errors import AssistantError

# Linux hands a parent's peak memory down to a child process, so a small process stands between.
_LAUNCHER = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - started
print(json.dumps([code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
_MEMORY_FIELDS = {"now": "VmRSS", "peak": "VmHWM"}  # of /proc/PID/status


class BenchmarkError(AssistantError):
    """Something cannot be measured here; the message says why, and what to do."""


def describe_machine() -> str:
    """The machine and the versions, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text(encoding="utf-8").splitlines() if cpu_info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("assistant", "chromadb", "onnxruntime"))
    model = models[0] if models else platform.processor() or platform.machine()
    return f"{cores} cores, {model}, {platform.system()}, Python {platform.python_version()}, {packages}"


def measure_seconds(job: Callable[[], Any]) -> float:
    """The wall-clock seconds that a call takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def run_and_read(command: Sequence[str]) -> str:
    """Runs a command to its end, and returns what it wrote to standard output.

    Raises:
        BenchmarkError: it fails.
    """
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 — our own command
    if process.returncode:
        raise BenchmarkError(f"a measured process failed with exit code {process.returncode}; its words stand above.")
    return process.stdout


def measure_peak(command: Sequence[str]) -> tuple[float, float]:
    """Runs a command to its end.

    Returns:
        Its wall-clock seconds, and the peak of its resident memory in MiB (``ru_maxrss``, which is in bytes
        on macOS and in KiB on Linux).

    Raises:
        BenchmarkError: it fails, or the system doesn't tell (Windows).
    """
    if sys.platform == "win32":
        raise BenchmarkError("Windows doesn't tell a process's peak memory this way. Run it on Linux or macOS.")
    code, seconds, peak = json.loads(run_and_read([sys.executable, "-c", _LAUNCHER, *command]))
    if code:
        raise BenchmarkError(f"the measured process failed with exit code {code}; its own words stand above.")
    return seconds, peak / (2**20 if sys.platform == "darwin" else 2**10)


def process_memory(pid: int, when: Literal["now", "peak"]) -> float:
    """The resident memory of a running process in MiB, now or at its peak so far; 0 where the system doesn't tell."""
    status = Path(f"/proc/{pid}/status")
    field = re.search(rf"{_MEMORY_FIELDS[when]}:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(field[1]) / 1024 if field else 0.0
