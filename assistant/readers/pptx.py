"""PowerPoint: each slide is a page, its title a heading, then text, tables and the notes."""

import io
from collections.abc import Iterator
from typing import Any

from assistant.readers.extract import ExtractedDocument, collapse_whitespace, join_pages
from assistant.readers.markdown_blocks import (
    MarkdownBlock,
    join_blocks,
    markdown_heading,
    markdown_item,
    markdown_table,
)
from assistant.readers.office_properties import read_properties
from assistant.readers.zip_guard import open_zip


def read_pptx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.pptx`` file with python-pptx.

    Raises:
        ReadingError: encrypted, of another kind, or a zip bomb.
    """
    import pptx

    open_zip(data, "pptx", max_bytes).close()
    deck = pptx.Presentation(io.BytesIO(data))
    text, pages = join_pages([join_blocks(_slide_blocks(slide)) for slide in deck.slides])
    title, date = read_properties(deck.core_properties)
    return ExtractedDocument(text, title, date, pages=pages)


def _slide_blocks(slide: Any) -> Iterator[MarkdownBlock]:
    title = slide.shapes.title
    if title is not None and (title_text := collapse_whitespace(title.text_frame.text)):
        yield markdown_heading(2, title_text)
    for shape in _leaf_shapes(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape_blocks(shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        yield from map(MarkdownBlock, _paragraph_texts(notes))


def _leaf_shapes(shapes: Any) -> Iterator[Any]:
    """All shapes, those inside groups instead of the groups."""
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _leaf_shapes(shape.shapes)
        else:
            yield shape


def _shape_blocks(shape: Any) -> Iterator[MarkdownBlock]:
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    placeholder = shape.placeholder_format.type if shape.is_placeholder else None
    if placeholder in {KIND.SLIDE_NUMBER, KIND.FOOTER, KIND.DATE, KIND.HEADER}:
        return
    if getattr(shape, "has_table", False):
        yield from markdown_table([[collapse_whitespace(cell.text) for cell in row.cells] for row in shape.table.rows])
    elif shape.has_text_frame:
        texts = _paragraph_texts(shape.text_frame)
        is_list = placeholder in {KIND.BODY, KIND.OBJECT} and len(texts) > 1
        yield from map(markdown_item if is_list else MarkdownBlock, texts)


def _paragraph_texts(text_frame: Any) -> list[str]:
    return [text for paragraph in text_frame.paragraphs if (text := collapse_whitespace(paragraph.text))]
