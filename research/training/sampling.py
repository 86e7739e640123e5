"""Which questions are put to which passages, and how they are laid out for the network.

Rounds of some 120 questions in fixed shares by kind; a kind's questions come in a new order each time they are
through. Everything follows from the seed and the round's number, so that training resumes where it stopped.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from research.training.data import TrainingData, TrainingQuestion
from research.training.network import LONGEST, Batch, Network
from research.training.question_forms import corrupted, marks, stated

# Questions of a round: what a small encoder must be taught most is when there is no answer (SQuAD 2.0's kind) and
# which of several likely passages has it; the other sets are for breadth.
SHARES = {
    "squad2": 14, "squad2 unanswerable": 14, "squad2 corrupted": 8, "squad2 stated": 4, "squad2 misstated": 3,
    "new_wiki": 30, "new_wiki elsewhere": 8, "new_wiki corrupted": 10, "new_wiki stated": 5, "new_wiki misstated": 3,
    "amazon_reviews": 5, "amazon_reviews corrupted": 2, "reddit": 5, "reddit corrupted": 2,
    "covid_qa": 2, "covid_qa stated": 2, "selqa": 3, "quotesum": 1,
}  # fmt: skip
_WITH_ANOTHER = 0.55  # of the answerable questions: they get a passage that doesn't answer beside the one that does
_SECOND = 0.3  # of the unanswerable ones get their paragraph's second passage too
_ASKED, _READ = 40, 192  # tokens of a question, of a passage

Gold = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A question and one passage that it is put to, with the answers' spans in the passage."""

    question: str
    passage: int
    gold: Gold
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Coded:
    """A passage in tokens."""

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]  # of each token in the passage's text; (0, 0) outside
    sentence: tuple[int, ...]  # of each token; -1 outside


