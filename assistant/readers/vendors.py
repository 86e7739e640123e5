"""Calls into the libraries that parse files: kept quiet, and whatever they raise becomes a `ReadingError`."""

import logging
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.extract import ExtractedDocument
from assistant.readers.registry import FileKind

_LOGGERS = (
    *("pypdfium2", "trafilatura", "htmldate", "courlan", "justext", "readability", "chardet"),
    "PIL",
)
_PLAIN_TEXT_LOGGERS = ("chardet",)  # alone, since setting a level takes time in every logger
_OUT_OF_MEMORY_CODES = {("XMLSyntaxError", 2), ("ParseError", 1)}  # as lxml and expat report it
_PROGRAM_FAULTS = (NameError, ImportError)  # which no file can cause
_PROGRAM_FAULT = "could not be read because of a fault in this program ({}). Please report it with the kind of file"
_SILENCE = threading.Lock()


def extract(kind: FileKind, data: bytes, max_bytes: int) -> ExtractedDocument:
    """Has the kind's reader read a file.

    Raises:
        ReadingError: the reader raised anything at all. Its cause is a MemoryError where there was too little memory.
    """
    with _reading_errors(kind), _quiet_vendors(_PLAIN_TEXT_LOGGERS if kind.is_plain_text else _LOGGERS):
        return kind.read(data, max_bytes)


def list_inner_files(kind: FileKind, data: bytes) -> list[InnerFile]:
    """The files in a file of some kind; none where nothing comes in files of that kind.

    Raises:
        ReadingError: as `extract`.
    """
    if not kind.holds_files:
        return []
    with _reading_errors(kind), _quiet_vendors(_LOGGERS):
        return list(kind.inner_files(data))


@contextmanager
def _reading_errors(kind: FileKind) -> Iterator[None]:
    """Turns whatever a vendor raises on a damaged file into a `ReadingError`."""
    try:
        yield
    except ReadingError:
        raise
    except Exception as error:
        name = type(error).__name__
        if isinstance(error, MemoryError) or (name, getattr(error, "code", None)) in _OUT_OF_MEMORY_CODES:
            raise ReadingError("needs more memory to read than there is. Split it") from MemoryError()
        if isinstance(error, _PROGRAM_FAULTS) and _is_raised_here(error):
            raise ReadingError(_PROGRAM_FAULT.format(name)) from error
        raise ReadingError(f"damaged or not a real .{kind.name} file ({name})") from error


def _is_raised_here(error: Exception) -> bool:
    """Whether code of this project, and not of a library, raised an error."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == __name__.partition(".")[0]


@contextmanager
def _quiet_vendors(logger_names: Iterable[str]) -> Iterator[None]:
    """Keeps vendors' warnings and logs from the terminal.

    Both are settings of the whole process, so one file is read at a time.
    """
    loggers = [logging.getLogger(name) for name in logger_names]
    with _SILENCE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        levels = [logger.level for logger in loggers]
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
