"""The server's connections: how long a request's head may be, how long a client may take, how many there may be.

Uvicorn bounds none of that: a client without a login could send headers without end, or hold connections that never
come to a request.
"""

import asyncio
from typing import Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_BYTES = 65_536  # of a request's line and headers
_HEAD_SECONDS = 15.0  # for a request's head to arrive, from the connection's opening or the head's first byte
_BODY_SECONDS = 30.0  # for its body, again and again as long as it comes at this rate
_MIN_BODY_RATE = 1_000  # bytes a second
_UNREAD_SECONDS = 60.0  # that a client may leave what was sent to it unread
_MAX_CONNECTIONS = 1_000  # and no more than half of the files that the process may open

_Phase = Literal["head", "body", "idle", "answering"]  # what a connection waits for


class BoundedProtocol(H11Protocol):
    """A connection that is closed when its client takes too long, or others wait who are quicker.

    When there are too many, the one goes that has waited longest for the head of a request; a client that sends its
    request at once is not kept out by many that never do.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in Uvicorn
        """Takes a new connection, in an old one's place where there are too many."""
        super().connection_made(transport)
        self._phase: _Phase = "idle"
        self.since, self._received = 0.0, 0  # when the phase began, and the bytes that came since
        self._deadline_check: asyncio.TimerHandle | None = None
        self._unread_timeout: asyncio.TimerHandle | None = None
        self._enter("head")
        if len(self.connections) > _max_connections():
            waiting = [
                connection
                for connection in self.connections
                if isinstance(connection, BoundedProtocol) and connection is not self and connection.waits_for_a_request
            ]
            min(waiting, key=lambda connection: connection.since, default=self).transport.abort()

    @property
    def waits_for_a_request(self) -> bool:
        """Whether nothing is under way here that could be lost."""
        return self._phase in ("head", "idle") and not self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        """Takes what has come of a request."""
        self._received += len(data)
        super().data_received(data)
        self._follow("head")

    def on_response_complete(self) -> None:
        """Waits for the next request; until its first byte that is Uvicorn's own keep-alive timeout."""
        super().on_response_complete()
        self._follow("idle")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        super().connection_lost(exc)
        for timer in (self._deadline_check, self._unread_timeout):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        """Waits until the client has read something of what was sent."""
        super().pause_writing()
        self._unread_timeout = self.loop.call_later(_UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Goes on sending."""
        super().resume_writing()
        if self._unread_timeout is not None:
            self._unread_timeout.cancel()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 — Uvicorn's own text says less
        """Refuses what is no request."""
        super().send_400_response(f"The request is malformed, or its headers have more than {MAX_HEAD_BYTES:,} bytes.")

    def _follow(self, without_request: _Phase) -> None:
        """Notes what the connection waits for now."""
        if self.conn.their_state is h11.SEND_BODY and self.conn.our_state is not h11.DONE:
            self._enter("body")
        elif self.conn.their_state in (h11.IDLE, h11.SEND_BODY):  # the latter where it was answered before its end
            self._enter(without_request)
        else:
            self._enter("answering")

    def _enter(self, phase: _Phase) -> None:
        if phase == self._phase:
            return
        self._phase, self.since, self._received = phase, self.loop.time(), 0
        if self._deadline_check is None:
            self._check_deadline()

    def _check_deadline(self) -> None:
        """Closes the connection where its request is overdue; otherwise looks again when it might be."""
        self._deadline_check = None
        if self._phase not in ("head", "body") or self.transport.is_closing():
            return
        allowed, now = _HEAD_SECONDS if self._phase == "head" else _BODY_SECONDS, self.loop.time()
        if self.since + allowed <= now:
            gets_on = self._phase == "body" and self._received >= _MIN_BODY_RATE * allowed
            if not gets_on and not self.flow.read_paused:  # where it is paused, the server is the slow one
                self.transport.abort()
                return
            self.since, self._received = now, 0
        self._deadline_check = self.loop.call_later(self.since + allowed - now, self._check_deadline)


def _max_connections() -> int:
    try:
        import resource
    except ImportError:  # on Windows, which has no such limit
        return _MAX_CONNECTIONS
    return min(_MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
