"""True and false pairs of a statement and its evidence, for fitting the grounding check.

They are made of two sets. QuoteSum (Schuster et al. 2023) has questions with several sources, and summaries that mark
what they took from each as ``[ 2 quoted words ]``. A sentence of a summary is supported by the sources that it marks.
It is not supported by another source of the same question, nor once a clause of another question's summary is joined
to it, nor with a figure, name, date, unit or negation changed. Of SQuAD 2.0 the documents that the span reader was
not trained on are taken: a question with its answer, made a statement, is supported by the sentence that has the
answer, and not by another one of its paragraph. In statements of both sets one word is exchanged for another of the
same ending, which their evidence doesn't have: most say something else then.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.grounding.evidence import Evidence
from assistant.segmentation.sentences import sentence_spans
from research.corruption import corruptions
from research.fitting.questions import HOLD_OUT_ARTICLES
from research.training.public_sets import read_json_lines
from research.training.question_forms import answer_as_statement

TRUE_KINDS = ("carried", "stated")
FALSE_KINDS = ("other", "joined", "corrupted", "elsewhere", "exchanged")

_SEED = 0
_SOURCE_NUMBERS = range(1, 9)
_JOINED_CLAUSES = 3  # for each statement: few such pairs are left open by words
_QUOTED_WORDS = re.compile(r"\[\s*(\d)\s+(.*?)\s*\]")
_SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[])")
_EXCHANGED_WORDS = 2  # of each statement, one at a time
_EXCHANGEABLE = re.compile(r"(?<= )[a-z]{5,}\b")
# Words that end alike are likely the same part of speech; words that begin alike are likely the same word.
_ENDING_LETTERS, _STEM_LETTERS = 2, 5


class StatementPair(NamedTuple):
    """A statement, what it cites, and how the two belong together."""

    kind: str  # one of TRUE_KINDS or FALSE_KINDS
    text: str
    evidence: tuple[Evidence, ...]


def make_pairs(folder: Path, seed: int = _SEED) -> Iterator[StatementPair]:
    """The true pairs of both sets, and the false ones that can be made of them.

    Args:
        folder: with ``quotesum/dev.jsonl`` and ``squad2``.
        seed: of all that is drawn by chance.
    """
    rng = random.Random(seed)  # noqa: S311 — a sample, no secret
    pairs = [
        *_summary_pairs(read_json_lines(folder / "quotesum" / "dev.jsonl"), rng, seed),
        *_question_pairs(
            read_json_lines(folder / "squad2" / "corpus.jsonl"), read_json_lines(folder / "squad2" / "questions.jsonl")
        ),
    ]
    yield from pairs
    yield from _exchanged_pairs([pair for pair in pairs if pair.kind in TRUE_KINDS], rng)


def _summary_pairs(rows: Sequence[dict[str, Any]], rng: random.Random, seed: int) -> Iterator[StatementPair]:
    statements = [(row, text, numbers) for row in rows for text, numbers in _marked_sentences(row["summary"])]
    corrupted = defaultdict(list)
    for change in corruptions([text for _, text, _ in statements], seed):
        corrupted[change.sentence].append(change.text)
    for row, text, numbers in statements:
        evidence = tuple(sentence for number in numbers for sentence in _source_sentences(row, number))
        if not evidence:
            continue
        yield StatementPair("carried", text, evidence)
        for number in _SOURCE_NUMBERS:
            if number not in numbers and row.get(f"source{number}"):
                yield StatementPair("other", text, tuple(_source_sentences(row, number)))
        for foreign_row, clause, _ in rng.sample(statements, _JOINED_CLAUSES):
            if foreign_row["qid"] != row["qid"]:
                joined = f"{text.rstrip(' .')}, and {clause[:1].lower()}{clause[1:]}"
                yield StatementPair("joined", joined, evidence)
        yield from (StatementPair("corrupted", changed, evidence) for changed in corrupted[text])


def _question_pairs(
    document_rows: Sequence[dict[str, Any]], question_rows: Sequence[dict[str, Any]]
) -> Iterator[StatementPair]:
    documents = {row["doc_id"]: row for row in document_rows if row["title"].replace("_", " ") in HOLD_OUT_ARTICLES}
    for row in question_rows:
        document = documents.get(row["source_doc"])
        text = answer_as_statement(row["question"], row["answers"][0]) if document and row["answers"] else ""
        if document is None or not text:
            continue
        title = document["title"].replace("_", " ")
        answering = {number for evidence_set in row["evidence_sets"] for _, number in evidence_set}
        for number, sentence in enumerate(document["sentences"]):
            kind = "stated" if number in answering else "elsewhere"
            yield StatementPair(kind, text, (Evidence(sentence, title),))


def _exchanged_pairs(true_pairs: Sequence[StatementPair], rng: random.Random) -> Iterator[StatementPair]:
    vocabulary = sorted({word for pair in true_pairs for word in _EXCHANGEABLE.findall(pair.text)})
    for _, text, evidence in true_pairs:
        evidence_text = "\n".join((text, *(f"{sentence.text}\n{sentence.context}" for sentence in evidence))).casefold()
        words = _EXCHANGEABLE.findall(text)
        for old in rng.sample(words, min(_EXCHANGED_WORDS, len(words))):
            substitutes = [
                word
                for word in vocabulary
                if word[-_ENDING_LETTERS:] == old[-_ENDING_LETTERS:] and word[:_STEM_LETTERS] not in evidence_text
            ]
            if substitutes:
                changed = re.sub(rf"\b{old}\b", rng.choice(substitutes), text, count=1)
                yield StatementPair("exchanged", changed, evidence)


def _marked_sentences(summary: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The sentences of a summary without their marks, each with the numbers of the sources that it marks."""
    for sentence in _SENTENCE_BREAK.split(summary):
        numbers = tuple(dict.fromkeys(int(number) for number, _ in _QUOTED_WORDS.findall(sentence)))
        text = _QUOTED_WORDS.sub(r"\2", sentence)
        if numbers and "[" not in text and "]" not in text:
            yield text, numbers


def _source_sentences(row: dict[str, Any], number: int) -> Iterator[Evidence]:
    text = row.get(f"source{number}") or ""
    for start, end in sentence_spans(text):
        yield Evidence(text[start:end], row[f"title{number}"])
