"""Asks the calibration questions behind the bundled guarantee, or tries the guarantee on other data sets.

    python -m research.fitting.guarantee DATA
    python -m research.fitting.guarantee --try DIR DIR …

DATA is the folder of the public training sets. The questions are those about new Wikipedia articles that the span
reader's training left out; nothing is fitted on them. Each is asked of all documents, and once more with its own
document left out, when an answer is wrong. Writes ``assistant/guarantee/bundled.json``.

Each DIR is a data set as ``assistant eval --dataset`` takes it. Its questions are asked of all documents, the
unanswerable ones of their own alone. Twenty times the documents are parted at random; the threshold is chosen by the
questions about one half, and the share of wrong answers is counted among those about the other.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.guarantee import UnrefusingEngine
from assistant.guarantee.calibrations import BUNDLED, Calibration, save_calibration
from assistant.guarantee.statement import state
from assistant.guarantee.thresholds import Outcome, choose_threshold
from research.command_line import program_parser
from research.fitting.questions import calibration_questions

_SPLITS = 20
_RISK = 0.1


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came of a question."""

    outcome: Outcome
    document: str  # that it is about


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.fitting.guarantee", __doc__)
    parser.add_argument("data", type=Path, nargs="?", help="folder of the public training sets")
    parser.add_argument("--try", type=Path, nargs="+", dest="tried", metavar="DIR", help="data sets to try it on")
    options = parser.parse_args(arguments)
    if options.tried:
        sys.stdout.writelines(f"{line}\n" for line in _try_splits([load_dataset(path) for path in options.tried]))
        return 0
    dataset = calibration_questions(options.data)
    asked, models = _ask(dataset, leave_out_every_own=True)
    outcomes = tuple(row.outcome for row in asked)
    questions = f"{len(dataset.questions):,} about Wikipedia articles, asked with and without their article"
    calibration = Calibration(outcomes, questions, "quotes", models)
    save_calibration(BUNDLED, calibration)
    for risk in (0.05, 0.1, 0.15, 0.2, 0.3):
        sys.stdout.write(f"{state(risk, 'quotes', models, calibration).text}\n")
    return 0


def _ask(dataset: Dataset, *, leave_out_every_own: bool) -> tuple[list[_Asked], tuple[str, ...]]:
    """Asks the questions, and gives the names of the models that answered."""
    with tempfile.TemporaryDirectory() as work:
        dataset.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            ids = {dataset.files[Path(entry.source).name].id: entry.id for entry in assistant.documents()}
            asked = [
                _Asked(outcome, question.source_doc or next(iter(question.evidence))[0])
                for question in dataset.questions
                for outcome in _outcomes(assistant, dataset, ids, question, leave_out_every_own)
            ]
            return asked, assistant.engine().retriever.model_names


def _outcomes(
    assistant: Assistant, dataset: Dataset, ids: dict[str, str], question: DatasetQuestion, leave_out_own: bool
) -> Iterator[Outcome]:
    """What comes of a question asked of all documents or, if it is unanswerable, of its own; and without its own."""
    engine = UnrefusingEngine.of(assistant)
    by_index_id = {index_id: dataset.documents[document_id] for document_id, index_id in ids.items()}
    own = ids.get(question.source_doc or "")
    answer = engine(question.text, documents=None if question.answerable or own is None else [own])
    is_right = question.answerable and any(
        not by_index_id[citation.document_id].sentences_at(citation.start, citation.end).isdisjoint(question.evidence)
        for citation in answer.citations
    )
    yield Outcome(answer.score, is_right, question.answerable)
    if leave_out_own and own is not None:
        absent = engine(question.text, documents=[index_id for index_id in ids.values() if index_id != own])
        yield Outcome(absent.score, is_right=False, is_answerable=False)


def _try_splits(datasets: Sequence[Dataset]) -> Iterator[str]:
    asked = [
        _Asked(row.outcome, f"{number} {row.document}")
        for number, dataset in enumerate(datasets)
        for row in _ask(dataset, leave_out_every_own=False)[0]
    ]
    documents = sorted({row.document for row in asked})
    risks, shares, kept = [], [], 0
    for split in range(_SPLITS):
        fitting = set(random.Random(split).sample(documents, len(documents) // 2))  # noqa: S311 — reproducible
        threshold = choose_threshold([row.outcome for row in asked if row.document in fitting], _RISK)
        others = [row.outcome for row in asked if row.document not in fitting]
        answered = [outcome for outcome in others if threshold and outcome.confidence >= threshold.confidence]
        wrong = float(np.mean([not outcome.is_right for outcome in answered])) if answered else 0.0
        answerable = [outcome for outcome in others if outcome.is_answerable]
        share = sum(outcome.is_answerable for outcome in answered) / len(answerable)
        kept += wrong <= _RISK
        risks.append(wrong)
        shares.append(share)
        lowest = threshold.confidence if threshold else 1.0
        yield f"split {split}: threshold {lowest:.2f}, wrong {wrong:.3f}, answered {share:.3f}"
    yield f"kept in {kept} of {_SPLITS}; wrong {np.mean(risks):.3f}, at most {max(risks):.3f}"
    yield f"of the answerable questions {np.mean(shares):.3f} are answered"


if __name__ == "__main__":
    sys.exit(main())
