"""How questions and chunks are laid out for the network: as model tokens, states and targets, in batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant.models.word_pieces import WordPieces
from research.training.data import TrainingData
from research.training.network import MAX_SPAN_TOKENS, Batch, Network
from research.training.public_sets import Span
from research.training.sampling import TrainingRow

_MAX_QUESTION_TOKENS, _MAX_CHUNK_TOKENS = 40, 192


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """A chunk in model tokens."""

    ids: tuple[int, ...]
    offsets: tuple[Span, ...]  # of each token in the chunk's text; (0, 0) outside
    sentences: tuple[int, ...]  # the number of each token's sentence; -1 outside


class ChunkEncoder:
    """Encodes questions and chunks: texts → model tokens → the frozen layers' states, each computed once.

    Args:
        data: the chunks.
        word_pieces: of the encoder.
        network: computes the states.
        exact: keep the states as they are; by default they are kept in 16 bits.
    """

    def __init__(self, data: TrainingData, word_pieces: WordPieces, network: Network, *, exact: bool = False) -> None:
        self._exact = exact
        self._data = data
        self._word_pieces = word_pieces
        self._network = network
        self._chunks: dict[int, EncodedChunk] = {}
        self._questions: dict[str, list[int]] = {}
        self._states: dict[int | str, Tensor] = {}  # by the chunk's number or the question's text

    def chunk(self, number: int) -> EncodedChunk:
        """A chunk's tokens, at most 192."""
        if number not in self._chunks:
            chunk = self._data.chunks[number]
            pieces = self._word_pieces.split([chunk.heading + chunk.text])[0]
            heading_length, offsets, sentences = len(chunk.heading), [], []
            for start, end in pieces.spans[:_MAX_CHUNK_TOKENS]:
                is_in_text = end > heading_length
                span = (max(0, start - heading_length), end - heading_length) if is_in_text else (0, 0)
                offsets.append(span)
                sentences.append(_sentence_at(span[0], chunk.sentences) if is_in_text else -1)
            ids = tuple(pieces.ids[:_MAX_CHUNK_TOKENS])
            self._chunks[number] = EncodedChunk(ids, tuple(offsets), tuple(sentences))
        return self._chunks[number]

    def question(self, text: str) -> list[int]:
        """The ids of a question's tokens, at most 40; the last one marks its end."""
        if text not in self._questions:
            self._questions[text] = self._word_pieces.split([text])[0].cut(_MAX_QUESTION_TOKENS).ids
        return self._questions[text]

    def length(self, row: TrainingRow) -> int:
        """The number of tokens in a row."""
        return len(self.question(row.question)) + len(self.chunk(row.chunk).ids)

    def states(self, rows: Sequence[TrainingRow]) -> Tensor:
        """The input of the network's last layers: (rows, tokens, 384), zeros after a row's end."""
        self._compute_states({row.question: self.question(row.question) for row in rows})
        self._compute_states({row.chunk: list(self.chunk(row.chunk).ids) for row in rows})
        joined = [torch.cat([self._states[row.question], self._states[row.chunk]]) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(joined, batch_first=True).float()

    def tokens(self, rows: Sequence[TrainingRow]) -> Tensor:
        """The input of the whole network: (rows, tokens) int64, zeros after a row's end."""
        joined = [torch.tensor([*self.question(row.question), *self.chunk(row.chunk).ids]) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(joined, batch_first=True).to(self._network.side.weight.device)

    def _compute_states(self, ids_by_key: dict[str, list[int]] | dict[int, list[int]]) -> None:
        """Computes the states that are still missing."""
        missing = {key: ids for key, ids in ids_by_key.items() if key not in self._states}
        if not missing:
            return
        device = self._network.side.weight.device
        pad = torch.nn.utils.rnn.pad_sequence
        ids = pad([torch.tensor(row) for row in missing.values()], batch_first=True)
        mask = pad([torch.ones(len(row)) for row in missing.values()], batch_first=True)
        words = torch.from_numpy(self._word_pieces.vectors(ids.numpy()))
        was_training = self._network.training
        self._network.eval()
        with torch.no_grad():
            states = self._network.text_states(words.to(device), mask.to(device))
            states = states if self._exact else states.half()
        self._network.train(was_training)
        for key, row_ids, row_states in zip(missing, missing.values(), states, strict=True):
            self._states[key] = row_states[: len(row_ids)].clone()

    def batch(self, questions: Sequence[Sequence[TrainingRow]]) -> Batch:
        """The targets for the rows of some questions, laid out as ``states`` lays them out."""
        rows = [row for question_rows in questions for row in question_rows]
        question_lengths = [len(self.question(row.question)) for row in rows]
        chunks = [self.chunk(row.chunk) for row in rows]
        length = max(
            question_length + len(chunk.ids) for question_length, chunk in zip(question_lengths, chunks, strict=True)
        )
        mask, types = (np.zeros((len(rows), length), np.int64) for _ in range(2))
        sentence = np.full((len(rows), length), -1)
        gold = np.zeros((len(rows), length, length), bool)
        for number, (row, first, chunk) in enumerate(zip(rows, question_lengths, chunks, strict=True)):
            end = first + len(chunk.ids)
            mask[number, :end], types[number, first:end], sentence[number, first:end] = 1, 1, chunk.sentences
            for span in row.gold:
                _mark_gold(gold[number, first:end, first:end], chunk, span, whole_sentence=row.whole_sentences)
        group = np.repeat(np.arange(len(questions)), [len(question_rows) for question_rows in questions])
        device = self._network.side.weight.device
        return Batch(*(torch.from_numpy(array).to(device) for array in (mask, types, sentence, gold, group)))


def _sentence_at(offset: int, sentences: Sequence[Span]) -> int:
    """The number of the sentence at an offset in the chunk's text; -1 between sentences."""
    return next((number for number, (start, end) in enumerate(sentences) if start <= offset < end), -1)


def _mark_gold(gold: NDArray[np.bool_], chunk: EncodedChunk, span: Span, *, whole_sentence: bool) -> None:
    """Marks the spans of tokens that give an answer, in ``gold`` by start and end.

    They are the answer's own span; where it is a whole sentence, or too long, all spans in the sentence or in as much
    of it as the answer covers.
    """
    inside = [
        number for number, (start, end) in enumerate(chunk.offsets) if start < span[1] and end > span[0] and start < end
    ]
    if not inside:
        return
    first, sentence = inside[0], chunk.sentences[inside[0]]
    last = max((number for number in inside if chunk.sentences[number] == sentence), default=first)
    if sentence < 0:
        return
    if whole_sentence or last - first >= MAX_SPAN_TOKENS:
        tokens = [
            number
            for number, token_sentence in enumerate(chunk.sentences)
            if token_sentence == sentence and (whole_sentence or first <= number <= last)
        ]
        gold[tokens[0] : tokens[-1] + 1, tokens[0] : tokens[-1] + 1] = True
    else:
        gold[first, last] = True


def make_batches(
    questions: list[list[TrainingRow]], encoder: ChunkEncoder, max_tokens: int, rng: random.Random
) -> Iterator[list[list[TrainingRow]]]:
    """Batches of questions whose rows are of similar length, in random order.

    Args:
        questions: the rows of each.
        encoder: knows their lengths.
        max_tokens: of a batch, with padding.
        rng: shuffles the batches.
    """
    batches: list[list[list[TrainingRow]]] = []
    size, longest = 0, 0
    for rows in sorted(questions, key=lambda rows: max(map(encoder.length, rows))):
        length = max(map(encoder.length, rows))
        if not batches or max(longest, length) * (size + len(rows)) > max_tokens:
            batches.append([])
            size, longest = 0, 0
        batches[-1].append(rows)
        size, longest = size + len(rows), max(longest, length)
    rng.shuffle(batches)
    yield from batches
