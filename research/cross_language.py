"""How well questions find their sentence in another language.

    python -m research.cross_language

Asks the data set ``evals/cross_language``: each sentence is asked for twice, in the document's own language and in
another. Prints the share whose sentence comes first and among the first three, and the share that is answered with it,
by the languages of question and document.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.paths import data_folder

_Row = tuple[bool, bool, bool]  # first, among the first three, answered with it


def main() -> int:
    """Runs the command."""
    dataset = load_dataset(data_folder("evals") / "cross_language")
    rows: dict[str, list[_Row]] = defaultdict(list)
    for question_language, document_language, row in _ask(dataset):
        is_same = question_language == document_language
        rows["in its own language" if is_same else "in another language"].append(row)
        rows[f"{question_language} on {document_language}"].append(row)
    sys.stdout.write("question                 first  in three  answered with it\n")
    for label, label_rows in rows.items():
        first, three, answered = np.mean(label_rows, axis=0)
        sys.stdout.write(f"{label:24} {first:.3f}  {three:.3f}     {answered:.3f}  ({len(label_rows)})\n")
    return 0


def _ask(dataset: Dataset) -> Iterator[tuple[str, str, _Row]]:
    """Each question's language, its document's, and what came of it; the ids end in ``LANGUAGE-on-LANGUAGE``."""
    with tempfile.TemporaryDirectory() as work:
        dataset.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            documents = {entry.id: dataset.files[Path(entry.source).name] for entry in assistant.documents()}
            for question in dataset.questions:
                hits = [
                    not documents[hit.document.id]
                    .sentences_at(hit.sentence.start, hit.sentence.end)
                    .isdisjoint(question.evidence)
                    for hit in assistant.search(question.text, k=3)
                ]
                answer = assistant.ask(question.text)
                is_answered = any(
                    not documents[citation.document_id]
                    .sentences_at(citation.start, citation.end)
                    .isdisjoint(question.evidence)
                    for citation in answer.citations
                )
                question_language, _, document_language = question.id.rsplit("-", 3)[1:]
                yield question_language, document_language, (hits[:1] == [True], any(hits), is_answered)


if __name__ == "__main__":
    sys.exit(main())
