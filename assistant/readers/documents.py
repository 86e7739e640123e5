"""A file in, a document out: its size and kind are checked here, and the reader of its kind extracts the text."""

from dataclasses import replace
from pathlib import Path, PurePath

from assistant.errors import ReadingError
from assistant.readers.discovery import absolute_path
from assistant.readers.extract import ExtractedDocument, document_id
from assistant.readers.metadata import first_heading, title_from_file_name
from assistant.readers.registry import FILE_KINDS, file_kind
from assistant.readers.unread_kinds import no_kind_reason
from assistant.readers.vendors import extract
from assistant.segmentation.roles import mark_sections
from assistant.segmentation.sentences import lay_blocks
from assistant.types import Document


def file_source(path: Path) -> str:
    """The source of a file: its absolute path, links in its folder resolved."""
    return str(absolute_path(path))


def read_file(path: Path, *, max_bytes: int) -> Document:
    """Reads one file.

    Args:
        path: a file of a supported kind.
        max_bytes: the most bytes the file may have.

    Raises:
        ReadingError: the file cannot be read; the text is the reason and what to do, without the file's name.
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
        name: its name; the suffix tells its kind.
        source: what identifies the document; by default the name.
        max_bytes: the most bytes it may have; what it unpacks to is bounded in proportion.

    Raises:
        ReadingError: as `read_file`.
    """
    path = PurePath(name)
    kind = file_kind(name)
    if kind is None:
        supported = " ".join(known.suffixes[0] for known in FILE_KINDS.values())
        raise ReadingError(f"{no_kind_reason(name)}. Supported: {supported}")
    _check_size(len(data), max_bytes)
    if kind.name != "pdf" and data.startswith(b"%PDF-"):
        raise ReadingError(f"not a real {path.suffix} file: it is a .pdf file; give it that ending")
    extracted = extract(kind, data, max_bytes)
    text, title = _without_surrogates(extracted.text), _without_surrogates(extracted.title)
    if not text.strip():
        raise ReadingError("empty: there is no text in it")
    document = Document(
        id=document_id(source or name),
        title=title or _without_surrogates(_first_heading(extracted)) or title_from_file_name(path.stem),
        source=source or name,
        text=text,
        kind=kind.name,
        date=extracted.date,
        url=extracted.url and _without_surrogates(extracted.url),
        pages=extracted.pages,
        notes=tuple(map(_without_surrogates, extracted.notes)),
        author=_without_surrogates(extracted.author),
        language=_without_surrogates(extracted.language),
        geometry=extracted.geometry,
    )
    return replace(document, blocks=mark_sections(text, extracted.blocks or lay_blocks(document)))


def _first_heading(extracted: ExtractedDocument) -> str:
    """The words of the first heading; "" where there is none."""
    if not extracted.blocks:
        return first_heading(extracted.text)
    block = next((block for block in extracted.blocks if block.kind == "heading"), None)
    return first_heading(f"# {extracted.text[block.start : block.end]}") if block else ""


def _without_surrogates(text: str) -> str:
    """The text with lone surrogates, which cannot be stored, as question marks."""
    return text.encode("utf-8", "replace").decode()


def _check_size(size: int, max_bytes: int) -> None:
    if not size:
        raise ReadingError("empty: the file has no content")
    if size > max_bytes:
        raise ReadingError(
            f"too large: {size / 1e6:.1f} MB, the limit is {max_bytes / 1e6:.1f} MB. "
            "Split it, or raise ASSISTANT_MAX_FILE_MB"
        )
