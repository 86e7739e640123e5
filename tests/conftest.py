"""What holds for every test: none sees the settings of whoever runs it, and none leaves this machine."""

import os
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_settings_alone() -> Iterator[None]:
    """Takes keys, addresses and homes out of the environment before any other fixture runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith(("ASSISTANT_", "OPENAI_"))]:
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
