"""Runs the server on one port until it is told to end; then what is under way is finished first."""

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
from assistant.server.service import Service
from assistant.settings import Settings
from assistant.types import IndexReport

_LOOK = 0.05  # seconds between two looks at what is under way
_BACKLOG = 2048  # connections that may wait to be taken

_log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Uvicorn, but a graceful stop waits for answers and requests alone, not for pages that are left open."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 — uvicorn's own signature
        """Ends gracefully at the first signal, at once at the second; never by the signal itself."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, finishes what is under way, and closes what else is open."""
        finishing = asyncio.create_task(self._finish())
        await super().shutdown(sockets)
        finishing.cancel()
        with suppress(asyncio.CancelledError):
            await finishing
        if self.force_exit:
            await self.lifespan.shutdown()

    async def _finish(self) -> None:
        await asyncio.sleep(_LOOK)
        while self._service.is_busy and not self.force_exit:  # noqa: ASYNC110 — two counters, one of other threads
            await asyncio.sleep(_LOOK)
        await asyncio.sleep(_LOOK)  # for the last bytes
        self.force_exit = True


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens nowhere else; port 0 takes any that is free.

    Raises:
        AccessError: the address isn't this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host.strip("[]"), port))
        made.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        made.close()
        reason = error.strerror if isinstance(error, OSError) else error
        raise AccessError(f"{host} port {port} can't be listened at: {reason}. Choose another with --port.") from None
    return made


def server(app: FastAPI, settings: Settings) -> Server:
    """The server of an application, to be run on a socket."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(2 * settings.timeout) + 10,
        timeout_keep_alive=15,
        backlog=_BACKLOG,
        ws="none",
    )
    return Server(config, app.state.service)


def serve(
    assistant: Assistant, settings: Settings, host: str, port: int, ready: Callable[[str], object] = lambda _: None
) -> None:
    """Serves an opened index until a signal ends it.

    Args:
        assistant: the index.
        settings: those that it was opened with.
        host: the address to listen at.
        port: 0 takes any that is free.
        ready: is told the address for a browser, before the first request is taken.

    Raises:
        AccessError: listening there would let everybody in, or can't be done.
    """
    check_binding(settings, host)
    listening = bound(host, port)
    try:
        app = create_app(assistant, settings, host=host)
        address = address_of(host, listening)
        assistant.announce(address)
        ready(address)
        server(app, settings).run(sockets=[listening])
    finally:
        listening.close()


@contextmanager
def watched(assistant: Assistant, paths: Sequence[Path], rescan: float) -> Iterator[None]:
    """Keeps an index in line with files and folders meanwhile, and logs what came of it.

    Args:
        assistant: the index.
        paths: files and folders; none is fine.
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
    for each in report.failed:
        _log.warning("%s: %s", each.source, each.reason)
    facts = {name: len(getattr(report, name)) for name in ("added", "changed", "removed", "unchanged", "failed")}
    _log.info("indexed", extra={"facts": facts})


def address_of(host: str, listening: socket.socket) -> str:
    """The address under which this machine reaches a socket."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}"
