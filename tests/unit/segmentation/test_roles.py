"""Sections that are no statements of the document's own, and what of them becomes sentences."""

from dataclasses import replace

import pytest

from assistant.segmentation.layout import parse_layout
from assistant.segmentation.roles import mark_sections
from assistant.segmentation.sentences import split_sentences
from assistant.structure import Block, Role, Run
from assistant.types import Document


def document_with_roles(text: str) -> Document:
    document = Document("d", "", "d.md", text, "md")
    return replace(document, blocks=mark_sections(text, parse_layout(text, markdown=True)))


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("References", "bibliography"),
        ("7. Literaturverzeichnis", "bibliography"),
        ("**Works Cited**", "bibliography"),
        ("Table of contents", "contents"),
        ("Stichwortverzeichnis:", "index"),
        ("References to the war", "body"),
        ("Literature", "body"),
        ("Contents of the box", "body"),
    ],
)
def test_a_heading_says_what_its_section_is(heading: str, role: str) -> None:
    """What stands below a heading has the role that the heading names, whatever its number and marks."""
    sentences = split_sentences(document_with_roles(f"# T\n\nOwn words.\n\n## {heading}\n\nDoe, J. A book. 2020."))
    assert ("body", role) == (sentences[0].role, sentences[-1].role)


def test_a_section_ends_at_the_next_heading_of_its_level() -> None:
    """Subsections of the references belong to them; the next section of their level doesn't."""
    text = "# T\n\n## References\n\nOne.\n\n### Books\n\nTwo.\n\n## Annex\n\nThree."
    sentences = split_sentences(document_with_roles(text))
    assert ["bibliography", "bibliography", "body"] == [sentence.role for sentence in sentences]


def test_what_stands_around_the_text_gives_no_sentence() -> None:
    """Running headers, footers, page numbers and navigation are in the text, and no sentence is made of them."""
    text = "Annual report\n\nIt grew.\n\nPage 7\n\nHome"
    roles: tuple[Role, ...] = ("header", "body", "page_number", "navigation")
    starts = (0, 15, 25, 33)
    ends = (13, 23, 31, 37)
    blocks = tuple(
        Block("paragraph", start, end, role=role) for start, end, role in zip(starts, ends, roles, strict=True)
    )
    sentences = split_sentences(Document("d", "", "d.docx", text, "docx", blocks=blocks))
    assert ["It grew."] == [sentence.text for sentence in sentences]


def test_a_sentence_that_is_struck_out_as_a_whole_is_none() -> None:
    """Of two sentences of a paragraph the one that is struck out is left out; a partly struck one stays."""
    text = "~~It leaves at 18:30.~~ It leaves at ~~18:00~~ 17:45."
    runs = (Run(0, 23, "struck"), Run(37, 46, "struck"))
    blocks = (Block("paragraph", 0, len(text), runs=runs),)
    sentences = split_sentences(Document("d", "", "d.md", text, "md", blocks=blocks))
    assert ["It leaves at ~~18:00~~ 17:45."] == [sentence.text for sentence in sentences]
