"""How well the span reader finds the words of the answer: prints the mean F1, and the share of exact answers.

    python -m research.answer_spans DATA

Each answerable question is put to its own document alone, as the product would put it to the span reader, and the best
span is compared with the data set's answers by SQuAD's overlap in words (`research.squad_metric`).
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.models.span_reader import SpanReader, heading_text
from assistant.segmentation.chunks import ChunkInput, split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document
from research.command_line import add_dataset_argument, print_now, program_parser
from research.squad_metric import best_f1, normalise_answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.answer_spans", __doc__)
    add_dataset_argument(parser)
    options = parser.parse_args(arguments)
    spans = list(best_spans(load_dataset(options.data), options.data, SpanReader()))
    f1 = fmean(best_f1(span, answers) for span, answers in spans)
    exact = fmean(
        any(normalise_answer(span) == normalise_answer(answer) for answer in answers) for span, answers in spans
    )
    print_now(f"answers' words: F1 {f1:.3f}, exactly right {exact:.3f} ({len(spans)} questions)")
    return 0


def best_spans(dataset: Dataset, folder: Path, span_reader: SpanReader) -> Iterator[tuple[str, list[str]]]:
    """The span reader's best span for each answerable question, and the right answers.

    Args:
        dataset: the questions and documents.
        folder: of the data set; its ``questions.jsonl`` has the ``answers``.
        span_reader: finds the spans.
    """
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    records = map(json.loads, filter(str.strip, lines))
    answers_by_question = {record["qid"]: record["answers"] for record in records}
    chunks_by_document = {
        id_: list(_chunk_inputs(Document(id_, document.title, "", document.text, "md")))
        for id_, document in dataset.documents.items()
    }
    for question in dataset.questions:
        documents = sorted({document for document, _ in question.evidence})
        if question.answerable and documents and answers_by_question.get(question.id):
            chunks = chunks_by_document[documents[0]]
            readings = zip(chunks, span_reader.read(question.text, chunks), strict=True)
            spans = [
                (reading.log_odds, chunk.text[reading.start : reading.end])
                for chunk, chunk_readings in readings
                for reading in chunk_readings
            ]
            _, best_span = max(spans, default=(0.0, ""))
            yield best_span, answers_by_question[question.id]


def _chunk_inputs(document: Document) -> Iterator[ChunkInput]:
    """The document's chunks as the product gives them to the span reader."""
    sentences, chunks = split_chunks(document, split_sentences(document))
    for chunk in chunks:
        inside = sentences[chunk.first : chunk.last + 1]
        spans = tuple((sentence.start - chunk.start, sentence.end - chunk.start) for sentence in inside)
        yield ChunkInput(heading_text(document.title, inside[0].context), chunk.text, spans)


if __name__ == "__main__":
    sys.exit(main())
