"""Structured logs: one JSON object a line, with the id of the request; never a text, a question or a key."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from assistant.addresses import redact_logins
from assistant.observability.tracing import trace_id

request_id: ContextVar[str] = ContextVar("request_id", default="")

_MAX_FRAMES = 6  # innermost places of an error that are logged
_WARNINGS_ONLY = ("uvicorn.access", "httpx", "httpx2", "openai")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON. Of an exception it logs the class and the places in the code, not the text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact_logins(record.getMessage()),
            "request": request_id.get(),
            "trace": trace_id(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])[-_MAX_FRAMES:]
            fields["error"] = record.exc_info[0].__name__
            fields["at"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        return json.dumps({name: value for name, value in fields.items() if value != ""})


def configure_json_logs(level: int = logging.INFO) -> None:
    """Sends what this process logs to stderr as JSON lines.

    Args:
        level: the least level of the server's own records; all others are logged from warnings on.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("assistant.server").setLevel(level)
    for name in _WARNINGS_ONLY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)  # assistant.observability says it once
    for name in ("mcp", "python_multipart"):  # they would log what a tool was asked, or parts of an upload
        logging.getLogger(name).setLevel(logging.CRITICAL)
