"""Split → embed → write: how documents get into an open index, in groups, and the report of that.

Documents are embedded in the background as soon as there are enough of them to fill batches, while earlier ones are
written and later ones are read: so a machine with several cores has something to do for all of them. At most two
groups are in memory.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from types import TracebackType
from typing import Literal, NamedTuple, Self

from assistant.index.rows import DocumentEntry, PreparedDocument, SentenceBatch
from assistant.ingest.background import BackgroundThread
from assistant.ingest.embedding import embed_sentences
from assistant.ingest.open_index import OpenIndex
from assistant.models.e5 import E5Embedder, Vectors
from assistant.models.embedders import Embedder
from assistant.observability import tracing
from assistant.readers import ReadFile
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.language import language_note
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document, IndexReport, Progress, Skipped

_GROUP_SENTENCES = 4_000  # written together, which bounds memory; more only of a document that has more
_PART_SENTENCES = 1_000  # of a group, whose embedding begins at once: the fewer, the sooner, but the less full batches
_MAX_WAITING_SENTENCES = 20_000  # of a group that may wait with its vectors, 30 MB, until another one is read
_EMBEDDED_CHUNKS = 256  # embedded at a time: enough to sort them by length, few enough to show progress
_MAX_WAITING_BATCHES = 32  # of so many chunks

_Outcome = Literal["added", "changed", "removed", "unchanged"]


@dataclass(frozen=True, eq=False, slots=True)
class _WaitingDocument:
    """A document that waits to be written."""

    prepared: PreparedDocument
    vectors: Vectors | None  # of its sentences, where a cluster has already made them


class _EmbeddedBatch(NamedTuple):
    """Sentences with their vectors, and the documents of which these are the last ones."""

    sentences: SentenceBatch
    finished: Sequence[PreparedDocument]


class _Group(NamedTuple):
    """Documents that are written together, and their sentences as they are embedded in the background."""

    documents: tuple[PreparedDocument, ...] = ()
    batches: Iterable[_EmbeddedBatch] = ()

    @property
    def sentence_count(self) -> int:
        return sum(len(prepared.sentences) for prepared in self.documents)


class Indexer:
    """One run that writes to an index: collects documents into groups, writes them, and keeps the report.

    A context manager, whose end ends what is embedded in the background.
    """

    def __init__(self, index: OpenIndex, total: int, progress: Progress | None) -> None:
        """Writes nothing yet.

        Args:
            index: the open index.
            total: how many documents the run will finish, for ``progress``.
            progress: is called after each document with the number finished, the total, and the document's source.
        """
        self._store, self._bm25, self._embedder = index.store, index.bm25, index.embedder
        self._total, self._progress = total, progress
        self._finished = 0
        self._collected: list[_WaitingDocument] = []
        self._background = BackgroundThread()
        self._group = _Group()  # that documents are still added to
        self._full_groups: deque[_Group] = deque()  # that wait to be written
        self._outcomes: defaultdict[_Outcome, list[str]] = defaultdict(list)
        self._failed: list[Skipped] = []
        self._notes: list[Skipped] = []

    def __enter__(self) -> Self:
        self._background.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._background.__exit__(kind, error, trace)

    def expect(self, count: int) -> None:
        """Raises the number of documents that the run will finish by a count, or lowers it by a negative one."""
        self._total += count

    def is_indexed(self, document_id: str, file_hash: str) -> bool:
        """Whether a document is indexed as it is, by the hash of what it was read from."""
        entry = self._store.summary(document_id)
        return entry is not None and entry.file_hash == file_hash

    def add_document(self, document: Document, file_hash: str) -> None:
        """Splits a document and adds it, unless it is indexed as it is."""
        if self.is_indexed(document.id, file_hash):
            self.keep(document.source)
        else:
            self.add_file(ReadFile(document, split_sentences(document)), file_hash)

    def add_file(self, read_file: ReadFile, file_hash: str) -> bool:
        """Adds a file's document to a group, and has a full one embedded; False if it has no text.

        Raises:
            EmbeddingError: the embedder failed with an earlier group; nothing of that is written.
        """
        document = read_file.document
        if isinstance(self._embedder, E5Embedder) and (note := language_note(document.text)):
            document = replace(document, notes=tuple(dict.fromkeys((*document.notes, note))))
        sentences, chunks = split_chunks(document, read_file.sentences)
        if not sentences:
            self.fail(document.source, "no text found: there is no sentence in it")
            return False
        prepared = PreparedDocument(document, file_hash, sentences, chunks)
        self._collected.append(_WaitingDocument(prepared, read_file.vectors))
        if sum(len(waiting.prepared.sentences) for waiting in self._collected) >= _PART_SENTENCES:
            self._start_embedding()
        if self._group.sentence_count >= _GROUP_SENTENCES:
            self._close_group()
            while len(self._full_groups) > 1 or (
                self._full_groups and self._full_groups[0].sentence_count > _MAX_WAITING_SENTENCES
            ):
                self._write(self._full_groups.popleft())
        return True

    def keep(self, source: str) -> None:
        """Reports a document that stays as it is."""
        self._finish("unchanged", source)

    def fail(self, source: str, reason: str) -> None:
        """Reports a document that can't be indexed, and why."""
        self._failed.append(Skipped(source, reason))
        self._advance(source)

    def write(self) -> None:
        """Embeds and writes what was added and isn't written yet. All documents of a group become live at one moment.

        Raises:
            EmbeddingError: the embedder failed; nothing of the group is written then.
        """
        self._start_embedding()
        self._close_group()
        while self._full_groups:
            self._write(self._full_groups.popleft())

    def _start_embedding(self) -> None:
        """Has what was collected embedded in the background, as part of the group."""
        collected, self._collected = self._collected, []
        if collected:
            documents = tuple(waiting.prepared for waiting in collected)
            batches = self._background.start(_batches(collected, self._embedder), _MAX_WAITING_BATCHES)
            self._group = _Group(self._group.documents + documents, chain(self._group.batches, batches))

    def _close_group(self) -> None:
        if self._group.documents:
            self._full_groups.append(self._group)
            self._group = _Group()

    def _write(self, group: _Group) -> None:
        attributes = {"assistant.documents": len(group.documents), "assistant.sentences": group.sentence_count}
        with tracing.trace_span("write", attributes):
            self._store.write(group.documents, self._finished_batches(group))
            self._bm25.synchronise()

    def _finished_batches(self, group: _Group) -> Iterator[SentenceBatch]:
        """A group's sentences with their vectors; its documents are reported as they come."""
        for batch in group.batches:
            for prepared in batch.finished:
                self._finish_document(prepared)
            yield batch.sentences

    def remove(self, entries: Sequence[DocumentEntry]) -> None:
        """Removes documents from the index."""
        if entries:
            self._store.remove([entry.id for entry in entries])
            self._bm25.synchronise()
            self._outcomes["removed"] += [entry.source for entry in entries]

    def finish(self, skipped: Iterable[Skipped] = (), failed: Iterable[Skipped] = ()) -> IndexReport:
        """Ends the run: makes the next opening of the index quick.

        Args:
            skipped: files that are no documents, for the report.
            failed: what failed before it reached this indexer, for the report.

        Returns:
            What was done.
        """
        self._store.settle()
        counts = {f"assistant.{outcome}": len(sources) for outcome, sources in self._outcomes.items()}
        tracing.set_span_attributes(counts | {"assistant.failed": len(self._failed)})
        return IndexReport(
            added=tuple(self._outcomes["added"]),
            changed=tuple(self._outcomes["changed"]),
            removed=tuple(self._outcomes["removed"]),
            unchanged=tuple(self._outcomes["unchanged"]),
            skipped=tuple(skipped),
            failed=(*failed, *self._failed),
            notes=tuple(self._notes),
        )

    def _finish_document(self, prepared: PreparedDocument) -> None:
        document = prepared.document
        self._notes += [Skipped(document.source, note) for note in document.notes]
        self._finish("added" if self._store.summary(document.id) is None else "changed", document.source)

    def _finish(self, outcome: _Outcome, source: str) -> None:
        self._outcomes[outcome].append(source)
        self._advance(source)

    def _advance(self, source: str) -> None:
        self._finished += 1
        if self._progress is not None:
            self._progress(self._finished, self._total, source)


