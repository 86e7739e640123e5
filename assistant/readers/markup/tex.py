"""LaTeX: its sections, lists, tables and notes as elements; commands go, what they print and formulas stay."""

from assistant.readers.composition import compose
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.tex_reader import TexReader
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text


def read_tex(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.tex`` file.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    reader = TexReader()
    composition = compose(reader.read(text))
    left_out = left_out_notes({
        "picture": reader.pictures, "included file": reader.includes, "hidden part": reader.hidden_parts,
    })  # fmt: skip
    return ExtractedDocument(
        composition.text,
        clean_title(reader.metadata.get("title")),
        parse_date(reader.metadata.get("date")),
        blocks=composition.blocks,
        notes=notes + composition.notes + left_out,
        author=reader.metadata.get("author", ""),
    )
