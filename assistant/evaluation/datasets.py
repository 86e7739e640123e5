"""Data sets: a folder with ``corpus.jsonl`` and ``questions.jsonl``, whose evidence is known by the sentence.

``corpus.jsonl`` has a document on each line: ``doc_id``, ``title``, ``sentences``. ``questions.jsonl`` has a
question on each line: ``qid``, ``question``, ``answerable``, ``evidence_sets`` (alternatives, each a list of
``[doc_id, sentence number]``) and, where it belongs to one document, ``source_doc``. Other fields are let be.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.errors import CasesError

EvidenceSets = tuple[str, int]  # a document's id and the number of one of its sentences, from 0

_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True)
class DatasetDocument:
    """A document of the set: ``# TITLE``, an empty line, then the sentences joined by one space."""

    id: str
    title: str
    sentences: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The file's text; the sentences' spans address it, in code points."""
        return f"# {' '.join(self.title.split())}\n\n{' '.join(self.sentences)}\n"

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence starts and ends in the text."""
        spans, start = [], len(self.text) - 1 - len(" ".join(self.sentences))
        for sentence in self.sentences:
            spans.append((start, start + len(sentence)))
            start += len(sentence) + 1
        return tuple(spans)

    def sentences_at(self, start: int, end: int) -> frozenset[EvidenceSets]:
        """The sentences that a span is: those with which it shares over half of the shorter of the two."""
        return frozenset(
            (self.id, number)
            for number, (first, last) in enumerate(self.spans)
            if 2 * (min(end, last) - max(start, first)) > min(end - start, last - first) > 0
        )


@dataclass(frozen=True, slots=True)
class DatasetQuestion:
    """A question of the set. Covering any one of its evidence sets is full evidence."""

    id: str
    text: str
    answerable: bool
    evidence_sets: tuple[frozenset[EvidenceSets], ...] = ()
    source_doc: str | None = None

    @property
    def evidence(self) -> frozenset[EvidenceSets]:
        """The sentences of all its evidence sets."""
        return frozenset().union(*self.evidence_sets)


@dataclass(frozen=True)
class Dataset:
    """Documents with known sentences, and questions with known evidence among them."""

    name: str
    documents: dict[str, DatasetDocument]
    questions: tuple[DatasetQuestion, ...]

    @cached_property
    def files(self) -> dict[str, DatasetDocument]:
        """Each document by a file name of its own, its id where that will do for any file system."""
        return {f"{_file_name(document.id)}.md": document for document in self.documents.values()}

    def write(self, folder: Path) -> None:
        """Writes the documents into a folder, which is made."""
        folder.mkdir(parents=True)
        for name, document in self.files.items():
            (folder / name).write_text(document.text, encoding="utf-8", newline="\n")


def load_dataset(folder: Path) -> Dataset:
    """Reads a data set.

    Raises:
        CasesError: a missing file, a line that is no JSON object, a field missing or of the wrong type, an id
            given twice, or evidence that isn't there; names the file, the line and the field.
    """
    documents: dict[str, DatasetDocument] = {}
    for place, fields in _lines(folder / "corpus.jsonl"):
        document = DatasetDocument(
            id=_get(fields, "doc_id", str, place),
            title=_get(fields, "title", str, place),
            sentences=tuple(_LINE_ENDS.sub("\n", text) for text in _texts(fields, "sentences", place)),
        )
        if document.id in documents:
            raise CasesError(f"{place}: doc_id: '{document.id}' is taken by an earlier line. Give each its own.")
        documents[document.id] = document
    questions: dict[str, DatasetQuestion] = {}
    for place, fields in _lines(folder / "questions.jsonl"):
        question = _question(fields, documents, place)
        if question.id in questions:
            raise CasesError(f"{place}: qid: '{question.id}' is taken by an earlier line. Give each its own.")
        questions[question.id] = question
    return Dataset(name=folder.resolve().name, documents=documents, questions=tuple(questions.values()))


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        raise CasesError(f"{path}: missing. A data set is a folder with corpus.jsonl and questions.jsonl.")
    empty = True
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            empty, place = False, f"{path}, line {number}"
            try:
                fields = json.loads(line)
                json.dumps(fields, ensure_ascii=False).encode()
            except (ValueError, RecursionError) as error:
                raise CasesError(f"{place}: not a line of JSON in UTF-8: {error}") from None
            if not isinstance(fields, dict):
                raise CasesError(f"{place}: a JSON object is expected on each line.")
            yield place, fields
    if empty:
        raise CasesError(f"{path}: empty. One JSON object a line is expected.")


def _question(fields: dict[str, Any], documents: dict[str, DatasetDocument], place: str) -> DatasetQuestion:
    source = fields.get("source_doc")
    if source is not None and (not isinstance(source, str) or source not in documents):
        raise CasesError(f"{place}: source_doc: {source!r} is no doc_id of corpus.jsonl.")
    sets = _get(fields, "evidence_sets", list, place)
    if not all(isinstance(items, list) and items for items in sets):
        raise CasesError(f"{place}: evidence_sets: each is a list of [doc_id, sentence number].")
    return DatasetQuestion(
        id=_get(fields, "qid", str, place),
        text=_get(fields, "question", str, place),
        answerable=_get(fields, "answerable", bool, place),
        evidence_sets=tuple(frozenset(_evidence(item, documents, place) for item in items) for items in sets),
        source_doc=source,
    )


def _evidence(item: Any, documents: dict[str, DatasetDocument], place: str) -> EvidenceSets:
    match item:
        case [str(document), int(number)] if document in documents:
            if 0 <= number < len(documents[document].sentences):
                return document, number
    raise CasesError(f"{place}: evidence_sets: {item!r} is no [doc_id, sentence number] of corpus.jsonl.")


def _get(fields: dict[str, Any], name: str, kind: type, place: str) -> Any:
    if not isinstance(fields.get(name), kind):
        raise CasesError(f"{place}: {name}: missing, or not a {kind.__name__}.")
    return fields[name]


def _texts(fields: dict[str, Any], name: str, place: str) -> list[str]:
    texts: list[str] = _get(fields, name, list, place)
    if not all(isinstance(text, str) for text in texts):
        raise CasesError(f"{place}: {name}: a list of strings is expected.")
    return texts


def _file_name(name: str) -> str:
    """The id itself where any file system will take it, else a part of it and a hash, never the same."""
    if _SAFE.fullmatch(name):
        return name
    part = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:60].strip("-")
    return f"{part or 'document'}.{hashlib.sha256(name.encode()).hexdigest()[:12]}"
