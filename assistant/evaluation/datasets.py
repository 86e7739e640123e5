"""Data sets: a folder with ``corpus.jsonl`` and ``questions.jsonl``, whose evidence is known by the sentence.

``corpus.jsonl`` has a document on each line: ``doc_id``, ``title``, ``sentences``. ``questions.jsonl`` has a
question on each line: ``qid``, ``question``, ``answerable``, ``evidence_sets`` (alternatives, each a list of
``[doc_id, sentence number]``) and, where it belongs to one document, ``source_doc``. Other fields are ignored.
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

SentenceRef = tuple[str, int]  # a document's id and the number of one of its sentences, from 0

_SAFE_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True)
class DatasetDocument:
    """A document of the set: ``# TITLE``, an empty line, then the sentences joined by one space."""

    id: str
    title: str
    sentences: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The text of the document's file; sentence spans address it, in code points."""
        return f"# {' '.join(self.title.split())}\n\n{' '.join(self.sentences)}\n"

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence starts and ends in the text."""
        spans, start = [], len(self.text) - 1 - len(" ".join(self.sentences))
        for sentence in self.sentences:
            spans.append((start, start + len(sentence)))
            start += len(sentence) + 1
        return tuple(spans)

    def sentences_at(self, start: int, end: int) -> frozenset[SentenceRef]:
        """The sentences that a span covers: those with which it shares over half of the shorter of the two."""
        return frozenset(
            (self.id, number)
            for number, (sentence_start, sentence_end) in enumerate(self.spans)
            if 2 * (min(end, sentence_end) - max(start, sentence_start))
            > min(end - start, sentence_end - sentence_start)
            > 0
        )


@dataclass(frozen=True, slots=True)
class DatasetQuestion:
    """A question of the set. Finding all sentences of any one of its evidence sets is finding the whole evidence."""

    id: str
    text: str
    answerable: bool
    evidence_sets: tuple[frozenset[SentenceRef], ...] = ()
    source_doc: str | None = None  # the id of its own document, where it belongs to one

    @property
    def evidence(self) -> frozenset[SentenceRef]:
        """The sentences of all its evidence sets."""
        return frozenset().union(*self.evidence_sets)


@dataclass(frozen=True)
class Dataset:
    """Documents whose sentences are known, and questions whose evidence among these is known."""

    name: str
    documents: dict[str, DatasetDocument]  # by id
    questions: tuple[DatasetQuestion, ...]

    @cached_property
    def files(self) -> dict[str, DatasetDocument]:
        """Each document by a file name of its own, its id where that is a safe name on any file system."""
        return {f"{_file_stem(document.id)}.md": document for document in self.documents.values()}

    def write(self, folder: Path) -> None:
        """Writes the documents as files into a new folder."""
        folder.mkdir(parents=True)
        for name, document in self.files.items():
            (folder / name).write_text(document.text, encoding="utf-8", newline="\n")


def load_dataset(folder: Path) -> Dataset:
    """Reads a data set.

    Raises:
        CasesError: a missing file, a line that is no JSON object, a field missing or of the wrong type, an id
            given twice, or evidence that doesn't exist; names the file, the line and the field.
    """
    documents: dict[str, DatasetDocument] = {}
    for place, fields in _read_lines(folder / "corpus.jsonl"):
        document = DatasetDocument(
            id=_get(fields, "doc_id", str, place),
            title=_get(fields, "title", str, place),
            sentences=tuple(_LINE_ENDS.sub("\n", text) for text in _get_texts(fields, "sentences", place)),
        )
        if document.id in documents:
            raise CasesError(f"{place}: doc_id: '{document.id}' is taken by an earlier line. Give each its own.")
        documents[document.id] = document
    questions: dict[str, DatasetQuestion] = {}
    for place, fields in _read_lines(folder / "questions.jsonl"):
        question = _parse_question(fields, documents, place)
        if question.id in questions:
            raise CasesError(f"{place}: qid: '{question.id}' is taken by an earlier line. Give each its own.")
        questions[question.id] = question
    return Dataset(name=folder.resolve().name, documents=documents, questions=tuple(questions.values()))


def _read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON object of each line, with its place in words for error messages."""
    if not path.is_file():
        raise CasesError(f"{path}: missing. A data set is a folder with corpus.jsonl and questions.jsonl.")
    is_empty = True
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            is_empty, place = False, f"{path}, line {number}"
            try:
                fields = json.loads(line)
                json.dumps(fields, ensure_ascii=False).encode()
            except (ValueError, RecursionError) as error:
                raise CasesError(f"{place}: not a line of JSON in UTF-8: {error}") from None
            if not isinstance(fields, dict):
                raise CasesError(f"{place}: a JSON object is expected on each line.")
            yield place, fields
    if is_empty:
        raise CasesError(f"{path}: empty. One JSON object a line is expected.")


def _parse_question(fields: dict[str, Any], documents: dict[str, DatasetDocument], place: str) -> DatasetQuestion:
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
        evidence_sets=tuple(frozenset(_parse_reference(item, documents, place) for item in items) for items in sets),
        source_doc=source,
    )


def _parse_reference(item: Any, documents: dict[str, DatasetDocument], place: str) -> SentenceRef:
    match item:
        case [str(document), int(number)] if document in documents:
            if 0 <= number < len(documents[document].sentences):
                return document, number
    raise CasesError(f"{place}: evidence_sets: {item!r} is no [doc_id, sentence number] of corpus.jsonl.")


def _get(fields: dict[str, Any], name: str, expected_type: type, place: str) -> Any:
    if not isinstance(fields.get(name), expected_type):
        raise CasesError(f"{place}: {name}: missing, or not a {expected_type.__name__}.")
    return fields[name]


def _get_texts(fields: dict[str, Any], name: str, place: str) -> list[str]:
    texts: list[str] = _get(fields, name, list, place)
    if not all(isinstance(text, str) for text in texts):
        raise CasesError(f"{place}: {name}: a list of strings is expected.")
    return texts


def _file_stem(id_: str) -> str:
    """The id itself where any file system takes it as a name; otherwise a part of it and a hash, so none collide."""
    if _SAFE_FILE_NAME.fullmatch(id_):
        return id_
    readable = re.sub(r"[^a-z0-9]+", "-", id_.casefold())[:60].strip("-")
    return f"{readable or 'document'}.{hashlib.sha256(id_.encode()).hexdigest()[:12]}"
