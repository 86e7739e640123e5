"""OpenDocument text: what people read in it, block by block."""

from assistant.readers.composition import compose
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import open_odf, read_metadata
from assistant.readers.opendocument.pages import page_elements
from assistant.readers.opendocument.text import TextReader, merge_code


def read_odt(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads an OpenDocument text, zipped or flat.

    Tracked insertions are read, deletions and hidden text are not.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    file = open_odf(data, "odt", max_bytes)
    headers, footers = page_elements(file)
    context = OdfContext(file)
    body = merge_code(TextReader(context).blocks(file.body))
    composition = compose([*headers, *body, *footers])
    metadata = read_metadata(file)
    return ExtractedDocument(
        composition.text,
        metadata.title,
        metadata.date,
        notes=composition.notes + left_out_notes(context.left_out),
        blocks=composition.blocks,
        author=metadata.author,
        language=metadata.language,
    )
