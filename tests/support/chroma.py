"""A Chroma server for tests: ``chroma run`` on a port of its own, which can be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_START_SECONDS = 60.0  # that a start may take on a busy machine


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ChromaProcess:
    """A Chroma server as a process of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        command = [Path(sys.executable).with_name("chroma"), "run", "--path", self.folder, "--port", str(self.port)]
        environment = {**os.environ, "CHROMA_ALLOW_RESET": "FALSE", "ANONYMIZED_TELEMETRY": "FALSE"}
        self.process = subprocess.Popen(
            [*map(str, command), "--host", "127.0.0.1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with urlopen(f"{self.url}/api/v2/heartbeat", timeout=2):  # noqa: S310 — our own address
                    return
            except (URLError, OSError):
                assert time.monotonic() < deadline, "chroma run didn't come up"
                time.sleep(0.05)

    def stop(self, with_: signal.Signals = signal.SIGKILL) -> None:
        """Ends it, by default as a power cut would."""
        if self.process is not None:
            self.process.send_signal(with_)
            self.process.wait()
            self.process = None


@contextmanager
def run_chroma(folder: Path) -> Iterator[ChromaProcess]:
    """A server that keeps its data in a folder, and runs until the context ends."""
    server = ChromaProcess(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
