"""Texts as word pieces: where these stand in the text, and their vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models.weight_files import WEIGHTS_FOLDER
from assistant.models.word_pieces import FIRST_WORD_ID, Pieces, WordPieces, load_word_pieces, unpack_vectors

WORDS = st.text("abcdéñßøČπжЯ0129.,-'", min_size=1, max_size=12)


@pytest.fixture(scope="module")
def word_pieces() -> WordPieces:
    return load_word_pieces(WEIGHTS_FOLDER)


@given(st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "\n", "\t ", "\u00a0"])), min_size=1, max_size=12))
def test_the_pieces_cover_every_word_and_no_space_before_one(
    word_pieces: WordPieces, parts: list[tuple[str, str]]
) -> None:
    """Each word begins where a piece begins, so that a sentence that begins with it has all its pieces."""
    text = "".join(word + space for word, space in parts)
    [pieces] = word_pieces.split([text])
    starts = {start for start, end in pieces.spans if start < end}
    position = 0
    for word, space in parts:
        assert position in starts
        position += len(word) + len(space)
    assert not any(text[start].isspace() for start, end in pieces.spans if start < end)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_text_is_split(word_pieces: WordPieces, texts: list[str]) -> None:
    """Whatever a text holds, it gets the marks of beginning and end, and spans within it, in order."""
    for text, pieces in zip(texts, word_pieces.split(texts), strict=True):
        assert (0, 2) == (pieces.ids[0], pieces.ids[-1])
        assert all(0 <= start <= end <= len(text) for start, end in pieces.spans)
        inner = [start for start, _ in pieces.spans[1:-1]]
        assert inner == sorted(inner)


def test_languages_of_three_scripts_have_pieces_of_their_own(word_pieces: WordPieces) -> None:
    """Words in Latin, Greek and Cyrillic letters are known; those of other scripts aren't."""
    known = word_pieces.split(["Überprüfung contraseña", "ερώτηση", "вопрос", "質問"])
    unknown = [FIRST_WORD_ID - 1 in pieces.ids for pieces in known]
    assert [False, False, False, True] == unknown


def test_cutting_keeps_the_mark_of_the_end() -> None:
    """A text that is too long loses its last words, not the mark of its end; a short one loses nothing."""
    pieces = Pieces([0, 5, 6, 7, 2], [(0, 0), (0, 1), (1, 2), (2, 3), (0, 0)])
    assert Pieces([0, 5, 2], [(0, 0), (0, 1), (0, 0)]) == pieces.cut(3)
    assert pieces == pieces.cut(5)


@given(
    st.lists(
        st.tuples(st.floats(-2, 2, width=16), st.lists(st.integers(-8, 7), min_size=32, max_size=32)),
        min_size=1,
        max_size=3,
    )
)
def test_packed_numbers_are_unpacked(blocks: list[tuple[float, list[int]]]) -> None:
    """Each block of 32 numbers comes back as its scale times these, in their order."""
    packed = bytearray()
    for scale, numbers in blocks:
        packed += np.float16(scale).tobytes()
        packed += bytes(low + 8 | high + 8 << 4 for low, high in zip(numbers[:16], numbers[16:], strict=True))
    expected = [np.float32(scale) * number for scale, numbers in blocks for number in numbers]
    assert np.array_equal([expected], unpack_vectors(np.frombuffer(bytes(packed), np.uint8)[None, :]))


def test_vectors_have_the_shape_of_their_ids(word_pieces: WordPieces) -> None:
    """Each id gets a vector of 384 numbers, the same wherever it stands."""
    vectors = word_pieces.vectors(np.array([[5, 6, 5], [7, 5, 6]]))
    assert (2, 3, 384) == vectors.shape
    assert np.array_equal(vectors[0, 0], vectors[1, 1])
    assert not np.array_equal(vectors[0, 0], vectors[0, 1])
