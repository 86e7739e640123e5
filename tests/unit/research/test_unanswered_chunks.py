"""Chunks for training that no longer answer their question."""

import random

from hypothesis import given
from hypothesis import strategies as st

from research.training.unanswered_chunks import AnsweringChunk, make_decoy, take_out_answers

TEXT = "The harbour of Gotland was built in 1874. It burnt down in 1921. Since then it has been a museum of the sea."
SENTENCES = ((0, 41), (42, 64), (65, 108))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 — reproducible on purpose


CHUNK = AnsweringChunk(TEXT, SENTENCES, ((36, 40),), ("1874",), "When was the harbour of Gotland built?")


@given(st.integers(0, 500))
def test_the_answering_sentence_is_gone(seed: int) -> None:
    """The other sentences stay, in their order; what takes the answer's place, if anything, doesn't answer."""
    left = take_out_answers(CHUNK, seeded(seed))
    assert left is not None
    text, spans = left
    sentences = [text[start:end] for start, end in spans]
    assert [TEXT[start:end] for start, end in SENTENCES[1:]] == sentences[-2:]
    assert "1874" not in " ".join(sentences[1:])
    assert len(sentences) in {2, 3}


def test_some_chunks_get_a_decoy_and_some_do_not() -> None:
    """Both kinds are made, and the decoys are of several kinds."""
    texts = {take_out_answers(CHUNK, seeded(seed)) for seed in range(60)}
    assert len(texts) > 10
    assert ("It burnt down in 1921. Since then it has been a museum of the sea.", ((0, 22), (23, 66))) in texts


def test_an_answer_that_stands_elsewhere_is_not_taken_out() -> None:
    """Where another sentence has the answer's words, too, the chunk may still answer and isn't used."""
    chunk = AnsweringChunk(TEXT, SENTENCES, ((36, 40),), ("it",), CHUNK.question)
    assert take_out_answers(chunk, seeded(0)) is None


def test_a_decoy_has_the_words_of_the_question() -> None:
    """It is about what is asked; a question of a single word gives none."""
    decoys = [make_decoy("When was the harbour of Gotland built?", seeded(seed)) for seed in range(40)]
    assert all("harbour of gotland" in decoy.casefold() for decoy in decoys)
    assert "" == make_decoy("Why?", seeded(0))
