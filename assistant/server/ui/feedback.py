"""Ratings and comments: one JSON line each, in the shape of an evaluation case with the record beside it."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from io import FileIO
from pathlib import Path, PurePath
from typing import Any

from assistant.errors import StoreError
from assistant.server.ui.conversations import Conversation

_APPENDING = threading.Lock()


def feedback_entry(conversation: Conversation, turn_index: int) -> dict[str, Any]:
    """A rated turn as the start of an evaluation case: the question, its history, what the answer said and cited.

    Args:
        conversation: the one that holds the turn.
        turn_index: which of its turns, from 0.
    """
    turn = conversation.turns[turn_index]
    record: Mapping[str, Any] = turn.record or {}
    earlier = Conversation(conversation.id, conversation.turns[:turn_index])
    return {
        "id": f"{conversation.id}-{turn_index + 1}",
        "at": turn.at,
        "rating": turn.rating,
        "comment": turn.comment,
        "question": turn.question,
        "history": earlier.history,
        "answerable": not record.get("refused", True),
        "cited": [_cited_quote(citation) for citation in _citations(record)],
        "record": dict(record),
    }


def append_entry(file: Path, entry: Mapping[str, Any]) -> None:
    """Appends an entry to the feedback file; of several entries with one id the last one counts.

    Raises:
        StoreError: the disk doesn't take it; the file is then as it was.
    """
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
    with _APPENDING:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "wb", 0) as out:
                _append_line(out, line)
        except OSError as error:
            raise StoreError(f"The rating can't be kept in '{file}': {error.strerror}.") from error


def _append_line(out: FileIO, line: bytes) -> None:
    """Appends a whole line or nothing."""
    size = os.fstat(out.fileno()).st_size
    if size and os.pread(out.fileno(), 1, size - 1) != b"\n":
        line = b"\n" + line  # after half a line that a killed process left
    try:
        rest = line
        while rest:
            rest = rest[out.write(rest) :]
    except OSError:
        out.truncate(size)
        raise


def _cited_quote(citation: Mapping[str, Any]) -> dict[str, str]:
    return {"document": PurePath(str(citation["source"])).name, "quote": str(citation["quote"])}


def _citations(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return record.get("citations") or ()
