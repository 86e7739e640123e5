"""Thumbs and comments: one JSON line each, in the shape of an evaluation case with the record beside it."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from io import FileIO
from pathlib import Path, PurePath
from typing import Any

from assistant.errors import StoreError
from assistant.server.ui.conversations import Conversation

_WRITING = threading.Lock()


def entry(conversation: Conversation, at: int) -> dict[str, Any]:
    """One rated turn as the start of a case: the question, its history, what the answer said and cited.

    Args:
        conversation: that holds the turn.
        at: the turn's place.
    """
    turn = conversation.turns[at]
    record: Mapping[str, Any] = turn.record or {}
    before = Conversation(conversation.id, conversation.turns[:at]).history
    return {
        "id": f"{conversation.id}-{at + 1}",
        "at": turn.at,
        "rating": turn.rating,
        "comment": turn.comment,
        "question": turn.question,
        "history": before,
        "answerable": not record.get("refused", True),
        "cited": [_cited(each) for each in _list(record, "citations")],
        "record": dict(record),
    }


def keep(file: Path, told: Mapping[str, Any]) -> None:
    """Appends an entry to the file; the last entry of an id is the one that holds.

    Raises:
        StoreError: the disk doesn't take it; the file is as it was then.
    """
    line = (json.dumps(told, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
    with _WRITING:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "wb", 0) as out:
                _append(out, line)
        except OSError as error:
            raise StoreError(f"The rating can't be kept in '{file}': {error.strerror}.") from error


def _append(out: FileIO, line: bytes) -> None:
    size = os.fstat(out.fileno()).st_size
    if size and os.pread(out.fileno(), 1, size - 1) != b"\n":
        line = b"\n" + line  # behind half a line that a killed process left
    try:
        rest = line
        while rest:
            rest = rest[out.write(rest) :]
    except OSError:
        out.truncate(size)
        raise


def _cited(citation: Mapping[str, Any]) -> dict[str, str]:
    return {"document": PurePath(str(citation["source"])).name, "quote": str(citation["quote"])}


def _list(record: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return record.get(name) or ()
