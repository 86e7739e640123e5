"""The page's events without a browser: what its script sends to Gradio's routes, as anybody may forge it."""

import json
import re
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import httpx


@dataclass(frozen=True)
class PageEvent:
    """An event that the page can send."""

    index: int  # of its handler
    trigger: int  # the widget that sends it
    name: str
    inputs: tuple[int, ...]  # the widgets whose values go with it


@dataclass
class PageSession:
    """A page that somebody has open."""

    client: httpx.Client
    session: str = field(default_factory=lambda: token_hex(6))

    def __post_init__(self) -> None:
        html = self.client.get("/", headers={"accept": "text/html"}).text
        config = re.search(r"window\.gradio_config = (.*?);</script>", html)
        assert config, html[:300]
        self.config: dict[str, Any] = json.loads(config[1])

    @property
    def events(self) -> list[PageEvent]:
        """All events, one for each thing that may trigger it."""
        return [
            PageEvent(dependency["id"], trigger, name, tuple(dependency["inputs"]))
            for dependency in self.config["dependencies"]
            for trigger, name in dependency["targets"]
        ]

    def event(self, element_id: str, name: str) -> PageEvent:
        """The event of the widget that has an id in the page."""
        (widget,) = [
            widget["id"] for widget in self.config["components"] if widget["props"].get("elem_id") == element_id
        ]
        (event,) = [event for event in self.events if (event.trigger, event.name) == (widget, name)]
        return event

    def upload(self, **files: bytes) -> list[str]:
        """Uploads files by name, a double underscore for the dot, as the page does.

        Returns:
            Where the server has put them, as it tells the browser.
        """
        parts = [("files", (name.replace("__", "."), content)) for name, content in files.items()]
        response = self.client.post("/gradio_api/upload", files=parts)
        assert 200 == response.status_code, response.text
        paths: list[str] = response.json()
        return paths

    def join(self, event: PageEvent, data: list[Any], event_data: Any = None) -> httpx.Response:
        """Sends an event, without waiting for what becomes of it."""
        body = {
            "data": data,
            "event_data": event_data,
            "fn_index": event.index,
            "trigger_id": event.trigger,
            "session_hash": self.session,
        }
        return self.client.post("/gradio_api/queue/join", json=body)

    def send(self, event: PageEvent, data: list[Any], event_data: Any = None) -> str:
        """Sends an event, and returns all messages that answer it; that of its refusal where it is refused."""
        joined = self.join(event, data, event_data)
        if joined.status_code != 200:
            return joined.text
        return self.client.get("/gradio_api/queue/data", params={"session_hash": self.session}).text

    def add_files(self, *files: Any) -> str:
        """Sends the event that comes after an upload, with these files in it; returns what the page is told."""
        return self.send(self.event("files", "upload"), [list(files), None])


def file_data(path: str, **changes: Any) -> dict[str, Any]:
    """A file as an event names it."""
    return {
        "path": path,
        "url": None,
        "size": 1,
        "orig_name": path.rpartition("/")[2],
        "mime_type": "text/plain",
        "is_stream": False,
        "meta": {"_type": "gradio.FileData"},
        **changes,
    }
