"""What the lines of an archive say, checked.

Pure functions: they take whatever anybody may have written, and return None for what is not valid.
"""

import json
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from types import NoneType
from typing import Any, get_args

from assistant.structure import Role, check_geometry, unpack_blocks
from assistant.types import NO_STRUCTURE, Chunk, Document, Sentence

MANIFEST_FIELDS: dict[str, tuple[type, ...]] = {
    "format": (int,), "assistant": (str,), "created": (str,), "embedder": (str,), "dimension": (int,),
    "splitter": (str,), "documents": (int,), "sentences": (int,), "parts": (int,), "members": (dict,),
}  # fmt: skip
DOCUMENT_FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,), "title": (str,), "source": (str,), "kind": (str,), "date": (str, NoneType), "url": (str, NoneType),
    "pages": (list,), "notes": (list,), "sha256": (str,), "file_hash": (str,), "bytes": (int,), "sentences": (int,),
}  # fmt: skip
"""Of a document in an archive of format 1, which has no structure."""
STRUCTURED_DOCUMENT_FIELDS = DOCUMENT_FIELDS | {"author": (str,), "language": (str,), "structure_bytes": (int,)}
"""Of format 2, which has no places of words."""
PLACED_DOCUMENT_FIELDS = STRUCTURED_DOCUMENT_FIELDS | {"geometry_bytes": (int,)}
_SENTENCE_TYPES: tuple[type, ...] = (int, int, str, str, int)
_SENTENCE_KINDS = ("prose", "item", "row")


def parse_json(line: bytes) -> Any:
    """The value of a line; None where it is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def has_fields(value: Any, fields: dict[str, tuple[type, ...]]) -> bool:
    """Whether a value is an object with exactly these fields, each of one of its types."""
    return (
        isinstance(value, dict)
        and value.keys() == fields.keys()
        and all(type(value[name]) in types for name, types in fields.items())
    )


def build_document(
    facts: dict[str, Any], data: bytes, structure: bytes | None, geometry: bytes = b""
) -> Document | None:
    """The document with these facts and this text; None where they contradict each other or are invalid.

    Args:
        facts: an object with the fields of its format.
        data: its text in UTF-8.
        structure: its blocks as JSON; None in an archive of format 1.
        geometry: the places of its words; empty where they aren't known.
    """
    pages, notes = facts["pages"], facts["notes"]
    try:
        text, day = data.decode(), facts["date"] and date.fromisoformat(facts["date"])
        f"{facts['id']}{facts['kind']}{facts.get('author')}{facts.get('language')}".encode()
        blocks = () if structure is None else unpack_blocks(json.loads(structure), len(text))
        places = check_geometry(geometry, len(text), len(pages))
    except (ValueError, RecursionError):
        return None
    if not all(type(page) is int for page in pages) or pages != sorted(pages):
        return None
    if not all(0 <= page <= len(text) for page in pages) or not all(isinstance(note, str) for note in notes):
        return None
    if structure is None:
        notes = list(dict.fromkeys((*notes, NO_STRUCTURE)))
    document = Document(
        facts["id"], facts["title"], facts["source"], text, facts["kind"], day or None, facts["url"],
        tuple(pages), tuple(notes), blocks, facts.get("author", ""), facts.get("language", ""),
        places,
    )  # fmt: skip
    return document if document.id and document.sha256 == facts["sha256"] else None


def build_sentence(document: Document, previous: Sentence | None, facts: Any) -> Sentence | None:
    """A sentence from the value of its line; None where it is out of bounds or out of order.

    Args:
        document: the document that it belongs to.
        previous: the sentence before it; None for the first.
        facts: the value of its line.
    """
    if not isinstance(facts, list) or tuple(map(type, facts[:5])) != _SENTENCE_TYPES:
        return None
    start, end, kind, context, chunk, role = [*facts, "body"][:6]
    if len(facts) > 6 or role not in get_args(Role):
        return None
    chunks: tuple[int, ...] = (0,)
    number = min_start = 0
    if previous is not None:
        number, min_start, chunks = previous.number + 1, previous.end, (previous.chunk, previous.chunk + 1)
    if not min_start <= start < end <= len(document.text) or kind not in _SENTENCE_KINDS or chunk not in chunks:
        return None
    if not context.isascii() and any("\ud800" <= letter <= "\udfff" for letter in context):
        return None
    return Sentence(
        document.id, number, start, end, document.text[start:end], context, kind, chunk, document.page_of(start, end),
        role,
    )  # fmt: skip


def build_chunks(document: Document, sentences: Sequence[Sentence]) -> tuple[Chunk, ...]:
    """The chunks that a document's sentences say they belong to."""
    chunks = []
    for number, members in groupby(sentences, lambda sentence: sentence.chunk):
        first, *others = members
        last = others[-1] if others else first
        text = document.text[first.start : last.end]
        chunks.append(Chunk(document.id, number, first.start, last.end, text, first.number, last.number))
    return tuple(chunks)
