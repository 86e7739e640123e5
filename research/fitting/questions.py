"""The questions that ranking and refusing are fitted on: SQuAD 2.0's and searches of Natural Questions.

Questions of SQuAD were written by people who saw the paragraph, those of Natural Questions were typed into a search
engine by people who didn't. Both kinds weigh the same, however many there are.
"""

import gzip
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.datasets import Dataset, DatasetDocument, DatasetQuestion, load_dataset
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document
from research.training.data import held_out_documents
from research.training.public_sets import Paragraph, read_paragraphs

# Articles of SQuAD 2.0 that the span reader's training left out.
HOLD_OUT_ARTICLES = ("Huguenot", "Computational complexity theory", "European Union law")
SEARCHES = "nq"  # Natural Questions, in the ids of its documents and questions
# Data sets whose held-out questions the span reader's weights are fitted on, and about how many of each.
_UNTRAINED_QUESTIONS = {"squad2": 220, SEARCHES: 63, "amazon_reviews": 60, "reddit": 60}
_EVERY_OTHER_PARAGRAPH = 5  # of the articles that aren't asked about, one in so many is searched, too
_EVERY_CALIBRATION_QUESTION = 2
_MAX_SEARCHES = 600  # of the questions that the reader was trained on; all others are taken


def load_fitting_questions(folder: Path) -> Dataset:
    """The documents and questions of SQuAD 2.0 and of Natural Questions in one data set.

    Args:
        folder: of the public training sets.
    """
    squad = load_zipped_dataset(folder / "squad2")
    paragraphs = list(read_paragraphs(folder, [SEARCHES]))
    held_out = held_out_documents(paragraphs)
    documents, questions = dict(squad.documents), list(squad.questions)
    trained_on = 0
    for paragraph in paragraphs:
        if (paragraph.source, paragraph.title) not in held_out:
            if trained_on >= _MAX_SEARCHES:
                continue
            trained_on += len(paragraph.questions)
        document = _document(paragraph)
        documents[document.id] = document
        questions += _questions(paragraph, document)
    return Dataset("squad2 and nq", documents, tuple(questions))


def load_zipped_dataset(folder: Path) -> Dataset:
    """A data set whose two files may be gzipped."""
    with tempfile.TemporaryDirectory() as work:
        for name in ("corpus.jsonl", "questions.jsonl"):
            zipped = folder / f"{name}.gz"
            content = gzip.decompress(zipped.read_bytes()) if zipped.exists() else (folder / name).read_bytes()
            Path(work, name).write_bytes(content)
        return replace(load_dataset(Path(work)), name=folder.resolve().name)


def untrained_questions(folder: Path) -> Dataset:
    """Questions of four kinds about documents that the span reader's training left out, over these and others.

    Besides encyclopaedias and searches there are reviews and forum posts: how near a question is to its answer
    differs between kinds of documents, and confidence mustn't hang on it.

    Args:
        folder: of the public training sets.
    """
    paragraphs = list(read_paragraphs(folder, list(_UNTRAINED_QUESTIONS)))
    held_out = held_out_documents(paragraphs)
    documents: dict[str, DatasetDocument] = {}
    questions: dict[str, list[DatasetQuestion]] = {source: [] for source in _UNTRAINED_QUESTIONS}
    for number, paragraph in enumerate(paragraphs):
        is_held_out = (paragraph.source, paragraph.title) in held_out
        if is_held_out or number % _EVERY_OTHER_PARAGRAPH == 0:
            document = _document(paragraph)
            documents[document.id] = document
            questions[paragraph.source] += _questions(paragraph, document) if is_held_out else ()
    taken = [
        question
        for source, count in _UNTRAINED_QUESTIONS.items()
        for question in questions[source][:: max(1, len(questions[source]) // count)]
    ]
    return Dataset(", ".join(_UNTRAINED_QUESTIONS), documents, tuple(taken))


def calibration_questions(folder: Path) -> Dataset:
    """Questions about new Wikipedia articles on which nothing is fitted, over paragraphs of these and of others.

    Args:
        folder: of the public training sets.
    """
    paragraphs = list(read_paragraphs(folder, ["new_wiki"]))
    held_out = held_out_documents(paragraphs)
    documents: dict[str, DatasetDocument] = {}
    questions: list[DatasetQuestion] = []
    for number, paragraph in enumerate(paragraphs):
        is_held_out = (paragraph.source, paragraph.title) in held_out
        if is_held_out or number % _EVERY_OTHER_PARAGRAPH == 0:
            document = _document(paragraph)
            documents[document.id] = document
            questions += _questions(paragraph, document) if is_held_out else ()
    return Dataset("new_wiki", documents, tuple(questions[::_EVERY_CALIBRATION_QUESTION]))


def _document(paragraph: Paragraph) -> DatasetDocument:
    sentences = split_sentences(Document("", "", "", paragraph.text, "text"))
    digest = hashlib.sha256(f"{paragraph.title}\n{paragraph.text}".encode()).hexdigest()[:12]
    texts = tuple(" ".join(paragraph.text[sentence.start : sentence.end].split()) for sentence in sentences)
    return DatasetDocument(f"{paragraph.source}-{digest}", paragraph.title, texts)


def _questions(paragraph: Paragraph, document: DatasetDocument) -> Iterator[DatasetQuestion]:
    """The paragraph's questions, with the sentences in which their answers stand as evidence."""
    sentences = split_sentences(Document("", "", "", paragraph.text, "text"))
    for number, question in enumerate(paragraph.questions):
        evidence = tuple(
            frozenset({(document.id, place)})
            for place, sentence in enumerate(sentences)
            if any(start < sentence.end and sentence.start < end for start, end in question.spans)
        )
        if evidence or not question.spans:
            yield DatasetQuestion(f"{document.id}-{number}", question.text, bool(evidence), evidence, document.id)


def source_of(question: DatasetQuestion) -> str:
    """The data set that a question comes from."""
    source, _, _ = question.id.partition("-")
    return source if source in _UNTRAINED_QUESTIONS else "squad2"


def equal_shares(*labels: Sequence[object]) -> NDArray[np.float64]:
    """What each row weighs so that every combination of its labels weighs the same together; they add up to 1.

    Example:
        >>> equal_shares(["a", "a", "b"]).tolist()
        [0.25, 0.25, 0.5]
    """
    combinations = list(zip(*labels, strict=True))
    counts = {combination: combinations.count(combination) for combination in set(combinations)}
    return np.array([1 / counts[combination] / len(counts) for combination in combinations])
