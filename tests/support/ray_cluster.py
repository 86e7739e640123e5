"""A Ray cluster on this machine, each of its nodes a session of processes, for the tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_STORE = 100_000_000  # bytes of shared memory, a node
_PATIENCE = 90  # seconds for a node to start, on a machine that has much to do


@dataclass
class Node:
    """What ``ray start`` runs of a node, in a session of its own."""

    process: "subprocess.Popen[Any]"

    def kill(self) -> None:
        """Kills all of it at once, as if its plug were pulled."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def named(self, name: str) -> list[int]:
        """Its processes whose command line holds this."""
        return [pid for pid in self._pids() if name.encode() in _read(pid, "cmdline")]

    def _pids(self) -> list[int]:
        """The processes of its session: the fourth word behind a process's name, which may hold anything."""
        pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
        return [
            pid
            for pid in pids
            if (stat := _read(pid, "stat")) and int(stat.rpartition(b")")[2].split()[3]) == self.process.pid
        ]


@dataclass
class Cluster:
    """Nodes of a processor each; a driver on this machine belongs to the first.

    Attributes:
        address: where it is found.
        environment: what a driver needs to be let in.
    """

    address: str
    environment: dict[str, str]
    folder: Path
    nodes: list[Node] = field(default_factory=list)

    def add(self) -> Node:
        """Starts one more node."""
        where = [f"--address={self.address}"]
        if not self.nodes:
            port = self.address.rpartition(":")[2]
            where = ["--head", f"--port={port}", f"--temp-dir={self.folder}", "--include-dashboard=false"]
            where += [f"--ray-client-server-port={_free()}"]
        log = self.folder / f"{len(self.nodes)}.log"
        self.nodes.append(_started(where, log, self.environment))
        return self.nodes[-1]


def _read(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""


@contextmanager
def running() -> Iterator[Cluster]:
    """Starts one with one node, behind a token of its own; kills all of it at the end."""
    environment = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": uuid.uuid4().hex, "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        made = Cluster(f"127.0.0.1:{_free()}", environment, Path(folder))
        try:
            made.add()
            yield made
        finally:
            for node in made.nodes:
                node.kill()


def _started(where: list[str], log: Path, environment: dict[str, str]) -> Node:
    agents = ("metrics-export", "dashboard-agent-grpc", "dashboard-agent-listen", "runtime-env-agent")
    given = [f"--{name}-port={_free()}" for name in agents]  # else a node waits for 15 seconds for its agent, or fails
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1", *where, *given]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, f"--object-store-memory={_STORE}", "--disable-usage-stats"],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    node, end = Node(process), time.monotonic() + _PATIENCE
    while b"Ray runtime started" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            node.kill()
            raise AssertionError(f"A node of Ray did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)
    return node


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
