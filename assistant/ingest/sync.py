"""Read → split → embed → store, synchronised by content hash and safe to kill at any moment."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

from assistant.errors import ReadingError
from assistant.index.rows import DocumentEntry, PreparedDocument
from assistant.ingest.open_index import OpenIndex
from assistant.models.minilm import MiniLMEmbedder, Vectors
from assistant.observability import tracing
from assistant.readers import (
    READER_VERSION,
    FileReaders,
    ReaderPool,
    ReadFile,
    document_id,
    file_source,
    load_bytes,
    survey,
)
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.language import language_note
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document, IndexReport, Sentence, Skipped

_GROUP = 4_000  # sentences written together; more only of a document that has more: bounds memory
_BLOCK = 256  # chunks embedded at a time: enough to sort by length, few enough to show progress
_AHEAD = 2  # files for each process that are read, or being read, while earlier ones are embedded
_GIVEN = "given:"  # begins the hash of a document that was handed over: no file of its own can be gone


_Made = tuple[PreparedDocument, Vectors | None]  # with its sentences' vectors where a cluster made them already
Progress = Callable[[int, int, str], object]  # is told how many documents of how many are done, and a name


@tracing.spanned("assistant.index")
def synchronise(  # noqa: PLR0913 — the options of one call
    index: OpenIndex,
    paths: Iterable[Path],
    *,
    max_bytes: int,
    readers: FileReaders | None = None,
    progress: Progress | None = None,
    only: Callable[[Path], bool] = lambda _: True,
) -> IndexReport:
    """Brings the index in line with files and folders.

    New files are added, changed ones replaced, and documents indexed earlier from under a path given now
    whose file is there no more are removed. A file that cannot be read leaves what was indexed of it.

    Args:
        index: the open index.
        paths: files and folders.
        max_bytes: the most bytes a file may have.
        readers: the processes, or the cluster, that read the files; by default one process, for this run. The report
            is the same with any.
        progress: is told how far it is.
        only: whether to look into a file; one that isn't is taken to be as it was, and not reported.

    Raises:
        PathNotFoundError: a path does not exist; nothing is changed then.
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    given = list(paths)
    found = survey(given)
    files = [path for path in found.files if only(path)]
    run = _Run(index, len(files), progress)
    with ReaderPool() if readers is None else nullcontext(readers) as reading:
        run.read(files, reading, max_bytes)
    run.write()
    here = {document_id(str(path)) for path in found.files}
    roots = [Path(file_source(path)) for path in given]
    unknown = [Path(each.source) for each in found.failed]  # folders that cannot be listed
    run.remove(
        [
            at
            for at in index.store.summaries()
            if at.id not in here
            and was_read_from_file(at)
            and is_under(at.source, roots)
            and not is_under(at.source, unknown)
        ]
    )
    skipped, failed = ([at for at in each if only(Path(at.source))] for each in (found.skipped, found.failed))
    return run.report(skipped, failed)


def add_documents(
    index: OpenIndex,
    documents: Sequence[Document],
    *,
    progress: Progress | None = None,
) -> IndexReport:
    """Indexes documents that are no files of ours: uploads, or what a LlamaIndex reader made.

    One whose id is indexed takes that document's place; synchronising folders never removes them.

    Raises:
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    latest = {each.id: each for each in documents}.values()
    hashes = [_digest(repr((each, each.sha256)).encode("utf-8", "surrogatepass")) for each in latest]
    hashed = zip(latest, (_GIVEN + each for each in hashes), strict=True)
    return carry_over(index, hashed, len(latest), progress=progress)


@tracing.spanned("assistant.index")
def carry_over(
    index: OpenIndex,
    documents: Iterable[tuple[Document, str]],
    total: int,
    *,
    progress: Progress | None = None,
) -> IndexReport:
    """Indexes documents that another index held, each with the hash that stood beside it there.

    Raises:
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    run = _Run(index, total, progress)
    for document, file_hash in documents:
        run.take(document, file_hash)
    run.write()
    return run.report()


