"""The servers that benchmarks start for themselves: Chroma's, and ``assistant serve``."""

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any
from urllib.request import urlopen

from research.benchmark.processes import BenchmarkError

ASSISTANT = (sys.executable, "-m", "assistant")
_CHROMA_START_SECONDS = 60.0
_SHOWN_LOG_CHARS = 300
_SHOWN_BODY_BYTES = 200


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server of this machine."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def chroma_server(folder: Path) -> Iterator[RunningServer]:
    """A Chroma server with its data in a folder.

    Raises:
        OSError: it doesn't answer within a minute.
    """
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 — our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server, deadline = RunningServer(port, process.pid), time.monotonic() + _CHROMA_START_SECONDS
    try:
        while True:
            try:
                with urlopen(f"{server.url}/api/v2/heartbeat", timeout=2):  # noqa: S310 — our own server
                    break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


@contextmanager
def assistant_server(home: Path, environment: Mapping[str, str], log: Path) -> Iterator[RunningServer]:
    """``assistant serve`` on a free port.

    Args:
        home: of the index.
        environment: of the process.
        log: the file that gets what it writes to standard error.

    Raises:
        BenchmarkError: it doesn't start.
    """
    command = [*ASSISTANT, "--home", str(home), "serve", "--port", "0"]
    with (
        log.open("w") as log_file,
        subprocess.Popen(  # noqa: S603 — our own command
            command, stdout=subprocess.PIPE, stderr=log_file, text=True, env=environment
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            if address is None:
                raise BenchmarkError(f"the server does not start: {log.read_text()[-_SHOWN_LOG_CHARS:]}")
            yield RunningServer(int(address[1]), process.pid)
        finally:
            process.terminate()


def post(connection: http.client.HTTPConnection, path: str, body: bytes, content_type: str = "application/json") -> Any:
    """Posts a body to a server.

    Returns:
        The response's JSON.

    Raises:
        BenchmarkError: the status is an error's.
    """
    connection.request("POST", path, body, {"Content-Type": content_type})
    response = connection.getresponse()
    content = response.read()
    if response.status >= http.client.BAD_REQUEST:
        raise BenchmarkError(f"HTTP {response.status} {content[:_SHOWN_BODY_BYTES]!r}")
    return json.loads(content)
