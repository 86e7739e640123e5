"""JSON, and JSON Lines: their values as fields, lists and tables, numbers as written."""

import json
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.plain.value_elements import Value, check_depth, value_elements

_MAX_LINES = 200_000
_NOT_JSON_NOTE = "no valid JSON ({}): its lines are read as they are"


def read_json(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.json`` or ``.jsonl`` file; one that is neither is read line by line, with a note.

    Raises:
        ReadingError: not text, or nested too deeply.
    """
    text, notes = decode_text(data)
    try:
        value = parse_json(text)
    except ValueError as error:
        lines = _parse_lines(text)
        if lines is None:
            note = _NOT_JSON_NOTE.format(str(error).partition(":")[0][:100])
            composition = compose([Element("code", text)])
            return ExtractedDocument(composition.text, blocks=composition.blocks, notes=(*notes, note))
        value = lines
    composition = compose(value_elements(value))
    own = value if isinstance(value, dict) else {}
    return ExtractedDocument(
        composition.text,
        clean_title(own.get("title")),
        parse_date(own.get("date")),
        blocks=composition.blocks,
        notes=notes + composition.notes,
    )


def parse_json(text: str) -> Value:
    """Parses JSON; numbers and words such as ``true`` are texts, as written.

    Raises:
        ValueError: no JSON.
        ReadingError: nested too deeply.
    """
    try:
        parsed = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise ReadingError("nested too deeply. Save it in a simpler form") from None
    return _as_value(parsed)


def _parse_lines(text: str) -> Value:
    """The records of JSON Lines; None where the lines are no JSON."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or len(lines) > _MAX_LINES:
        return None
    try:
        return [parse_json(line) for line in lines]
    except ValueError:
        return None


def _as_value(parsed: Any, depth: int = 0) -> Value:
    check_depth(depth)
    if isinstance(parsed, dict):
        return {key: _as_value(value, depth + 1) for key, value in parsed.items()}
    if isinstance(parsed, list):
        return [_as_value(value, depth + 1) for value in parsed]
    return str(parsed).lower() if isinstance(parsed, bool) else parsed
