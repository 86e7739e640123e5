"""How well questions find their sentence in another language.

    python -m research.cross_language

Asks the data set ``evals/cross_language``: each sentence is asked for twice, in the document's own language and in
another; ten questions, asked in both languages likewise, have no answer. Prints the share whose sentence comes first
and among the first three, the share that is answered with it, and of the questions without an answer the share that is
refused, by the languages of question and document.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.paths import data_folder


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a question."""

    label: str  # the languages of question and document: "fr on en"
    is_answerable: bool
    is_first: bool
    is_in_three: bool
    is_answered: bool  # with its sentence, where it has one


def main() -> int:
    """Runs the command."""
    dataset = load_dataset(data_folder("evals") / "cross_language")
    outcomes: dict[str, list[_Outcome]] = defaultdict(list)
    for outcome in _ask(dataset):
        question_language, _, document_language = outcome.label.partition(" on ")
        is_same = question_language == document_language
        outcomes["in its own language" if is_same else "in another language"].append(outcome)
        outcomes[outcome.label].append(outcome)
    sys.stdout.write("question                 first  in three  answered with it       without an answer: refused\n")
    for label, of_label in outcomes.items():
        sys.stdout.write(f"{label:24} {_figures(of_label)}\n")
    return 0


def _figures(outcomes: Sequence[_Outcome]) -> str:
    """The shares of some outcomes, with the numbers of questions behind them."""
    answerable = [outcome for outcome in outcomes if outcome.is_answerable]
    rows = [(outcome.is_first, outcome.is_in_three, outcome.is_answered) for outcome in answerable]
    first, three, answered = np.mean(rows, axis=0)
    refused = [not outcome.is_answered for outcome in outcomes if not outcome.is_answerable]
    of_refused = f"{np.mean(refused):.2f} ({len(refused)})" if refused else "none asked"
    return f"{first:.3f}  {three:.3f}     {answered:.3f}  ({len(rows):3})           {of_refused}"


def _ask(dataset: Dataset) -> Iterator[_Outcome]:
    """What came of each question; the ids end in ``LANGUAGE-on-LANGUAGE``."""
    with tempfile.TemporaryDirectory() as work:
        dataset.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            documents = {entry.id: dataset.files[Path(entry.source).name] for entry in assistant.documents()}
            for question in dataset.questions:
                explanation = assistant.explain(question.text)
                hits = [
                    not documents[hit.document.id]
                    .sentences_at(hit.sentence.start, hit.sentence.end)
                    .isdisjoint(question.evidence)
                    for hit in explanation.hits[:3]
                ]
                is_cited = any(
                    not documents[citation.document_id]
                    .sentences_at(citation.start, citation.end)
                    .isdisjoint(question.evidence)
                    for citation in explanation.answer.citations
                )
                yield _Outcome(
                    label=" ".join(question.id.rsplit("-", 3)[1:]),
                    is_answerable=question.answerable,
                    is_first=hits[:1] == [True],
                    is_in_three=any(hits),
                    is_answered=is_cited if question.answerable else not explanation.answer.refused,
                )


if __name__ == "__main__":
    sys.exit(main())
