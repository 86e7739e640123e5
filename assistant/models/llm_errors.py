"""What went wrong between this process and a language model, in words, with what to do about it."""

from typing import Any

from assistant.addresses import redact_logins
from assistant.models.deadlines import OverdueError

_LOOK_AT_LOG = "Ask again; if it stays so, look at the server's own log."
_BY_STATUS = {
    401: ("refuses the key (HTTP 401)", "Check OPENAI_API_KEY."),
    403: ("refuses the key (HTTP 403)", "Check OPENAI_API_KEY."),
    404: ("is not known there (HTTP 404)", "Check ASSISTANT_MODEL and OPENAI_BASE_URL, which mostly ends in /v1."),
    429: ("takes no more requests (HTTP 429)", "Wait, or check the account's limits."),
}


def describe_failure(error: Exception) -> tuple[str, str]:
    """What happened, to be put behind the model's name, and what to do, by the error tree of ``openai``."""
    import httpx
    import openai

    status = getattr(error, "status_code", None)
    if isinstance(error, OverdueError | openai.APITimeoutError | httpx.TimeoutException):
        return "did not answer in time", "Wait, or give it longer with ASSISTANT_TIMEOUT."
    if isinstance(error, openai.APIConnectionError):
        return "cannot be reached", "Check OPENAI_BASE_URL, and that the server runs. Quotes mode works without it."
    if isinstance(error, httpx.TransportError):
        return "broke off in the middle of its answer", _LOOK_AT_LOG
    if status is None:
        return f"failed: {type(error).__name__}", _LOOK_AT_LOG
    if status >= 500:
        return f"failed (HTTP {status})", "Ask again later; the server's own log says more."
    refused = (f"refused the request (HTTP {status})", "Check that ASSISTANT_MODEL is a chat model.")
    return _BY_STATUS.get(status, refused)


def failure_reason(error: Exception) -> str:
    """What the endpoint itself says of the failure, or else the text of the error, on one line."""
    body: Any = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else getattr(body, "message", None)
    text = str(message if isinstance(message, str) and message.strip() else error)
    return " ".join(redact_logins(text).split())
