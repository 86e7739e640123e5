"""What the lines of an archive say: pure functions that take what anybody may have written, and give values or None."""

import json
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from types import NoneType
from typing import Any

from assistant.types import Chunk, Document, Sentence

MANIFEST_FIELDS: dict[str, tuple[type, ...]] = {
    "format": (int,), "assistant": (str,), "created": (str,), "embedder": (str,), "dimension": (int,),
    "splitter": (str,), "documents": (int,), "sentences": (int,), "parts": (int,), "members": (dict,),
}  # fmt: skip
DOCUMENT_FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,), "title": (str,), "source": (str,), "kind": (str,), "date": (str, NoneType), "url": (str, NoneType),
    "pages": (list,), "notes": (list,), "sha256": (str,), "file_hash": (str,), "bytes": (int,), "sentences": (int,),
}  # fmt: skip
_PLACE: tuple[type, ...] = (int, int, str, str, int)
_KINDS = ("prose", "item", "row")


def parsed(line: bytes) -> Any:
    """What a line says; None where it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def fits(value: Any, shape: dict[str, tuple[type, ...]]) -> bool:
    """Whether a value is an object of these fields, each of one of its kinds."""
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(type(value[name]) in kinds for name, kinds in shape.items())
    )


def document_of(facts: dict[str, Any], data: bytes) -> Document | None:
    """The document of these facts and this text; None where they don't fit."""
    pages, notes, identity = facts["pages"], facts["notes"], (facts["id"], facts["kind"])
    try:
        text, day = data.decode(), facts["date"] and date.fromisoformat(facts["date"])
        "".join(identity).encode()
    except ValueError:
        return None
    places = all(type(page) is int for page in pages) and pages == sorted(pages)
    if not (places and all(0 <= page <= len(text) for page in pages) and all(isinstance(note, str) for note in notes)):
        return None
    document = Document(
        facts["id"], facts["title"], facts["source"], text, facts["kind"], day or None, facts["url"],
        tuple(pages), tuple(notes),
    )  # fmt: skip
    return document if document.id and document.sha256 == facts["sha256"] else None


def sentence_of(document: Document, before: Sentence | None, told: Any) -> Sentence | None:
    """A sentence from its line; None where it is out of bounds, or not in its turn."""
    if not isinstance(told, list) or tuple(map(type, told)) != _PLACE:
        return None
    start, end, kind, context, chunk = told
    number, least, group = (before.number + 1, before.end, before.chunk) if before else (0, 0, 0)
    turn = (group,) if before is None else (group, group + 1)
    if not least <= start < end <= len(document.text) or kind not in _KINDS or chunk not in turn:
        return None
    if not context.isascii() and any("\ud800" <= letter <= "\udfff" for letter in context):
        return None
    return Sentence(
        document.id, number, start, end, document.text[start:end], context, kind, chunk, document.page_at(start)
    )


def chunks_of(document: Document, split: Sequence[Sentence]) -> tuple[Chunk, ...]:
    """The passages that the sentences say they are in."""
    made = []
    for number, group in groupby(split, lambda each: each.chunk):
        first, *others = group
        last = others[-1] if others else first
        text = document.text[first.start : last.end]
        made.append(Chunk(document.id, number, first.start, last.end, text, first.number, last.number))
    return tuple(made)
