"""How well the reader marks the answer's words: ``python -m research.answer_spans DATA``.

Each answerable question is put to its own document alone, as the reader would be given it, and its best span is held
against the set's answers by the overlap in words that SQuAD measures (Rajpurkar et al. 2016, arXiv:1606.05250).
"""

import argparse
import json
import re
import string
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.models.span_reader import SpanReader, heading_text
from assistant.segmentation.chunks import ChunkInput, split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints the mean overlap, and the share of exact answers."""
    parser = argparse.ArgumentParser(description="Hold the reader's spans against a set's answers.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    options = parser.parse_args(arguments)
    found = list(answered(load_dataset(options.data), options.data, SpanReader()))
    overlap = fmean(max(f1(span, each) for each in answers) for span, answers in found)
    exact = fmean(any(normal(span) == normal(each) for each in answers) for span, answers in found)
    sys.stdout.write(f"answers' words: F1 {overlap:.3f}, exactly right {exact:.3f} ({len(found)} questions)\n")
    return 0


def answered(data: Dataset, folder: Path, reader: SpanReader) -> Iterator[tuple[str, list[str]]]:
    """Of each answerable question the reader's best span, and the right answers."""
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    answers = {each["qid"]: each["answers"] for each in map(json.loads, filter(str.strip, lines))}
    read = {key: list(_chunks(Document(key, each.title, "", each.text, "md"))) for key, each in data.documents.items()}
    for question in data.questions:
        documents = sorted({document for document, _ in question.evidence})
        if question.answerable and documents and answers.get(question.id):
            chunk_inputs = read[documents[0]]
            readings = zip(chunk_inputs, reader.read(question.text, chunk_inputs), strict=True)
            best = [
                (each.score, chunk_input.text[each.start : each.end]) for chunk_input, some in readings for each in some
            ]
            yield max(best, default=(0.0, ""))[1], answers[question.id]


def _chunks(document: Document) -> Iterator[ChunkInput]:
    found, made = split_chunks(document, split_sentences(document))
    for chunk in made:
        inside = found[chunk.first : chunk.last + 1]
        spans = tuple((each.start - chunk.start, each.end - chunk.start) for each in inside)
        yield ChunkInput(heading_text(document.title, inside[0].context), chunk.text, spans)


def normal(text: str) -> list[str]:
    """A text's words as SQuAD's own measure compares them: lower case, no punctuation, no articles."""
    plain = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return _ARTICLE.sub(" ", plain).split()


def f1(text: str, answer: str) -> float:
    """The overlap of two texts in words, 0 to 1."""
    found, wanted = normal(text), normal(answer)
    same = sum((Counter(found) & Counter(wanted)).values())
    return 2 * same / (len(found) + len(wanted)) if same else float(found == wanted)


if __name__ == "__main__":
    sys.exit(main())
