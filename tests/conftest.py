"""What holds for every test: none sees the settings of whoever runs it, and none leaves this machine."""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.chroma import ChromaProcess, run_chroma

SERVER = "--chroma-server"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The tests of the index can be run against a Chroma server too."""
    parser.addoption(SERVER, action="store_true", help="put every index into a Chroma server, but for tests of folders")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of what only a folder has are left out against a server."""
    if config.getoption(SERVER):
        for item in items:
            if item.get_closest_marker("folder"):
                item.add_marker(pytest.mark.skip("about an index in a folder"))


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """One Chroma server for all tests that want one; each uses a database of its own."""
    with run_chroma(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture(autouse=True)
def _index_in_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """With ``--chroma-server`` a test's index is in a database of the server."""
    if not request.config.getoption(SERVER):
        yield
        return
    server: ChromaProcess = request.getfixturevalue("chroma_server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_CHROMA_URL", f"{server.url}/{uuid.uuid4().hex}")
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_settings_alone() -> Iterator[None]:
    """Takes keys, addresses and homes out of the environment before any other fixture runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith(("ASSISTANT_", "OPENAI_", "OTEL_"))]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _loopback_alone() -> Iterator[None]:
    """Refuses every connection that leaves this machine: no test reaches a real endpoint by accident."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connected(own: socket.socket, address: Any) -> None:
        if own.family in (socket.AF_INET, socket.AF_INET6):
            refuse(address[0])
        connect(own, address)

    def looked_up(host: Any, *given: Any, **options: Any) -> Any:
        refuse(host)
        return look_up(host, *given, **options)

    def refuse(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not re.fullmatch(r"localhost|127\.[\d.]+|::1", name):
            raise AssertionError(f"A test asks for {name}. Serve what it needs on 127.0.0.1.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connected)
        patch.setattr(socket, "getaddrinfo", looked_up)
        yield
