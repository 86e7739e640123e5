"""What the product's own retrieval finds for the questions that are fitted on."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, DatasetQuestion
from assistant.options import DocumentFilter
from assistant.query.question import Question, parse_question
from assistant.retrieval.retriever import Candidate


@dataclass(frozen=True, slots=True)
class RetrievedQuestion:
    """A question of the data set, with what retrieval finds for it in all documents and in its own document alone."""

    case: DatasetQuestion
    question: Question
    idf: Mapping[str, float]
    candidates: tuple[Candidate, ...]  # of all documents
    own_candidates: tuple[Candidate, ...]  # of its own document
    correct: frozenset[int]  # places in ``candidates`` of the sentences that are known to answer


def retrieve_all(dataset: Dataset, reader: Literal["on", "off"] = "off") -> Iterator[RetrievedQuestion]:
    """Indexes the data set and retrieves for each of its questions, with the pipeline's own retrieval."""
    with tempfile.TemporaryDirectory() as work:
        dataset.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), reader=reader) as assistant:
            assistant.index([Path(work, "documents")])
            indexed = {Path(document.source).name: document.id for document in assistant.documents()}
            index_ids = {document.id: indexed[name] for name, document in dataset.files.items() if name in indexed}
            by_index_id = {index_id: dataset.documents[dataset_id] for dataset_id, index_id in index_ids.items()}
            retriever = assistant.engine().retriever
            for case in dataset.questions:
                question = parse_question(case.text)
                retrieval = retriever.retrieve(question)
                own_id = index_ids.get(case.source_doc or "")
                own = retriever.retrieve(question, DocumentFilter(frozenset({own_id}))).candidates if own_id else ()
                correct = frozenset(
                    place
                    for place, candidate in enumerate(retrieval.candidates)
                    if by_index_id[candidate.document.id].sentences_at(candidate.sentence.start, candidate.sentence.end)
                    & case.evidence
                )
                yield RetrievedQuestion(case, question, dict(retrieval.idf), retrieval.candidates, own, correct)
