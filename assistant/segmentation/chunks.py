"""Consecutive sentences, grouped into the chunks that give each of them its surroundings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.types import Chunk, Document, Sentence

CHUNK_CHARACTERS = 400  # the length aimed at: some 70 words; longer chunks rank no better (docs/evaluation)

_TINY_SECTION_CHARS = 120  # a section that is shorter joins the next one
_MAX_HEADING_CHARS = 300  # of title and headings that are embedded: room is left for the sentences under them


@dataclass(frozen=True, slots=True)
class ChunkInput:
    """Neighbouring sentences under one heading, as they are embedded."""

    heading: str  # the document's title and the headings above, which say what the sentences are about
    text: str  # the canonical text from the first sentence to the last
    spans: tuple[tuple[int, int], ...]  # (start, end) of each sentence in ``text``
    is_body: bool = True  # False for references, contents and the like, which are found by their words alone

    def sentence_texts(self) -> tuple[str, ...]:
        """The text of each sentence by itself, under the heading."""
        return tuple(f"{self.heading}{self.text[start:end]}" for start, end in self.spans)


def split_chunks(document: Document, sentences: Sequence[Sentence]) -> tuple[tuple[Sentence, ...], tuple[Chunk, ...]]:
    """Groups a document's sentences into chunks of about 400 characters.

    A chunk never cuts a sentence and stays within one section (sentences with the same headings above them), except
    that a section under 120 characters joins the next one. The chunks of a section are about equally long. A sentence
    of more than 400 characters is a chunk of its own.

    Args:
        document: the document that the sentences belong to.
        sentences: all its sentences in order, as ``assistant.segmentation.sentences`` returns them.

    Returns:
        The sentences with their ``chunk`` set, and the chunks, numbered from 0.
    """
    groups = [group for section in _split_sections(sentences) for group in _split_section(section)]
    numbered = tuple(replace(sentence, chunk=number) for number, group in enumerate(groups) for sentence in group)
    return numbered, tuple(
        Chunk(
            document_id=document.id,
            number=number,
            start=group[0].start,
            end=group[-1].end,
            text=document.text[group[0].start : group[-1].end],
            first=group[0].number,
            last=group[-1].number,
        )
        for number, group in enumerate(groups)
    )


def embedding_inputs(document: Document, sentences: Sequence[Sentence]) -> Iterator[ChunkInput]:
    """Prepares a document for the embedder: its chunks, split where heading or body end within one.

    Args:
        document: the document that the sentences belong to.
        sentences: all its sentences in order, as ``split_chunks`` returns them.

    Yields:
        Inputs whose spans, taken together, are all the sentences in order.
    """
    for (_, context, is_body), run in groupby(sentences, lambda s: (s.chunk, s.context, s.is_body)):
        group = list(run)
        start = group[0].start
        text = document.text[start : group[-1].end]
        spans = tuple((sentence.start - start, sentence.end - start) for sentence in group)
        yield ChunkInput(embedded_heading(document.title, context), text, spans, is_body)


def embedded_heading(title: str, context: str) -> str:
    """What a chunk begins with where it is embedded: the document's title and the headings above."""
    return "".join(f"{part}. " for part in (title, context) if part)[-_MAX_HEADING_CHARS:]


def _split_sections(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """The runs of sentences that no chunk crosses: one section, or several where they are tiny."""
    section: list[Sentence] = []
    for (_, oversized), run in groupby(sentences, lambda s: (s.context, s.end - s.start > CHUNK_CHARACTERS)):
        if oversized:
            yield from filter(None, [section])
            yield from ([sentence] for sentence in run)
            section = []
        elif section and _length(section) >= _TINY_SECTION_CHARS:
            yield section
            section = list(run)
        else:
            section += run
    yield from filter(None, [section])


def _split_section(section: list[Sentence]) -> Iterator[list[Sentence]]:
    """Splits a section into groups of about equal length: a sentence belongs to the group its middle falls in."""
    length, section_start = _length(section), section[0].start
    count = max(1, round(length / CHUNK_CHARACTERS))
    for _, group in groupby(section, lambda s: ((s.start + s.end) // 2 - section_start) * count // length):
        yield list(group)


def _length(section: list[Sentence]) -> int:
    """The length of a section in characters."""
    return section[-1].end - section[0].start
