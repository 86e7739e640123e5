"""The public data sets, each in its own format, as paragraphs with questions and the spans of their answers."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

Span = tuple[int, int]  # start and end in a text
_MAX_QUOTESUM_SOURCES = 8
# Folders whose questions stand a JSON line each, and the name of the data set that they belong to.
_SETS_OF_LINES = {
    "squad2_train_10articles": "squad2_train",
    "squad1_train_1000contexts": "squad1_train",
    "squad1_train_5pct": "squad1_train",
    "nq_open_oracle": "nq",
    "qamr_dev_test": "qamr",
}


@dataclass(frozen=True, slots=True)
class ParagraphQuestion:
    """A question about a paragraph."""

    text: str
    spans: tuple[Span, ...]  # of its answers in the paragraph; empty where it has none
    answers: tuple[str, ...]  # in the data set's words


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a data set with its questions."""

    source: str  # the name of the data set
    title: str
    text: str
    questions: tuple[ParagraphQuestion, ...]
    has_telling_title: bool = True  # whether the title says what the text is about
    sentences: tuple[Span, ...] = ()  # where the data set gives them
    whole_sentences: bool = False  # whether the answers' spans are whole sentences


def read_paragraphs(folder: Path, sources: Collection[str] = ()) -> Iterator[Paragraph]:
    """The paragraphs of the data sets.

    Args:
        folder: has one folder for each data set.
        sources: the names of the data sets to read; all of them where none is given.
    """
    for source, read in _READERS.items():
        if not sources or source in sources:
            yield from read(folder)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file, or of the same file gzipped."""
    zipped = path.with_name(f"{path.name}.gz")
    text = path.read_text("utf-8") if path.exists() else gzip.decompress(zipped.read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _join_sentences(sentences: list[str]) -> tuple[str, list[Span]]:
    """The sentences joined by one space, and their spans in that text."""
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return " ".join(sentences), spans


def _read_squad2(folder: Path) -> Iterator[Paragraph]:
    """SQuAD 2.0 in the project's own format: answers are looked up in the sentences given as evidence."""
    questions_by_document = defaultdict(list)
    for record in read_json_lines(folder / "questions.jsonl"):
        questions_by_document[record["source_doc"]].append(record)
    for document in read_json_lines(folder / "corpus.jsonl"):
        text, sentence_spans = _join_sentences(document["sentences"])
        questions = []
        for record in questions_by_document[document["doc_id"]]:
            evidence = {sentence_spans[number] for items in record["evidence_sets"] for _, number in items}
            spans = {
                (start + match.start(), start + match.end())
                for start, end in evidence
                for answer in record["answers"]
                for match in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text[start:end])
            }
            if bool(spans) == record["answerable"]:
                questions.append(ParagraphQuestion(record["question"], tuple(sorted(spans)), tuple(record["answers"])))
        yield Paragraph("squad2", document["title"], text, tuple(questions))


def _read_squad(path: Path, source: str, *, has_telling_title: bool) -> Iterator[Paragraph]:
    """SQuAD's own format."""
    for article_number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        for paragraph_number, paragraph in enumerate(article["paragraphs"]):
            text = paragraph["context"]
            title = article.get("title") or text.split("\n", 1)[0]
            if source == "reddit":
                title = f"{title} {paragraph_number}"  # each paragraph is by someone else
            if source == "amazon_reviews":
                title = f"{title}#{article_number}"
            questions = []
            for record in paragraph["qas"]:
                answers = [
                    (answer["answer_start"], answer["answer_start"] + len(answer["text"]), answer["text"])
                    for answer in record["answers"]
                ]
                spans = {(start, end) for start, end, answer in answers if text[start:end] == answer}
                if spans:
                    words = tuple({answer for _, _, answer in answers})
                    questions.append(ParagraphQuestion(record["question"], tuple(sorted(spans)), words))
            yield Paragraph(source, title, text, tuple(questions), has_telling_title)


def _read_squad_lines(path: Path, source: str) -> Iterator[Paragraph]:
    """SQuAD's questions, a JSON line each with its paragraph."""
    questions_by_paragraph = defaultdict(list)
    for record in read_json_lines(path):
        text = record["context"]
        spans = tuple(
            sorted(
                (answer["start"], answer["start"] + len(answer["text"]))
                for answer in record["answers"]
                if text.startswith(answer["text"], answer["start"])
            )
        )
        if bool(spans) == record["answerable"]:
            words = tuple({answer["text"] for answer in record["answers"]})
            questions_by_paragraph[record["title"], text].append(ParagraphQuestion(record["question"], spans, words))
    for number, ((title, text), questions) in enumerate(questions_by_paragraph.items()):
        name = title or f"{source} {number}"  # without a title each paragraph is a document of its own
        yield Paragraph(source, name, text, tuple(questions), has_telling_title=bool(title))


def _read_selqa(path: Path) -> Iterator[Paragraph]:
    """Answer-sentence selection: which sentences of a section answer."""
    for record in json.loads(path.read_text("utf-8")):
        text, spans = _join_sentences(record["candidates"])
        gold = tuple(spans[number] for number in record["answers"] if number < len(spans))
        if gold:
            question = ParagraphQuestion(record["question"], gold, ())
            yield Paragraph("selqa", record["article"], text, (question,), sentences=tuple(spans), whole_sentences=True)


def _read_quotesum(path: Path) -> Iterator[Paragraph]:
    """Questions with up to eight sources, each with the short answer in it."""
    seen = set()
    for record in read_json_lines(path):
        for number in range(1, _MAX_QUOTESUM_SOURCES + 1):
            title, text, answer = (record[f"{name}{number}"] for name in ("title", "source", "short_ans_"))
            spans = tuple(match.span() for match in re.finditer(re.escape(answer), text)) if answer else ()
            if spans and (record["question"], text) not in seen:
                seen.add((record["question"], text))
                question = ParagraphQuestion(record["question"], spans, (answer,))
                yield Paragraph("quotesum", title, text, (question,))


def _read_sets_of_lines(folder: Path, wanted: str) -> Iterator[Paragraph]:
    for folder_name, source in _SETS_OF_LINES.items():
        if source == wanted:
            yield from _read_squad_lines(folder / folder_name / "train.jsonl", source)


def _read_shifted(folder: Path, name: str) -> Iterator[Paragraph]:
    path = folder / "squadshifts" / f"{name}_v1.0.json"
    yield from _read_squad(path, name, has_telling_title=name == "new_wiki")


def _read_covid_qa(folder: Path) -> Iterator[Paragraph]:
    yield from _read_squad(folder / "covid_qa" / "200423_covidQA.json", "covid_qa", has_telling_title=True)


def _read_both_selqa(folder: Path) -> Iterator[Paragraph]:
    for name in ("dev", "test"):
        yield from _read_selqa(folder / "selqa" / f"selqa-ass-{name}.json")


# By the name of the data set, in the order in which they are read.
_READERS: dict[str, Callable[[Path], Iterator[Paragraph]]] = {
    "squad2": lambda folder: _read_squad2(folder / "squad2"),
    **{name: partial(_read_shifted, name=name) for name in ("new_wiki", "amazon_reviews", "reddit")},
    "covid_qa": _read_covid_qa,
    "selqa": _read_both_selqa,
    "quotesum": lambda folder: _read_quotesum(folder / "quotesum" / "dev.jsonl"),
    **{source: partial(_read_sets_of_lines, wanted=source) for source in dict.fromkeys(_SETS_OF_LINES.values())},
}
