"""Pages in reading order → the elements of the document: what runs over pages is joined, and roles are assigned."""

from collections.abc import Iterator, Sequence

from assistant.readers.elements import Element
from assistant.readers.pdf.body_style import body_style
from assistant.readers.pdf.elements import elements_of
from assistant.readers.pdf.page import Column, PageLayout, Piece
from assistant.readers.pdf.paragraphs.drop_caps import with_drop_caps
from assistant.readers.pdf.paragraphs.joining import vocabulary_of
from assistant.readers.pdf.paragraphs.paragraphs import paragraphs_of
from assistant.readers.pdf.paragraphs.strays import with_strays_in_lines
from assistant.readers.pdf.roles.captions import mark_captions
from assistant.readers.pdf.roles.endnotes import mark_endnotes
from assistant.readers.pdf.roles.listed_sections import mark_listed_sections
from assistant.readers.pdf.roles.note_references import refer_to_notes
from assistant.readers.pdf.roles.notes import extract_notes
from assistant.readers.pdf.roles.placement import put_back
from assistant.readers.pdf.roles.table_notes import mark_table_notes
from assistant.readers.pdf.roles.title import mark_title
from assistant.readers.pdf.tables.continuation import join_continued


def document_elements(layouts: Sequence[PageLayout], extracted: Sequence[Piece] = ()) -> Iterator[Element]:
    """The elements of a document.

    Args:
        layouts: its pages, without running heads, page numbers and contents.
        extracted: those running heads, page numbers and contents, in the order of their pages.
    """
    layouts = with_strays_in_lines(layouts)
    style = body_style(layouts)
    lines = (line for layout in layouts for item in layout.items if isinstance(item, Column) for line in item.lines)
    vocabulary = vocabulary_of(lines)
    layouts, notes = extract_notes(layouts, style)
    layouts = join_continued(layouts)
    pieces = paragraphs_of(with_drop_caps(layouts, vocabulary), style)
    pieces = mark_title(mark_listed_sections(mark_captions(pieces, style)), style)
    pieces = mark_endnotes(refer_to_notes(mark_table_notes(pieces), notes))
    return elements_of(list(put_back(pieces, [*extracted, *notes])), vocabulary)
