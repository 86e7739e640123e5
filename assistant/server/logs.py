"""Structured logs: one JSON object a line, with the id of the request; never a text, a question or a key."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from assistant.observability.tracing import trace_id

request_id: ContextVar[str] = ContextVar("request_id", default="")

_QUIET = ("uvicorn.access", "httpx", "httpx2", "openai")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON. Of an exception it tells the kind and the places, not the text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
            "trace": trace_id(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
            told["at"] = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(record.exc_info[2])[-6:]]
        return json.dumps({name: value for name, value in told.items() if value != ""})


def to_json(level: int = logging.INFO) -> None:
    """Sends what this process logs to stderr in this form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("assistant.server").setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)  # the tracing room says it once
    for name in ("mcp", "python_multipart"):  # they would log what a tool was asked, or parts of an upload
        logging.getLogger(name).setLevel(logging.CRITICAL)
