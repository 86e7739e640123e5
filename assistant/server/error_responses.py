"""Errors over HTTP: one JSON form for all of them, with the status that fits."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from assistant import errors
from assistant.server.api.schemas import ErrorRecord, escape_surrogates
from assistant.server.logs import request_id

_STATUS: dict[type[errors.AssistantError], int] = {  # by the nearest class in the tree
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
_WORDS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorRecord, "description": error_record}
    for status, error_record in {
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
    return next(_STATUS[each] for each in type(error).__mro__ if each in _STATUS)


def error_body(error: BaseException) -> dict[str, Any]:
    """An error in its one form; what was not foreseen is told by its kind and the id of the request alone."""
    if isinstance(error, errors.AssistantError):
        return error_record(_kind(error), str(error))
    _log.error("unforeseen", exc_info=error)
    name = type(error).__name__
    return error_record(
        "internal", f"Something unforeseen went wrong inside ({name}). The log has it as {request_id.get()}."
    )


def error_record(kind: str, message: str) -> dict[str, Any]:
    """The one form of every error."""
    return {"error": {"type": kind, "message": escape_surrogates(message), "request": request_id.get()}}


def error_response(error: errors.AssistantError) -> JSONResponse:
    """An error as a response."""
    status, headers = http_status(error), {}
    if isinstance(error, errors.LimitError) and error.wait:
        headers["Retry-After"] = str(error.wait)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error_body(error), status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Has an application answer every error in the one form."""
    app.add_exception_handler(errors.AssistantError, _foreseen)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _by_status)


async def _foreseen(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.AssistantError)
    request.app.state.service.metrics.error(error)
    return error_response(error)


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in error.errors())
    return JSONResponse(error_record("invalid", f"The request doesn't fit. {wrong}"), 422)


async def _by_status(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, errors.AssistantError):  # found while FastAPI read the body
        return error_response(error.__cause__)
    return JSONResponse(
        error_record(_WORDS.get(error.status_code, "http"), error.detail), error.status_code, error.headers
    )


def _kind(error: errors.AssistantError) -> str:
    """QuestionError → question, DocumentNotFoundError → document_not_found."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
