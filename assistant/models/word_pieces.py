"""How the bundled models see text: as word pieces with a vector each, the same for the embedder and the reader.

The pieces are those of multilingual-e5-small in the Latin, Greek and Cyrillic scripts. Their vectors stay in 4 bits,
as they were found, and are unpacked for the pieces of a batch alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DIMENSION = 384
FIRST_WORD_ID = 4  # below it are the pieces that mark beginning, padding, end and what is unknown
_BLOCK = 32  # numbers that share a scale
_BLOCK_BYTES = 2 + _BLOCK // 2  # a scale in 16 bits, then the numbers in 4


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces, the marks of its beginning and end included."""

    ids: list[int]
    spans: list[tuple[int, int]]  # each piece's start and end in the text, without the space before a word

    def __len__(self) -> int:
        return len(self.ids)

    def cut(self, length: int) -> "Pieces":
        """The pieces if there are at most so many; else the first ones, and the mark of the end."""
        if len(self.ids) <= length:
            return self
        return Pieces([*self.ids[: length - 1], self.ids[-1]], [*self.spans[: length - 1], self.spans[-1]])


class WordPieces:
    """Splits texts into word pieces and gives the pieces' vectors; may be used from many threads.

    Args:
        tokenizer: the model's own, which neither pads nor truncates.
        packed: the vectors in 4 bits, one row a piece, shape (pieces, 216) of bytes.
    """

    def __init__(self, tokenizer: "Tokenizer", packed: NDArray[np.uint8]) -> None:
        self._tokenizer = tokenizer
        self._packed = packed

    def split(self, texts: Sequence[str]) -> list[Pieces]:
        """Each text's pieces. Lone surrogates, which the tokenizer doesn't take, count as question marks."""
        sound_texts = [replace_surrogates(text) for text in texts]
        return [
            Pieces(encoding.ids, [_without_space(text, span) for span in encoding.offsets])
            for text, encoding in zip(sound_texts, self._tokenizer.encode_batch(sound_texts), strict=True)
        ]

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some pieces, the ids' shape and 384."""
        return unpack_vectors(self._packed[ids.ravel()]).reshape(*ids.shape, DIMENSION)


def _without_space(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without the spaces at its start: a word's first piece comes with the space before the word."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    return start, end


def load_word_pieces(folder: Path) -> WordPieces:
    """The word pieces out of ``tokenizer.json`` and ``words.npy``, whose rows are read from the file when needed."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return WordPieces(tokenizer, np.load(folder / "words.npy", mmap_mode="r"))


def unpack_vectors(packed: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The numbers that stand in 4 bits, by the rule of llama.cpp's Q4_0: a scale, then 32 numbers from -8 to 7.

    Args:
        packed: rows of blocks of 18 bytes: the scale in 16 bits, then the numbers, of which the first 16 stand in the
            lower halves of the bytes and the others in the upper ones.

    Returns:
        Rows of 32 numbers a block, float32.
    """
    blocks = packed.reshape(-1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return cast("NDArray[np.float32]", (numbers * scales).reshape(len(packed), -1))


def replace_surrogates(text: str) -> str:
    """The text with its lone surrogates replaced, which neither a tokenizer nor JSON accepts."""
    return text.encode("utf-8", "replace").decode("utf-8")
