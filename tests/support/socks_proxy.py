"""A SOCKS5 proxy on loopback, without a login, that passes on what it is given."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

_NO_LOGIN, _CONNECT, _DONE, _DOMAIN = 0, 1, 0, 3


@contextmanager
def serve_socks_proxy() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yields the proxy's address, and the list of hosts and ports that it was asked for."""
    destinations: list[tuple[str, int]] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            _version, count = self.rfile.read(2)
            self.rfile.read(count)
            self.wfile.write(bytes([5, _NO_LOGIN]))
            _version, command, _reserved, kind = self.rfile.read(4)
            assert command == _CONNECT
            host = (
                self.rfile.read(self.rfile.read(1)[0]).decode()
                if kind == _DOMAIN
                else socket.inet_ntoa(self.rfile.read(4))
            )
            (port,) = struct.unpack("!H", self.rfile.read(2))
            destinations.append((host, port))
            with socket.create_connection((host, port)) as destination:
                self.wfile.write(bytes([5, _DONE, 0, 1]) + bytes(6))
                there = threading.Thread(target=_copy, args=(self.connection, destination), daemon=True)
                there.start()
                _copy(destination, self.connection)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"socks5://127.0.0.1:{server.server_address[1]}", destinations
        finally:
            server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
