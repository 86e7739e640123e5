"""Documents of any LlamaIndex reader, by their shape alone: nothing of LlamaIndex is imported."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import collapse_whitespace, document_id, fill_page_starts, join_pages
from assistant.readers.metadata import clean_title, first_heading, parse_date, title_from_file_name
from assistant.types import NO_STRUCTURE, Document

_SOURCE_KEYS = ("file_path", "url", "URL", "source", "link", "file_name", "filename")
_DATE_KEYS = ("date", "published", "published_at", "publication_date", "published_date")
_FILE_DATE_KEYS = ("creation_date", "created_at", "last_modified_date", "modified_at")
_MAX_PAGES = 100_000
_MAX_TITLE_CHARS = 80  # of a title that is the beginning of the text


@dataclass(frozen=True, slots=True)
class _LlamaDocument:
    """What counts of a LlamaIndex document."""

    text: str
    metadata: dict[str, Any]
    own_id: str | None  # the id that its user set

    @property
    def source(self) -> str | None:
        """The path, address or name that its metadata give."""
        for key in _SOURCE_KEYS:
            value = self.metadata.get(key)
            if isinstance(value, str | Path) and str(value).strip():
                return str(Path(value).resolve()) if key == "file_path" else str(value)
        return None

    @property
    def is_page(self) -> bool:
        """Whether it is a page of a document, as PDF readers make them."""
        return self.source is not None and self.metadata.get("page_label") is not None


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
    groups: dict[str, list[_LlamaDocument]] = {}
    for index, document in enumerate(documents):
        llama_document = _parse_document(document, index)
        key = f"pages of {llama_document.source}" if llama_document.is_page else f"number {index}"
        groups.setdefault(key, []).append(llama_document)
    source_counts: Counter[str] = Counter()
    converted = []
    for group in groups.values():
        if any(member.text.strip() for member in group):
            text, pages = _join_pages(group) if group[0].is_page else (group[0].text, ())
            source = group[0].source or _made_up_source(group[0], text)
            source_counts[source] += 1
            numbered_source = f"{source}#{source_counts[source]}" if source_counts[source] > 1 else source
            converted.append(_convert(group[0], text, pages, numbered_source))
    return tuple(converted)


def _parse_document(document: Any, index: int) -> _LlamaDocument:
    text = getattr(document, "text", None)
    if text is None and callable(get_content := getattr(document, "get_content", None)):
        text = get_content()
    if not isinstance(text, str):
        raise ReadingError(f"number {index + 1} is no LlamaIndex document: {type(document).__name__} has no text")
    metadata = getattr(document, "metadata", None)
    clean_text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _LlamaDocument(
        clean_text.encode("utf-8", "replace").decode(),
        metadata if isinstance(metadata, dict) else {},
        _own_id(document),
    )


def _own_id(document: Any) -> str | None:
    """The id that the document's user set; None where it is a random one or missing."""
    own_id = getattr(document, "id_", None) or getattr(document, "doc_id", None)
    if not isinstance(own_id, str) or not own_id.strip():
        return None
    try:
        return None if uuid.UUID(own_id).version == 4 else own_id
    except ValueError:
        return own_id


def _made_up_source(document: _LlamaDocument, text: str) -> str:
    return f"llamaindex:{document.own_id or hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _convert(first: _LlamaDocument, text: str, pages: tuple[int, ...], source: str) -> Document:
    """Makes our document.

    Args:
        first: the LlamaIndex document, or its first page.
        text: the whole text.
        pages: the offset at which each page starts.
        source: no other document's.
    """
    return Document(
        id=first.own_id if first.own_id and not first.is_page else document_id(source),
        title=_find_title(first.metadata, text, source),
        source=source,
        text=text,
        kind="text",
        date=_find_date(first.metadata),
        url=source if source.startswith(("http://", "https://")) else None,
        pages=pages,
        notes=(NO_STRUCTURE,),
    )


def _join_pages(pages: Sequence[_LlamaDocument]) -> tuple[str, tuple[int, ...]]:
    """The pages' texts as one; labels that count upwards keep their numbers even where pages are missing."""
    labels = [str(page.metadata.get("page_label")) for page in pages]
    text, starts = join_pages([page.text.strip("\n") for page in pages])
    numbers = [int(label) for label in labels if label.isascii() and label.isdigit()]
    count_upwards = len(numbers) == len(pages) and numbers == sorted(set(numbers)) and 0 < numbers[0] <= numbers[-1]
    if not count_upwards or numbers[-1] > _MAX_PAGES:
        return text, starts
    starts_by_number: list[int | None] = [None] * numbers[-1]
    for number, start in zip(numbers, starts, strict=True):
        starts_by_number[number - 1] = start
    return text, fill_page_starts(starts_by_number, len(text))


def _find_title(metadata: dict[str, Any], text: str, source: str) -> str:
    file_name = metadata.get("file_name") or metadata.get("file_path")
    first_line = collapse_whitespace(text.strip().partition("\n")[0])
    if len(first_line) > _MAX_TITLE_CHARS:
        first_line = f"{first_line[: _MAX_TITLE_CHARS - 3]}…"
    return (
        clean_title(metadata.get("title"))
        or first_heading(text)
        or (title_from_file_name(Path(str(file_name)).stem) if file_name else "")
        or first_line
        or source
    )


def _find_date(metadata: dict[str, Any]) -> date | None:
    # Beside a file_path these are the file system's, the day a file was copied: no date of a document.
    keys = _DATE_KEYS if metadata.get("file_path") else _DATE_KEYS + _FILE_DATE_KEYS
    return next(filter(None, (parse_date(metadata.get(key)) for key in keys)), None)
