"""What holds for every test: it sees none of its user's settings, and connects to no other machine."""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.chroma import ChromaProcess, run_chroma

CHROMA_SERVER_OPTION = "--chroma-server"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds an option that runs the tests of the index against a Chroma server too."""
    parser.addoption(
        CHROMA_SERVER_OPTION, action="store_true", help="put every index into a Chroma server, but for tests of folders"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skips the tests of what only an index in a folder has, where every index is in a server."""
    if config.getoption(CHROMA_SERVER_OPTION):
        for item in items:
            if item.get_closest_marker("folder"):
                item.add_marker(pytest.mark.skip("about an index in a folder"))


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """One Chroma server for all tests that need one; each test uses a database of its own."""
    with run_chroma(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture(autouse=True)
def _index_in_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """With ``--chroma-server``, puts a test's index into a new database of the server."""
    if not request.config.getoption(CHROMA_SERVER_OPTION):
        yield
        return
    server: ChromaProcess = request.getfixturevalue("chroma_server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_CHROMA_URL", f"{server.url}/{uuid.uuid4().hex}")
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """Removes the user's keys, addresses and homes from the environment before any other fixture runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith(("ASSISTANT_", "OPENAI_", "OTEL_")):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_other_machine() -> Iterator[None]:
    """Refuses every connection that leaves this machine: no test reaches a real endpoint by accident."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def require_loopback(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not re.fullmatch(r"localhost|127\.[\d.]+|::1", name):
            raise AssertionError(f"A test connects to {name}. Serve what it needs on 127.0.0.1.")

    def connect_to_loopback(connection: socket.socket, address: Any) -> None:
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            require_loopback(address[0])
        connect(connection, address)

    def look_up_loopback(host: Any, *arguments: Any, **options: Any) -> Any:
        require_loopback(host)
        return getaddrinfo(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_to_loopback)
        patch.setattr(socket, "getaddrinfo", look_up_loopback)
        yield
