"""Sentences grouped into chunks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.segmentation.chunks import CHUNK_CHARACTERS, embedding_inputs, split_chunks
from assistant.segmentation.roles import mark_sections
from assistant.segmentation.sentences import lay_blocks, split_sentences
from assistant.types import Document

SENTENCE = st.integers(1, 900).map(lambda length: "A" + "b" * length + ".")
PARAGRAPH = st.one_of(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join), st.just("# Heading"))


def document(text: str) -> Document:
    return Document(id="d", title="T", source="s", text=text, kind="md")


def section_text(title: str, *lengths: int) -> str:
    return f"# {title}\n" + " ".join("A" + "b" * (length - 2) + "." for length in lengths)


def chunk_lengths(text: str) -> list[int]:
    whole = document(text)
    return [len(chunk.text) for chunk in split_chunks(whole, split_sentences(whole))[1]]


@given(st.lists(PARAGRAPH, max_size=12).map("\n\n".join))
def test_chunks_hold_every_sentence_once(text: str) -> None:
    """Chunks are runs of whole sentences in order, with exact text; each sentence knows its chunk."""
    whole = document(text)
    sentences = split_sentences(whole)
    numbered, chunks = split_chunks(whole, sentences)
    assert [sentence.text for sentence in sentences] == [sentence.text for sentence in numbered]
    covered = [(chunk, number) for chunk in chunks for number in range(chunk.first, chunk.last + 1)]
    assert list(range(len(sentences))) == [number for _, number in covered]
    assert [chunk.number for chunk, _ in covered] == [sentence.chunk for sentence in numbered]
    for number, chunk in enumerate(chunks):
        assert number == chunk.number
        assert whole.text[chunk.start : chunk.end] == chunk.text
        assert (sentences[chunk.first].start, sentences[chunk.last].end) == (chunk.start, chunk.end)


def test_chunks_of_a_section_are_balanced() -> None:
    """A long section is cut into parts of about the same length, none of them a small rest."""
    assert [435, 435, 435] == chunk_lengths(section_text("One", *[108] * 12))
    assert [512] == chunk_lengths(section_text("One", *[170] * 3))
    assert all(200 <= length <= 620 for length in chunk_lengths(section_text("One", *[90, 200, 310] * 20)))


def test_no_chunk_crosses_a_heading() -> None:
    """Two sections of some length are two chunks, even if both are far shorter than a chunk aims to be."""
    assert [200, 300] == chunk_lengths(section_text("One", 200) + "\n\n" + section_text("Two", 300))


def test_tiny_sections_join_the_next() -> None:
    """A section of a line or two is in one chunk with the next section."""
    text = "\n\n".join([section_text("One", 30), section_text("Two", 300), section_text("Three", 200)])
    assert [30 + len("\n\n# Two\n") + 300, 200] == chunk_lengths(text)


def test_a_long_sentence_stands_alone() -> None:
    """A sentence longer than a chunk is a chunk of its own."""
    assert [100, CHUNK_CHARACTERS + 1, 100] == chunk_lengths(section_text("One", 100, CHUNK_CHARACTERS + 1, 100))


def test_no_sentences_no_chunks() -> None:
    """An empty document has no sentences and no chunks."""
    assert ((), ()) == split_chunks(document(""), ())


@given(st.lists(PARAGRAPH, max_size=12).map("\n\n".join))
def test_chunk_inputs_hold_every_sentence_once(text: str) -> None:
    """The spans of a document's inputs are its sentences in order, and none crosses a chunk."""
    whole = document(text)
    numbered, chunks = split_chunks(whole, split_sentences(whole))
    inputs = list(embedding_inputs(whole, numbered))
    assert [sentence.text for sentence in numbered] == [
        chunk_input.text[start:end] for chunk_input in inputs for start, end in chunk_input.spans
    ]
    assert all(any(chunk_input.text in chunk.text for chunk in chunks) for chunk_input in inputs)
    assert [text for chunk_input in inputs for text in chunk_input.sentence_texts()] == [
        f"T. {sentence.context}. {sentence.text}" if sentence.context else f"T. {sentence.text}"
        for sentence in numbered
    ]


def test_a_chunk_has_one_heading() -> None:
    """Tiny sections share a chunk but are embedded separately, each under its own heading."""
    whole = document("# One\nIt rained.\n\n# Two\nIt snowed. It froze.")
    inputs = list(embedding_inputs(whole, split_chunks(whole, split_sentences(whole))[0]))
    assert [("T. One. ", 1), ("T. Two. ", 2)] == [
        (chunk_input.heading, len(chunk_input.spans)) for chunk_input in inputs
    ]


def test_an_embedded_heading_is_bounded() -> None:
    """Only the end of a title as long as a page is embedded, so that the sentences under it count."""
    whole = Document(id="d", title="x" * 5_000, source="s", text="It rained.", kind="md")
    (chunk_input,) = embedding_inputs(whole, split_chunks(whole, split_sentences(whole))[0])
    assert 300 == len(chunk_input.heading)
    assert chunk_input.heading.endswith("x. ")


@pytest.mark.parametrize("heading", ["References", "Contents"])
def test_what_no_vector_finds_is_apart(heading: str) -> None:
    """References and the like share no input with the document's own sentences, even where one chunk holds both."""
    plain = document(f"# Rain\nIt rained.\n\n# {heading}\nDoe, J. Clouds, 2020.\n\n# Snow\nIt snowed.")
    whole = replace(plain, blocks=mark_sections(plain.text, lay_blocks(plain)))
    inputs = list(embedding_inputs(whole, split_chunks(whole, split_sentences(whole))[0]))
    assert [("It rained.", True), ("Doe, J. Clouds, 2020.", False), ("It snowed.", True)] == [
        (chunk_input.text, chunk_input.is_body) for chunk_input in inputs
    ]
