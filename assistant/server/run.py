"""Runs the server on one port until a signal ends it; requests and answers under way are finished first."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from assistant.client import Assistant
from assistant.errors import AccessError
from assistant.server.app import create_app
from assistant.server.auth.access import check_binding
from assistant.server.connections import MAX_HEAD_BYTES, BoundedProtocol
from assistant.server.service import Service
from assistant.settings import Settings
from assistant.types import IndexReport

_POLL_SECONDS = 0.05  # between two looks at what is under way
_MAX_PENDING_CONNECTIONS = 2048

_log = logging.getLogger(__name__)


class GracefulServer(uvicorn.Server):
    """Uvicorn, but a graceful stop waits for answers and requests alone, not for pages that are left open."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 — uvicorn's own signature
        """Ends gracefully at the first signal, at once at the second; never by the signal itself."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts nothing new, finishes what is under way, and closes what else is open."""
        finishing = asyncio.create_task(self._exit_when_idle())
        await super().shutdown(sockets)
        finishing.cancel()
        with suppress(asyncio.CancelledError):
            await finishing
        if self.force_exit:
            await self.lifespan.shutdown()

    async def _exit_when_idle(self) -> None:
        await asyncio.sleep(_POLL_SECONDS)
        while self._service.is_busy and not self.force_exit:  # noqa: ASYNC110 — two counters, one of other threads
            await asyncio.sleep(_POLL_SECONDS)
        await asyncio.sleep(_POLL_SECONDS)  # for the last bytes
        self.force_exit = True


def bind_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at this address alone; port 0 takes any free port.

    Raises:
        AccessError: the address isn't this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        listener.listen(_MAX_PENDING_CONNECTIONS)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else error
        raise AccessError(f"{host} port {port} can't be listened at: {reason}. Choose another with --port.") from None
    return listener


def make_server(app: FastAPI, settings: Settings) -> GracefulServer:
    """The server of an application, to be run on a socket."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application heeds those of the proxies in the settings
        timeout_graceful_shutdown=int(2 * settings.timeout) + 10,
        timeout_keep_alive=15,
        backlog=_MAX_PENDING_CONNECTIONS,
        ws="none",
    )
    return GracefulServer(config, app.state.service)


def serve(
    assistant: Assistant, settings: Settings, host: str, port: int, ready: Callable[[str], object] = lambda _: None
) -> None:
    """Serves an opened index until a signal ends it.

    Args:
        assistant: the index.
        settings: those that it was opened with.
        host: the address to listen at.
        port: 0 takes any free port.
        ready: is called with the address for a browser, before the first request is taken.

    Raises:
        AccessError: listening there would let everybody in, or can't be done.
    """
    check_binding(settings, host)
    listener = bind_socket(host, port)
    try:
        app = create_app(assistant, settings, host=host)
        url = socket_url(host, listener)
        assistant.announce(url)
        ready(url)
        make_server(app, settings).run(sockets=[listener])
    finally:
        listener.close()


@contextmanager
def watch_paths(assistant: Assistant, paths: Sequence[Path], rescan: float) -> Iterator[None]:
    """Keeps an index in line with files and folders while the block runs, and logs each report.

    Args:
        assistant: the index.
        paths: files and folders; without any, nothing is watched.
        rescan: minutes after which everything is looked at again.

    Raises:
        PathNotFoundError: a path does not exist.
    """
    if not paths:
        yield
        return
    from assistant.ingest.watch import Watcher, WatchTiming, watch_in_background

    with watch_in_background(Watcher(assistant, paths, _log_report, WatchTiming(rescan=60 * rescan))):
        yield


def _log_report(report: IndexReport) -> None:
    for failure in report.failed:
        _log.warning("%s: %s", failure.source, failure.reason)
    facts = {name: len(getattr(report, name)) for name in ("added", "changed", "removed", "unchanged", "failed")}
    _log.info("indexed", extra={"facts": facts})


def socket_url(host: str, listener: socket.socket) -> str:
    """The address at which this machine reaches a listening socket, as in ``http://127.0.0.1:7860``."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"
