"""A real server on a loopback port for the tests, in a thread of this process, and one client to ask it with."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from assistant.client import Assistant
from assistant.server.app import create_app
from assistant.server.auth.access import AccessControl
from assistant.server.run import GracefulServer, bind_socket, make_server, socket_url
from assistant.server.service import Service
from assistant.settings import Settings, load_settings


@dataclass(frozen=True)
class RunningAssistant:
    """A server that runs."""

    url: str
    assistant: Assistant
    access: AccessControl
    service: Service
    server: GracefulServer
    client: httpx.Client
    thread: threading.Thread

    def ask(self, question: str, **options: Any) -> dict[str, Any]:
        """The record of an answer."""
        answer = self.client.post("/api/v1/ask", json={"question": question, **options})
        assert 200 == answer.status_code, answer.text
        record: dict[str, Any] = answer.json()
        return record


async def _create_app(assistant: Assistant, settings: Settings, access: AccessControl, *, page: bool) -> FastAPI:
    return create_app(assistant, settings, access, page=page)


@contextmanager
def serve_assistant(home: Path, *documents: Path, page: bool = False, **settings: Any) -> Iterator[RunningAssistant]:
    """Serves an index of these documents in a home of its own, with the page where that is wanted."""
    loaded = load_settings(home=home, **settings)
    with Assistant.open(home, **settings) as assistant:
        if documents:
            assistant.index(list(documents))
        access = AccessControl(loaded)
        with ThreadPoolExecutor(1) as builder:  # Gradio leaves an event loop open where none runs
            app = builder.submit(asyncio.run, _create_app(assistant, loaded, access, page=page)).result()
        listener = bind_socket("127.0.0.1", 0)
        running = make_server(app, loaded)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        url = socket_url("127.0.0.1", listener)
        assistant.announce(url)
        try:
            with httpx.Client(base_url=url, timeout=60) as client:
                yield RunningAssistant(url, assistant, access, app.state.service, running, client, thread)
        finally:
            running.should_exit = True
            thread.join(60)
            listener.close()
