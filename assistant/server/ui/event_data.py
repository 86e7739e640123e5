"""What a browser sends with an event; it may send anything, so everything is checked here."""

from typing import Any

import gradio as gr


def user_name(request: gr.Request) -> str:
    """The user who is logged in; empty where nobody has to log in."""
    return str(request.username or "")


def session_id(request: gr.Request) -> str:
    """The id of the browser's session: one open page."""
    return str(request.session_hash)


def text_field(event: gr.EventData, name: str) -> str:
    """A field of the event as text; empty where it is missing."""
    return str(_fields(event).get(name, ""))


def optional_text_field(event: gr.EventData, name: str) -> str | None:
    """A field of the event as text; None where it is missing."""
    return text_field(event, name) if name in _fields(event) else None


def number_field(event: gr.EventData, name: str) -> int:
    """A field of the event as a number from 0; -1 where it is missing or no such number."""
    text = text_field(event, name)
    return int(text) if text.isdecimal() else -1


def file_paths(files: Any) -> list[str]:
    """The paths that the browser gives for uploaded files, each once; they may be any."""
    named = [str(file.get("path", "")) for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return list(dict.fromkeys(named))


def _fields(event: gr.EventData) -> dict[str, Any]:
    data = event._data  # noqa: SLF001 — its attributes raise where one is missing, and a browser may send anything
    return data if isinstance(data, dict) else {}
