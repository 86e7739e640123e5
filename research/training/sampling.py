"""Which questions are put to which chunks in training.

A round is about 190 questions in fixed shares by kind; a kind's questions come in a new order each time all of them
have been drawn. Everything follows from the seed and the round's number, so that training resumes where it stopped.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from research.training.data import TrainingData, TrainingQuestion
from research.training.public_sets import Span
from research.training.question_forms import answer_as_statement, corrupt_question, names_and_numbers

# Questions of a round, by data set and form. What a small encoder must be taught most is when there is no answer (SQuAD
# 2.0's kind) and which of several likely chunks has it; the other data sets are for breadth.
QUESTIONS_PER_ROUND = {
    "squad2": 10, "squad2 unanswerable": 12, "squad2 corrupted": 4, "squad2 stated": 2, "squad2 misstated": 2,
    "squad2 removed": 3, "squad2_train": 20, "squad2_train unanswerable": 3, "squad2_train elsewhere": 6,
    "squad2_train corrupted": 7, "squad2_train removed": 6, "squad2_train stated": 3, "squad2_train misstated": 2,
    "squad1_train": 17, "squad1_train corrupted": 5, "squad1_train removed": 6,
    "new_wiki": 20, "new_wiki elsewhere": 6, "new_wiki corrupted": 7, "new_wiki removed": 5, "new_wiki stated": 3,
    "new_wiki misstated": 2, "nq": 14, "nq corrupted": 3, "nq removed": 5, "qamr": 6, "qamr corrupted": 3,
    "amazon_reviews": 4, "amazon_reviews corrupted": 2, "reddit": 4, "reddit corrupted": 2,
    "covid_qa": 2, "covid_qa stated": 2, "selqa": 3, "quotesum": 1,
}  # fmt: skip
_NEGATIVE_SHARE = 0.55  # of the answerable questions: they get a chunk that doesn't answer beside the one that does
_SECOND_CHUNK_SHARE = 0.3  # of the unanswerable ones get their paragraph's second chunk too
_MAX_NEGATIVES = 5  # near and far chunks, each, that are drawn from


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A question and one chunk that it is put to, with the answers' spans in the chunk."""

    question: str
    chunk: int
    gold: tuple[Span, ...]
    whole_sentences: bool = False  # whether the gold spans are sentences, not answers


class Sampler:
    """Draws rounds of training questions, each a list of rows.

    Args:
        data: whose questions are drawn, those held out excepted.
        seed: of everything.
    """

    def __init__(self, data: TrainingData, seed: int = 0) -> None:
        self._data = data
        self._seed = seed
        self._questions_by_kind: dict[str, list[TrainingQuestion]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        numbers: dict[str, set[str]] = defaultdict(set)
        for question in data.questions:
            if question.is_held_out:
                continue
            kind = question.source if question.gold else f"{question.source} unanswerable"
            self._questions_by_kind[kind].append(question)
            title = data.chunks[question.own[0]].title
            own_names, own_numbers = names_and_numbers(question.text)
            names[title].update(own_names)
            numbers[title].update(own_numbers)
        # The names and the numbers in the questions about a document, by its title.
        self._pools = {title: (sorted(names[title]), sorted(numbers[title])) for title in names}

    def round(self, number: int) -> list[list[TrainingRow]]:
        """The rows of each question of a round."""
        rng = random.Random(f"{self._seed} {number}")  # noqa: S311 — reproducible on purpose
        questions_rows = []
        for kind, count in QUESTIONS_PER_ROUND.items():
            source, _, form = kind.partition(" ")
            questions = self._questions_by_kind[kind if form == "unanswerable" else source]
            for position in range(number * count, (number + 1) * count) if questions else ():
                epoch, offset = divmod(position, len(questions))
                order = np.random.default_rng([self._seed, epoch]).permutation(len(questions))
                questions_rows.append(self._rows(questions[order[offset]], form, rng))
        return [rows for rows in questions_rows if rows]

    def _rows(self, question: TrainingQuestion, form: str, rng: random.Random) -> list[TrainingRow]:
        """The rows of a question in one of its forms; empty where it doesn't allow the form."""
        made = {"corrupted": self._corrupted_rows, "stated": self._statement_rows, "misstated": self._misstated_rows}
        if form in made:
            return made[form](question, rng)
        if form == "removed":
            return [TrainingRow(question.text, question.without, ())] if question.without is not None else []
        if form == "elsewhere":
            return [TrainingRow(question.text, chunk, ()) for chunk in question.near[: rng.randint(1, 2)]]
        if not question.gold:
            count = 2 if rng.random() < _SECOND_CHUNK_SHARE else 1
            return [TrainingRow(question.text, chunk, ()) for chunk in question.own[:count]]
        gold = defaultdict(list)
        for chunk, start, end in question.gold:
            gold[chunk].append((start, end))
        answering = rng.choice(sorted(gold))
        row = TrainingRow(question.text, answering, tuple(gold[answering]), question.whole_sentences)
        return [row, *(TrainingRow(question.text, chunk, ()) for chunk in _draw_negative(question, rng))]

    def _statement_rows(self, question: TrainingQuestion, rng: random.Random) -> list[TrainingRow]:
        """The question and its answer as a statement, put to the sentence that supports it."""
        number, start, end = rng.choice(question.gold)
        statement = answer_as_statement(question.text, self._data.chunks[number].text[start:end])
        if not statement:
            return []
        gold = tuple((span_start, span_end) for chunk, span_start, span_end in question.gold if chunk == number)
        row = TrainingRow(statement, number, gold, whole_sentences=True)
        return [row, *(TrainingRow(statement, chunk, ()) for chunk in _draw_negative(question, rng))]

    def _misstated_rows(self, question: TrainingQuestion, rng: random.Random) -> list[TrainingRow]:
        """The question and a wrong answer as a statement, which no chunk supports."""
        number, start, end = rng.choice(question.gold)
        chunk = self._data.chunks[number]
        answer = chunk.text[start:end]
        names, numbers = self._pools[chunk.title]
        pool = numbers if any(character.isdigit() for character in answer) else names
        wrong_answers = [candidate for candidate in pool if candidate.casefold() not in answer.casefold()]
        statement = answer_as_statement(question.text, rng.choice(wrong_answers)) if wrong_answers else ""
        return [TrainingRow(statement, number, ())] if statement else []

    def _corrupted_rows(self, question: TrainingQuestion, rng: random.Random) -> list[TrainingRow]:
        """The question about something else, put to the chunk that answered it."""
        number, _, _ = question.gold[0]
        chunk = self._data.chunks[number]
        names, numbers = self._pools[chunk.title]
        text = corrupt_question(question.text, f"{chunk.heading}{chunk.text}", names, numbers, rng)
        return [TrainingRow(text, number, ())] if text else []


def _draw_negative(question: TrainingQuestion, rng: random.Random) -> Sequence[int]:
    """For most answerable questions a chunk that doesn't answer; for the others none."""
    answering = {chunk for chunk, _, _ in question.gold}
    others = [chunk for chunk in question.own if chunk not in answering]
    kinds = [chunks for chunks in (others, question.near[:_MAX_NEGATIVES], question.far[:_MAX_NEGATIVES]) if chunks]
    return [rng.choice(rng.choice(kinds))] if kinds and rng.random() < _NEGATIVE_SHARE else []
