"""Files in, documents out: the only room that knows file formats.

The vendors (trafilatura, pypdf, python-docx, python-pptx, openpyxl) are imported where they are used, kept
quiet, and whatever they raise on a damaged file becomes one `ReadingError`.
"""

import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from assistant.errors import ReadingError
from assistant.readers.discovery import Survey, absolute_path, survey
from assistant.readers.epub import read_epub
from assistant.readers.extract import KINDS, ExtractedDocument, document_id, first_heading, readable_name
from assistant.readers.html import read_html
from assistant.readers.llamaindex import from_llamaindex
from assistant.readers.office import read_docx, read_pptx
from assistant.readers.pdf import read_pdf
from assistant.readers.spreadsheet import read_csv, read_xlsx
from assistant.readers.text import read_markdown, read_text
from assistant.readers.workers import FileReaders, ReaderPool, ReadFile
from assistant.types import Document

__all__ = [
    "KINDS",
    "READER_VERSION",
    "FileReaders",
    "ReadFile",
    "ReaderPool",
    "Survey",
    "document_id",
    "file_source",
    "from_llamaindex",
    "load_bytes",
    "read_bytes",
    "read_file",
    "survey",
]

READER_VERSION = "1"  # raise it when the same file gives another text: files are read anew then

_READERS: dict[str, Callable[[bytes, int], ExtractedDocument]] = {
    "txt": read_text, "md": read_markdown, "html": read_html, "pdf": read_pdf, "docx": read_docx,
    "pptx": read_pptx, "csv": read_csv, "xlsx": read_xlsx, "epub": read_epub,
}  # fmt: skip
_VENDOR_LOGGERS = (
    *("pypdf", "trafilatura", "htmldate", "courlan", "justext", "readability", "charset_normalizer"),
    *("openpyxl", "PIL"),
)
_PLAIN, _PLAIN_LOGGERS = ("txt", "md", "csv"), ("charset_normalizer",)  # to set a level takes time in every logger
_NO_MEMORY = {("XMLSyntaxError", 2), ("ParseError", 1)}  # as lxml and expat say it
_QUIET = threading.Lock()


def file_source(path: Path) -> str:
    """The source of a file: its absolute path, links in its folder resolved."""
    return str(absolute_path(path))


def read_file(path: Path, *, max_bytes: int) -> Document:
    """Reads one file.

    Args:
        path: a file of a supported kind.
        max_bytes: the most bytes the file may have.

    Raises:
        ReadingError: the file cannot be read; the text is the reason and what to do, without its name.
    """
    return read_bytes(load_bytes(path, max_bytes=max_bytes), path.name, source=file_source(path), max_bytes=max_bytes)


def load_bytes(path: Path, *, max_bytes: int) -> bytes:
    """A file's bytes, read once: what is hashed and what is parsed are the same even if the file changes.

    Raises:
        ReadingError: missing, not permitted, no regular file, empty, or larger than ``max_bytes``.
    """
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise ReadingError("no longer there" if not path.exists() else "no regular file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
            size = len(data) if len(data) <= max_bytes else max(len(data), path.stat().st_size)
    except OSError as error:
        raise ReadingError(f"cannot be opened: {error.strerror or type(error).__name__}") from error
    _check_size(size, max_bytes)
    return data


def read_bytes(data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> Document:
    """Reads a file that is already in memory, such as an upload.

    Args:
        data: the file.
        name: its name; the suffix gives its kind.
        source: what identifies it; its name where none is given.
        max_bytes: the most bytes it may have; what it unpacks to is bounded in proportion.

    Raises:
        ReadingError: as `read`.
    """
    path = PurePath(name)
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ReadingError(f"no supported kind: '{path.suffix}'. Supported: {' '.join(KINDS)}")
    _check_size(len(data), max_bytes)
    if kind != "pdf" and data.startswith(b"%PDF-"):
        raise ReadingError(f"not a real {path.suffix} file: it is a .pdf file; give it that ending")
    extract = _extract(data, kind, max_bytes)
    text, title = _storable(extract.text), _storable(extract.title)
    if not text.strip():
        raise ReadingError("empty: there is no text in it")
    return Document(
        id=document_id(source or name),
        title=title or first_heading(text) or readable_name(path.stem),
        source=source or name,
        text=text,
        kind=kind,
        date=extract.date,
        url=extract.url,
        pages=extract.pages,
        notes=extract.notes,
    )


def _storable(text: str) -> str:
    """The text without lone surrogates, which cannot be stored."""
    return text.encode("utf-8", "replace").decode()


def _check_size(size: int, max_bytes: int) -> None:
    if not size:
        raise ReadingError("empty: the file has no content")
    if size > max_bytes:
        raise ReadingError(
            f"too large: {size / 1e6:.1f} MB, the limit is {max_bytes / 1e6:.1f} MB. "
            "Split it, or raise ASSISTANT_MAX_FILE_MB"
        )


def _extract(data: bytes, kind: str, max_bytes: int) -> ExtractedDocument:
    """The one place where what a vendor raises becomes our error."""
    try:
        with _quiet_vendors(_PLAIN_LOGGERS if kind in _PLAIN else _VENDOR_LOGGERS):
            return _READERS[kind](data, max_bytes)
    except ReadingError:
        raise
    except Exception as error:  # vendors raise anything on a damaged file
        if isinstance(error, MemoryError) or (type(error).__name__, getattr(error, "code", None)) in _NO_MEMORY:
            raise ReadingError("needs more memory to read than there is. Split it") from MemoryError()
        raise ReadingError(f"damaged or not a real .{kind} file ({type(error).__name__})") from error


@contextmanager
def _quiet_vendors(names: Iterable[str]) -> Iterator[None]:
    """Keeps vendors' warnings and logs from the terminal.

    Both are settings of the whole process, so one file is read at a time.
    """
    loggers = [logging.getLogger(name) for name in names]
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        levels = [logger.level for logger in loggers]
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
