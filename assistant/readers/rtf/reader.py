"""Rich Text (RTF): what people read in it, block by block."""

import locale

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.rtf.machine import RtfReader
from assistant.readers.rtf.state import RtfDefinitions

_BEGINNING = b"{\\rtf"
_NO_LANGUAGE = (0, 1024)  # as Windows numbers them


def read_rtf(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.rtf`` file.

    Tracked insertions are read, deletions and hidden text are not.

    Raises:
        ReadingError: of another kind, or nested too deeply.
    """
    start = data[:1000].find(_BEGINNING)
    if start < 0:
        raise ReadingError("not a real .rtf file: it doesn't begin as one")
    reader = RtfReader()
    composition = compose(reader.read(data[start:]))
    definitions = reader.definitions
    is_cut = () if reader.is_whole else ("it ends before its last group does: its end may be missing",)
    return ExtractedDocument(
        composition.text,
        clean_title(definitions.info.get("title")),
        parse_date(definitions.dates.get("revtim")) or parse_date(definitions.dates.get("creatim")),
        notes=(*composition.notes, *left_out_notes(definitions.left_out), *is_cut),
        blocks=composition.blocks,
        author=collapse_whitespace(definitions.info.get("author", "")),
        language=_language(definitions),
    )


def _language(definitions: RtfDefinitions) -> str:
    """The language of most of the text, as in "de-CH"; "" where it isn't known."""
    for number, _ in definitions.languages.most_common():
        if number not in _NO_LANGUAGE and (name := locale.windows_locale.get(number)):
            return name.replace("_", "-")
    return ""
