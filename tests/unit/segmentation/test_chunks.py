"""Sentences grouped into passages."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.segmentation.chunks import CHUNK_CHARACTERS, embedding_inputs, split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document

SENTENCE = st.integers(1, 900).map(lambda length: "A" + "b" * length + ".")
PARAGRAPH = st.one_of(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join), st.just("# Heading"))


def document(text: str) -> Document:
    return Document(id="d", title="T", source="s", text=text, kind="md")


def section(title: str, *lengths: int) -> str:
    return f"# {title}\n" + " ".join("A" + "b" * (length - 2) + "." for length in lengths)


def lengths(text: str) -> list[int]:
    whole = document(text)
    return [len(chunk.text) for chunk in split_chunks(whole, split_sentences(whole))[1]]


@given(st.lists(PARAGRAPH, max_size=12).map("\n\n".join))
def test_chunks_hold_every_sentence_once(text: str) -> None:
    """Passages are runs of whole sentences in order, with exact text; sentences know their passage."""
    whole = document(text)
    split = split_sentences(whole)
    numbered, grouped = split_chunks(whole, split)
    assert [s.text for s in split] == [s.text for s in numbered]
    assert list(range(len(split))) == [n for p in grouped for n in range(p.first, p.last + 1)]
    assert [p.number for p in grouped for _ in range(p.first, p.last + 1)] == [s.chunk for s in numbered]
    for number, chunk in enumerate(grouped):
        assert number == chunk.number
        assert whole.text[chunk.start : chunk.end] == chunk.text
        assert (split[chunk.first].start, split[chunk.last].end) == (chunk.start, chunk.end)


def test_chunks_of_a_section_are_balanced() -> None:
    """A long section is cut into parts of about the same length, none of them a small rest."""
    assert [435, 435, 435] == lengths(section("One", *[108] * 12))
    assert [512] == lengths(section("One", *[170] * 3))
    assert all(200 <= length <= 620 for length in lengths(section("One", *[90, 200, 310] * 20)))


def test_no_chunk_crosses_a_heading() -> None:
    """Two sections of some length are two passages, however short of the aim they are."""
    assert [200, 300] == lengths(section("One", 200) + "\n\n" + section("Two", 300))


def test_tiny_sections_join_the_next() -> None:
    """Sections of a line or two stand with what follows them."""
    text = "\n\n".join([section("One", 30), section("Two", 300), section("Three", 200)])
    assert [30 + len("\n\n# Two\n") + 300, 200] == lengths(text)


def test_a_long_sentence_stands_alone() -> None:
    """A sentence that is longer than a passage has one for itself."""
    assert [100, CHUNK_CHARACTERS + 1, 100] == lengths(section("One", 100, CHUNK_CHARACTERS + 1, 100))


def test_no_sentences_no_chunks() -> None:
    """An empty document has neither."""
    assert ((), ()) == split_chunks(document(""), ())


@given(st.lists(PARAGRAPH, max_size=12).map("\n\n".join))
def test_chunk_inputs_hold_every_sentence_once(text: str) -> None:
    """The spans of a document's chunks are its sentences in order, and none crosses a passage."""
    whole = document(text)
    numbered, grouped = split_chunks(whole, split_sentences(whole))
    made = list(embedding_inputs(whole, numbered))
    assert [s.text for s in numbered] == [c.text[start:end] for c in made for start, end in c.spans]
    assert all(any(c.text in p.text for p in grouped) for c in made)
    assert [text for c in made for text in c.sentence_texts()] == [
        f"T. {s.context}. {s.text}" if s.context else f"T. {s.text}" for s in numbered
    ]


def test_a_chunk_has_one_heading() -> None:
    """Tiny sections share a passage but are embedded apart, each under its own heading."""
    whole = document("# One\nIt rained.\n\n# Two\nIt snowed. It froze.")
    made = list(embedding_inputs(whole, split_chunks(whole, split_sentences(whole))[0]))
    assert [("T. One. ", 1), ("T. Two. ", 2)] == [(chunk_input.heading, len(chunk_input.spans)) for chunk_input in made]


def test_a_heading_has_bounds() -> None:
    """Of a title as long as a page the end is embedded, so that the sentences under it count."""
    whole = Document(id="d", title="x" * 5_000, source="s", text="It rained.", kind="md")
    (chunk_input,) = embedding_inputs(whole, split_chunks(whole, split_sentences(whole))[0])
    assert 300 == len(chunk_input.heading)
    assert chunk_input.heading.endswith("x. ")