def _batches(group: Sequence[_WaitingDocument], embedder: Embedder) -> Iterator[_EmbeddedBatch]:
    """The sentences of a group with their vectors: those that came with them, or newly made ones."""
    for _, run in groupby(group, lambda waiting: waiting.vectors is None):
        without_vectors: list[PreparedDocument] = []
        for waiting in run:
            if waiting.vectors is None:
                without_vectors.append(waiting.prepared)
            else:
                yield _EmbeddedBatch((waiting.prepared.sentences, waiting.vectors), [waiting.prepared])
        yield from _embed(without_vectors, embedder)


def _embed(documents: Sequence[PreparedDocument], embedder: Embedder) -> Iterator[_EmbeddedBatch]:
    """The documents' sentences with newly made vectors, in batches."""
    inputs = [chunk for prepared in documents for chunk in embedding_inputs(prepared.document, prepared.sentences)]
    sentences = ((prepared, sentence) for prepared in documents for sentence in prepared.sentences)
    for start in range(0, len(inputs), _EMBEDDED_CHUNKS):
        vectors = embed_sentences(embedder, inputs[start : start + _EMBEDDED_CHUNKS])
        batch = list(islice(sentences, len(vectors)))
        finished = [prepared for prepared, sentence in batch if sentence is prepared.sentences[-1]]
        yield _EmbeddedBatch(([sentence for _, sentence in batch], vectors), finished)