class _Run:
    """One synchronisation: gathers documents into groups, writes them, and keeps the report."""

    def __init__(self, index: OpenIndex, total: int, progress: Progress | None) -> None:
        self._store, self._bm25, self._embedder = index.store, index.bm25, index.embedder
        self._total, self._progress = total, progress
        self._done = 0
        self._group: list[_Made] = []
        self._outcomes: defaultdict[str, list[str]] = defaultdict(list)
        self._failed: list[Skipped] = []
        self._notes: list[Skipped] = []

    def read(self, paths: Sequence[Path], workers: FileReaders, max_bytes: int) -> None:
        """Reads files, but those whose bytes are the ones that were indexed, and takes them in their order."""
        with closing(_in_order(lambda path: self._opened(path, workers, max_bytes), paths, workers)) as files:
            for file in files:
                if file.reason is not None:
                    self._fail(file.source, file.reason)
                elif file.reading is None:
                    self._finish("unchanged", file.source)
                else:
                    self._take(file.reading, file.file_hash)

    def _opened(self, path: Path, workers: FileReaders, max_bytes: int) -> "_File":
        """What is in a file of a survey; may be done in any thread."""
        source = str(path)
        try:
            data = load_bytes(path, max_bytes=max_bytes)
            old, file_hash = self._store.summary(document_id(source)), _digest(READER_VERSION.encode() + data)
            if old is not None and old.file_hash == file_hash:
                return _File(source, file_hash)
            return _File(source, file_hash, workers.read(data, path.name, source=source, max_bytes=max_bytes))
        except ReadingError as error:
            return _File(source, reason=str(error))

    def take(self, document: Document, file_hash: str) -> None:
        """Splits a document and takes it, unless it is indexed as it is."""
        old = self._store.summary(document.id)
        if old is not None and old.file_hash == file_hash:
            self._finish("unchanged", document.source)
        else:
            self._take(ReadFile(document, split_sentences(document)), file_hash)

    def _take(self, reading: ReadFile, file_hash: str) -> None:
        """Puts a document into the group, and writes that when it is full."""
        document = reading.document
        if isinstance(self._embedder, MiniLMEmbedder) and (note := language_note(document.text)):
            document = replace(document, notes=tuple(dict.fromkeys((*document.notes, note))))
        split, held = split_chunks(document, reading.sentences)
        if not split:
            self._fail(document.source, "no text found: there is no sentence in it")
            return
        self._group.append((PreparedDocument(document, file_hash, split, held), reading.vectors))
        if sum(len(draft.sentences) for draft, _ in self._group) >= _GROUP:
            self.write()

    def write(self) -> None:
        """Embeds and writes the group; all its documents become live at one moment."""
        group, self._group = self._group, []
        if group:
            drafts = [draft for draft, _ in group]
            told = {"assistant.documents": len(group), "assistant.sentences": sum(len(at.sentences) for at in drafts)}
            with tracing.trace_span("write", told):
                self._store.write(drafts, self._with_vectors(group))
                self._bm25.synchronise()

    def _with_vectors(self, group: Sequence[_Made]) -> Iterator[tuple[Sequence[Sentence], Vectors]]:
        """The group's sentences with their vectors: those that came with them, or made now."""
        for _, run in groupby(group, lambda made: made[1] is None):
            waiting: list[PreparedDocument] = []
            for draft, vectors in run:
                if vectors is None:
                    waiting.append(draft)
                else:
                    self._finish_draft(draft)
                    yield draft.sentences, vectors
            yield from self._embedded(waiting)

    def _embedded(self, group: Sequence[PreparedDocument]) -> Iterator[tuple[Sequence[Sentence], Vectors]]:
        """The group's sentences with their vectors, in blocks."""
        chunked = [chunk for draft in group for chunk in embedding_inputs(draft.document, draft.sentences)]
        waiting = ((draft, sentence) for draft in group for sentence in draft.sentences)
        for start in range(0, len(chunked), _BLOCK):
            vectors = self._embedder.embed_chunks(chunked[start : start + _BLOCK])
            block = list(islice(waiting, len(vectors)))
            for draft, sentence in block:
                if sentence is draft.sentences[-1]:
                    self._finish_draft(draft)
            yield [sentence for _, sentence in block], vectors

    def _finish_draft(self, draft: PreparedDocument) -> None:
        at = draft.document
        self._notes += [Skipped(at.source, note) for note in at.notes]
        self._finish("added" if self._store.summary(at.id) is None else "changed", at.source)

    def remove(self, gone: Sequence[DocumentEntry]) -> None:
        """Removes documents."""
        if gone:
            self._store.remove([at.id for at in gone])
            self._bm25.synchronise()
            self._outcomes["removed"] += [at.source for at in gone]

    def report(self, skipped: Iterable[Skipped] = (), failed: Iterable[Skipped] = ()) -> IndexReport:
        """What was done; makes the next opening quick first."""
        self._store.settle()
        told = {f"assistant.{name}": len(sources) for name, sources in self._outcomes.items()}
        tracing.set_span_attributes(told | {"assistant.failed": len(self._failed)})
        return IndexReport(
            added=tuple(self._outcomes["added"]),
            changed=tuple(self._outcomes["changed"]),
            removed=tuple(self._outcomes["removed"]),
            unchanged=tuple(self._outcomes["unchanged"]),
            skipped=tuple(skipped),
            failed=(*failed, *self._failed),
            notes=tuple(self._notes),
        )

    def _finish(self, outcome: str, source: str) -> None:
        self._outcomes[outcome].append(source)
        self._tell(source)

    def _fail(self, source: str, reason: str) -> None:
        self._failed.append(Skipped(source, reason))
        self._tell(source)

    def _tell(self, source: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total, source)


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was opened: read anew, as it was indexed (neither of the last two), or not to be read."""

    source: str
    file_hash: str = ""
    reading: ReadFile | None = None
    reason: str | None = None


def _in_order(work: Callable[[Path], _File], paths: Sequence[Path], workers: FileReaders) -> Generator[_File]:
    """The work's results in the order of the paths, some of it done ahead where there are several workers."""
    if workers.count == 1:
        yield from map(work, paths)
        return
    waiting: deque[Future[_File]] = deque()
    with ThreadPoolExecutor(workers.count) as threads:
        try:
            for path in paths:
                waiting.append(threads.submit(work, path))
                if len(waiting) > _AHEAD * workers.count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # the consumer left, or Ctrl-C: nobody waits for what is being read
            threads.shutdown(wait=False, cancel_futures=True)
            workers.close()
            raise


def was_read_from_file(at: DocumentEntry) -> bool:
    """Whether a document was read from a file, rather than handed over."""
    return not at.file_hash.startswith(_GIVEN)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_under(source: str, roots: Collection[Path]) -> bool:
    """Whether a source is one of these files, or lies in one of these folders."""
    return any(root in (Path(source), *Path(source).parents) for root in roots)
