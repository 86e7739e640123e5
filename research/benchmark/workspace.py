"""What the benchmarks work on: documents with questions about them, and a folder of their own."""

from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.cases import load_cases
from assistant.evaluation.datasets import load_dataset
from assistant.paths import data_folder
from assistant.query.understanding import MAX_QUESTION_CHARS


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """Documents, and questions about them."""

    documents: Path  # a folder
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the parts of the benchmark work on."""

    folder: Path  # for everything that they write
    bundled: QuestionSource
    data: QuestionSource  # of --data, by default the bundled ones
    chunk_count: int  # the chunks that the throughput of indexing is measured on
    chroma_model: Path | None  # the folder of --chroma-model


def bundled_questions() -> tuple[str, ...]:
    """The questions of the bundled cases that can be asked."""
    cases = load_cases([data_folder("evals") / "cases"])
    return tuple(case.question for case in cases if 0 < len(case.question.strip()) <= MAX_QUESTION_CHARS)


def bundled_source() -> QuestionSource:
    """The bundled corpus with the questions of the bundled cases."""
    return QuestionSource(data_folder("corpus"), bundled_questions())


def dataset_source(dataset_folder: Path, documents: Path) -> QuestionSource:
    """A data set, its documents written into a new folder."""
    dataset = load_dataset(dataset_folder)
    dataset.write(documents)
    return QuestionSource(documents, tuple(question.text for question in dataset.questions))
