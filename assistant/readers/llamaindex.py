"""Documents of any LlamaIndex reader, by their shape alone: nothing of LlamaIndex is imported."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import (
    collapse_whitespace,
    document_id,
    filled,
    first_heading,
    join_pages,
    own_title,
    parse_date,
    readable_name,
)
from assistant.types import Document

_SOURCES = ("file_path", "url", "URL", "source", "link", "file_name", "filename")
_DATES = ("date", "published", "published_at", "publication_date", "published_date")
_FILE_DATES = ("creation_date", "created_at", "last_modified_date", "modified_at")
_MOST_PAGES = 100_000


def from_llamaindex(documents: Sequence[Any]) -> tuple[Document, ...]:
    """Turns LlamaIndex documents into ours.

    Those of one source that carry a ``page_label``, as PDF readers make them, become one document with pages.
    Others stay apart; the second of one source gets ``#2`` after it. A document's id is the one its user
    set; else its source's; without a source, its text's. A random id, LlamaIndex's default, is never kept,
    since it would differ at the next run.

    Args:
        documents: objects with ``text`` or ``get_content()``, ``metadata`` and ``id_`` or ``doc_id``.

    Raises:
        ReadingError: an object is no such document; its place in the sequence is named.
    """
    groups: dict[str, list[tuple[str, Any, dict[str, Any]]]] = {}
    for place, document in enumerate(documents):
        text, metadata = _content(document, place)
        source = _source(metadata)
        paged_source = source is not None and metadata.get("page_label") is not None
        key = f"pages of {source}" if paged_source else f"number {place}"
        groups.setdefault(key, []).append((text, document, metadata))
    sources: dict[str, int] = {}
    written = (group for group in groups.values() if any(text.strip() for text, _, _ in group))
    return tuple(_made(group, sources) for group in written)


def _content(document: Any, place: int) -> tuple[str, dict[str, Any]]:
    text = getattr(document, "text", None)
    if text is None and callable(get := getattr(document, "get_content", None)):
        text = get()
    if not isinstance(text, str):
        raise ReadingError(f"number {place + 1} is no LlamaIndex document: {type(document).__name__} has no text")
    metadata = getattr(document, "metadata", None)
    clean = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return clean.encode("utf-8", "replace").decode(), metadata if isinstance(metadata, dict) else {}


def _source(metadata: dict[str, Any]) -> str | None:
    for key in _SOURCES:
        value = metadata.get(key)
        if isinstance(value, str | Path) and str(value).strip():
            return str(Path(value).resolve()) if key == "file_path" else str(value)
    return None


def _made(group: list[tuple[str, Any, dict[str, Any]]], sources: dict[str, int]) -> Document:
    texts, (_, first, metadata) = [text for text, _, _ in group], group[0]
    labelled = metadata.get("page_label") is not None and _source(metadata) is not None
    text, pages = _joined(group) if labelled else (texts[0], ())
    source, own = _source(metadata), _own_id(first)
    if source is None:
        name = own or hashlib.sha256(text.encode()).hexdigest()[:12]
        source = f"llamaindex:{name}"
    sources[source] = sources.get(source, 0) + 1
    if sources[source] > 1:
        source = f"{source}#{sources[source]}"
    return Document(
        id=own if own and not labelled else document_id(source),
        title=_title(metadata, text, source),
        source=source,
        text=text,
        kind="text",
        date=_date(metadata),
        url=source if source.startswith(("http://", "https://")) else None,
        pages=pages,
    )


def _joined(group: Iterable[tuple[str, Any, dict[str, Any]]]) -> tuple[str, tuple[int, ...]]:
    """The pages' texts as one; labels that count upwards keep their numbers even where pages are missing."""
    members = list(group)
    labels = [str(metadata.get("page_label")) for _, _, metadata in members]
    text, starts = join_pages([text.strip("\n") for text, _, _ in members])
    numbers = [int(label) for label in labels if label.isascii() and label.isdigit()]
    counted = len(numbers) == len(members) and numbers == sorted(set(numbers)) and 0 < numbers[0] <= numbers[-1]
    if not counted or numbers[-1] > _MOST_PAGES:
        return text, starts
    all_starts: list[int | None] = [None] * numbers[-1]
    for number, start in zip(numbers, starts, strict=True):
        all_starts[number - 1] = start
    return text, filled(all_starts, len(text))


def _own_id(document: Any) -> str | None:
    value = getattr(document, "id_", None) or getattr(document, "doc_id", None)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return None if uuid.UUID(value).version == 4 else value
    except ValueError:
        return value


def _title(metadata: dict[str, Any], text: str, source: str) -> str:
    name = metadata.get("file_name") or metadata.get("file_path")
    first = collapse_whitespace(text.strip().partition("\n")[0])
    return (
        own_title(metadata.get("title"))
        or first_heading(text)
        or (readable_name(Path(str(name)).stem) if name else "")
        or (first if len(first) <= 80 else f"{first[:77]}…")
        or source
    )


def _date(metadata: dict[str, Any]) -> Any:
    # Beside a file_path these are the file system's, the day a file was copied: no date of a document.
    keys = _DATES if metadata.get("file_path") else _DATES + _FILE_DATES
    return next((found for key in keys if (found := parse_date(metadata.get(key)))), None)
