"""Consecutive sentences, grouped into the chunks that give each of them its surroundings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.types import Chunk, Document, Sentence

CHUNK_CHARACTERS = 400  # that a passage aims at: some 70 words; longer ones rank no better (evals/README.md)

_TINY = 120  # characters: a section that is shorter joins the next one
_HEADING = 300  # characters of title and headings that are embedded: room is left for what stands under them


@dataclass(frozen=True, slots=True)
class ChunkInput:
    """Neighbouring sentences under one heading, as they are embedded.

    ``heading`` is the document's title and the headings above, which say what the sentences are about; each
    of ``spans`` is a sentence's place in ``text``.
    """

    heading: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def sentence_texts(self) -> tuple[str, ...]:
        """Each sentence by itself under the heading."""
        return tuple(f"{self.heading}{self.text[start:end]}" for start, end in self.spans)


def split_chunks(document: Document, sentences: Sequence[Sentence]) -> tuple[tuple[Sentence, ...], tuple[Chunk, ...]]:
    """Groups a document's sentences into passages of about 400 characters.

    A passage cuts no sentence and keeps within one section (the sentences with the same headings above
    them), but for sections under 120 characters, which join the next one. The passages of a section are
    about as long as each other, and a sentence that is longer than 400 characters stands alone.

    Args:
        document: the document that the sentences are of.
        sentences: all its sentences in order, as ``assistant.segmentation.sentences`` returns them.

    Returns:
        The sentences with their ``passage`` set, and the passages, numbered from 0.
    """
    groups = [group for section in _sections(sentences) for group in _balanced(section)]
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


def _sections(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """The runs of sentences that no passage crosses: one context, or several when they are tiny."""
    section: list[Sentence] = []
    for (_, oversized), run in groupby(sentences, lambda s: (s.context, s.end - s.start > CHUNK_CHARACTERS)):
        if oversized:
            yield from filter(None, [section])
            yield from ([sentence] for sentence in run)
            section = []
        elif section and _length(section) >= _TINY:
            yield section
            section = list(run)
        else:
            section += run
    yield from filter(None, [section])


def _balanced(section: list[Sentence]) -> Iterator[list[Sentence]]:
    """Cuts a section into passages of about equal length: a sentence goes where its middle falls."""
    length, begin = _length(section), section[0].start
    count = max(1, round(length / CHUNK_CHARACTERS))
    for _, group in groupby(section, lambda s: ((s.start + s.end) // 2 - begin) * count // length):
        yield list(group)


def _length(section: list[Sentence]) -> int:
    return section[-1].end - section[0].start


def embedding_inputs(document: Document, sentences: Sequence[Sentence]) -> Iterator[ChunkInput]:
    """What is embedded of a document: its passages, parted where the heading changes within one.

    Args:
        document: the document that the sentences are of.
        sentences: all its sentences in order, as ``passages`` returns them.

    Yields:
        Chunks whose spans are, one after the other, those of all the sentences.
    """
    for (_, context), run in groupby(sentences, lambda s: (s.chunk, s.context)):
        group = list(run)
        heading = "".join(f"{part}. " for part in (document.title, context) if part)[-_HEADING:]
        start = group[0].start
        text = document.text[start : group[-1].end]
        yield ChunkInput(heading, text, tuple((each.start - start, each.end - start) for each in group))
