"""Errors over HTTP: one JSON form for all of them, with the status that fits."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from assistant import errors
from assistant.addresses import redact_logins
from assistant.server.api.derived_models import escape_surrogates
from assistant.server.api.schemas import ErrorRecord
from assistant.server.logs import request_id

_STATUS_BY_CLASS: dict[type[errors.AssistantError], int] = {  # the nearest base class of an error counts
    errors.QuestionError: 422,
    errors.SettingsError: 422,
    errors.RecordError: 422,
    errors.ReadingError: 422,
    errors.DocumentNotFoundError: 404,
    errors.PathNotFoundError: 404,
    errors.LoginError: 401,
    errors.AccessError: 403,
    errors.SizeError: 413,
    errors.BusyError: 503,
    errors.LimitError: 429,
    errors.ModelError: 502,
    errors.EmbeddingError: 502,
    errors.StoreError: 503,
    errors.AssistantError: 500,
}
_TYPE_BY_STATUS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}

# What FastAPI's routes declare for the OpenAPI description.
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorRecord, "description": description}
    for status, description in {
        400: "The request is malformed.",
        401: "Nobody is let in without a token.",
        403: "This is not allowed.",
        404: "There is no such document.",
        413: "It is too large.",
        422: "A value doesn't fit.",
        429: "That was too often.",
        500: "Something unforeseen went wrong inside.",
        502: "The language model failed.",
        503: "The server is busy, or the index can't be read.",
    }.items()
}

_log = logging.getLogger(__name__)


def http_status(error: errors.AssistantError) -> int:
    """The HTTP status of an error."""
    return next(_STATUS_BY_CLASS[base] for base in type(error).__mro__ if base in _STATUS_BY_CLASS)


def error_body(error: BaseException) -> dict[str, Any]:
    """The JSON body of any error. One that is not the package's own shows its class and the request's id alone."""
    if isinstance(error, errors.AssistantError):
        return error_record(error.type_name(), str(error))
    _log.error("unforeseen", exc_info=error)
    name = type(error).__name__
    return error_record(
        "internal", f"Something unforeseen went wrong inside ({name}). The log has it as {request_id.get()}."
    )


def error_record(error_type: str, message: str) -> dict[str, Any]:
    """The JSON body of an error: a type for programs, a message for people, and the id of the request."""
    shown = escape_surrogates(redact_logins(message))
    return {"error": {"type": error_type, "message": shown, "request": request_id.get()}}


def error_response(error: errors.AssistantError) -> JSONResponse:
    """The response that reports an error, with its status and headers."""
    status, headers = http_status(error), {}
    if isinstance(error, errors.LimitError) and error.wait:
        headers["Retry-After"] = str(error.wait)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error_body(error), status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Makes an application answer every error in the one JSON form."""
    app.add_exception_handler(errors.AssistantError, _handle_assistant_error)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(HTTPException, _handle_http_exception)


async def _handle_assistant_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.AssistantError)
    request.app.state.service.metrics.count_error(error)
    return error_response(error)


async def _handle_validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = "; ".join(
        f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}" for problem in error.errors()
    )
    return JSONResponse(error_record("invalid", f"The request doesn't fit. {problems}"), 422)


async def _handle_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, errors.AssistantError):  # raised while FastAPI read the body
        return error_response(error.__cause__)
    error_type = _TYPE_BY_STATUS.get(error.status_code, "http")
    return JSONResponse(error_record(error_type, error.detail), error.status_code, error.headers)
