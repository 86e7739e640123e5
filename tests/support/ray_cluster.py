"""A Ray cluster on this machine, each of its nodes a session of processes, for the tests."""

import os
import signal
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

from tests.support.chroma import free_port

_OBJECT_STORE_BYTES = 100_000_000  # of shared memory for each node
_START_SECONDS = 90  # that the start of a node may take, on a busy machine


@dataclass
class Node:
    """The processes of one node, which ``ray start`` runs in a session of their own."""

    process: "subprocess.Popen[Any]"

    def kill(self) -> None:
        """Kills all of them at once, as if the node's plug were pulled."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def named(self, name: str) -> list[int]:
        """The ids of those processes whose command line contains a name."""
        return [pid for pid in self._pids() if name.encode() in _read_proc(pid, "cmdline")]

    def _pids(self) -> list[int]:
        """The ids of the session's processes.

        In /proc, the session is the fourth word behind a process's name, which may contain anything.
        """
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [
            pid
            for pid in pids
            if (stat := _read_proc(pid, "stat")) and int(stat.rpartition(b")")[2].split()[3]) == self.process.pid
        ]


@dataclass
class LocalCluster:
    """A cluster of nodes with one processor each. A driver on this machine belongs to the first node.

    Attributes:
        address: where to connect to it.
        environment: the variables that a driver needs to be let in.
    """

    address: str
    environment: dict[str, str]
    folder: Path
    nodes: list[Node] = field(default_factory=list)

    def add(self) -> Node:
        """Starts one more node."""
        options = [f"--address={self.address}"]
        if not self.nodes:
            port = self.address.rpartition(":")[2]
            options = ["--head", f"--port={port}", f"--temp-dir={self.folder}", "--include-dashboard=false"]
            options += [f"--ray-client-server-port={free_port()}"]
        log = self.folder / f"{len(self.nodes)}.log"
        self.nodes.append(_start_node(options, log, self.environment))
        return self.nodes[-1]


def _read_proc(pid: int, name: str) -> bytes:
    """A file of a process in /proc; empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


@contextmanager
def run_cluster() -> Iterator[LocalCluster]:
    """A cluster of one node, behind a token of its own; all of it is killed at the end."""
    environment = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": uuid.uuid4().hex, "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        cluster = LocalCluster(f"127.0.0.1:{free_port()}", environment, Path(folder))
        try:
            cluster.add()
            yield cluster
        finally:
            for node in cluster.nodes:
                node.kill()


def _start_node(options: list[str], log: Path, environment: dict[str, str]) -> Node:
    agents = ("metrics-export", "dashboard-agent-grpc", "dashboard-agent-listen", "runtime-env-agent")
    # Without ports of their own, a node waits for 15 seconds for its agents, or fails.
    ports = [f"--{agent}-port={free_port()}" for agent in agents]
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1", *options, *ports]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--object-store-memory={_OBJECT_STORE_BYTES}", "--disable-usage-stats"],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    node, deadline = Node(process), time.monotonic() + _START_SECONDS
    while b"Ray runtime started" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            node.kill()
            raise AssertionError(f"A node of Ray did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)
    return node
