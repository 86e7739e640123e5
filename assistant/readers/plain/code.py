"""Logs, source code and settings: their lines as they are."""

import re

from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.plain.text import decode_text

_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")


def read_code(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a file of source code or settings: all of it is one block of lines.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    composition = compose([Element("code", remove_colours(text))])
    return ExtractedDocument(composition.text, blocks=composition.blocks, notes=notes)


def remove_colours(text: str) -> str:
    """What a program printed, without the codes by which a terminal shows it in colours."""
    return _TERMINAL_CODE.sub("", text)


read_log = read_code
"""Reads a ``.log`` file, whose lines are entries, as `read_code` does."""