class Sampler:
    """Draws rounds of training questions, each a list of rows.

    Args:
        data: of which the questions that don't validate are drawn.
        seed: of everything.
    """

    def __init__(self, data: TrainingData, seed: int = 0) -> None:
        self._data = data
        self._seed = seed
        self._kinds: dict[str, list[TrainingQuestion]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        numbers: dict[str, set[str]] = defaultdict(set)
        for each in data.questions:
            if each.held:
                continue
            self._kinds[each.source if each.gold else f"{each.source} unanswerable"].append(each)
            title = data.passages[each.own[0]].title
            for some, found in zip((names, numbers), marks(each.text), strict=True):
                some[title].update(found)
        self._pools = {title: (sorted(names[title]), sorted(numbers[title])) for title in names}

    def round(self, number: int) -> list[list[Row]]:
        """The rows of each question of a round."""
        rng = random.Random(f"{self._seed} {number}")  # noqa: S311 — reproducible on purpose
        groups = []
        for kind, count in SHARES.items():
            source, _, way = kind.partition(" ")
            questions = self._kinds[kind if way == "unanswerable" else source]
            for place in range(number * count, (number + 1) * count) if questions else ():
                epoch, offset = divmod(place, len(questions))
                order = np.random.default_rng([self._seed, epoch]).permutation(len(questions))
                groups.append(self._rows(questions[order[offset]], way, rng))
        return [group for group in groups if group]

    def _rows(self, each: TrainingQuestion, way: str, rng: random.Random) -> list[Row]:
        if way == "corrupted":
            return self._corrupted(each, rng)
        if way in ("stated", "misstated"):
            return self._stated(each, rng, right=way == "stated")
        if way == "elsewhere":
            return [Row(each.text, row, ()) for row in each.near[: rng.randint(1, 2)]]
        if not each.gold:
            count = 2 if rng.random() < _SECOND else 1
            return [Row(each.text, row, ()) for row in each.own[:count]]
        gold = defaultdict(list)
        for row, start, end in each.gold:
            gold[row].append((start, end))
        right = rng.choice(sorted(gold))
        rows = [Row(each.text, right, tuple(gold[right]), each.whole)]
        return [*rows, *(Row(each.text, row, ()) for row in _another(each, rng))]

    def _stated(self, each: TrainingQuestion, rng: random.Random, *, right: bool) -> list[Row]:
        """A statement put to the sentence that carries it, or one with a wrong answer, which nothing carries."""
        row, start, end = rng.choice(each.gold)
        passage = self._data.passages[row]
        answer = passage.text[start:end]
        if not right:
            pool = self._pools[passage.title][any(sign.isdigit() for sign in answer)]
            wrong = [some for some in pool if some.casefold() not in answer.casefold()]
            text = stated(each.text, rng.choice(wrong)) if wrong else ""
            return [Row(text, row, ())] if text else []
        text = stated(each.text, answer)
        if not text:
            return []
        gold = tuple((first, last) for number, first, last in each.gold if number == row)
        return [Row(text, row, gold, whole=True), *(Row(text, other, ()) for other in _another(each, rng))]

    def _corrupted(self, each: TrainingQuestion, rng: random.Random) -> list[Row]:
        row = each.gold[0][0]
        passage = self._data.passages[row]
        names, numbers = self._pools[passage.title]
        text = corrupted(each.text, f"{passage.heading}{passage.text}", names, numbers, rng)
        return [Row(text, row, ())] if text else []


def _another(each: TrainingQuestion, rng: random.Random) -> list[int]:
    """Of the questions that are answered, most get a passage beside it that doesn't answer."""
    gold = {row for row, *_ in each.gold}
    kinds = [[row for row in each.own if row not in gold], list(each.near[:5]), list(each.far[:5])]
    kinds = [some for some in kinds if some]
    return [rng.choice(rng.choice(kinds))] if kinds and rng.random() < _WITH_ANOTHER else []


class Coder:
    """Texts → tokens → the frozen layers' states, each computed once and kept in 16 bits.

    Args:
        data: the passages.
        tokenizer: the encoder's own.
        network: gives the states.
        exact: keep the states as they come.
    """

    def __init__(self, data: TrainingData, tokenizer: Tokenizer, network: Network, *, exact: bool = False) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._exact = exact
        self._data = data
        self._tokenizer = tokenizer
        self._network = network
        self._coded: dict[int, Coded] = {}
        self._states: dict[int | str, Tensor] = {}

    def passage(self, number: int) -> Coded:
        """A passage's tokens, at most 192."""
        if number not in self._coded:
            each = self._data.passages[number]
            code = self._tokenizer.encode(each.heading + each.text)
            shift, offsets, sentence = len(each.heading), [], []
            for start, end in code.offsets[:_READ]:
                inside = end > shift
                at = (max(0, start - shift), end - shift) if inside else (0, 0)
                offsets.append(at)
                found = (n for n, (first, last) in enumerate(each.sentences) if first <= at[0] < last)
                sentence.append(next(found, -1) if inside else -1)
            self._coded[number] = Coded(tuple(code.ids[:_READ]), tuple(offsets), tuple(sentence))
        return self._coded[number]

    def question(self, text: str) -> list[int]:
        """A question's tokens, at most 40."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids if len(ids) <= _ASKED else [*ids[: _ASKED - 1], ids[-1]]

    def length(self, row: Row) -> int:
        """The tokens of a row."""
        return len(self.question(row.question)) + len(self.passage(row.passage).ids)

    def states(self, rows: Sequence[Row]) -> Tensor:
        """What the network's last layers take: (rows, tokens, 384), zeros after a row's end."""
        self._fill({row.question: self.question(row.question) for row in rows})
        self._fill({row.passage: list(self.passage(row.passage).ids) for row in rows})
        joined = [torch.cat([self._states[row.question], self._states[row.passage]]) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(joined, batch_first=True).float()

    def tokens(self, rows: Sequence[Row]) -> Tensor:
        """What the whole network takes: (rows, tokens) int64, zeros after a row's end."""
        joined = [torch.tensor([*self.question(row.question), *self.passage(row.passage).ids]) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(joined, batch_first=True).to(self._network.side.weight.device)

    def _fill(self, wanted: dict[str, list[int]] | dict[int, list[int]]) -> None:
        missing = {key: ids for key, ids in wanted.items() if key not in self._states}
        if not missing:
            return
        device = self._network.side.weight.device
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(each) for each in missing.values()], batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(each)) for each in missing.values()], batch_first=True)
        training = self._network.training
        self._network.eval()
        with torch.no_grad():
            states = self._network.text(ids.to(device), mask.to(device))
            states = states if self._exact else states.half()
        self._network.train(training)
        for key, each, row in zip(missing, missing.values(), states, strict=True):
            self._states[key] = row[: len(each)].clone()

    def batch(self, groups: Sequence[Sequence[Row]]) -> Batch:
        """What is right of the rows of some questions, laid out as ``states`` lays them out."""
        rows = [row for group in groups for row in group]
        asked = [len(self.question(row.question)) for row in rows]
        coded = [self.passage(row.passage) for row in rows]
        length = max(a + len(code.ids) for a, code in zip(asked, coded, strict=True))
        mask, types = (np.zeros((len(rows), length), np.int64) for _ in range(2))
        sentence = np.full((len(rows), length), -1)
        gold = np.zeros((len(rows), length, length), bool)
        for n, (row, first, code) in enumerate(zip(rows, asked, coded, strict=True)):
            end = first + len(code.ids)
            mask[n, :end], types[n, first:end], sentence[n, first:end] = 1, 1, code.sentence
            for span in row.gold:
                _mark(gold[n, first:end, first:end], code, span, whole=row.whole)
        group = np.repeat(np.arange(len(groups)), [len(some) for some in groups])
        device = self._network.side.weight.device
        return Batch(*(torch.from_numpy(each).to(device) for each in (mask, types, sentence, gold, group)))


def _mark(gold: NDArray[np.bool_], code: Coded, span: tuple[int, int], *, whole: bool) -> None:
    """Marks the spans of tokens that give an answer: itself, or, too long or a whole sentence, any in its sentence."""
    inside = [n for n, (start, end) in enumerate(code.offsets) if start < span[1] and end > span[0] and start < end]
    if not inside:
        return
    first, sentence = inside[0], code.sentence[inside[0]]
    last = max((n for n in inside if code.sentence[n] == sentence), default=first)
    if sentence < 0:
        return
    if whole or last - first >= LONGEST:
        tokens = [n for n, number in enumerate(code.sentence) if number == sentence and (whole or first <= n <= last)]
        gold[tokens[0] : tokens[-1] + 1, tokens[0] : tokens[-1] + 1] = True
    else:
        gold[first, last] = True


def batches(groups: list[list[Row]], coder: Coder, budget: int, rng: random.Random) -> Iterator[list[list[Row]]]:
    """Questions whose rows are about as long as each other, at most ``budget`` padded tokens a batch, shuffled."""
    made: list[list[list[Row]]] = []
    size, longest = 0, 0
    for group in sorted(groups, key=lambda some: max(map(coder.length, some))):
        length = max(map(coder.length, group))
        if not made or max(longest, length) * (size + len(group)) > budget:
            made.append([])
            size, longest = 0, 0
        made[-1].append(group)
        size, longest = size + len(group), max(longest, length)
    rng.shuffle(made)
    yield from made
